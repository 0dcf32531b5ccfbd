"""Tests of the planned reveal: nothing of who is behind an entry before the lock, and nothing blind changes later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from accounts.actors import Actor
from judging.identities import RevealedAnswer, RevealedEntry
from judging.models import CommentReader, Scorecard
from judging.results import results
from judging.revealing import declare_conflict, reveal_entry
from judging.room import Reveal, entry_to_judge, judges_list, own_card
from judging.scorecards import answer_gate, finish_judging, save_comment, save_score
from prize.models import Question, Stage, Visibility
from storage.database import matching, transact
from storage.errors import Closed, Invalid, Refused
from tests.databases import Given
from tests.stories import TAB, Chapter, Story, assignments_of, told, with_a_gate, with_a_reveal
from tests.world import ask, do

ACORN = RevealedEntry("Acorn Labs", (RevealedAnswer("Who are you?", "We are Acorn Labs."),))


def first_of(story: Story, judge: Actor | None = None) -> UUID:
    return transact(lambda db: assignments_of(db, story, judge or story.judge)[0].id)


def a_story() -> Story:
    """The need is scored without names, the method after the reveal."""
    story = told(Chapter.ASSIGNED)
    transact(lambda db: with_a_reveal(db, story))
    return story


def score(story: Story, criterion: str, points: int, judge: Actor | None = None) -> None:
    judge = judge or story.judge
    given = {"criterion_key": story.criteria[criterion], "points": points}
    do(save_score, judge, assignment_id=first_of(story, judge), **given)


def comment(story: Story, reader: CommentReader, text: str, version: int, number: int) -> None:
    given = {"reader": reader, "text": text, "base_version": version, "tab": TAB, "save_number": number}
    do(save_comment, story.judge, assignment_id=first_of(story), **given)


def reveal(story: Story, judge: Actor | None = None) -> None:
    do(reveal_entry, judge or story.judge, assignment_id=first_of(story, judge))


def room(story: Story) -> Any:
    return ask(entry_to_judge, story.judge, assignment_id=first_of(story))


def test_who_is_behind_an_entry_is_shown_when_the_blind_part_is_locked_and_not_before(database: Given) -> None:
    story = a_story()
    score(story, "need", 4)
    assert (room(story).card.reveal, room(story).revealed) == (Reveal.AHEAD, None)
    assert "Acorn" not in repr(room(story))

    reveal(story)

    assert (room(story).card.reveal, room(story).revealed) == (Reveal.DONE, ACORN)
    other = transact(lambda db: assignments_of(db, story, story.judge)[1].id)
    assert ask(entry_to_judge, story.judge, assignment_id=other).revealed is None


def test_the_reveal_of_one_judge_tells_another_nothing(sqlite: Given) -> None:
    story = a_story()
    score(story, "need", 4, story.judges["jo"])
    reveal(story, story.judges["jo"])

    assert (room(story).card.reveal, room(story).revealed) == (Reveal.AHEAD, None)


def test_nothing_is_revealed_while_something_of_the_blind_part_is_open(sqlite: Given) -> None:
    story = a_story()
    gate_key = transact(lambda db: with_a_gate(db, story))
    with pytest.raises(Invalid, match="2 of the first part are not scored"):
        reveal(story)
    score(story, "need", 4)
    with pytest.raises(Invalid, match="1 of the first part is not scored"):
        reveal(story)
    do(answer_gate, story.judge, assignment_id=first_of(story), gate_key=gate_key, yes=True)

    reveal(story)

    assert room(story).revealed == ACORN


def test_what_is_scored_after_the_reveal_is_not_scored_before_it(sqlite: Given) -> None:
    story = a_story()

    with pytest.raises(Closed, match="locked the first part"):
        score(story, "method", 5)

    assert room(story).card.scores == ()


def _change_a_score(story: Story) -> None:
    score(story, "need", 5)


def _take_a_score_back(story: Story) -> None:
    given = {"criterion_key": story.criteria["need"], "points": None}
    do(save_score, story.judge, assignment_id=first_of(story), **given)


def _change_an_answer(story: Story) -> None:
    [gate] = room(story).rubric.gates
    do(answer_gate, story.judge, assignment_id=first_of(story), gate_key=gate.key, yes=False)


def _change_a_comment(story: Story) -> None:
    comment(story, CommentReader.ENTRANT, "Acorn is a friend of mine.", 1, 2)


@pytest.mark.parametrize("change", [_change_a_score, _take_a_score_back, _change_an_answer, _change_a_comment])
def test_what_was_given_without_names_stands_from_then_on(database: Given, change: Callable[[Story], None]) -> None:
    story = a_story()
    gate_key = transact(lambda db: with_a_gate(db, story))
    score(story, "need", 4)
    do(answer_gate, story.judge, assignment_id=first_of(story), gate_key=gate_key, yes=True)
    comment(story, CommentReader.ENTRANT, "Count the mussels twice.", 0, 1)
    reveal(story)
    before = room(story)

    with pytest.raises(Closed, match="before you saw who is behind"):
        change(story)

    assert room(story) == before
    assert not next(each for each in before.comments if each.reader is CommentReader.ENTRANT).editable


def test_comments_that_were_empty_and_the_judge_s_own_note_stay_open(sqlite: Given) -> None:
    story = a_story()
    score(story, "need", 4)
    comment(story, CommentReader.JUDGE, "Look again.", 0, 1)
    reveal(story)

    comment(story, CommentReader.PANEL, "A young team.", 0, 1)
    comment(story, CommentReader.JUDGE, "Looked again.", 1, 2)

    assert {each.text for each in room(story).comments} == {"", "A young team.", "Looked again."}


def test_a_second_reveal_changes_nothing(sqlite: Given) -> None:
    story = a_story()
    score(story, "need", 4)
    reveal(story)
    moments = sqlite.sql("SELECT revealed_at FROM scorecard")

    reveal(story)

    assert sqlite.sql("SELECT revealed_at FROM scorecard") == moments


def test_a_judge_finishes_when_every_card_is_revealed_and_scored_to_its_end(database: Given) -> None:
    story = a_story()
    for assignment in transact(lambda db: assignments_of(db, story, story.judge)):
        for name in ("need", "method"):
            with pytest.raises(Invalid, match="not scored to the end"):
                do(finish_judging, story.judge, stage_id=story.stage_id)
            given = {"criterion_key": story.criteria[name], "points": 3}
            do(save_score, story.judge, assignment_id=assignment.id, **given)
            if name == "need":
                do(reveal_entry, story.judge, assignment_id=assignment.id)

    do(finish_judging, story.judge, stage_id=story.stage_id)


def test_a_judge_who_knows_them_gives_the_entry_back_and_the_scores_count_no_more(database: Given) -> None:
    story = a_story()
    score(story, "need", 5)
    score(story, "need", 1, story.judges["jo"])
    assignment_id = first_of(story)
    reveal(story)

    do(declare_conflict, story.judge, stage_id=story.stage_id, assignment_id=assignment_id)

    for again in (
        lambda: ask(entry_to_judge, story.judge, assignment_id=assignment_id),
        lambda: do(declare_conflict, story.judge, stage_id=story.stage_id, assignment_id=assignment_id),
    ):
        with pytest.raises(Refused):
            again()
    lines = ask(judges_list, story.judge, stage_id=story.stage_id).lines
    assert assignment_id not in {line.assignment_id for line in lines}
    result = next(
        line
        for line in ask(results, story.secretariat, stage_id=story.stage_id).lines
        if line.entry_id == story.entry_id
    )
    assert (result.means[0], result.assigned) == (1.0, 1)


def test_who_has_seen_nothing_declares_nothing_here(sqlite: Given) -> None:
    story = a_story()
    score(story, "need", 5)

    with pytest.raises(Invalid, match="have not seen whose entry"):
        do(declare_conflict, story.judge, stage_id=story.stage_id, assignment_id=first_of(story))

    assert len(ask(judges_list, story.judge, stage_id=story.stage_id).lines) == 2


def test_a_rubric_without_such_a_criterion_reveals_nothing(sqlite: Given) -> None:
    story = told(Chapter.SCORED)

    with pytest.raises(Invalid, match="Nothing of this stage"):
        reveal(story)

    assert (room(story).card.reveal, room(story).revealed) == (Reveal.NOT_PLANNED, None)


@pytest.mark.parametrize("visibility", [Visibility.NAMES_KNOWN, Visibility.OPEN])
def test_where_names_are_known_all_is_seen_and_scored_from_the_beginning(sqlite: Given, visibility: Visibility) -> None:
    story = a_story()
    transact(lambda db: setattr(db.get_one(Stage, story.stage_id), "visibility", visibility))

    score(story, "method", 5)

    assert (room(story).card.reveal, room(story).revealed) == (Reveal.NOT_PLANNED, ACORN)


def test_what_is_confidential_is_never_revealed(sqlite: Given) -> None:
    story = a_story()

    def make_confidential(db: Session) -> None:
        [question] = matching(db, Question, key=story.questions["team"])
        question.confidential = True

    transact(make_confidential)
    score(story, "need", 4)
    reveal(story)

    assert room(story).revealed == RevealedEntry("Acorn Labs", ())


def test_a_judge_s_own_card_says_no_name_at_any_time(sqlite: Given) -> None:
    story = a_story()
    score(story, "need", 4)
    reveal(story)

    assert "Acorn" not in repr(ask(own_card, story.judge, assignment_id=first_of(story)))
    assert transact(lambda db: [card.revealed_at is not None for card in matching(db, Scorecard)]) == [True]
