"""Judges' copies: made in one batch when a stage closes, cleaned in a child process, read page by page."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import query
from judging.models import CopyPage, CopyState, JudgesCopy
from judging.policy import Action
from prize.closing import STAGE_CLOSED
from prize.entries.corrections import ENTRY_CORRECTED
from prize.entries.files import FileToSend
from prize.entries.models import Entry, EntryFile, EntryVersion
from prize.entries.versions import files_of, submitted_entries, submitted_version
from prize.form import questions_submitted
from prize.models import Stage
from settings import get_settings
from storage.cleaning.child import CleanPage, clean_in_child
from storage.cleaning.types import SUFFIXES
from storage.database import locked, matching, one_matching, reading, remove_all
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
class KeptPage:
    """The images of a page, with what its row holds beside them."""

    reading: Kept
    zoom: Kept
    page: CleanPage


@dataclass(frozen=True)
class PageWords:
    """The words of a page where they stand: per cent of its width and height, and by how many degrees they turn."""

    lines: tuple[tuple[str, float, float, float, float, int], ...]
    text: str


@dataclass(frozen=True)
class Made:
    """What cleaning brought: the copy and its pages, kept already; or the problem."""

    folder: UUID
    content_type: str
    copy: Kept | None
    pages: tuple[KeptPage, ...]
    problem: str


@job(STAGE_CLOSED)
def _order_copies(db: Session, arguments: Mapping[str, Any], _: None) -> None:
    """One row and one job for each file that judges may read, in the order of entry codes.

    Files of other answers are not even counted: a number in a name would tell how many there are. Whoever orders copies
    holds the stage, so that this and a correction do not both order one of the same file.
    """
    stage = locked(db, Stage, UUID(arguments["stage_id"]))
    for entry in submitted_entries(db, stage.id):
        version = submitted_version(db, entry.id)
        for number, file in enumerate(_readable(db, version), start=1):
            if one_matching(db, JudgesCopy, entry_file_id=file.id) is None:
                _order_copy(db, entry, file, _name(db, entry, number, file))


@job(ENTRY_CORRECTED)
def _follow_correction(db: Session, arguments: Mapping[str, Any], _: None) -> None:
    """Keep the copies of files that still count, drop those of files that were taken out, and order those of new ones.

    A new copy gets a number that none of the entry's has.
    """
    entry = db.get_one(Entry, UUID(arguments["entry_id"]))
    locked(db, Stage, entry.stage_id)
    files = {(file.question_key, file.file_id): file for file in _readable(db, submitted_version(db, entry.id))}
    numbers = count(1)
    taken = set()
    for copy in matching(db, JudgesCopy, entry_id=entry.id):
        still = files.pop((copy.question_key, db.get_one(EntryFile, copy.entry_file_id).file_id), None)
        if still is None:
            remove_all(db, [*matching(db, CopyPage, copy_id=copy.id), copy])
            continue
        copy.entry_file_id = still.id
        taken.add(copy.name)
        db.add(copy)
    for file in files.values():
        name = next(name for name in (_name(db, entry, number, file) for number in numbers) if name not in taken)
        _order_copy(db, entry, file, name)


def _name(db: Session, entry: Entry, number: int, file: EntryFile) -> str:
    return f"{entry.code}-{number}{SUFFIXES.get(db.get_one(StoredFile, file.file_id).content_type, '')}"


def _order_copy(db: Session, entry: Entry, file: EntryFile, name: str) -> None:
    copy = JudgesCopy(entry_file_id=file.id, entry_id=entry.id, question_key=file.question_key, name=name)
    db.add(copy)
    db.flush()
    enqueue(db, CLEAN_COPY, {"copy_id": str(copy.id)}, about=f"copy {copy.id}")


def _readable(db: Session, version: EntryVersion | None) -> list[EntryFile]:
    """The files of a version without those of answers that reveal identity or are confidential."""
    if version is None:
        return []
    hidden = {question.key for question in questions_submitted(db, version.form_id) if not question.read_by_judges}
    return [file for file in files_of(db, version.id) if file.question_key not in hidden]


def _clean(arguments: Mapping[str, Any]) -> Made | None:
    """Clean the file and keep what comes of it; the rows follow in the job's transaction."""
    with reading() as db:
        copy = db.get(JudgesCopy, UUID(arguments["copy_id"]))
        if copy is None:
            return None  # the file was taken out meanwhile
        original = db.get_one(StoredFile, db.get_one(EntryFile, copy.entry_file_id).file_id)
    room = get_settings().folder / "cleaning"
    room.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=room) as name:
        folder = Path(name)
        source = folder / "original"
        copy_object(original.object_name, source)
        cleaned = clean_in_child(source, folder, original.content_type)
        if cleaned.copy is None:
            return Made(original.folder, original.content_type, None, (), cleaned.problem)
        pages = tuple(
            KeptPage(_keep(page.reading, original.folder), _keep(page.zoom, original.folder), page)
            for page in cleaned.pages
        )
        return Made(original.folder, original.content_type, _keep(cleaned.copy, original.folder), pages, "")


