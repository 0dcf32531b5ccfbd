"""A meeting of the panel at three screens: one member is recused from an entry, and the vote on the other is a draw."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from judging.panel.minutes import minutes
from judging.panel.screens import panel_meeting
from tests.databases import Given
from tests.journeys.visitors import Visitor, wait_until
from tests.judging.meetings import Held, prepared
from tests.mailserver import MailServer
from tests.server import RunningLaurel, running_laurel
from tests.stories import TEAMS
from tests.world import ask

CONVINCED = "The samples convinced those who may decide."
SPLIT = "One for, one against: the panel asks for more."
AWAY = "The panel discusses an entry that is not shown to you."


@pytest.fixture
def held(sqlite: Given, smtp: MailServer) -> Held:
    return prepared(quorum=1)


@pytest.fixture
def laurel(held: Held, tmp_path: Path) -> Iterator[RunningLaurel]:
    with running_laurel({}, tmp_path) as running:
        yield running


@pytest.mark.prove
def test_a_panel_meets_with_a_recusal_and_a_draw(held: Held, come: Callable[[], Visitor]) -> None:
    chair, member, secretary = come(), come(), come()
    first, second = held.code("erin"), held.code("bela")
    stage = f"stage={held.story.stage_id}"

    chair.sign_in_by_link("jules@example.org")
    chair.go(f"/meeting?{stage}")
    chair.press("Open the meeting")
    member.sign_in_by_link("jo@example.org")
    member.go(f"/panel-meeting?{stage}")
    member.press("Join the meeting")
    expect(chair.page.get_by_text("1 of 2 here")).to_be_visible()
    chair.press("Mark as here")
    chair.press("Present the first entry")

    expect(member.page.get_by_role("heading", name=first)).to_be_visible()
    member.press("I must not take part in this entry")
    member.press("Recuse me")
    expect(member.page.get_by_text(AWAY)).to_be_visible()
    assert first not in member.page.inner_text("body")
    expect(chair.page.get_by_text("1 member is recused")).to_be_visible()

    heard = len(member.received)
    record(chair, "Finalist", CONVINCED, in_favour=1)
    chair.see("Recorded what the panel decided")
    chair.press("Next entry")
    expect(member.page.get_by_role("heading", name=second)).to_be_visible()
    member.page.get_by_role("radio", name="2", exact=True).first.click()
    record(chair, "No decision", SPLIT, in_favour=1, against=1)
    expect(member.page.get_by_text(SPLIT)).to_be_visible()
    chair.press("Close the meeting")
    chair.press("Close it now")
    chair.see("Before and after the discussion")
    expect(member.page.get_by_text("The meeting was closed")).to_be_visible()
    since = b"".join(member.received[heard:]).decode("utf-8", "ignore")
    assert [word for word in (first, CONVINCED) if word in since] == []

    secretary.sign_in_by_link("secretariat@secretariat.example")
    secretary.go("/meeting")
    secretary.see(CONVINCED)
    assert [name for name in TEAMS.values() if name in secretary.page.inner_text("body")] == []
    wait_until(lambda: ask(panel_meeting, held.chair, stage_id=held.story.stage_id) is not None, "no meeting")
    [meeting] = ask(minutes, held.story.secretariat, stage_id=held.story.stage_id)
    assert [(one.code, one.recused_names, one.votes.against) for one in meeting.minutes] == [
        (first, ("Jo",), 0),
        (second, (), 1),
    ]


def record(chair: Visitor, outcome: str, reason: str, *, in_favour: int, against: int = 0) -> None:
    chair.choose("The panel recommends", outcome)
    chair.fill("Why", reason)
    chair.fill("For", str(in_favour))
    chair.fill("Against", str(against))
    chair.press("Record the decision")
