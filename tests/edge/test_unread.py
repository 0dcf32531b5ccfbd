from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from pages.edge.unread import MOST_BYTES, Unread

PIECE = 1024 * 1024


def taken(status: int, pieces: int, *, read: int = 0, method: str = "POST") -> tuple[int, list[str]]:
    """How many pieces of a body were taken from the browser, and in which order that and the answer happened."""
    coming = [
        {"type": "http.request", "body": b"x" * PIECE, "more_body": number < pieces} for number in range(1, pieces + 1)
    ]
    happened: list[str] = []

    async def application(_scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(read):
            await receive()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"words"})

    async def receive() -> Message:
        happened.append("taken")
        return coming.pop(0)

    async def send(event: Message) -> None:
        happened.append(event["type"])

    asyncio.run(Unread(application)({"type": "http", "method": method}, receive, send))
    return happened.count("taken"), happened


@pytest.mark.parametrize("read", [0, 2, 5])
@pytest.mark.parametrize("status", [303, 422])
def test_an_answer_goes_out_when_all_has_come(status: int, read: int) -> None:
    count, happened = taken(status, 5, read=read)
    assert count == 5
    assert happened[5:] == ["http.response.start", "http.response.body"]


def test_far_too_much_is_not_waited_for() -> None:
    assert taken(422, 500)[0] == MOST_BYTES // PIECE


def test_nothing_is_taken_from_whoever_only_asks() -> None:
    assert taken(404, 5, method="GET")[0] == 0
