"""Closing time itself is in time; a millisecond later is late, and what was saved is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from prize.entries.drafts import save_answer, start_entry
from prize.entries.models import EntryState
from prize.entries.own import own_entry
from prize.entries.submission import submit_entry, withdraw_entry
from prize.lifecycle import Phase
from storage.errors import Closed
from tests.databases import Clock, Given
from tests.stories import CLOSES, OPENS, TAB, Chapter, told
from tests.world import World, ask, do

LATE = CLOSES + timedelta(milliseconds=1)


def test_an_entry_is_in_time_at_the_closing_time_itself(database: Given, clock: Clock) -> None:
    story = told(Chapter.WRITTEN)
    clock.move_to(CLOSES, stand_still=True)

    receipt = do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)

    assert (receipt.number, receipt.submitted_at) == (1, CLOSES)


def test_a_millisecond_after_closing_is_late_and_the_draft_is_kept(database: Given, clock: Clock) -> None:
    story = told(Chapter.WRITTEN)
    before = ask(own_entry, story.entrant, entry_id=story.entry_id)
    clock.move_to(LATE, stand_still=True)

    with pytest.raises(Closed, match="What you had saved is kept"):
        do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)
    late = {"question_key": story.questions["method"], "text": "Too late.", "base_version": 1}
    with pytest.raises(Closed):
        do(save_answer, story.entrant, entry_id=story.entry_id, **late, tab=TAB, save_number=9)

    kept = ask(own_entry, story.entrant, entry_id=story.entry_id)
    assert (kept.answers, kept.state, kept.receipt) == (before.answers, EntryState.DRAFT, None)
    assert kept.stage.phase is Phase.CLOSED


def test_a_submitted_entry_cannot_be_withdrawn_after_closing(sqlite: Given, clock: Clock) -> None:
    story = told(Chapter.SUBMITTED)
    clock.move_to(LATE, stand_still=True)

    with pytest.raises(Closed):
        do(withdraw_entry, story.entrant, entry_id=story.entry_id)


def test_nobody_starts_before_the_stage_opens(sqlite: Given, clock: Clock) -> None:
    story = told(Chapter.PUBLISHED)
    entrant = World().person("ada")
    clock.move_to(OPENS - timedelta(milliseconds=1), stand_still=True)
    with pytest.raises(Closed, match="not open yet"):
        do(start_entry, entrant, stage_id=story.stage_id, organisation="Ada’s mussels")

    clock.move_to(OPENS, stand_still=True)

    do(start_entry, entrant, stage_id=story.stage_id, organisation="Ada’s mussels")
