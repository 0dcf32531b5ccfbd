"""More time for one entry: its team can go on, nobody else learns of it, and copies wait."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.actors import LAUREL, STRANGER
from prize.closing import close_stage
from prize.entries.extensions import extend_entry
from prize.entries.own import own_entry
from prize.entries.screening import stage_entries
from prize.entries.submission import submit_entry
from prize.lifecycle import Phase
from prize.publication import public_prize
from prize.running import cancel_stage
from prize.stages import stages
from storage.errors import Closed, Invalid
from tests.databases import Clock, Given
from tests.stories import CLOSES, DAY, JUDGING_CLOSES, SLUG, Chapter, Story, told, work_off
from tests.world import ask, do

WHY = "The power failed in their town."
HOUR = timedelta(hours=1)


def extend(story: Story, closes_at: datetime = CLOSES + DAY) -> None:
    do(extend_entry, story.secretariat, entry_id=story.entry_id, closes_at=closes_at, reason=WHY)


def submit(story: Story, name: str) -> int:
    entry_id = story.entries[name]
    return do(submit_entry, story.entrants[name], entry_id=entry_id, accepts_rules=True).number


def test_the_entry_can_be_submitted_after_the_others_have_closed_and_codes_wait_for_it(
    database: Given, clock: Clock
) -> None:
    story = told(Chapter.WRITTEN)
    extend(story)
    clock.move_to(CLOSES + HOUR)
    work_off()

    with pytest.raises(Closed, match="has closed"):
        submit(story, "bela")
    with pytest.raises(Closed, match="has not come"):
        do(close_stage, LAUREL, stage_id=story.stage_id)
    assert submit(story, "erin") == 1
    assert database.sql("SELECT count(*) FROM entry WHERE code IS NOT NULL") == [(0,)]

    clock.move_to(CLOSES + DAY + HOUR)
    work_off()
    with pytest.raises(Closed, match="has closed"):
        submit(story, "erin")
    assert database.sql("SELECT count(*) FROM entry WHERE code IS NOT NULL") == [(1,)]


def test_only_the_team_and_the_secretariat_learn_of_it(database: Given, clock: Clock) -> None:
    story = told(Chapter.WRITTEN)
    extend(story)

    own = ask(own_entry, story.entrants["erin"], entry_id=story.entry_id).stage.dates
    others = ask(own_entry, story.entrants["bela"], entry_id=story.entries["bela"]).stage.dates
    assert own is not None
    assert others is not None
    assert (own.closes_at, others.closes_at) == (CLOSES + DAY, CLOSES)
    public = ask(public_prize, STRANGER, slug=SLUG)
    assert public.stages[0].stage.dates is not None
    assert (public.stages[0].stage.dates.closes_at, public.changes) == (CLOSES, ())
    lines = ask(stage_entries, story.secretariat, stage_id=story.stage_id).entries
    assert {line.organisation: line.closes_at for line in lines} == {"Acorn Labs": CLOSES + DAY, "Birch Works": None}
    mails = database.sql("SELECT recipient FROM mail WHERE subject LIKE 'More time for your entry%'")
    assert [address for (address,) in mails] == ["erin@erin.example"]
    clock.move_to(CLOSES + HOUR)
    assert ask(stages, story.designer, prize_id=story.prize_id)[0].phase is Phase.CLOSED


def test_more_time_is_later_and_leaves_time_to_judge(sqlite: Given, clock: Clock) -> None:
    story = told(Chapter.WRITTEN)
    extend(story)
    for closes_at, words in (
        (CLOSES + HOUR, "later than the entry's closing time"),
        (JUDGING_CLOSES + HOUR, "end of judging is not after the closing"),
    ):
        with pytest.raises(Invalid, match=words):
            extend(story, closes_at)


def test_nobody_gets_more_time_once_codes_are_dealt(sqlite: Given) -> None:
    with pytest.raises(Closed, match="have their codes"):
        extend(told(Chapter.CLOSED), CLOSES + 5 * DAY)


def test_a_cancelled_stage_gives_nobody_more_time(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    version = ask(stages, story.sponsor, prize_id=story.prize_id)[0].version
    do(cancel_stage, story.sponsor, stage_id=story.stage_id, version=version, reason=WHY)

    with pytest.raises(Closed, match="was cancelled"):
        extend(story)
