"""Tables of the panel's meetings: the agenda, who was there, the minutes, and scores that were revised."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import choice, document, identifier, moment


class MeetingState(StrEnum):
    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"


class Meeting(SQLModel, table=True):
    """A meeting of a stage's panel. ``entry_id`` is the entry that it discusses now."""

    __tablename__ = "meeting"

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id", index=True)
    state: MeetingState = choice(MeetingState, MeetingState.PREPARED)
    quorum: int
    entry_id: UUID | None = Field(default=None, foreign_key="entry.id")
    prepared_by: UUID = Field(foreign_key="person.id")
    prepared_at: datetime = moment()
    opened_at: datetime | None = moment(optional=True)
    closed_at: datetime | None = moment(optional=True)
    version: int = 1


class MeetingPresence(SQLModel, table=True):
    """A member of the panel who came to a meeting, and perhaps left it. Who comes back has left no more."""

    __tablename__ = "meeting_presence"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)

    id: UUID = identifier()
    meeting_id: UUID = Field(foreign_key="meeting.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    joined_at: datetime = moment()
    left_at: datetime | None = moment(optional=True)


class ItemReason(StrEnum):
    """Why an entry is on the agenda."""

    UNDECIDED = "undecided"
    DISAGREEMENT = "disagreement"
    ADDED = "added"


class AgendaItem(SQLModel, table=True):
    """An entry on the agenda of a meeting, or taken off it. ``words`` say why it was added by hand."""

    __tablename__ = "agenda_item"
    __table_args__ = (UniqueConstraint("meeting_id", "entry_id"),)

    id: UUID = identifier()
    meeting_id: UUID = Field(foreign_key="meeting.id")
    entry_id: UUID = Field(foreign_key="entry.id", index=True)
    position: int
    reason: ItemReason = choice(ItemReason)
    words: str = Field(default="", max_length=200)
    presented_at: datetime | None = moment(optional=True)
    removed_at: datetime | None = moment(optional=True)


class Minute(SQLModel, table=True):
    """What a meeting recorded about an entry. It is never changed: a correction is another one that names it.

    ``outcome`` is empty where nothing was decided. ``present`` may vote on the entry, ``recused`` must not see it.
    """

    __tablename__ = "minute"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    id: UUID = identifier()
    meeting_id: UUID = Field(foreign_key="meeting.id")
    entry_id: UUID = Field(foreign_key="entry.id", index=True)
    number: int
    outcome: str = Field(default="", max_length=40)
    reason: str = Field(max_length=2000)
    votes_for: int
    votes_against: int
    abstaining: int
    quorum: int
    present: list[Any] = document()
    recused: list[Any] = document()
    corrects_id: UUID | None = Field(default=None, foreign_key="minute.id", unique=True)
    recorded_by: UUID = Field(foreign_key="person.id")
    recorded_at: datetime = moment()


class RevisedScore(SQLModel, table=True):
    """What a member of the panel gives a criterion after discussing the entry, in steps of the scale.

    The independent score stays as it is. Where there are no ``points``, the member has taken the revision back.
    """

    __tablename__ = "revised_score"
    __table_args__ = (UniqueConstraint("entry_id", "person_id", "criterion_key"),)

    id: UUID = identifier()
    meeting_id: UUID = Field(foreign_key="meeting.id")
    entry_id: UUID = Field(foreign_key="entry.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    rubric_id: UUID = Field(foreign_key="rubric.id")
    criterion_key: UUID
    points: int | None = None
    saved_at: datetime = moment()
    version: int = 1
