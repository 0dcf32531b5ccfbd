"""The rubric of a stage: criteria with weights, levels and thresholds, the scale, and what breaks ties."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

import sqlalchemy
from sqlalchemy import bindparam
from sqlmodel import Session, col, func

from accounts.actors import Actor
from accounts.commands import command, query
from prize.models import Criterion, GateQuestion, Rubric, Seen, Stage
from prize.policy import Action
from prize.prizes import draft_of_stage
from prize.scoring import steps_between
from prize.stages import own_stage
from storage.database import matching, unchanged
from storage.errors import Invalid
from storage.values import Line, Name, OptionalLine

MOST_POINTS = 20
MOST_STEPS = 20
MOST_CRITERIA = 30
"""Nobody tells more apart in one entry, and weights in whole per cent leave three for each."""
HUNDREDTHS = 100
STEPS_PER_POINT: Final = (1, 2)
"""Whole and half points. Finer steps would tell apart what judges cannot: steps of a tenth are false precision."""


@dataclass(frozen=True)
class CriterionShown:
    """A criterion. ``weight`` is in per cent, ``threshold`` in hundredths of a point, ``levels`` from the lowest up.

    ``breaks_ties`` is its place among those that order entries with equal means, from 1.
    """

    key: UUID
    position: int
    name: str
    question: str
    weight: int
    threshold: int | None
    seen: Seen
    levels: tuple[str, ...]
    breaks_ties: int | None = None


@dataclass(frozen=True)
class GateShown:
    """A question with yes or no for an answer, which judges answer beside the scores."""

    key: UUID
    position: int
    wording: str


@dataclass(frozen=True)
class RubricShown:
    """A rubric as one version: its scale, the criteria and the gate questions in their order.

    Scores are stored in ``steps`` of the scale; levels have words for its whole ``points``.
    """

    id: UUID
    lowest: int
    highest: int
    criteria: tuple[CriterionShown, ...]
    number: int
    version: int
    steps_per_point: int = 1
    gates: tuple[GateShown, ...] = ()

    @property
    def points(self) -> tuple[int, ...]:
        return tuple(range(self.lowest, self.highest + 1))

    @property
    def steps(self) -> range:
        return steps_between(self.lowest, self.highest, self.steps_per_point)

    @property
    def scale(self) -> str:
        """The scale in words: ``1 to 5``, or with its step where that is not a whole point."""
        return f"{self.lowest} to {self.highest}" + ("" if self.steps_per_point == 1 else " in steps of ½")

    @property
    def asked(self) -> int:
        """How many things a judge is asked on each scorecard."""
        return len(self.criteria) + len(self.gates)

    @property
    def breaking_ties(self) -> tuple[CriterionShown, ...]:
        """The criteria whose means order entries with equal means, the first to be looked at first."""
        breaking = [criterion for criterion in self.criteria if criterion.breaks_ties is not None]
        return tuple(sorted(breaking, key=lambda criterion: criterion.breaks_ties or 0))

    def in_points(self, steps: int) -> Fraction:
        """A stored score in points."""
        return Fraction(steps, self.steps_per_point)

    def words(self, steps: int) -> str:
        """A stored score as it is shown: ``3`` or ``3½``."""
        whole, rest = divmod(steps, self.steps_per_point)
        return f"{whole or ''}½" if rest else str(whole)


@command(Action.EDIT_PRIZE)
def set_scale(
    db: Session,
    actor: Actor,
    prize_id: UUID,
    stage_id: UUID,
    version: int,
    lowest: int,
    highest: int,
    steps_per_point: int = 1,
) -> int:
    """Choose the scale of a draft prize's rubric; the words for levels are cleared when their number changes.

    Raises
    ------
    Invalid : the scale has fewer than two points, more than 21 steps, or steps that are neither whole nor half points.
    Closed : the prize is no longer a draft.
    Stale : somebody changed the rubric meanwhile.
    """
    own_stage(db, prize_id, draft_of_stage(db, stage_id))
    row = newest_rubric(db, stage_id)
    unchanged(row, version)
    if not 0 <= lowest < highest <= MOST_POINTS:
        raise Invalid(f"A scale goes up in whole points, from 0 or more to {MOST_POINTS} or less.", "highest")
    if steps_per_point not in STEPS_PER_POINT:
        raise Invalid("A score is in whole or in half points. Finer steps are false precision.", "steps_per_point")
    if (highest - lowest) * steps_per_point > MOST_STEPS:
        raise Invalid("In half points, a scale spans 10 points at most: more steps cannot be told apart.", "highest")
    if highest - lowest != row.highest - row.lowest:
        for criterion in rows_of(db, row.id):
            criterion.levels = []
            db.add(criterion)
    row.lowest, row.highest, row.steps_per_point = lowest, highest, steps_per_point
    row.version += 1
    db.add(row)
    return row.version


@command(Action.EDIT_PRIZE)
def save_criterion(
    db: Session,
    actor: Actor,
    prize_id: UUID,
    stage_id: UUID,
    criterion_key: UUID | None,
    name: Name,
    question: Line,
    weight: int,
    threshold: int | None = None,
    levels: tuple[OptionalLine, ...] = (),
    seen: Seen = Seen.BLIND,
) -> UUID:
    """Add a criterion to a draft prize's rubric, or change one; returns its key.

    Raises
    ------
    Invalid : the weight is not 0 to 100, the threshold is off the scale, the number of levels is not the scale's, or
        there are as many criteria as there can be.
    Closed : the prize is no longer a draft.
    """
    own_stage(db, prize_id, draft_of_stage(db, stage_id))
    rubric = newest_rubric(db, stage_id)
    must_fit_scale(rubric, weight, threshold, levels)
    rows = rows_of(db, rubric.id)
    if criterion_key is None:
        if len(rows) >= MOST_CRITERIA:
            raise Invalid(f"A rubric has up to {MOST_CRITERIA} criteria. Take one out first, or join two.", "name")
        row = Criterion(
            rubric_id=rubric.id,
            position=max((other.position for other in rows), default=0) + 1,
            name=name,
            question=question,
            weight=weight,
            levels=list(levels),
        )
    else:
        row = _criterion(rows, criterion_key)
    row.name, row.question, row.weight = name, question, weight
    row.threshold, row.levels, row.seen = threshold, list(levels), seen
    rubric.version += 1
    db.add_all([row, rubric])
    db.flush()
    return row.key


@command(Action.EDIT_PRIZE)
def remove_criterion(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, criterion_key: UUID) -> None:
    """Take a criterion out of a draft prize's rubric.

    Raises
    ------
    Invalid : the rubric has no such criterion.
    Closed : the prize is no longer a draft.
    """
    own_stage(db, prize_id, draft_of_stage(db, stage_id))
    rubric = newest_rubric(db, stage_id)
    rows = rows_of(db, rubric.id)
    gone = _criterion(rows, criterion_key)
    db.delete(gone)
    rows.remove(gone)
    for position, row in enumerate(rows, start=1):
        row.position = position
    _let_break_ties(rows, [row.key for row in sorted(rows, key=_place_in_ties) if row.breaks_ties is not None])
    rubric.version += 1
    db.add_all([*rows, rubric])


@command(Action.EDIT_PRIZE)
def move_criterion(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, criterion_key: UUID, up: bool) -> None:
    """Let a criterion of a draft prize's rubric change places with its neighbour.

    Raises
    ------
    Invalid : the rubric has no such criterion.
    Closed : the prize is no longer a draft.
    """
    own_stage(db, prize_id, draft_of_stage(db, stage_id))
    rubric = newest_rubric(db, stage_id)
    order = rows_of(db, rubric.id)
    here = order.index(_criterion(order, criterion_key))
    there = here + (-1 if up else 1)
    if 0 <= there < len(order):
        order[here].position, order[there].position = order[there].position, order[here].position
        rubric.version += 1
        db.add_all([*order, rubric])


@command(Action.EDIT_PRIZE)
def set_weights(
    db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, version: int, weights: tuple[int, ...]
) -> int:
    """Weigh all criteria of a draft prize's rubric anew, in per cent and in their order.

    Raises
    ------
    Invalid : there is not one weight from 0 to 100 for each criterion.
    Closed : the prize is no longer a draft.
    Stale : somebody changed the rubric meanwhile.
    """
    own_stage(db, prize_id, draft_of_stage(db, stage_id))
    rubric = newest_rubric(db, stage_id)
    unchanged(rubric, version)
    rows = rows_of(db, rubric.id)
    if len(weights) != len(rows):
        raise Invalid("Give each criterion one weight.", "weights")
    for row, weight in zip(rows, weights, strict=True):
        must_fit_scale(rubric, weight, None, ())
        row.weight = weight
    rubric.version += 1
    db.add_all([*rows, rubric])
    return rubric.version


@command(Action.EDIT_PRIZE)
def set_tie_break(
    db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, version: int, criterion_keys: tuple[UUID, ...]
) -> int:
    """Choose the criteria whose means order entries with equal scores, the first to be looked at first.

    Raises
    ------
    Invalid : a criterion is named twice, or the rubric does not have it.
    Closed : the prize is no longer a draft.
    Stale : somebody changed the rubric meanwhile.
    """
    own_stage(db, prize_id, draft_of_stage(db, stage_id))
    rubric = newest_rubric(db, stage_id)
    unchanged(rubric, version)
    rows = rows_of(db, rubric.id)
    for key in criterion_keys:
        _criterion(rows, key)
    if len(set(criterion_keys)) < len(criterion_keys):
        raise Invalid("A criterion breaks ties once. Name another one, or none.", "criterion_keys")
    _let_break_ties(rows, criterion_keys)
    rubric.version += 1
    db.add_all([*rows, rubric])
    return rubric.version


@query(Action.SEE_PRIZE)
def rubric(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID) -> RubricShown | None:
    """The newest rubric of one of the prize's stages."""
    stage = db.get(Stage, stage_id)
    return rubric_of(db, stage_id) if stage and stage.prize_id == prize_id else None


