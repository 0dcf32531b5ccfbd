"""The brief and the rules of a prize."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from prize.models import Brief, Rules
from prize.policy import Action
from prize.prizes import draft
from storage.database import unchanged
from storage.values import OptionalProse, OptionalSummary


@dataclass(frozen=True)
class BriefShown:
    summary: str
    problem: str
    eligibility: str
    number: int
    version: int


@dataclass(frozen=True)
class RulesShown:
    id: UUID
    text: str
    number: int
    version: int


@command(Action.EDIT_PRIZE)
def save_brief(
    db: Session,
    actor: Actor,
    prize_id: UUID,
    version: int,
    summary: OptionalSummary,
    problem: OptionalProse,
    eligibility: OptionalProse,
) -> int:
    """Write the brief of a draft prize; returns its new version.

    Raises
    ------
    Closed : the prize is no longer a draft.
    Stale : somebody changed the brief meanwhile.
    """
    draft(db, prize_id)
    row = newest_brief(db, prize_id)
    unchanged(row, version)
    row.summary, row.problem, row.eligibility = summary, problem, eligibility
    row.version += 1
    db.add(row)
    return row.version


@command(Action.EDIT_PRIZE)
def save_rules(db: Session, actor: Actor, prize_id: UUID, version: int, text: OptionalProse) -> int:
    """Write the rules of a draft prize; returns their new version.

    Raises
    ------
    Closed : the prize is no longer a draft.
    Stale : somebody changed the rules meanwhile.
    """
    draft(db, prize_id)
    row = newest_rules(db, prize_id)
    unchanged(row, version)
    row.text = text
    row.version += 1
    db.add(row)
    return row.version


@query(Action.SEE_PRIZE)
def brief(db: Session, actor: Actor, prize_id: UUID) -> BriefShown:
    row = newest_brief(db, prize_id)
    return BriefShown(row.summary, row.problem, row.eligibility, row.number, row.version)


@query(Action.SEE_PRIZE)
def rules(db: Session, actor: Actor, prize_id: UUID) -> RulesShown:
    row = newest_rules(db, prize_id)
    return RulesShown(row.id, row.text, row.number, row.version)


def newest_brief(db: Session, prize_id: UUID) -> Brief:
    return max(db.exec(select(Brief).where(col(Brief.prize_id) == prize_id)).all(), key=lambda row: row.number)


def newest_rules(db: Session, prize_id: UUID) -> Rules:
    return max(db.exec(select(Rules).where(col(Rules.prize_id) == prize_id)).all(), key=lambda row: row.number)
