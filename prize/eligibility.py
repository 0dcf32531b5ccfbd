"""Who may enter, as questions with yes or no for an answer, which strangers and entrants can answer for themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from pydantic import ConfigDict
from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from prize.models import Eligibility, EligibilityQuestion, Otherwise
from prize.policy import Action
from prize.prizes import draft
from storage.database import matching
from storage.errors import Invalid
from storage.values import Line

MOST_QUESTIONS = 30


@dataclass(frozen=True)
class EligibilityQuestionShown:
    """A question about who may enter. ``needed`` is the answer that lets enter; ``told`` goes with the other."""

    key: UUID
    wording: str
    needed: bool
    otherwise: Otherwise
    told: str


@dataclass(frozen=True)
class EligibilityShown:
    """One version of a prize's eligibility questions; number and version 0 and no questions where there are none."""

    number: int
    version: int
    questions: tuple[EligibilityQuestionShown, ...]


@dataclass(frozen=True)
class EligibilityAnswer:
    """What somebody who starts an entry answered to one question."""

    __pydantic_config__ = ConfigDict(strict=True, revalidate_instances="always")

    key: UUID
    yes: bool


class Standing(StrEnum):
    """What somebody's answers come to."""

    ELIGIBLE = "eligible"
    REFERRED = "the secretariat looks at it"
    NOT_ELIGIBLE = "not eligible"


@dataclass(frozen=True)
class Verdict:
    """What somebody's answers come to, and the words for each answer that is not as it has to be."""

    standing: Standing
    reasons: tuple[str, ...]


@command(Action.EDIT_PRIZE)
def add_eligibility_question(
    db: Session, actor: Actor, prize_id: UUID, wording: Line, needed: bool, otherwise: Otherwise, told: Line
) -> UUID:
    """Add a question at the end of a draft prize's eligibility questions; returns its key.

    Raises
    ------
    Invalid : there are as many as there can be.
    Closed : the prize is no longer a draft.
    """
    draft(db, prize_id)
    version = newest_eligibility(db, prize_id) or Eligibility(prize_id=prize_id)
    rows = _rows(db, version.id)
    if len(rows) >= MOST_QUESTIONS:
        raise Invalid(f"{MOST_QUESTIONS} questions are the most. Take one out first.", "wording")
    version.version += 1
    db.add(version)
    db.flush()
    row = EligibilityQuestion(
        eligibility_id=version.id,
        position=max((row.position for row in rows), default=0) + 1,
        wording=wording,
        needed=needed,
        otherwise=otherwise,
        told=told,
    )
    db.add(row)
    db.flush()
    return row.key


@command(Action.EDIT_PRIZE)
def remove_eligibility_question(db: Session, actor: Actor, prize_id: UUID, question_key: UUID) -> None:
    """Take a question out of a draft prize's eligibility questions.

    Raises
    ------
    Invalid : there is no such question.
    Closed : the prize is no longer a draft.
    """
    draft(db, prize_id)
    version = newest_eligibility(db, prize_id)
    row = next((row for row in _rows(db, version.id) if row.key == question_key), None) if version else None
    if version is None or row is None:
        raise Invalid("There is no such question any longer. Reload the page.", "question_key")
    db.delete(row)
    version.version += 1
    db.add(version)


@query(Action.SEE_PRIZE)
def eligibility_questions(db: Session, actor: Actor, prize_id: UUID) -> EligibilityShown:
    """The eligibility questions of a prize, for its team."""
    return eligibility_of(db, prize_id)


def newest_eligibility(db: Session, prize_id: UUID) -> Eligibility | None:
    """The newest version of a prize's eligibility questions, if it has any."""
    return max(matching(db, Eligibility, prize_id=prize_id), key=lambda row: row.number, default=None)


def eligibility_of(db: Session, prize_id: UUID) -> EligibilityShown:
    """The newest eligibility questions of a prize, for callers that have checked who asks."""
    version = newest_eligibility(db, prize_id)
    if version is None:
        return EligibilityShown(0, 0, ())
    return EligibilityShown(version.number, version.version, eligibility_version(db, version.id))


def eligibility_version(db: Session, eligibility_id: UUID) -> tuple[EligibilityQuestionShown, ...]:
    """The questions of one version, in their order."""
    return tuple(
        EligibilityQuestionShown(row.key, row.wording, row.needed, row.otherwise, row.told)
        for row in _rows(db, eligibility_id)
    )


def verdict(questions: tuple[EligibilityQuestionShown, ...], answers: Mapping[UUID, bool]) -> Verdict:
    """What somebody's answers come to. One that decides counts more than one that refers.

    Raises
    ------
    Invalid : a question has no answer, or an answer no question.
    """
    if answers.keys() != {question.key for question in questions}:
        missing = sum(question.key not in answers for question in questions)
        words = f"{missing} {'has' if missing == 1 else 'have'} no answer yet." if missing else "Reload the page."
        raise Invalid(f"Answer each question about who may enter. {words}", "answers")
    missed = [question for question in questions if answers[question.key] is not question.needed]
    for otherwise, standing in ((Otherwise.DECIDES, Standing.NOT_ELIGIBLE), (Otherwise.REFERS, Standing.REFERRED)):
        if reasons := tuple(question.told for question in missed if question.otherwise is otherwise):
            return Verdict(standing, reasons)
    return Verdict(Standing.ELIGIBLE, ())


def _rows(db: Session, eligibility_id: UUID) -> list[EligibilityQuestion]:
    return sorted(matching(db, EligibilityQuestion, eligibility_id=eligibility_id), key=lambda row: row.position)
