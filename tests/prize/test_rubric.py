"""Tests of the rubric builder: its scale, the order of criteria, weights, ties and gate questions."""

from __future__ import annotations

import pytest

from prize.gates import MOST_GATES, add_gate_question, remove_gate_question
from prize.rubric import (
    RubricShown,
    move_criterion,
    remove_criterion,
    rubric,
    set_scale,
    set_tie_break,
    set_weights,
)
from storage.errors import Closed, Invalid, Stale
from tests.databases import Given
from tests.stories import Chapter, Story, told
from tests.world import ask, do


def of(story: Story) -> RubricShown:
    shown = ask(rubric, story.designer, prize_id=story.prize_id, stage_id=story.stage_id)
    assert isinstance(shown, RubricShown)
    return shown


def build(story: Story, command: object, **arguments: object) -> object:
    return do(command, story.designer, prize_id=story.prize_id, stage_id=story.stage_id, **arguments)


def names(story: Story) -> list[str]:
    return [f"{criterion.position}. {criterion.name}" for criterion in of(story).criteria]


def test_criteria_change_places_and_none_is_moved_beyond_the_ends(database: Given) -> None:
    story = told(Chapter.READY)
    assert names(story) == ["1. Need", "2. Method"]

    build(story, move_criterion, criterion_key=story.criteria["method"], up=True)
    build(story, move_criterion, criterion_key=story.criteria["method"], up=True)

    assert names(story) == ["1. Method", "2. Need"]


def test_a_scale_in_halves_has_a_step_between_two_points(sqlite: Given) -> None:
    story = told(Chapter.READY)

    build(story, set_scale, version=3, lowest=0, highest=2, steps_per_point=2)

    shown = of(story)
    assert shown.scale == "0 to 2 in steps of ½"
    assert [shown.words(step) for step in shown.steps] == ["0", "½", "1", "1½", "2"]
    assert [float(shown.in_points(step)) for step in shown.steps] == [0, 0.5, 1, 1.5, 2]


@pytest.mark.parametrize(
    ("highest", "steps_per_point", "words"),
    [(5, 10, "false precision"), (5, 0, "false precision"), (11, 2, "10 points at most")],
)
def test_steps_that_cannot_be_told_apart_are_refused(
    sqlite: Given, highest: int, steps_per_point: int, words: str
) -> None:
    story = told(Chapter.READY)

    with pytest.raises(Invalid, match=words):
        build(story, set_scale, version=3, lowest=0, highest=highest, steps_per_point=steps_per_point)

    assert of(story).scale == "1 to 5"


def test_a_removed_criterion_leaves_no_gap_in_the_order_and_in_the_tie_break(sqlite: Given) -> None:
    story = told(Chapter.READY)
    build(story, set_tie_break, version=3, criterion_keys=(story.criteria["need"], story.criteria["method"]))

    build(story, remove_criterion, criterion_key=story.criteria["need"])

    assert [(row.position, row.name, row.breaks_ties) for row in of(story).criteria] == [(1, "Method", 1)]


def test_a_criterion_breaks_ties_once(sqlite: Given) -> None:
    story = told(Chapter.READY)

    with pytest.raises(Invalid, match="once"):
        build(story, set_tie_break, version=3, criterion_keys=(story.criteria["need"],) * 2)

    assert of(story).breaking_ties == ()


def test_all_weights_are_changed_together(database: Given) -> None:
    story = told(Chapter.READY)

    build(story, set_weights, version=3, weights=(25, 75))

    assert [criterion.weight for criterion in of(story).criteria] == [25, 75]
    with pytest.raises(Stale):
        build(story, set_weights, version=3, weights=(50, 50))
    for weights in ((100,), (101, 0), (-1, 100)):
        with pytest.raises(Invalid):
            build(story, set_weights, version=4, weights=weights)


def test_gate_questions_are_asked_in_their_order_and_are_few(database: Given) -> None:
    story = told(Chapter.READY)
    keys = [build(story, add_gate_question, wording=f"Question {number}?") for number in range(MOST_GATES)]
    with pytest.raises(Invalid, match="up to 5"):
        build(story, add_gate_question, wording="One more?")

    build(story, remove_gate_question, gate_key=keys[1])

    assert [gate.wording for gate in of(story).gates] == [f"Question {number}?" for number in (0, 2, 3, 4)]


def test_a_published_rubric_is_not_built_on(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)

    for command, given in (
        (set_weights, {"version": 3, "weights": (50, 50)}),
        (set_tie_break, {"version": 3, "criterion_keys": ()}),
        (move_criterion, {"criterion_key": story.criteria["need"], "up": False}),
        (add_gate_question, {"wording": "In scope?"}),
    ):
        with pytest.raises(Closed):
            build(story, command, **given)
