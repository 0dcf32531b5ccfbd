"""Stages: their kind, their dates, and their closing by the clock."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import LAUREL, Actor
from accounts.commands import command, query
from prize.entries.models import Entry, EntryState
from prize.lifecycle import CLOSE_STAGE, Phase, phase
from prize.models import PlaceTold, Prize, RankedBy, Stage, StageDates, Visibility
from prize.policy import Action
from prize.prizes import draft_of_stage
from storage.clock import now
from storage.database import found, locked, matching, unchanged
from storage.errors import NOT_YOURS, Closed, Invalid, Refused
from storage.jobs import enqueue, job
from storage.values import Line

STAGE_CLOSED = "stage closed"
"""The job that the package above runs when a stage has closed: judges' copies are made."""

SEARCH_SUBMITTED = "search a submitted entry for names"
"""The job of ``prize.entries.name_checks`` that follows for each entry, in the order of their codes."""

FIRST_YEAR, LAST_YEAR = 2000, 2200
JUST_AFTER = timedelta(milliseconds=1)
CONSONANTS, VOWELS = "BDFGHJKLMNPRSTVWZ", "AEIOU"


@dataclass(frozen=True)
class DatesShown:
    opens_at: datetime
    closes_at: datetime
    judging_closes_at: datetime
    decision_at: datetime
    number: int
    version: int


@dataclass(frozen=True)
class StageShown:
    """A stage with the dates that hold now."""

    id: UUID
    prize_id: UUID
    name: str
    visibility: Visibility
    phase: Phase
    places: int
    scorecards_per_entry: int
    ranked_by: RankedBy
    place_told: PlaceTold
    zone: str
    dates: DatesShown | None
    closed_at: datetime | None
    version: int


@command(Action.EDIT_PRIZE)
def edit_stage(
    db: Session,
    actor: Actor,
    prize_id: UUID,
    stage_id: UUID,
    version: int,
    name: Line,
    places: int,
    scorecards_per_entry: int,
    opens_at: datetime,
    closes_at: datetime,
    judging_closes_at: datetime,
    decision_at: datetime,
    ranked_by: RankedBy = RankedBy.MEAN,
    place_told: PlaceTold = PlaceTold.NOTHING,
) -> int:
    """Set up a stage of a draft prize; returns its new version.

    Raises
    ------
    Invalid : the dates are not in order, or a number is out of range.
    Closed : the prize is no longer a draft.
    Stale : somebody changed the stage meanwhile.
    """
    stage = own_stage(db, prize_id, draft_of_stage(db, stage_id))
    unchanged(stage, version)
    _in_order(opens_at, closes_at, judging_closes_at, decision_at)
    if not 1 <= places <= 1000:
        raise Invalid("A stage has between 1 and 1,000 places.", "places")
    if not 1 <= scorecards_per_entry <= 20:
        raise Invalid("An entry gets between 1 and 20 scorecards.", "scorecards_per_entry")
    stage.name, stage.places, stage.scorecards_per_entry = name, places, scorecards_per_entry
    stage.ranked_by, stage.place_told = ranked_by, place_told
    stage.version += 1
    dates = dates_of(db, stage_id) or StageDates(
        stage_id=stage_id,
        opens_at=opens_at,
        closes_at=closes_at,
        judging_closes_at=judging_closes_at,
        decision_at=decision_at,
    )
    dates.opens_at, dates.closes_at = opens_at, closes_at
    dates.judging_closes_at, dates.decision_at = judging_closes_at, decision_at
    db.add_all([stage, dates])
    return stage.version


@query(Action.SEE_PRIZE)
def stages(db: Session, actor: Actor, prize_id: UUID) -> tuple[StageShown, ...]:
    """The stages of a prize, in their order."""
    prize = db.get_one(Prize, prize_id)
    rows = db.exec(select(Stage).where(col(Stage.prize_id) == prize_id)).all()
    return tuple(shown_stage(db, prize, stage) for stage in sorted(rows, key=lambda stage: stage.position))


def shown_stage(db: Session, prize: Prize, stage: Stage) -> StageShown:
    """A stage as it is shown, with its phase by the clock."""
    dates = dates_of(db, stage.id)
    return StageShown(
        stage.id,
        prize.id,
        stage.name,
        stage.visibility,
        phase(prize, stage, dates, now(db)),
        stage.places,
        stage.scorecards_per_entry,
        stage.ranked_by,
        stage.place_told,
        prize.zone,
        DatesShown(
            dates.opens_at,
            dates.closes_at,
            dates.judging_closes_at,
            dates.decision_at,
            dates.number,
            dates.version,
        )
        if dates
        else None,
        stage.closed_at,
        stage.version,
    )


