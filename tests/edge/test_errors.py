from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnected

from pages.edge import errors
from pages.edge.logs import without_messages
from storage.errors import Closed, Invalid, Refused, Stale
from tests.edge.asgi import ask

PRIVATE = "grace@laurel.test typed this"
JSON = [("Accept", "application/json")]
HTML = [("Accept", "text/html,application/xhtml+xml")]


def raising(error: Exception) -> Starlette:
    async def page(_request: Request) -> Response:
        raise error

    return Starlette(
        routes=[Route("/", page)],
        middleware=[Middleware(errors.CatchAll)],
        exception_handlers=errors.handlers(),
    )


@pytest.fixture
def logged() -> Iterator[list[structlog.typing.EventDict]]:
    with structlog.testing.capture_logs(processors=[without_messages]) as lines:
        yield lines


@pytest.mark.parametrize(("kind", "status"), [(Refused, 403), (Invalid, 422), (Stale, 409), (Closed, 410)])
def test_a_command_that_says_no_is_quoted_with_its_status(kind: type[Refused], status: int) -> None:
    error = kind("Not <now>. Come back on Monday.", "closes_at")
    page, script = (ask(raising(error), "/", headers=accept) for accept in (HTML, JSON))
    assert (page.status, script.status) == (status, status)
    assert "Not &lt;now&gt;. Come back on Monday." in page.body
    found = json.loads(script.body)
    assert (found["words"], found["field"]) == ("Not <now>. Come back on Monday.", "closes_at")


@pytest.mark.parametrize("accept", [HTML, JSON, []])
def test_an_unexpected_error_shows_a_reference_and_nothing_else(
    accept: list[tuple[str, str]], logged: list[structlog.typing.EventDict]
) -> None:
    answer = ask(raising(ValueError(PRIVATE)), "/", headers=accept)
    assert answer.status == 500
    assert not any(word in answer.body for word in (PRIVATE, "Traceback", "ValueError", ".py"))
    (line,) = logged
    assert line["reference"] in answer.body
    assert line["error"] == ["ValueError"]
    assert "test_errors.py" in line["where"][-1]
    assert PRIVATE not in str(line)


def test_the_causes_of_an_error_are_logged_by_kind(logged: list[structlog.typing.EventDict]) -> None:
    error = RuntimeError(PRIVATE)
    error.__cause__ = KeyError(PRIVATE)
    errors.noted(error)
    assert logged[0]["error"] == ["RuntimeError", "KeyError"]
    assert PRIVATE not in str(logged)


@pytest.mark.parametrize("status", [400, 404, 405, 413, 416])
def test_a_status_has_words(status: int) -> None:
    answer = ask(raising(HTTPException(status, detail=PRIVATE)), "/", headers=HTML)
    assert answer.status == status
    assert PRIVATE not in answer.body
    assert "<h1" in answer.body


def test_half_an_answer_is_cut_off(logged: list[structlog.typing.EventDict]) -> None:
    async def page(_request: Request) -> Response:
        def rows() -> Iterator[bytes]:
            yield b"one row"
            raise ValueError(PRIVATE)

        return StreamingResponse(rows())

    app = Starlette(routes=[Route("/", page)], middleware=[Middleware(errors.CatchAll)])
    with pytest.raises(ValueError, match="typed this"):
        ask(app, "/")
    assert [line["event"] for line in logged] == ["unexpected error"]


def test_whoever_has_closed_their_browser_is_no_error(logged: list[structlog.typing.EventDict]) -> None:
    async def gone(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise WebSocketDisconnected

    asyncio.run(errors.CatchAll(gone)({"type": "websocket"}, nothing_comes, nothing_goes))
    assert logged == []


async def nothing_comes() -> Message:
    raise AssertionError("nobody is there")


async def nothing_goes(_event: Message) -> None:
    raise AssertionError("nobody is there")
