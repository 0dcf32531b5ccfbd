"""Recusal: a member of the panel has no part in an entry. It is a conflict, and shuts them out everywhere."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command
from judging.judges import must_take_conflicts, withdraw_conflicted
from judging.panel.agenda import entry_by_code
from judging.panel.members import members_of
from judging.panel.policy import Action
from judging.policy import Action as JudgingAction
from prize.entries.conflicts import record_conflict
from prize.models import Stage
from storage.database import locked
from storage.errors import Invalid
from storage.values import Line, OptionalLine

BY_ONESELF = "Recused by themself in the panel"


@command(Action.RECUSE)
def recuse_oneself(db: Session, actor: Actor, stage_id: UUID, code: Line, reason: OptionalLine = "") -> None:
    """Have no part in an entry, by its code, now or before it is discussed. Nothing of it is shown from then on.

    What one had scored of it alone no longer counts.

    Raises
    ------
    Invalid : there is no such entry.
    Closed : the stage's decisions are confirmed.
    """
    assert actor.person_id is not None
    _recuse(db, actor, stage_id, actor.person_id, code, f"{BY_ONESELF}: {reason}".rstrip(": "), None)


@command(JudgingAction.RECORD_CONFLICTS)
def record_recusal(db: Session, actor: Actor, stage_id: UUID, person_id: UUID, code: Line, reason: Line) -> None:
    """The same for a member who has told the secretariat.

    Raises
    ------
    Invalid : the person does not meet in the panel, or there is no such entry.
    Closed : the stage's decisions are confirmed.
    """
    if person_id not in {seat.person_id for seat in members_of(db, stage_id)}:
        raise Invalid("Choose somebody who meets in the panel of this stage.", "person_id")
    _recuse(db, actor, stage_id, person_id, code, f"Recused in the panel: {reason}", actor.person_id)


def _recuse(
    db: Session, actor: Actor, stage_id: UUID, person_id: UUID, code: str, reason: str, decided_by: UUID | None
) -> None:
    must_take_conflicts(locked(db, Stage, stage_id))
    entry = entry_by_code(db, actor.person_id, stage_id, code)
    record_conflict(db, person_id, entry.id, reason, decided_by)
    withdraw_conflicted(db, stage_id, person_id)
