"""Dates near the nights on which clocks change: nobody gains or loses an hour, in whatever zone a prize is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import pairwise
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from prize.entries.extensions import extend_entry
from prize.entries.submission import submit_entry
from prize.models import Blueprint, Pays, Stage
from prize.prizes import edit_prize
from prize.stages import edit_stage
from storage import clock
from storage.database import transact
from storage.errors import Closed
from storage.values import time_words
from tests.databases import on_sqlite
from tests.pages.public import get
from tests.prize.test_eligibility import published
from tests.stories import OPENS, SLUG, Chapter, Story, go_on, prize_version, told
from tests.world import do

ZONES = ("Europe/London", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu")
"""Clocks that change by an hour, also on another night, with a half hour's offset, by half an hour, and never."""
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
WHY = "The power failed in their town."


def changes_of_clocks(zone: str) -> list[datetime]:
    """When the zone's clocks change while an entry of 2027 could close; some day where they never do."""
    hours = [OPENS + timedelta(days=2) + number * HOUR for number in range(24 * 300)]
    local = [moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in hours]
    found = [later for (later, (before, after)) in zip(hours[1:], pairwise(local), strict=True) if before != after]
    return found or [hours[len(hours) // 2]]


@st.composite
def closings(draw: st.DrawFn) -> tuple[str, datetime]:
    zone = draw(st.sampled_from(ZONES))
    around = draw(st.sampled_from(changes_of_clocks(zone)))
    return zone, around + timedelta(minutes=draw(st.integers(-180, 180)))


TWICE = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
"""In London it is half past one for the second time."""


@example(closing=("Europe/London", TWICE))
@example(closing=("Europe/London", TWICE - HOUR))
@given(closing=closings())
def test_two_moments_never_read_the_same(closing: tuple[str, datetime]) -> None:
    zone, moment = closing

    read = {time_words(moment + timedelta(minutes=minutes), zone) for minutes in range(-120, 121)}

    assert len(read) == 241


def begun(zone: str, closes_at: datetime) -> Story:
    """A prize in this zone whose entries close then, with two entries that are written."""
    story = told(Chapter.READY)
    kind = {"title": "Clean rivers", "blueprint": Blueprint.TESTBED, "pays": Pays.BEST_OF, "zone": zone}
    version = transact(lambda db: prize_version(db, story.prize_id))
    do(edit_prize, story.designer, prize_id=story.prize_id, version=version, **kind)
    days = {"judging_closes_at": closes_at + timedelta(days=20), "decision_at": closes_at + timedelta(days=30)}
    stage = {"stage_id": story.stage_id, "version": transact(lambda db: db.get_one(Stage, story.stage_id).version)}
    named = {"name": "First stage", "places": 1, "scorecards_per_entry": 2}
    do(
        edit_stage,
        story.designer,
        prize_id=story.prize_id,
        opens_at=OPENS,
        closes_at=closes_at,
        **days,
        **stage,
        **named,
    )
    published(story)
    go_on(story, Chapter.PUBLISHED, Chapter.WRITTEN)
    return story


def submit(story: Story, name: str) -> None:
    do(submit_entry, story.entrants[name], entry_id=story.entries[name], accepts_rules=True)


@pytest.mark.timeout(900)
@settings(
    max_examples=max(8, settings().max_examples // 50), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(closing=("Europe/London", TWICE))
@given(closing=closings())
def test_entries_close_to_the_second_as_page_and_calendar_say_and_later_where_more_time_was_given(
    sqlite_template: Path, installation: Path, closing: tuple[str, datetime]
) -> None:
    zone, closes_at = closing
    with on_sqlite(sqlite_template, installation / uuid4().hex):
        story = begun(zone, closes_at)

        page = unescape(get(f"/prizes/{SLUG}").body)
        calendar = Calendar.from_ical(get(f"/prizes/{SLUG}/calendar.ics").body)
        [event] = [one for one in calendar.walk("VEVENT") if str(one["summary"]).startswith("Entries close")]
        do(extend_entry, story.secretariat, entry_id=story.entry_id, closes_at=closes_at + HOUR, reason=WHY)

        assert time_words(closes_at, zone, weekday=True) in page
        assert event["dtstart"].dt.astimezone(UTC) == closes_at
        transact(lambda db: clock.move_to(db, closes_at, stand_still=True))
        submit(story, "bela")
        transact(lambda db: clock.move_to(db, closes_at + SECOND, stand_still=True))
        with pytest.raises(Closed):
            submit(story, "bela")
        transact(lambda db: clock.move_to(db, closes_at + HOUR, stand_still=True))
        submit(story, "erin")
        transact(lambda db: clock.move_to(db, closes_at + HOUR + SECOND, stand_still=True))
        with pytest.raises(Closed):
            submit(story, "erin")
