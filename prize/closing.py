"""A stage's closing by the clock: entry codes are dealt, and judges' copies ordered."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from accounts.actors import LAUREL, Actor
from accounts.commands import command
from prize.entries.models import Entry, EntryState, Extension
from prize.lifecycle import CLOSE_STAGE, Phase, phase
from prize.models import Prize, Stage
from prize.policy import Action
from prize.stages import dates_of, waits_for_earlier
from storage.clock import now
from storage.database import locked, matching
from storage.errors import Closed
from storage.jobs import enqueue, enqueue_once, job, reschedule

STAGE_CLOSED = "stage closed"
"""The job that the package above runs when a stage has closed: judges' copies are made."""

SEARCH_SUBMITTED = "search a submitted entry for names"
"""The job of ``prize.entries.searching`` that follows for each entry, in the order of their codes."""

FIND_DUPLICATES = "look for entries that may be the same"
"""The job of ``prize.entries.duplicates`` that compares the entries of a stage with each other."""

JUST_AFTER = timedelta(milliseconds=1)
CONSONANTS, VOWELS = "BDFGHJKLMNPRSTVWZ", "AEIOU"


def schedule_closing(db: Session, stage: Stage) -> None:
    """Have the stage's closing carried out just after its last closing time, or move what is planned already."""
    about, run_at = f"stage {stage.id}", last_closing(db, stage.id) + JUST_AFTER
    if not reschedule(db, CLOSE_STAGE, about, run_at):
        enqueue(db, CLOSE_STAGE, {"stage_id": str(stage.id)}, run_at=run_at, about=about)


def look_for_duplicates(db: Session, stage_id: UUID) -> None:
    """Have the entries of a stage that has closed compared with each other once more."""
    enqueue_once(db, FIND_DUPLICATES, {"stage_id": str(stage_id)}, run_at=now(db), about=f"stage {stage_id}")


def last_closing(db: Session, stage_id: UUID) -> datetime:
    """When a stage closes for the last of its entries: copies and codes wait for whoever was given more time."""
    dates = dates_of(db, stage_id)
    assert dates is not None
    extended = db.exec(
        select(func.max(Extension.closes_at))
        .join(Entry, col(Entry.id) == col(Extension.entry_id))
        .where(col(Entry.stage_id) == stage_id)
    ).one()
    return max(dates.closes_at, extended) if extended else dates.closes_at


@command(Action.CLOSE_STAGE)
def close_stage(db: Session, actor: Actor, stage_id: UUID) -> int:
    """Carry out a stage's closing: deal entry codes at random and have judges' copies made. Returns how many entries.

    Raises
    ------
    Closed : its closing time has not come, or the prize is paused or the stage cancelled.
    """
    stage = _must_be_closed(db, stage_id)
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
    for kind in (STAGE_CLOSED, FIND_DUPLICATES):
        enqueue(db, kind, {"stage_id": str(stage_id)}, about=f"stage {stage_id}")
    return len(submitted)


@job(CLOSE_STAGE)
def _close_by_clock(db: Session, arguments: Mapping[str, Any], _: None) -> None:
    stage = locked(db, Stage, UUID(arguments["stage_id"]))
    if waits_for_earlier(db, stage):
        return  # it is moved before anybody is chosen to enter it, and planned anew
    match _phase(db, stage):
        case Phase.PAUSED | Phase.CANCELLED:
            return  # resuming a prize plans the closing anew
        case Phase.PLANNED | Phase.OPEN:
            schedule_closing(db, stage)  # it was moved while this job was on its way
        case _:
            close_stage(db, LAUREL, stage.id)


def _must_be_closed(db: Session, stage_id: UUID) -> Stage:
    stage = locked(db, Stage, stage_id)
    if waits_for_earlier(db, stage):
        raise Closed("The stage before is not decided yet, so nobody could enter this one.")
    match _phase(db, stage):
        case Phase.PLANNED | Phase.OPEN:
            raise Closed("The closing time has not come.")
        case Phase.PAUSED | Phase.CANCELLED as halted:
            raise Closed(f"The stage is {halted.value} and does not close.")
    return stage


def _phase(db: Session, stage: Stage) -> Phase:
    prize = db.get_one(Prize, stage.prize_id)
    dates = dates_of(db, stage.id)
    return phase(prize, stage, dates, now(db), last_closing(db, stage.id) if dates else None)


def deal_code(db: Session, stage_id: UUID) -> str:
    """A code for an entry that comes when the others of its stage have theirs."""
    dealt = {entry.code for entry in matching(db, Entry, stage_id=stage_id)}
    return next(code for code in iter(lambda: _codes(1)[0], "") if code not in dealt)


def _codes(count: int) -> list[str]:
    """Distinct entry codes that can be spoken and mean nothing."""
    codes: set[str] = set()
    while len(codes) < count:
        word = "".join(secrets.choice(letters) for letters in (CONSONANTS, VOWELS, CONSONANTS, VOWELS))
        codes.add(f"{word}-{secrets.randbelow(90) + 10}")
    shuffled = sorted(codes)
    secrets.SystemRandom().shuffle(shuffled)
    return shuffled
