"""Missions and their targets, and the measurements that show whether they move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session, col, func, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import Programme
from accounts.permissions import Scope, decide, held_roles
from accounts.policy import STAFF
from mission.models import Direction, Measurement, Mission, Target
from mission.policy import Action
from mission.rates import Observation, Rates, rates
from storage.clock import now
from storage.database import locked, unchanged
from storage.errors import Invalid
from storage.values import Line, OptionalLine, Statement, Unit

MOST_DIGITS = 40
FIRST_YEAR, LAST_YEAR = 1800, 2200


@dataclass(frozen=True)
class MissionLine:
    """A mission in a list."""

    id: UUID
    programme_id: UUID
    programme: str
    title: str


@dataclass(frozen=True)
class ProgrammeLine:
    """A programme in a list."""

    id: UUID
    name: str


@dataclass(frozen=True)
class MeasurementShown:
    id: UUID
    observed_on: date
    value: Decimal
    source: str
    revision: int


@dataclass(frozen=True)
class TargetShown:
    """A target with its measurements in the order of their dates, the latest revision of each."""

    id: UUID
    indicator: str
    unit: str
    direction: Direction
    value: Decimal
    due_on: date
    counter_indicator: str
    source: str
    version: int
    measurements: tuple[MeasurementShown, ...]
    rates: Rates


@dataclass(frozen=True)
class MissionShown:
    id: UUID
    programme_id: UUID
    title: str
    statement: str
    source: str
    version: int
    targets: tuple[TargetShown, ...]


@command(Action.CREATE_MISSION)
def create_mission(
    db: Session, actor: Actor, programme_id: UUID, title: Line, statement: Statement, source: OptionalLine = ""
) -> UUID:
    """Commit a programme to a long-term outcome, in a sentence that people can repeat."""
    mission = Mission(
        programme_id=programme_id,
        title=title,
        statement=statement,
        source=source,
        created_by=actor.person_id,
        created_at=now(db),
    )
    db.add(mission)
    db.flush()
    return mission.id


@command(Action.EDIT_MISSION)
def edit_mission(
    db: Session,
    actor: Actor,
    mission_id: UUID,
    version: int,
    title: Line,
    statement: Statement,
    source: OptionalLine = "",
) -> int:
    """Change a mission's words; returns its new version.

    Raises
    ------
    Stale : somebody changed the mission meanwhile.
    """
    mission = locked(db, Mission, mission_id)
    unchanged(mission, version)
    mission.title, mission.statement, mission.source = title, statement, source
    mission.version += 1
    db.add(mission)
    return mission.version


@command(Action.EDIT_MISSION)
def add_target(
    db: Session,
    actor: Actor,
    mission_id: UUID,
    indicator: Line,
    unit: Unit,
    direction: Direction,
    value: Decimal,
    due_on: date,
    counter_indicator: OptionalLine = "",
    source: OptionalLine = "",
) -> UUID:
    """Promise a measured value of an indicator by a date.

    Raises
    ------
    Invalid : the value is no number, or the date is out of range.
    """
    must_be_sensible(value, due_on)
    target = Target(
        mission_id=mission_id,
        indicator=indicator,
        unit=unit,
        direction=direction,
        value=value,
        due_on=due_on,
        counter_indicator=counter_indicator,
        source=source,
        owner_id=actor.person_id,
        created_at=now(db),
    )
    db.add(target)
    db.flush()
    return target.id


@command(Action.RECORD_MEASUREMENT)
def record_measurement(
    db: Session, actor: Actor, target_id: UUID, observed_on: date, value: Decimal, source: Line
) -> UUID:
    """Add an observed value. One for the same day is kept and becomes an earlier revision.

    Raises
    ------
    Invalid : the value is no number, or the date lies in the future.
    """
    must_be_measurable(db, value, observed_on)
    locked(db, Target, target_id)
    revision = db.exec(
        select(func.max(Measurement.revision)).where(
            col(Measurement.target_id) == target_id, col(Measurement.observed_on) == observed_on
        )
    ).one()
    measurement = add_measurement(db, actor, target_id, observed_on, (revision or 0) + 1, value, source)
    db.flush()
    return measurement.id


@query(Action.LIST_MISSIONS)
def own_missions(db: Session, actor: Actor) -> tuple[MissionLine, ...]:
    """The missions of the programmes in which the actor has a part."""
    rows = db.exec(select(Mission, Programme).join(Programme, col(Programme.id) == col(Mission.programme_id))).all()
    shown = [
        MissionLine(mission.id, programme.id, programme.name, mission.title)
        for mission, programme in rows
        if set(held_roles(db, actor, Scope(programme_id=programme.id))) & set(STAFF)
    ]
    return tuple(sorted(shown, key=lambda line: (line.programme, line.title)))


@query(Action.LIST_MISSIONS)
def own_programmes(db: Session, actor: Actor) -> tuple[ProgrammeLine, ...]:
    """The programmes that the actor owns, and for which they may create missions."""
    lines = [
        ProgrammeLine(row.id, row.name)
        for row in db.exec(select(Programme)).all()
        if decide(db, actor, Action.CREATE_MISSION, {"programme_id": row.id}).allowed
    ]
    return tuple(sorted(lines, key=lambda line: line.name))


@query(Action.SEE_MISSION)
def mission(db: Session, actor: Actor, mission_id: UUID) -> MissionShown:
    """A mission with its targets and how fast they move."""
    row = db.get_one(Mission, mission_id)
    targets = db.exec(select(Target).where(col(Target.mission_id) == mission_id)).all()
    return MissionShown(
        row.id,
        row.programme_id,
        row.title,
        row.statement,
        row.source,
        row.version,
        tuple(_target(db, target) for target in sorted(targets, key=lambda t: (t.created_at, t.indicator))),
    )


def _target(db: Session, target: Target) -> TargetShown:
    latest = latest_measurements(db, target.id)
    shown = tuple(
        MeasurementShown(row.id, row.observed_on, row.value, row.source, row.revision)
        for row in sorted(latest.values(), key=lambda row: row.observed_on)
    )
    return TargetShown(
        target.id,
        target.indicator,
        target.unit,
        target.direction,
        target.value,
        target.due_on,
        target.counter_indicator,
        target.source,
        target.version,
        shown,
        rates(
            [Observation(row.observed_on, row.value) for row in shown],
            target.value,
            target.due_on,
            rising=target.direction is Direction.UP,
        ),
    )


def add_measurement(
    db: Session, actor: Actor, target_id: UUID, observed_on: date, revision: int, value: Decimal, source: str
) -> Measurement:
    """A measurement that the actor has recorded now."""
    measurement = Measurement(
        target_id=target_id,
        observed_on=observed_on,
        revision=revision,
        value=value,
        source=source,
        recorded_by=actor.person_id,
        recorded_at=now(db),
    )
    db.add(measurement)
    return measurement


def latest_measurements(db: Session, target_id: UUID) -> dict[date, Measurement]:
    """The latest revision of each day's measurement."""
    rows = db.exec(select(Measurement).where(col(Measurement.target_id) == target_id)).all()
    return {row.observed_on: row for row in sorted(rows, key=lambda row: row.revision)}


def must_be_measurable(db: Session, value: Decimal, day: date) -> None:
    """
    Raises
    ------
    Invalid : the value is no number, or the date lies in the future or long ago.
    """
    must_be_sensible(value, day)
    if day > now(db).date():
        raise Invalid("The day of a measurement lies in the past. Choose today or earlier.", "observed_on")


def must_be_sensible(value: Decimal, day: date) -> None:
    if not value.is_finite() or abs(value) >= Decimal(10) ** 15 or len(value.as_tuple().digits) > MOST_DIGITS:
        raise Invalid("The value is not a number that can be shown. Type it in plain digits.", "value")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid(f"The date lies outside {FIRST_YEAR} to {LAST_YEAR}. Check the year.")
