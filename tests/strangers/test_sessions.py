"""A session belongs to one browser, and ends at once wherever it is open: shown over the real WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from accounts.sessions import COOKIE, LIFETIME, sign_out
from storage import clock
from storage.database import reading, transact
from storage.errors import Refused
from tests.strangers.house import (
    OF_THE_JUDGE,
    House,
    Watched,
    changed,
    content,
    revoke,
    signed_in,
    tab,
)
from tests.websocket import StreamlitClient
from tests.world import do

SIGNED_OUT = "You have been signed out"


def session_id_of(client: StreamlitClient) -> str:
    """Under which Streamlit knows a tab."""
    return next(m.new_session.initialize.session_id for m in client.messages if m.WhichOneof("type") == "new_session")


async def reconnected(url: str, cookies: Mapping[str, str], session_id: str) -> tuple[str, bytes]:
    """Connect as a browser does that lost its connection, run, and return the tab's id with all that came."""
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    received, known = b"", ""
    async with connect(
        f"ws{url.removeprefix('http')}/_stcore/stream",
        origin=Origin(url),
        subprotocols=[Subprotocol("streamlit"), Subprotocol("none"), Subprotocol(session_id)],
        additional_headers={"Cookie": cookie},
        max_size=None,
        proxy=None,
    ) as line:
        message = BackMsg()
        message.rerun_script.page_name = "home"
        await line.send(message.SerializeToString())
        while True:
            raw = await asyncio.wait_for(line.recv(decode=False), 30)
            received += raw
            answer = ForwardMsg.FromString(raw)
            if answer.WhichOneof("type") == "new_session":
                known = answer.new_session.initialize.session_id or known
            if answer.WhichOneof("type") == "script_finished" and answer.script_finished != 3:
                return known, received


def test_another_cookie_does_not_get_an_open_tab(served: Watched, inside: House) -> None:
    judge, _ = signed_in(inside.judge)
    entrant, _ = signed_in(inside.entrant)

    async def steal() -> None:
        async with tab(inside, served.laurel, "judge", judge) as open_tab:
            await open_tab.run()
            assert OF_THE_JUDGE.encode() in b"".join(open_tab.received)
            given, received = await reconnected(served.laurel.url, entrant, session_id_of(open_tab))
            assert given != session_id_of(open_tab)
            assert not any(mark in received for mark in inside.marks_of("judge"))
            await open_tab.run()  # and it goes on working for its owner

    asyncio.run(steal())


def test_another_cookie_does_not_get_a_tab_that_has_lost_its_connection(served: Watched, inside: House) -> None:
    judge, _ = signed_in(inside.judge)
    others = [signed_in(inside.entrant)[0], signed_in(inside.judge)[0]]

    async def steal() -> None:
        async with tab(inside, served.laurel, "judge", judge) as lost:
            await lost.run()
        for cookies in others:  # somebody else's, and the same person's in another browser
            given, received = await reconnected(served.laurel.url, cookies, session_id_of(lost))
            assert given != session_id_of(lost)
            assert OF_THE_JUDGE.encode() not in received
        given, _ = await reconnected(served.laurel.url, judge, session_id_of(lost))
        assert given == session_id_of(lost)

    asyncio.run(steal())


def test_whoever_was_signed_out_does_not_get_their_tab_back(served: Watched, inside: House) -> None:
    judge, session_id = signed_in(inside.judge)

    async def come_back() -> int:
        async with tab(inside, served.laurel, "judge", judge) as lost:
            await lost.run()
        revoke(session_id)
        with pytest.raises(InvalidStatus) as refused:
            await reconnected(served.laurel.url, judge, session_id_of(lost))
        return refused.value.response.status_code

    assert asyncio.run(come_back()) == 403


def ended_on_the_account_page(served: Watched, house: House, who: str, _cookies: dict[str, str], session: UUID) -> None:
    other, _ = signed_in(house.judge if who == "judge" else house.entrant)

    async def press() -> None:
        async with StreamlitClient(served.laurel.url, other, page="account") as account:
            await account.run()
            [button] = [e for e in account.elements() if e.is_widget and f"revoke-{session}" in e.content.id]
            await account._rerun(button.fragment, WidgetState(id=button.content.id, trigger_value=True))
            assert "That browser is signed out." in account.texts()

    asyncio.run(press())


