"""Choosing, pausing, cancelling and resuming files, by somebody in a browser."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect

from prize.entries.own import own_entry
from storage.clock import move_to
from storage.database import transact
from tests.chromium import OpenPage
from tests.databases import Given
from tests.server import RunningLaurel, running_laurel
from tests.stories import CLOSES, Chapter, Story, told
from tests.world import ask, sign_in

SLOW_BYTES = 80_000
"""A second, of a file of 900,000 bytes."""


@dataclass(frozen=True)
class Place:
    laurel: RunningLaurel
    story: Story

    def open(self, page: Page) -> Page:
        """The form of the draft, with the entrant signed in."""
        sign_in(page.context, self.laurel.url, self.story.entrant)
        page.goto(f"{self.laurel.url}/entry?entry={self.story.entry_id}")
        expect(page.get_by_label(re.compile("^Choose files"))).to_be_attached()
        return page

    def names(self) -> list[str]:
        document = ask(own_entry, self.story.entrant, entry_id=self.story.entry_id).answers[2]
        return sorted(file.name for file in document.files)


@pytest.fixture
def place(sqlite: Given, installation: Path) -> Iterator[Place]:
    story = told(Chapter.STARTED)
    transact(lambda db: move_to(db, CLOSES - timedelta(hours=1)))
    env = {"LAUREL_EMBEDDED_WORKER": "false", "LAUREL_FOLDER": str(installation)}
    with running_laurel(env, installation) as laurel:
        yield Place(laurel, story)


def documents(folder: Path, *names: str, size: int = 900_000) -> list[Path]:
    made = []
    for name in names:
        path = folder / name
        path.write_bytes((b"%PDF-1.7\n" + os.urandom(size))[:size])
        made.append(path)
    return made


def chooser(page: Page) -> Locator:
    return page.locator("input[type=file]").first


def rows(page: Page) -> Locator:
    return page.locator(".upload .files li")


def test_files_are_sent_paused_cancelled_and_resumed_after_a_reload(
    place: Place, page: Page, open_page: OpenPage, tmp_path: Path
) -> None:
    place.open(page)

    several_are_chosen_at_once_and_arrive(place, page, tmp_path)
    what_is_not_accepted_is_said_at_its_row(place, page, tmp_path)
    a_paused_file_goes_on_after_a_reload(place, page, tmp_path)
    a_cancelled_one_is_forgotten(place, page, tmp_path)
    nothing_stands_in_anybody_s_way(place, open_page, tmp_path)


def several_are_chosen_at_once_and_arrive(place: Place, page: Page, folder: Path) -> None:
    chooser(page).set_input_files(documents(folder, "one.pdf", "two.pdf", "three.pdf"))

    for name in ("one.pdf", "two.pdf", "three.pdf"):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    expect(rows(page)).to_have_count(0)
    assert place.names() == ["one.pdf", "three.pdf", "two.pdf"]


def what_is_not_accepted_is_said_at_its_row(place: Place, page: Page, folder: Path) -> None:
    [zipped] = documents(folder, "archive.pdf")
    zipped.write_bytes(b"PK\x03\x04" * 500)
    [large] = documents(folder, "large.pdf", size=1024 * 1024 + 1)
    chooser(page).set_input_files([zipped, large])

    expect(page.locator(".upload .problem").first).to_contain_text("large.pdf is too large: at most 1.0 MB")
    expect(rows(page)).to_contain_text("This is a ZIP archive. Unpack it and choose one file.")
    page.get_by_role("button", name="Remove: archive.pdf").click()
    expect(rows(page)).to_have_count(0)


def a_paused_file_goes_on_after_a_reload(place: Place, page: Page, folder: Path) -> None:
    [late] = documents(folder, "late.pdf")
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": SLOW_BYTES}
    tools.send("Network.emulateNetworkConditions", slow)
    chooser(page).set_input_files(late)
    expect(rows(page).locator(".figures")).to_have_text(re.compile(r"^[1-9]\d\d KB of 879 KB"))
    page.get_by_role("button", name="Pause: late.pdf").click()
    expect(rows(page)).to_contain_text("Paused at")
    page.reload()
    expect(rows(page)).to_contain_text("Choose the same file again to go on from")
    # Not before: what waits in a slow line is sent at once when the line becomes fast, even of what was paused.
    tools.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    tools.detach()

    chooser(page).set_input_files(late)

    expect(page.get_by_role("link", name="late.pdf")).to_be_visible()
    expect(rows(page)).to_have_count(0)


def a_cancelled_one_is_forgotten(place: Place, page: Page, folder: Path) -> None:
    [wrong] = documents(folder, "wrong.pdf")
    page.route("**/uploads/*", hold)
    chooser(page).set_input_files(wrong)
    page.get_by_role("button", name="Cancel: wrong.pdf").click()
    page.unroute("**/uploads/*")
    expect(rows(page)).to_have_count(0)
    page.reload()
    expect(page.get_by_role("link", name="late.pdf")).to_be_visible()
    expect(rows(page)).to_have_count(0)


def hold(route: Route) -> None:
    """Let nothing but a cancellation through."""
    if route.request.method == "DELETE":
        route.continue_()


def nothing_stands_in_anybody_s_way(place: Place, open_page: OpenPage, folder: Path) -> None:
    """axe finds nothing in either theme, on a wide and on a narrow page, with a file waiting to be chosen again."""
    for width, scheme in ((1280, "light"), (390, "dark")):
        page = place.open(open_page(width=width, colour_scheme=scheme))
        page.route("**/uploads/*", hold)
        chooser(page).set_input_files(documents(folder, "waiting.pdf"))
        expect(rows(page)).to_contain_text("waiting.pdf")
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if picture := os.environ.get("PICTURES"):
            rows(page).scroll_into_view_if_needed()
            page.screenshot(path=f"{picture}/upload-{scheme}-{width}.png")
