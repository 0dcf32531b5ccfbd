"""Entries: started, written, submitted with a receipt, withdrawn."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import OrganisationKind
from prize import messages
from prize.brief import newest_rules
from prize.form import QuestionShown, misfit, newest_form, question_row, questions_of
from prize.lifecycle import ENTRY, Phase
from prize.models import (
    Answer,
    AnswerSave,
    DraftFile,
    Entry,
    EntryFile,
    EntryState,
    EntryVersion,
    Prize,
    QuestionKind,
    Receipt,
    Rules,
    Stage,
    TeamMember,
)
from prize.policy import Action
from prize.stages import StageShown, must_be_open, shown_stage
from prize.teams import TeamShown, member_ids, open_team, team_of
from storage.canonical import digest
from storage.clock import now
from storage.database import found, locked
from storage.errors import Invalid
from storage.files import StoredFile
from storage.saves import Saved, SaveNumber, Tab, Verdict, judge_save
from storage.values import Line, tidy

LONGEST_ANSWER = 60_000
RECEIPT_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

AnswerText = Annotated[str, Field(max_length=LONGEST_ANSWER)]


@dataclass(frozen=True)
class FileShown:
    """A file of a draft or of a submitted version, as its team and the secretariat see it. ``size`` is in bytes."""

    id: UUID
    name: str
    size: int
    content_type: str
    sha256: str


@dataclass(frozen=True)
class AnswerShown:
    """A question and what stands there now."""

    question: QuestionShown
    text: str
    version: int
    saved_at: datetime | None
    files: tuple[FileShown, ...]
    problem: str


@dataclass(frozen=True)
class ReceiptShown:
    """What proves a submission: its code, version, time, the version of the rules, and a digest of the content."""

    code: str
    number: int
    submitted_at: datetime
    rules_number: int
    content_digest: str
    files: tuple[FileShown, ...]


@dataclass(frozen=True)
class OwnEntryLine:
    id: UUID
    prize: str
    slug: str
    organisation: str
    state: EntryState
    stage: StageShown
    answered: int
    questions: int


@dataclass(frozen=True)
class OwnEntry:
    """An entry as its team sees it. ``changed_since`` says that the draft is not what was last submitted."""

    id: UUID
    prize_id: UUID
    prize: str
    slug: str
    rules: str
    rules_number: int
    stage: StageShown
    team: TeamShown
    state: EntryState
    answers: tuple[AnswerShown, ...]
    receipt: ReceiptShown | None
    changed_since: bool
    version: int


@dataclass(frozen=True)
class ReceiptCheck:
    """What a receipt's code tells anybody: that it is real, for which prize, when and which version."""

    code: str
    prize: str
    zone: str
    number: int
    submitted_at: datetime
    content_digest: str


@command(Action.START_ENTRY)
def start_entry(
    db: Session, actor: Actor, stage_id: UUID, organisation: Line, kind: OrganisationKind = OrganisationKind.COMPANY
) -> UUID:
    """Begin an entry for an organisation, or find the one that its team has begun in this stage.

    Raises
    ------
    Closed : the stage is not open.
    """
    stage = must_be_open(db, stage_id)
    assert actor.person_id is not None
    team = open_team(db, db.get_one(Prize, stage.prize_id), actor.person_id, organisation, kind)
    entry = db.exec(select(Entry).where(col(Entry.stage_id) == stage_id, col(Entry.team_id) == team.id)).first()
    if entry is None:
        entry = Entry(stage_id=stage_id, team_id=team.id, created_at=now(db))
        db.add(entry)
        db.flush()
    return entry.id


@command(Action.EDIT_ENTRY, audited=False)
def save_answer(
    db: Session,
    actor: Actor,
    entry_id: UUID,
    question_key: UUID,
    text: AnswerText,
    base_version: int,
    tab: Tab,
    save_number: SaveNumber,
) -> Saved:
    """Save an answer as it is being typed. See ``storage.saves`` for which save counts.

    Raises
    ------
    Invalid : the form has no such question, or the text holds characters that cannot be shown.
    Closed : the stage is not open.
    """
    entry = found(db, Entry, entry_id)
    stage = must_be_open(db, entry.stage_id)
    locked(db, Entry, entry_id)
    question_row(db, newest_form(db, stage.id).id, question_key)
    try:
        tidy(text, lines=True)
    except ValueError as error:
        raise Invalid(f"The answer {error}.", "text") from error
    text = text.replace("\r\n", "\n")
    moment_now = now(db)
    answer = _answer(db, entry_id, question_key)
    if answer is None:
        answer = Answer(entry_id=entry_id, question_key=question_key, saved_at=moment_now, version=0)
    earlier = db.exec(select(AnswerSave).where(col(AnswerSave.answer_id) == answer.id)).all()
    verdict = judge_save(
        answer,
        answer.saved_by,
        earlier,
        saver=actor.person_id,
        text=text,
        base_version=base_version,
        tab=tab,
        number=save_number,
    )
    if verdict is Verdict.CLASH:
        return Saved(answer.version, answer.saved_at, theirs=answer.text)
    if verdict is Verdict.NOTHING:
        return Saved(answer.version, answer.saved_at)
    if verdict is Verdict.REPLACE:
        db.add(
            AnswerSave(
                answer_id=answer.id,
                text=answer.text,
                saved_by=answer.saved_by,
                saved_at=answer.saved_at,
                tab=answer.tab,
                save_number=answer.save_number,
            )
        )
    answer.text, answer.saved_by, answer.saved_at = text, actor.person_id, moment_now
    answer.tab, answer.save_number = tab, save_number
    answer.version += 1
    db.add(answer)
    db.flush()
    return Saved(answer.version, answer.saved_at)


