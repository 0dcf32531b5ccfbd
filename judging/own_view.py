"""What judges read of an entry, for the team that wrote it: computed as for judges, under names without a code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import query
from judging.blinding import BlindAnswer, blind_answers, blind_draft, hidden_from_judges
from judging.copies import PageWords, copy_as_file, page_words
from judging.models import JudgesCopy
from judging.policy import Action
from prize.entries.files import FileToSend
from prize.entries.models import Entry, EntryState
from prize.models import Prize, Stage, Visibility
from prize.questions import QuestionShown
from prize.scoring import scoring_of


@dataclass(frozen=True)
class JudgesView:
    """What judges read. ``closed``: it is what was submitted; else it is the draft, as if the stage closed now.

    ``hidden`` are the questions whose answers judges do not read while they score without names; ``revealed``: they
    read those that reveal identity once the rest is scored. An entry that was not submitted has no answers here.
    """

    prize: str
    closed: bool
    submitted: bool
    visibility: Visibility
    revealed: bool
    answers: tuple[BlindAnswer, ...]
    hidden: tuple[QuestionShown, ...]


@query(Action.SEE_AS_JUDGES_DO)
def as_judges_see(db: Session, actor: Actor, entry_id: UUID) -> JudgesView:
    """The answers of one's own entry that judges read, without the entry's code."""
    entry = db.get_one(Entry, entry_id)
    stage = db.get_one(Stage, entry.stage_id)
    closed = stage.closed_at is not None
    answers = blind_answers(db, entry_id) if closed else blind_draft(db, entry)
    nameless = tuple(
        replace(answer, files=tuple(replace(file, name=_without_code(file.name, entry.code)) for file in answer.files))
        for answer in answers
    )
    prize = db.get_one(Prize, stage.prize_id).title
    submitted = entry.state is EntryState.SUBMITTED
    return JudgesView(
        prize,
        closed,
        submitted,
        stage.visibility,
        scoring_of(db, stage.id).has_reveal,
        nameless,
        hidden_from_judges(db, entry, submitted=closed),
    )


@query(Action.READ_OWN_COPY)
def own_copy_to_read(
    db: Session, actor: Actor, copy_id: UUID, page: int | None = None, closer: bool = False
) -> FileToSend:
    """The judge's copy of a file of one's own entry, or one of its pages.

    Raises
    ------
    Refused : it has no such page, or is not ready.
    """
    file = copy_as_file(db, copy_id, page, closer)
    code = db.get_one(Entry, db.get_one(JudgesCopy, copy_id).entry_id).code
    return replace(file, name=_without_code(file.name, code))


@query(Action.READ_OWN_COPY)
def own_words_of_page(db: Session, actor: Actor, copy_id: UUID, page: int) -> PageWords:
    """What a page of such a copy says, and where.

    Raises
    ------
    Refused : the copy has no such page, or is not ready.
    """
    return page_words(db, copy_id, page)


def _without_code(name: str, code: str | None) -> str:
    """The code is told when decisions are released."""
    return name.replace(f"{code}-", "document-", 1) if code else name
