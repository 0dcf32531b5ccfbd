"""What people see when a command says no, and when something breaks: plain words, never a traceback."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import streamlit as st
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnected

from pages.components.words import plain
from pages.edge.answers import message
from pages.edge.logs import was_no_http
from storage.errors import Away, Closed, Invalid, LaurelError, Refused, Stale, TooMany

log = structlog.get_logger("laurel.web")

TITLES: Mapping[type[LaurelError], str] = MappingProxyType(
    {
        Refused: "You cannot do this",
        Invalid: "Something needs changing",
        Stale: "This has changed in the meantime",
        TooMany: "Too many attempts",
        Closed: "This is not open",
        Away: "This does not work just now",
    }
)
NOT_FOUND = ("Page not found", "There is nothing at this address. Look whether it was copied as a whole.")
STATUSES: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        400: ("Not understood", "The request could not be read. Go back and try again."),
        404: NOT_FOUND,
        405: NOT_FOUND,
        413: ("Too large", "What was sent is larger than is accepted here. Send something smaller."),
    }
)
BROKEN = "Something went wrong"


def handlers() -> dict[Any, Callable[[Request, Any], Response]]:
    """For ``exception_handlers``: the four errors of commands, and the statuses that Starlette raises."""
    return {LaurelError: said_no, HTTPException: with_status, Exception: broken}


def said_no(request: Request, error: LaurelError) -> Response:
    """A command's own words, with the status that goes with their kind."""
    title = next((words for kind, words in TITLES.items() if isinstance(error, kind)), "You cannot do this")
    return message(request.scope, error.status, title, error.words, details={"field": error.field})


def with_status(request: Request, error: HTTPException) -> Response:
    title, text = STATUSES.get(error.status_code, ("Not possible", "This did not work. Go back and try again."))
    return message(request.scope, error.status_code, title, text, headers=error.headers)


def broken(request: Request, error: Exception) -> Response:
    """A page with a reference, under which the log says what happened."""
    reference = noted(error)
    return message(request.scope, 500, BROKEN, _apology(reference), details={"reference": reference})


def noted(error: BaseException) -> str:
    """Log an error that nobody expected, and return the reference to quote."""
    reference = secrets.token_hex(4).upper()
    log.error("unexpected error", reference=reference, exc_info=error)
    return reference


def on_script_error(error: Exception) -> bool:
    """For Streamlit: show plain words in place of the page's rest. True means that nothing else is shown."""
    if isinstance(error, LaurelError):
        st.error(plain(error.words))
    else:
        st.error(f"**{BROKEN}.** {_apology(noted(error))}")
    return True


def _apology(reference: str) -> str:
    return (
        "It is not your fault, and nothing that was saved is lost. "
        f"Try again; if it happens again, tell the people who run this site the reference {reference}."
    )


class CatchAll:
    """Turns what no handler caught into a page, inside the middleware that adds headers and writes the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_noting_start(event: Message) -> None:
            nonlocal started
            started = True
            await send(event)

        try:
            await self.app(scope, receive, send_noting_start)
        except (ClientDisconnect, WebSocketDisconnected):
            return  # whoever asked has gone
        except Exception as error:
            if was_no_http(error):
                while (await receive())["type"] != "http.disconnect":  # the web server is closing the line
                    pass
                return
            if scope["type"] == "http" and not started:
                await broken(Request(scope), error)(scope, receive, send)
            elif scope["type"] == "websocket":
                noted(error)
                await send({"type": "websocket.close", "code": 1011})
            else:
                noted(error)
                raise  # half an answer is cut off, so that nobody takes it for the whole
