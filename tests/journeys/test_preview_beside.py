"""A designer sees the public page beside what they write, and it follows what they save."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.visitors import Visitor
from tests.stories import Chapter, told

FRAME = "iframe.shown"


@pytest.mark.prove
@pytest.mark.timeout(180)
def test_the_public_page_stands_beside_the_brief_and_turns_to_what_is_saved(come: Callable[[], Visitor]) -> None:
    story = told(Chapter.READY)
    designer = come()
    designer.sign_in_as(story.designer)
    designer.open("Brief and rules")
    shown = designer.page.frame_locator(FRAME)
    expect(shown.get_by_text("Clean a river.").first).to_be_in_viewport()
    frame, form = (designer.page.locator(at).bounding_box() for at in (FRAME, "textarea >> nth=0"))
    assert frame is not None
    assert form is not None
    assert form["x"] + form["width"] < frame["x"]
    assert form["width"] > 500

    designer.fill("Rules that entrants accept", "You enter by midnight.")
    designer.leave_field()

    expect(shown.get_by_text("You enter by midnight.")).to_be_in_viewport()
    expect(designer.page.locator("iframe")).to_have_count(1)
    designer.fill("Summary", "Clean two rivers.")
    designer.leave_field()
    expect(shown.get_by_text("Clean two rivers.").first).to_be_in_viewport()
    designer.leave()


@pytest.mark.prove
@pytest.mark.timeout(180)
def test_what_was_shown_stays_until_the_next_is_there(come: Callable[[], Visitor]) -> None:
    story = told(Chapter.READY)
    designer = come()
    designer.sign_in_as(story.designer)
    designer.open("Brief and rules")
    shown = designer.page.frame_locator(FRAME)
    expect(shown.get_by_text("Clean a river.").first).to_be_visible()
    held: list[Route] = []
    designer.page.route("**/preview/**", lambda route: held.append(route))

    designer.fill("Summary", "Clean two rivers.")
    designer.leave_field()

    while not held:
        designer.page.wait_for_timeout(50)
    [asked] = held
    assert shown.get_by_text("Clean a river.").first.is_visible()
    asked.continue_()
    expect(shown.get_by_text("Clean two rivers.").first).to_be_visible()
    designer.leave()


@pytest.mark.prove
@pytest.mark.timeout(180)
def test_it_begins_at_the_part_that_is_written_and_leads_nowhere_else(come: Callable[[], Visitor]) -> None:
    story = told(Chapter.READY)
    designer = come()
    designer.sign_in_as(story.designer)
    designer.open("Fund")
    shown = designer.page.frame_locator(FRAME)
    expect(shown.get_by_role("heading", name="What can be won")).to_be_in_viewport()

    shown.get_by_role("link", name="My work").click()
    shown.get_by_role("link", name="The problem").click()

    expect(shown.get_by_role("heading", name="The problem")).to_be_in_viewport()
    designer.leave()


@pytest.mark.prove
@pytest.mark.timeout(180)
def test_once_put_away_it_stays_away_and_a_phone_unfolds_it_under_the_form(come: Callable[[], Visitor]) -> None:
    story = told(Chapter.READY)
    designer = come()
    designer.sign_in_as(story.designer)
    designer.open("Brief and rules")
    expect(designer.page.locator(FRAME)).to_be_visible()

    designer.tick("Preview")
    designer.open("Fund")

    expect(designer.page.locator(FRAME)).to_have_count(0)
    designer.page.set_viewport_size({"width": 390, "height": 900})
    expect(designer.page.get_by_text("Preview", exact=True)).to_be_hidden()
    designer.unfold("The public page, as saved")
    expect(designer.page.frame_locator(FRAME).get_by_role("heading", name="What can be won")).to_be_visible()
    assert designer.page.evaluate("document.documentElement.scrollWidth") == 390
    designer.leave()


@pytest.mark.prove
@pytest.mark.timeout(180)
def test_on_a_phone_the_present_step_opens_all_of_them_by_the_keyboard_too(come: Callable[[], Visitor]) -> None:
    story = told(Chapter.READY)
    designer = come()
    designer.sign_in_as(story.designer)
    designer.open("Fund")
    steps = designer.page.get_by_role("button", name="6 of 8 · Fund")
    expect(steps).to_be_hidden()
    designer.page.set_viewport_size({"width": 390, "height": 900})
    box = steps.bounding_box()
    assert box is not None
    assert box["height"] >= 44

    steps.press("Enter")
    earlier = designer.page.get_by_role("link", name="Entry form · ready").locator("visible=true")
    expect(earlier).to_be_visible()
    earlier.press("Enter")

    expect(designer.page.get_by_role("button", name="4 of 8 · Entry form")).to_be_visible()
    expect(earlier).to_be_hidden()
    designer.leave()
