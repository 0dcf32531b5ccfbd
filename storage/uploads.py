"""Files on their way in: what is durable of each, and who is sending it just now.

The row's offset moves in steps of 8 MiB, each after the bytes are safe on the disk, so that a process that dies makes
its client send at most one step again. Who sends holds a token; another process takes over after a silence.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from sqlmodel import Session, col, func, select

from storage.clock import now
from storage.database import locked
from storage.errors import NOT_YOURS, Closed, Invalid, Refused, Stale
from storage.files import Upload
from storage.objects import BLOCK, part_path

STEP = 8 * 1024 * 1024
SILENCE = timedelta(seconds=4)
LIFETIME = timedelta(days=7)
MOST_OPEN = 30


class Busy(Closed):
    """Somebody is sending this upload just now."""

    status = 423


@dataclass(frozen=True)
class UploadShown:
    """How far an upload is, in bytes."""

    id: UUID
    offset: int
    length: int
    expires_at: datetime


@dataclass(frozen=True)
class Turn:
    """The right to send, from ``offset`` on, until somebody else takes over."""

    upload_id: UUID
    token: UUID
    offset: int
    length: int
    folder: UUID
    subject: str


def begin(db: Session, person_id: UUID, folder: UUID, subject: str, name: str, length: int) -> UploadShown:
    """A new upload. Callers have checked that this person may add such a file to ``subject``.

    Raises
    ------
    Invalid : the person has too many unfinished ones.
    """
    moment_now = now(db)
    open_uploads = db.exec(
        select(func.count())
        .select_from(Upload)
        .where(
            col(Upload.person_id) == person_id,
            col(Upload.finished_at).is_(None),
            col(Upload.expires_at) > moment_now,
        )
    ).one()
    if open_uploads >= MOST_OPEN:
        raise Invalid(f"You have {MOST_OPEN} uploads that are not finished. Finish or cancel one first.")
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


def own_upload(db: Session, person_id: UUID | None, upload_id: UUID) -> Upload:
    """An unfinished upload of this person's.

    Raises
    ------
    Refused : there is none.
    Closed : it is finished, or too old.
    """
    row = db.get(Upload, upload_id)
    if row is None or row.person_id != person_id:
        raise Refused(NOT_YOURS)
    if row.finished_at is not None or row.expires_at <= now(db):
        raise Closed("This upload is finished or too old. Choose the file again.")
    return row


def progress(db: Session, person_id: UUID | None, upload_id: UUID) -> UploadShown:
    return _shown(own_upload(db, person_id, upload_id))


def take_turn(db: Session, person_id: UUID | None, upload_id: UUID, offset: int) -> Turn:
    """Begin to send from ``offset``.

    Raises
    ------
    Stale : the upload is at another offset.
    Busy : somebody else is sending.
    """
    own_upload(db, person_id, upload_id)
    row = locked(db, Upload, upload_id)
    moment_now = now(db)
    if row.token is not None and row.seen_at + SILENCE > moment_now:
        raise Busy("This file is being sent from another tab. Wait, or close that one.")
    if row.offset != offset:
        raise Stale("The upload is at another place. Ask where it is, and go on from there.")
    row.token, row.seen_at = uuid4(), moment_now
    db.add(row)
    return Turn(row.id, row.token, row.offset, row.length, row.folder, row.subject)


def advance(db: Session, turn: Turn, offset: int) -> None:
    """Record that the bytes before ``offset`` are safe.

    Raises
    ------
    Busy : somebody else has taken over.
    """
    row = locked(db, Upload, turn.upload_id)
    if row.token != turn.token:
        raise Busy("Another process has taken this upload over.")
    row.offset, row.seen_at = offset, now(db)
    db.add(row)


def end_turn(db: Session, turn: Turn) -> None:
    """Let others send again."""
    row = locked(db, Upload, turn.upload_id)
    if row.token == turn.token:
        row.token = None
        db.add(row)


def finish(db: Session, turn: Turn, file_id: UUID) -> Upload:
    """Mark an upload as arrived whole, as the stored file that it became."""
    row = locked(db, Upload, turn.upload_id)
    if row.token != turn.token:
        raise Busy("Another process has taken this upload over.")
    row.offset, row.file_id, row.finished_at, row.token = row.length, file_id, now(db), None
    db.add(row)
    return row


def cancel(db: Session, person_id: UUID | None, upload_id: UUID) -> None:
    """Give an unfinished upload up."""
    row = own_upload(db, person_id, upload_id)
    row.expires_at = now(db)
    db.add(row)


class Part:
    """The bytes of an upload on the disk, hashed as they pass. Used by one thread at a time."""

    def __init__(self, turn: Turn) -> None:
        self.path: Path = part_path(turn.upload_id)
        self.offset = turn.offset
        self._hash = hashlib.sha256()
        self._file: BinaryIO = self.path.open("r+b" if self.path.exists() else "w+b")
        left = turn.offset
        while left:
            block = self._file.read(min(BLOCK, left))
            if not block:
                raise Closed("A part of this file is no longer here. Choose the file again.")
            self._hash.update(block)
            left -= len(block)
        self._file.truncate(turn.offset)
        self._file.seek(turn.offset)

    def write(self, block: bytes) -> None:
        self._file.write(block)
        self._hash.update(block)
        self.offset += len(block)

    def sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def _shown(row: Upload) -> UploadShown:
    return UploadShown(row.id, row.offset, row.length, row.expires_at)
