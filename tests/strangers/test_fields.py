"""What is typed into the fields of a page, or sent as if it had been, is refused in words and changes nothing."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import UUID

import pytest
from sqlmodel import Session, col, select
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed

from accounts.actors import Actor
from prize.entries.models import TeamMember
from storage.database import transact
from tests.nonsense import CONTROL, REVERSED
from tests.stories import join_team, person_called
from tests.strangers.house import House, Watched, changed, content, signed_in, tab
from tests.websocket import StreamlitClient

TEN_MILLION = "x" * 10_000_000
UNFIT = {
    **REVERSED,
    "control characters": CONTROL,
    "nothing": "",
    "spaces": " \t\n ",
}


@pytest.mark.parametrize("text", UNFIT.values(), ids=UNFIT)
def test_a_name_that_is_none_is_refused_in_words(text: str, served: Watched, inside: House) -> None:
    cookies, _ = signed_in(transact(lambda db: person_called(db, "nora")))
    before = content()

    async def enter() -> str:
        query = f"stage={inside.entering.stage_id}"
        async with StreamlitClient(served.laurel.url, cookies, page="start-entry", query=query) as page:
            await page.run()
            field = page.widget("Organisation that enters").content.id
            page._widgets[field] = WidgetState(id=field, string_value=text)
            await page.set("Start the entry")
            return " ".join(page.texts())

    shown = asyncio.run(enter())
    assert "The organisation " in shown
    assert "Something went wrong" not in shown
    assert changed(before, content()) == {}


@pytest.mark.parametrize("text", [TEN_MILLION, "short"], ids=["ten million letters", "five letters"])
def test_a_password_that_is_none_is_refused_in_words(text: str, served: Watched, inside: House) -> None:
    cookies, _ = signed_in(inside.entrant)
    before = content()

    async def choose() -> str:
        async with StreamlitClient(served.laurel.url, cookies, page="account") as page:
            await page.run()
            field = next(e for e in page.elements() if e.label.startswith("New password")).content.id
            page._widgets[field] = WidgetState(id=field, string_value=text)
            await page.set("Set password")
            return " ".join(page.texts())

    assert "A password needs " in asyncio.run(choose())
    assert changed(before, content()) == {}


def test_a_message_that_is_far_too_large_ends_its_connection(served: Watched, inside: House) -> None:
    cookies, _ = signed_in(inside.judge)

    async def shout() -> int:
        async with tab(inside, served.laurel, "judge", cookies) as room:
            message = BackMsg()
            message.rerun_script.widget_states.widgets.add(id="anything", string_value=TEN_MILLION * 4)
            with suppress(ConnectionClosed):  # it may be cut off before all has come
                await room.send(message.SerializeToString())
            assert room._socket is not None
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(room._socket.recv(), 30)
            return room._socket.close_code or 0

    assert asyncio.run(shout()) in (1006, 1009)


NO_CHOICES = (
    "",
    "null",
    "[]",
    '{"choices": 1}',
    '{"choices": [1, null, [], [1, 2, 3, 4, 5], ["a"]]}',
    '{"choices": [["n", "no id", "score", "no id", "4"]]}',
    '{"choices": [["n", "", "", "", ""]]}',
    '{"choices": {"0": "4"}}',
    "{" * 10_000,
)
"""What a browser may send for a scorecard that is nothing that ours sends."""


def scores(house: House) -> list[str]:
    return content()["score"]


def test_a_score_that_is_not_on_the_scale_is_not_saved(served: Watched, inside: House) -> None:
    cookies, _ = signed_in(inside.judge)
    before = scores(inside)

    async def score() -> None:
        async with tab(inside, served.laurel, "judge", cookies) as room:
            await room.run()
            [card, row] = room.choices()[0]
            for points in ("0", "6", "-1", "4.5", "NaN", "1e3", "٤", "Cannot judge "):
                await room.choose(row.label, points)
            for state in NO_CHOICES:
                await room._rerun(card.fragment, WidgetState(id=card.content.id, json_value=state))

    asyncio.run(score())
    assert scores(inside) == before


def test_a_button_of_somebody_elses_page_does_nothing(served: Watched, inside: House) -> None:
    """Neither when it is sent from one's own page, nor from the other's address."""
    entrant, _ = signed_in(inside.entrant)
    judge, _ = signed_in(inside.judge)

    async def press() -> list[str]:
        async with tab(inside, served.laurel, "entrant", entrant) as own:
            await own.run()
            buttons = [element.content.id for element in own.elements() if element.kind == "button"]
            assert buttons
        before = content("score")
        shown = []
        async with tab(inside, served.laurel, "judge", judge) as other:
            await other.run()
            for button in buttons:
                await other._rerun("", WidgetState(id=button, trigger_value=True))
            await other.goto("entry")
            other.query = f"entry={inside.entering.entry_id}"
            for button in buttons:
                await other._rerun("", WidgetState(id=button, trigger_value=True))
                shown += other.texts()
            assert changed(before, content("score")) == {}
        return shown

    shown = " ".join(asyncio.run(press()))
    assert not any(mark.decode() in shown for mark in inside.marks_of("entrant"))


def test_whoever_has_left_a_team_reads_its_entry_no_longer(served: Watched, inside: House) -> None:
    """In a tab that was open while they belonged to it."""

    def join(db: Session) -> UUID:
        actor = join_team(db, inside.entering.entry_id, "ines")
        assert actor.person_id is not None
        return actor.person_id

    person_id = transact(join)
    cookies, _ = signed_in(Actor(person_id))

    async def leave() -> str:
        async with tab(inside, served.laurel, "entrant", cookies) as open_tab:
            await open_tab.run()
            marks = [mark for mark in inside.marks_of("entrant") if mark in b"".join(open_tab.received)]
            assert marks
            transact(lambda db: _leave(db, person_id))
            came = len(open_tab.received)
            await open_tab.run()
            later = b"".join(open_tab.received[came:])
            assert not any(mark in later for mark in marks)
            return " ".join(open_tab.texts())

    assert "This page is not open to you" in asyncio.run(leave())


def _leave(db: Session, person_id: UUID) -> None:
    for row in db.exec(select(TeamMember).where(col(TeamMember.person_id) == person_id)).all():
        db.delete(row)
