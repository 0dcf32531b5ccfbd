"""An answer arrives, also when it is given before all was sent."""

from __future__ import annotations

from typing import Final

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.edge.answers import SAFE_METHODS

MOST_BYTES: Final = 32 * 1024 * 1024
MOST_SECONDS: Final = 5.0


class Unread:
    """Lets the rest of a request come in, and drops it, before the answer goes out.

    Closing a connection on which something is still coming takes back what was sent on it: the browser would say that
    the connection was reset, and never show the words. Whoever sends far too much is cut off all the same.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self.app(scope, receive, send)
            return
        coming = True

        async def receive_noting_the_end() -> Message:
            nonlocal coming
            event = await receive()
            coming = bool(event.get("more_body", False))
            return event

        async def send_when_all_has_come(event: Message) -> None:
            if event["type"] == "http.response.start":
                dropped = 0
                with anyio.move_on_after(MOST_SECONDS):
                    while coming and dropped < MOST_BYTES:
                        dropped += len((await receive_noting_the_end()).get("body", b""))
            await send(event)

        await self.app(scope, receive_noting_the_end, send_when_all_has_come)
