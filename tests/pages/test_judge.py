"""Tests of the judge's rooms."""

from __future__ import annotations

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session
from streamlit.testing.v1 import AppTest

from judging.judges import state_conflicts
from judging.room import CommentReader, judges_list, own_card, own_seats
from judging.scorecards import finish_judging, save_comment, save_score
from pages.judge.revealing import KNOWS, LOCK
from prize.rubric import newest_rubric
from storage.database import reading, transact
from tests.databases import Clock, Given
from tests.pages.visiting import card, choose_on_card, press, row_of, said_on_card, tables, visit, words
from tests.prize.entries.test_name_checks import begin_judging, submit_and_close, work
from tests.stores import GivenStore
from tests.stories import (
    JUDGING_CLOSES,
    TAB,
    TEAMS,
    Chapter,
    Story,
    assignments_of,
    attach,
    document_of,
    told,
    with_a_gate,
    with_a_reveal,
    with_a_topic,
    with_comments_needed,
)
from tests.world import ask, do


def first_of(story: Story, name: str = "jules") -> object:
    return transact(lambda db: assignments_of(db, story, story.judges[name])[0].id)


def scoring(story: Story, assignment_id: object) -> AppTest:
    """The scoring room with an entry opened in it."""
    page = visit(story.judge, "scoring")
    page.query_params["entry"] = str(assignment_id)
    return page.run()


def stored(story: Story) -> list[tuple[int | None, bool]]:
    card = ask(own_card, story.judge, assignment_id=first_of(story))
    return [(score.points, score.cannot_judge) for score in card.scores]


def choices(page: AppTest) -> list[str | None]:
    """What is chosen for each criterion, in their order."""
    return [row.chosen for row in card(page)]


def test_a_judge_is_led_to_the_terms_and_conflicts_before_any_entry(sqlite: Given) -> None:
    story = told(Chapter.INVITED)

    page = visit(story.judge, "judging")

    assert "Two things come before judging." in words(page)
    assert "Go to “How to judge”" in [button.label for button in page.button]


def test_a_judge_accepts_the_terms_and_says_that_there_are_no_conflicts(sqlite: Given) -> None:
    story = told(Chapter.INVITED)

    page = press(visit(story.judge, "how-to-judge"), "Accept the terms")
    page = press(page, "I have none")

    [seat] = ask(own_seats, story.judge)
    assert seat.accepted_at is not None
    assert seat.conflicts_stated_at is not None
    assert [said.value for said in page.success] == ["Thank you. It is on record that you have none."]


def test_the_page_answers_the_same_whether_or_not_a_stated_name_has_entered(sqlite: Given) -> None:
    story = told(Chapter.INVITED)
    answers = []
    for name, stated in (("jules", "Acorn Labs"), ("jo", "Cedar Mill")):
        page = press(visit(story.judges[name], "how-to-judge"), "Accept the terms")
        page.text_area[0].input(stated)
        page = press(page, "State these names")
        assert page.text_area[0].value == ""
        answers.append(words(page).replace(stated, "…") + page.success[0].value)

    assert answers[0] == answers[1]


def test_names_that_are_refused_stay_in_their_field(sqlite: Given) -> None:
    story = told(Chapter.BOUND)
    page = visit(story.judge, "how-to-judge")
    page.text_area[0].input("x" * 300)

    page = press(page, "State these names")

    assert page.text_area[0].value == "x" * 300
    assert len(page.error) == 1


