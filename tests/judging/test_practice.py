"""Judges practise on made-up entries, see the reference afterwards, and nothing of it counts."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.actors import Actor
from delivery.exports.tables import LEFT_OUT
from judging.practice import compare_practice, practice_entry, practice_lines, save_practice_score
from judging.practice_writing import Level, Practice, Written, practice, remove_practice, write_practice
from judging.readers import own_readers
from judging.results import results
from judging.room import judges_list
from judging.scorecards import save_score
from storage.database import transact
from storage.errors import NOT_YOURS, Closed, Invalid, Refused, Stale
from tests.databases import Given
from tests.judging.practising import SAYS, practice_of, practise, with_practice
from tests.stories import Chapter, Story, assignments_of, go_on, told, with_a_reveal
from tests.world import ask, do


def seen(story: Story) -> Practice:
    found: Practice = ask(practice, story.secretariat, stage_id=story.stage_id)
    return found


def shown(story: Story, practice_id: UUID, judge: Actor | None = None) -> Any:
    return ask(practice_entry, judge or story.judge, stage_id=story.stage_id, practice_id=practice_id)


def score_first(story: Story) -> None:
    assignment = transact(lambda db: assignments_of(db, story, story.judge)[0].id)
    do(save_score, story.judge, assignment_id=assignment, criterion_key=story.criteria["need"], points=4)


def test_a_judge_sees_the_reference_with_its_reasons_only_after_scoring_alone(database: Given) -> None:
    story = told(Chapter.BOUND)
    practice_id = with_practice(story)
    before = shown(story, practice_id)
    assert [(one.question, one.text) for one in before.answers] == [("How does it work?", SAYS)]
    assert {(score.reference, score.why) for score in before.scores} == {(None, "")}
    with pytest.raises(Invalid, match="has no score yet"):
        do(compare_practice, story.judge, stage_id=story.stage_id, practice_id=practice_id)

    practise(story, practice_id)

    after = shown(story, practice_id)
    assert {(score.points, score.reference) for score in after.scores} == {(4, 3)}
    assert all(score.why.startswith("Only ") for score in after.scores)
    [line] = ask(practice_lines, story.judge, stage_id=story.stage_id)
    assert (line.compared, line.scored, line.asked) == (True, len(story.criteria), len(story.criteria))


def test_practice_scores_stand_once_the_reference_was_seen(sqlite: Given) -> None:
    story = told(Chapter.BOUND)
    practice_id = with_practice(story)
    practise(story, practice_id)
    about = {"stage_id": story.stage_id, "practice_id": practice_id}

    with pytest.raises(Closed, match="You have seen the reference"):
        do(save_practice_score, story.judge, **about, criterion_key=story.criteria["need"], points=3)

    assert {score.points for score in shown(story, practice_id).scores} == {4}


def test_another_judge_and_another_stage_see_nothing_of_it(sqlite: Given) -> None:
    story = told(Chapter.BOUND)
    practice_id = with_practice(story)
    practise(story, practice_id)

    other = shown(story, practice_id, story.judges["jo"])
    assert {(score.points, score.reference) for score in other.scores} == {(None, None)}
    elsewhere = told(Chapter.BOUND, "elsewhere")
    with pytest.raises(Refused, match=NOT_YOURS):
        shown(elsewhere, practice_id)


def test_nothing_that_counts_knows_of_practice(sqlite: Given) -> None:
    story = told(Chapter.SCORED)

    def what_counts() -> tuple[Any, ...]:
        return (
            ask(results, story.secretariat, stage_id=story.stage_id),
            ask(judges_list, story.judge, stage_id=story.stage_id),
            ask(own_readers, story.entrant, entry_id=story.entry_id),
        )

    before = what_counts()

    practise(story, with_practice(story))

    assert what_counts() == before
    assert {"practice_entry", "practice_reference", "practice_card", "practice_score"} <= LEFT_OUT.keys()


def test_the_secretariat_sees_who_has_practised_and_how_far_from_the_reference(database: Given) -> None:
    story = told(Chapter.BOUND)
    first, second = with_practice(story), with_practice(story, **practice_of(story, points=2))
    practise(story, first, points=4)
    practise(story, second, points=1)
    practise(story, first, story.judges["jo"], points=None)

    lines = {line.name: (line.compared, set(line.above)) for line in seen(story).judges}

    assert lines == {"Jules": (2, {0.0}), "Jo": (1, {None})}
    assert [entry.scored_by for entry in seen(story).entries] == [2, 1]


def test_practice_may_be_skipped_unless_it_is_required(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    with_practice(story)
    score_first(story)


def test_required_practice_comes_before_a_judges_first_entry(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    practice_id = with_practice(story, required=True)
    with pytest.raises(Closed, match="Practice comes first"):
        score_first(story)
    practise(story, practice_id, compare=False)
    with pytest.raises(Closed, match="Practice comes first"):
        score_first(story)

    do(compare_practice, story.judge, stage_id=story.stage_id, practice_id=practice_id)

    score_first(story)


def test_whoever_has_begun_goes_on_when_practice_is_required_later(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    with_practice(story, required=True)

    score_first(story)


def test_what_is_scored_after_the_reveal_is_not_practised(sqlite: Given) -> None:
    story = told(Chapter.BOUND)
    transact(lambda db: with_a_reveal(db, story, "method"))
    need = {key: points for key, points in practice_of(story).items() if key == "answers"}

    with_practice(story, **need, reference=(Level(story.criteria["need"], 3, "It is needed."),))

    assert [criterion.key for criterion in seen(story).criteria] == [story.criteria["need"]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda story: {"answers": (Written(story.questions["team"], "We are Otter."),)}, "Judges read no such answer"),
        (lambda story: {"answers": (Written(story.questions["method"], ""),)}, "says nothing yet"),
        (lambda story: {"reference": practice_of(story)["reference"][:1]}, "has no reference yet"),
        (lambda story: {"reference": practice_of(story, points=9)["reference"]}, "is off the scale from 1 to 5"),
        (lambda story: {"reference": (Level(uuid4(), 3, "Why."),)}, "no such criterion"),
        (lambda story: {"reference": practice_of(story)["reference"] * 2}, "stands there twice"),
    ],
)
def test_a_practice_entry_that_is_half_written_is_not_kept(sqlite: Given, change: Any, words: str) -> None:
    story = told(Chapter.BOUND)

    with pytest.raises(Invalid, match=words):
        with_practice(story, **change(story))

    assert seen(story).entries == ()


def test_a_practice_entry_is_changed_until_a_judge_begins_and_then_removed(database: Given) -> None:
    story = told(Chapter.BOUND)
    practice_id = with_practice(story)
    about = {"stage_id": story.stage_id, "practice_id": practice_id}
    changed = practice_of(story, points=5, says="Mussels do.")
    do(write_practice, story.secretariat, **about, version=1, **changed)
    with pytest.raises(Stale):
        do(write_practice, story.secretariat, **about, version=1, **practice_of(story))
    [entry] = seen(story).entries
    assert ([one.text for one in entry.answers], {level.points for level in entry.reference}) == (["Mussels do."], {5})

    practise(story, practice_id, compare=False)

    with pytest.raises(Closed, match="it stands"):
        do(write_practice, story.secretariat, **about, version=2, **practice_of(story))
    do(remove_practice, story.secretariat, **about, version=2)
    assert seen(story).entries == ()
    assert database.sql("SELECT count(*) FROM practice_score") == [(0,)]


def test_there_are_at_most_five_practice_entries(sqlite: Given) -> None:
    story = told(Chapter.BOUND)
    for _ in range(5):
        with_practice(story)

    with pytest.raises(Invalid, match="at most 5"):
        with_practice(story)


def test_nobody_practises_once_judging_has_ended(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    practice_id = with_practice(story)
    go_on(story, Chapter.SCORED, Chapter.JUDGED)

    assert ask(practice_lines, story.judge, stage_id=story.stage_id) == ()
    with pytest.raises(Closed, match="Judging has ended"):
        practise(story, practice_id)
