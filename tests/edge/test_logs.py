from __future__ import annotations

import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from pages.edge.logs import AccessLog
from tests.edge.asgi import ask

TOKEN = "eyJhbGciOiJIUzI1NiJ9-secret"


async def page(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def rest(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("rest")(scope, receive, send)


app = AccessLog(Starlette(routes=[Route("/invitations/{token}", page), Mount("/", rest)]))


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (f"/invitations/{TOKEN}?mail=grace@laurel.test", "/invitations/{token}"),
        (f"/invitations/{TOKEN}/", "/invitations/…"),
        (f"/{TOKEN}.x", "/…"),
        ("/scoring?entry=1", "/scoring"),
        ("/_stcore/host-config", "/_stcore/host-config"),
        ("/", "/"),
        ("/pages/judge/scoring", "/pages/…"),
    ],
)
def test_a_request_is_one_line_that_names_nobody(target: str, path: str) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = ask(app, target, headers=[("Cookie", f"laurel_session={TOKEN}")])
    (line,) = lines
    assert (line["event"], line["method"], line["path"], line["status"]) == ("request", "GET", path, 200)
    assert TOKEN not in str(line)
    assert "grace" not in str(line)
    assert len(answer.header("x-request-id") or "") == 32
