"""Conflicts: why a person must not see an entry. Stated by the person, or detected from addresses and organisations.

A name that is exactly an entrant's shuts the person out at once; one that is only close waits for the secretariat. The
person learns nothing either way. Somebody whose address or organisation is an entrant's is shut out without being
asked, whatever their role: appointments do not count for an entry with which one is in conflict.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from accounts.models import Appointment, EmailAddress, Organisation, Person, ScopeKind
from accounts.permissions import Scope, bar
from accounts.programmes import appointed
from prize.entries.identities import Identities, folded, identities_of_people, identities_of_person, own_domain
from prize.entries.models import (
    Answer,
    Conflict,
    ConflictOrigin,
    ConflictState,
    ConflictStatement,
    Entry,
    Team,
    TeamMember,
)
from prize.models import EntryForm, Prize, Question, QuestionKind, Stage
from prize.questions import people_in
from storage.clock import now
from storage.database import matching, one_matching
from storage.errors import Invalid

MOST_STATEMENTS = 200
CLOSE = 0.84
"""How alike two names are, from 0 to 1, to be called close: one letter in six may differ."""
SHORTEST_PART = 4
"""A part of a name shorter than this is not close to anything: it stands in too many."""


@dataclass
class _Behind:
    """Who is behind an entry, folded for comparison; ``shown`` gives each back as it is written."""

    members: set[UUID] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    organisation: str = ""
    shown: dict[str, str] = field(default_factory=dict)

    def add(self, name: str) -> None:
        self.names.add(folded(name))
        self.shown[folded(name)] = name


def record_statements(db: Session, person_id: UUID, stage_id: UUID, statements: tuple[str, ...]) -> int:
    """Keep the names that a person must not judge, and find the entries that they belong to.

    Returns how many names are on record. Nothing in the answer tells whether a name belongs to an entry.

    Raises
    ------
    Invalid : there are more than 200 names.
    """
    known = db.exec(
        select(ConflictStatement).where(
            col(ConflictStatement.person_id) == person_id, col(ConflictStatement.stage_id) == stage_id
        )
    ).all()
    stated = {folded(row.text) for row in known}
    fresh = {folded(text): text for text in statements if folded(text) not in stated}
    if len(stated) + len(fresh) > MOST_STATEMENTS:
        raise Invalid(f"Name at most {MOST_STATEMENTS} people and organisations, and write to the secretariat.")
    for text in fresh.values():
        db.add(ConflictStatement(person_id=person_id, stage_id=stage_id, text=text, stated_at=now(db)))
    db.flush()
    _match(db, _statements(db, stage_id, person_id), _behind(db, col(Entry.stage_id) == stage_id))
    return len(stated) + len(fresh)


def statements_of(db: Session, person_id: UUID, stage_id: UUID) -> tuple[str, ...]:
    """The names that a person has stated, in the order of the alphabet."""
    return tuple(sorted(row.text for row in _statements(db, stage_id, person_id)))


def find_conflicts_of_entries(db: Session, stage: Stage, entry_ids: Collection[UUID]) -> None:
    """Compare entries of a stage with everybody who is appointed there, and with every name that was stated."""
    prize = db.get_one(Prize, stage.prize_id)
    behind = _behind(db, col(Entry.id).in_(entry_ids))
    _match(db, _statements(db, stage.id), behind)
    for person_id, own in identities_of_people(db, _appointed_there(db, stage, prize)).items():
        _detect(db, person_id, own, behind)


def note_invited(db: Session, person_id: UUID, entry: Entry) -> None:
    """Let the secretariat decide about somebody who is appointed where an entry lies, and whom its team has invited.

    It shuts nobody out by itself, or a team could choose by whom it is not judged.
    """
    stage = db.get_one(Stage, entry.stage_id)
    if person_id in _appointed_there(db, stage, db.get_one(Prize, stage.prize_id)):
        _add(db, person_id, entry.id, ConflictOrigin.DETECTED, "Was invited to the team", ConflictState.POSSIBLE)


def _appointed_there(db: Session, stage: Stage, prize: Prize) -> tuple[UUID, ...]:
    """Everybody who is appointed in a stage, in its prize or in its programme."""
    where = (
        (ScopeKind.STAGE, stage.id),
        (ScopeKind.PRIZE, prize.id),
        (ScopeKind.PROGRAMME, prize.programme_id),
    )
    scopes = (and_(col(Appointment.scope_kind) == kind, col(Appointment.scope_id) == scope) for kind, scope in where)
    there = select(Appointment.person_id).distinct().where(col(Appointment.ended_at).is_(None), or_(*scopes))
    return tuple(db.exec(there).all())


@appointed
def _find_conflicts_of_person(db: Session, appointment: Appointment) -> None:
    """Compare somebody who is appointed with the entries that they would see by it."""
    where: dict[ScopeKind, ColumnElement[bool]] = {
        ScopeKind.STAGE: col(Stage.id) == appointment.scope_id,
        ScopeKind.PRIZE: col(Stage.prize_id) == appointment.scope_id,
        ScopeKind.PROGRAMME: col(Prize.programme_id) == appointment.scope_id,
    }
    if appointment.scope_kind in where:
        own = identities_of_person(db, appointment.person_id)
        _detect(db, appointment.person_id, own, _behind(db, where[appointment.scope_kind]))


@bar
def _shut_out(db: Session, person_id: UUID, scope: Scope) -> bool:
    return scope.entry_id is not None and in_conflict(db, person_id, scope.entry_id)


def in_conflict(db: Session, person_id: UUID, entry_id: UUID) -> bool:
    """Whether this person must not see this entry."""
    return bool(matching(db, Conflict, person_id=person_id, entry_id=entry_id, state=ConflictState.STANDS))


def kept_from(db: Session, person_id: UUID | None, *, stage_id: UUID | None = None) -> frozenset[UUID]:
    """The entries, of a stage or of all, that this person must not see: left out of every list, count and rank."""
    found = select(Conflict.entry_id).where(
        col(Conflict.person_id) == person_id, col(Conflict.state) == ConflictState.STANDS
    )
    if stage_id is not None:
        found = found.join(Entry, col(Entry.id) == col(Conflict.entry_id)).where(col(Entry.stage_id) == stage_id)
    return frozenset(db.exec(found).all())


def people_kept_from(db: Session, person_id: UUID | None, prize_id: UUID) -> frozenset[UUID]:
    """Who belongs or belonged to a team of a prize that has an entry which this person must not see."""
    kept = kept_from(db, person_id)
    if not kept:
        return frozenset()
    teams = (
        select(Entry.team_id)
        .join(Stage, col(Stage.id) == col(Entry.stage_id))
        .where(col(Entry.id).in_(kept), col(Stage.prize_id) == prize_id)
    )
    return frozenset(db.exec(select(TeamMember.person_id).where(col(TeamMember.team_id).in_(teams))).all())


def conflicts_of_stage(db: Session, stage_id: UUID) -> frozenset[tuple[UUID, UUID]]:
    """Every pair of a person and an entry of a stage that must be kept apart."""
    rows = db.exec(
        select(Conflict.person_id, Conflict.entry_id)
        .join(Entry, col(Entry.id) == col(Conflict.entry_id))
        .where(col(Entry.stage_id) == stage_id, col(Conflict.state) == ConflictState.STANDS)
    ).all()
    return frozenset((person_id, entry_id) for person_id, entry_id in rows)


def record_conflict(db: Session, person_id: UUID, entry_id: UUID, reason: str, decided_by: UUID | None) -> None:
    """Keep a person from an entry because the secretariat knows why, or they have said so.

    Whether they must not see what else its team has entered, the secretariat decides: to be shut out from both would
    tell them that both are of one team.
    """
    _add(db, person_id, entry_id, ConflictOrigin.DECLARED, reason)
    entry = db.get_one(Entry, entry_id)
    for other in matching(db, Entry, stage_id=entry.stage_id, team_id=entry.team_id):
        if other.id != entry_id:
            words = f"Must not see another entry of the same team: {reason}"
            _add(db, person_id, other.id, ConflictOrigin.DECLARED, words, ConflictState.POSSIBLE)
    row = db.exec(
        select(Conflict).where(col(Conflict.person_id) == person_id, col(Conflict.entry_id) == entry_id)
    ).one()
    row.decided_by, row.decided_at = decided_by, now(db)
    db.add(row)
    db.flush()


def carry_conflicts(db: Session, entry: Entry) -> None:
    """Keep whoever must not see a team's earlier entries from this one too; what waits for a decision, waits here."""
    earlier = db.exec(
        select(Conflict)
        .join(Entry, col(Entry.id) == col(Conflict.entry_id))
        .where(
            col(Entry.team_id) == entry.team_id,
            col(Entry.id) != entry.id,
            col(Conflict.state).in_((ConflictState.STANDS, ConflictState.POSSIBLE)),
        )
    ).all()
    for row in sorted(earlier, key=lambda row: row.found_at):
        _add(db, row.person_id, entry.id, row.origin, row.reason, row.state)
    db.flush()


