"""Whether a judge has practised where the secretariat requires it, before they score their first entry."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from judging.models import Assignment, Scorecard
from judging.practice_models import PracticeCard, PracticeEntry
from storage.errors import Closed


def must_have_practised(db: Session, judge_id: UUID, stage_id: UUID) -> None:
    """Whoever has a card in the stage already goes on without it.

    Raises
    ------
    Closed : a practice entry that is required has not been scored and compared.
    """
    compared = select(PracticeCard.practice_entry_id).where(
        col(PracticeCard.judge_id) == judge_id, col(PracticeCard.compared_at).is_not(None)
    )
    waits = select(PracticeEntry.id).where(
        col(PracticeEntry.stage_id) == stage_id,
        col(PracticeEntry.required),
        col(PracticeEntry.id).not_in(compared),
    )
    if db.exec(waits).first() is None:
        return
    begun = (
        select(Scorecard.id)
        .join(Assignment, col(Assignment.id) == col(Scorecard.assignment_id))
        .where(col(Assignment.judge_id) == judge_id, col(Assignment.stage_id) == stage_id)
    )
    if db.exec(begun).first() is None:
        raise Closed("Practice comes first: score the practice entry and compare it. You find it on your list.")
