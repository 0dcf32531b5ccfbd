"""How often somebody may knock: attempts to sign in, to have a link sent and to register, counted and limited.

Each attempt is counted before it is made, in a transaction of its own, so that it stays counted when the command fails
and takes its own transaction back. Counts lie in the database, so that replicas agree. One that is refused is not
counted, or whoever is patient would wait longer for each look.

Nobody is locked out by a stranger who knocks in their name. A password that was tried too often leaves the link by
mail, which is counted apart. Links are limited for less time than a link is good: whoever is refused one has another in
the mail that still works. Whether an address belongs to somebody makes no difference to what is counted or said.

A row holds a digest of the account or of the network, made with the installation's key, and neither of them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete, func, text
from sqlmodel import Session, col, select

from accounts.models import Attempt, AttemptKind
from settings import get_settings
from storage.clock import now
from storage.database import transact
from storage.errors import TooMany
from storage.jobs import regular

SWEEP = "forget old attempts"
KEPT_FOR = timedelta(hours=1)
"""Longer than every limit looks back."""


@dataclass(frozen=True)
class Limit:
    """So many attempts within so long, for one account and for one address of the network."""

    within: timedelta
    account: int
    network: int
    words: str


LIMITS: Mapping[AttemptKind, Limit] = MappingProxyType(
    {
        AttemptKind.SIGN_IN: Limit(
            timedelta(minutes=15), 10, 100, "There were too many attempts to sign in. {} Or have a link sent to you."
        ),
        AttemptKind.LINK: Limit(
            timedelta(minutes=10),
            5,
            60,
            "Links were asked for too often. If one has come to you by mail, use the newest: it is still good. "
            "If not: {}",
        ),
        AttemptKind.REGISTRATION: Limit(
            timedelta(minutes=10),
            5,
            60,
            "Registration was tried too often. If a link has come to you by mail, use the newest: it is still good. "
            "If not: {}",
        ),
        AttemptKind.USE_LINK: Limit(
            timedelta(minutes=10), 0, 300, "Too many links were used from where you are. {} Your link stays good."
        ),
    }
)
"""The limits of a network leave room for a panel or a university behind one address."""


def count_attempt(kind: AttemptKind, network: str, email: str = "") -> None:
    """Count an attempt, for the account if there is one and for the network. Opens a transaction of its own.

    Raises
    ------
    TooMany : there were too many; the words say when to try again.
    """
    counted = [(_digest("network", network), LIMITS[kind].network)]
    if email:
        counted.append((_digest("account", email.strip().lower()), LIMITS[kind].account))
    transact(lambda db: _count(db, kind, counted))


def forget_attempts(db: Session, kind: AttemptKind, email: str) -> None:
    """Begin an account's own count again, once its owner has come in. That of the network goes on."""
    about = _digest("account", email.strip().lower())
    db.exec(delete(Attempt).where(col(Attempt.kind) == kind, col(Attempt.about) == about))


@dataclass(frozen=True)
class Attempts:
    """How often an account, or everybody, was tried within a limit's time. ``free_again`` is set where it is held."""

    kind: AttemptKind
    within: timedelta
    made: int
    most: int
    most_of_network: int
    free_again: datetime | None


def attempts_of(db: Session, email: str) -> tuple[Attempts, ...]:
    """What was tried with one address, for each limit that an account has."""
    moment_now, about = now(db), _digest("account", email.strip().lower())
    found = []
    for kind, limit in LIMITS.items():
        if limit.account:
            since = moment_now - limit.within
            newest_first = select(Attempt.at).where(
                col(Attempt.kind) == kind, col(Attempt.about) == about, col(Attempt.at) > since
            )
            times = db.exec(newest_first.order_by(col(Attempt.at).desc())).all()
            free_again = times[limit.account - 1] + limit.within if len(times) >= limit.account else None
            found.append(Attempts(kind, limit.within, len(times), limit.account, limit.network, free_again))
    return tuple(found)


def attempts_of_all(db: Session) -> tuple[Attempts, ...]:
    """What was tried by everybody together: an attempt has one time, on the rows of its account and of its network."""
    moment_now = now(db)
    found = []
    for kind, limit in LIMITS.items():
        there = (col(Attempt.kind) == kind, col(Attempt.at) > moment_now - limit.within)
        made = db.exec(select(func.count(func.distinct(Attempt.at))).where(*there)).one()
        found.append(Attempts(kind, limit.within, made, limit.account, limit.network, None))
    return tuple(found)


def _count(db: Session, kind: AttemptKind, counted: list[tuple[str, int]]) -> None:
    limit, moment_now = LIMITS[kind], now(db)
    free_again = moment_now
    for about, most in sorted(counted):
        _one_at_a_time(db, about)
        there = (col(Attempt.kind) == kind, col(Attempt.about) == about, col(Attempt.at) > moment_now - limit.within)
        if db.exec(select(func.count()).select_from(Attempt).where(*there)).one() >= most:
            newest_first = select(Attempt.at).where(*there).order_by(col(Attempt.at).desc())
            one_too_many = db.exec(newest_first.offset(most - 1).limit(1)).one()
            free_again = max(free_again, one_too_many + limit.within)
    if free_again > moment_now:
        raise TooMany(limit.words.format(_try_again(free_again - moment_now)))
    db.add_all(Attempt(kind=kind, about=about, at=moment_now) for about, _ in counted)


def _one_at_a_time(db: Session, about: str) -> None:
    """Let nobody slip past a limit by knocking many times at once. On SQLite there is one writer anyway."""
    if db.get_bind().dialect.name != "sqlite":
        lock = int.from_bytes(hashlib.sha256(about.encode()).digest()[:8], signed=True)
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})


def _try_again(wait: timedelta) -> str:
    minutes = -(-wait // timedelta(minutes=1))
    return f"Try again in {minutes} minutes." if minutes > 1 else "Try again in a minute."


def _digest(what: str, value: str) -> str:
    key = get_settings().secret_key.get_secret_value().encode()
    return hmac.new(key, f"attempt {what} {value}".encode(), hashlib.sha256).hexdigest()


@regular(SWEEP, timedelta(minutes=10))
def _forget(db: Session, _: Mapping[str, Any], __: None) -> None:
    forget_before(db, now(db) - KEPT_FOR)


def forget_before(db: Session, moment: datetime) -> None:
    """Remove the attempts before a moment."""
    db.exec(delete(Attempt).where(col(Attempt.at) < moment))
