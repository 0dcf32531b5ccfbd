"""The search for names: every answer and file that judges would read, as it is written and once more after closing.

It runs in the background. Questions that judges never see are not searched.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session

from prize.closing import SEARCH_SUBMITTED
from prize.entries.drafts import PAUSE, SEARCH_DRAFT, draft_answers, search_later
from prize.entries.identities import Identities, identities_of_entry, known_since
from prize.entries.models import CheckState, Entry, EntryVersion, NameCheck
from prize.entries.name_checks import about_answer, about_file, checks_of, digest_of_text, file_of
from prize.entries.names import Hit, find_names
from prize.entries.versions import files_of, submitted_version, versions_of
from prize.form import form_in_force, questions_of, questions_submitted
from prize.models import Stage
from settings import get_settings
from storage.cleaning.child import Extracted, extract_in_child
from storage.clock import now
from storage.database import locked, reading
from storage.files import StoredFile
from storage.jobs import enqueue, enqueue_once, job
from storage.objects import copy_object

SEARCH_FILE = "search a file for names"
NAMES_FOUND = "names were found in what was submitted"
"""The job of ``prize.entries.corrections`` that tells the team."""
CORRECTED = "It came after closing, as a correction. Judges read it when the secretariat has looked at it."
UNREADABLE = "Names cannot be searched for in this file, because it cannot be read."


@dataclass(frozen=True)
class _Content:
    """Something that judges would read: ``text`` of an answer, or a file whose words have to be taken out first."""

    about: str
    digest: str
    text: str
    file_id: UUID | None


def search_submitted(db: Session, entry_id: UUID) -> None:
    """Search what was submitted: answers at once, files by jobs of their own."""
    entry = db.get_one(Entry, entry_id)
    version = submitted_version(db, entry_id)
    if version is None:
        return
    _search(db, entry, _read_by_judges(db, version))


def search_files(db: Session, entry_id: UUID, words_of: Callable[[StoredFile], Extracted]) -> None:
    """Search the files of an entry that wait for their jobs at once, for a caller who can take their words out."""
    entry = locked(db, Entry, entry_id)
    for row in checks_of(db, entry_id).values():
        file_id = file_of(row)
        if file_id is not None and row.state is CheckState.SEARCHING:
            _search_words(db, entry, row, words_of(db.get_one(StoredFile, file_id)))


def search_anew(db: Session, entry_id: UUID) -> None:
    """Have everything in a draft searched once more, files too, since others stand behind it than before."""
    for row in checks_of(db, entry_id).values():
        row.content_digest, row.state = "", CheckState.SEARCHING
        db.add(row)
    db.flush()
    search_later(db, entry_id)


@job(SEARCH_DRAFT)
def _search_draft(db: Session, arguments: Mapping[str, Any], _: None) -> None:
    entry = db.get_one(Entry, UUID(arguments["entry_id"]))
    stage = db.get_one(Stage, entry.stage_id)
    if stage.closed_at is not None:
        return  # what was submitted is searched instead
    contents = []
    for answer in draft_answers(db, entry, questions_of(db, form_in_force(db, stage.id).id)):
        if not answer.question.read_by_judges:
            continue
        if answer.text.strip():
            contents.append(_answer(answer.question.key, answer.text.strip()))
        contents += [_file(db, answer.question.key, file.id) for file in answer.files]
    _search(db, entry, contents)


@job(SEARCH_SUBMITTED)
def _search_submitted(db: Session, arguments: Mapping[str, Any], _: None) -> None:
    search_submitted(db, UUID(arguments["entry_id"]))


def _extract(arguments: Mapping[str, Any]) -> Extracted:
    """Take the words out of a file, in a child process with limits."""
    with reading() as db:
        stored = db.get_one(StoredFile, UUID(arguments["file_id"]))
    room = get_settings().folder / "cleaning"
    room.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=room) as name:
        source = Path(name) / "original"
        copy_object(stored.object_name, source)
        return extract_in_child(source, stored.content_type)


@job(SEARCH_FILE, before=_extract)
def _search_file(db: Session, arguments: Mapping[str, Any], words: Extracted) -> None:
    entry = locked(db, Entry, UUID(arguments["entry_id"]))
    row = checks_of(db, entry.id).get(arguments["about"])
    if row is None or row.content_digest != arguments["digest"]:
        return  # the file has been taken out meanwhile
    _search_words(db, entry, row, words)


def _read_by_judges(db: Session, version: EntryVersion) -> list[_Content]:
    """The answers and files of a version that judges would read."""
    files, contents = files_of(db, version.id), []
    for question in questions_submitted(db, version.form_id):
        if not question.read_by_judges:
            continue
        if text := version.answers.get(str(question.key)):
            contents.append(_answer(question.key, str(text)))
        contents += [_file(db, question.key, file.file_id) for file in files if file.question_key == question.key]
    return contents


def _search_words(db: Session, entry: Entry, row: NameCheck, words: Extracted) -> None:
    late = CORRECTED if (row.about, row.content_digest) in _came_late(db, entry) else ""
    _found(db, row, _hits_in(words, identities_of_entry(db, entry)), UNREADABLE if words.problem else late)
    _tell_team_later(db, entry)


def _came_late(db: Session, entry: Entry) -> frozenset[tuple[str, str]]:
    """What counts of an entry now and did not when its stage closed, so that somebody has to look at it: what it is
    about, and its digest. Nothing where all of it has come since, as an import does."""
    closed_at = db.get_one(Stage, entry.stage_id).closed_at
    versions = versions_of(db, entry.id)
    in_time = [version for version in versions if closed_at is not None and version.submitted_at <= closed_at]
    if not in_time or len(in_time) == len(versions):
        return frozenset()
    then, today = (
        {(content.about, content.digest) for content in _read_by_judges(db, version)}
        for version in (in_time[-1], versions[-1])
    )
    return frozenset(today - then)


def _search(db: Session, entry: Entry, contents: list[_Content]) -> None:
    """Bring the checks of an entry to what stands there now.

    A file never changes, so it is searched again only for people of whom was not known when it was searched.
    """
    locked(db, Entry, entry.id)
    who, since = identities_of_entry(db, entry), known_since(db, entry)
    rows, late = checks_of(db, entry.id), _came_late(db, entry)
    for about in rows.keys() - {content.about for content in contents}:
        db.delete(rows[about])
    for content in contents:
        row = rows.get(content.about) or NameCheck(entry_id=entry.id, about=content.about, content_digest="", hits=[])
        outdated = content.file_id and row.decided_at is None and row.searched_at and row.searched_at < since
        fresh = row.content_digest != content.digest or outdated
        if fresh:
            row.content_digest, row.state = content.digest, CheckState.SEARCHING
            row.hits, row.problem, row.reason, row.decided_by, row.decided_at = [], "", "", None, None
            db.add(row)
        if content.file_id is None:
            corrected = CORRECTED if (content.about, content.digest) in late else ""
            _found(db, row, find_names(content.text, "answer", who), corrected)
        elif fresh:
            enqueue(
                db,
                SEARCH_FILE,
                {
                    "entry_id": str(entry.id),
                    "file_id": str(content.file_id),
                    "about": content.about,
                    "digest": content.digest,
                },
                about=f"entry {entry.id}",
            )
    db.flush()
    _tell_team_later(db, entry)


def _tell_team_later(db: Session, entry: Entry) -> None:
    """Once what was submitted has been searched; of a draft its page tells."""
    if db.get_one(Stage, entry.stage_id).closed_at is None:
        return
    if any(row.state is CheckState.HELD for row in checks_of(db, entry.id).values()):
        enqueue_once(db, NAMES_FOUND, {"entry_id": str(entry.id)}, run_at=now(db) + PAUSE, about=f"entry {entry.id}")


def _found(db: Session, row: NameCheck, hits: tuple[Hit, ...], problem: str) -> None:
    """Keep what a search found. A decision about the same finds stands."""
    plain = [dataclasses.asdict(hit) for hit in hits]
    if row.decided_at is None or row.hits != plain:
        row.state = CheckState.HELD if plain or problem else CheckState.CLEAR
        row.decided_by, row.decided_at, row.reason = None, None, ""
    row.hits, row.problem, row.searched_at = plain, problem, now(db)
    db.add(row)


def _hits_in(words: Extracted, who: Identities) -> tuple[Hit, ...]:
    """The names in everything that a file says, shown or not. What describes the file itself never reaches judges."""

    def places() -> Iterator[tuple[str, str]]:
        for number, text in enumerate(words.pages, start=1):
            yield f"page {number}", text
        for place, texts in (
            ("outline", words.outline),
            ("form field", words.form_values),
            ("link", words.links),
            ("comment", words.annotations),
        ):
            yield place, "\n".join(texts)

    return tuple(hit for place, text in places() for hit in find_names(text, place, who))


def _answer(question_key: UUID, text: str) -> _Content:
    return _Content(about_answer(question_key), digest_of_text(text), text, None)


def _file(db: Session, question_key: UUID, file_id: UUID) -> _Content:
    return _Content(about_file(question_key, file_id), f"sha256:{db.get_one(StoredFile, file_id).sha256}", "", file_id)
