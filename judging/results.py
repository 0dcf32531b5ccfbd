"""What the scores of a stage say: progress, weighted means, thresholds, spread and agreement.

Means, thresholds and ties are decided in fractions, never in floats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from accounts.actors import Actor
from accounts.commands import query
from accounts.people import person_card
from judging.judges import seats_of
from judging.models import Assignment, GateAnswer, Score, Scorecard
from judging.policy import Action
from judging.scorecards import lacking_comments
from prize.entries.conflicts import kept_from
from prize.entries.models import Entry
from prize.models import Prize, Stage
from prize.rubric import HUNDREDTHS, CriterionShown, RubricShown, asked_of, rubric_of
from prize.stages import StageShown, shown_stage

Cards = Mapping[UUID, Mapping[UUID, Mapping[UUID, Fraction]]]
"""entry → judge → criterion → points of the scale; a criterion that a judge cannot judge is absent."""


@dataclass(frozen=True)
class _Assigned:
    assignment_id: UUID
    judge_id: UUID
    entry_id: UUID
    code: str


@dataclass(frozen=True)
class JudgeProgress:
    """How far a judge is: entries scored to the end, of those assigned, and how many lack a comment that is needed."""

    judge_id: UUID
    name: str
    complete: int
    assigned: int
    lacking_comments: int
    finished: bool


@dataclass(frozen=True)
class GateCount:
    """How many judges of an entry answer a gate question with yes and with no."""

    wording: str
    yes: int
    no: int


@dataclass(frozen=True)
class ResultLine:
    """An entry's result. Means and totals are in points of the scale.

    ``means`` follow the rubric's criteria; ``mean`` is None when a criterion has no score. ``totals`` are the weighted
    means of the complete scorecards; ``spread`` is the highest of them less the lowest. ``place`` counts from 1, the
    same for equal means that the rubric's tie-break does not order either, and is None for an entry that a threshold
    stops. ``gates`` follow the rubric's gate questions.
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
    gates: tuple[GateCount, ...] = ()


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
    """Progress and results as they stand now, entries in the order of their means.

    Means, places, agreement and progress are those of the entries that the actor may see.
    """
    from judging.statistics.krippendorff import krippendorff_alpha  # numpy is not for pages that need none

    stage = db.get_one(Stage, stage_id)
    prize = db.get_one(Prize, stage.prize_id)
    rubric = rubric_of(db, stage_id)
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    assigned = _assigned(db, stage_id, kept)
    cards = cards_of(db, stage_id, rubric, kept)
    lines = _lines(rubric, assigned, cards, _gates(db, stage_id))
    said = _said(db, stage_id)
    return Results(
        prize.title,
        shown_stage(db, prize, stage),
        rubric,
        _progress(db, stage_id, assigned, said, rubric.asked),
        sum(said.get(row.assignment_id, 0) >= rubric.asked for row in assigned),  # of judges who have left, too
        len(assigned),
        lines,
        krippendorff_alpha([line.totals for line in lines]),
        tuple(
            krippendorff_alpha(
                [[float(card[key]) for card in by_judge.values() if key in card] for by_judge in cards.values()]
            )
            for key in (criterion.key for criterion in rubric.criteria)
        ),
    )


@query(Action.SEE_RESULTS)
def judges_progress(db: Session, actor: Actor, stage_id: UUID) -> tuple[JudgeProgress, ...]:
    """How far each judge is, by name, with the entries that the actor may see, and nothing of what was scored."""
    assigned = _assigned(db, stage_id, kept_from(db, actor.person_id, stage_id=stage_id))
    return _progress(db, stage_id, assigned, _said(db, stage_id), sum(asked_of(db, stage_id)))


