"""Files on their way in: what is durable of each, and who is sending it just now.

The row's offset moves in steps of 8 MiB, each after the bytes are safe in the store, so that a process that dies makes
its client send at most one step again. Who sends holds a token; another process takes over after a silence, and from
then on nothing that the first one writes counts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from settings import get_settings
from storage.clock import now
from storage.database import locked
from storage.errors import NOT_YOURS, Closed, Invalid, Refused, Stale
from storage.files import StoredFile, Upload
from storage.objects import keep
from storage.stores import Durable

SILENCE = timedelta(seconds=4)
LIFETIME = timedelta(days=7)
MOST_OPEN = 30
LARGEST = 5_000_000_000
"""What S3 copies in one request."""

FULL = (
    "This prize's room for files is full. Tell its secretariat, who can ask the operator for more. "
    "What you have sent before is kept."
)
OVER = "This upload was cancelled, refused or is too old. Choose the file again."
TAKEN = "Another tab or device goes on with this file. Look there, or try again in a moment."


class Busy(Closed):
    """Somebody is sending this upload just now."""

    status = 423


@dataclass(frozen=True)
class UploadShown:
    """How far an upload is, in bytes. ``waits``: all are here, and what becomes of them is not yet written down."""

    id: UUID
    offset: int
    length: int
    expires_at: datetime
    waits: bool = False


@dataclass(frozen=True)
class Unfinished:
    """An upload that a person can go on with, by choosing the same file again."""

    id: UUID
    name: str
    offset: int
    length: int


@dataclass(frozen=True)
class Turn:
    """The right to send, from ``offset`` on, until somebody else takes over."""

    upload_id: UUID
    token: UUID
    offset: int
    length: int
    folder: UUID
    subject: str
    durable: Durable
    sha256: str = ""
    goes_on: bool = False
    """From what the process has in memory, and not from what is durable."""


@dataclass(frozen=True)
class InMemory:
    """How far a process is with the bytes that its last turn brought."""

    token: UUID
    offset: int


def begin(db: Session, person_id: UUID, folder: UUID, subject: str, name: str, length: int) -> UploadShown:
    """A new upload. Callers have checked that this person may add such a file to ``subject``.

    Raises
    ------
    Invalid : the person has too many unfinished ones, or the prize has no room.
    """
    moment_now = now(db)
    if len(_running(db, col(Upload.person_id) == person_id)) >= MOST_OPEN:
        raise Invalid(f"You have {MOST_OPEN} uploads that are not finished. Finish or cancel one first.")
    if length > LARGEST:
        raise Invalid(
            "The file is too large: at most 5 GB can be stored. Make it smaller and choose it again.", "length"
        )
    must_fit(db, folder, length)
    row = Upload(
        folder=folder,
        subject=subject,
        person_id=person_id,
        name=name,
        length=length,
        seen_at=moment_now,
        expires_at=moment_now + LIFETIME,
    )
    db.add(row)
    db.flush()
    return _shown(row)


def unfinished(db: Session, person_id: UUID | None, subject: str) -> tuple[Unfinished, ...]:
    """A person's own uploads for one thing that have not arrived, in the order of their names."""
    rows = _running(db, (col(Upload.person_id) == person_id) & (col(Upload.subject) == subject))
    in_order = sorted(rows, key=lambda row: (row.name, row.expires_at, str(row.id)))
    return tuple(Unfinished(row.id, row.name, row.offset, row.length) for row in in_order)


def _running(db: Session, which: ColumnElement[bool]) -> list[Upload]:
    alive = (col(Upload.finished_at).is_(None), col(Upload.expires_at) > now(db))
    return list(db.exec(select(Upload).where(which, *alive)).all())


def own_upload(db: Session, person_id: UUID | None, upload_id: UUID) -> Upload:
    """An upload of this person's, finished or not.

    Raises
    ------
    Refused : there is none.
    Closed : it was given up, or is too old.
    """
    row = db.get(Upload, upload_id)
    if row is None or row.person_id != person_id:
        raise Refused(NOT_YOURS)
    if row.finished_at is None and row.expires_at <= now(db):
        raise Closed(OVER)
    return row


def progress(db: Session, person_id: UUID | None, upload_id: UUID, memory: InMemory | None = None) -> UploadShown:
    """How far an upload is. What a process has in memory counts as long as nobody else has had a turn."""
    return _shown(own_upload(db, person_id, upload_id), memory)


