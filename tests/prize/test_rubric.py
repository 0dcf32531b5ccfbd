"""Tests of the rubric builder: its scale, the order of criteria, weights, ties and gate questions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts.actors import STRANGER
from judging.results import results
from prize.gates import MOST_GATES, add_gate_question, remove_gate_question
from prize.models import Prize, PrizeState, Seen
from prize.publication import public_prize
from prize.rubric import (
    MOST_CRITERIA,
    RubricShown,
    move_criterion,
    remove_criterion,
    rubric,
    save_criterion,
    set_scale,
    set_tie_break,
    set_weights,
)
from prize.rubric_changes import ChangedCriterion, change_rubric
from storage.database import transact
from storage.errors import Closed, Invalid, Stale
from tests.databases import Given
from tests.stories import SLUG, Chapter, Story, told
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


def test_a_rubric_of_two_hundred_criteria_is_refused_after_the_thirtieth(sqlite: Given) -> None:
    story = told(Chapter.READY)
    rest = {"question": "How good is it?", "weight": 0}
    for number in range(3, MOST_CRITERIA + 1):
        build(story, save_criterion, criterion_key=None, name=f"Criterion {number}", **rest)

    for number in range(MOST_CRITERIA + 1, 201):
        with pytest.raises(Invalid, match=r"A rubric has up to 30 criteria\. Take one out first, or join two\."):
            build(story, save_criterion, criterion_key=None, name=f"Criterion {number}", **rest)

    assert len(of(story).criteria) == 30
    build(story, save_criterion, criterion_key=story.criteria["need"], name="The need", **rest)
    build(story, remove_criterion, criterion_key=story.criteria["method"])
    build(story, save_criterion, criterion_key=None, name="Another", **rest)


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


def changed(story: Story, **of_need: object) -> tuple[ChangedCriterion, ...]:
    """The rubric as it is, but for some of the first criterion; the other one's weight makes up for it."""
    need, method = (
        ChangedCriterion(row.key, row.question, row.weight, row.threshold, row.seen, row.levels)
        for row in of(story).criteria
    )
    need = replace(need, **of_need)  # type: ignore[arg-type]
    return need, replace(method, weight=100 - need.weight)


def publish(story: Story, criteria: tuple[ChangedCriterion, ...]) -> object:
    given = {"version": of(story).version, "criteria": criteria, "reason": "Somebody asked."}
    return build(story, change_rubric, **given)


def test_a_published_rubric_changes_as_a_new_version_that_everybody_is_told_of(database: Given) -> None:
    story = told(Chapter.SUBMITTED)

    assert publish(story, changed(story, weight=30, threshold=250, seen=Seen.AFTER_REVEAL)) == 2

    [need, method] = of(story).criteria
    assert (need.weight, need.threshold, need.seen, method.weight) == (30, 250, Seen.AFTER_REVEAL, 70)
    shown = ask(public_prize, STRANGER, slug=SLUG)
    what = "First stage: the rubric is now version 2 (weights, thresholds, what is scored after the reveal)"
    assert [(line.what, line.reason) for line in shown.changes] == [(what, "Somebody asked.")]
    assert [criterion.weight for criterion in shown.stages[0].rubric.criteria] == [30, 70]
    mails = database.sql("SELECT recipient FROM mail WHERE text LIKE '%the rubric is now version 2%'")
    assert ("erin@erin.example",) in mails


@pytest.mark.parametrize(
    "more", [{"weight": 30}, {"threshold": 300}, {"seen": Seen.AFTER_REVEAL}], ids=["weight", "threshold", "seen"]
)
def test_once_judging_has_begun_what_decides_stands(sqlite: Given, more: dict[str, object]) -> None:
    story = told(Chapter.ASSIGNED)

    with pytest.raises(Closed, match="Judging has begun"):
        publish(story, changed(story, **more))

    assert of(story).number == 1


def test_clearer_words_are_published_while_judges_score_and_scores_stay_what_they_were(database: Given) -> None:
    story = told(Chapter.SCORED)
    add = [rubric_id for (rubric_id,) in database.sql("SELECT DISTINCT rubric_id FROM scorecard")]
    before = ask(results, story.secretariat, stage_id=story.stage_id).lines

    assert publish(story, changed(story, question="How large is the need?")) == 2

    assert ask(results, story.secretariat, stage_id=story.stage_id).lines == before
    assert [rubric_id for (rubric_id,) in database.sql("SELECT DISTINCT rubric_id FROM scorecard")] == add
    assert of(story).criteria[0].question == "How large is the need?"


def test_nothing_changed_other_criteria_and_weights_that_do_not_add_up_are_refused(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)
    need, method = changed(story)
    for criteria, words in (
        ((need, method), "Nothing was changed"),
        ((need,), "keeps its criteria"),
        ((method, need), "keeps its criteria"),
        ((replace(need, weight=41), method), "add up to 100"),
        ((replace(need, threshold=600), method), "lies on the scale"),
        ((replace(need, levels=()), method), "words for each point"),
    ):
        with pytest.raises(Invalid, match=words):
            publish(story, criteria)

    assert of(story).number == 1


def test_when_judging_has_ended_the_rubric_stands(sqlite: Given) -> None:
    story = told(Chapter.DECIDED)

    with pytest.raises(Closed, match="has ended"):
        publish(story, changed(story, question="How large is the need?"))


def test_a_new_version_keeps_gate_questions_and_what_breaks_ties(sqlite: Given) -> None:
    story = told(Chapter.READY)
    build(story, add_gate_question, wording="In scope?")
    build(story, set_tie_break, version=4, criterion_keys=(story.criteria["method"],))
    before = of(story)
    transact(lambda db: setattr(db.get_one(Prize, story.prize_id), "state", PrizeState.PUBLISHED))

    publish(story, changed(story, weight=50))

    after = of(story)
    assert (after.gates, after.scale) == (before.gates, before.scale)
    assert [criterion.key for criterion in after.breaking_ties] == [story.criteria["method"]]


def test_a_published_rubric_keeps_something_to_score_without_names(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)
    every = tuple(replace(criterion, seen=Seen.AFTER_REVEAL) for criterion in changed(story))

    with pytest.raises(Invalid):
        publish(story, every)

    assert of(story).number == 1
