"""Who of a prize's staff is told what happens in a stage."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, and_, col, or_, select

from accounts.models import Appointment, Role, ScopeKind
from prize.models import Prize, Stage


def secretariat_of(db: Session, prize: Prize, stage: Stage) -> tuple[UUID, ...]:
    """Everybody who is secretariat of a stage, of its prize or of its programme."""
    places = (
        (ScopeKind.PROGRAMME, prize.programme_id),
        (ScopeKind.PRIZE, prize.id),
        (ScopeKind.STAGE, stage.id),
    )
    where = [and_(col(Appointment.scope_kind) == kind, col(Appointment.scope_id) == key) for kind, key in places]
    rows = db.exec(
        select(Appointment.person_id)
        .distinct()
        .where(col(Appointment.role) == Role.SECRETARIAT, col(Appointment.ended_at).is_(None), or_(*where))
    ).all()
    return tuple(sorted(rows))