def newest_rubric(db: Session, stage_id: UUID) -> Rubric:
    return max(matching(db, Rubric, stage_id=stage_id), key=lambda row: row.number)


def must_fit_scale(rubric: Rubric, weight: int, threshold: int | None, levels: Sequence[str]) -> None:
    """
    Raises
    ------
    Invalid : the weight is not 0 to 100, the threshold is off the scale, or the number of levels is not the scale's.
    """
    if not 0 <= weight <= 100:
        raise Invalid("A weight lies between 0 and 100 per cent.", "weight")
    if threshold is not None and not rubric.lowest * HUNDREDTHS <= threshold <= rubric.highest * HUNDREDTHS:
        raise Invalid(f"A threshold lies on the scale, between {rubric.lowest} and {rubric.highest}.", "threshold")
    if levels and len(levels) != rubric.highest - rubric.lowest + 1:
        raise Invalid("Write words for each point of the scale, or for none.", "levels")


def rubric_of(db: Session, stage_id: UUID) -> RubricShown:
    """The newest rubric of a stage, for callers that have checked who asks."""
    row = newest_rubric(db, stage_id)
    return RubricShown(
        row.id,
        row.lowest,
        row.highest,
        tuple(
            CriterionShown(
                criterion.key,
                criterion.position,
                criterion.name,
                criterion.question,
                criterion.weight,
                criterion.threshold,
                criterion.seen,
                tuple(criterion.levels),
                criterion.breaks_ties,
            )
            for criterion in rows_of(db, row.id)
        ),
        row.number,
        row.version,
        row.steps_per_point,
        tuple(
            GateShown(gate.key, gate.position, gate.wording)
            for gate in sorted(matching(db, GateQuestion, rubric_id=row.id), key=lambda gate: gate.position)
        ),
    )


