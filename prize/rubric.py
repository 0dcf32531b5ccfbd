"""The rubric of a stage: criteria with weights, levels and thresholds, and the scale."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from prize.models import Criterion, Rubric, Seen, Stage
from prize.policy import Action
from prize.prizes import draft_of_stage
from prize.stages import own_stage
from storage.database import matching, unchanged
from storage.errors import Invalid
from storage.values import Line, Name, OptionalLine

MOST_POINTS = 20
HUNDREDTHS = 100


@dataclass(frozen=True)
class CriterionShown:
    """A criterion. ``weight`` is in per cent, ``threshold`` in hundredths of a point, ``levels`` from the lowest up."""

    key: UUID
    position: int
    name: str
    question: str
    weight: int
    threshold: int | None
    seen: Seen
    levels: tuple[str, ...]


@dataclass(frozen=True)
class RubricShown:
    """A rubric as one version: a scale of whole points and the criteria in their order."""

    id: UUID
    lowest: int
    highest: int
    criteria: tuple[CriterionShown, ...]
    number: int
    version: int

    @property
    def points(self) -> tuple[int, ...]:
        return tuple(range(self.lowest, self.highest + 1))


@command(Action.EDIT_PRIZE)
def set_scale(
    db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, version: int, lowest: int, highest: int
) -> int:
    """Choose the scale of a draft prize's rubric; the words for levels are cleared when their number changes.

    Raises
    ------
    Invalid : the scale has fewer than two points or more than 21.
    Closed : the prize is no longer a draft.
    Stale : somebody changed the rubric meanwhile.
    """
    own_stage(db, prize_id, draft_of_stage(db, stage_id))
    row = newest_rubric(db, stage_id)
    unchanged(row, version)
    if not 0 <= lowest < highest <= MOST_POINTS:
        raise Invalid(f"A scale goes up in whole points, from 0 or more to {MOST_POINTS} or less.", "highest")
    if highest - lowest != row.highest - row.lowest:
        for criterion in _rows(db, row.id):
            criterion.levels = []
            db.add(criterion)
    row.lowest, row.highest = lowest, highest
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
) -> UUID:
    """Add a criterion to a draft prize's rubric, or change one; returns its key.

    Raises
    ------
    Invalid : the weight is not 0 to 100, the threshold is off the scale, or the number of levels is not the scale's.
    Closed : the prize is no longer a draft.
    """
    own_stage(db, prize_id, draft_of_stage(db, stage_id))
    rubric = newest_rubric(db, stage_id)
    if not 0 <= weight <= 100:
        raise Invalid("A weight lies between 0 and 100 per cent.", "weight")
    if threshold is not None and not rubric.lowest * HUNDREDTHS <= threshold <= rubric.highest * HUNDREDTHS:
        raise Invalid(f"A threshold lies on the scale, between {rubric.lowest} and {rubric.highest}.", "threshold")
    if levels and len(levels) != rubric.highest - rubric.lowest + 1:
        raise Invalid("Write words for each point of the scale, or for none.", "levels")
    rows = _rows(db, rubric.id)
    if criterion_key is None:
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
    row.threshold, row.levels = threshold, list(levels)
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
    db.delete(_criterion(_rows(db, rubric.id), criterion_key))
    rubric.version += 1
    db.add(rubric)


@query(Action.SEE_PRIZE)
def rubric(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID) -> RubricShown | None:
    """The newest rubric of one of the prize's stages."""
    stage = db.get(Stage, stage_id)
    return rubric_of(db, stage_id) if stage and stage.prize_id == prize_id else None


def newest_rubric(db: Session, stage_id: UUID) -> Rubric:
    return max(matching(db, Rubric, stage_id=stage_id), key=lambda row: row.number)


def points_for(db: Session, stage_id: UUID, criterion_key: UUID) -> range | None:
    """The points that may be given for a criterion by a stage's newest rubric, if it has it."""
    rubric = newest_rubric(db, stage_id)
    known = matching(db, Criterion, rubric_id=rubric.id, key=criterion_key)
    return range(rubric.lowest, rubric.highest + 1) if known else None


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
            )
            for criterion in _rows(db, row.id)
        ),
        row.number,
        row.version,
    )


def _rows(db: Session, rubric_id: UUID) -> list[Criterion]:
    return sorted(matching(db, Criterion, rubric_id=rubric_id), key=lambda row: row.position)


def _criterion(rows: list[Criterion], key: UUID) -> Criterion:
    for row in rows:
        if row.key == key:
            return row
    raise Invalid("The rubric no longer has this criterion. Reload the page.", "criterion_key")
