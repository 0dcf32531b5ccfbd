"""Gate questions of a rubric: a yes/no recommendation that each judge gives beside the scores."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command
from prize.models import GateQuestion
from prize.policy import Action
from prize.prizes import draft_of_stage
from prize.rubric import newest_rubric
from prize.stages import own_stage
from storage.database import matching, one_matching
from storage.errors import Invalid
from storage.values import Line

MOST_GATES = 5
"""More would be a second rubric."""


@command(Action.EDIT_PRIZE)
def add_gate_question(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, wording: Line) -> UUID:
    """Ask each judge of a draft prize's stage a question with yes or no for an answer; returns its key.

    Raises
    ------
    Invalid : the rubric has enough of them.
    Closed : the prize is no longer a draft.
    """
    own_stage(db, prize_id, draft_of_stage(db, stage_id))
    rubric = newest_rubric(db, stage_id)
    others = matching(db, GateQuestion, rubric_id=rubric.id)
    if len(others) >= MOST_GATES:
        raise Invalid(f"A rubric has up to {MOST_GATES} gate questions. Score the rest as criteria.", "wording")
    position = max((other.position for other in others), default=0) + 1
    row = GateQuestion(rubric_id=rubric.id, position=position, wording=wording)
    rubric.version += 1
    db.add_all([row, rubric])
    db.flush()
    return row.key


@command(Action.EDIT_PRIZE)
def remove_gate_question(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, gate_key: UUID) -> None:
    """Take a gate question out of a draft prize's rubric.

    Raises
    ------
    Invalid : the rubric has no such question.
    Closed : the prize is no longer a draft.
    """
    own_stage(db, prize_id, draft_of_stage(db, stage_id))
    rubric = newest_rubric(db, stage_id)
    row = one_matching(db, GateQuestion, rubric_id=rubric.id, key=gate_key)
    if row is None:
        raise Invalid("The rubric no longer has this question. Reload the page.", "gate_key")
    rubric.version += 1
    db.delete(row)
    db.add(rubric)


def has_gate(db: Session, stage_id: UUID, gate_key: UUID) -> bool:
    """Whether a stage's newest rubric has this gate question."""
    return one_matching(db, GateQuestion, rubric_id=newest_rubric(db, stage_id).id, key=gate_key) is not None
