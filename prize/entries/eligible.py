"""What a team answered about who may enter when it began an entry; kept with the entry."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from prize.eligibility import EligibilityAnswer, Standing, eligibility_version, newest_eligibility, verdict
from prize.entries.models import EligibilityAnswers, Entry
from storage.clock import now
from storage.errors import Invalid


@dataclass(frozen=True)
class EligibilityAnswered:
    """A question and what the team answered. ``referred`` holds the words where the secretariat looks at it."""

    wording: str
    yes: bool
    referred: str


def keep_eligibility(
    db: Session, actor: Actor, prize_id: UUID, entry: Entry, answers: tuple[EligibilityAnswer, ...]
) -> None:
    """Keep the answers with an entry that has just begun, unless they decide that it may not be.

    Raises
    ------
    Invalid : the answers say that the entrant is not eligible, one is missing, or one is given twice.
    """
    version = newest_eligibility(db, prize_id)
    questions = eligibility_version(db, version.id) if version else ()
    given = {answer.key: answer.yes for answer in answers}
    if len(given) != len(answers):
        raise Invalid("Answer each question about who may enter once. Reload the page.", "answers")
    found = verdict(questions, given)
    if found.standing is Standing.NOT_ELIGIBLE:
        raise Invalid(f"You are not eligible, so no entry was started. {' '.join(found.reasons)}", "answers")
    if version is not None and questions:
        assert actor.person_id is not None
        db.add(
            EligibilityAnswers(
                entry_id=entry.id,
                eligibility_id=version.id,
                answers={str(key): yes for key, yes in given.items()},
                answered_by=actor.person_id,
                answered_at=now(db),
            )
        )


def eligibility_answered(db: Session, entry_id: UUID) -> tuple[EligibilityAnswered, ...]:
    """What a team answered about who may enter, in the order of the questions."""
    row = db.exec(select(EligibilityAnswers).where(col(EligibilityAnswers.entry_id) == entry_id)).one_or_none()
    if row is None:
        return ()
    return tuple(
        EligibilityAnswered(question.wording, yes, "" if yes is question.needed else question.told)
        for question in eligibility_version(db, row.eligibility_id)
        for yes in [bool(row.answers[str(question.key)])]
    )
