"""The order of reserves: who moves up first when a place becomes free."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command
from judging.draws import draw_of, must_not_be_shut_out
from judging.models import Decision, Outcome
from judging.policy import Action
from prize.entries.conflicts import kept_from
from prize.entries.models import Entry
from prize.models import Stage, StageState
from storage.clock import now
from storage.database import found, locked, matching, one_matching, unchanged
from storage.errors import Closed, Invalid

LAST = 10**9
"""Where reserves stand that were chosen before they had an order."""


@command(Action.DECIDE)
def move_reserve_up(db: Session, actor: Actor, entry_id: UUID, version: int) -> int:
    """Let a reserve change places with the one before it; returns the decision's version.

    Raises
    ------
    Invalid : it is no reserve, is the first, or either was drawn by lot.
    Closed : the stage is not being decided.
    Stale : somebody changed the decision meanwhile.
    """
    entry = found(db, Entry, entry_id)
    stage = locked(db, Stage, entry.stage_id)
    must_not_be_shut_out(db, actor.person_id, stage)
    if stage.state is not StageState.DECIDING:
        raise Closed("The order of reserves is changed while a stage is being decided.")
    row = one_matching(db, Decision, entry_id=entry_id)
    if row is None or row.outcome is not Outcome.RESERVE:
        raise Invalid("This entry is no reserve.", "entry_id")
    unchanged(row, version)
    kept = kept_from(db, actor.person_id, stage_id=stage.id)
    order = [each for each in in_order(matching(db, Decision, stage_id=stage.id)) if each.entry_id not in kept]
    at = [each.entry_id for each in order].index(entry_id)
    if at == 0:
        raise Invalid("This is the first reserve already.", "entry_id")
    before = order[at - 1]
    draw = draw_of(db, stage.id)
    if draw is not None and {entry.code, db.get_one(Entry, before.entry_id).code} & set(draw.entries):
        raise Invalid("The order of those that were drawn is that of their lots.", "entry_id")
    assert actor.person_id is not None
    row.reserve_order, before.reserve_order = before.reserve_order, row.reserve_order
    for each in (row, before):
        each.decided_by, each.decided_at = actor.person_id, now(db)
        each.confirmed_by, each.confirmed_at = None, None
        each.version += 1
        db.add(each)
    return row.version


def next_reserve(db: Session, stage_id: UUID) -> int:
    """The place of a further reserve, behind those that there are."""
    return max((row.reserve_order or 0 for row in matching(db, Decision, stage_id=stage_id)), default=0) + 1


def make_room_before(db: Session, stage_id: UUID, many: int) -> None:
    """Let reserves that come first by the rules stand before those that there are."""
    for row in in_order(matching(db, Decision, stage_id=stage_id)):
        row.reserve_order = row.reserve_order + many if row.reserve_order else None
        row.confirmed_by, row.confirmed_at = None, None
        row.version += 1
        db.add(row)


def in_order(rows: Iterable[Decision]) -> list[Decision]:
    """The reserves among some decisions, the first on top."""
    reserves = (row for row in rows if row.outcome is Outcome.RESERVE)
    return sorted(reserves, key=lambda row: (row.reserve_order or LAST, str(row.entry_id)))
