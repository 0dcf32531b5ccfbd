"""What was submitted of an entry: numbered snapshots that never change, and which of them counts."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, and_, col, func, select

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


def submitted_versions(db: Session, stage_id: UUID) -> dict[UUID, EntryVersion]:
    """What counts of each submitted entry of a stage, by entry, in one statement."""
    newest = (
        select(EntryVersion.entry_id, func.max(EntryVersion.number).label("number"))
        .join(Entry, col(Entry.id) == col(EntryVersion.entry_id))
        .where(col(Entry.stage_id) == stage_id, col(Entry.state) == EntryState.SUBMITTED)
        .group_by(col(EntryVersion.entry_id))
        .subquery()
    )
    rows = db.exec(
        select(EntryVersion).join(
            newest,
            and_(col(EntryVersion.entry_id) == newest.c.entry_id, col(EntryVersion.number) == newest.c.number),
        )
    )
    return {row.entry_id: row for row in rows}


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
