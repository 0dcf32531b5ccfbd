"""Drafts of entries: started, and written until they are submitted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command
from accounts.models import OrganisationKind
from prize.eligibility import EligibilityAnswer
from prize.entries.conflicts import carry_conflicts, find_conflicts_of_entries
from prize.entries.eligible import keep_eligibility
from prize.entries.models import Answer, AnswerSave, DraftFile, Entry
from prize.entries.teams import open_team
from prize.entries.writable import must_be_writable
from prize.form import form_in_force, question_row
from prize.models import Prize, QuestionKind
from prize.policy import Action
from prize.questions import NO, QuestionShown, asked_of, misfit
from prize.stages import must_be_open
from storage.clock import now
from storage.database import found, locked, matching, one_matching
from storage.errors import Closed, Invalid
from storage.files import StoredFile
from storage.jobs import enqueue_once
from storage.saves import Save, Saved, SaveNumber, Tab, save_text
from storage.values import Line, tidy

LONGEST_ANSWER = 60_000
SEARCH_DRAFT = "search a draft for names"
"""The job of ``prize.entries.searching`` that follows a change of a draft."""
PAUSE = timedelta(seconds=5)
"""How long a draft rests before it is searched, so that typing causes one search and not fifty."""

AnswerText = Annotated[str, Field(max_length=LONGEST_ANSWER)]


@dataclass(frozen=True)
class FileShown:
    """A file of a draft or of a submitted version, as its team and the secretariat see it. ``size`` is in bytes."""

    id: UUID
    name: str
    size: int
    content_type: str
    sha256: str


@dataclass(frozen=True)
class AnswerShown:
    """A question and what stands there now."""

    question: QuestionShown
    text: str
    version: int
    saved_at: datetime | None
    files: tuple[FileShown, ...]
    problem: str


@command(Action.START_ENTRY)
def start_entry(
    db: Session,
    actor: Actor,
    stage_id: UUID,
    organisation: Line,
    kind: OrganisationKind = OrganisationKind.COMPANY,
    answers: tuple[EligibilityAnswer, ...] = (),
) -> UUID:
    """Begin an entry for an organisation, or find the one that its team has begun where it may have but one.

    Raises
    ------
    Invalid : the answers to the eligibility questions decide that the organisation may not enter, or one is missing.
    Closed : the stage is not open, or is for those who were chosen in an earlier one; or the team has begun as many
        entries as it may enter.
    """
    stage = must_be_open(db, stage_id)
    if stage.position > 1:
        raise Closed(
            "This stage is for those who were chosen in the stage before. Their entries are opened when its decisions "
            "are released, and stand under “My entries”."
        )
    assert actor.person_id is not None
    team = open_team(db, db.get_one(Prize, stage.prize_id), actor.person_id, organisation, kind)
    begun = matching(db, Entry, stage_id=stage_id, team_id=team.id)
    if begun and stage.entries_per_team == 1:
        return begun[0].id
    if len(begun) >= stage.entries_per_team:
        raise Closed(
            f"Your team has begun {len(begun)} entries, and may enter no more. They stand under “My entries”; one that "
            "you do not want to enter can be written anew."
        )
    entry = open_entry(db, stage_id, team.id, 1 + max((row.number for row in begun), default=0))
    find_conflicts_of_entries(db, stage, (entry.id,))
    keep_eligibility(db, actor, stage.prize_id, entry, answers)
    return entry.id


def open_entry(db: Session, stage_id: UUID, team_id: UUID, number: int) -> Entry:
    """The entry of a team in a stage that has this number among its entries, begun when there is none.

    Whoever opens entries has conflicts with them found, once for all.
    """
    entry = one_matching(db, Entry, stage_id=stage_id, team_id=team_id, number=number)
    if entry is None:
        entry = Entry(stage_id=stage_id, team_id=team_id, number=number, created_at=now(db))
        db.add(entry)
        db.flush()
        carry_conflicts(db, entry)
    return entry


@command(Action.EDIT_ENTRY, audited=False)
def save_answer(
    db: Session,
    actor: Actor,
    entry_id: UUID,
    question_key: UUID,
    text: AnswerText,
    base_version: int,
    tab: Tab,
    save_number: SaveNumber,
) -> Saved:
    """Save an answer as it is being typed. See ``storage.saves`` for which save counts.

    Raises
    ------
    Invalid : the form has no such question, or the text holds characters that cannot be shown.
    Closed : the answer may not be changed now, or particulars come late to a declaration that was answered with no.
    """
    entry = found(db, Entry, entry_id)
    stage = must_be_writable(db, entry, question_key)
    locked(db, Entry, entry_id)
    question = question_row(db, form_in_force(db, stage.id).id, question_key)
    try:
        tidy(text, lines=True)
    except ValueError as error:
        raise Invalid(f"The answer {error}.", "text") from error
    text = text.replace("\r\n", "\n")
    moment_now = now(db)
    answer = _answer(db, entry_id, question_key)
    if answer is None:
        answer = Answer(entry_id=entry_id, question_key=question_key, saved_at=moment_now, version=0)
    if question.kind is QuestionKind.DECLARATION and "\n" in text and answer.text.strip() == NO:
        raise Closed("This was answered with “no” meanwhile, so there is nothing more to say.")
    earlier = db.exec(select(AnswerSave).where(col(AnswerSave.answer_id) == answer.id)).all()
    before = answer.version
    saved = save_text(
        answer,
        answer.saved_by,
        earlier,
        Save(actor.person_id, text, base_version, tab, save_number),
        at=moment_now,
        keep=lambda: db.add(
            AnswerSave(
                answer_id=answer.id,
                text=answer.text,
                saved_by=answer.saved_by,
                saved_at=answer.saved_at,
                tab=answer.tab,
                save_number=answer.save_number,
            )
        ),
    )
    if saved.version > before:
        answer.saved_by = actor.person_id
        db.add(answer)
        db.flush()
        search_later(db, entry_id)
    return saved


def search_later(db: Session, entry_id: UUID) -> None:
    """Have a draft searched for names once it has rested."""
    enqueue_once(db, SEARCH_DRAFT, {"entry_id": str(entry_id)}, run_at=now(db) + PAUSE, about=f"entry {entry_id}")


def file_shown(db: Session, file_id: UUID, name: str) -> FileShown:
    """A stored file under the name that it has here."""
    stored = db.get_one(StoredFile, file_id)
    return FileShown(stored.id, name, stored.size, stored.content_type, stored.sha256)


def _answer(db: Session, entry_id: UUID, question_key: UUID) -> Answer | None:
    return db.exec(
        select(Answer).where(col(Answer.entry_id) == entry_id, col(Answer.question_key) == question_key)
    ).one_or_none()


def draft_answers(db: Session, entry: Entry, questions: tuple[QuestionShown, ...]) -> tuple[AnswerShown, ...]:
    """What stands in a draft for each question that is asked of its team. What it wrote to others is kept unseen."""
    rows = {row.question_key: row for row in db.exec(select(Answer).where(col(Answer.entry_id) == entry.id)).all()}
    shown = []
    for question in asked_of(questions, {key: row.text for key, row in rows.items()}):
        row = rows.get(question.key)
        text = row.text if row else ""
        files: tuple[FileShown, ...] = ()
        if question.kind is QuestionKind.FILE:  # what was given while another kind was asked for does not go along
            text, files = "", _files(db, entry.id, question.key)
            problem = f"“{question.wording}” has no file yet." if question.required and not files else ""
        else:
            problem = misfit(question, text)
        shown.append(
            AnswerShown(
                question,
                text,
                row.version if row else 0,
                row.saved_at if row else None,
                files,
                problem,
            )
        )
    return tuple(shown)


def _files(db: Session, entry_id: UUID, question_key: UUID) -> tuple[FileShown, ...]:
    return tuple(file_shown(db, file.file_id, file.name) for file in draft_files(db, entry_id, question_key))


def draft_files(db: Session, entry_id: UUID, question_key: UUID) -> tuple[DraftFile, ...]:
    rows = db.exec(
        select(DraftFile).where(col(DraftFile.entry_id) == entry_id, col(DraftFile.question_key) == question_key)
    ).all()
    return tuple(sorted(rows, key=lambda row: (row.added_at, row.name)))
