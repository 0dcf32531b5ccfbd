"""What a judge tells beforehand: what they know, how many entries they wish to take, and when they are away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from judging.expertise import Topic, topic_of_stage
from judging.models import PanelMember
from judging.policy import AFTER_JUDGING, Action, panel_member
from prize.models import Prize, Stage
from prize.stages import dates_of
from storage.clock import now
from storage.database import locked, unchanged
from storage.errors import Closed, Invalid
from storage.values import Line

MOST_ENTRIES = 1_000


@query(Action.TELL_AVAILABILITY)
def own_topic(db: Session, actor: Actor, stage_id: UUID) -> Topic | None:
    """What the entry form asks about the topic of an entry, of whose answers one may know some."""
    return topic_of_stage(db, stage_id)


@command(Action.TELL_AVAILABILITY)
def tell_availability(
    db: Session,
    actor: Actor,
    stage_id: UUID,
    version: int,
    knows: tuple[Line, ...] = (),
    load: int | None = None,
    away_from: date | None = None,
    away_until: date | None = None,
) -> int:
    """Tell which topics one knows, how many entries one wishes to take at most, and the first and last day away.

    Returns the new version of one's seat.

    Raises
    ------
    Invalid : a topic is none of the form's, the number is out of range, or the days are no stretch of time.
    Stale : the seat was changed meanwhile.
    Closed : judging has ended.
    """
    assert actor.person_id is not None
    return _tell(db, stage_id, actor.person_id, version, knows, load, away_from, away_until)


@command(Action.INVITE_JUDGES)
def set_availability(
    db: Session,
    actor: Actor,
    stage_id: UUID,
    person_id: UUID,
    version: int,
    knows: tuple[Line, ...] = (),
    load: int | None = None,
    away_from: date | None = None,
    away_until: date | None = None,
) -> int:
    """Enter for a judge what ``tell_availability`` would; returns the new version of their seat.

    Raises
    ------
    Invalid : as for ``tell_availability``, or the person does not sit on the panel.
    Stale : the seat was changed meanwhile.
    Closed : judging has ended.
    """
    return _tell(db, stage_id, person_id, version, knows, load, away_from, away_until)


def _tell(
    db: Session,
    stage_id: UUID,
    person_id: UUID,
    version: int,
    knows: tuple[str, ...],
    load: int | None,
    away_from: date | None,
    away_until: date | None,
) -> int:
    stage = locked(db, Stage, stage_id)
    if stage.state in AFTER_JUDGING:
        raise Closed("Judging has ended, so nobody is asked for entries any more.")
    seat = panel_member(db, person_id, stage_id)
    if seat is None:
        raise Invalid("Choose one of the judges of this stage.", "person_id")
    unchanged(seat, version)
    if load is not None and not 1 <= load <= MOST_ENTRIES:
        raise Invalid(f"The most entries that a judge takes lie between 1 and {MOST_ENTRIES:,}.", "load")
    if (away_from is None) is not (away_until is None):
        missing = "away_from" if away_from is None else "away_until"
        raise Invalid("Give both the first and the last day away, or neither.", missing)
    if away_from and away_until and away_until < away_from:
        raise Invalid("The last day away is before the first.", "away_until")
    seat.knows = topics_known(db, stage_id, knows)
    seat.load, seat.away_from, seat.away_until = load, away_from, away_until
    seat.version += 1
    db.add(seat)
    return seat.version


def topics_known(db: Session, stage_id: UUID, knows: tuple[str, ...]) -> list[str]:
    """Topics as a seat keeps them, in the order of the form.

    Raises
    ------
    Invalid : one of them is no answer to the form's topic.
    """
    topic = topic_of_stage(db, stage_id)
    options = topic.options if topic else ()
    for one in knows:
        if one not in options:
            raise Invalid(f"“{one}” is not among the topics of the entry form. Reload the page, then choose.", "knows")
    return [option for option in options if option in knows]


def is_away(seat: PanelMember, day: date) -> bool:
    """Whether a judge has said that they are away on a day."""
    return seat.away_from is not None and seat.away_until is not None and seat.away_from <= day <= seat.away_until


def today(db: Session, stage: Stage) -> date:
    """The present day in the prize's zone."""
    return _day(db, stage, now(db))


def without_time(db: Session, stage: Stage, seats: Iterable[PanelMember]) -> frozenset[UUID]:
    """Which judges are away on every day from now until judging closes."""
    away = [seat for seat in seats if seat.away_from is not None]
    if not away:
        return frozenset()
    dates, first = dates_of(db, stage.id), today(db, stage)
    last = max(_day(db, stage, dates.judging_closes_at), first) if dates else first
    return frozenset(seat.person_id for seat in away if is_away(seat, first) and is_away(seat, last))


def _day(db: Session, stage: Stage, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(db.get_one(Prize, stage.prize_id).zone)).date()
