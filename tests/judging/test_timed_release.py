"""Tests of a release that is held until a set time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.models import Role
from judging.due_diligence import Found, record_checks
from judging.outcome_models import Check, Finding
from judging.release import own_outcome, release_decisions
from judging.timed_release import cancel_release, plan_release, release_preview
from prize.lifecycle import Phase
from prize.models import Prize, Stage
from prize.running import cancel_prize, pause_prize
from prize.stages import stages
from storage.database import reading, transact
from storage.errors import Closed, Invalid, Refused, Stale
from tests.databases import Clock, Given
from tests.judging.test_conflicted_staff import conflicted
from tests.pages.visiting import press, visit, words
from tests.stories import DAY, DECIDED, Chapter, Story, told, work_off
from tests.world import ask, do

MINUTE = timedelta(minutes=1)


def plan(story: Story, at: datetime = DECIDED, version: int = 0) -> int:
    return do(plan_release, story.secretariat, stage_id=story.stage_id, release_at=at, version=version)


def phase(story: Story) -> Phase:
    return ask(stages, story.secretariat, prize_id=story.prize_id)[0].phase


def prize_version(story: Story) -> int:
    with reading() as db:
        return db.get_one(Prize, story.prize_id).version


def mails(database: Given, words: str) -> list[str]:
    rows = database.sql("SELECT recipient FROM mail WHERE subject LIKE :words ORDER BY recipient", words=f"%{words}%")
    return [address for (address,) in rows]


def test_decisions_are_released_when_the_set_time_has_come_and_not_a_minute_earlier(
    database: Given, clock: Clock
) -> None:
    story = told(Chapter.CHECKED)
    plan(story)

    clock.move_to(DECIDED - MINUTE)
    work_off()
    assert phase(story) is Phase.CONFIRMED
    assert ask(own_outcome, story.entrant, entry_id=story.entry_id) is None

    clock.move_to(DECIDED + MINUTE)
    work_off()
    assert phase(story) is Phase.RELEASED
    assert mails(database, "The outcome of your entry") == ["bela@bela.example", "erin@erin.example"]


def test_a_time_that_is_moved_or_taken_back_releases_nothing(database: Given, clock: Clock) -> None:
    story = told(Chapter.CHECKED)
    version = plan(story, DECIDED + DAY, plan(story))
    clock.move_to(DECIDED + MINUTE)
    work_off()
    assert phase(story) is Phase.CONFIRMED

    do(cancel_release, story.secretariat, stage_id=story.stage_id, version=version)
    clock.move_to(DECIDED + DAY + MINUTE)
    work_off()
    assert phase(story) is Phase.CONFIRMED

    plan(story, DECIDED + 2 * DAY, version + 1)
    clock.move_to(DECIDED + 2 * DAY + MINUTE)
    work_off()
    assert phase(story) is Phase.RELEASED


def test_a_release_for_which_something_has_become_unready_does_nothing_and_says_so(
    database: Given, clock: Clock
) -> None:
    story = told(Chapter.CHECKED)
    plan(story)
    failed = (Found(Check.SANCTIONS, Finding.FAIL, "The owner stands on a list."),)
    do(record_checks, story.secretariat, entry_id=story.entry_id, findings=failed, version=5)

    clock.move_to(DECIDED + MINUTE)
    work_off()

    assert phase(story) is Phase.DECIDING
    assert mails(database, "The outcome of your entry") == []
    assert mails(database, "Nothing was released: First stage") == ["secretariat@secretariat.example"]
    work_off()
    assert len(mails(database, "Nothing was released")) == 1
    assert ask(release_preview, story.secretariat, stage_id=story.stage_id).held_at is not None


def test_nothing_is_released_while_the_prize_is_paused_and_the_secretariat_is_told(
    database: Given, clock: Clock
) -> None:
    story = told(Chapter.CHECKED)
    plan(story)
    do(pause_prize, story.owner, prize_id=story.prize_id, version=prize_version(story), reason="A question of law.")

    clock.move_to(DECIDED + MINUTE)
    work_off()

    assert phase(story) is Phase.CONFIRMED
    assert mails(database, "Nothing was released: First stage") == ["secretariat@secretariat.example"]


def test_what_was_cancelled_has_no_set_time_and_nobody_is_told_that_something_lacks(
    database: Given, clock: Clock
) -> None:
    story = told(Chapter.CHECKED)
    plan(story)
    do(cancel_prize, story.owner, prize_id=story.prize_id, version=prize_version(story), reason="The money is gone.")

    clock.move_to(DECIDED + MINUTE)
    work_off()

    assert mails(database, "Nothing was released") == []
    shown = ask(release_preview, story.secretariat, stage_id=story.stage_id)
    assert (shown.release_at, shown.held_at) == (None, None)


def test_a_set_time_is_shown_and_cancelled_while_a_failed_check_waits_for_the_sponsor(sqlite: Given) -> None:
    story = told(Chapter.CHECKED)
    plan(story)
    failed = (Found(Check.SANCTIONS, Finding.FAIL, "The owner stands on a list."),)
    do(record_checks, story.secretariat, entry_id=story.entry_id, findings=failed, version=5)
    page = visit(story.secretariat, "decisions")
    assert "**The release is still set for Saturday 15 May 2027, 13:00 (London), by" in page.warning[0].value

    page = press(page, "Cancel the set time")

    assert "Cancel the set time" not in [button.label for button in page.button]
    assert ask(release_preview, story.secretariat, stage_id=story.stage_id).release_at is None


def test_a_release_without_every_check_is_held_and_the_page_says_what_lacks(sqlite: Given, clock: Clock) -> None:
    story = told(Chapter.CONFIRMED)
    plan(story)
    clock.move_to(DECIDED + MINUTE)
    work_off()

    page = visit(story.secretariat, "decisions")

    assert "**Nothing was released at the set time, 15 May 2027, 13:01 (London).**" in page.warning[0].value
    assert "1 chosen entry has not passed every check of due diligence." in words(page)
    assert next(button for button in page.button if button.label.startswith("Release to")).disabled


def test_a_time_is_set_for_what_is_confirmed_and_lies_ahead(sqlite: Given) -> None:
    with pytest.raises(Closed, match="confirmed"):
        plan(told(Chapter.DECIDED, "-decided"))
    story = told(Chapter.CHECKED)
    for at in (DECIDED - 400 * DAY, DECIDED + 400 * DAY):
        with pytest.raises(Invalid, match="from now on, within a year"):
            plan(story, at)
    plan(story)
    with pytest.raises(Stale, match="Somebody changed the time"):
        plan(story)


def test_it_is_shown_what_will_be_sent_to_how_many_in_the_prize_s_words(database: Given) -> None:
    story = told(Chapter.CHECKED)
    transact(lambda db: db.add(Stage(prize_id=story.prize_id, position=2, name="Finalists")))

    shown = ask(release_preview, story.secretariat, stage_id=story.stage_id)

    assert [(mail.to, mail.people, mail.subject) for mail in shown.mails] == [
        ("The teams of all entries", 2, "The outcome of your entry for Clean rivers"),
        ("The teams that go on", 1, "You go on to Finalists of Clean rivers"),
    ]
    assert shown.obstacles == ()
    with pytest.raises(Refused, match="somebody else of the prize team"):
        ask(release_preview, conflicted(story, Role.SECRETARIAT), stage_id=story.stage_id)


def test_nobody_who_is_shut_out_from_an_entry_sets_or_cancels_the_time(sqlite: Given) -> None:
    story = told(Chapter.CHECKED)
    near, version = conflicted(story, Role.SECRETARIAT), plan(story)

    with pytest.raises(Refused, match="somebody else of the prize team"):
        do(plan_release, near, stage_id=story.stage_id, release_at=DECIDED + DAY, version=version)
    with pytest.raises(Refused, match="somebody else of the prize team"):
        do(cancel_release, near, stage_id=story.stage_id, version=version)

    assert ask(release_preview, story.secretariat, stage_id=story.stage_id).release_at == DECIDED


def test_a_time_is_set_moved_and_cancelled_on_the_page(sqlite: Given) -> None:
    story = told(Chapter.CHECKED)
    page = press(visit(story.secretariat, "decisions"), "Set the time")
    assert "**Set for" in words(page)
    assert ask(release_preview, story.secretariat, stage_id=story.stage_id).release_at is not None

    page = press(page, "Cancel the set time")

    assert "**Set for" not in words(page)
    do(release_decisions, story.secretariat, stage_id=story.stage_id)
    assert phase(story) is Phase.RELEASED
