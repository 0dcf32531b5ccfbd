"""Browsers that are signed in: the cookie's token, its rotation, and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, or_, select

from accounts import tokens
from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import SignInSession
from accounts.policy import Action
from storage.clock import now
from storage.database import reading, transact

COOKIE = "laurel_session"
PURPOSE = "session"
LIFETIME = timedelta(days=14)
ROTATE_AFTER = timedelta(hours=1)
OLD_TOKEN_GOOD_FOR = timedelta(minutes=1)


@dataclass(frozen=True)
class Identity:
    """Who a request comes from. ``fresh_token`` is to be set as the cookie, when there is one."""

    session_id: UUID
    person_id: UUID
    fresh_token: str | None = None


@dataclass(frozen=True)
class OpenSession:
    id: UUID
    created_at: datetime
    expires_at: datetime
    this_one: bool


def open_session(db: Session, person_id: UUID) -> str:
    """Sign a person in and return the cookie's token. Called by commands that have made sure of who it is."""
    moment_now = now(db)
    row = SignInSession(
        person_id=person_id,
        token_id=tokens.new_token_id(),
        rotated_at=moment_now,
        created_at=moment_now,
        expires_at=moment_now + LIFETIME,
    )
    db.add(row)
    db.flush()
    return tokens.make(PURPOSE, row.token_id, row.created_at, row.expires_at)


def identify(token: str) -> Identity | None:
    """Who the cookie's token belongs to; None when it is not good, or no longer.

    Opens transactions of its own: the edge calls it before any page runs.
    """
    with reading() as db:
        token_id = tokens.read(PURPOSE, token, now(db))
        row = _living(db, token_id) if token_id else None
        if token_id is None or row is None:
            return None
        due = row.token_id == token_id and row.rotated_at + ROTATE_AFTER <= now(db)
        found = Identity(row.id, row.person_id)
    return transact(lambda db: _rotate(db, token_id)) if due else found


def _living(db: Session, token_id: str, *, lock: bool = False) -> SignInSession | None:
    """The session of a token, unless it has ended; the token before the last one is good for a minute."""
    statement = select(SignInSession).where(
        or_(col(SignInSession.token_id) == token_id, col(SignInSession.previous_token_id) == token_id)
    )
    row = db.exec(statement.with_for_update() if lock else statement).first()
    if row is None or row.revoked_at is not None:
        return None
    moment_now = now(db)
    if row.expires_at <= moment_now:
        return None
    if row.token_id != token_id and row.rotated_at + OLD_TOKEN_GOOD_FOR < moment_now:
        return None
    return row


def _rotate(db: Session, token_id: str) -> Identity | None:
    row = _living(db, token_id, lock=True)
    if row is None:
        return None
    moment_now = now(db)
    if row.token_id != token_id:  # a request beside this one was faster
        return Identity(row.id, row.person_id)
    row.previous_token_id, row.token_id, row.rotated_at = row.token_id, tokens.new_token_id(), moment_now
    db.add(row)
    return Identity(row.id, row.person_id, tokens.make(PURPOSE, row.token_id, moment_now, row.expires_at))


@command(Action.SIGN_OUT)
def sign_out(db: Session, actor: Actor) -> None:
    """End the session that asks."""
    if actor.session_id is not None:
        _revoke(db, actor.session_id)


@command(Action.REVOKE_SESSION)
def revoke_session(db: Session, actor: Actor, own_session_id: UUID) -> None:
    """End one's own session in another browser; its open tabs are signed out at their next step."""
    _revoke(db, own_session_id)


def _revoke(db: Session, session_id: UUID) -> None:
    row = db.get_one(SignInSession, session_id)
    row.revoked_at = row.revoked_at or now(db)
    db.add(row)


@query(Action.SEE_OWN_ACCOUNT)
def open_sessions(db: Session, actor: Actor) -> tuple[OpenSession, ...]:
    """The browsers in which the actor is signed in, newest first."""
    moment_now = now(db)
    rows = db.exec(
        select(SignInSession).where(
            col(SignInSession.person_id) == actor.person_id, col(SignInSession.revoked_at).is_(None)
        )
    ).all()
    living = [row for row in rows if row.expires_at > moment_now]
    return tuple(
        OpenSession(row.id, row.created_at, row.expires_at, row.id == actor.session_id)
        for row in sorted(living, key=lambda row: row.created_at, reverse=True)
    )
