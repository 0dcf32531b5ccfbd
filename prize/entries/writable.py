"""Which answers of an entry may be written now: all while its stage is open, then for some days what names the team."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from prize.entries.models import CheckState, Entry, EntryState, NameCheck
from prize.models import Prize, PrizeState, Stage, StageState
from prize.stages import must_be_open
from storage.clock import now
from storage.database import locked, matching

BEFORE_JUDGING = (StageState.PLANNED, StageState.SCREENING)


def must_be_writable(db: Session, entry: Entry, question_key: UUID) -> Stage:
    """The stage of an entry, locked, if this answer may be changed now.

    Raises
    ------
    Closed : the stage is not open, and the answer is none that names the team and may still be corrected.
    """
    stage = locked(db, Stage, entry.stage_id)
    if question_key in correctable(db, entry):
        return stage
    return must_be_open(db, stage.id, entry.id)


def correctable(db: Session, entry: Entry) -> frozenset[UUID]:
    """The questions whose submitted answer or file names the team, while it may take that out: by question key.

    Nothing where the secretariat has decided already, or where judging has begun.
    """
    until = correction_until(db, db.get_one(Stage, entry.stage_id))
    if until is None or entry.state is not EntryState.SUBMITTED or now(db) > until:
        return frozenset()
    held = matching(db, NameCheck, entry_id=entry.id, state=CheckState.HELD)
    return frozenset(UUID(check.about.partition(" ")[0]) for check in held)


def correction_until(db: Session, stage: Stage) -> datetime | None:
    """Until when teams may take out what names them; None where they may not, or the stage has not closed."""
    prize = db.get_one(Prize, stage.prize_id)
    if stage.closed_at is None or not stage.correction_days or prize.state is not PrizeState.PUBLISHED:
        return None
    return stage.closed_at + timedelta(days=stage.correction_days) if stage.state in BEFORE_JUDGING else None