def dates_of(db: Session, stage_id: UUID) -> StageDates | None:
    """The newest version of a stage's dates."""
    return max(matching(db, StageDates, stage_id=stage_id), key=lambda row: row.number, default=None)


def own_stage(db: Session, prize_id: UUID, stage: Stage) -> Stage:
    """The stage, if it is one of the prize's.

    Raises
    ------
    Refused : it belongs to another prize.
    """
    if stage.prize_id != prize_id:
        raise Refused(NOT_YOURS)
    return stage


def must_be_open(db: Session, stage_id: UUID) -> Stage:
    """The stage, locked, if entries may be changed now.

    Raises
    ------
    Closed : it has not opened yet, or has closed.
    """
    prize = db.get_one(Prize, db.get_one(Stage, stage_id).prize_id)
    stage = locked(db, Stage, stage_id)
    dates = dates_of(db, stage_id)
    present = phase(prize, stage, dates, now(db))
    if present is Phase.PLANNED:
        raise Closed("This stage is not open yet. The prize's page says when it opens.")
    if present is not Phase.OPEN:
        raise Closed("This stage has closed. What you had saved is kept, and nothing more can be sent in.")
    return stage


def schedule_closing(db: Session, stage: Stage) -> None:
    """Have the stage's closing carried out just after its closing time."""
    dates = dates_of(db, stage.id)
    assert dates is not None
    enqueue(
        db, CLOSE_STAGE, {"stage_id": str(stage.id)}, run_at=dates.closes_at + JUST_AFTER, about=f"stage {stage.id}"
    )


@command(Action.CLOSE_STAGE)
def close_stage(db: Session, actor: Actor, stage_id: UUID) -> int:
    """Carry out a stage's closing: deal entry codes at random and have judges' copies made. Returns how many entries.

    Raises
    ------
    Closed : its closing time has not come.
    """
    prize = db.get_one(Prize, found(db, Stage, stage_id).prize_id)
    stage = locked(db, Stage, stage_id)
    if phase(prize, stage, dates_of(db, stage_id), now(db)) in (Phase.PLANNED, Phase.OPEN):
        raise Closed("The closing time has not come.")
    submitted = db.exec(
        select(Entry).where(col(Entry.stage_id) == stage_id, col(Entry.state) == EntryState.SUBMITTED)
    ).all()
    if stage.closed_at is not None:
        return len(submitted)
    stage.closed_at = now(db)
    db.add(stage)
    for entry, code in zip(submitted, _codes(len(submitted)), strict=True):
        entry.code = code
        db.add(entry)
    for entry in sorted(submitted, key=lambda entry: str(entry.code)):
        enqueue(db, SEARCH_SUBMITTED, {"entry_id": str(entry.id)}, about=f"entry {entry.id}")
    enqueue(db, STAGE_CLOSED, {"stage_id": str(stage_id)}, about=f"stage {stage_id}")
    return len(submitted)


@job(CLOSE_STAGE)
def _close_by_clock(db: Session, arguments: Mapping[str, Any], _: None) -> None:
    close_stage(db, LAUREL, UUID(arguments["stage_id"]))


def _codes(count: int) -> list[str]:
    """Distinct entry codes that can be spoken and mean nothing."""
    codes: set[str] = set()
    while len(codes) < count:
        word = "".join(secrets.choice(letters) for letters in (CONSONANTS, VOWELS, CONSONANTS, VOWELS))
        codes.add(f"{word}-{secrets.randbelow(90) + 10}")
    shuffled = sorted(codes)
    secrets.SystemRandom().shuffle(shuffled)
    return shuffled


def _in_order(*moments: datetime) -> None:
    names = ("opening", "closing", "end of judging", "decision")
    for moment in moments:
        if moment.tzinfo is None:
            raise Invalid("A date needs a time zone. Choose it again.")
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise Invalid(f"A date lies outside {FIRST_YEAR} to {LAST_YEAR}. Check the year.")
    for earlier, later, first, second in zip(moments, moments[1:], names, names[1:], strict=False):
        if later <= earlier:
            raise Invalid(f"The {second} is not after the {first}. Choose a later {second}.")
