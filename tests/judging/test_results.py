"""Tests of means, thresholds, ties and what is told of progress."""

from __future__ import annotations

from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from judging.results import GateCount, below_threshold, card_totals, criterion_means, judges_progress, results, weighted
from judging.scorecards import answer_gate, save_score
from prize.models import Criterion, Seen
from prize.rubric import CriterionShown, newest_rubric
from storage.database import matching, transact
from storage.errors import Refused
from tests.databases import Given
from tests.stories import Chapter, Story, assignments_of, told, with_a_gate
from tests.world import ask, do

A, B, C = (UUID(int=number) for number in range(1, 4))
"""Judges."""


def criterion(weight: int, threshold: int | None = None, name: str = "Need") -> CriterionShown:
    return CriterionShown(uuid4(), 1, name, "Is it needed?", weight, threshold, Seen.BLIND, ())


def test_a_weighted_mean_is_exact() -> None:
    need, method = criterion(30), criterion(70)
    cards = {A: {need.key: 1, method.key: 5}, B: {need.key: 2, method.key: 5}, C: {need.key: 2, method.key: 4}}

    means = criterion_means((need, method), cards)

    assert means == (Fraction(5, 3), Fraction(14, 3))
    assert weighted((need, method), means) == Fraction(30 * 5 + 70 * 14, 300)


def test_a_criterion_that_a_judge_cannot_judge_counts_by_the_others() -> None:
    need, method = criterion(50), criterion(50)
    cards = {A: {need.key: 4}, B: {need.key: 2, method.key: 2}}

    assert criterion_means((need, method), cards) == (Fraction(3), Fraction(2))
    assert card_totals((need, method), cards) == (Fraction(2),)


def test_an_entry_has_no_mean_while_a_criterion_has_no_score() -> None:
    need, method, colour = criterion(50), criterion(50), criterion(0, name="Colour")

    assert weighted((need, method, colour), (Fraction(3), None, None)) is None
    assert weighted((need, method, colour), (Fraction(3), Fraction(4), None)) == Fraction(7, 2)


@pytest.mark.parametrize(
    ("points", "stopped"),
    [((3, 3, 3), ()), ((3, 3, 2), ("Safety",)), ((2, 4, 3), ())],
    ids=["at the threshold", "a third of a point below it", "one low score, the mean at the threshold"],
)
def test_a_threshold_stops_a_mean_below_it_and_none_at_it(points: tuple[int, ...], stopped: tuple[str, ...]) -> None:
    safety = criterion(100, threshold=300, name="Safety")
    cards = {judge: {safety.key: point} for judge, point in zip((A, B, C), points, strict=True)}

    assert below_threshold((safety,), criterion_means((safety,), cards)) == stopped


@given(st.lists(st.integers(1, 5), min_size=1, max_size=7), st.integers(100, 500))
def test_a_threshold_is_decided_without_rounding(points: list[int], threshold: int) -> None:
    safety = criterion(100, threshold=threshold, name="Safety")
    cards = {UUID(int=number): {safety.key: point} for number, point in enumerate(points, start=1)}

    stopped = below_threshold((safety,), criterion_means((safety,), cards))

    assert bool(stopped) is (100 * sum(points) < threshold * len(points))


@given(st.permutations([A, B, C]))
def test_the_order_of_totals_tells_no_judge(order: list[UUID]) -> None:
    need = criterion(100)
    points = {A: 5, B: 2, C: 4}

    assert card_totals((need,), {judge: {need.key: points[judge]} for judge in order}) == (5, 4, 2)


def _score(story: Story, points: dict[str, tuple[int, int]]) -> None:
    """Each judge scores the first team's entry, then the second's, with the same points for all criteria."""
    for name, (first, second) in points.items():
        judge = story.judges[name]
        assignments = transact(lambda db, judge=judge: assignments_of(db, story, judge))  # type: ignore[misc]
        for assignment, value in zip(assignments, (first, second), strict=True):
            for key in story.criteria.values():
                do(save_score, judge, assignment_id=assignment.id, criterion_key=key, points=value)


