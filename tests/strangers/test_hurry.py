"""Somebody who clicks again the moment the page has answered."""

from __future__ import annotations

import asyncio

import pytest

from tests.strangers.house import House, Watched, signed_in, tab
from tests.websocket import StreamlitClient

QUICK = 200


def heading_stands(client: StreamlitClient) -> set[tuple[int, ...]]:
    """Where the page's title stands, by the way down to it."""
    return {
        tuple(message.metadata.delta_path)
        for message in client.messages
        if message.WhichOneof("type") == "delta" and "<h1>" in message.delta.new_element.html.body
    }


@pytest.mark.prove
def test_a_judge_who_turns_the_page_right_after_a_score_gets_it_in_its_place(served: Watched, inside: House) -> None:
    cookies, _ = signed_in(inside.judge)

    async def hurry() -> None:
        async with tab(inside, served.laurel, "judge", cookies) as room:
            await room.run()
            [stands] = heading_stands(room)
            row = next(row for _, row in room.choices())
            options = list(row.options)
            for turn in range(QUICK):
                await room.choose(row.label, options[turn % len(options)])
                await room.run()
                assert heading_stands(room) == {stands}, turn

    asyncio.run(hurry())
