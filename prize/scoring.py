"""What the scores of a stage have to fit, in one statement: it is asked at every score that a judge saves."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy
from sqlalchemy import bindparam, func
from sqlmodel import Session, col

from prize.models import Criterion, GateQuestion, Rubric, Seen, Stage, Visibility


@dataclass(frozen=True)
class Scoring:
    """The steps of the scale, when each criterion is scored, and whether there are gate questions beside them."""

    steps: range
    seen: Mapping[UUID, Seen]
    has_gates: bool

    @property
    def has_reveal(self) -> bool:
        return Seen.AFTER_REVEAL in self.seen.values()


def scoring_of(db: Session, stage_id: UUID) -> Scoring:
    """What scores of a stage have to fit by its newest rubric. Only where it is judged blind is anything revealed."""
    rows = db.execute(_newest(), {"stage_id": stage_id}).all()
    blind = rows[0].visibility is Visibility.BLIND
    seen = {row.key: row.seen if blind else Seen.BLIND for row in rows if row.key is not None}
    return Scoring(steps_between(rows[0].lowest, rows[0].highest, rows[0].steps_per_point), seen, rows[0].has_gates)


def steps_between(lowest: int, highest: int, steps_per_point: int) -> range:
    """A scale in whole steps, of which a point has so many."""
    return range(lowest * steps_per_point, highest * steps_per_point + 1)


@functools.cache  # it takes longer to put together than to carry out
def _newest() -> sqlalchemy.Select[int, int, int, Visibility, UUID, Seen, bool]:
    numbers = sqlalchemy.select(func.max(col(Rubric.number))).where(col(Rubric.stage_id) == bindparam("stage_id"))
    gates = sqlalchemy.select(col(GateQuestion.id)).where(col(GateQuestion.rubric_id) == col(Rubric.id))
    return (
        sqlalchemy.select(
            col(Rubric.lowest),
            col(Rubric.highest),
            col(Rubric.steps_per_point),
            col(Stage.visibility),
            col(Criterion.key),
            col(Criterion.seen),
            gates.exists().label("has_gates"),
        )
        .select_from(Rubric)
        .join(Stage, col(Stage.id) == col(Rubric.stage_id))
        .outerjoin(Criterion, col(Criterion.rubric_id) == col(Rubric.id))
        .where(col(Rubric.stage_id) == bindparam("stage_id"), col(Rubric.number) == numbers.scalar_subquery())
        .order_by(col(Criterion.position))
    )