def test_entries_with_the_same_mean_share_a_place(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    _score(story, {"jules": (4, 3), "jo": (3, 4)})

    lines = ask(results, story.secretariat, stage_id=story.stage_id).lines

    assert [(line.mean, line.place, line.spread) for line in lines] == [(3.5, 1, 1.0), (3.5, 1, 1.0)]


def test_an_entry_that_a_threshold_stops_has_no_place_whatever_its_mean(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    _score(story, {"jules": (1, 2), "jo": (1, 2)})
    for name in ("jules", "jo"):
        judge = story.judges[name]
        first = transact(lambda db, judge=judge: assignments_of(db, story, judge)[0].id)  # type: ignore[misc]
        do(save_score, judge, assignment_id=first, criterion_key=story.criteria["need"], points=5)

    stopped, standing = ask(results, story.secretariat, stage_id=story.stage_id).lines

    assert (stopped.entry_id, stopped.mean, stopped.stopped_by, stopped.place) == (
        story.entry_id,
        2.6,
        ("Method",),
        None,
    )
    assert (standing.mean, standing.stopped_by, standing.place) == (2.0, (), 1)


def break_ties_by(story: Story, *names: str) -> None:
    def change(db: Session) -> None:
        for place, name in enumerate(names, start=1):
            [row] = matching(db, Criterion, key=story.criteria[name])
            row.breaks_ties = place

    transact(change)


@pytest.mark.parametrize(
    ("by", "places"), [((), [1, 1]), (("need",), [1, 2]), (("method", "need"), [2, 1])], ids=["none", "need", "method"]
)
def test_equal_means_are_ordered_by_the_mean_of_the_criterion_that_breaks_ties(
    database: Given, by: tuple[str, ...], places: list[int]
) -> None:
    story = told(Chapter.ASSIGNED)
    break_ties_by(story, *by)
    given = {"need": (5, 2), "method": (2, 4)}  # 40 % and 60 %: each entry has 3.2
    for judge in story.judges.values():
        assignments = transact(lambda db, judge=judge: assignments_of(db, story, judge))  # type: ignore[misc]
        for name, points in given.items():
            for assignment, value in zip(assignments, points, strict=True):
                do(save_score, judge, assignment_id=assignment.id, criterion_key=story.criteria[name], points=value)

    lines = ask(results, story.secretariat, stage_id=story.stage_id).lines

    place = {line.entry_id: line.place for line in lines}
    assert [line.mean for line in lines] == [3.2, 3.2]
    assert [place[entry_id] for entry_id in (story.entry_id, story.entries["bela"])] == places
    assert [line.place for line in lines] == sorted(places)


def test_half_points_count_as_what_they_are(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    transact(lambda db: setattr(newest_rubric(db, story.stage_id), "steps_per_point", 2))
    _score(story, {"jules": (7, 4), "jo": (8, 3)})

    first, second = ask(results, story.secretariat, stage_id=story.stage_id).lines

    assert (first.means, first.mean, first.totals, first.spread) == ((3.75, 3.75), 3.75, (4.0, 3.5), 0.5)
    assert (second.mean, second.stopped_by) == (1.75, ("Method",))


def test_answers_to_gate_questions_are_counted_and_in_no_mean(database: Given) -> None:
    story = told(Chapter.SCORED)
    gate_key = transact(lambda db: with_a_gate(db, story))
    before = ask(results, story.secretariat, stage_id=story.stage_id).lines
    for judge, yes in ((story.judges["jules"], True), (story.judges["jo"], False)):
        first = transact(lambda db, judge=judge: assignments_of(db, story, judge)[0].id)  # type: ignore[misc]
        for answer in (not yes, yes):
            do(answer_gate, judge, assignment_id=first, gate_key=gate_key, yes=answer)

    lines = {line.entry_id: line for line in ask(results, story.secretariat, stage_id=story.stage_id).lines}

    assert lines[story.entry_id].gates == (GateCount("In scope?", 1, 1),)
    assert lines[story.entries["bela"]].gates == (GateCount("In scope?", 0, 0),)
    for line in before:
        assert (line.mean, line.totals) == (lines[line.entry_id].mean, lines[line.entry_id].totals)


def test_progress_counts_what_a_judge_cannot_judge_as_said(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    first = transact(lambda db: assignments_of(db, story, story.judge)[0].id)
    do(save_score, story.judge, assignment_id=first, criterion_key=story.criteria["need"], points=4)
    do(
        save_score,
        story.judge,
        assignment_id=first,
        criterion_key=story.criteria["method"],
        points=None,
        cannot_judge=True,
    )

    shown = ask(results, story.secretariat, stage_id=story.stage_id)

    assert [(row.name, row.complete, row.assigned) for row in shown.progress] == [("Jo", 0, 2), ("Jules", 1, 2)]
    assert (shown.complete, shown.assigned, shown.alpha) == (1, 4, None)
    assert ask(judges_progress, story.secretariat, stage_id=story.stage_id) == shown.progress


def test_scores_are_for_the_secretariat_alone(sqlite: Given) -> None:
    story = told(Chapter.SCORED)

    for actor in (story.sponsor, story.designer, story.judge, story.entrant):
        with pytest.raises(Refused):
            ask(results, actor, stage_id=story.stage_id)
