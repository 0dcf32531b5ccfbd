"""How prizes and stages are called where appointments are explained."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from accounts.explaining import names_scope
from accounts.models import ScopeKind
from prize.models import Prize, Stage


@names_scope(ScopeKind.PRIZE)
def prize_name(db: Session, prize_id: UUID) -> str | None:
    prize = db.get(Prize, prize_id)
    return f"the prize {prize.title}" if prize else None


@names_scope(ScopeKind.STAGE)
def stage_name(db: Session, stage_id: UUID) -> str | None:
    stage = db.get(Stage, stage_id)
    prize = db.get(Prize, stage.prize_id) if stage else None
    return f"{stage.name} of the prize {prize.title}" if stage and prize else None