def _progress(
    db: Session, stage_id: UUID, assigned: Sequence[_Assigned], said: Mapping[UUID, int], asked: int
) -> tuple[JudgeProgress, ...]:
    dealt = Counter(row.judge_id for row in assigned)
    done = Counter(row.judge_id for row in assigned if said.get(row.assignment_id, 0) >= asked)
    lacking = lacking_comments(db, stage_id)
    silent = Counter(row.judge_id for row in assigned if row.assignment_id in lacking)
    lines = (
        JudgeProgress(
            seat.person_id,
            person_card(db, seat.person_id).name,
            done[seat.person_id],
            dealt[seat.person_id],
            silent[seat.person_id],
            seat.finished_at is not None,
        )
        for seat in seats_of(db, stage_id)
        if seat.duty.scores
    )
    return tuple(sorted(lines, key=lambda row: row.name))


def result_lines(db: Session, stage_id: UUID, without: Set[UUID] = frozenset()) -> tuple[ResultLine, ...]:
    """Every entry of a stage that is judged, in the order of its mean; entries without one stand at the end.

    ``without`` are entries that are left out as if they did not exist.
    """
    rubric, assigned = rubric_of(db, stage_id), _assigned(db, stage_id, without)
    return _lines(rubric, assigned, cards_of(db, stage_id, rubric, without), _gates(db, stage_id))


def _assigned(db: Session, stage_id: UUID, without: Set[UUID]) -> list[_Assigned]:
    rows = db.exec(
        select(Assignment.id, Assignment.judge_id, Assignment.entry_id, Entry.code)
        .join(Entry, col(Entry.id) == col(Assignment.entry_id))
        .where(col(Assignment.stage_id) == stage_id, col(Assignment.withdrawn_at).is_(None))
    ).all()
    return [
        _Assigned(key, judge_id, entry_id, str(code))
        for key, judge_id, entry_id, code in rows
        if entry_id not in without
    ]


def _lines(
    rubric: RubricShown, assigned: Sequence[_Assigned], cards: Cards, gates: Mapping[UUID, Mapping[UUID, Counter[bool]]]
) -> tuple[ResultLine, ...]:
    codes = {row.entry_id: row.code for row in assigned}
    asked = Counter(row.entry_id for row in assigned)
    per_criterion = {key: criterion_means(rubric.criteria, cards.get(key, {})) for key in codes}
    means = {key: weighted(rubric.criteria, values) for key, values in per_criterion.items()}
    stopped = {key: below_threshold(rubric.criteria, values) for key, values in per_criterion.items()}
    rank = {key: (means[key] or Fraction(0), *ties_broken(rubric, values)) for key, values in per_criterion.items()}
    standing = sorted((rank[key] for key, mean in means.items() if mean is not None and not stopped[key]), reverse=True)
    place = {value: at for at, value in reversed(list(enumerate(standing, start=1)))}
    lines = []
    for key, mean in means.items():
        totals = card_totals(rubric.criteria, cards.get(key, {}))
        lines.append(
            ResultLine(
                key,
                codes[key],
                len(totals),
                asked[key],
                tuple(None if value is None else float(value) for value in per_criterion[key]),
                None if mean is None else float(mean),
                tuple(float(total) for total in totals),
                float(totals[0] - totals[-1]) if len(totals) > 1 else None,
                stopped[key],
                None if mean is None or stopped[key] else place[rank[key]],
                tuple(
                    GateCount(gate.wording, answers[True], answers[False])
                    for gate in rubric.gates
                    for answers in [gates.get(key, {}).get(gate.key, Counter())]
                ),
            )
        )
    order = {key: (mean is None, *(-value for value in rank[key])) for key, mean in means.items()}
    return tuple(sorted(lines, key=lambda line: (*order[line.entry_id], line.code)))


def cards_of(db: Session, stage_id: UUID, rubric: RubricShown, without: Set[UUID] = frozenset()) -> Cards:
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
    cards: dict[UUID, dict[UUID, dict[UUID, Fraction]]] = {}
    for entry_id, judge_id, criterion_key, steps in rows:
        if steps is not None and entry_id not in without:
            cards.setdefault(entry_id, {}).setdefault(judge_id, {})[criterion_key] = rubric.in_points(steps)
    return cards


