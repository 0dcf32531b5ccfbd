"""What was submitted of an entry: numbered snapshots that never change, and which of them counts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from prize.entries.drafts import AnswerShown, file_shown
from prize.entries.models import Entry, EntryFile, EntryState, EntryVersion
from prize.form import questions_of
from prize.questions import asked_of
from storage.canonical import digest


def submitted_version(db: Session, entry_id: UUID) -> EntryVersion | None:
    """What counts of an entry: the last version submitted, if it is not withdrawn.

    One row is read, however often the entry was submitted, so that the time it takes tells nothing to judges.
    """
    if db.get_one(Entry, entry_id).state is not EntryState.SUBMITTED:
        return None
    newest = (
        select(EntryVersion).where(col(EntryVersion.entry_id) == entry_id).order_by(col(EntryVersion.number).desc())
    )
    return db.exec(newest.limit(1)).first()


def texts_submitted(db: Session, which: ColumnElement[bool]) -> dict[UUID, dict[str, str]]:
    """What was last submitted of the entries ``which``, by entry and by question, in one statement."""
    rows = db.exec(
        select(EntryVersion.entry_id, EntryVersion.answers)
        .join(Entry, col(Entry.id) == col(EntryVersion.entry_id))
        .where(which, col(EntryVersion.number) == last_number())
    ).all()
    return {entry_id: {key: str(text) for key, text in said.items()} for entry_id, said in rows}


def last_number() -> Any:
    """The number of the last version of an entry, inside a statement that asks for its versions."""
    other = EntryVersion.__table__.alias()  # type: ignore[attr-defined]
    return select(func.max(other.c.number)).where(other.c.entry_id == EntryVersion.entry_id).scalar_subquery()


def submitted_entries(db: Session, stage_id: UUID) -> tuple[Entry, ...]:
    """The submitted entries of a stage in the order of their codes."""
    rows = db.exec(select(Entry).where(col(Entry.stage_id) == stage_id, col(Entry.state) == EntryState.SUBMITTED)).all()
    return tuple(sorted(rows, key=lambda row: (row.code or "", str(row.id))))


def files_of(db: Session, version_id: UUID) -> tuple[EntryFile, ...]:
    """The files of a submitted version."""
    rows = db.exec(select(EntryFile).where(col(EntryFile.entry_version_id) == version_id)).all()
    return tuple(sorted(rows, key=lambda row: (str(row.question_key), str(row.id))))


def answers_submitted(db: Session, version: EntryVersion) -> tuple[AnswerShown, ...]:
    """What was submitted, by the questions that were asked then."""
    texts = {UUID(key): str(text) for key, text in version.answers.items()}
    files = files_of(db, version.id)
    return tuple(
        AnswerShown(
            question,
            texts.get(question.key, ""),
            0,
            version.submitted_at,
            tuple(file_shown(db, file.file_id, file.name) for file in files if file.question_key == question.key),
            "",
        )
        for question in asked_of(questions_of(db, version.form_id), texts)
    )


def versions_of(db: Session, entry_id: UUID) -> list[EntryVersion]:
    rows = db.exec(select(EntryVersion).where(col(EntryVersion.entry_id) == entry_id)).all()
    return sorted(rows, key=lambda row: row.number)


def snapshot_of(answers: tuple[AnswerShown, ...]) -> dict[str, str]:
    return {str(answer.question.key): answer.text.strip() for answer in answers if answer.text.strip()}


def content_digest(answers: tuple[AnswerShown, ...]) -> str:
    """Of the answers and files. Files are in the order of their names, so that it can be computed again from the rows
    of a version, which do not say in which order the files came."""
    files = {str(answer.question.key): sorted([file.name, file.sha256] for file in answer.files) for answer in answers}
    return digest({"answers": snapshot_of(answers), "files": {key: names for key, names in files.items() if names}})