def asked_of(db: Session, stage_id: UUID) -> tuple[int, int]:
    """How many criteria and how many gate questions a judge is asked, without reading them."""
    criteria, gates = db.execute(_asked_of(), {"stage_id": stage_id}).one()
    return int(criteria), int(gates)


@functools.cache  # it takes longer to put together than to carry out
def _asked_of() -> sqlalchemy.Select[Any]:
    """Of the newest rubric."""
    criteria = sqlalchemy.select(func.count(col(Criterion.id))).where(col(Criterion.rubric_id) == col(Rubric.id))
    gates = sqlalchemy.select(func.count(col(GateQuestion.id))).where(col(GateQuestion.rubric_id) == col(Rubric.id))
    return (
        sqlalchemy.select(criteria.scalar_subquery(), gates.scalar_subquery())
        .where(col(Rubric.stage_id) == bindparam("stage_id"))
        .order_by(col(Rubric.number).desc())
        .limit(1)
    )


def _place_in_ties(row: Criterion) -> int:
    return row.breaks_ties or 0


def _let_break_ties(rows: Sequence[Criterion], keys: Sequence[UUID]) -> None:
    for row in rows:
        row.breaks_ties = keys.index(row.key) + 1 if row.key in keys else None


def rows_of(db: Session, rubric_id: UUID) -> list[Criterion]:
    """The criteria of one version, in their order."""
    return sorted(matching(db, Criterion, rubric_id=rubric_id), key=lambda row: row.position)


def _criterion(rows: list[Criterion], key: UUID) -> Criterion:
    for row in rows:
        if row.key == key:
            return row
    raise Invalid("The rubric no longer has this criterion. Reload the page.", "criterion_key")
