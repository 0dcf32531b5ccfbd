"""What the scores of a stage say: progress, weighted means, thresholds, spread and agreement.

Means, thresholds and ties are decided in fractions, never in floats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import query
from accounts.people import person_card
from judging.judges import seats_of
from judging.models import Assignment, Score, Scorecard
from judging.policy import Action
from prize.models import Entry, Prize, Stage
from prize.rubric import HUNDREDTHS, CriterionShown, RubricShown, rubric_of
from prize.stages import StageShown, shown_stage

Cards = Mapping[UUID, Mapping[UUID, Mapping[UUID, int]]]
"""entry → judge → criterion → points; a criterion that a judge cannot judge is absent."""


@dataclass(frozen=True)
class JudgeProgress:
    """How far a judge is: entries scored to the end, of those assigned."""

    name: str
    complete: int
    assigned: int
    finished: bool


@dataclass(frozen=True)
class ResultLine:
    """An entry's result. Means and totals are in points of the scale.

    ``means`` follow the rubric's criteria; ``mean`` is None when a criterion has no score. ``totals`` are the weighted
    means of the complete scorecards; ``spread`` is the highest of them less the lowest. ``place`` counts from 1, the
    same for equal means, and is None for an entry that a threshold stops.
    """

    entry_id: UUID
    code: str
    scorecards: int
    assigned: int
    means: tuple[float | None, ...]
    mean: float | None
    totals: tuple[float, ...]
    spread: float | None
    stopped_by: tuple[str, ...]
    place: int | None


@dataclass(frozen=True)
class Results:
    """The results of a stage. ``alpha`` is Krippendorff's, of interval totals, over complete scorecards."""

    prize: str
    stage: StageShown
    rubric: RubricShown
    progress: tuple[JudgeProgress, ...]
    complete: int
    assigned: int
    lines: tuple[ResultLine, ...]
    alpha: float | None
    by_criterion: tuple[float | None, ...]


@query(Action.SEE_RESULTS)
def results(db: Session, actor: Actor, stage_id: UUID) -> Results:
    """Progress and results as they stand now, entries in the order of their means."""
    from judging.statistics.agreement import krippendorff_alpha  # numpy is not for pages that need none

    stage = db.get_one(Stage, stage_id)
    prize = db.get_one(Prize, stage.prize_id)
    rubric = rubric_of(db, stage_id)
    assignments = db.exec(
        select(Assignment).where(col(Assignment.stage_id) == stage_id, col(Assignment.withdrawn_at).is_(None))
    ).all()
    said = _said(db, stage_id)
    lines = result_lines(db, stage_id)
    cards = cards_of(db, stage_id)
    progress = []
    for seat in seats_of(db, stage_id):
        own = [row for row in assignments if row.judge_id == seat.person_id]
        done = sum(said.get(row.id, 0) >= len(rubric.criteria) for row in own)
        name = person_card(db, seat.person_id).name
        progress.append(JudgeProgress(name, done, len(own), seat.finished_at is not None))
    return Results(
        prize.title,
        shown_stage(db, prize, stage),
        rubric,
        tuple(sorted(progress, key=lambda row: row.name)),
        sum(row.complete for row in progress),
        len(assignments),
        lines,
        krippendorff_alpha([line.totals for line in lines]),
        tuple(
            krippendorff_alpha(
                [[card[key] for card in by_judge.values() if key in card] for by_judge in cards.values()]
            )
            for key in (criterion.key for criterion in rubric.criteria)
        ),
    )


