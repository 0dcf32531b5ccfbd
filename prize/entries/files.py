"""Files of entries: uploaded to a draft, taken out again, read by the team and the secretariat."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, func, select

from accounts.actors import Actor
from accounts.commands import command, query
from prize.entries.drafts import search_later
from prize.entries.models import DraftFile, Entry, EntryFile, EntryVersion
from prize.entries.writable import must_be_writable
from prize.form import form_in_force, question_row
from prize.models import Prize, QuestionKind, Stage
from prize.policy import Action, is_member
from storage.clock import now
from storage.database import found, locked
from storage.errors import NOT_YOURS, Invalid, Refused
from storage.files import StoredFile, Upload
from storage.objects import stored_file
from storage.uploads import Turn, Unfinished, UploadShown, begin, finish, must_fit, on_their_way, unfinished
from storage.values import Line, size_words

FILES_A_QUESTION = 5


@dataclass(frozen=True)
class FileToSend:
    """An object that a person may download, under the name that it has for them."""

    object_name: str
    name: str
    content_type: str
    size: int

    @classmethod
    def of(cls, stored: StoredFile, name: str) -> FileToSend:
        return cls(stored.object_name, name, stored.content_type, stored.size)


@command(Action.EDIT_ENTRY)
def begin_upload(db: Session, actor: Actor, entry_id: UUID, question_key: UUID, name: Line, length: int) -> UploadShown:
    """Announce a file of ``length`` bytes for a question of a draft.

    Raises
    ------
    Invalid : the question takes no file, the file is empty or too large, the question has five files already, or the
        team's or the prize's room for files is full.
    Closed : the stage is not open.
    """
    stage, prize = _open_for_files(db, entry_id, question_key)
    question = question_row(db, form_in_force(db, stage.id).id, question_key)
    if question.kind is not QuestionKind.FILE or question.size_limit is None:
        raise Invalid("This question takes no file.", "question_key")
    if length < 1:
        raise Invalid("The file is empty. Choose another one.", "length")
    if length > question.size_limit:
        raise Invalid(f"The file is too large: at most {size_words(question.size_limit)} are accepted here.", "length")
    if len(_drafts(db, entry_id, question_key)) >= FILES_A_QUESTION:
        raise Invalid(f"A question takes at most {FILES_A_QUESTION} files. Remove one first.", "question_key")
    _must_fit_team(db, prize, entry_id, length)
    assert actor.person_id is not None
    return begin(db, actor.person_id, stage.prize_id, subject_of(entry_id, question_key), name, length)


@query(Action.SEE_OWN_ENTRY)
def unfinished_uploads(db: Session, actor: Actor, entry_id: UUID, question_key: UUID) -> tuple[Unfinished, ...]:
    """The actor's own uploads for a question that have not arrived whole."""
    return unfinished(db, actor.person_id, subject_of(entry_id, question_key))


@command(Action.EDIT_ENTRY)
def remove_file(db: Session, actor: Actor, entry_id: UUID, question_key: UUID, file_id: UUID) -> None:
    """Take a file out of a draft; versions that were submitted keep it.

    Raises
    ------
    Invalid : the draft has no such file.
    Closed : the stage is not open.
    """
    must_be_writable(db, found(db, Entry, entry_id), question_key)
    for row in _drafts(db, entry_id, question_key):
        if row.file_id == file_id:
            db.delete(row)
            search_later(db, entry_id)
            return
    raise Invalid("The draft no longer has this file.", "file_id")


@query(Action.SEE_ENTRY_FILE)
def file_of_entry(db: Session, actor: Actor, entry_id: UUID, file_id: UUID) -> FileToSend:
    """A file of a draft or of a submitted version; the secretariat gets submitted ones only.

    Raises
    ------
    Refused : the entry has no such file, or none that this person may read.
    """
    entry = db.get_one(Entry, entry_id)
    named = db.exec(
        select(EntryFile.name)
        .join(EntryVersion, col(EntryVersion.id) == col(EntryFile.entry_version_id))
        .where(col(EntryVersion.entry_id) == entry_id, col(EntryFile.file_id) == file_id)
    ).first()
    if named is None and is_member(db, actor, entry):
        named = db.exec(
            select(DraftFile.name).where(col(DraftFile.entry_id) == entry_id, col(DraftFile.file_id) == file_id)
        ).first()
    if named is None:
        raise Refused(NOT_YOURS)
    stored = db.get_one(StoredFile, file_id)
    return FileToSend.of(stored, named)


def add_arrived(db: Session, turn: Turn, sha256: str, content_type: str) -> None:
    """Add a file whose bytes are all here and kept to the draft that it was announced for.

    What was allowed when it was announced is asked again, under the prize's lock: others may have arrived meanwhile.

    Raises
    ------
    Invalid : the question has five files already, or there is no room.
    Closed : the stage has closed meanwhile.
    """
    entry_id, question_key = (UUID(part) for part in turn.subject.removeprefix("answer ").split(" "))
    _stage, prize = _open_for_files(db, entry_id, question_key)
    _must_fit_team(db, prize, entry_id, turn.length, besides=turn.upload_id)
    must_fit(db, turn.folder, turn.length, besides=turn.upload_id)
    stored = stored_file(db, turn.folder, sha256, turn.length, content_type)
    upload = finish(db, turn, stored.id)
    present = _drafts(db, entry_id, question_key)
    if any(row.file_id == stored.id for row in present):
        return
    if len(present) >= FILES_A_QUESTION:
        raise Invalid(f"A question takes at most {FILES_A_QUESTION} files. Remove one first.", "question_key")
    db.add(
        DraftFile(
            entry_id=entry_id,
            question_key=question_key,
            file_id=stored.id,
            name=upload.name,
            added_by=upload.person_id,
            added_at=now(db),
        )
    )
    search_later(db, entry_id)


def subject_of(entry_id: UUID, question_key: UUID) -> str:
    """How an upload says what it is for."""
    return f"answer {entry_id} {question_key}"


def _open_for_files(db: Session, entry_id: UUID, question_key: UUID) -> tuple[Stage, Prize]:
    """The stage and the prize of an entry whose files of a question may change now, both held."""
    entry = found(db, Entry, entry_id)
    prize = locked(db, Prize, found(db, Stage, entry.stage_id).prize_id)
    return must_be_writable(db, entry, question_key), prize


def _must_fit_team(db: Session, prize: Prize, entry_id: UUID, length: int, *, besides: UUID | None = None) -> None:
    """Refuse ``length`` more bytes for a draft that has no room for them, uploads on their way included."""
    drafts = select(col(DraftFile.file_id)).where(col(DraftFile.entry_id) == entry_id)
    stored = db.exec(select(func.coalesce(func.sum(StoredFile.size), 0)).where(col(StoredFile.id).in_(drafts))).one()
    coming = on_their_way(db, col(Upload.subject).like(f"answer {entry_id} %"), besides=besides)
    if int(stored) + coming + length > prize.team_bytes:
        limit = size_words(prize.team_bytes)
        raise Invalid(
            f"The files of this entry may have {limit} in all. Remove a file or cancel an upload first.", "length"
        )


def _drafts(db: Session, entry_id: UUID, question_key: UUID) -> list[DraftFile]:
    return list(
        db.exec(
            select(DraftFile).where(col(DraftFile.entry_id) == entry_id, col(DraftFile.question_key) == question_key)
        ).all()
    )
