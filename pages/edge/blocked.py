"""The ways into Streamlit that Laurel does not use and nobody may, signed in or not."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from pages.edge.answers import message
from pages.edge.paths import canonical, is_below, is_plain

CORE = "/_stcore"
SOCKET = "/_stcore/stream"
OPEN_CORE = ("/_stcore/stream", "/_stcore/health", "/_stcore/host-config", "/_stcore/bidi-components")
"""What a signed-in browser needs. All else under ``/_stcore`` is closed, and so is what a later Streamlit adds."""

BLOCKED = (
    "/media",  # served to whoever has the address
    "/component",  # version 1 of the components
    "/app/static",
    "/auth/login",
    "/auth/logout",
    "/oauth2callback",
)


def is_blocked(path: str) -> bool:
    """Whether an address, decoded once, is closed, or is written so that it might be taken for one that is."""
    if not is_plain(path):
        return True
    reading = canonical(path)
    if f"{CORE}/" in f"{reading}/":
        return not is_below(path, *OPEN_CORE)
    return is_below(reading, *BLOCKED)


class BlockedPaths:
    """Answers 404 for closed addresses, and refuses every WebSocket but Streamlit's own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_blocked(scope["path"]):
            text = "There is nothing at this address. Look whether it was copied as a whole."
            await message(scope, 404, "Page not found", text)(scope, receive, send)
        elif scope["type"] == "websocket" and scope["path"] != SOCKET:
            await send({"type": "websocket.close", "code": 4404})
        else:
            await self.app(scope, receive, send)
