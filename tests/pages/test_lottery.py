"""Tests of the page on which last places are drawn, and of what the prize's page says of it."""

from __future__ import annotations

from judging.decisions import decisions
from judging.models import Outcome
from tests.databases import Given
from tests.judging.panels import undecided_panel
from tests.pages.visiting import press, tables, visit, words
from tests.stories import Chapter, told
from tests.world import ask


def test_the_list_is_frozen_then_drawn_and_whoever_was_left_out_is_named_with_the_reason(sqlite: Given) -> None:
    story, analysis = undecided_panel()
    page = visit(story.secretariat, "draw")
    first = next(box for box in page.text_input if box.label.startswith("Why "))
    code = first.label.split()[1]
    assert "**A frozen list is final.**" in words(page)
    first.input("It asked to be taken out.")

    page = press(page, "Freeze the list")

    assert "It asked to be taken out." in tables(page)
    assert f"**{code}**" in words(page)
    page = press(page, "Draw 1 place now")
    assert "Drawn. The decisions that come of it wait for the sponsor." in [said.value for said in page.success]
    assert "Drawn for a place" in tables(page)
    outcomes = [line.outcome for line in ask(decisions, story.secretariat, stage_id=story.stage_id).lines]
    assert outcomes.count(Outcome.FINALIST) == 1
    assert not any(button.label.startswith("Draw") for button in page.button)
    assert analysis.shown.ranking


def test_where_the_rules_allow_no_draw_the_page_says_so(sqlite: Given) -> None:
    page = visit(told(Chapter.JUDGED).secretariat, "draw")

    assert "The rules of this stage do not let last places be drawn by lot." in words(page)
