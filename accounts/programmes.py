"""Programmes, the organisations in them, and who is appointed to what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import (
    Appointment,
    LinkPurpose,
    Programme,
    Role,
    ScopeKind,
)
from accounts.people import PersonCard, find_or_add_person, person_card
from accounts.policy import Action
from accounts.signing_in import mail_link
from storage.clock import now
from storage.errors import Invalid
from storage.values import Email, Line

Appointing = Callable[[Session, Appointment], None]

_when_appointed: list[Appointing] = []


def appointed(then: Appointing) -> Appointing:
    """Register what a package above does, in the same transaction, when somebody has been appointed."""
    _when_appointed.append(then)
    return then


@dataclass(frozen=True)
class Appointed:
    """An appointment as it is shown."""

    id: UUID
    role: Role
    scope_kind: ScopeKind
    scope_id: UUID | None


@dataclass(frozen=True)
class OwnAccount:
    """What a person sees of their own account."""

    person: PersonCard
    appointments: tuple[Appointed, ...]
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class AppointedPerson:
    """Somebody with a role in a whole programme."""

    name: str
    email: str
    role: Role


@dataclass(frozen=True)
class ProgrammeLine:
    """A programme in the operator's list, with the people who run it."""

    id: UUID
    name: str
    people: tuple[AppointedPerson, ...]


@command(Action.CREATE_PROGRAMME)
def create_programme(db: Session, actor: Actor, name: Line) -> UUID:
    """Open a programme, in which missions and prizes will lie."""
    programme = Programme(name=name, created_at=now(db))
    db.add(programme)
    db.flush()
    return programme.id


@command(Action.APPOINT_IN_PROGRAMME)
def appoint_in_programme(db: Session, actor: Actor, programme_id: UUID, name: Line, email: Email, role: Role) -> UUID:
    """Give somebody a role in the whole programme, and mail them an invitation.

    Raises
    ------
    Invalid : the role is not one that is held in a programme.
    """
    if role in (Role.OPERATOR, Role.JUDGE):
        raise Invalid(f"A {role.value} is not appointed to a programme.", "role")
    person = find_or_add_person(db, name, email)
    appoint(db, actor, person.id, role, ScopeKind.PROGRAMME, programme_id)
    programme = db.get_one(Programme, programme_id)
    reason = f"You have been appointed {role.value} of the programme {programme.name}."
    mail_link(db, person, LinkPurpose.INVITATION, "/", reason)
    return person.id


def appoint(
    db: Session, actor: Actor, person_id: UUID, role: Role, scope_kind: ScopeKind, scope_id: UUID | None
) -> Appointment:
    """The appointment of a person to a role, made now unless it is held already."""
    held = db.exec(
        select(Appointment).where(
            col(Appointment.person_id) == person_id,
            col(Appointment.role) == role,
            col(Appointment.scope_kind) == scope_kind,
            col(Appointment.scope_id) == scope_id if scope_id else col(Appointment.scope_id).is_(None),
            col(Appointment.ended_at).is_(None),
        )
    ).first()
    if held is not None:
        return held
    appointment = Appointment(
        person_id=person_id,
        role=role,
        scope_kind=scope_kind,
        scope_id=scope_id,
        appointed_by=actor.person_id,
        appointed_at=now(db),
    )
    db.add(appointment)
    db.flush()
    for then in _when_appointed:
        then(db, appointment)
    return appointment


@query(Action.SEE_OWN_ACCOUNT)
def own_account(db: Session, actor: Actor) -> OwnAccount:
    """The actor's name, address and appointments."""
    assert actor.person_id is not None
    rows = _held(db, actor)
    shown = tuple(Appointed(row.id, row.role, row.scope_kind, row.scope_id) for row in rows)
    return OwnAccount(person_card(db, actor.person_id), shown, _roles(rows))


@query(Action.SEE_OWN_ACCOUNT)
def own_roles(db: Session, actor: Actor) -> tuple[Role, ...]:
    """The roles that the actor has anywhere, for every page's navigation."""
    return _roles(_held(db, actor))


def _held(db: Session, actor: Actor) -> list[Appointment]:
    rows = db.exec(
        select(Appointment).where(col(Appointment.person_id) == actor.person_id, col(Appointment.ended_at).is_(None))
    ).all()
    return sorted(rows, key=lambda row: (list(Role).index(row.role), row.appointed_at))


def _roles(rows: Sequence[Appointment]) -> tuple[Role, ...]:
    return tuple(dict.fromkeys(row.role for row in rows))


@query(Action.CREATE_PROGRAMME)
def all_programmes(db: Session, actor: Actor) -> tuple[ProgrammeLine, ...]:
    """The programmes of the installation by name, each with its appointments."""
    lines = []
    for programme in db.exec(select(Programme)).all():
        rows = db.exec(
            select(Appointment).where(
                col(Appointment.scope_kind) == ScopeKind.PROGRAMME,
                col(Appointment.scope_id) == programme.id,
                col(Appointment.ended_at).is_(None),
            )
        ).all()
        people = []
        for row in sorted(rows, key=lambda row: list(Role).index(row.role)):
            card = person_card(db, row.person_id)
            people.append(AppointedPerson(card.name, card.email, row.role))
        lines.append(ProgrammeLine(programme.id, programme.name, tuple(people)))
    return tuple(sorted(lines, key=lambda line: line.name))


@query(Action.SEE_PROGRAMME)
def programme_name(db: Session, actor: Actor, programme_id: UUID) -> str:
    return db.get_one(Programme, programme_id).name
