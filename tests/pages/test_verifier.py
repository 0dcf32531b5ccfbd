"""Tests of the verifier's room."""

from __future__ import annotations

from decimal import Decimal

from delivery.milestones import milestone
from delivery.models import MilestoneState, PaymentState
from tests.databases import Given
from tests.judging.test_panels_planned import next_stage
from tests.pages.visiting import press, tables, visit
from tests.stories import Chapter, told
from tests.world import ask


def test_a_judgement_without_a_reason_keeps_the_value_that_was_typed(sqlite: Given) -> None:
    story = told(Chapter.CLAIMED)
    page = visit(story.verifier, "verify")
    form = f"verify-{story.milestones[0]}"
    page.text_input(key=f"{form}-verified").input("0.5")

    page = press(page, "Verify milestone")

    assert [error.value for error in page.error] == ["**The reason is empty.** Fill it in."]
    assert page.text_input(key=f"{form}-verified").value == "0.5"

    page.text_area(key=f"{form}-reason").input("Half of the river is named.")
    press(page, "Verify milestone")

    seen = ask(milestone, story.verifier, milestone_id=story.milestones[0])
    assert (seen.state, seen.result.verified, seen.payment) == (
        MilestoneState.VERIFIED,
        Decimal("0.5"),
        PaymentState.DUE,
    )


def test_asking_for_more_needs_no_value(sqlite: Given) -> None:
    story = told(Chapter.CLAIMED)
    page = visit(story.verifier, "verify")
    page.text_area(key=f"verify-{story.milestones[0]}-reason").input("Which river?")

    page = press(page, "Ask for more evidence")

    assert not page.error
    assert ask(milestone, story.verifier, milestone_id=story.milestones[0]).state is MilestoneState.MORE_ASKED
    assert "More asked" in tables(page)


def test_whose_pages_are_about_every_prize_is_not_asked_to_choose_one(sqlite: Given) -> None:
    story = told(Chapter.CLAIMED)
    next_stage(story)

    assert not visit(story.verifier, "verify").sidebar.selectbox
    assert [box.label for box in visit(story.secretariat, "delivery").sidebar.selectbox] == ["Prize"]
