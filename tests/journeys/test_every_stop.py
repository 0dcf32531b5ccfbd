"""The demonstration by Tab alone: wherever the keyboard is, it is seen, and no page holds it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.visitors import IN_FOCUS, IS_SEEN, REMEMBER_LOOKS
from tests.screenshots import SHOTS, arrive, signed_in
from tests.server import RunningLaurel

MOST_STOPS = 250
WAITS = 15
"""For how many looks, of 20 ms each, an edge may take to appear."""


@pytest.mark.prove
@pytest.mark.timeout(900)
def test_every_stop_of_every_page_is_seen_and_left_again(demonstration: RunningLaurel, browser: Browser) -> None:
    unseen: dict[str, list[str]] = {}
    endless: dict[str, list[str]] = {}
    people: dict[str, Page] = {}
    for shot in (shot for shot in SHOTS if not shot.of):
        page = people.get(shot.role) or signed_in(browser, demonstration, shot.role, 1280, "light")
        people[shot.role] = page
        arrive(page, demonstration, shot)
        met = stops(page)
        if hidden := [name for name, seen in met if not seen]:
            unseen[shot.name] = hidden
        if len(met) >= MOST_STOPS:
            endless[shot.name] = [name for name, _ in met[-10:]]
    for page in people.values():
        page.context.close()

    assert unseen == {}
    assert endless == {}


def stops(page: Page) -> list[tuple[str, bool]]:
    """What Tab reaches one after the other behind the first link of the page, and whether each is seen."""
    met: list[tuple[str, bool]] = []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    while len(met) < MOST_STOPS:
        page.evaluate(REMEMBER_LOOKS)
        page.keyboard.press("Tab")
        name = str(page.evaluate(IN_FOCUS))
        if page.evaluate("document.activeElement === document.body"):
            return met
        met.append((name, appears(page)))
    return met


def appears(page: Page) -> bool:
    for _ in range(WAITS):
        if page.evaluate(IS_SEEN):
            return True
        page.wait_for_timeout(20)
    return False
