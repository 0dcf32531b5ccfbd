"""Tests of the page that asks for further scorecards."""

from __future__ import annotations

import pytest
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from judging.analyses.asking import ask_for_scorecards
from judging.analyses.kept import KeptAnalysis
from judging.decisions import end_judging
from judging.models import Assignment
from judging.scorecards import finish_judging
from pages.components.words import nbsp_percent
from pages.secretariat.next_scorecards import effect, expected_after, takes
from storage.database import reading
from tests.databases import Given
from tests.judging.panels import STILL_SCORES, analysed_panel, newest, work
from tests.pages.visiting import press, tables, visit, words
from tests.stories import Chapter, Story, told
from tests.world import do

PATH = "next-scorecards"


def pairs(story: Story) -> set[tuple[object, object]]:
    with reading() as db:
        rows = db.exec(select(Assignment).where(col(Assignment.stage_id) == story.stage_id)).all()
        return {(row.entry_id, row.judge_id) for row in rows}


def choose(page: AppTest, number: int) -> AppTest:
    return page.number_input[0].set_value(number).run()


def rows_of(page: AppTest) -> list[str]:
    """The chosen scorecards in their order, as HTML."""
    return tables(page).split("<caption>The scorecards</caption>")[1].split("<tr>")[2:]


def names(analysis: KeptAnalysis) -> dict[object, str]:
    return {judge.judge_id: judge.name for judge in analysis.judges}


def test_before_the_first_scores_the_page_says_what_will_appear(sqlite: Given) -> None:
    page = visit(told(Chapter.ASSIGNED).secretariat, PATH)

    assert "**No scores yet**" in words(page)


def test_the_page_says_how_much_is_undecided_and_what_more_scorecards_would_do(sqlite: Given) -> None:
    story, analysis = analysed_panel()

    page = visit(story.secretariat, PATH)

    assert "12 of 12 scorecards complete." in words(page)
    assert "3 entries compete for 1 place" in words(page)
    assert "still to come" not in words(page)
    assert nbsp_percent(effect(analysis.shown, 1)) in words(page)
    assert "About 20 minutes in all, at 20 minutes for each." in words(page)


def test_another_number_changes_whom_the_page_would_ask(sqlite: Given) -> None:
    story, analysis = analysed_panel()
    cards = analysis.shown.suggestions.cards
    page = visit(story.secretariat, PATH)
    assert len(rows_of(page)) == 1

    page = choose(page, len(cards))

    for card, row in zip(cards, rows_of(page), strict=True):
        assert card.code in row
        assert names(analysis)[card.judge_id] in row
    max_cards = sum(card.judge_id == story.judges[STILL_SCORES].person_id for card in cards)
    entries = "1 entry" if max_cards == 1 else f"{max_cards} entries"
    assert f"**Max**: {entries}, {takes(max_cards)}; still scores." in words(page)
    assert "has finished and would be asked again." in words(page)


def test_what_is_shown_is_asked_for_after_it_was_said_what_will_happen(sqlite: Given) -> None:
    story, analysis = analysed_panel()
    before = pairs(story)
    cards = analysis.shown.suggestions.cards[:2]
    page = choose(visit(story.secretariat, PATH), 2)
    judges = len({card.judge_id for card in cards})
    assert f"{'1 judge gets' if judges == 1 else f'{judges} judges get'} a mail." in words(page)

    page = press(page, "Send the mails")

    assert "2 scorecards asked for" in page.success[0].value
    assert pairs(story) - before == {(card.entry_id, card.judge_id) for card in cards}
    assert "You have asked for" in words(page)
    assert [button.label for button in page.button if button.label == "Send the mails"] == []


def test_when_the_next_analysis_is_there_more_can_be_asked_for(sqlite: Given) -> None:
    story, analysis = analysed_panel()
    page = press(visit(story.secretariat, PATH), "Send the mails")

    work()
    page = page.run()

    assert newest(story).id != analysis.id
    assert "1 scorecard is still to come, and counted here as if there already" in words(page)
    assert "You have asked for" in words(page)
    assert "Send the mails" in [button.label for button in page.button]


def test_what_somebody_else_has_asked_for_meanwhile_is_not_asked_for_again(sqlite: Given) -> None:
    story, analysis = analysed_panel()
    page = visit(story.secretariat, PATH)
    do(ask_for_scorecards, story.secretariat, stage_id=story.stage_id, analysis_id=analysis.id, number=1)
    before = pairs(story)

    page = press(page, "Send the mails")

    assert "A judge can no longer be asked for one of these" in page.error[0].value
    assert pairs(story) == before


def test_where_nobody_is_left_to_ask_the_page_says_why(sqlite: Given) -> None:
    story, analysis = analysed_panel()
    number = len(analysis.shown.suggestions.cards)
    do(ask_for_scorecards, story.secretariat, stage_id=story.stage_id, analysis_id=analysis.id, number=number)
    work()

    page = visit(story.secretariat, PATH)

    assert "3 entries compete for 1 place" in words(page)
    assert "Whoever could be asked has been given the undecided entries already" in words(page)
    assert len(page.number_input) == 0


def test_where_no_entry_is_undecided_the_page_says_that_more_would_settle_nothing(sqlite: Given) -> None:
    story = told(Chapter.SCORED)  # one of the two entries is far ahead
    work()

    page = visit(story.secretariat, PATH)

    assert "No entry is undecided, so more scorecards would settle nothing." in words(page)
    assert len(page.number_input) == 0


def test_after_judging_has_ended_it_is_too_late(sqlite: Given) -> None:
    story, _ = analysed_panel()
    do(finish_judging, story.judges[STILL_SCORES], stage_id=story.stage_id)
    do(end_judging, story.secretariat, stage_id=story.stage_id)

    page = visit(story.secretariat, PATH)

    assert "it is too late to ask for more" in words(page)
    assert "Send the mails" not in [button.label for button in page.button]


def test_what_more_scorecards_would_do_lies_between_the_numbers_that_are_known(sqlite: Given) -> None:
    _, analysis = analysed_panel()
    suggestions = analysis.shown.suggestions
    known = [(0, suggestions.expected_wrong), *suggestions.after]

    assert [expected_after(suggestions, number) for number, _ in known] == pytest.approx([wrong for _, wrong in known])
    assert expected_after(suggestions, 10_000) == known[-1][1]


@pytest.mark.parametrize(
    ("cards", "said"),
    [(1, "about 20 minutes"), (3, "about 1 hour"), (12, "about 4 hours"), (7, "about 2 hours 20 minutes")],
)
def test_how_long_scorecards_take_is_said_in_hours_and_minutes(cards: int, said: str) -> None:
    assert takes(cards) == said
