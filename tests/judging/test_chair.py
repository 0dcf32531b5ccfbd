"""Tests of the chair of a panel: named by the secretariat, one at most, and known to the chair."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlmodel import Session, col, select

from accounts.actors import Actor
from judging.judges import judges, name_chair, own_seats
from judging.models import PanelMember
from storage.clock import now
from storage.database import transact
from storage.errors import Closed, Invalid, Refused
from tests.databases import Given
from tests.stories import Chapter, Story, told
from tests.world import ask, do


def name(story: Story, judge: Actor) -> None:
    do(name_chair, story.secretariat, stage_id=story.stage_id, person_id=judge.person_id)


def chairs(story: Story) -> list[str]:
    return [line.name for line in ask(judges, story.secretariat, stage_id=story.stage_id) if line.chairs]


def test_nobody_chairs_a_panel_until_somebody_is_named(database: Given) -> None:
    story = told(Chapter.INVITED)
    assert chairs(story) == []

    name(story, story.judge)

    assert chairs(story) == ["Jules"]


def test_naming_another_takes_the_chair_from_the_first(database: Given) -> None:
    story = told(Chapter.SCORED)
    name(story, story.judge)
    name(story, story.judges["jo"])
    name(story, story.judges["jo"])

    assert chairs(story) == ["Jo"]


def test_the_chair_knows_of_it_and_whether_judging_has_ended_and_nobody_else_does(database: Given) -> None:
    for chapter, ended in ((Chapter.SCORED, False), (Chapter.JUDGED, True)):
        story = told(chapter, chapter.name.lower())
        name(story, story.judge)

        [seat] = ask(own_seats, story.judge)
        [other] = ask(own_seats, story.judges["jo"])

        assert (seat.chairs, seat.judging_ended) == (True, ended)
        assert (other.chairs, other.judging_ended) == (False, ended)


def test_who_does_not_sit_on_the_panel_cannot_chair_it(database: Given) -> None:
    story = told(Chapter.INVITED)
    name(story, story.judge)

    def leave(db: Session) -> None:
        seat = db.exec(select(PanelMember).where(col(PanelMember.person_id) == story.judges["jo"].person_id)).one()
        seat.left_at = now(db)
        db.add(seat)

    transact(leave)
    for somebody in (story.judges["jo"], story.secretariat, story.entrant, Actor(uuid4())):
        with pytest.raises(Invalid, match="A chair sits on the panel"):
            name(story, somebody)

    assert chairs(story) == ["Jules"]


def test_once_decisions_are_confirmed_the_chair_stays_who_it_was(database: Given) -> None:
    story = told(Chapter.DECIDED)
    name(story, story.judge)
    confirmed = told(Chapter.CONFIRMED, "-confirmed")

    with pytest.raises(Closed, match="the panel has met"):
        name(confirmed, confirmed.judge)

    assert (chairs(story), chairs(confirmed)) == (["Jules"], [])


def test_a_judge_cannot_take_the_chair(database: Given) -> None:
    story = told(Chapter.INVITED)

    with pytest.raises(Refused):
        do(name_chair, story.judge, stage_id=story.stage_id, person_id=story.judge.person_id)

    assert chairs(story) == []
