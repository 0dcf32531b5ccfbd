"""Who may do what: every command and query × every role × every relation, against the table in ``policy.csv``.

The table was written by hand and is read by nothing but this test. *Who may* names roles, which count where they are
held in the programme or prize of what is acted on, and never for an entry with which their holder is in conflict; and
relations: ``team`` (of the entry), ``lead`` (of that team), ``invited`` (by the invitation), ``panel`` (a seat in the
stage), ``assigned`` (asked to judge the entry), ``chair`` (of the stage's panel, once judging has ended), ``self``
(one's own session), ``signed-in``, ``anybody``, ``laurel`` (nobody but Laurel).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, select

from accounts.actors import STRANGER, Actor
from accounts.commands import Registered, commands, queries
from accounts.models import Appointment, EmailAddress, Person, Role, ScopeKind, SignInSession
from accounts.people import find_or_add_person
from accounts.permissions import decide, rules, scopes
from accounts.sessions import open_session
from judging.models import Assignment, PanelMember
from prize.entries.models import (
    Conflict,
    ConflictOrigin,
    Entry,
    TeamMember,
)
from storage.clock import now
from storage.database import reading, transact
from storage.errors import LaurelError, Refused
from tests.databases import Given
from tests.examples import examples
from tests.judging.meetings import a_read_copy
from tests.modules import import_everything
from tests.stories import SLUG, Chapter, Story, assignments_of, told
from tests.world import World

import_everything()

COMMANDS, QUERIES, EXAMPLES = commands(), queries(), examples()
FILE = Path(__file__).with_name("policy.csv")
ROLES = tuple(role.value for role in Role)
RELATIONS = ("team", "lead", "invited", "panel", "assigned", "chair")


def table() -> dict[str, frozenset[str]]:
    with FILE.open(newline="") as file:
        return {row["command or query"]: frozenset(row["who may"].split()) for row in csv.DictReader(file)}


WHO_MAY = table()


@dataclass(frozen=True)
class Somebody:
    """An actor with the words of the table that are true of them, and how they are described when a test fails."""

    described: str
    actor: Actor
    words: frozenset[str]


def test_the_table_names_every_command_and_query_and_nothing_else() -> None:
    assert WHO_MAY.keys() == COMMANDS.keys() | QUERIES.keys()
    known = {*ROLES, *RELATIONS, "self", "signed-in", "anybody", "laurel"}
    assert {word for words in WHO_MAY.values() for word in words} <= known


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_is_open_to_those_in_the_table_and_to_nobody_else(name: str, sqlite: Given) -> None:
    command, call = COMMANDS[name], EXAMPLES[name](World())
    wrong = []
    for somebody in everybody(command, call.actor, call.arguments):
        said = _run(command, somebody.actor, call.arguments)
        if isinstance(said, Refused) is may(somebody, name):
            wrong.append(f"{somebody.described}: {said!r}")

    assert wrong == []


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_is_open_to_those_in_the_table_and_to_nobody_else(name: str, sqlite: Given) -> None:
    query = QUERIES[name]
    story = told(Chapter.ASSIGNED if "assigned" in WHO_MAY[name] else Chapter.APPROVED)
    arguments = {
        parameter.name: value
        for parameter in query.parameters
        if parameter.required
        for value in [things(story).get(parameter.name, uuid4())]
    }
    relation = {"team": story.entrant, "panel": story.judge, "assigned": story.judge, "chair": story.judge}
    example = next((actor for word, actor in relation.items() if word in WHO_MAY[name]), story.secretariat)
    wrong = []
    for somebody in everybody(query, example, arguments):
        if somebody.actor.session_id is not None:
            continue  # the next test
        with reading() as db:
            answer = decide(db, somebody.actor, query.action, arguments)
        if answer.allowed is not may(somebody, name):
            wrong.append(f"{somebody.described}: {answer.reason}")

    assert wrong == []


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_whoever_has_been_signed_out_elsewhere_can_read_nothing(name: str, sqlite: Given) -> None:
    actor = _signed_out(told(Chapter.DRAFT).owner)
    arguments = {parameter.name: uuid4() for parameter in QUERIES[name].parameters if parameter.required}
    known = {"slug": SLUG, "code": "ABCD", "page": 1, "position": 1}

    said = _run(QUERIES[name], actor, {key: known.get(key, value) for key, value in arguments.items()})

    assert isinstance(said, Refused)
    assert "signed out" in said.words


def may(somebody: Somebody, name: str) -> bool:
    return bool(somebody.words & WHO_MAY[name])


def everybody(registered: Registered, example: Actor, arguments: dict[str, Any]) -> Iterator[Somebody]:
    """Every role in every place, and every relation, to what the arguments name."""
    about = rules()[registered.action].about
    with reading() as db:
        scope = scopes()[about](db, arguments[about]) if about else None
    signed_in = frozenset({"signed-in", "anybody"})
    yield Somebody("a stranger", STRANGER, frozenset({"anybody"}))
    yield Somebody("a passer-by", _person("passer-by"), signed_in)
    places: list[tuple[str, ScopeKind, UUID | None, bool]] = [
        ("another programme", ScopeKind.PROGRAMME, uuid4(), False),
        ("another prize", ScopeKind.PRIZE, uuid4(), False),
        ("another stage", ScopeKind.STAGE, uuid4(), False),
        ("the installation", ScopeKind.INSTALLATION, None, True),
    ]
    if scope is not None:
        places += [
            ("the programme", ScopeKind.PROGRAMME, scope.programme_id, True),
            ("the prize", ScopeKind.PRIZE, scope.prize_id, True),
        ]
    entry_id = scope.entry_id if scope is not None else None
    yield from transact(lambda db: _in_office(db, places, signed_in, entry_id))
    if example.person_id is not None:
        yield Somebody("the example, signed out elsewhere", _signed_out(example), frozenset())
    relation = next((word for word in RELATIONS if word in WHO_MAY[registered.name]), None)
    if relation == "lead":
        colleague = _person("colleague")
        transact(lambda db: _join(db, colleague, arguments["entry_id"]))
        yield Somebody("a member of the team who does not lead it", colleague, signed_in)
    if relation == "chair" and scope is not None:
        stage_id = scope.stage_id
        transact(lambda db: _chair(db, example, stage_id, chairs=False))
        yield Somebody("a judge of the panel who does not chair it", example, signed_in)
        transact(lambda db: _chair(db, example, stage_id, chairs=True))
    if relation is not None:
        yield Somebody(f"the example's {relation}", example, signed_in | {relation})
    if relation in ("panel", "chair") and scope is not None and scope.entry_id is not None:
        transact(lambda db: _conflict(db, example.person_id, scope.entry_id))
        yield Somebody("a member of the panel who is in conflict with the entry", example, signed_in)
    if relation == "assigned" and scope is not None and scope.entry_id is not None:
        transact(lambda db: _conflict(db, example.person_id, scope.entry_id))
        yield Somebody("the judge, found to be in conflict", example, signed_in)
        for_all = frozenset({"assigned"}) if about == "copy_id" else frozenset()  # a copy is there for each of them
        yield from _other_judges(example, scope.entry_id, signed_in | for_all)
    if relation == "team" and scope is not None and scope.entry_id is not None:
        transact(lambda db: _conflict(db, example.person_id, scope.entry_id))
        yield Somebody("a member of the team who is in conflict as its member", example, signed_in | {"team"})


def _other_judges(example: Actor, entry_id: UUID, words: frozenset[str]) -> Iterator[Somebody]:
    """Judges of the same panel to whom the entry has been dealt as well, each with an assignment of their own."""
    with reading() as db:
        rows = db.exec(select(Assignment).where(col(Assignment.entry_id) == entry_id)).all()
    for row in rows:
        if row.judge_id != example.person_id:
            yield Somebody("a judge of the same entry", Actor(row.judge_id), words)


def _in_office(
    db: Session, places: list[tuple[str, ScopeKind, UUID | None, bool]], words: frozenset[str], entry_id: UUID | None
) -> list[Somebody]:
    """A person for each role in each place where it can be held; and one more in conflict with the entry.

    By rows alone: what appointing somebody does besides is not asked here, and takes long.
    """
    found: list[Somebody] = []
    offices: list[Appointment] = []
    moment = now(db)

    def add(described: str, held: frozenset[str]) -> UUID:
        person = Person(name=described.capitalize(), created_at=moment)
        office = Appointment(person_id=person.id, role=role, scope_kind=kind, scope_id=scope_id, appointed_at=moment)
        db.add(person)
        offices.append(office)
        found.append(Somebody(described, Actor(person.id), words | held))
        return person.id

    near = []
    for role in Role:
        for place, kind, scope_id, counts in places:
            if scope_id is None and kind is not ScopeKind.INSTALLATION:
                continue
            if (role is Role.OPERATOR) is not (kind is ScopeKind.INSTALLATION):
                continue  # operators are appointed to the installation, and nobody else is
            add(f"{role.value} of {place}", frozenset({role.value}) if counts else frozenset())
            if entry_id is not None and counts:
                near.append(add(f"{role.value} of {place} in conflict with the entry", frozenset()))
    db.flush()
    addresses = [
        EmailAddress(person_id=office.person_id, address=f"{uuid4().hex}@office.example") for office in offices
    ]
    db.add_all([*offices, *addresses])
    for person_id in near:
        _conflict(db, person_id, entry_id)
    return found


def _person(name: str) -> Actor:
    return transact(lambda db: Actor(find_or_add_person(db, name.capitalize(), f"{name}@{uuid4().hex}.example").id))


def _signed_out(person: Actor) -> Actor:
    """The person in a tab whose session has been ended in another one."""

    def end(db: Session) -> Actor:
        assert person.person_id is not None
        open_session(db, person.person_id)
        rows = db.exec(select(SignInSession).where(col(SignInSession.person_id) == person.person_id)).all()
        session = max(rows, key=lambda row: row.created_at)
        session.revoked_at = now(db)
        db.add(session)
        return replace(person, session_id=session.id)

    return transact(end)


def _conflict(db: Session, person_id: UUID | None, entry_id: UUID | None) -> None:
    assert person_id is not None
    assert entry_id is not None
    db.add(Conflict(person_id=person_id, entry_id=entry_id, origin=ConflictOrigin.DETECTED, found_at=now(db)))


def _join(db: Session, actor: Actor, entry_id: UUID) -> None:
    team_id = db.get_one(Entry, entry_id).team_id
    db.add(TeamMember(team_id=team_id, person_id=actor.person_id, joined_at=now(db)))


def _chair(db: Session, judge: Actor, stage_id: UUID | None, *, chairs: bool) -> None:
    seat = db.exec(
        select(PanelMember).where(col(PanelMember.stage_id) == stage_id, col(PanelMember.person_id) == judge.person_id)
    ).one()
    seat.chairs = chairs
    db.add(seat)


class _Undo(Exception):
    """Takes back what was done."""


def _run(registered: Registered, actor: Actor, arguments: dict[str, Any]) -> Exception | None:
    def run(db: Session) -> None:
        registered.run(db, actor, **arguments)
        raise _Undo

    try:
        transact(run)
    except _Undo:
        return None
    except LaurelError as error:
        return error
    raise AssertionError("unreachable")


def things(story: Story) -> dict[str, Any]:
    """What queries name, as it stands in a story."""

    def found(db: Session) -> dict[str, Any]:
        assignment = next(iter(assignments_of(db, story, story.judge)), None) if story.judges else None
        return {
            "assignment_id": assignment.id if assignment else uuid4(),
            "copy_id": a_read_copy(db, assignment.entry_id) if assignment else uuid4(),
        }

    return {
        **transact(found),
        "page": 1,
        "position": 1,
        "slug": SLUG,
        "code": "ABCD",
        "programme_id": story.programme_id,
        "mission_id": story.mission_id,
        "prize_id": story.prize_id,
        "stage_id": story.stage_id,
        "entry_id": story.entry_id,
        "question_key": story.questions["document"],
        "terms_id": story.terms_id,
        "milestone_id": next(iter(story.milestones), uuid4()),
        "person_id": story.owner.person_id,
    }
