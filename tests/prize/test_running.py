"""A published prize is paused, resumed, closed or cancelled, and everybody can read why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.actors import LAUREL, STRANGER
from prize.changes import change_dates
from prize.closing import close_stage
from prize.entries.drafts import start_entry
from prize.entries.extensions import extend_entry
from prize.entries.own import own_entry
from prize.entries.submission import submit_entry
from prize.lifecycle import Phase
from prize.models import PrizeState
from prize.publication import public_prize, public_prizes
from prize.running import cancel_prize, cancel_stage, close_prize, pause_prize, resume_prize
from prize.stages import stages
from storage.database import transact
from storage.errors import Closed, Invalid
from tests.databases import Clock, Given
from tests.stories import (
    CLOSES,
    DAY,
    DECIDED,
    JUDGING_CLOSES,
    OPENS,
    SLUG,
    Chapter,
    Story,
    prize_version,
    told,
    work_off,
)
from tests.world import ask, do

WHY = "The rules are being looked at."
LATER = timedelta(days=60)


def take(story: Story, command: Any, actor: Any = None) -> int:
    version = transact(lambda db: prize_version(db, story.prize_id))
    done: int = do(command, actor or story.secretariat, prize_id=story.prize_id, version=version, reason=WHY)
    return done


def phase_of(story: Story) -> Phase:
    return ask(stages, story.secretariat, prize_id=story.prize_id)[0].phase


def move_closing(story: Story) -> None:
    moments = {"opens_at": OPENS, "closes_at": CLOSES + LATER, "judging_closes_at": JUDGING_CLOSES + LATER}
    where: dict[str, UUID] = {"prize_id": story.prize_id, "stage_id": story.stage_id}
    do(
        change_dates,
        story.secretariat,
        **where,
        version=1,
        **moments,
        decision_at=DECIDED + LATER,
        reason=WHY,
    )


def test_while_a_prize_is_paused_no_entry_is_begun_or_submitted_and_nothing_is_lost(database: Given) -> None:
    story = told(Chapter.WRITTEN)
    take(story, pause_prize)

    assert phase_of(story) is Phase.PAUSED
    with pytest.raises(Closed, match="This prize is paused"):
        do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)
    with pytest.raises(Closed, match="This prize is paused"):
        do(start_entry, story.entrant, stage_id=story.stage_id, organisation="Another")
    entry = ask(own_entry, story.entrant, entry_id=story.entry_id)
    assert (entry.stage.phase, entry.answers[0].text) == (
        Phase.PAUSED,
        "Mussels filter the water, and we count them.",
    )

    take(story, resume_prize)

    assert do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True).number == 1


def test_a_pause_stands_on_the_public_page_with_its_reason_and_is_mailed_to_whoever_has_begun(database: Given) -> None:
    story = told(Chapter.STARTED)

    take(story, pause_prize)

    shown = ask(public_prize, STRANGER, slug=SLUG)
    assert shown.state is PrizeState.PAUSED
    assert [(line.what, line.reason) for line in shown.changes] == [("The prize is paused", WHY)]
    mails = database.sql("SELECT recipient FROM mail WHERE text LIKE '%The prize is paused%' ORDER BY recipient")
    assert [address for (address,) in mails] == ["bela@bela.example", "erin@erin.example"]


def test_a_stage_does_not_close_while_the_prize_is_paused_and_needs_a_later_time_afterwards(
    database: Given, clock: Clock
) -> None:
    story = told(Chapter.SUBMITTED)
    take(story, pause_prize)
    clock.move_to(CLOSES + DAY)
    work_off()
    with pytest.raises(Closed, match="paused and does not close"):
        do(close_stage, LAUREL, stage_id=story.stage_id)
    with pytest.raises(Invalid, match="First stage would have closed meanwhile"):
        take(story, resume_prize)

    move_closing(story)
    take(story, resume_prize)

    assert phase_of(story) is Phase.OPEN
    clock.move_to(CLOSES + LATER + DAY)
    work_off()
    assert ask(stages, story.secretariat, prize_id=story.prize_id)[0].closed_at is not None


def test_a_prize_is_closed_when_its_stages_are_over(database: Given) -> None:
    early = told(Chapter.PUBLISHED)
    with pytest.raises(Invalid, match="First stage is not released yet"):
        take(early, close_prize)


def test_a_closed_prize_keeps_its_page_and_takes_no_further_step(database: Given) -> None:
    story = told(Chapter.RELEASED)

    take(story, close_prize)

    assert ask(public_prize, STRANGER, slug=SLUG).state is PrizeState.CLOSED
    with pytest.raises(Closed, match="The prize is closed"):
        take(story, cancel_prize, story.sponsor)


def test_a_cancelled_prize_says_so_on_its_page_and_its_stages_never_close(database: Given, clock: Clock) -> None:
    story = told(Chapter.SUBMITTED)

    take(story, cancel_prize, story.sponsor)

    shown = ask(public_prize, STRANGER, slug=SLUG)
    assert (shown.state, shown.stages[0].stage.phase) == (PrizeState.CANCELLED, Phase.CANCELLED)
    clock.move_to(CLOSES + DAY)
    work_off()
    assert database.sql("SELECT count(*) FROM entry WHERE code IS NOT NULL") == [(0,)]
    with pytest.raises(Closed, match="This stage was cancelled"):
        do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)


def test_a_draft_that_is_cancelled_never_had_a_page(database: Given) -> None:
    story = told(Chapter.READY)

    take(story, cancel_prize, story.sponsor)

    assert ask(public_prizes, STRANGER) == ()
    assert database.sql("SELECT count(*) FROM prize_change") == [(0,)]


def test_one_stage_can_be_cancelled_and_the_prize_then_be_closed(database: Given) -> None:
    story = told(Chapter.PUBLISHED)
    version = ask(stages, story.sponsor, prize_id=story.prize_id)[0].version

    do(cancel_stage, story.sponsor, stage_id=story.stage_id, version=version, reason=WHY)

    assert phase_of(story) is Phase.CANCELLED
    take(story, close_prize)


def test_a_prize_that_was_paused_beyond_the_end_of_judging_can_still_go_on(database: Given, clock: Clock) -> None:
    story = told(Chapter.SUBMITTED)
    take(story, pause_prize)
    clock.move_to(JUDGING_CLOSES + DAY)

    move_closing(story)
    take(story, resume_prize)

    assert phase_of(story) is Phase.OPEN


def test_a_pause_after_the_closing_opens_nothing_again(database: Given, clock: Clock) -> None:
    story = told(Chapter.SUBMITTED)
    clock.move_to(CLOSES + timedelta(hours=1))
    take(story, pause_prize)
    assert phase_of(story) is Phase.CLOSED

    clock.move_to(CLOSES + DAY)
    work_off()
    take(story, resume_prize)

    assert ask(stages, story.secretariat, prize_id=story.prize_id)[0].closed_at is not None
    with pytest.raises(Invalid, match="The closing has passed"):
        move_closing(story)


def test_an_entry_whose_extra_time_ran_out_in_a_pause_gets_more_before_the_prize_goes_on(
    database: Given, clock: Clock
) -> None:
    story = told(Chapter.WRITTEN)
    more = {"entry_id": story.entry_id, "reason": WHY}
    do(extend_entry, story.secretariat, closes_at=CLOSES + DAY, **more)
    clock.move_to(CLOSES + timedelta(hours=1))
    take(story, pause_prize)
    clock.move_to(CLOSES + 2 * DAY)
    with pytest.raises(Invalid, match="An entry with more time in First stage would have closed meanwhile"):
        take(story, resume_prize)

    do(extend_entry, story.secretariat, closes_at=CLOSES + 3 * DAY, **more)
    take(story, resume_prize)

    assert do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True).number == 1