def possible_conflicts(db: Session, stage_id: UUID) -> tuple[Conflict, ...]:
    """What waits for the secretariat: stated names that are only close to an entrant's."""
    rows = db.exec(
        select(Conflict)
        .join(Entry, col(Entry.id) == col(Conflict.entry_id))
        .where(col(Entry.stage_id) == stage_id, col(Conflict.state) == ConflictState.POSSIBLE)
    ).all()
    return tuple(sorted(rows, key=lambda row: str(row.id)))


def _statements(db: Session, stage_id: UUID, person_id: UUID | None = None) -> list[ConflictStatement]:
    found = select(ConflictStatement).where(col(ConflictStatement.stage_id) == stage_id)
    if person_id is not None:
        found = found.where(col(ConflictStatement.person_id) == person_id)
    return list(db.exec(found).all())


def _behind(db: Session, *which: ColumnElement[bool]) -> dict[UUID, _Behind]:
    """Who is or was behind each of some entries, and whom its answers name as being in the team."""
    rows: Iterable[Any] = db.exec(
        select(Entry.id, Organisation.name, Person.id, Person.name, EmailAddress.address)  # type: ignore[call-overload]
        .join(Stage, col(Stage.id) == col(Entry.stage_id))
        .join(Prize, col(Prize.id) == col(Stage.prize_id))
        .join(Team, col(Team.id) == col(Entry.team_id))
        .join(Organisation, col(Organisation.id) == col(Team.organisation_id))
        .join(TeamMember, col(TeamMember.team_id) == col(Team.id))
        .join(Person, col(Person.id) == col(TeamMember.person_id))
        .outerjoin(EmailAddress, col(EmailAddress.person_id) == col(Person.id))
        .where(*which)
    ).all()
    behind: dict[UUID, _Behind] = {}
    for entry_id, organisation, person_id, name, address in rows:
        one = behind.setdefault(entry_id, _Behind(organisation=folded(organisation)))
        one.members.add(person_id)
        one.add(organisation)
        if address:  # somebody who was erased has none
            one.add(name)
            one.add(address)
        if address and (domain := own_domain(address)):
            one.domains.add(domain)
            one.add(domain)
    named = (
        select(Answer.entry_id, Answer.text)
        .join(Entry, col(Entry.id) == col(Answer.entry_id))
        .join(Stage, col(Stage.id) == col(Entry.stage_id))
        .join(Prize, col(Prize.id) == col(Stage.prize_id))
        .join(EntryForm, col(EntryForm.stage_id) == col(Entry.stage_id))
        .join(Question, and_(col(Question.form_id) == col(EntryForm.id), col(Question.key) == col(Answer.question_key)))
        .where(col(Question.kind) == QuestionKind.TEAM, *which)
        .distinct()
    )
    for entry_id, text in db.exec(named).all():
        for person in people_in(text):
            if person.name and entry_id in behind:
                behind[entry_id].add(person.name)
    return behind


