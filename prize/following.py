"""Following a published prize by mail, and telling those who do what has happened."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from prize import messages
from prize.models import Following, Prize
from prize.policy import Action
from prize.prizes import is_public
from prize.templates import Template
from storage.clock import now
from storage.database import locked, matching, one_matching
from storage.errors import NOT_YOURS, Refused

STOPPED = "This link has done its work, or was cut short. No mail comes to you through it."


@dataclass(frozen=True)
class FollowedPrize:
    """A prize about which somebody gets mail."""

    prize_id: UUID
    title: str
    slug: str


@command(Action.FOLLOW_PRIZE)
def follow_prize(db: Session, actor: Actor, prize_id: UUID) -> None:
    """Get a mail whenever something about a published prize is made known.

    Raises
    ------
    Refused : the prize is not published.
    """
    must_be_public(db, prize_id)
    locked(db, Prize, prize_id)
    assert actor.person_id is not None
    if _following(db, prize_id, actor.person_id) is None:
        db.add(Following(prize_id=prize_id, person_id=actor.person_id, followed_at=now(db)))


@command(Action.STOP_FOLLOWING)
def stop_following(db: Session, actor: Actor, prize_id: UUID) -> None:
    """Get no more mail about a prize; also when there was none before.

    Raises
    ------
    Refused : the prize is not published, and the actor did not follow it.
    """
    assert actor.person_id is not None
    row = _following(db, prize_id, actor.person_id)
    if row is None:
        must_be_public(db, prize_id)
    else:
        db.delete(row)


@command(Action.USE_STOP_LINK)
def stop_by_link(db: Session, actor: Actor, following_id: UUID) -> str:
    """Stop the mails from one of which this link comes, without signing in; returns the prize's title.

    Raises
    ------
    Refused : nobody follows a prize by this link, or no longer.
    """
    row = _linked(db, following_id)
    title = db.get_one(Prize, row.prize_id).title
    db.delete(row)
    return title


@query(Action.USE_STOP_LINK)
def followed_by_link(db: Session, actor: Actor, following_id: UUID) -> FollowedPrize:
    """The prize to which a link in a mail belongs.

    Raises
    ------
    Refused : nobody follows a prize by this link, or no longer.
    """
    return _shown(db.get_one(Prize, _linked(db, following_id).prize_id))


@query(Action.LIST_FOLLOWED)
def followed_prizes(db: Session, actor: Actor) -> tuple[FollowedPrize, ...]:
    """The prizes that the actor follows, by title."""
    rows = db.exec(
        select(Prize)
        .join(Following, col(Following.prize_id) == col(Prize.id))
        .where(col(Following.person_id) == actor.person_id)
    ).all()
    return tuple(sorted((_shown(row) for row in rows), key=lambda prize: (prize.title, prize.slug)))


def tell_followers(
    db: Session, prize: Prize, template: Template, event: str, *, but: Collection[UUID] = (), **values: str
) -> int:
    """Mail everybody who follows a prize what has happened, once for each ``event``; returns how many were told.

    ``event`` is unique over all that ever happens, such as ``stage 1f… extended 2``. ``but`` are people who are told
    in other words.
    """
    rows = matching(db, Following, prize_id=prize.id)
    told = sorted((row for row in rows if row.person_id not in but), key=lambda row: row.followed_at)
    for row in told:
        messages.to_follower(db, prize, template, row.person_id, row.id, event=event, **values)
    return len(told)


def must_be_public(db: Session, prize_id: UUID) -> Prize:
    """The prize, if anybody may see it.

    Raises
    ------
    Refused : it is not published, in the same words as if there were none.
    """
    prize = db.get(Prize, prize_id)
    if prize is None or not is_public(prize):
        raise Refused(NOT_YOURS)
    return prize


def _following(db: Session, prize_id: UUID, person_id: UUID) -> Following | None:
    return one_matching(db, Following, prize_id=prize_id, person_id=person_id)


def _linked(db: Session, following_id: UUID) -> Following:
    row = db.get(Following, following_id)
    if row is None:
        raise Refused(STOPPED)
    return row


def _shown(prize: Prize) -> FollowedPrize:
    return FollowedPrize(prize.id, prize.title, prize.slug)
