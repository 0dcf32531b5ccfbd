"""What entries are about, and which judges know it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, and_, col

from judging.models import PanelMember
from prize.entries.models import Entry, EntryState
from prize.entries.versions import texts_submitted
from prize.form import form_in_force, questions_of
from prize.questions import QuestionShown, topic_of


@dataclass(frozen=True)
class Topic:
    """What is asked about the topic of an entry, and the answers, of which a judge may know some."""

    question: str
    options: tuple[str, ...]


def topic_of_stage(db: Session, stage_id: UUID) -> Topic | None:
    """What a stage's entry form asks about the topic of an entry, if it does."""
    question = _asked(db, stage_id)
    return Topic(question.wording, question.options) if question else None


def topics_of(db: Session, stage_id: UUID) -> dict[UUID, str]:
    """What the submitted entries of a stage are about, as their teams have answered; none for those that have not."""
    question = _asked(db, stage_id)
    if question is None:
        return {}
    texts = texts_submitted(db, and_(col(Entry.stage_id) == stage_id, col(Entry.state) == EntryState.SUBMITTED))
    answers = {entry_id: said.get(str(question.key), "") for entry_id, said in texts.items()}
    return {entry_id: answer for entry_id, answer in answers.items() if answer in question.options}


def knowing(topics: Mapping[UUID, str], seats: Sequence[PanelMember]) -> frozenset[tuple[UUID, UUID]]:
    """Pairs (judge, entry) in which the judge knows what the entry is about."""
    return frozenset(
        (seat.person_id, entry_id) for entry_id, topic in topics.items() for seat in seats if topic in seat.knows
    )


def _asked(db: Session, stage_id: UUID) -> QuestionShown | None:
    return topic_of(questions_of(db, form_in_force(db, stage_id).id))
