"""Who has read an entry, for its team: by role and number, and never which judge.

Of judges nothing is told before the release, and never a day: when a card was begun can tell whose it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, or_, select

from accounts.actors import Actor
from accounts.commands import query
from accounts.models import Role
from judging.models import Assignment, Score, Scorecard
from judging.policy import Action
from prize.entries.models import Entry, Screening
from prize.entries.name_checks import checks_of
from prize.models import Prize, Stage, StageState
from storage.database import matching


@dataclass(frozen=True)
class Readers:
    """How many of one role have read an entry: ``of`` those who were asked to, ``since`` the day of the first."""

    role: Role
    people: int
    of: int | None
    since: date | None


@query(Action.SEE_READERS)
def own_readers(db: Session, actor: Actor, entry_id: UUID) -> tuple[Readers, ...]:
    """Who has read one's own entry since its stage closed: those of the secretariat who have decided something about
    it, and after the release the judges who have filled in a card."""
    stage = db.get_one(Stage, db.get_one(Entry, entry_id).stage_id)
    if stage.closed_at is None:
        return ()
    readers = []
    looked: list[tuple[UUID | None, datetime]]
    looked = [(row.decided_by, row.decided_at) for row in matching(db, Screening, entry_id=entry_id)]
    looked += [(row.decided_by, row.decided_at) for row in checks_of(db, entry_id).values() if row.decided_at]
    if looked:
        zone = ZoneInfo(db.get_one(Prize, stage.prize_id).zone)
        first = min(at for _, at in looked).astimezone(zone).date()
        readers.append(Readers(Role.SECRETARIAT, len({who for who, _ in looked}), None, first))
    if stage.state is StageState.RELEASED:
        asked = matching(db, Assignment, entry_id=entry_id, withdrawn_at=None)
        cards = (
            select(Scorecard.id)
            .join(Score, col(Score.scorecard_id) == col(Scorecard.id))
            .where(
                col(Scorecard.assignment_id).in_([row.id for row in asked]),
                or_(col(Score.points).is_not(None), col(Score.cannot_judge)),
            )
        )
        readers.append(Readers(Role.JUDGE, len(set(db.exec(cards).all())), len(asked), None))
    return tuple(readers)
