"""What a designer types is saved: in the middle of it, and when they turn the page without leaving the field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import Session

from prize.brief import brief
from storage.database import transact
from tests.databases import Given
from tests.journeys.visitors import Visitor, visitor, wait_until
from tests.mailserver import MailServer
from tests.server import running_laurel
from tests.stories import Chapter, Story, told
from tests.world import ask

pytestmark = pytest.mark.prove


@pytest.fixture
def story(sqlite: Given) -> Story:
    return told(Chapter.DRAFT)


@pytest.fixture
def designer(story: Story, smtp: MailServer, browser: Browser, tmp_path: Path) -> Iterator[Visitor]:
    """A designer who has just clicked into the prize's summary."""
    with running_laurel({}, tmp_path) as laurel:
        designer = visitor(browser, laurel.url, smtp)
        designer.sign_in_as(story.designer)
        designer.open("Brief and rules")
        designer.page.get_by_label("Summary", exact=True).click()
        yield designer
        designer.leave()


def summary(story: Story) -> str:
    return ask(brief, story.designer, prize_id=story.prize_id).summary


def test_a_pause_in_typing_saves_and_the_sentence_goes_on(story: Story, designer: Visitor) -> None:
    designer.page.keyboard.type("For warm homes")

    designer.see("Brief saved")

    assert summary(story) == "For warm homes"
    designer.page.keyboard.type(" in cold winters", delay=120)
    expect(designer.page.get_by_label("Summary", exact=True)).to_be_focused()
    wait_until(lambda: summary(story) == "For warm homes in cold winters", "the sentence is not stored")
    designer.page.reload()
    designer.settle()
    expect(designer.page.get_by_label("Summary", exact=True)).to_have_value("For warm homes in cold winters")


def test_turning_the_page_saves_what_was_typed_last(story: Story, designer: Visitor) -> None:
    designer.page.keyboard.type("For warm homes")

    designer.page.get_by_role("link", name="Next: Eligibility").click()

    wait_until(lambda: summary(story) == "For warm homes", "what was typed last is not stored")


def test_a_field_that_is_left_while_another_is_still_being_saved_is_saved_after_it(
    story: Story, designer: Visitor
) -> None:
    def fill_in(_db: Session) -> None:
        """As long as this goes on, nobody else's change is saved."""
        designer.page.keyboard.type("For warm homes")
        designer.page.keyboard.press("Tab")
        designer.page.wait_for_timeout(400)
        designer.page.keyboard.type("Old homes are cold.")
        designer.page.keyboard.press("Tab")
        designer.page.wait_for_timeout(800)

    transact(fill_in)

    wait_until(lambda: ask(brief, story.designer, prize_id=story.prize_id).problem != "", "the second is not stored")
    assert summary(story) == "For warm homes"
    designer.settle()
    designer.see("Brief saved")
    designer.see_no("Not saved")