def ended_by_signing_out(served: Watched, _house: House, _who: str, cookies: dict[str, str], _session: UUID) -> None:
    headers = {"Cookie": f"{COOKIE}={cookies[COOKIE]}", "Origin": served.laurel.url, "Sec-Fetch-Site": "same-origin"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert served.laurel.ask("POST", "/sign-out", headers={**headers, **form}, body="a=1").status == 303


def ended_by_time(_served: Watched, _house: House, _who: str, _cookies: dict[str, str], _session: UUID) -> None:
    transact(lambda db: clock.move_to(db, clock.now(db) + LIFETIME + timedelta(minutes=1)))


End = Callable[[Watched, House, str, dict[str, str], UUID], None]
ENDS = pytest.mark.parametrize(
    "end",
    [ended_on_the_account_page, ended_by_signing_out, ended_by_time],
    ids=["on the account page", "in another tab", "by its time"],
)


@pytest.fixture
def the_time_it_was(inside: House) -> Iterator[None]:
    """The clock goes back after a test that moved it, so that sessions and stages are as before."""
    with reading() as db:
        moment = clock.now(db)
    yield
    transact(lambda db: clock.move_to(db, moment))


NOT_CHANGED_BY_ACTS = ("sign_in_session", "clock_offset", "audit_row", "audit_content", "reply")


@ENDS
def test_a_score_in_a_tab_whose_session_has_ended_is_refused(
    end: End, served: Watched, inside: House, the_time_it_was: None
) -> None:
    cookies, session = signed_in(inside.judge)

    async def score() -> StreamlitClient:
        async with tab(inside, served.laurel, "judge", cookies) as open_tab:
            await open_tab.run()
            (card, row), *_ = open_tab.choices()
            assert card.fragment
            await asyncio.to_thread(end, served, inside, "judge", cookies, session)
            before = content(*NOT_CHANGED_BY_ACTS)
            came = len(open_tab.received)
            await open_tab.choose(row.label, "4")
            if SIGNED_OUT not in " ".join(open_tab.texts()):
                await open_tab._until_finished()  # the fragment has asked for the whole page to be drawn again
            assert changed(before, content(*NOT_CHANGED_BY_ACTS)) == {}
            answers = [ForwardMsg.FromString(raw) for raw in open_tab.received[came:]]
            drawn = b"".join(answer.SerializeToString() for answer in answers if answer.WhichOneof("type") == "delta")
            assert OF_THE_JUDGE.encode() not in drawn
            return open_tab

    shown = asyncio.run(score())
    assert SIGNED_OUT in " ".join(shown.texts())
    assert "Sign in" in shown.texts()
    assert shown.choices() == []


@ENDS
def test_a_part_that_draws_itself_again_says_that_the_session_has_ended(
    end: End, served: Watched, inside: House, the_time_it_was: None
) -> None:
    cookies, session = signed_in(inside.entrant)

    async def wait() -> StreamlitClient:
        async with tab(inside, served.laurel, "entrant", cookies) as open_tab:
            await open_tab.run()
            [repeated] = {message.delta.fragment_id for message in open_tab.messages if message.delta.fragment_id}
            await asyncio.to_thread(end, served, inside, "entrant", cookies, session)
            await open_tab.run(fragment=repeated)
            for _ in range(2):
                if SIGNED_OUT not in " ".join(open_tab.texts()):
                    await asyncio.wait_for(open_tab._until_finished(), 10)
            return open_tab

    shown = asyncio.run(wait())
    assert SIGNED_OUT in " ".join(shown.texts())
    assert "Birch" not in " ".join(shown.texts())


@ENDS
def test_a_button_in_a_tab_whose_session_has_ended_does_nothing(
    end: End, served: Watched, inside: House, the_time_it_was: None
) -> None:
    cookies, session = signed_in(inside.entrant)

    async def press() -> StreamlitClient:
        async with StreamlitClient(served.laurel.url, cookies, page="account") as open_tab:
            await open_tab.run()
            label = next(e.label for e in open_tab.elements() if e.is_widget and e.label.startswith("New password"))
            await asyncio.to_thread(end, served, inside, "entrant", cookies, session)
            before = content(*NOT_CHANGED_BY_ACTS)
            field = open_tab.widget(label)
            open_tab._widgets[field.content.id] = WidgetState(id=field.content.id, string_value="seven words in a row")
            await open_tab.set("Set password")
            assert changed(before, content(*NOT_CHANGED_BY_ACTS)) == {}
            return open_tab

    shown = asyncio.run(press())
    assert SIGNED_OUT in " ".join(shown.texts())
    assert not any(mark.decode() in " ".join(shown.texts()) for mark in inside.marks_of("entrant"))


@ENDS
def test_text_that_saves_itself_is_refused_when_the_session_has_ended(
    end: End, served: Watched, inside: House, the_time_it_was: None
) -> None:
    cookies, session = signed_in(inside.entrant)
    end(served, inside, "entrant", cookies, session)
    before = content(*NOT_CHANGED_BY_ACTS)
    headers = {"Cookie": f"{COOKIE}={cookies[COOKIE]}", "Origin": served.laurel.url, "Accept": "application/json"}

    answer = served.laurel.ask("POST", "/autosave", headers=headers, body='{"what": "answer"}')

    assert (answer.status, "not signed in" in answer.body) == (401, True)
    assert changed(before, content(*NOT_CHANGED_BY_ACTS)) == {}


def test_a_session_that_was_ended_by_its_owner_is_gone_for_every_command(inside: House) -> None:
    _, session = signed_in(inside.judge)
    actor = replace(inside.judge, session_id=session)
    do(sign_out, actor)

    with pytest.raises(Refused, match=SIGNED_OUT):
        do(sign_out, actor)
