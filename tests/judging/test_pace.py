"""How long a judge takes: from one complete card to the next, breaks left out, and from their own cards alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from judging.pace import Pace, pace
from judging.room import judges_list
from judging.scorecards import save_score
from storage import clock
from storage.database import transact
from tests.databases import Given
from tests.judging.test_paper import JULES, code_of, entered, sheet_of
from tests.stories import Chapter, Story, told
from tests.world import ask, do

EVENING = datetime(2027, 4, 1, 19, 0, tzinfo=UTC)


def at(*minutes: int) -> list[datetime]:
    """Moments, the newest first."""
    return [EVENING + timedelta(minutes=each) for each in sorted(minutes, reverse=True)]


def test_the_median_of_the_last_five_is_told_without_breaks() -> None:
    assert pace(at(0, 12, 30, 40, 500, 510)) == Pace(11, 4)
    assert pace(at(0, 50, 60, 70, 80, 90, 100)) == Pace(10, 5)


def test_nothing_is_told_from_fewer_than_three() -> None:
    assert pace(at()) is None
    assert pace(at(0, 12, 30)) is None
    assert pace(at(0, 200, 400, 600)) is None


def test_it_is_known_from_the_judge_s_own_cards_as_they_were_first_complete(
    database: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("judging.pace.FEWEST", 1)  # a story has two entries, and so one way between them
    story = told(Chapter.ASSIGNED)
    for name, minutes in (("jo", 1), ("jules", 9)):
        score_all(story, name, minutes)
    lines = ask(judges_list, story.judge, stage_id=story.stage_id).lines
    transact(lambda db: clock.move_to(db, clock.now(db) + timedelta(minutes=30)))

    do(
        save_score,
        story.judge,
        assignment_id=lines[0].assignment_id,
        criterion_key=story.criteria["need"],
        points=1,
    )

    assert ask(judges_list, story.judge, stage_id=story.stage_id).pace == Pace(9, 1)


def test_what_was_entered_from_paper_says_nothing_of_it(sqlite: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("judging.pace.FEWEST", 1)
    story = told(Chapter.ASSIGNED)
    for name in story.entries:
        transact(lambda db: clock.move_to(db, clock.now(db) + timedelta(minutes=9)))
        code = code_of(story, name)
        entered(story, sheet_of(story, (JULES, code, "Need", "4"), (JULES, code, "Method", "3")))

    shown = ask(judges_list, story.judge, stage_id=story.stage_id)

    assert (shown.pace, [line.scored for line in shown.lines]) == (None, [2, 2])


def score_all(story: Story, name: str, minutes: int) -> None:
    judge = story.judges[name]
    for line in ask(judges_list, judge, stage_id=story.stage_id).lines:
        transact(lambda db: clock.move_to(db, clock.now(db) + timedelta(minutes=minutes)))
        for key in story.criteria.values():
            do(save_score, judge, assignment_id=line.assignment_id, criterion_key=key, points=3)
