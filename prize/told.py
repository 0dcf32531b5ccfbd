"""Who was told what about a prize, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from accounts.actors import Actor
from accounts.commands import query
from accounts.people import name_of
from prize.entries.conflicts import people_kept_from
from prize.group_messages import GroupMessageShown, group_messages
from prize.policy import Action
from storage.mail import Mail, MailState
from storage.values import OptionalLine

MOST_SHOWN: Final = 200


@dataclass(frozen=True)
class ToldLine:
    """That somebody was told something."""

    at: datetime
    name: str
    email: str
    subject: str
    state: MailState
    sent_at: datetime | None
    problem: str


@dataclass(frozen=True)
class Told:
    """The mails about a prize, the latest on top: the first ``MOST_SHOWN`` of ``count``."""

    count: int
    lines: tuple[ToldLine, ...]
    to_groups: tuple[GroupMessageShown, ...]


@query(Action.SEE_TOLD)
def told(db: Session, actor: Actor, prize_id: UUID, search: OptionalLine = "") -> Told:
    """Who was told what and when, but for mails of which nobody is to know who got them (see ``Template.private``).

    Without people of the teams of entries that the reader must not see.
    """
    hidden = people_kept_from(db, actor.person_id, prize_id)
    which: list[ColumnElement[bool]] = [col(Mail.about) == prize_id]
    if hidden:
        which.append(col(Mail.person_id).not_in(hidden))
    if search:
        fits = (column.icontains(search, autoescape=True) for column in (col(Mail.recipient), col(Mail.subject)))
        which.append(or_(*fits))
    count = db.exec(select(func.count()).select_from(Mail).where(*which)).one()
    rows = db.exec(select(Mail).where(*which).order_by(col(Mail.written_at).desc(), col(Mail.id)).limit(MOST_SHOWN))
    lines = tuple(
        ToldLine(
            row.written_at,
            name_of(db, row.person_id) if row.person_id else "",
            row.recipient,
            row.subject,
            row.state,
            row.sent_at,
            row.problem,
        )
        for row in rows
    )
    return Told(count, lines, group_messages(db, prize_id, hidden))
