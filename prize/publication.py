"""Sending a prize for review, publishing it by a second person, and what the public then sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from mission.models import Mission
from prize.brief import newest_brief, newest_rules
from prize.changes import ChangeShown, changes_of
from prize.closing import schedule_closing
from prize.eligibility import EligibilityShown, eligibility_of, newest_eligibility
from prize.form import form_in_force, newest_form, questions_of
from prize.fund import FundShown, fund_of
from prize.lifecycle import PRIZE
from prize.models import Prize, PrizeState, Stage
from prize.policy import Action
from prize.prizes import OVER, is_public
from prize.questions import QuestionShown
from prize.rubric import RubricShown, newest_rubric, rubric_of
from prize.stages import StageShown, closing_order, dates_of, shown_stage, stages_of
from storage.clock import now
from storage.database import found, locked, unchanged
from storage.errors import NOT_YOURS, Refused
from storage.values import Line


@dataclass(frozen=True)
class PublicStage:
    """A stage as the public sees it: dates, every question, criteria and weights."""

    stage: StageShown
    questions: tuple[QuestionShown, ...]
    rubric: RubricShown


@dataclass(frozen=True)
class PublicPrize:
    """Everything that is public about a prize. ``asked`` are the questions about who may enter."""

    id: UUID
    slug: str
    title: str
    mission: str
    summary: str
    problem: str
    eligibility: str
    asked: EligibilityShown
    rules: str
    rules_number: int
    rules_published_at: datetime
    published_at: datetime
    illustrative: bool
    source: str
    zone: str
    fund: FundShown
    state: PrizeState
    changes: tuple[ChangeShown, ...]
    stages: tuple[PublicStage, ...]


@dataclass(frozen=True)
class PublicLine:
    slug: str
    title: str
    summary: str
    zone: str
    state: PrizeState
    stage: StageShown


@dataclass(frozen=True)
class StageAddress:
    """Which prize a stage belongs to, for the way from its public page to an entry."""

    stage_id: UUID
    prize: str
    slug: str


@command(Action.SEND_FOR_REVIEW)
def send_for_review(db: Session, actor: Actor, prize_id: UUID, version: int) -> int:
    """Ask a second person to publish a prize that is ready; returns its new version.

    Raises
    ------
    Invalid : something is missing.
    Closed : the prize is no longer a draft.
    Stale : somebody changed it meanwhile.
    """
    prize = locked(db, Prize, prize_id)
    unchanged(prize, version)
    PRIZE.move(db, prize, Action.SEND_FOR_REVIEW)
    prize.sent_for_review_by = actor.person_id
    prize.version += 1
    db.add(prize)
    return prize.version


@command(Action.RETURN_TO_DRAFT)
def return_to_draft(db: Session, actor: Actor, prize_id: UUID, version: int, reason: Line) -> int:
    """Give a prize back to its author, with what has to change; returns its new version.

    Raises
    ------
    Closed : the prize is not in review.
    Stale : somebody changed it meanwhile.
    """
    prize = locked(db, Prize, prize_id)
    unchanged(prize, version)
    PRIZE.move(db, prize, Action.RETURN_TO_DRAFT)
    prize.version += 1
    db.add(prize)
    return prize.version


@command(Action.PUBLISH_PRIZE)
def publish_prize(db: Session, actor: Actor, prize_id: UUID, version: int) -> str:
    """Publish a prize and fix its texts, eligibility questions, dates, form and rubric; returns its public address.

    Raises
    ------
    Refused : the actor created the prize or sent it for review.
    Invalid : something is missing.
    Closed : the prize is not in review.
    Stale : somebody changed it meanwhile.
    """
    prize = locked(db, Prize, prize_id)
    unchanged(prize, version)
    PRIZE.move(db, prize, Action.PUBLISH_PRIZE)
    moment_now = now(db)
    prize.published_by, prize.published_at = actor.person_id, moment_now
    prize.version += 1
    fixed: list[object] = [newest_brief(db, prize_id), newest_rules(db, prize_id)]
    if eligibility := newest_eligibility(db, prize_id):
        fixed.append(eligibility)
    for stage in stages_of(db, prize_id):
        fixed += [dates_of(db, stage.id), newest_form(db, stage.id), newest_rubric(db, stage.id)]
        schedule_closing(db, stage)
    for row in fixed:
        row.published_at = moment_now  # type: ignore[attr-defined]
        db.add(row)
    db.add(prize)
    return f"/prizes/{prize.slug}"


@query(Action.SEE_PUBLIC_PRIZE)
def public_prize(db: Session, actor: Actor, slug: str) -> PublicPrize:
    """A published prize by its address.

    Raises
    ------
    Refused : no published prize has this address.
    """
    return public_view(db, prize_at(db, slug))


@query(Action.SEE_PUBLIC_PRIZE)
def public_stage(db: Session, actor: Actor, stage_id: UUID) -> StageAddress:
    """The prize of a published stage.

    Raises
    ------
    Refused : there is no such stage, or its prize is not published.
    """
    stage = found(db, Stage, stage_id)
    prize = db.get_one(Prize, stage.prize_id)
    if not is_public(prize):
        raise Refused(NOT_YOURS)
    return StageAddress(stage_id, prize.title, prize.slug)


@query(Action.SEE_PRIZE)
def preview(db: Session, actor: Actor, prize_id: UUID) -> PublicPrize:
    """How the public page would look, for the prize's team."""
    return public_view(db, db.get_one(Prize, prize_id))


@query(Action.SEE_PUBLIC_PRIZE)
def public_prizes(db: Session, actor: Actor) -> tuple[PublicLine, ...]:
    """The published prizes, each with the stage that it is in, by when that closes."""
    prizes = db.exec(select(Prize).where(col(Prize.published_at).is_not(None))).all()
    lines = [
        PublicLine(
            prize.slug,
            prize.title,
            newest_brief(db, prize.id).summary,
            prize.zone,
            prize.state,
            shown_stage(db, prize, present_stage(stages_of(db, prize.id))),
        )
        for prize in prizes
    ]
    return tuple(sorted(lines, key=lambda line: (*closing_order(line.stage), line.slug)))


def prize_at(db: Session, slug: str) -> Prize:
    """The published prize that has this address.

    Raises
    ------
    Refused : there is none.
    """
    prize = db.exec(select(Prize).where(col(Prize.slug) == slug[:60])).one_or_none()
    if prize is None or not is_public(prize):
        raise Refused("There is no prize at this address. The front page lists those that are published.")
    return prize


def present_stage(stages: Sequence[Stage]) -> Stage:
    """The stage that a prize is in: the first that is not over, else the last."""
    return next((stage for stage in stages if stage.state not in OVER), stages[-1])


def public_view(db: Session, prize: Prize) -> PublicPrize:
    """A prize as its public page shows it, for callers that have checked who asks."""
    brief, rules = newest_brief(db, prize.id), newest_rules(db, prize.id)
    return PublicPrize(
        prize.id,
        prize.slug,
        prize.title,
        db.get_one(Mission, prize.mission_id).title,
        brief.summary,
        brief.problem,
        brief.eligibility,
        eligibility_of(db, prize.id),
        rules.text,
        rules.number,
        rules.published_at or now(db),
        prize.published_at or now(db),
        prize.illustrative,
        prize.source,
        prize.zone,
        fund_of(db, prize.id),
        prize.state,
        changes_of(db, prize.id),
        tuple(
            PublicStage(
                shown_stage(db, prize, stage),
                questions_of(db, form_in_force(db, stage.id).id),
                rubric_of(db, stage.id),
            )
            for stage in stages_of(db, prize.id)
        ),
    )