@command(Action.SUBMIT_ENTRY)
def submit_entry(db: Session, actor: Actor, entry_id: UUID, accepts_rules: bool) -> ReceiptShown:
    """Submit the draft as it stands, again if it was submitted before. The team gets a receipt.

    Raises
    ------
    Invalid : an answer is missing or does not fit its question, or the rules are not accepted.
    Closed : the stage is not open.
    """
    entry = found(db, Entry, entry_id)
    stage = must_be_open(db, entry.stage_id)
    entry = locked(db, Entry, entry_id)
    if not accepts_rules:
        raise Invalid("Read the rules and accept them before you submit.", "accepts_rules")
    form = newest_form(db, stage.id)
    answers = _answers(db, entry, questions_of(db, form.id))
    problems = [answer.problem for answer in answers if answer.problem]
    if problems:
        raise Invalid(" ".join(problems))
    ENTRY.move(db, entry, Action.SUBMIT_ENTRY)
    entry.version += 1
    rules = newest_rules(db, stage.prize_id)
    number = len(_versions(db, entry_id)) + 1
    assert actor.person_id is not None
    snapshot = _snapshot(answers)
    version = EntryVersion(
        entry_id=entry_id,
        number=number,
        form_id=form.id,
        rules_id=rules.id,
        answers=snapshot,
        content_digest=_content_digest(answers),
        submitted_by=actor.person_id,
        submitted_at=now(db),
    )
    db.add_all([entry, version])
    db.flush()
    for answer in answers:
        for file in _draft_files(db, entry_id, answer.question.key):
            db.add(
                EntryFile(
                    entry_version_id=version.id, question_key=file.question_key, file_id=file.file_id, name=file.name
                )
            )
    receipt = Receipt(code=_receipt_code(), entry_version_id=version.id, issued_at=version.submitted_at)
    db.add(receipt)
    db.flush()
    shown = _receipt(db, version)
    messages.submitted(db, db.get_one(Prize, stage.prize_id), entry_id, member_ids(db, entry.team_id), shown)
    return shown


@command(Action.WITHDRAW_ENTRY)
def withdraw_entry(db: Session, actor: Actor, entry_id: UUID) -> None:
    """Take a submitted entry back; its draft is kept, and it can be submitted again while the stage is open.

    Raises
    ------
    Closed : the stage is not open, or the entry is not submitted.
    """
    entry = found(db, Entry, entry_id)
    must_be_open(db, entry.stage_id)
    entry = locked(db, Entry, entry_id)
    ENTRY.move(db, entry, Action.WITHDRAW_ENTRY)
    entry.version += 1
    db.add(entry)


@query(Action.LIST_OWN_ENTRIES)
def own_entries(db: Session, actor: Actor) -> tuple[OwnEntryLine, ...]:
    """The entries of the actor's teams, those that close first on top."""
    rows = db.exec(
        select(Entry, Stage, Prize)
        .join(Stage, col(Stage.id) == col(Entry.stage_id))
        .join(Prize, col(Prize.id) == col(Stage.prize_id))
        .join(TeamMember, col(TeamMember.team_id) == col(Entry.team_id))
        .where(col(TeamMember.person_id) == actor.person_id, col(TeamMember.left_at).is_(None))
    ).all()
    lines = []
    for entry, stage, prize in rows:
        answers = _answers(db, entry, questions_of(db, newest_form(db, stage.id).id))
        lines.append(
            OwnEntryLine(
                entry.id,
                prize.title,
                prize.slug,
                team_of(db, entry.team_id).organisation,
                entry.state,
                shown_stage(db, prize, stage),
                sum(not answer.problem for answer in answers),
                len(answers),
            )
        )
    return tuple(
        sorted(lines, key=lambda line: (line.stage.phase is not Phase.OPEN, str(line.stage.dates), line.prize))
    )


@query(Action.SEE_OWN_ENTRY)
def own_entry(db: Session, actor: Actor, entry_id: UUID) -> OwnEntry:
    """An entry with its draft, and the receipt of what was last submitted."""
    entry = db.get_one(Entry, entry_id)
    stage = db.get_one(Stage, entry.stage_id)
    prize = db.get_one(Prize, stage.prize_id)
    answers = _answers(db, entry, questions_of(db, newest_form(db, stage.id).id))
    rules = newest_rules(db, prize.id)
    versions = _versions(db, entry_id)
    latest = versions[-1] if versions else None
    return OwnEntry(
        entry.id,
        prize.id,
        prize.title,
        prize.slug,
        rules.text,
        rules.number,
        shown_stage(db, prize, stage),
        team_of(db, entry.team_id),
        entry.state,
        answers,
        _receipt(db, latest) if latest else None,
        latest is not None and latest.content_digest != _content_digest(answers),
        entry.version,
    )


