"""Groups of judges and of teams with an outcome, to whom the secretariat can write."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from judging.availability import is_away, today
from judging.judges import seats_of
from judging.models import PLACES, Decision, Outcome
from prize.entries.models import Entry
from prize.entries.teams import members_of
from prize.group_messages import group
from prize.models import Stage, StageState


@group("judges", "judges")
def _judges(db: Session, stage: Stage) -> set[UUID]:
    return {seat.person_id for seat in seats_of(db, stage.id)}


@group("judges not ready", "judges who have not accepted the terms and stated their conflicts")
def _not_ready(db: Session, stage: Stage) -> set[UUID]:
    return {seat.person_id for seat in seats_of(db, stage.id) if not (seat.accepted_at and seat.conflicts_stated_at)}


@group("judges behind", "judges who have not finished and are not away now")
def _not_finished(db: Session, stage: Stage) -> set[UUID]:
    day = today(db, stage)
    behind = [seat for seat in seats_of(db, stage.id) if seat.duty.scores and seat.finished_at is None]
    return {seat.person_id for seat in behind if not is_away(seat, day)}


@group("chosen", "teams that were chosen, once decisions are released")
def _chosen(db: Session, stage: Stage) -> set[UUID]:
    return _with(db, stage, PLACES)


@group("not chosen", "teams that were not chosen, once decisions are released")
def _not_chosen(db: Session, stage: Stage) -> set[UUID]:
    return _with(db, stage, tuple(set(Outcome) - set(PLACES)))


def _with(db: Session, stage: Stage, outcomes: tuple[Outcome, ...]) -> set[UUID]:
    """Who belongs to a team with one of these outcomes, and can read it."""
    if stage.state is not StageState.RELEASED:
        return set()
    decided = select(Decision.entry_id).where(col(Decision.stage_id) == stage.id, col(Decision.outcome).in_(outcomes))
    return members_of(db, col(Entry.id).in_(decided))