def take_turn(
    db: Session, person_id: UUID | None, upload_id: UUID, offset: int, memory: InMemory | None = None
) -> Turn:
    """Begin to send from ``offset``.

    Raises
    ------
    Stale : the upload is at another offset.
    Busy : somebody else is sending.
    Closed : it is finished.
    """
    own_upload(db, person_id, upload_id)
    row = locked(db, Upload, upload_id)
    moment_now = now(db)
    if row.finished_at is not None or row.expires_at <= moment_now:
        raise Closed(OVER)
    if row.sending and row.seen_at + SILENCE > moment_now:
        raise Busy("This file is being sent from another tab. Wait, or close that one.")
    if offset != _offset(row, memory):
        raise Stale("The upload is at another place. Ask where it is, and go on from there.")
    goes_on = memory is not None and memory.token == row.token
    row.token, row.sending, row.seen_at = uuid4(), True, moment_now
    db.add(row)
    durable = Durable(row.id, row.offset, row.multipart, tuple(row.marks))
    return Turn(row.id, row.token, offset, row.length, row.folder, row.subject, durable, row.sha256, goes_on)


def still(db: Session, turn: Turn) -> Upload:
    """The row, held, as long as the turn lasts; it has been seen now.

    Raises
    ------
    Busy : somebody else has taken over.
    """
    row = locked(db, Upload, turn.upload_id)
    if row.token != turn.token:
        raise Busy(TAKEN)
    row.seen_at = now(db)
    db.add(row)
    return row


def advance(db: Session, turn: Turn, offset: int, mark: str = "", multipart: str = "", sha256: str = "") -> None:
    """Record that the bytes before ``offset`` are safe, and what the store calls them.

    Raises
    ------
    Busy : somebody else has taken over.
    """
    row = still(db, turn)
    row.offset = offset
    row.multipart = multipart or row.multipart
    row.sha256 = sha256 or row.sha256
    if mark:
        row.marks = [*row.marks, mark]


def go_back(db: Session, turn: Turn) -> None:
    """Forget what was recorded in this turn; parts in the store are written over."""
    row = still(db, turn)
    row.offset, row.marks = turn.durable.offset, list(turn.durable.marks)


def end_turn(db: Session, turn: Turn) -> None:
    """Let others send again."""
    row = locked(db, Upload, turn.upload_id)
    if row.token == turn.token:
        row.sending = False
        db.add(row)


def finish(db: Session, turn: Turn, file_id: UUID) -> Upload:
    """Mark an upload as arrived whole, as the stored file that it became."""
    row = still(db, turn)
    row.offset, row.file_id, row.finished_at, row.sending = row.length, file_id, now(db), False
    return row


def give_up(db: Session, turn: Turn) -> None:
    """End an upload whose bytes are all here and cannot be used."""
    row = still(db, turn)
    row.expires_at, row.sending = now(db), False


def cancel(db: Session, person_id: UUID | None, upload_id: UUID) -> str:
    """Give an unfinished upload up; returns what the store calls its parts.

    Raises
    ------
    Closed : it is finished, or was given up already.
    """
    row = own_upload(db, person_id, upload_id)
    if row.finished_at is not None:
        raise Closed("This file has arrived already. Remove it from the page instead.")
    row.expires_at, row.token, row.sending = now(db), None, False
    db.add(row)
    return row.multipart


def take_whole(db: Session, person_id: UUID | None, upload_id: UUID, content: bytes) -> tuple[Turn, str]:
    """Take all bytes of an upload at once, without the network; returns the SHA-256 that they are kept under."""
    turn = take_turn(db, person_id, upload_id, 0)
    sha256 = hashlib.sha256(content).hexdigest()
    folder = get_settings().folder / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / f"{upload_id}.part"
    source.write_bytes(content)
    keep(source, turn.folder, sha256)
    return turn, sha256


def must_fit(db: Session, folder: UUID, length: int, *, besides: UUID | None = None) -> None:
    """Refuse ``length`` more bytes for a prize that has no room for them. Uploads on their way count as a whole.

    Callers hold the prize's row, so that two that arrive at once are counted one after the other. ``besides`` is the
    upload that is to fit.

    Raises
    ------
    Invalid : there is no room.
    """
    stored = db.exec(select(func.coalesce(func.sum(StoredFile.size), 0)).where(col(StoredFile.folder) == folder)).one()
    coming = on_their_way(db, col(Upload.folder) == folder, besides=besides)
    if int(stored) + coming + length > get_settings().prize_bytes:
        raise Invalid(FULL, "length")


def on_their_way(db: Session, which: ColumnElement[bool], *, besides: UUID | None = None) -> int:
    """How many bytes were announced by the uploads that are running."""
    statement = select(func.coalesce(func.sum(Upload.length), 0)).where(
        which, col(Upload.finished_at).is_(None), col(Upload.expires_at) > now(db)
    )
    if besides is not None:
        statement = statement.where(col(Upload.id) != besides)
    return int(db.exec(statement).one())


def _offset(row: Upload, memory: InMemory | None) -> int:
    return memory.offset if memory and memory.token == row.token else row.offset


def _shown(row: Upload, memory: InMemory | None = None) -> UploadShown:
    waits = row.finished_at is None and row.offset == row.length
    return UploadShown(row.id, _offset(row, memory), row.length, row.expires_at, waits)
