"""Judges' copies: made in one batch when a stage closes, cleaned in a child process, read page by page."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import query
from judging.models import CopyPage, CopyState, JudgesCopy
from judging.policy import Action
from prize.entries.files import FileToSend
from prize.entries.models import EntryFile
from prize.entries.versions import files_of, submitted_entries, submitted_version
from prize.models import Stage
from prize.stages import STAGE_CLOSED
from settings import get_settings
from storage.cleaning.child import clean_in_child
from storage.cleaning.types import PDF
from storage.database import reading
from storage.errors import NOT_YOURS, Refused
from storage.files import StoredFile
from storage.jobs import enqueue, job
from storage.objects import copy_object, keep, sha256_of, stored_file

CLEAN_COPY = "clean copy"
PAGE_TYPE = "image/webp"


@dataclass(frozen=True)
class Kept:
    """An object that a job has kept and its transaction gives a row."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Made:
    """What cleaning brought: the copy and its pages, kept already; or the problem."""

    folder: UUID
    copy: Kept | None
    pages: tuple[Kept, ...]
    texts: tuple[str, ...]
    problem: str


@job(STAGE_CLOSED)
def _order_copies(db: Session, arguments: Mapping[str, Any], _: None) -> None:
    """One row and one job for each file, in the order of entry codes."""
    stage = db.get_one(Stage, UUID(arguments["stage_id"]))
    for entry in submitted_entries(db, stage.id):
        version = submitted_version(db, entry.id)
        for number, file in enumerate(files_of(db, version.id) if version else (), start=1):
            if db.exec(select(JudgesCopy).where(col(JudgesCopy.entry_file_id) == file.id)).first() is None:
                copy = JudgesCopy(
                    entry_file_id=file.id,
                    entry_id=entry.id,
                    question_key=file.question_key,
                    name=f"{entry.code}-{number}.pdf",
                )
                db.add(copy)
                db.flush()
                enqueue(db, CLEAN_COPY, {"copy_id": str(copy.id)}, about=f"copy {copy.id}")


def _clean(arguments: Mapping[str, Any]) -> Made:
    """Clean the file and keep what comes of it; the rows follow in the job's transaction."""
    with reading() as db:
        copy = db.get_one(JudgesCopy, UUID(arguments["copy_id"]))
        original = db.get_one(StoredFile, db.get_one(EntryFile, copy.entry_file_id).file_id)
    room = get_settings().folder / "cleaning"
    room.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=room) as name:
        folder = Path(name)
        source = folder / "original"
        copy_object(original.object_name, source)
        cleaned = clean_in_child(source, folder)
        if cleaned.copy is None:
            return Made(original.folder, None, (), (), cleaned.problem)
        pages = tuple(_keep(page, original.folder) for page in cleaned.pages)
        return Made(original.folder, _keep(cleaned.copy, original.folder), pages, cleaned.texts, "")


def _keep(path: Path, folder: UUID) -> Kept:
    kept = Kept(sha256_of(path), path.stat().st_size)
    keep(path, folder, kept.sha256)
    return kept


@job(CLEAN_COPY, before=_clean)
def _cleaned(db: Session, arguments: Mapping[str, Any], made: Made) -> None:
    copy = db.get_one(JudgesCopy, UUID(arguments["copy_id"]))
    if made.copy is None:
        copy.state, copy.problem = CopyState.FAILED, made.problem
        db.add(copy)
        return
    copy.file_id = stored_file(db, made.folder, made.copy.sha256, made.copy.size, PDF).id
    copy.state = CopyState.CLEANED
    db.add(copy)
    for number, (page, text) in enumerate(zip(made.pages, made.texts, strict=True), start=1):
        row = stored_file(db, made.folder, page.sha256, page.size, PAGE_TYPE)
        db.add(CopyPage(copy_id=copy.id, number=number, file_id=row.id, text=text))


@query(Action.READ_COPY)
def copy_to_read(db: Session, actor: Actor, copy_id: UUID, page: int | None = None) -> FileToSend:
    """A judge's copy as a PDF, or one of its pages as an image.

    Raises
    ------
    Refused : it has no such page, or is not ready.
    """
    copy = db.get_one(JudgesCopy, copy_id)
    if page is None:
        file_id, name = copy.file_id, copy.name
    else:
        row = db.exec(select(CopyPage).where(col(CopyPage.copy_id) == copy_id, col(CopyPage.number) == page)).first()
        file_id, name = (row.file_id if row else None), f"{copy.name}-{page}.webp"
    if file_id is None:
        raise Refused(NOT_YOURS)
    stored = db.get_one(StoredFile, file_id)
    return FileToSend(stored.object_name, name, stored.content_type)
