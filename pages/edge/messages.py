"""What a browser may say over its WebSocket: what a page needs, and nothing else that Streamlit listens to."""

from __future__ import annotations

from typing import Final

import structlog
from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

HEARD: Final = frozenset({"rerun_script", "stop_script", "app_heartbeat"})
"""Of the rest, one message empties everybody's cache, one asks about the repository that this was installed from."""

NO_TEXT: Final = 1003
NOT_UNDERSTOOD: Final = 1002

log = structlog.get_logger("laurel.web")


class Messages:
    """Passes on what is ``HEARD``, ignores what else Streamlit knows, and ends a connection that speaks otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        ended = False

        async def receive_understood() -> Message:
            nonlocal ended
            while True:
                event = await receive()
                if event["type"] != "websocket.receive":
                    return event
                code = _refused(event)
                if code:
                    ended = True
                    log.warning("connection ended, since it speaks otherwise", code=code)
                    await send({"type": "websocket.close", "code": code})
                    return {"type": "websocket.disconnect", "code": code}
                if BackMsg.FromString(event["bytes"]).WhichOneof("type") in HEARD:
                    return event

        async def send_until_ended(event: Message) -> None:
            if not ended:
                await send(event)

        await self.app(scope, receive_understood, send_until_ended)


def _refused(event: Message) -> int:
    """The code with which a message ends its connection; 0 for one that can be read."""
    if event.get("bytes") is None:
        return NO_TEXT
    try:
        BackMsg.FromString(event["bytes"])
    except DecodeError:
        return NOT_UNDERSTOOD
    return 0
