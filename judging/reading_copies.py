"""All entries of a judge as one PDF: made by a job when it is asked for, and made anew when what it shows has changed.

It is sent only while it shows what the judge may read now. An entry with which they come into conflict is in none that
is sent from then on.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from judging.blinding import BlindAnswer, BlindFile, blind_answers, digest_of_what_is_read
from judging.copies import Kept
from judging.models import CopyPage, JudgesCopy, ReadingCopy
from judging.policy import Action
from judging.reading_pdf import Cover, PrintedAnswer, PrintedEntry, PrintedFile, print_entries
from judging.scorecards import own_assignments
from prize.entries.files import FileToSend
from prize.entries.models import Entry
from prize.models import Prize, Stage, StageState
from settings import get_settings
from storage.cleaning.types import PDF
from storage.clock import now
from storage.database import one_matching, reading
from storage.errors import NOT_YOURS, Closed, Invalid, Refused
from storage.files import StoredFile
from storage.jobs import enqueue_once, job, regular
from storage.objects import copy_object, keep, sha256_of, stored_file

MAKE: Final = "all entries of a judge as one PDF"
RENEW: Final = "renew PDFs of judges' entries"
EVERY: Final = timedelta(minutes=1)
NAME: Final = "entries-to-judge.pdf"
WITHHELD: Final = "Withheld by the secretariat, since it tells who made the entry."


class ReadingState(StrEnum):
    NOT_ASKED = "not asked for"
    BEING_MADE = "being made"
    READY = "ready"


@dataclass(frozen=True)
class Made:
    """The PDF as the job has kept it, and of what; nothing is kept where there is no entry to print."""

    stamp: str
    folder: UUID
    kept: Kept | None


@command(Action.ORDER_READING_COPY)
def order_reading_copy(db: Session, actor: Actor, stage_id: UUID) -> None:
    """Have all of one's entries made into one PDF, which is made anew whenever they change while judging lasts.

    Raises
    ------
    Invalid : the judge has no entries yet.
    """
    assert actor.person_id is not None
    if not own_assignments(db, actor.person_id, stage_id):
        raise Invalid("You have no entries yet, so there is nothing to put into a PDF.")
    row = _row(db, actor.person_id, stage_id)
    if row is None:
        row = ReadingCopy(stage_id=stage_id, judge_id=actor.person_id, asked_at=now(db))
        db.add(row)
        db.flush()
    _have_made(db, row)


@query(Action.SEE_ASSIGNMENTS)
def reading_copy(db: Session, actor: Actor, stage_id: UUID) -> ReadingState:
    """Whether the judge's entries are there as one PDF that shows what they may read now."""
    row = _row(db, actor.person_id, stage_id)
    if row is None:
        return ReadingState.NOT_ASKED
    current = row.file_id is not None and row.stamp == stamp_of(db, row.judge_id, stage_id)
    return ReadingState.READY if current else ReadingState.BEING_MADE


@query(Action.SEE_ASSIGNMENTS)
def reading_copy_to_send(db: Session, actor: Actor, stage_id: UUID) -> FileToSend:
    """The PDF itself.

    Raises
    ------
    Refused : it was never asked for.
    Closed : it is not made yet, or shows what has changed since.
    """
    row = _row(db, actor.person_id, stage_id)
    if row is None:
        raise Refused(NOT_YOURS)
    if row.file_id is None or row.stamp != stamp_of(db, row.judge_id, stage_id):
        raise Closed("This PDF is being made, or made anew since your entries have changed. Try again in two minutes.")
    return FileToSend.of(db.get_one(StoredFile, row.file_id), NAME)


def stamp_of(db: Session, judge_id: UUID, stage_id: UUID) -> str:
    """What tells cheaply whether anything has changed that the PDF shows."""
    return digest_of_what_is_read(db, [row.entry_id for row in own_assignments(db, judge_id, stage_id)])


def _row(db: Session, judge_id: UUID | None, stage_id: UUID) -> ReadingCopy | None:
    return one_matching(db, ReadingCopy, judge_id=judge_id, stage_id=stage_id)


def _have_made(db: Session, row: ReadingCopy) -> None:
    if row.stamp != stamp_of(db, row.judge_id, row.stage_id):
        arguments = {"reading_copy_id": str(row.id)}
        enqueue_once(db, MAKE, arguments, run_at=now(db), about=f"reading copy {row.id}")


