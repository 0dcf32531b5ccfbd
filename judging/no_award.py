"""No award: the decision about a stage that fewer places are given than there are, or none."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command
from judging.draws import must_not_be_shut_out
from judging.named_judges import judges_sought
from judging.outcome_models import NoAward
from judging.policy import Action
from prize.entries.names import find_names
from prize.models import Stage, StageState
from storage.clock import now
from storage.database import locked, one_matching
from storage.errors import Closed, Invalid, Stale
from storage.values import Statement


@command(Action.DECIDE_NO_AWARD)
def leave_places(db: Session, actor: Actor, stage_id: UUID, reason: Statement, version: int = 0) -> int:
    """Say why places are left free; returns the version. It counts while fewer are given than there are.

    The sponsor confirms it with the decisions, and the public result says the reason.

    Raises
    ------
    Invalid : the reason names a judge.
    Closed : the stage is not being decided.
    Stale : somebody said it otherwise meanwhile.
    """
    stage = locked(db, Stage, stage_id)
    must_not_be_shut_out(db, actor.person_id, stage)
    if stage.state is not StageState.DECIDING:
        raise Closed("No award is decided with the entries, before the decisions are confirmed.")
    row = no_award_of(db, stage_id)
    if (row.version if row else 0) != version:
        raise Stale("Somebody changed this after you opened the page. Look at what it says now.")
    if named := find_names(reason, "reason", judges_sought(db, stage_id)):
        raise Invalid(
            f"“{named[0].name}” may be a judge, and the public reads this. Say it without the name.", "reason"
        )
    assert actor.person_id is not None
    if row is None:
        row = NoAward(stage_id=stage_id, reason=reason, decided_by=actor.person_id, decided_at=now(db), version=0)
    row.reason, row.decided_by, row.decided_at = reason, actor.person_id, now(db)
    row.version += 1
    db.add(row)
    return row.version


def no_award_of(db: Session, stage_id: UUID) -> NoAward | None:
    """Why places of a stage are left free, if anybody has said so."""
    return one_matching(db, NoAward, stage_id=stage_id)
