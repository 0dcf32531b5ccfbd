"""Writing to a group of people of a prize: whom one can write to, and what was written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from prize.entries.conflicts import people_kept_from
from prize.entries.models import Entry, EntryState
from prize.entries.teams import members_of
from prize.models import GroupMessage, Prize, Stage
from prize.policy import Action
from prize.stages import own_stage
from prize.templates import COMMON, check_fields, send_filled
from storage.clock import now
from storage.database import found, locked
from storage.errors import Invalid, Stale
from storage.jobs import enqueue, job
from storage.values import Line, Prose, Reference

WRITE: Final = "write to a group"
AT_ONCE: Final = 200
"""Mails that are written in one transaction."""
MOST_SHOWN: Final = 20

People = Callable[[Session, Stage], Iterable[UUID]]


@dataclass(frozen=True)
class Group:
    """People of a stage to whom one can write."""

    key: str
    words: str
    people: People


_groups: dict[str, Group] = {}


def group(key: str, words: str) -> Callable[[People], People]:
    """Register a group. Its people are found anew each time."""

    def register(people: People) -> People:
        _groups[key] = Group(key, words, people)
        return people

    return register


@dataclass(frozen=True)
class GroupShown:
    """A group with how many people are in it, but for those of entries that the reader must not see."""

    key: str
    words: str
    count: int


@dataclass(frozen=True)
class GroupMessageShown:
    """What was written to a group. ``written`` of ``count`` mails are in the outbox."""

    at: datetime
    audience: str
    subject: str
    text: str
    count: int
    written: int


@query(Action.WRITE_TO_GROUP)
def groups(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID) -> tuple[GroupShown, ...]:
    """To whom one can write now, and how many they are."""
    stage = own_stage(db, prize_id, found(db, Stage, stage_id))
    hidden = people_kept_from(db, actor.person_id, prize_id)
    return tuple(
        GroupShown(each.key, each.words, sum(person not in hidden for person in set(each.people(db, stage))))
        for each in _groups.values()
    )


@command(Action.WRITE_TO_GROUP)
def write_to_group(
    db: Session,
    actor: Actor,
    prize_id: UUID,
    stage_id: UUID,
    audience: Reference,
    count: int,
    subject: Line,
    text: Prose,
) -> int:
    """Write to everybody in a group, each by name; returns to how many. ``count`` is how many the page showed.

    The mails are written by a job, to those who are in the group now.

    Raises
    ------
    Invalid : there is no such group, nobody is in it, or the text has a field that it cannot have.
    Stale : the group has changed since the page was drawn.
    """
    prize = locked(db, Prize, prize_id)
    stage = own_stage(db, prize_id, found(db, Stage, stage_id))
    chosen = _groups.get(audience)
    if chosen is None:
        raise Invalid("There is no such group. Choose one of the list.", "audience")
    check_fields(subject, COMMON, "subject")
    check_fields(text, COMMON, "text")
    people = sorted(set(chosen.people(db, stage)), key=str)
    hidden = people_kept_from(db, actor.person_id, prize_id)
    seen = sum(person not in hidden for person in people)
    if seen != count:
        raise Stale(f"The group has changed: it has {seen} people now. Look at it again, then send.")
    if not seen:
        raise Invalid("Nobody is in this group, so there is nobody to write to.", "audience")
    assert actor.person_id is not None
    row = GroupMessage(
        prize_id=prize.id,
        audience=f"{stage.name}: {chosen.words}",
        subject=subject,
        text=text,
        people=[str(person) for person in people],
        sent_by=actor.person_id,
        sent_at=now(db),
    )
    db.add(row)
    db.flush()
    enqueue(db, WRITE, {"group_message_id": str(row.id)}, about=f"group message {row.id}")
    return seen


@job(WRITE)
def _write(db: Session, arguments: Mapping[str, Any], _: None) -> None:
    """Write some of the mails, and have the rest written after them."""
    row = locked(db, GroupMessage, UUID(arguments["group_message_id"]))
    prize = found(db, Prize, row.prize_id)
    some = row.people[row.written : row.written + AT_ONCE]
    for person in some:
        send_filled(db, prize, UUID(person), row.subject, row.text, event=f"group message {row.id}")
    row.written += len(some)
    db.add(row)
    if row.written < len(row.people):
        enqueue(db, WRITE, arguments, about=f"group message {row.id}")


def group_messages(db: Session, prize_id: UUID, hidden: frozenset[UUID]) -> tuple[GroupMessageShown, ...]:
    """What was last written to groups, the latest on top, with nobody counted who is ``hidden``."""
    newest = (
        select(GroupMessage).where(col(GroupMessage.prize_id) == prize_id).order_by(col(GroupMessage.sent_at).desc())
    )
    rows = db.exec(newest.limit(MOST_SHOWN)).all()
    return tuple(_shown(row, {str(person) for person in hidden}) for row in rows)


def _shown(row: GroupMessage, hidden: set[str]) -> GroupMessageShown:
    left_out = [person in hidden for person in row.people]
    return GroupMessageShown(
        row.sent_at,
        row.audience,
        row.subject,
        row.text,
        len(row.people) - sum(left_out),
        row.written - sum(left_out[: row.written]),
    )


def _members(db: Session, stage: Stage, *states: EntryState) -> set[UUID]:
    return members_of(db, col(Entry.stage_id) == stage.id, col(Entry.state).in_(states))


@group("teams", "everybody with an entry, submitted or not")
def _teams(db: Session, stage: Stage) -> set[UUID]:
    return _members(db, stage, EntryState.DRAFT, EntryState.SUBMITTED)


@group("drafts", "teams that have begun an entry and not submitted it")
def _drafts(db: Session, stage: Stage) -> set[UUID]:
    return _members(db, stage, EntryState.DRAFT)


@group("submitted", "teams that have submitted")
def _submitted(db: Session, stage: Stage) -> set[UUID]:
    return _members(db, stage, EntryState.SUBMITTED)
