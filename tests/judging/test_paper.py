"""Tests of scores that are entered from paper score sheets, in the middle of a prize."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from accounts.actors import LAUREL, Actor
from accounts.models import Role, ScopeKind
from accounts.people import find_or_add_person
from accounts.programmes import appoint
from judging.analyses.scores import scores_of_stage
from judging.judges import own_seats, state_conflicts
from judging.models import Comment, CommentReader, GateAnswer
from judging.paper import import_scores, planned_scores
from judging.paper_models import PaperScore
from judging.results import results
from judging.revealing import reveal_entry
from judging.scorecards import answer_gate, comments_of, finish_judging, save_comment, save_score
from prize.entries.models import Entry
from prize.models import Rubric
from prize.rubric import newest_rubric
from storage import clock
from storage.database import matching, reading, transact
from storage.errors import Closed, Invalid, Stale
from storage.sheets.columns import problem_words
from storage.sheets.planning import Fate, Imported, MatchedSheet, Plan
from tests.databases import Given
from tests.judging.examples import a_sheet
from tests.stories import (
    JUDGING_CLOSES,
    TAB,
    Chapter,
    Story,
    assignments_of,
    points_on_card,
    told,
    with_a_gate,
    with_a_reveal,
    with_comments_needed,
)
from tests.world import ask, do

KEYS = ("email", "code", "item", "score")
JULES = "jules@example.org"


def code_of(story: Story, name: str = "erin") -> str:
    with reading() as db:
        return str(db.get_one(Entry, story.entries[name]).code)


def sheet_of(story: Story, *rows: tuple[str, ...], keys: tuple[str, ...] = KEYS) -> MatchedSheet:
    return a_sheet(keys, *rows)


def plan_of(story: Story, given: MatchedSheet, actor: Actor | None = None, **more: Any) -> Plan:
    return ask(planned_scores, actor or story.secretariat, stage_id=story.stage_id, given=given, **more)


def entered(story: Story, given: MatchedSheet, **more: Any) -> Imported:
    shown = plan_of(story, given, **more).digest
    return do(import_scores, story.secretariat, stage_id=story.stage_id, given=given, shown=shown, **more)


def card(story: Story, name: str = "jules") -> dict[str, int | None]:
    """What a judge's card of the first entry says, by criterion."""
    with reading() as db:
        points = points_on_card(db, assignments_of(db, story, story.judges[name])[0].id)
    return {criterion: points[key] for criterion, key in story.criteria.items() if key in points}


def said(plan: Plan) -> str:
    return "\n".join(problem_words(plan.problems))


