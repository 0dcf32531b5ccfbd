"""The eligibility questions changed after publication: as a new version, with a reason, for everybody who begins later.

An entry that has begun stands under the questions that its team answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from pydantic import ConfigDict
from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command
from prize.changes import announce, must_be_running
from prize.eligibility import MOST_QUESTIONS, EligibilityQuestionShown, eligibility_of
from prize.form_changes import OPEN_TO_CHANGES
from prize.models import Eligibility, EligibilityQuestion, Otherwise
from prize.policy import Action
from prize.stages import shown_stage, stages_of
from storage.clock import now
from storage.database import unchanged
from storage.errors import Closed, Invalid
from storage.values import Line


@dataclass(frozen=True)
class ChangedEligibilityQuestion:
    """An eligibility question as it is to be."""

    __pydantic_config__ = ConfigDict(strict=True, revalidate_instances="always")

    wording: Line
    needed: bool
    otherwise: Otherwise
    told: Line


@command(Action.CHANGE_PUBLISHED)
def change_eligibility(
    db: Session,
    actor: Actor,
    prize_id: UUID,
    version: int,
    questions: tuple[ChangedEligibilityQuestion, ...],
    reason: Line,
) -> int:
    """Publish a new version of who may enter; returns its number. None of the questions is needed.

    A question that is not as it was gets a key of its own, so that no answer to the old one counts for it.

    Raises
    ------
    Invalid : nothing was changed, there are too many questions, or two are alike.
    Closed : the prize is not published, or entries can no longer be begun.
    Stale : somebody changed the questions meanwhile.
    """
    prize = must_be_running(db, prize_id)
    if shown_stage(db, prize, stages_of(db, prize_id)[0]).phase not in OPEN_TO_CHANGES:
        raise Closed("Entries can no longer be begun, so the questions about who may enter stand.")
    old = eligibility_of(db, prize_id)
    unchanged(old, version)
    if len(questions) > MOST_QUESTIONS:
        raise Invalid(f"{MOST_QUESTIONS} questions are the most. Take one out first.", "questions")
    if len({question.wording for question in questions}) < len(questions):
        raise Invalid("Two questions are alike. Take one of them out.", "questions")
    before = {_content(row): row.key for row in old.questions}
    if list(before) == [_asked(question) for question in questions]:
        raise Invalid("Nothing was changed in the questions.", "questions")
    new = Eligibility(prize_id=prize_id, number=old.number + 1, published_at=now(db), version=old.version + 1)
    db.add(new)
    db.flush()
    for position, question in enumerate(questions, 1):
        row = EligibilityQuestion(
            eligibility_id=new.id,
            position=position,
            wording=question.wording,
            needed=question.needed,
            otherwise=question.otherwise,
            told=question.told,
        )
        row.key = before.get(_asked(question), row.key)
        db.add(row)
    db.flush()
    what = f"Who may enter: the questions are now version {new.number}. Entries that have begun stand as they are"
    announce(db, actor, prize, what, reason)
    return new.number


def _content(row: EligibilityQuestionShown) -> tuple[str, bool, Otherwise, str]:
    return row.wording, row.needed, row.otherwise, row.told


def _asked(question: ChangedEligibilityQuestion) -> tuple[str, bool, Otherwise, str]:
    return question.wording, question.needed, question.otherwise, question.told
