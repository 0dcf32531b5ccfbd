"""Tests of the sponsor's room."""

from __future__ import annotations

from judging.decisions import decide_entry, decisions
from judging.models import Outcome
from prize.lifecycle import Phase
from tests.databases import Given
from tests.pages.visiting import press, tables, visit, words
from tests.stories import Chapter, told
from tests.world import ask, do


def test_decisions_are_read_with_their_reasons_and_without_scores(sqlite: Given) -> None:
    story = told(Chapter.DECIDED)

    page = visit(story.sponsor, "confirm")

    assert "**Acorn Labs**" in words(page)
    assert "Birch Works" in tables(page)
    assert "The panel compared both." in tables(page)
    means = [line.result.mean for line in ask(decisions, story.sponsor, stage_id=story.stage_id).lines if line.result]
    assert len(means) == 2
    assert not any(f"{mean:.2f}" in words(page) + tables(page) for mean in means if mean is not None)


def test_confirming_fixes_all_decisions(sqlite: Given) -> None:
    story = told(Chapter.DECIDED)

    page = press(visit(story.sponsor, "confirm"), "Confirm decisions")

    assert [said.value for said in page.success] == [
        "The decisions are confirmed. The secretariat can release them now."
    ]
    assert ask(decisions, story.sponsor, stage_id=story.stage_id).stage.phase is Phase.CONFIRMED


def test_a_decision_that_changes_while_the_page_is_read_is_not_confirmed(sqlite: Given) -> None:
    story = told(Chapter.DECIDED)
    page = visit(story.sponsor, "confirm")
    do(
        decide_entry,
        story.secretariat,
        entry_id=story.entries["bela"],
        outcome=Outcome.RESERVE,
        reason="A second look.",
        version=1,
    )

    page = press(page, "Confirm decisions")

    assert [error.value for error in page.error] == [
        "**A decision has changed since you opened the page.** Read them again, then confirm."
    ]
    assert ask(decisions, story.sponsor, stage_id=story.stage_id).stage.phase is Phase.DECIDING


def test_nothing_is_shown_before_judging_has_ended(sqlite: Given) -> None:
    page = visit(told(Chapter.SCORED).sponsor, "confirm")

    assert "**Nothing to confirm yet**" in words(page)
    assert "Acorn Labs" not in words(page) + tables(page)
