"""The tables of practice scoring. No statistics, result, progress or export reads any of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import document, identifier, moment


class PracticeEntry(SQLModel, table=True):
    """An entry that the secretariat has made up for practice. ``answers`` are texts by the key of a question.

    One that is ``required`` is scored by a judge before the first entry of somebody.
    """

    __tablename__ = "practice_entry"

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id", index=True)
    position: int
    required: bool = False
    answers: dict[str, Any] = document()
    written_by: UUID = Field(foreign_key="person.id")
    written_at: datetime = moment()
    version: int = 1


class PracticeReference(SQLModel, table=True):
    """What the secretariat would give for a criterion, in whole steps of the scale, and why."""

    __tablename__ = "practice_reference"
    __table_args__ = (UniqueConstraint("practice_entry_id", "criterion_key"),)

    id: UUID = identifier()
    practice_entry_id: UUID = Field(foreign_key="practice_entry.id")
    criterion_key: UUID
    points: int
    why: str = Field(max_length=2000)


class PracticeCard(SQLModel, table=True):
    """One judge's scores on a practice entry; at ``compared_at`` they saw the reference, and can change no more."""

    __tablename__ = "practice_card"
    __table_args__ = (UniqueConstraint("practice_entry_id", "judge_id"),)

    id: UUID = identifier()
    practice_entry_id: UUID = Field(foreign_key="practice_entry.id")
    judge_id: UUID = Field(foreign_key="person.id", index=True)
    opened_at: datetime = moment()
    compared_at: datetime | None = moment(optional=True)


class PracticeScore(SQLModel, table=True):
    """A practice score of one criterion, in whole steps of the scale, or that the judge cannot judge it."""

    __tablename__ = "practice_score"
    __table_args__ = (UniqueConstraint("practice_card_id", "criterion_key"),)

    id: UUID = identifier()
    practice_card_id: UUID = Field(foreign_key="practice_card.id")
    criterion_key: UUID
    points: int | None = None
    cannot_judge: bool = False
    saved_at: datetime = moment()
