"""More time for one entry: only its team and the secretariat learn of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command
from prize import messages
from prize.changes import must_be_running
from prize.closing import schedule_closing
from prize.entries.models import Entry, EntryState, Extension
from prize.entries.teams import member_ids
from prize.models import Stage, StageState
from prize.policy import Action
from prize.stages import closing_of, dates_of, in_order
from storage.clock import now
from storage.database import found, locked
from storage.errors import Closed, Invalid
from storage.values import Line


@command(Action.EXTEND_ENTRY)
def extend_entry(db: Session, actor: Actor, entry_id: UUID, closes_at: datetime, reason: Line) -> UUID:
    """Give an entry a later closing time than the others'; codes and judges' copies wait for it. Returns its id.

    Raises
    ------
    Invalid : the time is not later than what the entry has, lies in the past or after the end of judging.
    Closed : the stage's closing has been carried out, or the prize is not running.
    """
    entry = found(db, Entry, entry_id)
    prize = must_be_running(db, found(db, Stage, entry.stage_id).prize_id)
    stage = locked(db, Stage, entry.stage_id)
    if stage.closed_at is not None:
        raise Closed("The stage has closed and its entries have their codes, so nobody can be given more time.")
    if stage.state is StageState.CANCELLED:
        raise Closed("This stage was cancelled, so nobody can be given more time.")
    if entry.state is EntryState.WITHDRAWN:
        raise Closed("This entry was withdrawn. Its team can submit it again while the stage is open.")
    dates = dates_of(db, stage.id)
    assert dates is not None  # an entry is begun in a published stage
    in_order(dates.opens_at, closes_at, dates.judging_closes_at, dates.decision_at)
    before = closing_of(db, stage, dates, entry_id)
    if closes_at <= before or closes_at <= now(db):
        raise Invalid("Choose a time that is later than the entry's closing time and still to come.", "closes_at")
    assert actor.person_id is not None
    row = Extension(entry_id=entry_id, closes_at=closes_at, reason=reason, given_by=actor.person_id, given_at=now(db))
    db.add(row)
    db.flush()
    schedule_closing(db, stage)
    messages.extended(db, prize, row, member_ids(db, entry.team_id))
    return row.id
