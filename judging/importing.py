"""Judges and their conflicts from spreadsheets: shown as they would be kept, then imported as a whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.people import find_person
from judging.expertise import topic_of_stage
from judging.judges import MOST_JUDGES, invite, must_take_conflicts, withdraw_conflicted
from judging.policy import Action, panel_member
from prize.entries.conflicts import kept_from, record_conflict
from prize.entries.models import Conflict, ConflictState, Entry
from prize.models import Stage
from storage.database import locked
from storage.sheets.columns import Problem, ReadRow
from storage.sheets.matching import Kind, Wanted
from storage.sheets.planning import (
    NOTHING_MATCHED,
    Fate,
    Imported,
    MatchedSheet,
    Plan,
    PlannedRow,
    done,
    misfits,
    must_be_as_shown,
    plan_of,
    read_matched,
    twice,
)
from storage.values import Name, OptionalLine, Reference

MOST_CONFLICTS: Final = 2_000
JUDGE: Final = Wanted(
    "email",
    "Judge",
    "The judge's mail address",
    Kind.EMAIL,
    called=("e-mail", "judge e-mail", "mail address", "email"),
)
ENTRY: Final = Wanted("code", "Entry", "The entry's code", called=("entry code", "code"))
WANTED_OF_JUDGES: Final = (
    Wanted("name", "Name", "How the judge is addressed", called=("judge", "full name")),
    Wanted(
        "email", "Mail address", "Where the invitation goes", Kind.EMAIL, called=("e-mail", "email", "mail", "address")
    ),
    Wanted(
        "knows",
        "Knows",
        "Topics of the entry form that the judge knows, with semicolons between them",
        otherwise="",
        called=("topics", "expertise", "topic"),
    ),
)
WANTED_OF_CONFLICTS: Final = (
    JUDGE,
    ENTRY,
    Wanted(
        "reason", "Reason", "Why they are kept apart", otherwise="Told to the secretariat", called=("why", "conflict")
    ),
)


_NAME: Final[TypeAdapter[str]] = TypeAdapter(Name)
_REASON: Final[TypeAdapter[str]] = TypeAdapter(OptionalLine)


@dataclass(frozen=True)
class _Judge:
    name: str
    email: str
    knows: list[str]


@query(Action.INVITE_JUDGES)
def planned_judges(db: Session, actor: Actor, stage_id: UUID, given: MatchedSheet = NOTHING_MATCHED) -> Plan:
    """Whom an import would invite: those who sit on the panel already are not written to again.

    What a sheet says of the topics that a judge knows is kept in place of what was told before; an empty cell changes
    nothing.

    Raises
    ------
    Invalid : there is no row, or there are more than 500.
    """
    return _judges(db, stage_id, given)[0]


@command(Action.INVITE_JUDGES)
def import_judges(db: Session, actor: Actor, stage_id: UUID, given: MatchedSheet, shown: Reference) -> Imported:
    """Invite those whom ``planned_judges`` has shown; ``shown`` is the digest of that plan.

    Raises
    ------
    Invalid : anything in the sheet is wrong, or there would be more than 500 judges.
    Stale : the panel has changed since the plan was shown.
    """
    stage = locked(db, Stage, stage_id)
    plan, people = _judges(db, stage_id, given)
    must_be_as_shown(plan, shown)
    invite(db, actor, stage, [(row.name, row.email) for row in people])
    for row in people:
        person = find_person(db, row.email)
        seat = panel_member(db, person.id, stage_id) if person else None
        if seat is not None and row.knows and seat.knows != row.knows:
            seat.knows = row.knows
            seat.version += 1
            db.add(seat)
    return done(plan)


@query(Action.RECORD_CONFLICTS)
def planned_conflicts(db: Session, actor: Actor, stage_id: UUID, given: MatchedSheet = NOTHING_MATCHED) -> Plan:
    """Which judges an import would keep from which entries. An entry that the actor must not see is unknown here.

    Raises
    ------
    Invalid : there is no row, or there are more than 2,000.
    """
    return _conflicts(db, actor, stage_id, given)[0]


@command(Action.RECORD_CONFLICTS)
def import_conflicts(db: Session, actor: Actor, stage_id: UUID, given: MatchedSheet, shown: Reference) -> Imported:
    """Record what ``planned_conflicts`` has shown. Judges are not told; scores given before no longer count.

    Raises
    ------
    Invalid : anything in the sheet is wrong.
    Stale : the conflicts have changed since the plan was shown.
    Closed : the stage's decisions are confirmed.
    """
    must_take_conflicts(locked(db, Stage, stage_id))
    plan, pairs = _conflicts(db, actor, stage_id, given)
    must_be_as_shown(plan, shown)
    for row, (person_id, entry_id, reason) in zip(plan.rows, pairs, strict=True):
        if row.fate is not Fate.THERE:
            record_conflict(db, person_id, entry_id, reason, actor.person_id)
    for person_id in {person_id for person_id, _, _ in pairs}:
        withdraw_conflicted(db, stage_id, person_id)
    return done(plan)


def _judges(db: Session, stage_id: UUID, given: MatchedSheet) -> tuple[Plan, list[_Judge]]:
    read = read_matched(given, WANTED_OF_JUDGES, MOST_JUDGES)
    if read.problems:
        return plan_of(read, (), ()), []
    topic = topic_of_stage(db, stage_id)
    options = topic.options if topic else ()
    problems = [*twice(read, ("email",), "Mail address"), *misfits(read, "name", "Name", _NAME)]
    rows, people, before = [], [], []
    for row in read.rows:
        name, email = row.values["name"], row.values["email"]
        knows, unknown = _topics(row.values["knows"], options)
        if unknown:
            problems.append(Problem(row.number, "Knows", _no_such_topic(unknown, options)))
        person = find_person(db, email)
        seat = panel_member(db, person.id, stage_id) if person else None
        fate = Fate.NEW if seat is None else Fate.CHANGED if knows and seat.knows != knows else Fate.THERE
        rows.append(PlannedRow(row.number, fate, (name, email, "; ".join(knows))))
        people.append(_Judge(name, email, knows))
        before.append(seat.knows if seat else [])
    return plan_of(read, ("Name", "Mail address", "Knows"), rows, problems, before), people


def _topics(cell: str, options: tuple[str, ...]) -> tuple[list[str], str]:
    """The topics that a cell names, in the order of the form, and the first that is none."""
    by_name = {option.casefold(): option for option in options}
    whole = cell.strip()
    said = [whole] if whole.casefold() in by_name else [part.strip() for part in cell.split(";") if part.strip()]
    known = {by_name.get(part.casefold()) for part in said}
    unknown = next((part for part in said if part.casefold() not in by_name), "")
    return [option for option in options if option in known], unknown


def _no_such_topic(named: str, options: tuple[str, ...]) -> str:
    if not options:
        return "The entry form has no question that says what an entry is about. Leave the cell empty."
    return f"“{named[:60]}” is not among the topics of the entry form, such as “{options[0]}”. Check it."


def _conflicts(
    db: Session, actor: Actor, stage_id: UUID, given: MatchedSheet
) -> tuple[Plan, list[tuple[UUID, UUID, str]]]:
    read = read_matched(given, WANTED_OF_CONFLICTS, MOST_CONFLICTS)
    if read.problems:
        return plan_of(read, (), ()), []
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    entries = {
        entry.code.casefold(): entry
        for entry in db.exec(select(Entry).where(col(Entry.stage_id) == stage_id)).all()
        if entry.code and entry.id not in kept
    }
    problems = [*twice(read, ("email", "code"), "Entry"), *misfits(read, "reason", "Reason", _REASON)]
    rows, pairs = [], []
    for row in read.rows:
        person, entry = find_person(db, row.values["email"]), entries.get(row.values["code"].casefold())
        if person is None or panel_member(db, person.id, stage_id) is None:
            problems.append(Problem(row.number, "Judge", "Nobody on this panel has this address. Check it."))
        elif entry is None:
            problems.append(Problem(row.number, "Entry", "No entry of this stage has this code. Check it."))
        else:
            rows.append(_planned_conflict(db, row, person.id, person.name, entry))
            pairs.append((person.id, entry.id, row.values["reason"]))
    return plan_of(read, ("Judge", "Entry", "Reason"), rows, problems), pairs


def _planned_conflict(db: Session, row: ReadRow, person_id: UUID, name: str, entry: Entry) -> PlannedRow:
    before = db.exec(
        select(Conflict).where(col(Conflict.person_id) == person_id, col(Conflict.entry_id) == entry.id)
    ).one_or_none()
    fate = Fate.NEW if before is None else Fate.THERE if before.state is ConflictState.STANDS else Fate.CHANGED
    return PlannedRow(row.number, fate, (name, str(entry.code), row.values["reason"]))
