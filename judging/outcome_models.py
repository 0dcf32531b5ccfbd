"""Tables of what happens between the end of judging and the announcement."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from judging.models import Outcome
from storage.types import choice, document, identifier, moment


class Check(StrEnum):
    """What is looked at before a decision is announced."""

    IDENTITY = "identity"
    SANCTIONS = "sanctions"
    FUNDERS = "funders' conflicts"
    SUBSIDY = "subsidy control"
    STANDING = "standing"


class Finding(StrEnum):
    PASSES = "pass"
    CONDITIONS = "conditions"
    FAIL = "fail"
    NOT_NEEDED = "not needed"


class DueDiligence(SQLModel, table=True):
    """What was found in one check of an entry. Every finding is kept, and that with the highest number counts."""

    __tablename__ = "due_diligence"
    __table_args__ = (UniqueConstraint("entry_id", "kind", "number"),)

    id: UUID = identifier()
    entry_id: UUID = Field(foreign_key="entry.id")
    kind: Check = choice(Check)
    number: int = 1
    finding: Finding = choice(Finding)
    note: str = Field(default="", max_length=2000)
    found_by: UUID = Field(foreign_key="person.id")
    found_at: datetime = moment()


class NoAward(SQLModel, table=True):
    """Why fewer places of a stage are given than there are, or none."""

    __tablename__ = "no_award"

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id", unique=True)
    reason: str = Field(max_length=2000)
    decided_by: UUID = Field(foreign_key="person.id")
    decided_at: datetime = moment()
    version: int = 1


class LetterEdit(SQLModel, table=True):
    """What was decided about a text of a letter in which a judge may be named: edited, or no name.

    ``about`` is the reason, a condition with its check, or a comment's id, and ``text_digest`` of the text as it was
    written.
    """

    __tablename__ = "letter_edit"
    __table_args__ = (UniqueConstraint("entry_id", "about", "number"),)

    id: UUID = identifier()
    entry_id: UUID = Field(foreign_key="entry.id")
    about: str = Field(max_length=60)
    number: int = 1
    text_digest: str = Field(max_length=80)
    no_name: bool = False
    edited: str = ""
    decided_by: UUID = Field(foreign_key="person.id")
    decided_at: datetime = moment()


class PlannedRelease(SQLModel, table=True):
    """When the decisions of a stage are to be released; at ``held_at`` that time came, and something was not ready."""

    __tablename__ = "planned_release"

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id", unique=True)
    release_at: datetime | None = moment(optional=True)
    set_by: UUID = Field(foreign_key="person.id")
    set_at: datetime = moment()
    held_at: datetime | None = moment(optional=True)
    version: int = 1


class Draw(SQLModel, table=True):
    """The draw of a stage's last places: a secret seed, the list once it is frozen, and when it was drawn.

    ``entries`` are codes in their order; ``left_out`` are a code and the reason each. The ``seed`` is told to nobody
    before the release.
    """

    __tablename__ = "draw"

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id", unique=True)
    seed: str = Field(max_length=64)
    commitment: str = Field(max_length=80)
    committed_at: datetime = moment()
    outcome: Outcome = choice(Outcome, Outcome.FINALIST)
    places: int = 0
    entries: list[str] = document()
    left_out: list[Any] = document()
    list_digest: str = Field(default="", max_length=80)
    frozen_by: UUID | None = Field(default=None, foreign_key="person.id")
    frozen_at: datetime | None = moment(optional=True)
    drawn_by: UUID | None = Field(default=None, foreign_key="person.id")
    drawn_at: datetime | None = moment(optional=True)
