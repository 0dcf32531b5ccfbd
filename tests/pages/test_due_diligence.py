"""Tests of the page for due diligence."""

from __future__ import annotations

from judging.decisions import decisions
from judging.models import Outcome
from tests.databases import Given
from tests.pages.visiting import press, tables, visit, words
from tests.stories import Chapter, told
from tests.world import ask


def test_before_the_confirmation_there_is_nobody_to_check(sqlite: Given) -> None:
    assert "**Nobody to check yet**" in words(visit(told(Chapter.SCORED).secretariat, "due-diligence"))


def test_a_failed_check_is_recorded_with_its_note_and_takes_the_place(sqlite: Given) -> None:
    story = told(Chapter.CONFIRMED)
    page = visit(story.secretariat, "due-diligence")
    assert "1 chosen entry waits for a check; nothing is released before." in words(page)
    assert "is read by the team and the sponsor, word for word" in words(page)
    next(box for box in page.selectbox if box.label == "Sanctions").select("fail")

    page = press(page, "Save the checks")

    assert any("needs a note" in said.value for said in page.error)
    next(box for box in page.text_input if box.label == "Note on sanctions").input("The owner stands on a list.")
    page = press(page, "Save the checks")
    assert "has failed checks" in page.success[0].value
    assert "The owner stands on a list." in tables(page)
    lines = ask(decisions, story.secretariat, stage_id=story.stage_id).lines
    assert {line.entry_id: line.outcome for line in lines}[story.entry_id] is Outcome.FAILED_CHECKS

    next(box for box in page.selectbox if box.label == "Sanctions").select("pass")
    page = press(page, "Save the checks")

    assert "fails no check any more. Decide about it again" in page.success[0].value
