"""What the search for names found in an entry, and what follows: shown to its team, kept from judges, decided.

Every answer and file that judges would read is searched in the background, as it is written and once more when the
stage has closed. A judge reads it only when the content that was submitted is clear, or the secretariat has said that
what was found is not a hit. Questions that judges never see are not searched.
"""

from __future__ import annotations

import dataclasses
import hashlib
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command
from prize.closing import SEARCH_SUBMITTED
from prize.entries.drafts import PAUSE, SEARCH_DRAFT, draft_answers, search_later
from prize.entries.identities import Identities, identities_of_entry, known_since
from prize.entries.models import CheckState, Entry, EntryFile, EntryVersion, NameCheck
from prize.entries.names import Hit, Tells, find_names
from prize.entries.versions import files_of, submitted_version
from prize.form import form_in_force, questions_of, questions_submitted
from prize.models import Stage, StageState
from prize.policy import Action
from settings import get_settings
from storage.canonical import digest
from storage.cleaning.child import Extracted, extract_in_child
from storage.clock import now
from storage.database import found, locked, matching, reading
from storage.errors import Closed, Invalid, Stale
from storage.files import StoredFile
from storage.jobs import enqueue, enqueue_once, job
from storage.objects import copy_object
from storage.values import OptionalLine, Reference

SEARCH_FILE = "search a file for names"
READ_BY_JUDGES = (CheckState.CLEAR, CheckState.ALLOWED)
NAMES_FOUND = "names were found in what was submitted"
"""The job of ``prize.entries.corrections`` that tells the team."""
CORRECTED = "It came after closing, as a correction. Judges read it when the secretariat has looked at it."
UNREADABLE = "Names cannot be searched for in this file, because it cannot be read."


@dataclass(frozen=True)
class NameCheckShown:
    """What was found in an answer or file. ``file_id`` is None for an answer's text.

    ``problem`` says why a file could not be searched; it is then kept from judges like one with a hit. ``digest``
    stands for what was searched and what was found, so that nobody decides about something else.
    """

    question_key: UUID
    file_id: UUID | None
    state: CheckState
    hits: tuple[Hit, ...]
    problem: str
    reason: str
    digest: str


@dataclass(frozen=True)
class _Content:
    """Something that judges would read: ``text`` of an answer, or a file whose words have to be taken out first.

    ``came_late`` says of a text that it is another one than before the closing.
    """

    about: str
    digest: str
    text: str
    file_id: UUID | None
    came_late: bool = False


@command(Action.DECIDE_NAMES)
def decide_names(
    db: Session,
    actor: Actor,
    entry_id: UUID,
    question_key: UUID,
    file_id: UUID | None,
    withhold: bool,
    seen: Reference,
    reason: OptionalLine = "",
) -> None:
    """Say of an answer or file with a hit that it is none, or that judges do not get it. The latest decision counts.

    ``seen`` is the digest of what was shown.

    Raises
    ------
    Invalid : nothing was found there.
    Stale : the answer or file has been replaced, or something else been found in it, since it was shown.
    Closed : the stage has not closed yet, or its judging has ended.
    """
    entry = found(db, Entry, entry_id)
    stage = locked(db, Stage, entry.stage_id)
    if stage.closed_at is None:
        raise Closed("The team can still replace this. Decide after the stage has closed.")
    if stage.state not in (StageState.PLANNED, StageState.SCREENING, StageState.JUDGING):
        raise Closed("Judging has ended, so this can no longer be changed.")
    row = db.exec(
        select(NameCheck).where(
            col(NameCheck.entry_id) == entry_id, col(NameCheck.about) == _about(question_key, file_id)
        )
    ).one_or_none()
    if row is None or not (row.hits or row.problem):
        raise Invalid("Nothing was found there, so there is nothing to decide.", "question_key")
    if seen != _digest(row):
        raise Stale("This has changed since you opened the page. Read what stands there now, then decide.")
    row.state = CheckState.WITHHELD if withhold else CheckState.ALLOWED
    row.reason, row.decided_by, row.decided_at = reason, actor.person_id, now(db)
    db.add(row)


def search_submitted(db: Session, entry_id: UUID) -> None:
    """Search what was submitted: answers at once, files by jobs of their own."""
    entry = db.get_one(Entry, entry_id)
    version = submitted_version(db, entry_id)
    if version is None:
        return
    names = {key: str(text) for key, text in version.answers.items()}
    files, in_time = files_of(db, version.id), _in_time(db, entry)
    contents = []
    for question in questions_submitted(db, version.form_id):
        if not question.read_by_judges:
            continue
        if text := names.get(str(question.key)):
            late = in_time is not None and in_time.answers.get(str(question.key)) != text
            contents.append(dataclasses.replace(_answer(question.key, text), came_late=late))
        contents += [_file(db, question.key, file.file_id) for file in files if file.question_key == question.key]
    _search(db, entry, contents)


def search_files(db: Session, entry_id: UUID, words_of: Callable[[StoredFile], Extracted]) -> None:
    """Search the files of an entry that wait for their jobs at once, for a caller who can take their words out."""
    entry = locked(db, Entry, entry_id)
    for row in checks_of(db, entry_id).values():
        file_id = _shown(row).file_id
        if file_id is not None and row.state is CheckState.SEARCHING:
            _search_words(db, entry, row, file_id, words_of(db.get_one(StoredFile, file_id)))


