"""A prize's dates as a calendar file (RFC 5545): opening, closing and decision of each stage, in the prize's zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from prize.lifecycle import Phase
from prize.publication import PublicPrize
from prize.stages import DatesShown
from settings import get_settings

MARGIN = timedelta(days=366)
"""How far around the dates the rules of the zone are written out."""


def calendar_of(prize: PublicPrize) -> bytes:
    """The same prize gives the same bytes. A date that is moved keeps its identity, so that calendars move it too."""
    address = f"{get_settings().public_url}/prizes/{prize.slug}"
    host = urlsplit(get_settings().public_url).hostname or "localhost"
    calendar = Calendar()
    calendar.add("prodid", "-//Laurel//Dates of a prize//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", prize.title)
    moments = []
    for stage in prize.stages:
        if stage.stage.dates is None:
            continue
        of_stage = f" ({stage.stage.name})" if len(prize.stages) > 1 else ""
        for what, words, moment in _named(stage.stage.dates):
            event = Event()
            event.add("uid", f"{stage.stage.id}-{what}@{host}")
            event.add("dtstamp", prize.published_at)
            cancelled = stage.stage.phase is Phase.CANCELLED
            event.add("sequence", stage.stage.dates.number - 1 + cancelled)
            event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
            local = moment.astimezone(ZoneInfo(prize.zone))
            # A local time that comes twice on one night means the first (RFC 5545), so the second is in UTC.
            event.add("dtstart", moment.astimezone(UTC) if local.fold else local)
            event.add("summary", f"{words}: {prize.title}{of_stage}")
            event.add("description", f"{prize.summary}\n\n{address}")
            event.add("url", address)
            event.add("transp", "TRANSPARENT")
            calendar.add_component(event)
            moments.append(moment)
    if moments:
        calendar.add_missing_timezones((min(moments) - MARGIN).date(), (max(moments) + MARGIN).date())
    return calendar.to_ical()


def _named(dates: DatesShown) -> Iterator[tuple[str, str, datetime]]:
    yield "opens", "Entries open", dates.opens_at
    yield "closes", "Entries close", dates.closes_at
    yield "decision", "Decision", dates.decision_at
