"""Tables of missions, targets and measurements."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import choice, decimal, identifier, moment


class Mission(SQLModel, table=True):
    """A long-term outcome that a programme commits to."""

    __tablename__ = "mission"

    id: UUID = identifier()
    programme_id: UUID = Field(foreign_key="programme.id", index=True)
    title: str = Field(max_length=200)
    statement: str = Field(max_length=2000)
    source: str = Field(default="", max_length=500)
    created_by: UUID | None = Field(default=None, foreign_key="person.id")
    created_at: datetime = moment()
    version: int = 1


class Direction(StrEnum):
    UP = "at least"
    DOWN = "at most"


class Target(SQLModel, table=True):
    """A measured promise of a mission."""

    __tablename__ = "target"

    id: UUID = identifier()
    mission_id: UUID = Field(foreign_key="mission.id", index=True)
    indicator: str = Field(max_length=200)
    unit: str = Field(max_length=60)
    direction: Direction = choice(Direction)
    value: Decimal = decimal()
    due_on: date
    counter_indicator: str = Field(default="", max_length=500)
    source: str = Field(default="", max_length=500)
    owner_id: UUID | None = Field(default=None, foreign_key="person.id")
    created_at: datetime = moment()
    version: int = 1


class Measurement(SQLModel, table=True):
    """One observed value of a target's indicator. A correction is a new row with a higher revision."""

    __tablename__ = "measurement"
    __table_args__ = (UniqueConstraint("target_id", "observed_on", "revision"),)

    id: UUID = identifier()
    target_id: UUID = Field(foreign_key="target.id", index=True)
    observed_on: date
    revision: int = 1
    value: Decimal = decimal()
    source: str = Field(max_length=500)
    recorded_by: UUID | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime = moment()
