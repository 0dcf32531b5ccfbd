"""The secretariat's view of entries, and its check whether they are eligible."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import Organisation
from prize.closing import look_for_duplicates
from prize.entries.conflicts import kept_from
from prize.entries.drafts import FileShown, file_shown
from prize.entries.eligible import EligibilityAnswered, eligibility_answered
from prize.entries.models import (
    CheckState,
    Duplicate,
    Entry,
    EntryState,
    EntryVersion,
    Extension,
    NameCheck,
    Screening,
    Team,
)
from prize.entries.name_checks import NameCheckShown, names_found
from prize.entries.teams import TeamShown, team_of
from prize.entries.versions import files_of, submitted_version
from prize.form import questions_submitted
from prize.lifecycle import STAGE
from prize.models import Prize, Stage
from prize.policy import Action
from prize.questions import QuestionShown, asked_of
from prize.stages import StageShown, shown_stage
from storage.clock import now
from storage.database import found, locked, matching
from storage.errors import NOT_YOURS, Closed, Invalid, Refused
from storage.values import OptionalLine

NOT_CLOSED = "Entries are screened after the stage has closed."
NOT_SUBMITTED = "Only a submitted entry is screened."


@dataclass(frozen=True)
class EntryLine:
    """An entry in the secretariat's list. ``eligible`` is None until it has been screened.

    ``closes_at`` is later than the stage's where the entry was given more time, else None.
    ``names_waiting`` counts answers and files that are kept from judges until the secretariat decides about names.
    """

    id: UUID
    code: str | None
    state: EntryState
    organisation: str
    submitted_at: datetime | None
    eligible: bool | None
    reason: str
    names_waiting: int
    closes_at: datetime | None


@dataclass(frozen=True)
class StageEntries:
    stage: StageShown
    prize: str
    entries: tuple[EntryLine, ...]


@dataclass(frozen=True)
class Screened:
    """What became of one of several entries. ``problem`` says why nothing was decided; empty where something was."""

    entry_id: UUID
    problem: str


@dataclass(frozen=True)
class SubmittedAnswer:
    question: QuestionShown
    text: str
    files: tuple[FileShown, ...]


@dataclass(frozen=True)
class ScreenedEntry:
    """What the secretariat reads to decide whether an entry is eligible."""

    line: EntryLine
    team: TeamShown
    eligibility: tuple[EligibilityAnswered, ...]
    answers: tuple[SubmittedAnswer, ...]
    names: tuple[NameCheckShown, ...]


@command(Action.SCREEN_ENTRY)
def screen_entry(db: Session, actor: Actor, entry_id: UUID, eligible: bool, reason: OptionalLine = "") -> None:
    """Decide whether a submitted entry is eligible; the latest decision counts.

    Raises
    ------
    Invalid : an entry is called ineligible without a reason, or it is not submitted.
    Closed : the stage has not closed yet, or its judging has begun.
    """
    entry = found(db, Entry, entry_id)
    stage = locked(db, Stage, entry.stage_id)
    if stage.closed_at is None:
        raise Closed(NOT_CLOSED)
    if entry.state is not EntryState.SUBMITTED:
        raise Invalid(NOT_SUBMITTED, "entry_id")
    decide_eligibility(db, actor, stage, entry, eligible, reason)


@command(Action.SCREEN_ENTRIES)
def screen_entries(
    db: Session,
    actor: Actor,
    stage_id: UUID,
    entry_ids: tuple[UUID, ...],
    eligible: bool,
    reason: OptionalLine = "",
) -> tuple[Screened, ...]:
    """Decide of several entries whether they are eligible, each by itself; all for the same reason.

    An entry about which nothing can be decided keeps no other from being decided: the answer says why, in the order
    in which the entries were named.

    Raises
    ------
    Refused : one of them is no entry of this stage that the actor may see.
    Invalid : no entry is named, or entries are called ineligible without a reason.
    Closed : the stage has not closed yet, or its judging has begun.
    """
    stage = locked(db, Stage, stage_id)
    if not entry_ids:
        raise Invalid("Choose at least one entry.", "entry_ids")
    if stage.closed_at is None:
        raise Closed(NOT_CLOSED)
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    there = {entry.id: entry for entry in matching(db, Entry, stage_id=stage_id) if entry.id not in kept}
    if not there.keys() >= set(entry_ids):
        raise Refused(NOT_YOURS)
    became = []
    for entry_id in dict.fromkeys(entry_ids):
        problem = NOT_SUBMITTED if there[entry_id].state is not EntryState.SUBMITTED else ""
        if not problem:
            decide_eligibility(db, actor, stage, there[entry_id], eligible, reason)
        became.append(Screened(entry_id, problem))
    return tuple(became)


def decide_eligibility(db: Session, actor: Actor, stage: Stage, entry: Entry, eligible: bool, reason: str) -> None:
    """Keep a decision about an entry that was submitted in a stage that has closed.

    Raises
    ------
    Invalid : the entry is called ineligible without a reason.
    Closed : the stage's judging has begun.
    """
    if not eligible and not reason:
        raise Invalid("Say why the entry is not eligible; its team will read it.", "reason")
    STAGE.move(db, stage, Action.SCREEN_ENTRY)
    assert actor.person_id is not None
    db.add(
        Screening(entry_id=entry.id, eligible=eligible, reason=reason, decided_by=actor.person_id, decided_at=now(db))
    )
    in_pair = or_(col(Duplicate.entry_id) == entry.id, col(Duplicate.other_id) == entry.id)
    if not eligible and db.exec(select(Duplicate.id).where(in_pair).limit(1)).first():
        look_for_duplicates(db, stage.id)  # others may have been shown beside this one alone


@query(Action.SEE_ENTRIES)
def stage_entries(db: Session, actor: Actor, stage_id: UUID) -> StageEntries:
    """The entries of a stage that the actor may see: drafts are counted in the list without what they say."""
    stage = db.get_one(Stage, stage_id)
    prize = db.get_one(Prize, stage.prize_id)
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    lines = [line for line in entry_lines(db, col(Entry.stage_id) == stage_id) if line.id not in kept]
    return StageEntries(
        shown_stage(db, prize, stage),
        prize.title,
        tuple(sorted(lines, key=lambda line: (line.code or "~", line.organisation))),
    )


@query(Action.SCREEN_ENTRY)
def screened_entry(db: Session, actor: Actor, entry_id: UUID) -> ScreenedEntry:
    """A submitted entry with its team, for screening.

    Raises
    ------
    Invalid : it is not submitted.
    """
    entry = db.get_one(Entry, entry_id)
    version = submitted_version(db, entry_id)
    if version is None:
        raise Invalid("This entry is not submitted.", "entry_id")
    files = files_of(db, version.id)
    said = {UUID(question_key): str(text) for question_key, text in version.answers.items()}
    return ScreenedEntry(
        entry_lines(db, col(Entry.id) == entry_id)[0],
        team_of(db, entry.team_id),
        eligibility_answered(db, entry_id),
        tuple(
            SubmittedAnswer(
                question,
                said.get(question.key, ""),
                tuple(file_shown(db, file.file_id, file.name) for file in files if file.question_key == question.key),
            )
            for question in asked_of(questions_submitted(db, version.form_id), said)
        ),
        names_found(db, entry_id),
    )


def eligibility(db: Session, entry_id: UUID) -> Screening | None:
    """The latest screening of an entry."""
    rows = db.exec(select(Screening).where(col(Screening.entry_id) == entry_id)).all()
    return max(rows, key=lambda row: row.decided_at, default=None)


def entry_lines(db: Session, which: ColumnElement[bool]) -> list[EntryLine]:
    """Entries for the list, in six statements however many there are."""
    entries = db.exec(
        select(Entry, Organisation.name)
        .join(Team, col(Team.id) == col(Entry.team_id))
        .join(Organisation, col(Organisation.id) == col(Team.organisation_id))
        .where(which)
    ).all()
    versions = db.exec(
        select(EntryVersion.entry_id, EntryVersion.submitted_at)
        .join(Entry, col(Entry.id) == col(EntryVersion.entry_id))
        .where(which)
        .order_by(col(EntryVersion.number))
    ).all()
    submitted = dict(versions)  # the latest stands, since it comes last
    screened = db.exec(select(Screening).join(Entry, col(Entry.id) == col(Screening.entry_id)).where(which)).all()
    latest = {row.entry_id: row for row in sorted(screened, key=lambda row: row.decided_at)}
    held = db.exec(
        select(NameCheck.entry_id)
        .join(Entry, col(Entry.id) == col(NameCheck.entry_id))
        .where(which, col(NameCheck.state) == CheckState.HELD)
    ).all()
    names = Counter(held)
    more_time = db.exec(
        select(Extension.entry_id, func.max(Extension.closes_at))
        .join(Entry, col(Entry.id) == col(Extension.entry_id))
        .where(which)
        .group_by(col(Extension.entry_id))
    ).all()
    extended = dict(more_time)
    return [
        EntryLine(
            entry.id,
            entry.code,
            entry.state,
            organisation,
            submitted.get(entry.id) if entry.state is EntryState.SUBMITTED else None,
            latest[entry.id].eligible if entry.id in latest else None,
            latest[entry.id].reason if entry.id in latest else "",
            names[entry.id],
            extended.get(entry.id),
        )
        for entry, organisation in entries
    ]
