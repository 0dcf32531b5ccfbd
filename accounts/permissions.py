"""How a policy table is read: who may do what, in which scope, and the reason of the answer.

Each package has a ``policy.py`` with its own ``Action`` enum and one table from actions to rules. A rule is met by an
appointment in the scope of what is acted on, or by a relation to it (member of the team, judge of the entry), provided
that all its conditions hold. The same table lets a command through, tells a page which buttons to show, and is shown
to an administrator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.models import Appointment, Role, ScopeKind
from storage.errors import NOT_YOURS

Subject = Mapping[str, Any]
"""The arguments of the command or query, by name."""


@dataclass(frozen=True)
class Scope:
    """Where something lies; an appointment counts when it covers one of these.

    ``entry_id`` is the entry that it belongs to, if any: an appointment does not count for an entry from which its
    holder is shut out.
    """

    programme_id: UUID | None = None
    prize_id: UUID | None = None
    stage_id: UUID | None = None
    entry_id: UUID | None = None


@dataclass(frozen=True)
class Relation:
    """A connection between the actor and what is acted on. ``words`` complete "the actor …"."""

    words: str
    holds: Callable[[Session, Actor, Subject], bool]


@dataclass(frozen=True)
class Condition:
    """What must hold besides. ``otherwise`` is what the person is told."""

    words: str
    holds: Callable[[Session, Actor, Subject], bool]
    otherwise: str


@dataclass(frozen=True)
class Rule:
    """Who may do one thing. ``about`` names the parameter whose scope counts; empty means the installation."""

    does: str
    about: str = ""
    roles: tuple[Role, ...] = ()
    relations: tuple[Relation, ...] = ()
    provided: tuple[Condition, ...] = ()
    signed_in: bool = False
    anybody: bool = False


@dataclass(frozen=True)
class Answer:
    """Whether something is allowed, and why or why not."""

    allowed: bool
    reason: str


Bar = Callable[[Session, UUID, Scope], bool]
"""Whether a person is shut out from what lies in a scope, whatever their appointments."""

_rules: dict[StrEnum, Rule] = {}
_scopes: dict[str, Callable[[Session, Any], Scope | None]] = {}
_bars: list[Bar] = []


def bar(shut_out: Bar) -> Bar:
    """Register a reason for which appointments do not count."""
    _bars.append(shut_out)
    return shut_out


def scope_of(
    parameter: str,
) -> Callable[[Callable[[Session, Any], Scope | None]], Callable[[Session, Any], Scope | None]]:
    """Register how the scope of what ``parameter`` names is found; None when it does not exist."""

    def register(find: Callable[[Session, Any], Scope | None]) -> Callable[[Session, Any], Scope | None]:
        _scopes[parameter] = find
        return find

    return register


def adopt(policy: Mapping[Any, Rule]) -> None:
    """Add a package's policy table. Actions are unique over all packages, and every scope is known."""
    for action, rule in policy.items():
        if action in _rules:
            raise ValueError(f"two packages have an action {action!s}")
        if rule.about and rule.about not in _scopes:
            raise ValueError(f"{action!s} is about {rule.about!r}, whose scope nobody knows")
        _rules[action] = rule


def rules() -> Mapping[StrEnum, Rule]:
    """Every rule, for the walks and for the administrator's page."""
    return dict(_rules)


def scopes() -> Mapping[str, Callable[[Session, Any], Scope | None]]:
    """How the scope of each thing is found, by the parameter that names it."""
    return dict(_scopes)


def decide(db: Session, actor: Actor, action: StrEnum, subject: Subject) -> Answer:
    """Whether ``actor`` may do ``action`` to ``subject``. The reason tells nothing of what the actor may not see."""
    rule = _rules[action]
    if actor.system:
        return Answer(True, "Laurel does this by itself.")
    why = _why(db, actor, rule, subject)
    if why is None:
        return Answer(False, NOT_YOURS if actor.signed_in else "Sign in first.")
    for condition in rule.provided:
        if not condition.holds(db, actor, subject):
            return Answer(False, condition.otherwise)
    return Answer(True, why)


def _why(db: Session, actor: Actor, rule: Rule, subject: Subject) -> str | None:
    scope: Scope | None = Scope()
    if rule.about:
        scope = _scopes[rule.about](db, subject[rule.about])
        if scope is None:
            return None
    if rule.anybody:
        return "Anybody may."
    if not actor.signed_in:
        return None
    if rule.signed_in:
        return "Everybody who has signed in may."
    assert scope is not None
    held = next((role for role in held_roles(db, actor, scope) if role in rule.roles), None) if rule.roles else None
    if held is not None and actor.person_id and not any(shut(db, actor.person_id, scope) for shut in _bars):
        return f"You are {held.value} here."
    for relation in rule.relations:
        if relation.holds(db, actor, subject):
            return f"You {relation.words}."
    return None


def held_roles(db: Session, actor: Actor, scope: Scope) -> tuple[Role, ...]:
    """The roles whose appointments cover ``scope``."""
    if actor.person_id is None:
        return ()
    places = {
        (ScopeKind.INSTALLATION, None),
        (ScopeKind.PROGRAMME, scope.programme_id),
        (ScopeKind.PRIZE, scope.prize_id),
        (ScopeKind.STAGE, scope.stage_id),
    }
    held = db.exec(
        select(Appointment).where(col(Appointment.person_id) == actor.person_id, col(Appointment.ended_at).is_(None))
    )
    return tuple(
        appointment.role
        for appointment in held
        if (appointment.scope_kind, appointment.scope_id) in places
        and (appointment.scope_id is not None or appointment.scope_kind is ScopeKind.INSTALLATION)
    )
