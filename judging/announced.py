"""Results as everybody reads them once decisions are released: who was chosen, and nothing of anybody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import query
from accounts.privacy import ERASED_ORGANISATION
from judging.decisions import organisations_of
from judging.models import PLACES, Decision, Outcome
from judging.no_award import no_award_of
from prize.entries.conflicts import kept_from
from prize.models import Stage, StageState, Visibility
from prize.policy import Action
from prize.publication import prize_at


@dataclass(frozen=True)
class Chosen:
    """An organisation that got one of a stage's places."""

    organisation: str
    outcome: Outcome


@dataclass(frozen=True)
class StageResult:
    """Who was chosen in a stage whose decisions are released, winners first.

    ``held_back`` says that names wait until a later stage, in which judges do not see them, has been decided; then
    ``count`` alone is told. ``no_award`` is why fewer of the ``places`` were given.
    """

    stage: str
    released_at: datetime
    count: int
    chosen: tuple[Chosen, ...]
    held_back: bool
    places: int
    no_award: str = ""


@query(Action.SEE_PUBLIC_PRIZE)
def public_results(db: Session, actor: Actor, slug: str) -> tuple[StageResult, ...]:
    """The results of a published prize, the latest stage first, without entries that a reader must not see.

    Raises
    ------
    Refused : no published prize has this address.
    """
    prize = prize_at(db, slug)
    stages = db.exec(select(Stage).where(col(Stage.prize_id) == prize.id).order_by(col(Stage.position).desc())).all()
    results, blind_still = [], False
    for stage in stages:
        if stage.state is StageState.RELEASED and stage.released_at is not None:
            results.append(_result(db, actor, stage, stage.released_at, held_back=blind_still))
        elif stage.visibility is Visibility.BLIND and stage.state is not StageState.CANCELLED:
            blind_still = True
    return tuple(results)


def _result(db: Session, actor: Actor, stage: Stage, released_at: datetime, *, held_back: bool) -> StageResult:
    kept = kept_from(db, actor.person_id, stage_id=stage.id)
    places = select(Decision).where(col(Decision.stage_id) == stage.id, col(Decision.outcome).in_(PLACES))
    rows = [row for row in db.exec(places).all() if row.entry_id not in kept]
    organisations = organisations_of(db, stage.id)
    named = [Chosen(organisations[row.entry_id], row.outcome) for row in rows if not held_back]
    chosen = sorted(
        (one for one in named if one.organisation != ERASED_ORGANISATION),
        key=lambda one: (one.outcome is not Outcome.WINNER, one.organisation.casefold()),
    )
    no_award = no_award_of(db, stage.id) if len(rows) < stage.places else None
    reason = no_award.reason if no_award else ""
    return StageResult(stage.name, released_at, len(rows), tuple(chosen), held_back, stage.places, reason)
