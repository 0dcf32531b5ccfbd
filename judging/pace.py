"""How long a judge takes for an entry, from their own cards alone: nothing of other judges goes into it."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any, Final
from uuid import UUID

import sqlalchemy
from sqlalchemy import bindparam, func
from sqlmodel import Session, col, or_, select

from judging.models import Assignment, Scorecard, ScoreSave
from judging.paper_models import PaperScore

BREAK: Final = timedelta(hours=1)
"""What lies between two cards and is longer was spent on something else."""

LOOKED_AT: Final = 5
FEWEST: Final = 3


@dataclass(frozen=True)
class Pace:
    """The usual minutes for an entry, and from how many of the judge's last ones that is known."""

    minutes: int
    entries: int


def pace_of(db: Session, judge_id: UUID | None, stage_id: UUID, criteria: int) -> Pace | None:
    """The median time from one complete card to the next; None while fewer than three are known.

    A card is complete when its last criterion was first scored, so that looking at it again later counts for nothing.
    One on which a score was entered from paper says nothing of how long its judge took.
    """
    known = {"judge_id": judge_id, "stage_id": stage_id, "criteria": criteria}
    return pace(list(db.execute(_completed(), known).scalars()))


@functools.cache  # it takes longer to put together than to carry out
def _completed() -> sqlalchemy.Select[Any]:
    """When a judge's last cards of a stage were complete, the newest first."""
    from_paper = select(PaperScore.id).where(col(PaperScore.scorecard_id) == col(ScoreSave.scorecard_id))
    first = (
        select(ScoreSave.scorecard_id, func.min(ScoreSave.saved_at).label("first"))
        .join(Scorecard, col(Scorecard.id) == col(ScoreSave.scorecard_id))
        .join(Assignment, col(Assignment.id) == col(Scorecard.assignment_id))
        .where(
            col(Assignment.judge_id) == bindparam("judge_id"),
            col(Assignment.stage_id) == bindparam("stage_id"),
            or_(col(ScoreSave.points).is_not(None), col(ScoreSave.cannot_judge).is_(True)),
            ~from_paper.exists(),
        )
        .group_by(col(ScoreSave.scorecard_id), col(ScoreSave.criterion_key))
        .subquery()
    )
    return (
        sqlalchemy.select(func.max(first.c.first, type_=first.c.first.type).label("at"))
        .group_by(first.c.scorecard_id)
        .having(func.count() == bindparam("criteria"))
        .order_by(func.max(first.c.first).desc())
        .limit(2 * LOOKED_AT)
    )


def pace(completed: list[datetime]) -> Pace | None:
    """The same from the moments at which cards were complete, the newest first."""
    between = [later - earlier for later, earlier in pairwise(completed)]
    taken = [each for each in between if each <= BREAK][:LOOKED_AT]
    if len(taken) < FEWEST:
        return None
    return Pace(max(1, round(median(each.total_seconds() for each in taken) / 60)), len(taken))
