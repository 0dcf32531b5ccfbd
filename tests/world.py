"""People and programmes for tests, made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import BrowserContext
from sqlmodel import Session

from accounts.actors import LAUREL, Actor
from accounts.models import Role, ScopeKind
from accounts.people import find_or_add_person, verify_address
from accounts.programmes import appoint, create_programme
from accounts.sessions import COOKIE, open_session
from storage.database import reading, transact

R = TypeVar("R")


def do(command: Callable[..., R], actor: Actor, /, **arguments: Any) -> R:
    """Run a command in a transaction of its own, as a click does."""
    return transact(lambda db: command(db, actor, **arguments))


def ask(query: Callable[..., R], actor: Actor, /, **arguments: Any) -> R:
    """Run a query in a transaction of its own, as drawing a page does."""
    with reading() as db:
        return query(db, actor, **arguments)


def cookie_of(actor: Actor) -> str:
    """What a browser keeps of somebody who has just signed in."""
    person_id = actor.person_id
    assert person_id is not None
    return transact(lambda db: open_session(db, person_id))


def sign_in(context: BrowserContext, url: str, actor: Actor) -> None:
    """Let a browser come to a server as somebody who has just signed in."""
    context.add_cookies([{"name": COOKIE, "value": cookie_of(actor), "url": url}])


@dataclass
class World:
    """What exists around a test. Each thing is made once, by Laurel's own commands where there are any."""

    _people: dict[str, Actor] = field(default_factory=dict)

    def person(self, name: str) -> Actor:
        """Somebody with a verified address, ``name@example.org``, and no appointment."""
        if name not in self._people:

            def add(db: Session) -> UUID:
                person = find_or_add_person(db, name.capitalize(), self.address(name))
                verify_address(db, self.address(name))
                return person.id

            self._people[name] = Actor(person_id=transact(add))
        return self._people[name]

    def address(self, name: str) -> str:
        return f"{name.replace(' ', '.')}@example.org"

    def appointed(self, role: Role, scope_kind: ScopeKind, scope_id: UUID | None, name: str = "") -> Actor:
        """Somebody who holds a role; another person for each name."""
        actor = self.person(name or f"{role.value} {scope_id or ''}".strip())
        assert actor.person_id is not None
        transact(lambda db: appoint(db, LAUREL, actor.person_id, role, scope_kind, scope_id))
        return actor

    @cached_property
    def operator(self) -> Actor:
        return self.appointed(Role.OPERATOR, ScopeKind.INSTALLATION, None, "operator")

    @cached_property
    def programme_id(self) -> UUID:
        return do(create_programme, self.operator, name="Clean water")

    @cached_property
    def other_programme_id(self) -> UUID:
        return do(create_programme, self.operator, name="Quiet streets")

    def staff(self, role: Role, name: str = "") -> Actor:
        """Somebody with a role in the programme."""
        return self.appointed(role, ScopeKind.PROGRAMME, self.programme_id, name or role.value)

    @cached_property
    def owner(self) -> Actor:
        return self.staff(Role.OWNER)

    @cached_property
    def stranger_to_all(self) -> Actor:
        """Somebody who has signed in and has nothing to do with anything here."""
        return self.person(f"passer-by {uuid4().hex[:6]}")


@pytest.fixture
def world(database: Any) -> World:
    """An empty installation on both databases, to fill with people and programmes."""
    return World()
