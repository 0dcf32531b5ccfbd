"""A designer who knows nothing of Laurel comes from a blueprint to a published prize, with few clicks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator

from accounts.actors import Actor
from tests.journeys.visitors import Visitor, visitor
from tests.mailserver import MailServer
from tests.server import RunningLaurel
from tests.stories import Chapter, told

MOST_CLICKS = 60

COUNT = """
if (window === window.top)
  addEventListener("click", (event) => {
    if (event.isTrusted) sessionStorage.clicks = 1 + Number(sessionStorage.clicks || 0);
  }, true);
"""


class Counted(Visitor):
    """Somebody whose clicks are counted; one more for each field that is filled in, which is clicked into."""

    fields = 0

    def fill(self, label: str, value: str, within: Locator | None = None) -> None:
        self.fields += 1
        super().fill(label, value, within)

    @property
    def clicks(self) -> int:
        return self.fields + int(self.page.evaluate("Number(sessionStorage.clicks || 0)"))


def signed_in(browser: Browser, laurel: RunningLaurel, smtp: MailServer, actor: Actor) -> Counted:
    person = visitor(browser, laurel.url, smtp)
    person.context.add_init_script(COUNT)
    person.sign_in_as(actor)
    return Counted(person.page, person.context, person.url, person.mails)


@pytest.mark.prove
@pytest.mark.timeout(180)
def test_from_a_blueprint_to_a_published_prize_in_at_most_sixty_clicks(
    laurel: RunningLaurel, smtp: MailServer, browser: Browser
) -> None:
    story = told(Chapter.DRAFT)
    designer = signed_in(browser, laurel, smtp, story.designer)
    designer.open("New prize")
    designer.fill("Title", "Warm homes without gas")
    designer.press("Create prize")
    designer.see("The draft is open.")
    designer.open("Brief and rules")
    designer.fill("Summary", "For ways to heat old homes without gas.")
    designer.fill("The problem", "Old homes lose their heat, and what would stop that is dear.")
    designer.leave_field()
    designer.see("Brief saved")
    designer.open("Fund")
    designer.unfold("Add a contribution")
    designer.fill("Who gives it", "Sponsoring department")
    designer.fill("Amount in pounds", "100,000")
    designer.press("Add contribution")
    designer.unfold("Add an award")
    designer.fill("Name", "Grand prize")
    designer.fill("Each, in pounds", "100,000")
    designer.press("Add award")
    designer.see("divided to the last penny")
    designer.open("Stage")
    designer.press("Take these dates")
    designer.see("Stage saved")
    designer.open("Overview")
    designer.press("Send for review")
    designer.see("Sent for review.")
    sponsor = signed_in(browser, laurel, smtp, story.owner)
    sponsor.page.goto(designer.page.url)
    sponsor.settle()

    sponsor.press("Publish")

    sponsor.see("Published.")
    assert 15 <= designer.clicks + sponsor.clicks <= MOST_CLICKS  # nobody does it with fewer, so they were counted
    page = sponsor.context.new_page()
    page.goto(f"{laurel.url}/prizes/warm-homes-without-gas")
    assert "What is your idea, and why should it work?" in page.content()
    designer.leave()
    sponsor.leave()
