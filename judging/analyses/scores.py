"""The scores of a stage as a file for the statistics: entries by their codes, judges by labels that tell nobody."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, select

from judging.availability import without_time
from judging.judges import seats_of
from judging.models import Assignment, Score, Scorecard
from judging.paper_models import PaperScore
from judging.results import below_threshold, criterion_means, ties_broken
from prize.entries.conflicts import conflicts_of_stage
from prize.entries.models import Entry
from prize.models import Stage
from prize.rubric import CriterionShown, RubricShown, rubric_of
from storage.canonical import digest

COLUMNS: Final = ("submission", "judge", "criterion", "score", "order")
TAKEN: Final = "overall"
"""What the statistics call the total, so that no criterion can be called so."""

FEWEST_MORE, SHARE_MORE = 3, 4
"""How many further scorecards a judge without a limit of their own is asked for at most: a quarter of those asked for
already, and three at least."""


@dataclass(frozen=True)
class StageScores:
    """What is analysed, and who is who in it.

    ``file`` is a CSV of ``COLUMNS``: a blank score where a judge cannot judge a criterion, and the order in which the
    judge scored the entries, blank for a card that came from paper. ``scale`` is its lowest and its highest point and
    its step. ``ties`` has what orders entries with equal means, ``stopped`` the criteria whose threshold stops an
    entry. ``room`` says how many more scorecards each judge can be asked for, ``taken`` which pairs of entry and judge
    cannot be asked for, and ``coming`` which have been and are not scored.
    """

    stage_id: UUID
    file: bytes
    places: int
    scale: tuple[float, float, float]
    weights: Mapping[str, int]
    entries: Mapping[str, UUID]
    judges: Mapping[str, UUID]
    ties: Mapping[str, tuple[Fraction, ...]]
    stopped: Mapping[str, tuple[str, ...]]
    room: Mapping[str, int]
    taken: frozenset[tuple[str, str]]
    coming: frozenset[tuple[str, str]]

    @property
    def options(self) -> dict[str, Any]:
        """What the analysis is told beside the file."""
        return {
            "scale": list(self.scale),
            "criterion_weights": dict(self.weights),
            "top": self.places,
            "groups": "exchangeable",  # entries are dealt to judges at random, so what holds for one group does for all
            "stopped": sorted(self.stopped),
        }

    @property
    def fingerprint(self) -> str:
        """Of everything that an analysis depends on but its methods."""
        return digest(
            {
                "file": self.file.decode(),
                "options": self.options,
                "ties": {code: list(map(str, means)) for code, means in self.ties.items()},
                "room": dict(self.room),
                "taken": sorted(map(list, self.taken)),
                "coming": sorted(map(list, self.coming)),
            }
        )


@dataclass(frozen=True)
class _Said:
    code: str
    judge_id: UUID
    criterion_key: UUID
    points: Fraction | None
    opened_at: datetime | None
    """None for a card with scores from paper: when they were typed in says nothing of when the judge gave them."""


def scores_of_stage(db: Session, stage_id: UUID, without: Set[UUID] = frozenset()) -> StageScores:
    """Everything that is analysed of a stage, as if the entries ``without`` did not exist."""
    stage = db.get_one(Stage, stage_id)
    rubric = rubric_of(db, stage_id)
    assigned = [row for row in _assigned(db, stage_id) if row[0] not in without]
    live = [(entry_id, code, judge_id) for entry_id, code, judge_id, withdrawn in assigned if not withdrawn]
    entries = {code: entry_id for entry_id, code, _ in live}
    said = [row for row in _said(db, stage_id, rubric) if row.code in entries]
    seats = tuple(seat for seat in seats_of(db, stage_id) if seat.duty.scores)
    people = {seat.person_id for seat in seats} | {judge_id for *_, judge_id in live}
    labels = {person_id: f"J{at:03}" for at, person_id in enumerate(sorted(people, key=str), start=1)}
    codes = {entry_id: code for code, entry_id in entries.items()}
    taken = {(code, labels[judge_id]) for _, code, judge_id, _ in assigned if code in entries}
    taken |= {
        (codes[entry_id], labels[person_id])
        for person_id, entry_id in conflicts_of_stage(db, stage_id)
        if entry_id in codes and person_id in labels
    }
    begun = {(row.code, labels[row.judge_id]) for row in said}
    asked = Counter(judge_id for *_, judge_id in live)
    away = without_time(db, stage, seats)
    room = {
        labels[seat.person_id]: max(seat.load - asked[seat.person_id], 0)
        if seat.load is not None
        else max(asked[seat.person_id] // SHARE_MORE, FEWEST_MORE)
        for seat in seats
        if seat.accepted_at and seat.conflicts_stated_at and seat.person_id not in away
    }
    means = _means(rubric, said)
    return StageScores(
        stage_id,
        _file(rubric, labels, said),
        stage.places,
        (rubric.lowest, rubric.highest, 1 if rubric.steps_per_point == 1 else 1 / rubric.steps_per_point),
        {name: criterion.weight for name, criterion in _named(rubric).items()},
        entries,
        {label: person_id for person_id, label in labels.items()},
        {code: ties_broken(rubric, values) for code, values in means.items()},
        {code: names for code, values in means.items() if (names := below_threshold(rubric.criteria, values))},
        room,
        frozenset(taken),
        frozenset({(code, labels[judge_id]) for _, code, judge_id in live} - begun),
    )


def _assigned(db: Session, stage_id: UUID) -> list[tuple[UUID, str, UUID, bool]]:
    rows = db.exec(
        select(Assignment.entry_id, Entry.code, Assignment.judge_id, Assignment.withdrawn_at)
        .join(Entry, col(Entry.id) == col(Assignment.entry_id))
        .where(col(Assignment.stage_id) == stage_id)
    ).all()
    return [(entry_id, str(code), judge_id, withdrawn is not None) for entry_id, code, judge_id, withdrawn in rows]


def _said(db: Session, stage_id: UUID, rubric: RubricShown) -> list[_Said]:
    """What stands on the scorecards of a stage; a score that was taken back is not among it."""
    from_paper = set(
        db.exec(
            select(PaperScore.scorecard_id)
            .join(Scorecard, col(Scorecard.id) == col(PaperScore.scorecard_id))
            .join(Assignment, col(Assignment.id) == col(Scorecard.assignment_id))
            .where(col(Assignment.stage_id) == stage_id)
        ).all()
    )
    rows = db.exec(
        select(  # type: ignore[call-overload]
            Entry.code,
            Assignment.judge_id,
            Score.criterion_key,
            Score.points,
            Score.cannot_judge,
            Scorecard.id,
            Scorecard.opened_at,
        )
        .join(Assignment, col(Assignment.entry_id) == col(Entry.id))
        .join(Scorecard, col(Scorecard.assignment_id) == col(Assignment.id))
        .join(Score, col(Score.scorecard_id) == col(Scorecard.id))
        .where(col(Assignment.stage_id) == stage_id, col(Assignment.withdrawn_at).is_(None))
    ).all()
    return [
        _Said(
            str(code),
            judge_id,
            key,
            None if steps is None else rubric.in_points(steps),
            None if card_id in from_paper else opened_at,
        )
        for code, judge_id, key, steps, cannot_judge, card_id, opened_at in rows
        if steps is not None or cannot_judge
    ]


def _named(rubric: RubricShown) -> dict[str, CriterionShown]:
    """The criteria by names that differ, also for who does not see case or spaces."""
    folded = Counter(" ".join(criterion.name.split()).casefold() for criterion in rubric.criteria)
    named = {}
    for criterion in rubric.criteria:
        name = " ".join(criterion.name.split())
        if folded[name.casefold()] > 1 or name.casefold() == TAKEN:
            name = f"{criterion.position}. {name}"
        named[name] = criterion
    return named


def _file(rubric: RubricShown, labels: Mapping[UUID, str], said: list[_Said]) -> bytes:
    names = {criterion.key: name for name, criterion in _named(rubric).items()}
    begun = {(row.judge_id, row.code): row.opened_at for row in said if row.opened_at is not None}
    order: dict[tuple[UUID, str], int] = {}
    number: Counter[UUID] = Counter()
    for judge_id, code in sorted(begun, key=lambda at: (str(at[0]), begun[at], at[1])):
        number[judge_id] += 1
        order[judge_id, code] = number[judge_id]
    lines = sorted(
        (
            row.code,
            labels[row.judge_id],
            names[row.criterion_key],
            "" if row.points is None else f"{float(row.points):g}",
            str(order.get((row.judge_id, row.code), "")),
        )
        for row in said
        if row.criterion_key in names
    )
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerows([COLUMNS, *lines])
    return written.getvalue().encode()


def _means(rubric: RubricShown, said: list[_Said]) -> dict[str, tuple[Fraction | None, ...]]:
    """The means of each entry that has a score, in the order of criteria."""
    cards: dict[str, dict[UUID, dict[UUID, Fraction]]] = {}
    for row in said:
        if row.points is not None:
            cards.setdefault(row.code, {}).setdefault(row.judge_id, {})[row.criterion_key] = row.points
    return {code: criterion_means(rubric.criteria, by_judge) for code, by_judge in cards.items()}
