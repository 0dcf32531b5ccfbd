"""Who may do what, and why: the policy tables in words, and the appointments that people hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import query
from accounts.models import Appointment, Person, Programme, Role, ScopeKind
from accounts.people import address_of
from accounts.permissions import Rule, rules
from accounts.policy import Action

PACKAGES = ("accounts", "mission", "prize", "judging", "delivery")
EVERYWHERE = "the whole installation"


@dataclass(frozen=True)
class RuleShown:
    """One line of a policy table. ``about`` says whose scope counts: the prize of an entry, and so on."""

    does: str
    about: str
    roles: tuple[Role, ...]
    everybody: str
    relations: tuple[str, ...]
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class PolicyShown:
    """The table of one package."""

    package: str
    rules: tuple[RuleShown, ...]


@dataclass(frozen=True)
class Appointee:
    """Somebody who holds or held a role."""

    id: UUID
    name: str
    email: str


@dataclass(frozen=True)
class HeldRole:
    """A role that a person holds, or held, and who gave it."""

    role: Role
    where: str
    appointed_by: str
    appointed_at: datetime
    ended_at: datetime | None
    may: tuple[str, ...]


Names = Callable[[Session, UUID], str | None]

_names: dict[ScopeKind, Names] = {}


def names_scope(kind: ScopeKind) -> Callable[[Names], Names]:
    """Register how a scope of this kind is called on this page; never after an entry."""

    def register(find: Names) -> Names:
        _names[kind] = find
        return find

    return register


@names_scope(ScopeKind.PROGRAMME)
def _programme(db: Session, programme_id: UUID) -> str | None:
    programme = db.get(Programme, programme_id)
    return f"the programme {programme.name}" if programme else None


@query(Action.SEE_PERMISSIONS)
def policy_tables(db: Session, actor: Actor) -> tuple[PolicyShown, ...]:
    """Every rule in words, by package, in the order of the tables that let commands through."""
    tables: dict[str, list[RuleShown]] = {package: [] for package in PACKAGES}
    for action, rule in rules().items():
        tables[type(action).__module__.partition(".")[0]].append(_shown(rule))
    return tuple(PolicyShown(package, tuple(shown)) for package, shown in tables.items())


@query(Action.SEE_PERMISSIONS)
def appointees(db: Session, actor: Actor) -> tuple[Appointee, ...]:
    """The people who hold a role now or held one, by name."""
    ids = select(Appointment.person_id).distinct()
    people = db.exec(select(Person).where(col(Person.id).in_(ids))).all()
    shown = [Appointee(person.id, person.name, address_of(db, person.id)) for person in people]
    return tuple(sorted(shown, key=lambda person: (person.name.casefold(), person.email)))


@query(Action.SEE_PERMISSIONS)
def roles_of(db: Session, actor: Actor, person_id: UUID) -> tuple[HeldRole, ...]:
    """The roles of a person with what each lets them do, present ones first. Entries are not named."""
    rows = db.exec(select(Appointment).where(col(Appointment.person_id) == person_id)).all()
    rows = sorted(rows, key=lambda row: (row.ended_at is not None, list(Role).index(row.role), row.appointed_at))
    return tuple(
        HeldRole(row.role, _where(db, row), _by(db, row.appointed_by), row.appointed_at, row.ended_at, _lets(row.role))
        for row in rows
    )


def _shown(rule: Rule) -> RuleShown:
    everybody = "Anybody" if rule.anybody else "Everybody who has signed in" if rule.signed_in else ""
    return RuleShown(
        rule.does,
        _about(rule.about),
        rule.roles,
        everybody,
        tuple(relation.words for relation in rule.relations),
        tuple(condition.words for condition in rule.provided),
    )


def _about(parameter: str) -> str:
    return parameter.removesuffix("_id").replace("_", " ") if parameter else "installation"


def _lets(role: Role) -> tuple[str, ...]:
    return tuple(rule.does for rule in rules().values() if role in rule.roles)


def _where(db: Session, appointment: Appointment) -> str:
    if appointment.scope_id is None:
        return EVERYWHERE
    return scope_name(db, appointment.scope_kind, appointment.scope_id)


def scope_name(db: Session, kind: ScopeKind, scope_id: UUID) -> str:
    """How a programme, prize or stage is called."""
    find = _names.get(kind)
    found = find(db, scope_id) if find else None
    return found or f"a {kind.value} that is not there any longer"


def _by(db: Session, person_id: UUID | None) -> str:
    person = db.get(Person, person_id) if person_id else None
    return person.name if person else "Laurel"
