"""The table of scores that judges wrote on paper."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from storage.types import identifier, moment


class PaperScore(SQLModel, table=True):
    """That somebody of the secretariat entered a score, or the answer to a gate question, from a judge's paper sheet.

    It is the one that was saved at ``entered_at``; whatever the judge saves later on screen has another time.
    """

    __tablename__ = "paper_score"

    id: UUID = identifier()
    scorecard_id: UUID = Field(foreign_key="scorecard.id", index=True)
    item_key: UUID
    entered_by: UUID = Field(foreign_key="person.id")
    entered_at: datetime = moment()