def checks_of(db: Session, entry_id: UUID) -> dict[str, NameCheck]:
    """The checks of an entry by what they are about; see ``about_answer`` and ``about_file``."""
    return {row.about: row for row in db.exec(select(NameCheck).where(col(NameCheck.entry_id) == entry_id)).all()}


def about_answer(question_key: UUID) -> str:
    return _about(question_key, None)


def about_file(question_key: UUID, file_id: UUID) -> str:
    return _about(question_key, file_id)


def may_be_read(check: NameCheck | None, text: str | None = None) -> bool:
    """Whether judges may read what a check is about; of an answer, only the text that was searched."""
    if check is None or check.state not in READ_BY_JUDGES:
        return False
    return text is None or check.content_digest == digest_of_text(text)


def is_withheld(check: NameCheck | None) -> bool:
    """Whether the secretariat has decided that judges do not get it."""
    return check is not None and check.state is CheckState.WITHHELD


def names_found(db: Session, entry_id: UUID) -> tuple[NameCheckShown, ...]:
    """What was found in an entry, for its team and the secretariat; what is clear is left out."""
    return tuple(
        _shown(row)
        for row in sorted(checks_of(db, entry_id).values(), key=lambda row: row.about)
        if row.hits or row.problem
    )


def waiting_for_names(db: Session, stage_id: UUID) -> dict[UUID, int]:
    """How many answers and files of each entry of a stage wait for the secretariat to decide about names."""
    return _in_state(db, stage_id, CheckState.HELD)


def being_searched(db: Session, stage_id: UUID) -> dict[UUID, int]:
    """How many files of each entry of a stage are still searched for names."""
    return _in_state(db, stage_id, CheckState.SEARCHING)


def _in_state(db: Session, stage_id: UUID, state: CheckState) -> Counter[UUID]:
    return Counter(
        db.exec(
            select(NameCheck.entry_id)
            .join(Entry, col(Entry.id) == col(NameCheck.entry_id))
            .where(col(Entry.stage_id) == stage_id, col(NameCheck.state) == state)
        ).all()
    )


def search_anew(db: Session, entry_id: UUID) -> None:
    """Have everything in a draft searched once more, files too, since others stand behind it than before."""
    for row in checks_of(db, entry_id).values():
        row.content_digest, row.state = "", CheckState.SEARCHING
        db.add(row)
    db.flush()
    search_later(db, entry_id)


def digest_of_text(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


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
    _search_words(db, entry, row, UUID(arguments["file_id"]), words)


def _search_words(db: Session, entry: Entry, row: NameCheck, file_id: UUID, words: Extracted) -> None:
    late = CORRECTED if _came_late(db, entry, file_id) else ""
    _found(db, row, _hits_in(words, identities_of_entry(db, entry)), UNREADABLE if words.problem else late)
    _tell_team_later(db, entry)


def _in_time(db: Session, entry: Entry) -> EntryVersion | None:
    """What counted of an entry when its stage closed; None where nothing has come since, or all of it has."""
    closed_at = db.get_one(Stage, entry.stage_id).closed_at
    if closed_at is None:
        return None
    rows = matching(db, EntryVersion, entry_id=entry.id)
    return max((row for row in rows if row.submitted_at <= closed_at), key=lambda row: row.number, default=None)


def _came_late(db: Session, entry: Entry, file_id: UUID) -> bool:
    """Whether a file is in no version from before the closing, so that somebody has to look at it."""
    closed_at = db.get_one(Stage, entry.stage_id).closed_at
    if closed_at is None:
        return False
    in_time = (
        select(EntryFile.id)
        .join(EntryVersion, col(EntryVersion.id) == col(EntryFile.entry_version_id))
        .where(
            col(EntryVersion.entry_id) == entry.id,
            col(EntryVersion.submitted_at) <= closed_at,
            col(EntryFile.file_id) == file_id,
        )
    )
    return db.exec(in_time).first() is None


def _search(db: Session, entry: Entry, contents: list[_Content]) -> None:
    """Bring the checks of an entry to what stands there now.

    A file never changes, so it is searched again only for people of whom was not known when it was searched.
    """
    locked(db, Entry, entry.id)
    who, since = identities_of_entry(db, entry), known_since(db, entry)
    rows = checks_of(db, entry.id)
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
            _found(db, row, find_names(content.text, "answer", who), CORRECTED if content.came_late else "")
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


def _about(question_key: UUID, file_id: UUID | None) -> str:
    return f"{question_key} {file_id}" if file_id else str(question_key)


def _shown(row: NameCheck) -> NameCheckShown:
    question, _, file = row.about.partition(" ")
    return NameCheckShown(
        UUID(question),
        UUID(file) if file else None,
        row.state,
        tuple(Hit(**{**hit, "tells": Tells(hit["tells"])}) for hit in row.hits),
        row.problem,
        row.reason,
        _digest(row),
    )


def _digest(row: NameCheck) -> str:
    return digest([row.content_digest, row.hits, row.problem])