def test_scores_from_paper_stand_on_the_judge_s_card_and_are_marked_in_the_history(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    code = code_of(story)
    given = sheet_of(story, (JULES, code.lower(), "need", "4"), (JULES, code, "Method", "Cannot judge"))
    plan = plan_of(story, given)
    assert [(row.fate, row.cells[:4]) for row in plan.rows] == [
        (Fate.NEW, ("Jules", code, "Need", "4")),
        (Fate.NEW, ("Jules", code, "Method", "cannot judge")),
    ]

    assert entered(story, given) == Imported(2, 0, 0)

    assert card(story) == {"need": 4, "method": None}
    with reading() as db:
        papers = matching(db, PaperScore)
        assert {row.item_key for row in papers} == set(story.criteria.values())
        assert {row.entered_by for row in papers} == {story.secretariat.person_id}
    assert database.sql(
        "SELECT count(*) FROM score_save JOIN paper_score ON paper_score.scorecard_id = score_save.scorecard_id "
        "AND paper_score.item_key = score_save.criterion_key AND paper_score.entered_at = score_save.saved_at"
    ) == [(2,)]


def test_the_same_sheet_again_changes_nothing(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    keys = (*KEYS, "entrant")
    given = sheet_of(story, (JULES, code_of(story), "Need", "4", "Count twice."), keys=keys)
    entered(story, given)

    assert entered(story, given) == Imported(0, 0, 1)

    assert database.sql("SELECT count(*) FROM score_save") == [(1,)]
    assert database.sql("SELECT count(*) FROM comment_save") == [(0,)]


def test_what_a_judge_has_saved_on_screen_is_replaced_only_when_that_is_asked_for(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    first = transact(lambda db: assignments_of(db, story, story.judge)[0].id)
    do(save_score, story.judge, assignment_id=first, criterion_key=story.criteria["need"], points=2)
    given = sheet_of(story, (JULES, code_of(story), "Need", "4"))
    assert "Row 2, Score: The judge has saved 2 on screen." in said(plan_of(story, given))
    with pytest.raises(Invalid, match="Nothing was imported"):
        entered(story, given)
    assert card(story) == {"need": 2}

    assert plan_of(story, given, replaces=True).rows[0].cells[3] == "4 (was 2)"
    assert entered(story, given, replaces=True) == Imported(0, 1, 0)

    assert card(story) == {"need": 4}


def test_a_judge_is_told_how_much_of_theirs_a_sheet_has_replaced(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    first = transact(lambda db: assignments_of(db, story, story.judge)[0].id)
    do(save_score, story.judge, assignment_id=first, criterion_key=story.criteria["need"], points=2)
    typed = {"base_version": 0, "tab": TAB, "save_number": 1}
    do(save_comment, story.judge, assignment_id=first, reader=CommentReader.PANEL, text="Thin.", **typed)
    code, keys = code_of(story), (*KEYS, "panel")
    rows = [(JULES, code, name, "4", "Solid.") for name in ("Need", "Method")]

    entered(story, sheet_of(story, *rows, ("jo@example.org", code, "Need", "4", ""), keys=keys), replaces=True)
    entered(story, sheet_of(story, (JULES, code, "Need", "3", ""), keys=keys), replaces=True)

    mails = database.sql("SELECT recipient, subject FROM mail WHERE subject LIKE '%paper score sheet%'")
    assert mails == [(JULES, "Your paper score sheet has replaced 2 scores or comments")]


def test_a_comment_that_was_changed_since_it_was_shown_is_not_replaced(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    first = transact(lambda db: assignments_of(db, story, story.judge)[0].id)
    typed = {"assignment_id": first, "reader": CommentReader.PANEL, "tab": TAB}
    do(save_comment, story.judge, text="Thin.", base_version=0, save_number=1, **typed)
    given = sheet_of(story, (JULES, code_of(story), "Need", "4", "Solid."), keys=(*KEYS, "panel"))
    plan = plan_of(story, given, replaces=True)
    assert plan.rows[0].cells[4] == "for the panel (replaces another)"
    do(save_comment, story.judge, text="Thick, after all.", base_version=1, save_number=2, **typed)

    with pytest.raises(Stale):
        do(import_scores, story.secretariat, stage_id=story.stage_id, given=given, shown=plan.digest, replaces=True)

    with reading() as db:
        assert comments_of(db, first)[CommentReader.PANEL].text == "Thick, after all."


def test_a_score_from_paper_is_mended_by_another_sheet_and_changed_by_its_judge(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    code = code_of(story)
    entered(story, sheet_of(story, (JULES, code, "Need", "4")))

    assert entered(story, sheet_of(story, (JULES, code, "Need", "3"))) == Imported(0, 1, 0)
    first = transact(lambda db: assignments_of(db, story, story.judge)[0].id)
    do(save_score, story.judge, assignment_id=first, criterion_key=story.criteria["need"], points=5)

    assert "has saved 5 on screen" in said(plan_of(story, sheet_of(story, (JULES, code, "Need", "3"))))


def test_everything_that_is_wrong_is_named_with_its_row_and_nothing_is_entered(database: Given) -> None:
    story, other = told(Chapter.ASSIGNED), told(Chapter.ASSIGNED, place="-elsewhere")
    code = code_of(story)
    transact(lambda db: find_or_add_person(db, "Somebody", "somebody@example.org"))
    given = sheet_of(
        story,
        (JULES, code, "Need", "4"),
        (JULES, code, "NEED!", "4"),
        (JULES, code, "Method", "3.5"),
        (JULES, code, "Beauty", "3"),
        (JULES, code, "Method", "-2"),
        (JULES, code, "Method", "6"),
        (JULES, code, "Method", "three"),
        (JULES, "BADO-00", "Need", "3"),
        (JULES, code_of(other), "Need", "3"),
        ("jules-elsewhere@example.org", code, "Need", "3"),
        ("somebody@example.org", code, "Need", "3"),
        ("jules", code, "Need", "3"),
    )
    assert "Row 13, Email: “jules” is not a mail address" in said(plan_of(story, given))
    given = sheet_of(story, *(row.cells for row in given.sheet.rows[:-1]))

    found = said(plan_of(story, given))

    for row, words in (
        (3, "Criterion: The same score stands in row 2 already"),
        (4, "Score: “3.5” is not on the scale. A score is a whole number from 1 to 5, or “cannot judge”."),
        (5, "Criterion: The rubric has no such criterion. It has Need, Method."),
        (6, "Score: “-2” is not on the scale"),
        (7, "Score: “6” is not on the scale"),
        (8, "Score: “three” is not a score"),
        (9, "Entry: No entry of this stage has this code"),
        (10, "Entry: No entry of this stage has this code"),
        (11, "Judge: Nobody on this panel has this address"),
        (12, "Judge: Nobody on this panel has this address"),
    ):
        assert f"Row {row}, {words}" in found
    with pytest.raises(Invalid, match="Nothing was imported"):
        entered(story, given)
    assert card(story) == {}
    assert database.sql("SELECT count(*) FROM paper_score") == [(0,)]


def test_half_points_are_taken_where_the_scale_has_them(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)

    def halve(db: Session) -> None:
        rubric = db.get_one(Rubric, newest_rubric(db, story.stage_id).id)
        rubric.steps_per_point = 2
        db.add(rubric)

    transact(halve)
    code = code_of(story)

    entered(story, sheet_of(story, (JULES, code, "Need", "3.5"), (JULES, code, "Method", "2,5")))

    assert card(story) == {"need": 7, "method": 5}
    assert "“3.25” is not on the scale" in said(plan_of(story, sheet_of(story, (JULES, code, "Need", "3.25"))))


def test_the_order_in_which_paper_was_typed_in_is_nobody_s_order_of_scoring(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    entered(story, sheet_of(story, (JULES, code_of(story), "Need", "4")))
    other = transact(lambda db: assignments_of(db, story, story.judge)[1].id)
    do(save_score, story.judge, assignment_id=other, criterion_key=story.criteria["need"], points=2)

    with reading() as db:
        file = scores_of_stage(db, story.stage_id).file.decode()

    codes = {code_of(story): "", code_of(story, "bela"): "1"}
    assert {line.split(",")[0]: line.split(",")[-1] for line in file.splitlines()[1:]} == codes


def test_a_gate_question_is_answered_with_yes_or_no(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    gate = transact(lambda db: with_a_gate(db, story))
    code = code_of(story)
    assert "“4” is neither yes nor no" in said(plan_of(story, sheet_of(story, (JULES, code, "In scope?", "4"))))
    given = sheet_of(story, (JULES, code, "In scope?", "No"))

    assert entered(story, given) == Imported(1, 0, 0)
    assert entered(story, given) == Imported(0, 0, 1)

    first = transact(lambda db: assignments_of(db, story, story.judge)[0].id)
    do(answer_gate, story.judge, assignment_id=first, gate_key=gate, yes=True)
    assert "has saved yes on screen" in said(plan_of(story, given))


def test_names_that_differ_in_signs_alone_are_told_apart_or_refused(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    gate = transact(lambda db: with_a_gate(db, story, "Need?"))
    code = code_of(story)

    assert said(plan_of(story, sheet_of(story, (JULES, code, "need", "4")))) == (
        "Row 2, Criterion: It may be “Need” or “Need?”. Write it exactly like one of them."
    )

    entered(story, sheet_of(story, (JULES, code, "Need", "4"), (JULES, code, "Need?", "yes")))

    assert card(story) == {"need": 4}
    with reading() as db:
        assert [(answer.gate_key, answer.yes) for answer in matching(db, GateAnswer)] == [(gate, True)]


def test_comments_are_kept_and_replace_none_of_the_judge_s_unless_asked(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    first = transact(lambda db: assignments_of(db, story, story.judge)[0].id)
    typed = {"base_version": 0, "tab": TAB, "save_number": 1}
    do(save_comment, story.judge, assignment_id=first, reader=CommentReader.PANEL, text="Thin.", **typed)
    code, keys = code_of(story), (*KEYS, "entrant", "panel")
    given = sheet_of(
        story,
        (JULES, code, "Need", "4", "Count twice.", "Solid."),
        (JULES, code, "Method", "4", "Count thrice.", ""),
        keys=keys,
    )
    found = said(plan_of(story, given))
    assert "Row 2, Comment for the panel: The judge has written another one on screen." in found
    assert "Row 3, Comment for the entrant: An earlier row has another comment on the same entry." in found

    entered(story, sheet_of(story, (JULES, code, "Need", "4", "Count twice.", "Solid."), keys=keys), replaces=True)

    with reading() as db:
        texts: dict[CommentReader, Comment] = comments_of(db, first)
    assert {reader: comment.text for reader, comment in texts.items()} == {
        CommentReader.ENTRANT: "Count twice.",
        CommentReader.PANEL: "Solid.",
    }
    assert database.sql("SELECT text FROM comment_save") == [("Thin.",)]


def paper_of(story: Story) -> None:
    """All that Jules has scored comes from paper, in a stage where each judge writes a comment for the entrant."""
    transact(lambda db: with_comments_needed(db, story))
    rows = [(JULES, code_of(story, team), name, "4") for team in story.entries for name in ("Need", "Method")]
    entered(story, sheet_of(story, *rows))


def test_scores_from_paper_hold_no_judge_up_where_comments_are_needed(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    paper_of(story)

    do(finish_judging, story.judge, stage_id=story.stage_id)

    [seat] = ask(own_seats, story.judge)
    assert seat.finished_at is not None


def test_a_judge_who_changes_a_score_from_paper_on_screen_writes_the_comment_too(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    paper_of(story)
    first = transact(lambda db: assignments_of(db, story, story.judge)[0].id)

    do(save_score, story.judge, assignment_id=first, criterion_key=story.criteria["need"], points=5)

    with pytest.raises(Invalid, match=f"^{code_of(story)} lacks your comment for the entrant"):
        do(finish_judging, story.judge, stage_id=story.stage_id)


def test_a_judge_who_must_not_see_an_entry_or_has_finished_gets_no_score(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    jo = story.judges["jo"]
    do(state_conflicts, story.judge, stage_id=story.stage_id, statements=("Acorn Labs",))
    do(finish_judging, jo, stage_id=story.stage_id)
    code = code_of(story)

    found = said(plan_of(story, sheet_of(story, (JULES, code, "Need", "4"), ("jo@example.org", code, "Need", "4"))))

    assert f"Row 2, Entry: Jules is not asked to score {code}." in found
    assert "Row 3, Judge: This judge has finished" in found


def test_on_either_side_of_the_reveal_only_what_is_open_is_entered(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    transact(lambda db: with_a_reveal(db, story))
    code = code_of(story)
    blind, after = ((JULES, code, name, "4") for name in ("Need", "Method"))
    assert "It is scored after the reveal" in said(plan_of(story, sheet_of(story, after)))
    entered(story, sheet_of(story, blind))
    first = transact(lambda db: assignments_of(db, story, story.judge)[0].id)
    do(reveal_entry, story.judge, assignment_id=first)

    assert "has locked this part" in said(plan_of(story, sheet_of(story, (JULES, code, "Need", "3"))))
    assert entered(story, sheet_of(story, after)) == Imported(1, 0, 0)


@pytest.mark.parametrize("chapter", [Chapter.PLANNED, Chapter.JUDGED])
def test_scores_are_entered_only_while_the_stage_is_judged(sqlite: Given, chapter: Chapter) -> None:
    story = told(chapter)
    given = sheet_of(story, (JULES, code_of(story), "Need", "4"))

    with pytest.raises(Closed):
        entered(story, given)


def test_no_score_is_entered_after_judging_has_closed_by_the_clock(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    transact(lambda db: clock.move_to(db, JUDGING_CLOSES + timedelta(seconds=1)))

    with pytest.raises(Closed, match="Judging has closed"):
        entered(story, sheet_of(story, (JULES, code_of(story), "Need", "4")))


def test_what_has_changed_since_it_was_shown_is_not_entered(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    given = sheet_of(story, (JULES, code_of(story), "Need", "4"))
    shown = plan_of(story, given).digest
    entered(story, given)

    with pytest.raises(Stale):
        do(import_scores, story.secretariat, stage_id=story.stage_id, given=given, shown=shown)


def test_an_entry_from_which_one_is_shut_out_is_unknown_in_a_sheet(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)

    def near(db: Session) -> Actor:
        person = find_or_add_person(db, "Somebody Near", "near@erin.example")
        appoint(db, LAUREL, person.id, Role.SECRETARIAT, ScopeKind.PROGRAMME, story.programme_id)
        return Actor(person.id)

    actor = transact(near)
    codes = (code_of(story), "BADO-00")

    found = [said(plan_of(story, sheet_of(story, (JULES, code, "Need", "4")), actor)) for code in codes]

    assert found == ["Row 2, Entry: No entry of this stage has this code. Check it."] * 2


def test_scores_from_paper_count_like_any_other(sqlite: Given) -> None:
    on_screen = told(Chapter.SCORED)
    points = {line.code: line.mean for line in ask(results, on_screen.secretariat, stage_id=on_screen.stage_id).lines}
    story = told(Chapter.ASSIGNED, place="-on-paper")
    rows = [
        (f"{judge}-on-paper@example.org", code_of(story, name), criterion, "5" if name == "erin" else "3")
        for judge in story.judges
        for name in story.entries
        for criterion in ("Need", "Method")
    ]

    assert entered(story, sheet_of(story, *rows)) == Imported(8, 0, 0)

    means = [line.mean for line in ask(results, story.secretariat, stage_id=story.stage_id).lines]
    assert sorted(means) == sorted(points.values())