def _keep(path: Path, folder: UUID) -> Kept:
    kept = Kept(sha256_of(path), path.stat().st_size)
    keep(path, folder, kept.sha256)
    return kept


@job(CLEAN_COPY, before=_clean)
def _cleaned(db: Session, arguments: Mapping[str, Any], made: Made | None) -> None:
    copy = db.get(JudgesCopy, UUID(arguments["copy_id"]))
    if copy is None or made is None:
        return
    if made.copy is None:
        copy.state, copy.problem = CopyState.FAILED, made.problem
        db.add(copy)
        return
    copy.file_id = stored_file(db, made.folder, made.copy.sha256, made.copy.size, made.content_type).id
    copy.state = CopyState.CLEANED
    db.add(copy)
    for number, kept in enumerate(made.pages, start=1):
        near, far = (
            stored_file(db, made.folder, image.sha256, image.size, PAGE_TYPE) for image in (kept.zoom, kept.reading)
        )
        db.add(
            CopyPage(
                copy_id=copy.id,
                number=number,
                file_id=far.id,
                zoom_file_id=near.id,
                ratio=kept.page.ratio,
                lines=[list(line) for line in kept.page.lines],
                text=kept.page.text,
            )
        )


@query(Action.READ_COPY)
def copy_to_read(db: Session, actor: Actor, copy_id: UUID, page: int | None = None, closer: bool = False) -> FileToSend:
    """A judge's copy as a file, or one of its pages as an image, on request for a closer look.

    Raises
    ------
    Refused : it has no such page, or is not ready.
    """
    return copy_as_file(db, copy_id, page, closer)


def copy_as_file(db: Session, copy_id: UUID, page: int | None, closer: bool) -> FileToSend:
    """The same for whoever may read it for another reason."""
    copy = db.get_one(JudgesCopy, copy_id)
    if page is None:
        file_id, name = copy.file_id, copy.name
    else:
        row = _page(db, copy_id, page)
        file_id, name = (row.zoom_file_id or row.file_id) if closer else row.file_id, f"{copy.name}-{page}.webp"
    if file_id is None:
        raise Refused(NOT_YOURS)
    stored = db.get_one(StoredFile, file_id)
    return FileToSend.of(stored, name)


@query(Action.READ_COPY)
def words_of_page(db: Session, actor: Actor, copy_id: UUID, page: int) -> PageWords:
    """What a page of a judge's copy says, and where.

    Raises
    ------
    Refused : the copy has no such page, or is not ready.
    """
    return page_words(db, copy_id, page)


def page_words(db: Session, copy_id: UUID, page: int) -> PageWords:
    row = _page(db, copy_id, page)
    return PageWords(tuple(tuple(line) for line in row.lines), row.text)


def _page(db: Session, copy_id: UUID, number: int) -> CopyPage:
    row = db.exec(select(CopyPage).where(col(CopyPage.copy_id) == copy_id, col(CopyPage.number) == number)).first()
    if row is None:
        raise Refused(NOT_YOURS)
    return row
