"""What a mission's prizes have shown: results, beside the targets that they were meant to move."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import query
from delivery.milestones import ResultShown, result_shown
from delivery.models import GrantTerms, Milestone, MilestoneState, Result, ResultState
from delivery.policy import Action
from prize.entries.conflicts import kept_from
from prize.entries.models import Entry
from prize.entries.teams import team_of
from prize.models import Prize


@dataclass(frozen=True)
class MissionResult:
    """A result of one of a mission's prizes. ``target_id`` is the target that its milestone names, if it names one."""

    prize: str
    zone: str
    illustrative: bool
    finalist: str
    milestone: str
    target_id: UUID | None
    result: ResultShown


@query(Action.SEE_RESULTS)
def results_of_mission(db: Session, actor: Actor, mission_id: UUID) -> tuple[MissionResult, ...]:
    """Verified and claimed results of a mission's prizes, the verified first; what is claimed is marked so."""
    kept = kept_from(db, actor.person_id)
    rows = db.exec(
        select(Result, Milestone, GrantTerms, Prize)
        .join(Milestone, col(Milestone.id) == col(Result.milestone_id))
        .join(GrantTerms, col(GrantTerms.id) == col(Milestone.terms_id))
        .join(Prize, col(Prize.id) == col(GrantTerms.prize_id))
        .where(
            col(Prize.mission_id) == mission_id,
            col(Result.claimed).is_not(None),
            col(Milestone.state) != MilestoneState.CANCELLED,
        )
    ).all()
    shown = [
        MissionResult(
            prize.title,
            prize.zone,
            prize.illustrative,
            team_of(db, db.get_one(Entry, terms.entry_id).team_id).organisation,
            milestone.title,
            milestone.target_id,
            result_shown(result),
        )
        for result, milestone, terms, prize in rows
        if result.state is not ResultState.REJECTED and terms.entry_id not in kept
    ]
    return tuple(sorted(shown, key=lambda row: (row.result.state is not ResultState.VERIFIED, row.prize, row.finalist)))
