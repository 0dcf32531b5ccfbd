from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from pages.edge.messages import HEARD, Messages

RERUN = BackMsg()
RERUN.rerun_script.page_name = "scoring"
RERUN_BYTES = RERUN.SerializeToString()


def heard(*events: Message) -> tuple[list[bytes], list[Message]]:
    """What reaches the application of what a browser says, and what the browser is answered."""
    coming = [*events, {"type": "websocket.disconnect", "code": 1001}]
    reached: list[bytes] = []
    answered: list[Message] = []

    async def application(_scope: Scope, receive: Receive, send: Send) -> None:
        while (event := await receive())["type"] == "websocket.receive":
            reached.append(event["bytes"])
        await send({"type": "websocket.send", "bytes": b"too late"})

    async def receive() -> Message:
        return coming.pop(0)

    async def send(event: Message) -> None:
        answered.append(event)

    asyncio.run(Messages(application)({"type": "websocket"}, receive, send))
    return reached, answered


def said(content: bytes) -> Message:
    return {"type": "websocket.receive", "bytes": content}


@pytest.mark.parametrize("kind", sorted(HEARD - {"rerun_script"}))
def test_what_a_page_needs_is_heard(kind: str) -> None:
    message = BackMsg(**{kind: True}).SerializeToString()
    assert heard(said(message), said(RERUN_BYTES))[0] == [message, RERUN_BYTES]


def others() -> Sequence[str]:
    return sorted({field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields} - HEARD)


@pytest.mark.parametrize("kind", others())
def test_what_else_streamlit_would_do_is_done_for_nobody(kind: str) -> None:
    message = BackMsg()
    field = BackMsg.DESCRIPTOR.fields_by_name[kind]
    if field.message_type:
        getattr(message, kind).SetInParent()
    else:
        setattr(message, kind, True)
    assert heard(said(message.SerializeToString()), said(RERUN_BYTES))[0] == [RERUN_BYTES]


def test_an_empty_message_is_not_heard() -> None:
    assert heard(said(b""), said(RERUN_BYTES))[0] == [RERUN_BYTES]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"type": "websocket.receive", "text": "hello"}, 1003),
        (said(RERUN_BYTES[:-1]), 1002),
        (said(b"\xff" * 40), 1002),
    ],
)
def test_whoever_speaks_otherwise_is_not_listened_to(event: Message, code: int) -> None:
    reached, answered = heard(event, said(RERUN_BYTES))
    assert reached == []
    assert answered == [{"type": "websocket.close", "code": code}]
