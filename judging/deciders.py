"""Who had a part in the decisions of a stage, so that somebody else confirms them."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from judging.draws import draw_of
from judging.models import Decision
from judging.no_award import no_award_of
from judging.panel.models import Minute
from prize.entries.models import Entry
from storage.database import matching


def deciders_of(db: Session, stage_id: UUID) -> frozenset[UUID]:
    """Whoever proposed a decision, might vote on one that the panel's minutes record, or froze or drew the list."""
    found: set[UUID | None] = {row.decided_by for row in matching(db, Decision, stage_id=stage_id)}
    no_award, draw = no_award_of(db, stage_id), draw_of(db, stage_id)
    if no_award is not None:
        found.add(no_award.decided_by)
    if draw is not None:
        found |= {draw.frozen_by, draw.drawn_by}
    of_stage = select(Minute).join(Entry, col(Entry.id) == col(Minute.entry_id)).where(col(Entry.stage_id) == stage_id)
    minutes = db.exec(of_stage).all()
    corrected = {row.corrects_id for row in minutes}
    found |= {UUID(person) for row in minutes if row.outcome and row.id not in corrected for person in row.present}
    return frozenset(person for person in found if person is not None)
