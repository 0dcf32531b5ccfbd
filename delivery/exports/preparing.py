"""Everything of a prize as one archive: made by a job when it is asked for, and kept some days for whoever asked."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from delivery.exports.exporting import asker_of, write_archive
from delivery.exports.tables import Asker
from delivery.models import PreparedExport
from delivery.policy import Action
from prize.entries.files import FileToSend
from prize.models import Prize
from settings import get_settings
from storage.canonical import digest
from storage.clock import now
from storage.database import found, one_matching, reading, remove_all
from storage.errors import NOT_YOURS, Closed, Invalid, Refused
from storage.files import StoredFile
from storage.jobs import enqueue, is_unfinished, job, regular
from storage.objects import keep, sha256_of, stored_file

MAKE: Final = "export of a prize"
REMOVE: Final = "remove old exports"
KEPT_FOR: Final = timedelta(days=7)
ZIP: Final = "application/zip"


class ExportState(StrEnum):
    NOT_ASKED = "not asked for"
    BEING_MADE = "being made"
    READY = "ready"
    OUT_OF_DATE = "out of date"
    FAILED = "failed"


@dataclass(frozen=True)
class ExportShown:
    """How far the archive is that the actor has asked for. ``size`` is in bytes.

    Out of date is one whose reader may see something else by now than when it was made.
    """

    state: ExportState
    zone: str
    asked_at: datetime | None = None
    gone_at: datetime | None = None
    size: int = 0


@dataclass(frozen=True)
class _Made:
    sha256: str
    size: int
    may_see: str
    at: datetime


@command(Action.EXPORT_PRIZE)
def prepare_export(db: Session, actor: Actor, prize_id: UUID) -> None:
    """Have every table that one may see of a prize made into one archive. An earlier one that one asked for goes.

    Raises
    ------
    Invalid : one is being made already.
    """
    assert actor.person_id is not None
    row = _row(db, actor, prize_id)
    if row is not None and _is_being_made(db, row):
        raise Invalid("This export is being made already. It can be downloaded here when it is ready.")
    if row is None:
        row = PreparedExport(prize_id=prize_id, asked_by=actor.person_id, asked_at=now(db))
    row.asked_at, row.made_at, row.file_id, row.may_see = now(db), None, None, ""
    db.add(row)
    db.flush()
    enqueue(db, MAKE, {"prepared_export_id": str(row.id)}, about=_about(row))


@query(Action.EXPORT_PRIZE)
def prepared_export(db: Session, actor: Actor, prize_id: UUID) -> ExportShown:
    """How far the archive is that the actor has asked for."""
    row, zone = _row(db, actor, prize_id), db.get_one(Prize, prize_id).zone
    if row is None or _is_gone(db, row):
        return ExportShown(ExportState.NOT_ASKED, zone)
    if _is_being_made(db, row):
        return ExportShown(ExportState.BEING_MADE, zone, row.asked_at)
    if row.file_id is None or row.made_at is None:
        return ExportShown(ExportState.FAILED, zone, row.asked_at)
    current = row.may_see == _may_see(asker_of(db, actor, prize_id))
    return ExportShown(
        ExportState.READY if current else ExportState.OUT_OF_DATE,
        zone,
        row.asked_at,
        row.made_at + KEPT_FOR,
        found(db, StoredFile, row.file_id).size,
    )


@query(Action.EXPORT_PRIZE)
def export_to_send(db: Session, actor: Actor, prize_id: UUID) -> FileToSend:
    """The archive that the actor has asked for.

    Raises
    ------
    Refused : the actor has asked for none, or it is gone.
    Closed : it is not made yet, or the actor may see something else by now.
    """
    row = _row(db, actor, prize_id)
    if row is None or _is_gone(db, row):
        raise Refused(NOT_YOURS)
    if row.file_id is None:
        raise Closed("This export is not ready. The page “Export” says how far it is.")
    if row.may_see != _may_see(asker_of(db, actor, prize_id)):
        raise Closed("What you may see of this prize has changed since this export was made. Prepare it again.")
    slug = db.get_one(Prize, prize_id).slug
    return FileToSend.of(found(db, StoredFile, row.file_id), f"{slug}-export.zip")


def _row(db: Session, actor: Actor, prize_id: UUID) -> PreparedExport | None:
    return one_matching(db, PreparedExport, prize_id=prize_id, asked_by=actor.person_id)


def _about(row: PreparedExport) -> str:
    return f"prepared export {row.id}"


def _is_being_made(db: Session, row: PreparedExport) -> bool:
    return row.file_id is None and is_unfinished(db, MAKE, _about(row))


def _is_gone(db: Session, row: PreparedExport) -> bool:
    return (row.made_at or row.asked_at) + KEPT_FOR <= now(db)


def _may_see(asker: Asker) -> str:
    """What tells whether somebody may see something else than before."""
    kept, shut = (sorted(map(str, ids)) for ids in (asker.kept, asker.shut))
    return digest([kept, shut, asker.secretariat])


def _make(arguments: Mapping[str, Any]) -> _Made | None:
    room = get_settings().folder / "cleaning"
    room.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=room) as name, reading() as db:
        row = db.get(PreparedExport, UUID(arguments["prepared_export_id"]))
        if row is None:  # somebody was erased meanwhile
            return None
        at = now(db)
        asker = asker_of(db, Actor(row.asked_by), row.prize_id)
        archive = write_archive(db, asker, Path(name))
        made = _Made(sha256_of(archive), archive.stat().st_size, _may_see(asker), at)
        keep(archive, row.id, made.sha256)
        return made


@job(MAKE, before=_make)
def _made(db: Session, arguments: Mapping[str, Any], made: _Made | None) -> None:
    """In a folder of its own, so that it takes none of the room that the prize has for files."""
    row = db.get(PreparedExport, UUID(arguments["prepared_export_id"]))
    if row is None or made is None:
        return
    row.file_id = stored_file(db, row.id, made.sha256, made.size, ZIP).id
    row.may_see, row.made_at = made.may_see, made.at
    db.add(row)


@regular(REMOVE, timedelta(hours=6))
def _remove(db: Session, arguments: Mapping[str, Any], _: None) -> None:
    """Forget what is older than some days; its files, to which nothing refers any more, are swept."""
    before = now(db) - KEPT_FOR
    rows = db.exec(select(PreparedExport).where(col(PreparedExport.asked_at) < before)).all()
    remove_all(db, [row for row in rows if _is_gone(db, row)])
