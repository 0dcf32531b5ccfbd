"""Tables of what happens between the end of judging and the announcement."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from judging.models import Outcome
from storage.types import choice, document, identifier, moment


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
