"""Who is behind an entry. What reads this decides first whether it may be known."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from accounts.models import Organisation
from prize.entries.models import Entry, Team
from prize.entries.versions import submitted_version
from prize.form import questions_submitted
from prize.models import QuestionKind
from prize.questions import answer_words, asked_of


@dataclass(frozen=True)
class RevealedAnswer:
    """A question whose answer reveals identity, with the answer."""

    wording: str
    text: str


@dataclass(frozen=True)
class RevealedEntry:
    """The organisation behind an entry, and the answers that blind judges do not get. Nothing that is confidential."""

    organisation: str
    answers: tuple[RevealedAnswer, ...]


def identity_of(db: Session, entry_id: UUID) -> RevealedEntry:
    """Who is behind a submitted entry. Files that reveal it have no judge's copy, so they are not among the answers."""
    team = db.get_one(Team, db.get_one(Entry, entry_id).team_id)
    version = submitted_version(db, entry_id)
    said = {UUID(key): str(text) for key, text in version.answers.items()} if version else {}
    asked = asked_of(questions_submitted(db, version.form_id), said) if version else ()
    return RevealedEntry(
        db.get_one(Organisation, team.organisation_id).name,
        tuple(
            RevealedAnswer(question.wording, answer_words(question, said.get(question.key, "")))
            for question in asked
            if question.reveals_identity and not question.confidential
            if question.kind is not QuestionKind.FILE
        ),
    )
