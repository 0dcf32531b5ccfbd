"""What changes about a rubric after its publication: with a reason, as a new version, and announced to everybody."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command
from prize.changes import announce, must_be_running
from prize.models import Criterion, GateQuestion, Rubric, Seen, Stage, StageState
from prize.policy import Action
from prize.readiness import must_stay_ready
from prize.rubric import must_fit_scale, newest_rubric, rows_of
from prize.stages import own_stage
from storage.clock import now
from storage.database import locked, matching, unchanged
from storage.errors import Closed, Invalid
from storage.values import Line

BEFORE_JUDGING = (StageState.PLANNED, StageState.SCREENING)
"""While nobody can have opened a scorecard, so that no score was given under what is changed."""


@dataclass(frozen=True)
class ChangedCriterion:
    """A published criterion as it is to be. Its name, its place and whether it breaks ties stay."""

    key: UUID
    question: Line
    weight: int
    threshold: int | None
    seen: Seen
    levels: tuple[Line, ...]


@command(Action.CHANGE_PUBLISHED)
def change_rubric(
    db: Session,
    actor: Actor,
    prize_id: UUID,
    stage_id: UUID,
    version: int,
    criteria: tuple[ChangedCriterion, ...],
    reason: Line,
) -> int:
    """Publish a new version of a stage's rubric; returns its number. Everybody who has begun an entry is told.

    Once judging has begun, what decides stays: questions and words for levels may still be made clearer.

    Raises
    ------
    Invalid : these are not the rubric's criteria, their weights do not add up to 100, something is off the scale, or
        nothing was changed.
    Closed : the prize is not published, the stage is being decided or over, or more than wording is changed while it is
        being judged.
    Stale : somebody changed the rubric meanwhile.
    """
    prize = must_be_running(db, prize_id)
    stage = own_stage(db, prize_id, locked(db, Stage, stage_id))
    if stage.state not in (*BEFORE_JUDGING, StageState.JUDGING):
        raise Closed(f"Judging of {stage.name} has ended. Its rubric stands.")
    old = newest_rubric(db, stage_id)
    unchanged(old, version)
    rows = rows_of(db, old.id)
    if [row.key for row in rows] != [criterion.key for criterion in criteria]:
        raise Invalid("A published rubric keeps its criteria. Reload the page.", "criteria")
    for criterion in criteria:
        must_fit_scale(old, criterion.weight, criterion.threshold, criterion.levels)
        if not criterion.levels:
            raise Invalid("Write words for each point of the scale.", "criteria")
    what = [
        name
        for name, attributes in (
            ("weights", ("weight",)),
            ("thresholds", ("threshold",)),
            ("what is scored after the reveal", ("seen",)),
            ("wording", ("question", "levels")),
        )
        if any(_differs(row, new, attributes) for row, new in zip(rows, criteria, strict=True))
    ]
    if not what:
        raise Invalid("Nothing was changed in the rubric.")
    if stage.state is StageState.JUDGING and what != ["wording"]:
        raise Closed("Judging has begun: questions and words for levels may be made clearer, and the rest stands.")
    if sum(criterion.weight for criterion in criteria) != 100:
        raise Invalid("The weights have to add up to 100 per cent.", "criteria")
    new = _next_version(db, old, rows, criteria)
    must_stay_ready(db, prize_id, "rubric", stage.id, "criteria")
    announce(db, actor, prize, f"{stage.name}: the rubric is now version {new.number} ({', '.join(what)})", reason)
    return new.number


def _differs(row: Criterion, new: ChangedCriterion, attributes: tuple[str, ...]) -> bool:
    return any(_plain(getattr(row, name)) != _plain(getattr(new, name)) for name in attributes)


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _next_version(db: Session, old: Rubric, rows: list[Criterion], criteria: tuple[ChangedCriterion, ...]) -> Rubric:
    new = Rubric(
        stage_id=old.stage_id,
        number=old.number + 1,
        lowest=old.lowest,
        highest=old.highest,
        steps_per_point=old.steps_per_point,
        published_at=now(db),
        version=old.version + 1,
    )
    db.add(new)
    db.flush()
    for row, changed in zip(rows, criteria, strict=True):
        db.add(
            Criterion(
                rubric_id=new.id,
                key=row.key,
                position=row.position,
                name=row.name,
                question=changed.question,
                weight=changed.weight,
                threshold=changed.threshold,
                seen=changed.seen,
                breaks_ties=row.breaks_ties,
                levels=list(changed.levels),
            )
        )
    for gate in matching(db, GateQuestion, rubric_id=old.id):
        db.add(GateQuestion(rubric_id=new.id, key=gate.key, position=gate.position, wording=gate.wording))
    db.flush()
    return new
