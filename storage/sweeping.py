"""What is left over in the store: listed first, and deleted only when it is still nobody's after a day.

Nothing that a row names is ever taken. These are the cases in which a row could come too late, and why each is safe:

- *An object is kept while the sweep runs.* An object that was put there, or asked to stay, less than a day ago is not
  looked at. ``keep`` asks an object that is there already to stay, and a sweep looks at an object's time and deletes
  it, each while it holds ``STAYING``. So either the sweep sees the new time, or ``keep`` finds nothing and puts it
  there again.
- *The row follows later.* It has a day, and jobs and uploads add it within seconds. An upload that was interrupted in
  between names its object in its own row (``Upload.sha256``) until it expires.
- *The row of an object that nothing refers to gets a reference while the sweep runs.* ``stored_file`` holds the row;
  the sweep skips rows that are held, looks for references once it holds the row itself, and the foreign key would
  refuse in the end. If the sweep was first, ``stored_file`` adds a new row, and the object, asked to stay just before,
  is still there.
- *Bytes of an upload that goes on.* The row is looked at after the bytes were listed; one that has neither finished
  nor expired keeps them, however old they are.

References are found by walking the foreign keys of all tables, so that a new table is covered without anyone
remembering.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, exists, not_
from sqlmodel import Session, col, or_, select

from settings import get_settings
from storage.checks import note_check
from storage.clock import now
from storage.database import one_process, reading, transact
from storage.files import StoredFile, Upload
from storage.jobs import regular
from storage.objects import STAYING
from storage.stores import Found, Leftover, store
from storage.tables import metadata

GRACE: Final = timedelta(hours=24)
SWEEP: Final = "sweep the store"

log = structlog.get_logger("laurel.sweeping")


class Kind(StrEnum):
    UPLOAD = "record of an upload that is over"
    PART = "bytes of an upload that is over"
    ROW = "record of a file that nothing refers to"
    OBJECT = "object without a record"
    CLEANING = "folder of a cleaning that was interrupted"


@dataclass(frozen=True)
class Sweepable:
    """One thing that can go. ``name`` says which, ``size`` is in bytes where it is known."""

    kind: Kind
    name: str
    size: int = 0
    multipart: str = ""


def sweepable() -> tuple[Sweepable, ...]:
    """What a sweep would delete now."""
    leftovers, objects = tuple(store().leftovers()), tuple(store().listing())
    with reading() as db:
        before = now(db) - GRACE
        return (
            *_uploads(db, before),
            *_parts(db, leftovers, before),
            *_rows(db, before),
            *_objects(db, objects, before),
            *_cleanings(before),
        )


def delete(listed: Iterable[Sweepable]) -> tuple[Sweepable, ...]:
    """Delete what was listed and can still go; returns that."""
    return tuple(one for one in listed if _DELETES[one.kind](one))


def sweep() -> tuple[Sweepable, ...]:
    """List and delete."""
    deleted = delete(sweepable())
    log.info("swept", things=len(deleted), bytes=sum(one.size for one in deleted))
    return deleted


@regular(SWEEP, timedelta(days=1), before=lambda _: sweep())
def _swept(db: Session, _: Mapping[str, Any], deleted: tuple[Sweepable, ...]) -> None:
    """The work was done in transactions of its own; what became of it is noted."""
    size = sum(one.size for one in deleted)
    note_check(db, SWEEP, f"Deleted {len(deleted):,}, {size:,} bytes." if deleted else "Nothing was left over.")


def _over(before: datetime) -> ColumnElement[bool]:
    """Uploads that finished or expired a while ago."""
    expired = col(Upload.finished_at).is_(None) & (col(Upload.expires_at) < before)
    return or_(col(Upload.finished_at) < before, expired)


def _uploads(db: Session, before: datetime) -> Iterator[Sweepable]:
    for upload_id in sorted(db.exec(select(Upload.id).where(_over(before))).all()):
        yield Sweepable(Kind.UPLOAD, str(upload_id))


def _delete_upload(one: Sweepable) -> bool:
    upload_id = UUID(one.name)

    def take(db: Session) -> Upload | None:
        held = select(Upload).where(col(Upload.id) == upload_id, _over(now(db) - GRACE))
        row = db.exec(held.with_for_update(skip_locked=True)).one_or_none()
        if row is not None:
            db.delete(row)
        return row

    row = transact(take)
    if row is not None:
        store().forget(upload_id, row.multipart if row.finished_at is None else "")
    return row is not None


def _parts(db: Session, leftovers: Iterable[Leftover], before: datetime) -> Iterator[Sweepable]:
    for leftover in leftovers:
        if leftover.at < before and _is_leftover(db, leftover.upload_id, leftover.multipart):
            yield Sweepable(Kind.PART, str(leftover.upload_id), multipart=leftover.multipart)


def _is_leftover(db: Session, upload_id: UUID, multipart: str) -> bool:
    """Whether bytes belong to no upload that can go on; also a second multipart of one that can."""
    row = db.get(Upload, upload_id)
    if row is None or row.finished_at is not None or row.expires_at <= now(db):
        return True
    return bool(multipart) and row.multipart != "" and row.multipart != multipart


def _delete_part(one: Sweepable) -> bool:
    upload_id = UUID(one.name)
    with reading() as db:
        if not _is_leftover(db, upload_id, one.multipart):
            return False
        alive = db.get(Upload, upload_id)
    if alive is not None and alive.finished_at is None and one.multipart:
        store().abort(upload_id, one.multipart)
    else:
        store().forget(upload_id, one.multipart)
    return True


def _unreferenced() -> ColumnElement[bool]:
    """Stored files that no row of any table refers to."""
    stored: Any = metadata().tables[StoredFile.__tablename__]
    references = [
        key.parent == stored.c.id
        for table in metadata().sorted_tables
        for key in table.foreign_keys
        if key.column.table is stored
    ]
    return not_(or_(*(exists().where(reference) for reference in references)))


def _rows(db: Session, before: datetime) -> Iterator[Sweepable]:
    rows = db.exec(select(StoredFile).where(col(StoredFile.stored_at) < before, _unreferenced())).all()
    for row in sorted(rows, key=lambda row: row.object_name):
        yield Sweepable(Kind.ROW, row.object_name, row.size)


def _delete_row(one: Sweepable) -> bool:
    folder, _, sha256 = one.name.partition("/")
    named = (col(StoredFile.folder) == UUID(folder), col(StoredFile.sha256) == sha256)

    def take(db: Session) -> bool:
        held = db.exec(select(StoredFile).where(*named).with_for_update(skip_locked=True)).one_or_none()
        if held is None or held.stored_at >= now(db) - GRACE:
            return False
        if db.exec(select(StoredFile.id).where(*named, _unreferenced())).one_or_none() is None:
            return False
        db.delete(held)
        return True

    if not transact(take):
        return False
    _delete_object(one)
    return True


def _objects(db: Session, objects: Iterable[Found], before: datetime) -> Iterator[Sweepable]:
    for found in objects:
        if found.at < before and _is_nobodys(db, found.name):
            yield Sweepable(Kind.OBJECT, found.name, found.size)


def _is_nobodys(db: Session, name: str) -> bool:
    """Whether an object is one of a prize's files, and no row names it. What has another kind of name is left alone."""
    folder, _, sha256 = name.partition("/")
    try:
        prize_id = UUID(folder)
        if len(bytes.fromhex(sha256)) != 32:
            return False
    except ValueError:
        return False
    stored = select(StoredFile.id).where(col(StoredFile.folder) == prize_id, col(StoredFile.sha256) == sha256)
    arriving = select(Upload.id).where(
        col(Upload.folder) == prize_id,
        col(Upload.sha256) == sha256,
        col(Upload.finished_at).is_(None),
        col(Upload.expires_at) > now(db),
    )
    return db.exec(stored).first() is None and db.exec(arriving).first() is None


def _delete_object(one: Sweepable) -> bool:
    with one_process(STAYING):
        found = store().look(one.name)
        with reading() as db:
            gone = found is not None and found.at < now(db) - GRACE and _is_nobodys(db, one.name)
        if gone:
            store().delete(one.name)
    return gone


def _cleanings(before: datetime) -> Iterator[Sweepable]:
    for folder in sorted((get_settings().folder / "cleaning").glob("*")):
        if _changed_at(folder) < before:
            yield Sweepable(Kind.CLEANING, folder.name)


def _delete_cleaning(one: Sweepable) -> bool:
    shutil.rmtree(get_settings().folder / "cleaning" / one.name, ignore_errors=True)
    return True


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


_DELETES: Final = {
    Kind.UPLOAD: _delete_upload,
    Kind.PART: _delete_part,
    Kind.ROW: _delete_row,
    Kind.OBJECT: _delete_object,
    Kind.CLEANING: _delete_cleaning,
}
