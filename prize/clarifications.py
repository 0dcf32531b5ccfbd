"""Clarifications: public questions about a prize, and their answers to all. Nobody learns who asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from prize import messages
from prize.following import must_be_public, tell_followers
from prize.models import Clarification, ClarificationState, Prize
from prize.policy import Action
from prize.prizes import RUNNING
from prize.publication import prize_at
from storage.clock import now
from storage.database import locked, matching, unchanged
from storage.errors import Closed, Invalid
from storage.values import Prose, Statement

MOST_WAITING = 10
"""How many questions of one person may wait for an answer in one prize."""


@dataclass(frozen=True)
class ClarificationShown:
    """A clarification as the secretariat sees it: everything but who asked."""

    id: UUID
    state: ClarificationState
    asked: str
    asked_at: datetime
    question: str
    answer: str
    reason: str
    decided_at: datetime | None
    version: int


@dataclass(frozen=True)
class PublicClarification:
    """A question about a prize and its answer, as everybody sees them."""

    question: str
    answer: str
    answered_at: datetime


@dataclass(frozen=True)
class PublicClarifications:
    """What was asked and answered about a prize, the newest last, and whether more can be asked."""

    can_ask: bool
    answered: tuple[PublicClarification, ...]


@command(Action.ASK_CLARIFICATION)
def ask_clarification(db: Session, actor: Actor, prize_id: UUID, question: Statement) -> UUID:
    """Put a question about a published prize to its secretariat, which answers to all.

    Raises
    ------
    Refused : the prize is not published.
    Closed : the prize takes no more questions.
    Invalid : too many questions of this person wait for an answer, or this one does already.
    """
    must_be_public(db, prize_id)
    prize = locked(db, Prize, prize_id)
    if prize.state not in RUNNING:
        raise Closed("This prize takes no more questions. What was asked and answered stays on its page.")
    waiting = db.exec(
        select(Clarification.asked).where(
            col(Clarification.prize_id) == prize_id,
            col(Clarification.asked_by) == actor.person_id,
            col(Clarification.state) == ClarificationState.WAITING,
        )
    ).all()
    if question in waiting:
        raise Invalid("You have asked this already, and it waits for an answer.", "question")
    if len(waiting) >= MOST_WAITING:
        raise Invalid(f"{MOST_WAITING} of your questions wait for an answer. Ask again after some are.", "question")
    assert actor.person_id is not None
    row = Clarification(prize_id=prize_id, asked=question, asked_by=actor.person_id, asked_at=now(db))
    db.add(row)
    db.flush()
    return row.id


@command(Action.ANSWER_CLARIFICATION)
def answer_clarification(
    db: Session, actor: Actor, clarification_id: UUID, version: int, question: Statement, answer: Prose
) -> int:
    """Publish a question, in this wording, with its answer; returns how many people are told by mail.

    Raises
    ------
    Closed : it has been answered or declined.
    Stale : somebody changed it meanwhile.
    """
    row = _waiting(db, clarification_id, version)
    row.question, row.answer = question, answer
    _decide(db, row, actor, ClarificationState.ANSWERED)
    prize = db.get_one(Prize, row.prize_id)
    messages.answered(db, prize, row)
    event = f"clarification {row.id} answered"
    told = messages.ANSWERED_FOR_FOLLOWERS
    return 1 + tell_followers(db, prize, told, event, but=(row.asked_by,), question=question, answer=answer)


@command(Action.ANSWER_CLARIFICATION)
def decline_clarification(db: Session, actor: Actor, clarification_id: UUID, version: int, reason: Statement) -> None:
    """Publish nothing of a question, and tell whoever asked it why.

    Raises
    ------
    Closed : it has been answered or declined.
    Stale : somebody changed it meanwhile.
    """
    row = _waiting(db, clarification_id, version)
    row.reason = reason
    _decide(db, row, actor, ClarificationState.DECLINED)
    prize = db.get_one(Prize, row.prize_id)
    messages.declined(db, prize, row)


@query(Action.SEE_CLARIFICATIONS)
def clarifications(db: Session, actor: Actor, prize_id: UUID) -> tuple[ClarificationShown, ...]:
    """What was asked about a prize: what waits for an answer first, the oldest on top; then the newest answers."""
    rows = [_shown(row) for row in _rows(db, prize_id)]
    waiting = [row for row in rows if row.state is ClarificationState.WAITING]
    decided = sorted((row for row in rows if row.decided_at), key=lambda row: str(row.decided_at), reverse=True)
    return tuple(waiting + decided)


@query(Action.SEE_PUBLIC_PRIZE)
def public_clarifications(db: Session, actor: Actor, slug: str) -> PublicClarifications:
    """The questions about a published prize that have been answered, the newest last.

    Raises
    ------
    Refused : no published prize has this address.
    """
    prize = prize_at(db, slug)
    shown = [
        PublicClarification(row.question, row.answer, row.decided_at)
        for row in _rows(db, prize.id)
        if row.state is ClarificationState.ANSWERED and row.decided_at
    ]
    return PublicClarifications(prize.state in RUNNING, tuple(sorted(shown, key=lambda row: row.answered_at)))


def _waiting(db: Session, clarification_id: UUID, version: int) -> Clarification:
    row = locked(db, Clarification, clarification_id)
    unchanged(row, version)
    if row.state is not ClarificationState.WAITING:
        raise Closed(f"This question is {row.state.value} already.")
    return row


def _decide(db: Session, row: Clarification, actor: Actor, state: ClarificationState) -> None:
    row.state, row.decided_by, row.decided_at = state, actor.person_id, now(db)
    row.version += 1
    db.add(row)
    db.flush()


def _rows(db: Session, prize_id: UUID) -> list[Clarification]:
    return sorted(matching(db, Clarification, prize_id=prize_id), key=lambda row: (row.asked_at, str(row.id)))


def _shown(row: Clarification) -> ClarificationShown:
    return ClarificationShown(
        row.id,
        row.state,
        row.asked,
        row.asked_at,
        row.question,
        row.answer,
        row.reason,
        row.decided_at,
        row.version,
    )
