"""What changes after publication: with a reason, on the page, told to whoever relies on it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.actors import STRANGER
from prize.changes import change_brief, change_dates, change_rules
from prize.entries.extensions import extend_entry
from prize.entries.submission import submit_entry
from prize.publication import public_prize
from prize.stages import stages
from storage.errors import Closed, Invalid, Stale
from tests.databases import Clock, Given
from tests.stories import CLOSES, DAY, DECIDED, JUDGING_CLOSES, OPENS, SLUG, Chapter, Story, told, work_off
from tests.world import ask, do

WHY = "A holiday falls on the day."
MOMENTS = {"opens_at": OPENS, "closes_at": CLOSES, "judging_closes_at": JUDGING_CLOSES, "decision_at": DECIDED}


def change(story: Story, version: int = 1, **moved: datetime) -> int:
    where: dict[str, Any] = {"prize_id": story.prize_id, "stage_id": story.stage_id, "reason": WHY}
    return do(change_dates, story.secretariat, **where, version=version, **{**MOMENTS, **moved})


def test_a_later_closing_is_published_as_a_new_version_and_whoever_has_begun_is_told(
    database: Given, clock: Clock
) -> None:
    story = told(Chapter.STARTED)

    assert change(story, closes_at=CLOSES + DAY) == 2

    shown = ask(public_prize, STRANGER, slug=SLUG)
    assert shown.stages[0].stage.dates is not None
    assert (shown.stages[0].stage.dates.closes_at, shown.stages[0].stage.dates.number) == (CLOSES + DAY, 2)
    assert [(line.what, line.reason) for line in shown.changes] == [
        ("First stage: closing now Thursday 1 April 2027, 13:00 (London)", WHY)
    ]
    mails = database.sql("SELECT recipient FROM mail WHERE text LIKE '%closing now Thursday%' ORDER BY recipient")
    assert [address for (address,) in mails] == ["bela@bela.example", "erin@erin.example"]
    clock.move_to(CLOSES + timedelta(hours=1))
    work_off()
    assert ask(stages, story.secretariat, prize_id=story.prize_id)[0].closed_at is None
    clock.move_to(CLOSES + DAY + timedelta(hours=1))
    work_off()
    assert ask(stages, story.secretariat, prize_id=story.prize_id)[0].closed_at is not None


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        ({}, "No date was changed"),
        ({"closes_at": CLOSES - DAY}, "Entries cannot close earlier than was announced"),
        ({"opens_at": OPENS + 2 * DAY}, "The opening has passed"),
        ({"closes_at": JUDGING_CLOSES}, "The end of judging is not after the closing"),
    ],
)
def test_what_entrants_rely_on_is_not_taken_from_them(sqlite: Given, moved: dict[str, datetime], words: str) -> None:
    story = told(Chapter.STARTED)

    with pytest.raises(Invalid, match=words):
        change(story, **moved)

    assert ask(public_prize, STRANGER, slug=SLUG).changes == ()


def test_a_closing_that_was_carried_out_stays(sqlite: Given) -> None:
    story = told(Chapter.CLOSED)

    with pytest.raises(Invalid, match="The closing has passed"):
        change(story, closes_at=CLOSES + 5 * DAY)

    assert change(story, judging_closes_at=JUDGING_CLOSES + DAY) == 2


def test_two_people_who_move_the_dates_at_once_do_not_overwrite_each_other(sqlite: Given) -> None:
    story = told(Chapter.STARTED)
    change(story, closes_at=CLOSES + DAY)

    with pytest.raises(Stale):
        change(story, closes_at=CLOSES + 2 * DAY)


def test_a_draft_is_not_changed_this_way_and_a_released_stage_not_any_more(sqlite: Given) -> None:
    with pytest.raises(Closed, match="This prize is draft"):
        change(told(Chapter.READY), closes_at=CLOSES + DAY)


def test_the_dates_of_a_released_stage_stand(sqlite: Given) -> None:
    with pytest.raises(Closed, match="First stage is released"):
        change(told(Chapter.RELEASED), decision_at=DECIDED + 5 * DAY)


def test_new_rules_hold_for_who_submits_from_then_on_and_a_receipt_keeps_naming_its_own(database: Given) -> None:
    story = told(Chapter.SUBMITTED)
    first = story.receipts["erin"]

    number = do(change_rules, story.secretariat, prize_id=story.prize_id, version=2, text="New terms.", reason=WHY)

    assert number == 2
    again = do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)
    assert (first.rules_number, again.rules_number) == (1, 2)
    shown = ask(public_prize, STRANGER, slug=SLUG)
    assert (shown.rules, shown.rules_number, shown.changes[0].what) == ("New terms.", 2, "The rules are now version 2")


def test_a_new_brief_replaces_the_old_one_on_the_page(database: Given) -> None:
    story = told(Chapter.PUBLISHED)
    texts = {"summary": "Clean two rivers.", "problem": "Rivers are dirty.", "eligibility": "Anybody may enter."}
    call: dict[str, Any] = {"prize_id": story.prize_id, "version": 2, "reason": WHY, **texts}

    assert do(change_brief, story.secretariat, **call) == 2

    assert ask(public_prize, STRANGER, slug=SLUG).summary == "Clean two rivers."
    with pytest.raises(Invalid, match="Nothing was changed"):
        do(change_brief, story.secretariat, **{**call, "version": 3})


def test_a_closing_that_has_come_is_not_moved_although_one_entry_has_more_time(sqlite: Given, clock: Clock) -> None:
    story = told(Chapter.WRITTEN)
    do(extend_entry, story.secretariat, entry_id=story.entry_id, closes_at=CLOSES + 2 * DAY, reason=WHY)
    clock.move_to(CLOSES + DAY)

    with pytest.raises(Invalid, match="The closing has passed"):
        change(story, closes_at=CLOSES + 3 * DAY)


def test_judging_does_not_end_before_the_last_entry_has_come(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    do(extend_entry, story.secretariat, entry_id=story.entry_id, closes_at=CLOSES + 10 * DAY, reason=WHY)

    with pytest.raises(Invalid, match="The end of judging is not after the closing"):
        change(story, judging_closes_at=CLOSES + 2 * DAY)


def test_judges_are_told_that_judging_ends_at_another_time(database: Given) -> None:
    story = told(Chapter.ASSIGNED)

    change(story, judging_closes_at=JUDGING_CLOSES - DAY)

    mails = database.sql("SELECT recipient FROM mail WHERE text LIKE '%end of judging now%' ORDER BY recipient")
    assert {"jo@example.org", "jules@example.org"} <= {address for (address,) in mails}
