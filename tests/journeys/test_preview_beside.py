"""A designer opens the public page beside what they write, and it follows what they save."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.test_from_a_blueprint import laurel, signed_in  # noqa: F401 - its fixture
from tests.mailserver import MailServer
from tests.server import RunningLaurel
from tests.stories import Chapter, told


@pytest.mark.prove
@pytest.mark.timeout(180)
def test_the_public_page_follows_what_is_saved(
    laurel: RunningLaurel,  # noqa: F811 - the fixture of the same name
    smtp: MailServer,
    browser: Browser,
) -> None:
    story = told(Chapter.READY)
    designer = signed_in(browser, laurel, smtp, story.designer)
    designer.open("Brief and rules")
    designer.unfold("The public page, as saved")
    shown = designer.page.frame_locator("iframe[src*='/preview/']")
    expect(shown.get_by_text("Clean a river.").first).to_be_visible()

    designer.fill("Summary", "Clean two rivers.")
    designer.press("Save brief")

    expect(shown.get_by_text("Clean two rivers.").first).to_be_visible()
    designer.page.set_viewport_size({"width": 390, "height": 900})
    assert designer.page.evaluate("document.documentElement.scrollWidth") == 390
    designer.leave()
