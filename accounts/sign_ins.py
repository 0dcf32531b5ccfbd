"""Signing in, as operators see it: who is signed in, ending that, and addresses that were tried too often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from accounts import messages
from accounts.actors import Actor
from accounts.attempts import LIMITS, Attempts, attempts_of, attempts_of_all, forget_attempts
from accounts.commands import command, query
from accounts.models import EmailAddress, OneUseLink, Person, SignInSession
from accounts.people import address_of
from accounts.policy import Action
from storage.clock import now
from storage.database import found
from storage.errors import Invalid
from storage.values import Email, Line, OptionalLine

MOST_SHOWN: Final = 50


@dataclass(frozen=True)
class PersonSignedIn:
    """Somebody who is signed in. ``used_at`` is right to the hour."""

    person_id: UUID
    name: str
    email: str
    browsers: int
    used_at: datetime


@dataclass(frozen=True)
class SignIns:
    """How many browsers and people are signed in, and those who fit what was searched for, who came last on top.

    ``fitting`` counts them all; ``people`` are the first ``MOST_SHOWN``. ``attempts`` are everybody's.
    """

    browsers: int
    people_in_all: int
    fitting: int
    people: tuple[PersonSignedIn, ...]
    attempts: tuple[Attempts, ...]


@query(Action.END_SESSIONS)
def sign_ins(db: Session, actor: Actor, search: OptionalLine = "") -> SignIns:
    """Who is signed in now, with what is searched for in their name or address."""
    living = _living(db)
    browsers, people = db.execute(
        select(func.count(), func.count(func.distinct(SignInSession.person_id))).where(*living)
    ).one()
    wanted = [*living, *_named(search)]
    grouped = (
        select(Person.id, Person.name, func.count(), func.max(SignInSession.rotated_at).label("used"))
        .join(SignInSession, col(SignInSession.person_id) == col(Person.id))
        .where(*wanted)
        .group_by(col(Person.id), col(Person.name))
    )
    fitting = db.execute(select(func.count()).select_from(grouped.subquery())).scalar_one()
    rows = db.execute(grouped.order_by(func.max(SignInSession.rotated_at).desc(), col(Person.name)).limit(MOST_SHOWN))
    shown = tuple(PersonSignedIn(row[0], row[1], address_of(db, row[0]), row[2], row[3]) for row in rows)
    return SignIns(browsers, people, fitting, shown, attempts_of_all(db))


@command(Action.END_SESSIONS)
def end_sessions(db: Session, actor: Actor, person_id: UUID, reason: Line) -> int:
    """Sign somebody out in every browser, and tell them why by mail; returns in how many they were signed in.

    Open pages are signed out at their next step, and links that were mailed before let nobody in any longer. What they
    saved stays.

    Raises
    ------
    Invalid : they are not signed in, and no link could let anybody in.
    """
    person = found(db, Person, person_id)
    rows = db.exec(select(SignInSession).where(col(SignInSession.person_id) == person_id, *_living(db))).all()
    links = db.exec(
        select(OneUseLink).where(
            col(OneUseLink.person_id) == person_id,
            col(OneUseLink.used_at).is_(None),
            col(OneUseLink.expires_at) > now(db),
        )
    ).all()
    if not rows and not links:
        raise Invalid(f"{person.name} is not signed in any longer.", "person_id")
    for row in rows:
        row.revoked_at = now(db)
    for link in links:
        link.used_at = now(db)
    db.add_all([*rows, *links])
    messages.signed_out(db, person_id, reason, event=f"signed out {uuid4()}")
    return len(rows)


@query(Action.LET_TRY_AGAIN)
def attempts_with(db: Session, actor: Actor, email: OptionalLine = "") -> tuple[Attempts, ...]:
    """How often an address was tried, for each limit. Says nothing of whether it belongs to anybody."""
    return attempts_of(db, email)


@command(Action.LET_TRY_AGAIN)
def let_try_again(db: Session, actor: Actor, email: Email) -> None:
    """Begin an address's count again, so that whoever has it can sign in at once. That of a network goes on."""
    for kind in LIMITS:
        forget_attempts(db, kind, email)


def _living(db: Session) -> tuple[ColumnElement[bool], ...]:
    return col(SignInSession.revoked_at).is_(None), col(SignInSession.expires_at) > now(db)


def _named(search: str) -> tuple[ColumnElement[bool], ...]:
    """Whose name or address holds what was typed, to the letter."""
    if not search:
        return ()
    theirs = select(EmailAddress.person_id).where(col(EmailAddress.address).icontains(search, autoescape=True))
    return (or_(col(Person.name).icontains(search, autoescape=True), col(Person.id).in_(theirs)),)
