"""Tests of scorecards: which saves count, and when none is taken any more."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from accounts.actors import Actor
from judging.decisions import end_judging
from judging.judges import state_conflicts
from judging.models import CommentReader
from judging.results import judges_progress
from judging.room import EntryToJudge, earlier_cards, entry_to_judge, judges_list, own_card, own_seats
from judging.scorecards import OwnCard, answer_gate, finish_judging, save_comment, save_score
from prize.rubric import newest_rubric
from storage.database import transact
from storage.errors import Closed, Invalid, Refused
from storage.saves import Saved
from tests.databases import Clock, Given
from tests.stories import JUDGING_CLOSES, TAB, Chapter, Story, assignments_of, told, with_a_gate, with_comments_needed
from tests.world import ask, do

NO_SUCH = UUID(int=0)


def first_of(story: Story, judge: Actor | None = None) -> UUID:
    return transact(lambda db: assignments_of(db, story, judge or story.judge)[0].id)


def give(story: Story, points: int | None, *, cannot_judge: bool = False, criterion: str = "need") -> int:
    return do(
        save_score,
        story.judge,
        assignment_id=first_of(story),
        criterion_key=story.criteria[criterion],
        points=points,
        cannot_judge=cannot_judge,
    )


def card(story: Story) -> dict[UUID, tuple[int | None, bool]]:
    shown = ask(own_card, story.judge, assignment_id=first_of(story))
    return {score.criterion_key: (score.points, score.cannot_judge) for score in shown.scores}


def test_every_score_that_was_given_is_kept_and_the_last_one_counts(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    for points in (2, 5, 5, 4):
        give(story, points)

    assert card(story) == {story.criteria["need"]: (4, False)}
    assert sorted(database.sql("SELECT points FROM score_save")) == [(2,), (4,), (5,)]


def test_a_score_can_be_taken_back_or_be_that_one_cannot_judge(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    give(story, 3)
    give(story, None, cannot_judge=True, criterion="method")
    assert card(story) == {story.criteria["need"]: (3, False), story.criteria["method"]: (None, True)}

    give(story, None)

    assert card(story) == {story.criteria["method"]: (None, True)}


@pytest.mark.parametrize(("points", "cannot_judge"), [(0, False), (6, False), (3, True)])
def test_a_score_off_the_scale_changes_nothing(sqlite: Given, points: int, cannot_judge: bool) -> None:
    story = told(Chapter.ASSIGNED)

    with pytest.raises(Invalid, match="whole number from 1 to 5"):
        give(story, points, cannot_judge=cannot_judge)

    assert card(story) == {}


def write(story: Story, text: str, tab: str, number: int, base_version: int) -> Saved:
    return do(
        save_comment,
        story.judge,
        assignment_id=first_of(story),
        reader=CommentReader.ENTRANT,
        text=text,
        base_version=base_version,
        tab=tab,
        save_number=number,
    )


def comment(story: Story) -> str:
    comments = ask(entry_to_judge, story.judge, assignment_id=first_of(story)).comments
    return next(each.text for each in comments if each.reader is CommentReader.ENTRANT)


def test_a_save_of_a_comment_that_arrives_late_changes_nothing(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    write(story, "Count the mussels twice.", "tab-of-jules", 2, 0)

    late = write(story, "Count the", "tab-of-jules", 1, 0)

    assert (late.version, comment(story)) == (1, "Count the mussels twice.")


def test_of_two_tabs_of_one_judge_the_later_text_counts_and_the_earlier_is_kept(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    write(story, "From the train.", "tab-on-train", 1, 0)

    write(story, "From the desk.", "tab-at-desk-", 1, 0)

    assert comment(story) == "From the desk."
    assert database.sql("SELECT text FROM comment_save") == [("From the train.",)]


def test_a_judge_finishes_when_every_criterion_of_every_entry_has_been_said(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    with pytest.raises(Invalid, match="2 of your entries are not scored to the end"):
        do(finish_judging, story.judge, stage_id=story.stage_id)


def test_after_a_judge_has_finished_nothing_of_theirs_can_be_changed(database: Given) -> None:
    story = told(Chapter.SCORED)
    do(finish_judging, story.judge, stage_id=story.stage_id)
    before = card(story)

    with pytest.raises(Closed, match="You have finished judging"):
        give(story, 1)
    with pytest.raises(Closed, match="You have finished judging"):
        write(story, "One more thing.", "tab-of-jules", 1, 0)

    assert card(story) == before
    assert not ask(own_card, story.judge, assignment_id=first_of(story)).editable


def test_the_closing_time_of_judging_is_in_time_and_a_millisecond_later_is_late(sqlite: Given, clock: Clock) -> None:
    story = told(Chapter.ASSIGNED)
    clock.move_to(JUDGING_CLOSES, stand_still=True)
    give(story, 4)

    clock.move_to(JUDGING_CLOSES + timedelta(milliseconds=1), stand_still=True)

    with pytest.raises(Closed, match="Judging has closed"):
        give(story, 5)
    assert card(story) == {story.criteria["need"]: (4, False)}
    assert [seat.judging for seat in ask(own_seats, story.judge)] == [False]


def test_when_judging_has_been_ended_no_score_is_taken(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    for judge in story.judges.values():
        do(finish_judging, judge, stage_id=story.stage_id)
    do(end_judging, story.secretariat, stage_id=story.stage_id)

    with pytest.raises(Closed, match="not being judged now"):
        give(story, 1)


def test_an_entry_of_somebody_else_of_nobody_and_of_a_conflict_are_refused_in_the_same_words(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    mine = first_of(story)
    do(state_conflicts, story.judge, stage_id=story.stage_id, statements=("Acorn Labs",))
    words = set()
    for assignment_id in (mine, first_of(story, story.judges["jo"]), NO_SUCH, uuid4()):
        for query in (entry_to_judge, own_card):
            with pytest.raises(Refused) as refused:
                ask(query, story.judge, assignment_id=assignment_id)
            words.add((refused.value.words, refused.value.field))
        with pytest.raises(Refused) as refused:
            do(
                save_score,
                story.judge,
                assignment_id=assignment_id,
                criterion_key=story.criteria["need"],
                points=3,
            )
        words.add((refused.value.words, refused.value.field))

    assert len(words) == 1


def in_halves(story: Story) -> None:
    transact(lambda db: setattr(newest_rubric(db, story.stage_id), "steps_per_point", 2))


@pytest.mark.parametrize(("steps", "taken"), [(1, False), (2, True), (7, True), (10, True), (11, False)])
def test_a_scale_in_halves_takes_each_half_point_from_its_lowest_to_its_highest(
    sqlite: Given, steps: int, taken: bool
) -> None:
    story = told(Chapter.ASSIGNED)
    in_halves(story)

    if taken:
        give(story, steps)
    else:
        with pytest.raises(Invalid, match="whole or half number from 1 to 5"):
            give(story, steps)

    assert card(story) == ({story.criteria["need"]: (steps, False)} if taken else {})


def test_a_judge_s_earlier_scores_are_in_points_of_a_scale_in_halves(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    in_halves(story)
    give(story, 7)
    give(story, 8, criterion="method")
    other = transact(lambda db: assignments_of(db, story, story.judge)[1].id)

    [earlier] = ask(earlier_cards, story.judge, assignment_id=other)

    assert (earlier.points, earlier.mean) == ((7, 8), 3.8)


def test_every_answer_to_a_gate_question_is_kept_and_the_last_one_counts(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    gate_key = transact(lambda db: with_a_gate(db, story))
    for yes in (True, True, False):
        do(answer_gate, story.judge, assignment_id=first_of(story), gate_key=gate_key, yes=yes)

    shown = ask(own_card, story.judge, assignment_id=first_of(story))

    assert [(answer.gate_key, answer.yes) for answer in shown.gates] == [(gate_key, False)]
    assert database.sql("SELECT number FROM gate_answer ORDER BY number") == [(1,), (2,)]


def test_a_question_of_another_rubric_is_not_answered(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)

    with pytest.raises(Invalid, match="no such question"):
        do(answer_gate, story.judge, assignment_id=first_of(story), gate_key=NO_SUCH, yes=True)


def test_a_judge_finishes_when_gate_questions_are_answered_too(database: Given) -> None:
    story = told(Chapter.SCORED)
    gate_key = transact(lambda db: with_a_gate(db, story))
    for assignment in transact(lambda db: assignments_of(db, story, story.judge)):
        with pytest.raises(Invalid, match="not scored to the end"):
            do(finish_judging, story.judge, stage_id=story.stage_id)
        do(answer_gate, story.judge, assignment_id=assignment.id, gate_key=gate_key, yes=True)
    assert [line.scored for line in ask(judges_list, story.judge, stage_id=story.stage_id).lines] == [3, 3]

    do(finish_judging, story.judge, stage_id=story.stage_id)


def comment_on(
    story: Story, assignment_id: UUID, text: str = "Count twice.", reader: CommentReader = CommentReader.ENTRANT
) -> None:
    where = {"assignment_id": assignment_id, "reader": reader}
    do(save_comment, story.judge, **where, text=text, base_version=0, tab=TAB, save_number=1)


def needing_comment(story: Story) -> list[str]:
    return [line.code for line in own_list(story) if line.needs_comment]


def comments_to_write(story: Story) -> dict[str, int]:
    progress = ask(judges_progress, story.secretariat, stage_id=story.stage_id)
    return {row.name: row.lacking_comments for row in progress}


def own_list(story: Story) -> tuple[OwnCard, ...]:
    lines: tuple[OwnCard, ...] = ask(judges_list, story.judge, stage_id=story.stage_id).lines
    return lines


def finish(story: Story) -> None:
    do(finish_judging, story.judge, stage_id=story.stage_id)


def finished(story: Story) -> bool:
    [seat] = ask(own_seats, story.judge)
    return seat.finished_at is not None


def test_where_comments_are_needed_a_judge_finishes_when_each_entry_has_one(database: Given) -> None:
    story = told(Chapter.SCORED)
    transact(lambda db: with_comments_needed(db, story))
    first, second = own_list(story)
    with pytest.raises(Invalid, match=f"{first.code} and {second.code} lack your comment for the entrant. Open each,"):
        finish(story)
    comment_on(story, first.assignment_id)
    with pytest.raises(Invalid, match=f"^{second.code} lacks your comment for the entrant. Open it, write one, then"):
        finish(story)
    assert not finished(story)

    comment_on(story, second.assignment_id)

    assert needing_comment(story) == []
    finish(story)
    assert finished(story)


def test_the_secretariat_sees_how_many_comments_each_judge_still_has_to_write(database: Given) -> None:
    story = told(Chapter.SCORED)
    assert comments_to_write(story) == {"Jules": 0, "Jo": 0}
    transact(lambda db: with_comments_needed(db, story))
    assert comments_to_write(story) == {"Jules": 2, "Jo": 2}

    comment_on(story, own_list(story)[0].assignment_id)

    assert comments_to_write(story) == {"Jules": 1, "Jo": 2}


def test_where_comments_are_optional_a_judge_finishes_without_one(database: Given) -> None:
    story = told(Chapter.SCORED)
    assert needing_comment(story) == []

    finish(story)

    assert finished(story)


@pytest.mark.parametrize("text", ["", " ", "\n \t\n", "\u00a0\u2003"])
def test_a_comment_in_which_nothing_is_said_is_none(database: Given, text: str) -> None:
    story = told(Chapter.SCORED)
    transact(lambda db: with_comments_needed(db, story))
    for line in own_list(story):
        comment_on(story, line.assignment_id, text)

    with pytest.raises(Invalid, match="lack your comment"):
        finish(story)


@pytest.mark.parametrize("reader", [CommentReader.PANEL, CommentReader.JUDGE])
def test_a_note_that_the_entrant_never_reads_is_not_the_comment_that_is_needed(
    sqlite: Given, reader: CommentReader
) -> None:
    story = told(Chapter.SCORED)
    transact(lambda db: with_comments_needed(db, story))
    for line in own_list(story):
        comment_on(story, line.assignment_id, reader=reader)

    with pytest.raises(Invalid, match="lack your comment"):
        finish(story)


def test_an_entry_that_a_judge_cannot_judge_at_all_needs_no_comment(database: Given) -> None:
    story = told(Chapter.SCORED)
    transact(lambda db: with_comments_needed(db, story))
    for criterion in story.criteria:
        give(story, None, cannot_judge=True, criterion=criterion)
    [other] = needing_comment(story)
    comment_on(story, next(line.assignment_id for line in own_list(story) if line.code == other))

    finish(story)

    assert finished(story)


def test_an_entry_given_back_for_a_conflict_holds_no_judge_up(database: Given) -> None:
    story = told(Chapter.SCORED)
    transact(lambda db: with_comments_needed(db, story))
    comment_on(story, transact(lambda db: assignments_of(db, story, story.judge)[1].id))
    assert len(needing_comment(story)) == 1

    do(state_conflicts, story.judge, stage_id=story.stage_id, statements=("acorn labs ltd",))

    assert needing_comment(story) == []
    finish(story)
    assert finished(story)


def test_judging_ends_whatever_comments_are_missing(sqlite: Given, clock: Clock) -> None:
    story = told(Chapter.SCORED)
    transact(lambda db: with_comments_needed(db, story))
    clock.move_to(JUDGING_CLOSES + timedelta(hours=1))

    do(end_judging, story.secretariat, stage_id=story.stage_id)

    [seat] = ask(own_seats, story.judge)
    assert (seat.judging_ended, seat.finished_at) == (True, None)


def test_a_judge_s_list_is_in_the_order_of_codes_and_leaves_out_an_entry_of_a_conflict(database: Given) -> None:
    story = told(Chapter.SCORED)
    shown = ask(judges_list, story.judge, stage_id=story.stage_id)
    lines = shown.lines
    assert [line.code for line in lines] == sorted(line.code for line in lines)
    assert ([line.scored for line in lines], shown.asked) == ([2, 2], 2)
    gone = first_of(story)

    do(state_conflicts, story.judge, stage_id=story.stage_id, statements=("acorn labs ltd",))

    left = ask(judges_list, story.judge, stage_id=story.stage_id).lines
    assert [line.assignment_id for line in left] == [line.assignment_id for line in lines if line.assignment_id != gone]


def test_what_a_judge_gets_holds_no_name_no_address_and_no_id_of_the_entry(database: Given) -> None:
    story = told(Chapter.SCORED)

    shown: EntryToJudge = ask(entry_to_judge, story.judge, assignment_id=first_of(story))

    everything = repr(shown)
    for told_by in ("Acorn", "Erin", "erin@", str(story.entry_id), story.receipts["erin"].code):
        assert told_by not in everything
    assert [answer.wording for answer in shown.answers] == ["How does it work?", "A document with figures"]