def result_lines(db: Session, stage_id: UUID) -> tuple[ResultLine, ...]:
    """Every entry of a stage that is judged, in the order of its mean; entries without one stand at the end."""
    rubric = rubric_of(db, stage_id)
    cards = cards_of(db, stage_id)
    assignments = db.exec(
        select(Assignment).where(col(Assignment.stage_id) == stage_id, col(Assignment.withdrawn_at).is_(None))
    ).all()
    means: dict[UUID, Fraction | None] = {}
    stopped: dict[UUID, tuple[str, ...]] = {}
    rows = {row.entry_id: db.get_one(Entry, row.entry_id) for row in assignments}
    for entry_id in rows:
        per_criterion = criterion_means(rubric.criteria, cards.get(entry_id, {}))
        means[entry_id] = weighted(rubric.criteria, per_criterion)
        stopped[entry_id] = below_threshold(rubric.criteria, per_criterion)
    standing = sorted((mean for key, mean in means.items() if mean is not None and not stopped[key]), reverse=True)
    lines = []
    for entry_id, entry in rows.items():
        by_judge = cards.get(entry_id, {})
        per_criterion = criterion_means(rubric.criteria, by_judge)
        totals = card_totals(rubric.criteria, by_judge)
        mean = means[entry_id]
        lines.append(
            ResultLine(
                entry_id,
                str(entry.code),
                len(totals),
                sum(row.entry_id == entry_id for row in assignments),
                tuple(None if value is None else float(value) for value in per_criterion),
                None if mean is None else float(mean),
                tuple(float(total) for total in totals),
                float(max(totals) - min(totals)) if len(totals) > 1 else None,
                stopped[entry_id],
                None if mean is None or stopped[entry_id] else 1 + sum(other > mean for other in standing),
            )
        )
    order = {entry_id: (mean is None, -(mean or Fraction(0))) for entry_id, mean in means.items()}
    return tuple(sorted(lines, key=lambda line: (*order[line.entry_id], line.code)))


def cards_of(db: Session, stage_id: UUID) -> Cards:
    """The points of a stage by entry, judge and criterion."""
    rows = db.exec(
        select(Assignment.entry_id, Assignment.judge_id, Score.criterion_key, Score.points)
        .join(Scorecard, col(Scorecard.assignment_id) == col(Assignment.id))
        .join(Score, col(Score.scorecard_id) == col(Scorecard.id))
        .where(
            col(Assignment.stage_id) == stage_id,
            col(Assignment.withdrawn_at).is_(None),
            col(Score.points).is_not(None),
        )
    ).all()
    cards: dict[UUID, dict[UUID, dict[UUID, int]]] = {}
    for entry_id, judge_id, criterion_key, points in rows:
        if points is not None:
            cards.setdefault(entry_id, {}).setdefault(judge_id, {})[criterion_key] = points
    return cards


def criterion_means(
    criteria: Sequence[CriterionShown], by_judge: Mapping[UUID, Mapping[UUID, int]]
) -> tuple[Fraction | None, ...]:
    """The mean of each criterion over the judges who scored it."""
    means: list[Fraction | None] = []
    for criterion in criteria:
        points = [card[criterion.key] for card in by_judge.values() if criterion.key in card]
        means.append(Fraction(sum(points), len(points)) if points else None)
    return tuple(means)


def weighted(criteria: Sequence[CriterionShown], means: Sequence[Fraction | None]) -> Fraction | None:
    """The weighted mean; None when a criterion that counts has no score."""
    counting = [(criterion.weight, mean) for criterion, mean in zip(criteria, means, strict=True) if criterion.weight]
    if not counting:
        return None
    total = Fraction(0)
    for weight, mean in counting:
        if mean is None:
            return None
        total += weight * mean
    return total / sum(weight for weight, _ in counting)


def card_totals(
    criteria: Sequence[CriterionShown], by_judge: Mapping[UUID, Mapping[UUID, int]]
) -> tuple[Fraction, ...]:
    """The weighted mean of each complete scorecard, the highest first, so that their order tells no judge."""
    totals = []
    for card in by_judge.values():
        total = weighted(criteria, [Fraction(card[c.key]) if c.key in card else None for c in criteria])
        if total is not None:
            totals.append(total)
    return tuple(sorted(totals, reverse=True))


def below_threshold(criteria: Sequence[CriterionShown], means: Sequence[Fraction | None]) -> tuple[str, ...]:
    """The criteria whose mean is below their threshold: such an entry is out whatever its mean."""
    return tuple(
        criterion.name
        for criterion, mean in zip(criteria, means, strict=True)
        if criterion.threshold is not None and mean is not None and mean < Fraction(criterion.threshold, HUNDREDTHS)
    )


def _said(db: Session, stage_id: UUID) -> dict[UUID, int]:
    """How many criteria each assignment's judge has said something about."""
    rows = db.exec(
        select(Scorecard.assignment_id, Score)
        .join(Score, col(Score.scorecard_id) == col(Scorecard.id))
        .join(Assignment, col(Assignment.id) == col(Scorecard.assignment_id))
        .where(col(Assignment.stage_id) == stage_id)
    ).all()
    said: dict[UUID, int] = {}
    for assignment_id, score in rows:
        if score.points is not None or score.cannot_judge:
            said[assignment_id] = said.get(assignment_id, 0) + 1
    return said