def test_the_list_shows_entries_by_code_with_how_far_each_is_scored(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    do(
        save_score,
        story.judge,
        assignment_id=first_of(story),
        criterion_key=story.criteria["need"],
        points=4,
    )

    page = visit(story.judge, "judging")

    lines = ask(judges_list, story.judge, stage_id=story.stage_id).lines
    positions = [tables(page).index(line.code) for line in lines]
    assert positions == sorted(positions)
    assert "1 of 2" in tables(page)
    assert "0 of 2 entries are scored." in words(page)
    assert "Continue" in [button.label for button in page.button]


def test_a_score_is_saved_when_it_is_chosen_and_can_be_taken_back(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    page = scoring(story, first_of(story))
    assert choices(page) == [None, None]

    page = choose_on_card(page, card(page)[0].label, "4")

    assert (stored(story), choices(page)) == ([(4, False)], ["4", None])
    assert "4: Level 4" in said_on_card(page)
    assert "1 of 2 scored" in tables(page)

    page = choose_on_card(page, card(page)[0].label, "")

    assert (stored(story), choices(page)) == ([], [None, None])


def test_cannot_judge_is_a_choice_like_a_score(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    page = scoring(story, first_of(story))

    page = choose_on_card(page, card(page)[1].label, "Cannot judge")

    assert stored(story) == [(None, True)]
    assert "the entry is not marked down for it" in said_on_card(page)


def test_a_gate_question_is_answered_beside_the_scores(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    transact(lambda db: with_a_gate(db, story))
    page = scoring(story, first_of(story))
    assert choices(page) == [None, None, None]

    page = choose_on_card(page, card(page)[2].label, "No")

    assert choices(page) == [None, None, "No"]
    assert [answer.yes for answer in ask(own_card, story.judge, assignment_id=first_of(story)).gates] == [False]
    assert "1 of 3 scored" in tables(page)


def test_a_half_point_is_chosen_and_stands_between_two_levels(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    transact(lambda db: setattr(newest_rubric(db, story.stage_id), "steps_per_point", 2))

    page = scoring(story, first_of(story))
    page = choose_on_card(page, card(page)[0].label, "3½")

    assert (stored(story), choices(page)) == ([(7, False)], ["3½", None])
    assert "3½: Level 3 – Level 4" in said_on_card(page)


def test_the_blind_part_is_locked_by_a_second_press_and_then_the_rest_opens_with_names(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    transact(lambda db: with_a_reveal(db, story))
    page = scoring(story, first_of(story))
    assert "1 thing above is still to be scored" in words(page)
    assert LOCK not in [button.label for button in page.button]
    assert choices(page) == [None]
    page = choose_on_card(page, card(page)[0].label, "4")
    assert "Acorn" not in tables(page) + words(page)

    page = press(page, LOCK)

    assert "Acorn Labs" in tables(page)
    assert [row.editable for row in card(page)] == [False, True]
    page = choose_on_card(page, card(page)[1].label, "5")
    assert choices(page) == ["4", "5"]
    assert "2 of 2 scored" in tables(page)


def test_a_judge_who_knows_them_gives_the_entry_back_on_the_page(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    transact(lambda db: with_a_reveal(db, story))
    page = scoring(story, first_of(story))
    page = choose_on_card(page, card(page)[0].label, "4")
    page = press(page, LOCK)

    page = press(page, KNOWS)

    assert "is given back" in page.success[0].value
    assert "Choose one of your entries." in words(page)
    assert "Acorn" not in tables(page) + words(page)
    assert len(ask(judges_list, story.judge, stage_id=story.stage_id).lines) == 1


def test_the_card_shows_what_is_stored_and_not_what_another_tab_last_saw(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    page = scoring(story, first_of(story))
    do(
        save_score,
        story.judge,
        assignment_id=first_of(story),
        criterion_key=story.criteria["need"],
        points=2,
    )

    assert choices(page.run()) == ["2", None]


def test_a_judge_who_has_finished_reads_and_changes_nothing(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    do(finish_judging, story.judge, stage_id=story.stage_id)

    page = scoring(story, first_of(story))

    assert not any(row.editable for row in card(page))
    assert "can no longer be changed" in page.info[0].value


def test_a_judge_finishes_and_is_told_what_that_means(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    page = visit(story.judge, "judging")
    assert "can then no longer be changed" in words(page)

    page = press(page, "Finish and lock my scores")

    [seat] = ask(own_seats, story.judge)
    assert seat.finished_at is not None
    assert "You finished on" in words(page)


def comment_on(story: Story, assignment_id: object) -> None:
    where = {"assignment_id": assignment_id, "reader": CommentReader.ENTRANT}
    do(save_comment, story.judge, **where, text="Count twice.", base_version=0, tab=TAB, save_number=1)


def test_the_list_counts_entries_that_need_a_comment_and_leads_to_the_next(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    transact(lambda db: with_comments_needed(db, story))
    lines = ask(judges_list, story.judge, stage_id=story.stage_id).lines

    page = visit(story.judge, "judging")

    assert "All your entries are scored. 2 entries need a comment for the entrant. When all have one" in words(page)
    assert "Continue" in [button.label for button in page.button]
    assert "Finish and lock my scores" not in [button.label for button in page.button]
    comment_on(story, lines[0].assignment_id)
    page = page.run()
    assert "1 entry needs a comment for the entrant." in words(page)
    assert "Scored" in row_of(page, lines[0].code)[1]
    assert "Comment needed" in row_of(page, lines[1].code)[1]


def test_when_judging_is_closed_no_comment_is_asked_for(sqlite: Given, clock: Clock) -> None:
    story = told(Chapter.SCORED)
    transact(lambda db: with_comments_needed(db, story))
    clock.move_to(JUDGING_CLOSES + timedelta(minutes=1))

    page = visit(story.judge, "judging")

    assert "Judging is closed. What you had saved is kept" in words(page)
    assert "omment" not in tables(page)
    assert "Continue" not in [button.label for button in page.button]


def test_with_a_comment_on_each_entry_a_judge_finishes_on_the_page(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    transact(lambda db: with_comments_needed(db, story))
    for line in ask(judges_list, story.judge, stage_id=story.stage_id).lines:
        comment_on(story, line.assignment_id)

    press(visit(story.judge, "judging"), "Finish and lock my scores")

    [seat] = ask(own_seats, story.judge)
    assert seat.finished_at is not None


def test_an_entry_that_is_half_scored_is_counted_among_those_that_need_a_comment(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    transact(lambda db: with_comments_needed(db, story))
    do(save_score, story.judge, assignment_id=first_of(story), criterion_key=story.criteria["need"], points=4)

    said = words(visit(story.judge, "judging"))

    assert "2 entries are not scored to the end yet." in said
    assert "1 entry needs a comment for the entrant. When all are scored" in said


@pytest.mark.parametrize("needed", [True, False])
def test_the_scoring_room_says_beside_the_comment_whether_it_is_needed(sqlite: Given, needed: bool) -> None:
    story = told(Chapter.ASSIGNED)
    if needed:
        transact(lambda db: with_comments_needed(db, story))

    page = scoring(story, first_of(story))

    said = {data["label"]: data["help"] for data in fields(page)}
    assert ("Needed for each entry that you score." in said["Comment for the entrant"]) == needed
    assert "Needed" not in said["Private note for the panel"]


def fields(page: AppTest) -> list[dict[str, str]]:
    """What the fields of the page that save themselves were given."""
    drawn = (json.loads(each.proto.json) for each in page.get("bidi_component") if each.proto.json)
    return [data for data in drawn if "help" in data]


@pytest.mark.parametrize("whose", ["another judge's", "nobody's", "in conflict"])
def test_an_entry_that_is_not_the_judge_s_is_refused_in_one_and_the_same_way(sqlite: Given, whose: str) -> None:
    story = told(Chapter.ASSIGNED)
    mine = first_of(story)
    do(state_conflicts, story.judge, stage_id=story.stage_id, statements=("Acorn Labs",))
    entry = {"another judge's": first_of(story, "jo"), "nobody's": uuid4(), "in conflict": mine}[whose]

    page = scoring(story, entry)

    assert words(page).splitlines() == [
        "This page is not open to you",
        "This does not exist, or you may not see it. Ask the prize's secretariat if you think that you should.",
    ]


def test_two_documents_of_one_answer_are_shown_one_after_the_other(sqlite: Given, folder: GivenStore) -> None:
    story = told(Chapter.WRITTEN)

    def attach_both(db: Session) -> None:
        for name in ("one.pdf", "two.pdf"):
            attach(db, story.entrant, story.entry_id, story.questions["document"], document_of("Nobody"), name)

    transact(attach_both)
    submit_and_close(story)
    begin_judging(story)

    page = scoring(story, first_of(story))

    assert [len(page.exception), len(page.error)] == [0, 0]
    kinds = [node.type for node in page._tree]
    first = kinds.index("bidi_component", kinds.index("column"))
    assert kinds[first - 1 : first + 3] == ["html", "bidi_component", "bidi_component", "column"]


def opened(page: AppTest, drawer: str) -> AppTest:
    """The page with something unfolded that is drawn only then."""
    page.session_state[drawer] = True
    return page.run()


def test_own_note_and_earlier_scores_are_drawn_only_on_request_and_are_one_s_own(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    first, second = ask(judges_list, story.judge, stage_id=story.stage_id).lines
    page = scoring(story, first.assignment_id)
    assert "earlier scores" not in tables(page)
    assert second.code not in tables(page)

    page = opened(page, "for-oneself")

    points = "5" if story.entry_id == entry_of(story, second.assignment_id) else "3"
    assert row_of(page, second.code) == [second.code, points, points, f"{points}.00"]
    assert first.code not in tables(page).split("Your earlier scores")[1]


def entry_of(story: Story, assignment_id: object) -> object:
    with reading() as db:
        [found] = [row for row in assignments_of(db, story, story.judge) if row.id == assignment_id]
        return found.entry_id


def test_all_entries_are_made_into_one_pdf_when_a_judge_asks(sqlite: Given, folder: GivenStore) -> None:
    story = told(Chapter.SCORED)
    page = visit(story.judge, "entries-as-pdf")

    page = press(page, "Make the PDF")
    assert "The PDF is being made." in words(page)
    work()
    page = press(page, "Look again")

    assert f"/stages/{story.stage_id}/entries-to-judge" in tables(page)


def test_nothing_that_a_judge_s_pages_send_names_a_team(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    pages = [
        visit(story.judge, "judging"),
        visit(story.judge, "how-to-judge"),
        visit(story.judge, "entries-as-pdf"),
        scoring(story, first_of(story)),
    ]

    sent = "".join(str(getattr(node, "proto", "")) for page in pages for node in page._tree)
    assert "Mussels filter the water" in sent
    for told_by in (*TEAMS, *TEAMS.values(), *map(str, story.entries.values())):
        assert told_by not in sent


def test_a_judge_tells_what_they_know_how_much_they_take_and_when_they_are_away(sqlite: Given) -> None:
    story = told(Chapter.BOUND)
    transact(lambda db: with_a_topic(db, story, {}))
    page = visit(story.judge, "how-to-judge")
    form = f"availability-{story.stage_id}"
    page.multiselect(key=f"{form}-knows").select("Lakes")
    page.number_input(key=f"{form}-load").set_value(12)
    page.date_input(key=f"{form}-away_from").set_value(date(2027, 4, 9))

    page = press(page, "Save this")

    assert "Give both the first and the last day away, or neither." in words(page)
    page.date_input(key=f"{form}-away_until").set_value(date(2027, 4, 12))
    page = press(page, "Save this")
    assert not page.exception
    [seat] = ask(own_seats, story.judge)
    assert (seat.knows, seat.load) == (("Lakes",), 12)
    assert (seat.away_from, seat.away_until) == (date(2027, 4, 9), date(2027, 4, 12))


def test_where_the_form_has_no_topic_a_judge_is_asked_for_none(sqlite: Given) -> None:
    page = visit(told(Chapter.INVITED).judge, "how-to-judge")

    assert [box.label for box in page.multiselect] == []