READ_IN = (StageState.JUDGING, StageState.DECIDING, StageState.CONFIRMED)
"""While judges may read their entries."""


@regular(RENEW, EVERY)
def _renew(db: Session, arguments: Mapping[str, Any], _: None) -> None:
    rows = select(ReadingCopy).join(Stage, col(Stage.id) == col(ReadingCopy.stage_id))
    for row in db.exec(rows.where(col(Stage.state).in_(READ_IN))).all():
        _have_made(db, row)


def _make(arguments: Mapping[str, Any]) -> Made:
    room = get_settings().folder / "cleaning"
    room.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=room) as name, reading() as db:
        row = db.get_one(ReadingCopy, UUID(arguments["reading_copy_id"]))
        stage = db.get_one(Stage, row.stage_id)
        stamp = stamp_of(db, row.judge_id, stage.id)
        cover = Cover(db.get_one(Prize, stage.prize_id).title, stage.name)
        entries = entries_of(db, row.judge_id, stage.id, Path(name))
        if not entries:
            return Made(stamp, stage.prize_id, None)
        target = Path(name) / NAME
        print_entries(cover, entries, target)
        kept = Kept(sha256_of(target), target.stat().st_size)
        keep(target, stage.prize_id, kept.sha256)
        return Made(stamp, stage.prize_id, kept)


@job(MAKE, before=_make)
def _made(db: Session, arguments: Mapping[str, Any], made: Made) -> None:
    row = db.get(ReadingCopy, UUID(arguments["reading_copy_id"]))
    if row is None:  # erased meanwhile
        return
    kept = made.kept
    row.file_id = stored_file(db, made.folder, kept.sha256, kept.size, PDF).id if kept else None
    row.stamp = made.stamp
    db.add(row)


def entries_of(db: Session, judge_id: UUID, stage_id: UUID, folder: Path) -> list[PrintedEntry]:
    """What a judge may read now, in the order of their list, with the files brought into ``folder``."""
    codes = {row.entry_id: str(db.get_one(Entry, row.entry_id).code) for row in own_assignments(db, judge_id, stage_id)}
    return [_printed(db, code, entry_id, folder) for entry_id, code in sorted(codes.items(), key=lambda pair: pair[1])]


def _printed(db: Session, code: str, entry_id: UUID, folder: Path) -> PrintedEntry:
    answers = blind_answers(db, entry_id)
    files = [_brought(db, file, folder) for answer in answers for file in answer.files if file.ready]
    return PrintedEntry(
        code,
        tuple(PrintedAnswer(each.wording, each.text, _notes(each)) for each in answers),
        tuple(files),
    )


def _notes(answer: BlindAnswer) -> tuple[str, ...]:
    said = [_note_of(file) for file in answer.files]
    if answer.withheld:
        said.append(WITHHELD)
    elif not answer.ready:
        said.append("Being prepared")
    elif not answer.text and not answer.files:
        said.append("No answer.")
    return tuple(said)


def _note_of(file: BlindFile) -> str:
    if file.ready:
        pages = "1 page" if len(file.ratios) == 1 else f"{len(file.ratios)} pages"
        return f"{file.name}, after these answers: {pages}"
    if file.withheld:
        return WITHHELD
    return f"{file.name} could not be read." if file.failed else f"{file.name}, being prepared"


def _brought(db: Session, file: BlindFile, folder: Path) -> PrintedFile:
    """The copy from the store: a PDF as it is, of other kinds the images of their pages."""
    copy = db.get_one(JudgesCopy, file.id)
    stored = db.get_one(StoredFile, copy.file_id)
    if stored.content_type == PDF:
        return PrintedFile(file.name, _fetched(stored, folder))
    pages = sorted(db.exec(select(CopyPage).where(col(CopyPage.copy_id) == copy.id)), key=lambda page: page.number)
    images = [db.get_one(StoredFile, page.zoom_file_id or page.file_id) for page in pages]
    return PrintedFile(file.name, None, tuple(_fetched(image, folder) for image in images))


def _fetched(stored: StoredFile, folder: Path) -> Path:
    target = folder / stored.sha256
    if not target.exists():
        copy_object(stored.object_name, target)
    return target