@query(Action.CHECK_RECEIPT)
def check_receipt(db: Session, actor: Actor, code: Line) -> ReceiptCheck:
    """What a receipt's code proves. Names nobody.

    Raises
    ------
    Invalid : there is no such receipt.
    """
    plain = "".join(character for character in code.upper() if character.isalnum())
    pretty = "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))
    receipt = db.exec(select(Receipt).where(col(Receipt.code) == pretty)).one_or_none()
    if receipt is None:
        raise Invalid("There is no receipt with this code. Check it for typing mistakes.", "code")
    version = db.get_one(EntryVersion, receipt.entry_version_id)
    stage = db.get_one(Stage, db.get_one(Entry, version.entry_id).stage_id)
    prize = db.get_one(Prize, stage.prize_id)
    return ReceiptCheck(
        receipt.code, prize.title, prize.zone, version.number, version.submitted_at, version.content_digest
    )


def submitted_version(db: Session, entry_id: UUID) -> EntryVersion | None:
    """What counts of an entry: the last version submitted, if it is not withdrawn."""
    entry = db.get_one(Entry, entry_id)
    versions = _versions(db, entry_id)
    return versions[-1] if versions and entry.state is EntryState.SUBMITTED else None


def submitted_entries(db: Session, stage_id: UUID) -> tuple[Entry, ...]:
    """The submitted entries of a stage in the order of their codes."""
    rows = db.exec(select(Entry).where(col(Entry.stage_id) == stage_id, col(Entry.state) == EntryState.SUBMITTED)).all()
    return tuple(sorted(rows, key=lambda row: (row.code or "", str(row.id))))


def files_of(db: Session, version_id: UUID) -> tuple[EntryFile, ...]:
    """The files of a submitted version."""
    rows = db.exec(select(EntryFile).where(col(EntryFile.entry_version_id) == version_id)).all()
    return tuple(sorted(rows, key=lambda row: (str(row.question_key), str(row.id))))


def file_shown(db: Session, file_id: UUID, name: str) -> FileShown:
    """A stored file under the name that it has here."""
    stored = db.get_one(StoredFile, file_id)
    return FileShown(stored.id, name, stored.size, stored.content_type, stored.sha256)


def _answer(db: Session, entry_id: UUID, question_key: UUID) -> Answer | None:
    return db.exec(
        select(Answer).where(col(Answer.entry_id) == entry_id, col(Answer.question_key) == question_key)
    ).one_or_none()


def _answers(db: Session, entry: Entry, questions: tuple[QuestionShown, ...]) -> tuple[AnswerShown, ...]:
    rows = {row.question_key: row for row in db.exec(select(Answer).where(col(Answer.entry_id) == entry.id)).all()}
    shown = []
    for question in questions:
        row = rows.get(question.key)
        files = tuple(file_shown(db, file.file_id, file.name) for file in _draft_files(db, entry.id, question.key))
        if question.kind is QuestionKind.FILE:
            problem = f"“{question.wording}” has no file yet." if question.required and not files else ""
        else:
            problem = misfit(question, row.text if row else "")
        shown.append(
            AnswerShown(
                question,
                row.text if row else "",
                row.version if row else 0,
                row.saved_at if row else None,
                files,
                problem,
            )
        )
    return tuple(shown)


def _draft_files(db: Session, entry_id: UUID, question_key: UUID) -> tuple[DraftFile, ...]:
    rows = db.exec(
        select(DraftFile).where(col(DraftFile.entry_id) == entry_id, col(DraftFile.question_key) == question_key)
    ).all()
    return tuple(sorted(rows, key=lambda row: (row.added_at, row.name)))


def _versions(db: Session, entry_id: UUID) -> list[EntryVersion]:
    rows = db.exec(select(EntryVersion).where(col(EntryVersion.entry_id) == entry_id)).all()
    return sorted(rows, key=lambda row: row.number)


def _snapshot(answers: tuple[AnswerShown, ...]) -> dict[str, str]:
    return {str(answer.question.key): answer.text.strip() for answer in answers if answer.text.strip()}


def _content_digest(answers: tuple[AnswerShown, ...]) -> str:
    files = {str(answer.question.key): [[file.name, file.sha256] for file in answer.files] for answer in answers}
    return digest({"answers": _snapshot(answers), "files": {key: names for key, names in files.items() if names}})


def _receipt(db: Session, version: EntryVersion) -> ReceiptShown:
    receipt = db.exec(select(Receipt).where(col(Receipt.entry_version_id) == version.id)).one()
    return ReceiptShown(
        receipt.code,
        version.number,
        version.submitted_at,
        db.get_one(Rules, version.rules_id).number,
        version.content_digest,
        tuple(file_shown(db, file.file_id, file.name) for file in files_of(db, version.id)),
    )


def _receipt_code() -> str:
    letters = "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(20))
    return "-".join(letters[start : start + 4] for start in range(0, 20, 4))