def _match(db: Session, statements: Iterable[ConflictStatement], behind: dict[UUID, _Behind]) -> None:
    """Turn stated names into conflicts: at once where one is exactly an entrant's, to be decided where it is close."""
    for statement in statements:
        stated = folded(statement.text)
        for entry_id, one in behind.items():
            if stated in one.names or own_domain(statement.text) in one.domains:
                _add(db, statement.person_id, entry_id, ConflictOrigin.DECLARED, f"Named “{statement.text}”")
            elif near := next(_close_ones(stated, one.names), None):
                reason = f"Named “{statement.text}”, which is close to “{one.shown[near]}”"
                _add(db, statement.person_id, entry_id, ConflictOrigin.DECLARED, reason, ConflictState.POSSIBLE)
    db.flush()


def _close_ones(stated: str, names: Iterable[str]) -> Iterator[str]:
    parts = set(stated.split())
    long = {part for part in parts if len(part) >= SHORTEST_PART}
    for name in sorted(names):
        theirs = set(name.split())
        contained = long and (parts <= theirs or (theirs <= parts and any(len(p) >= SHORTEST_PART for p in theirs)))
        if contained or SequenceMatcher(None, stated, name).ratio() >= CLOSE:
            yield name


def _detect(db: Session, person_id: UUID, own: Identities, behind: dict[UUID, _Behind]) -> None:
    organisations = {folded(name): name for name in own.organisations}
    for entry_id, one in behind.items():
        shared = sorted(set(own.domains) & one.domains)
        if person_id in one.members:
            _add(db, person_id, entry_id, ConflictOrigin.DETECTED, "Belongs to the team")
        elif one.organisation in organisations:
            reason = f"Belongs to {organisations[one.organisation]}"
            _add(db, person_id, entry_id, ConflictOrigin.DETECTED, reason)
        elif shared:
            _add(db, person_id, entry_id, ConflictOrigin.DETECTED, f"Has an address at {shared[0]}, as the team has")
    db.flush()


def _add(
    db: Session,
    person_id: UUID,
    entry_id: UUID,
    origin: ConflictOrigin,
    reason: str,
    state: ConflictState = ConflictState.STANDS,
) -> None:
    """Keep a conflict; one that stands is never weakened, and a dismissed one comes back only as more than close."""
    row = one_matching(db, Conflict, person_id=person_id, entry_id=entry_id)
    if row is None:
        row = Conflict(person_id=person_id, entry_id=entry_id, origin=origin, found_at=now(db))
    elif row.state is ConflictState.STANDS or state is ConflictState.POSSIBLE:
        return
    row.origin, row.state, row.reason, row.decided_by, row.decided_at = origin, state, reason[:500], None, None
    db.add(row)