def _gates(db: Session, stage_id: UUID) -> dict[UUID, dict[UUID, Counter[bool]]]:
    """How often each gate question was last answered with yes and with no: entry → gate question → answers."""
    rows = db.exec(
        select(Assignment.entry_id, GateAnswer)
        .join(Scorecard, col(Scorecard.assignment_id) == col(Assignment.id))
        .join(GateAnswer, col(GateAnswer.scorecard_id) == col(Scorecard.id))
        .where(col(Assignment.stage_id) == stage_id, col(Assignment.withdrawn_at).is_(None))
        .order_by(col(GateAnswer.number))
    ).all()
    last = {(row.scorecard_id, row.gate_key): (entry_id, row.yes) for entry_id, row in rows}
    counts: dict[UUID, dict[UUID, Counter[bool]]] = {}
    for (_, gate_key), (entry_id, yes) in last.items():
        counts.setdefault(entry_id, {}).setdefault(gate_key, Counter())[yes] += 1
    return counts


def criterion_means(
    criteria: Sequence[CriterionShown], by_judge: Mapping[UUID, Mapping[UUID, Fraction]]
) -> tuple[Fraction | None, ...]:
    """The mean of each criterion over the judges who scored it."""
    means: list[Fraction | None] = []
    for criterion in criteria:
        points = [card[criterion.key] for card in by_judge.values() if criterion.key in card]
        means.append(Fraction(sum(points)) / len(points) if points else None)
    return tuple(means)


def ties_broken(rubric: RubricShown, means: Sequence[Fraction | None]) -> tuple[Fraction, ...]:
    """What orders entries with equal weighted means: their means of the criteria that break ties, in this order."""
    of = {criterion.key: mean for criterion, mean in zip(rubric.criteria, means, strict=True)}
    return tuple(of[criterion.key] or Fraction(0) for criterion in rubric.breaking_ties)


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
    criteria: Sequence[CriterionShown], by_judge: Mapping[UUID, Mapping[UUID, Fraction]]
) -> tuple[Fraction, ...]:
    """The weighted mean of each complete scorecard, the highest first, so that their order tells no judge."""
    counting = [(criterion.key, criterion.weight) for criterion in criteria if criterion.weight]
    whole = sum(weight for _, weight in counting)
    complete = [card for card in by_judge.values() if whole and all(key in card for key, _ in counting)]
    totals = [Fraction(sum(weight * card[key] for key, weight in counting)) / whole for card in complete]
    return tuple(sorted(totals, reverse=True))


def below_threshold(criteria: Sequence[CriterionShown], means: Sequence[Fraction | None]) -> tuple[str, ...]:
    """The criteria whose mean is below their threshold: such an entry is out whatever its mean."""
    return tuple(
        criterion.name
        for criterion, mean in zip(criteria, means, strict=True)
        if criterion.threshold is not None and mean is not None and mean < Fraction(criterion.threshold, HUNDREDTHS)
    )


def _said(db: Session, stage_id: UUID) -> dict[UUID, int]:
    """How many criteria and gate questions each assignment's judge has dealt with."""
    answered = (
        select(func.count(func.distinct(GateAnswer.gate_key)))
        .where(col(GateAnswer.scorecard_id) == col(Scorecard.id))
        .scalar_subquery()
    )
    rows = db.exec(
        select(Scorecard.assignment_id, func.count(col(Score.id)), func.max(answered))
        .join(Score, col(Score.scorecard_id) == col(Scorecard.id))
        .join(Assignment, col(Assignment.id) == col(Scorecard.assignment_id))
        .where(
            col(Assignment.stage_id) == stage_id,
            or_(col(Score.points).is_not(None), col(Score.cannot_judge).is_(True)),
        )
        .group_by(col(Scorecard.assignment_id))
    ).all()
    return {key: scored + answers for key, scored, answers in rows}
