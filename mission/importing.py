"""Measurements of a target from a spreadsheet: shown as they would be kept, then imported as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from mission.missions import add_measurement, latest_measurements, must_be_measurable
from mission.models import Target
from mission.policy import Action
from storage.database import locked
from storage.errors import Invalid
from storage.sheets.columns import Problem, Read
from storage.sheets.matching import Kind, Wanted
from storage.sheets.planning import (
    NOTHING_MATCHED,
    Fate,
    Imported,
    MatchedSheet,
    Plan,
    PlannedRow,
    done,
    must_be_as_shown,
    plan_of,
    read_matched,
)
from storage.values import Line, OptionalLine, Reference, date_words, number_words

MOST_MEASUREMENTS: Final = 1_000
COLUMNS: Final = ("Day", "Value", "Source", "Now")

_LINE: Final[TypeAdapter[str]] = TypeAdapter(Line)


@dataclass(frozen=True)
class _Observed:
    row: int
    on: date
    value: Decimal
    source: str
    before: Decimal | None
    revision: int

    @property
    def fate(self) -> Fate:
        if self.before is None:
            return Fate.NEW
        return Fate.THERE if self.before == self.value else Fate.CHANGED


def wanted_of_measurements(unit: str) -> tuple[Wanted, ...]:
    """The columns that an import of measurements looks for."""
    return (
        Wanted("observed_on", "Day", "When it was measured", Kind.DATE, called=("date", "observed on", "measured on")),
        Wanted(
            "value",
            "Value",
            f"What was measured, in {unit}",
            Kind.NUMBER,
            called=("measurement", "observed value", "figure", "amount"),
            unit=unit,
        ),
        Wanted(
            "source",
            "Source",
            "Where anybody can check it",
            otherwise="",
            called=("reference", "publication", "where from"),
        ),
    )


@query(Action.RECORD_MEASUREMENT)
def planned_measurements(
    db: Session, actor: Actor, target_id: UUID, given: MatchedSheet = NOTHING_MATCHED, source: OptionalLine = ""
) -> Plan:
    """What an import would do: a new day is added, another value for a known day is a revision of it.

    ``source`` is where the rows come from that do not say it themselves.

    Raises
    ------
    Invalid : there is no row, or there are more than 1,000.
    """
    return _planned(db, db.get_one(Target, target_id), given, source)[0]


@command(Action.RECORD_MEASUREMENT)
def import_measurements(
    db: Session, actor: Actor, target_id: UUID, given: MatchedSheet, shown: Reference, source: OptionalLine = ""
) -> Imported:
    """Import what ``planned_measurements`` has shown; ``shown`` is the digest of that plan.

    Raises
    ------
    Invalid : anything in the sheet is wrong, or could be read in two ways.
    Stale : the measurements have changed since the plan was shown.
    """
    plan, observed = _planned(db, locked(db, Target, target_id), given, source)
    must_be_as_shown(plan, shown)
    for one in observed:
        if one.fate is not Fate.THERE:
            add_measurement(db, actor, target_id, one.on, one.revision, one.value, one.source)
    return done(plan)


def _planned(db: Session, target: Target, given: MatchedSheet, source: str) -> tuple[Plan, list[_Observed]]:
    read = read_matched(given, wanted_of_measurements(target.unit), MOST_MEASUREMENTS)
    observed = [] if read.problems else list(_observed(db, target, read, source))
    rows = [
        PlannedRow(
            one.row,
            one.fate,
            (
                date_words(one.on),
                number_words(one.value),
                one.source,
                "" if one.before is None else number_words(one.before),
            ),
        )
        for one in observed
    ]
    return plan_of(read, COLUMNS, rows, list(_problems(db, observed))), observed


def _observed(db: Session, target: Target, read: Read, source: str) -> Iterator[_Observed]:
    known = latest_measurements(db, target.id)
    for row in read.rows:
        on = row.values["observed_on"]
        before = known.get(on)
        yield _Observed(
            row.number,
            on,
            row.values["value"],
            row.values["source"] or source,
            before.value if before else None,
            before.revision + 1 if before else 1,
        )


def _problems(db: Session, observed: list[_Observed]) -> Iterator[Problem]:
    first: dict[date, int] = {}
    for one in observed:
        try:
            must_be_measurable(db, one.value, one.on)
        except Invalid as error:
            yield Problem(one.row, "Value" if error.field == "value" else "Day", error.words)
        if one.on in first:
            words = f"{date_words(one.on)} stands in row {first[one.on]} already. Keep one of them."
            yield Problem(one.row, "Day", words)
        first.setdefault(one.on, one.row)
        if not one.source:
            yield Problem(one.row, "Source", "It has no source. Fill it in, or say below where all rows come from.")
        elif words := _misfit(one.source):
            yield Problem(one.row, "Source", f"The source {words}.")


def _misfit(source: str) -> str:
    try:
        _LINE.validate_python(source)
    except ValidationError as error:
        return str(error.errors()[0]["ctx"]["error"])
    return ""
