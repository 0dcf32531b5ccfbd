"""After the kills: is everything there that people were told is there, and is nothing there by half?"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import STRANGER
from accounts.models import Person
from judging.models import (
    Comment,
    CommentSave,
    CopyState,
    Decision,
    JudgesCopy,
    Score,
    Scorecard,
    ScoreSave,
)
from prize.entries.models import (
    Answer,
    AnswerSave,
    DraftFile,
    Entry,
    EntryFile,
    EntryState,
    EntryVersion,
    NameCheck,
    Receipt,
    Screening,
    TeamMember,
)
from prize.entries.receipts import check_receipt
from prize.models import Stage
from storage.audit import AuditContent, AuditRow
from storage.canonical import digest
from storage.database import reading
from storage.files import StoredFile, Upload
from storage.jobs import Job, JobState
from storage.mail import SEND_MAIL, Mail, MailState
from storage.objects import blocks, object_name
from storage.sweeping import Kind, sweepable
from storage.verifying import verify
from tests.databases import Given
from tests.losses.people import Book, Place, Text
from tests.mailserver import MailServer
from tests.world import ask

SETTLED_SECONDS = 150.0


def settle(given: Given) -> None:
    """Wait until nothing is left to be done; what is regular is never done for good."""
    until = time.monotonic() + SETTLED_SECONDS
    while True:
        waiting = given.sql(
            "SELECT kind, state, attempts, last_error FROM job"
            " WHERE state IN ('waiting', 'running') AND about <> 'regular' AND kind <> 'close stage'"
        )
        if not waiting:
            return
        assert time.monotonic() < until, f"still to be done: {waiting}"
        time.sleep(0.2)


def losses(book: Book, mails: MailServer) -> list[str]:
    """What was lost, half done or done twice, each in words; nothing when all is well."""
    found: list[str] = []
    for check in (texts, files, submissions, scores, decisions, objects, copies, jobs):
        with reading() as db:
            found += check(db, book)
    with reading() as db:
        found += posted(db, mails)
    found += trail()
    found += [f"not clean: {words}" for words in book.unclean]
    found += [f"somebody stopped: {words}" for words in book.stopped_by]
    return found


def _all(db: Session, table: type[Any]) -> list[Any]:
    return list(db.exec(select(table)).all())


def texts(db: Session, book: Book) -> Iterator[str]:
    """Of each tab the last text that was called saved stands there, or in the history, or was replaced by its own."""
    stored: dict[Place, list[tuple[str, int, str]]] = defaultdict(list)
    versions: dict[Place, tuple[int, str]] = {}

    def take(place: Place, row: Any, earlier: list[Any]) -> None:
        versions[place] = row.version, row.text
        stored[place] = [(one.tab, one.save_number, one.text) for one in (row, *earlier)]

    answers, comments = defaultdict(list), defaultdict(list)
    for save in _all(db, AnswerSave):
        answers[save.answer_id].append(save)
    for save in _all(db, CommentSave):
        comments[save.comment_id].append(save)
    for row in _all(db, Answer):
        take(("answer", row.entry_id, str(row.question_key)), row, answers[row.id])
    cards = {row.id: row.assignment_id for row in _all(db, Scorecard)}
    for row in _all(db, Comment):
        take(("comment", cards[row.scorecard_id], row.reader.value), row, comments[row.id])

    last: dict[tuple[Place, str], Text] = {}
    for saved in book.saved:
        last[saved.place, saved.tab] = saved
        version, text = versions.get(saved.place, (0, ""))
        if version < saved.version or (version == saved.version and text != saved.text):
            yield f"{saved} was called saved, and version {version} is {text!r}"
    for (place, tab), saved in last.items():
        own = [(number, text) for one, number, text in stored[place] if one == tab]
        kept = any(text == saved.text for _, text in own)
        later = any(number > saved.number and book.tried[place, tab, number] == text for number, text in own)
        if not kept and not later:
            yield f"{saved} was called saved and is gone; there is {own}"
    for place, rows in stored.items():
        for tab, number, text in rows:
            if (place, tab, number) in book.tried and book.tried[place, tab, number] != text:
                yield f"{place} holds {text!r} as number {number} of {tab}, which sent something else"


def files(db: Session, book: Book) -> Iterator[str]:
    """A file that has arrived is in its draft, unless it was taken out again."""
    by_id = {row.id: row for row in _all(db, StoredFile)}
    there = {(row.entry_id, by_id[row.file_id].sha256, row.name) for row in _all(db, DraftFile)}
    removed = {by_id[key].sha256 for key in book.removed if key in by_id}
    for file in book.arrived:
        if (file.entry_id, file.sha256, file.name) not in there and file.sha256 not in removed:
            yield f"{file} had arrived and is not in the draft"
    for upload in _all(db, Upload):
        if (upload.finished_at is None) != (upload.file_id is None):
            yield f"upload {upload.name} has finished without a file, or has one without"


def submissions(db: Session, book: Book) -> Iterator[str]:
    """Every version has its receipt and every receipt its version, and proves what is stored."""
    receipts = {row.entry_version_id: row for row in _all(db, Receipt)}
    versions = {row.id: row for row in _all(db, EntryVersion)}
    by_id = {row.id: row for row in _all(db, StoredFile)}
    named: dict[UUID, dict[str, list[list[str]]]] = defaultdict(lambda: defaultdict(list))
    for row in _all(db, EntryFile):
        named[row.entry_version_id][str(row.question_key)].append([row.name, by_id[row.file_id].sha256])
    if set(receipts) != set(versions):
        yield f"{len(versions)} versions and {len(receipts)} receipts do not belong together"
    for key, version in versions.items():
        content = {
            "answers": version.answers,
            "files": {question: sorted(rows) for question, rows in named[key].items()},
        }
        if digest(content) != version.content_digest:
            yield f"version {version.number} of {version.entry_id} is not what its digest says"
    codes = {receipt.code: versions[key] for key, receipt in receipts.items() if key in versions}
    for entry_id, code in book.receipts:
        if code not in codes or codes[code].entry_id != entry_id:
            yield f"receipt {code} was given and is not known"
            continue
        shown = ask(check_receipt, STRANGER, code=code)
        if shown.content_digest != codes[code].content_digest:
            yield f"receipt {code} proves something else"
    of_entry: dict[UUID, list[EntryVersion]] = defaultdict(list)
    for version in versions.values():
        of_entry[version.entry_id].append(version)
    mails = {(row.event, row.person_id) for row in _all(db, Mail)}
    people = {row.id: row for row in _all(db, Person)}
    members = defaultdict(list)
    for member in _all(db, TeamMember):
        members[member.team_id].append(member.person_id)
    for entry in _all(db, Entry):
        own = sorted(of_entry[entry.id], key=lambda row: row.number)
        if [row.number for row in own] != list(range(1, len(own) + 1)):
            yield f"the versions of {entry.id} have gaps"
        if own and entry.state is EntryState.DRAFT:
            yield f"{entry.id} has versions and was never submitted"
        if not own and entry.state is not EntryState.DRAFT:
            yield f"{entry.id} is {entry.state.value} without a version"
        acts = book.acts.get(entry.id, [])
        if acts and acts[-1][1] and (acts[-1][0] == "submit") is not (entry.state is EntryState.SUBMITTED):
            yield f"the last that {entry.id} was told is {acts[-1][0]}, and it is {entry.state.value}"
        for row in own if acts else ():
            for person_id in members[entry.team_id]:
                if (f"entry {entry.id} submitted {row.number}", person_id) not in mails:
                    yield f"no mail to {people[person_id].name} about version {row.number} of {entry.id}"


def _is_within(told: list[Any], history: list[Any]) -> bool:
    """Whether all that was told is in the history, in this order."""
    rest = iter(history)
    return all(one in rest for one in told)


def scores(db: Session, book: Book) -> Iterator[str]:
    """Every score that was shown as saved was stored in its turn, and the last one stored stands."""
    cards = {row.id: row.assignment_id for row in _all(db, Scorecard)}
    history: dict[tuple[UUID, UUID], list[int]] = defaultdict(list)
    for row in sorted(_all(db, ScoreSave), key=lambda row: row.saved_at):
        history[cards[row.scorecard_id], row.criterion_key].append(row.points)
    told = defaultdict(list)
    for one in book.scores:
        told[one.assignment_id, one.criterion_key].append(one.points)
    for key, points in told.items():
        if not _is_within(points, history[key]):
            yield f"the scores {points} of {key} were shown as saved, and stored are {history[key]}"
    for row in _all(db, Score):
        key = cards[row.scorecard_id], row.criterion_key
        if row.points != history[key][-1] or row.version != len(history[key]):
            yield f"score {row.points} of {key} stands, and the last one saved is {history[key][-1]}"


def decisions(db: Session, book: Book) -> Iterator[str]:
    """Every decision that was told is in the record, and the last one stands."""
    screened: dict[UUID, list[str]] = defaultdict(list)
    for row in sorted(_all(db, Screening), key=lambda row: row.decided_at):
        screened[row.entry_id].append(row.reason)
    for key in {one.entry_id for one in book.decisions if one.what == "not eligible"}:
        told = [one.reason for one in book.decisions if one.entry_id == key and one.what == "not eligible"]
        if not _is_within(told, screened[key]):
            yield f"screening of {key} was told as {told[-3:]}, and the record is {screened[key][-3:]}"
    stands = {row.entry_id: row.reason for row in _all(db, Decision)}
    recorded = [
        str(content)
        for (content,) in db.execute(
            select(AuditContent.content)  # type: ignore[call-overload]
            .join(AuditRow, col(AuditRow.id) == col(AuditContent.audit_id))
            .where(col(AuditRow.action) == "decide entry")
            .order_by(col(AuditRow.position))
        ).all()
    ]
    all_acts = [str(row.content) for row in _all(db, AuditContent)]
    for key in {one.entry_id for one in book.decisions if one.what == "decision"}:
        told = [one.reason for one in book.decisions if one.entry_id == key and one.what == "decision"]
        for reason in told:
            if not any(reason in words for words in all_acts):
                yield f"the decision {reason!r} was told and is in no record"
        if told and stands[key] != told[-1]:
            later = [words for words in recorded if stands[key] in words]
            if not later and not any(stands[key] in words for words in all_acts):
                yield f"decision {stands[key]!r} stands, and {told[-1]!r} was told last"


def objects(db: Session, book: Book) -> Iterator[str]:
    """Every row has its object, byte for byte, and the sweeper lists nothing that a row names."""
    named = {row.object_name: row for row in _all(db, StoredFile)}
    for name, row in named.items():
        try:
            if sum(len(block) for block in blocks(name)) != row.size:
                yield f"object {name} has another size"
        except OSError as error:
            yield f"object {name} is not there as its row says: {error!r}"
    running = {str(row.id) for row in _all(db, Upload) if row.finished_at is None}
    arriving = {object_name(row.folder, row.sha256) for row in _all(db, Upload) if row.sha256}
    for one in sweepable():
        if one.kind is Kind.OBJECT and (one.name in named or one.name in arriving):
            yield f"the sweeper would take {one.name}"
        if one.kind in (Kind.PART, Kind.UPLOAD) and one.name in running:
            yield f"the sweeper would take the upload {one.name}"


def copies(db: Session, book: Book) -> Iterator[str]:
    """Each file of an entry that closed has one judges' copy that came to an end, and each content was searched."""
    closed = {row.id for row in _all(db, Stage) if row.closed_at is not None}
    made = Counter(row.entry_file_id for row in _all(db, JudgesCopy))
    for row in _all(db, JudgesCopy):
        if row.state is CopyState.WAITING or (row.state is CopyState.CLEANED and row.file_id is None):
            yield f"copy {row.name} is {row.state.value}"
    checks = {(row.entry_id, row.about): row for row in _all(db, NameCheck)}
    last: dict[UUID, EntryVersion] = {}
    for version in _all(db, EntryVersion):
        if version.entry_id not in last or last[version.entry_id].number < version.number:
            last[version.entry_id] = version
    for entry in _all(db, Entry):
        if entry.stage_id not in closed or entry.state is not EntryState.SUBMITTED:
            continue
        if not entry.code:
            yield f"{entry.id} was submitted and has no code"
        files = db.exec(select(EntryFile).where(col(EntryFile.entry_version_id) == last[entry.id].id)).all()
        for file in files:
            if made[file.id] != 1:
                yield f"{made[file.id]} copies of {file.name} of {entry.id}"
            check = checks.get((entry.id, f"{file.question_key} {file.file_id}"))
            if check is None or check.searched_at is None:
                yield f"{file.name} of {entry.id} was not searched for names"


def jobs(db: Session, book: Book) -> Iterator[str]:
    """No job was given up."""
    for row in _all(db, Job):
        if row.state is JobState.DEAD:
            yield f"job {row.kind} about {row.about} was given up after {row.attempts} attempts: {row.last_error}"


def posted(db: Session, mails: MailServer) -> Iterator[str]:
    """Each mail went out; where a worker was killed it may have gone out again, as the same mail."""
    sent = Counter(str(mail.message["Message-ID"]) for mail in mails.delivered)
    given = {row.about for row in _all(db, Job) if row.kind == SEND_MAIL}
    rows = {row.message_id: row for row in _all(db, Mail) if f"mail {row.id}" in given}
    for name, row in rows.items():
        if row.state is not MailState.SENT or not sent[name]:
            yield f"mail about {row.event} to {row.recipient} is {row.state.value} and went out {sent[name]} times"
    if strange := set(sent) - set(rows):
        yield f"{len(strange)} mails went out without a row"


def trail() -> Iterator[str]:
    """Everything recomputed, as ``manage.py verify`` does."""
    said: list[str] = []
    verify(said.append)
    yield from said
