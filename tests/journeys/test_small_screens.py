"""The demonstration on the smallest phone, which is also what is left of a window at four times the size."""

from __future__ import annotations

from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Page

from pages.components.navigation import PLACES
from tests.screenshots import SHOTS, arrive, low_buttons, signed_in, width_needed
from tests.server import RunningLaurel

WIDTH = 320


@pytest.mark.prove
@pytest.mark.timeout(900)
def test_every_page_of_every_role_fits_320_pixels_and_a_thumb(demonstration: RunningLaurel, browser: Browser) -> None:
    too_wide: dict[str, int] = {}
    too_low: dict[str, list[str]] = {}
    seen: set[str] = set()
    people: dict[str, Page] = {}
    for shot in SHOTS:
        page = people.get(shot.role) or signed_in(browser, demonstration, shot.role, WIDTH, "light")
        people[shot.role] = page
        arrive(page, demonstration, shot)
        seen.add(urlparse(page.url).path.strip("/"))
        if (needed := width_needed(page)) > WIDTH:
            too_wide[shot.name] = needed
        if low := low_buttons(page):
            too_low[shot.name] = low
    for page in people.values():
        page.context.close()

    assert {place.path for place in PLACES} - seen == {"home"}  # which leads on to one of the others
    assert too_wide == {}
    assert too_low == {}
