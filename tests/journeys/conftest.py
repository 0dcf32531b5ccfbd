"""Somebody comes with a browser to the installation that a journey has made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from delivery.demonstration.loading import load
from tests.databases import Given
from tests.journeys.visitors import Visitor, visitor
from tests.mailserver import MailServer
from tests.screenshots import reach_states, wait_for_copies
from tests.server import RunningLaurel, running_laurel


@pytest.fixture
def laurel(sqlite: Given, smtp: MailServer, tmp_path: Path) -> Iterator[RunningLaurel]:
    """An installation with nothing in it but what the test makes, unless a journey has one of its own."""
    with running_laurel({}, tmp_path) as running:
        yield running


@pytest.fixture
def demonstration(sqlite: Given, browser: Browser, tmp_path: Path) -> Iterator[RunningLaurel]:
    """An installation in which every screen of which there is a picture can be reached."""
    assert load()
    with running_laurel({"LAUREL_DEMONSTRATION": "true"}, tmp_path) as running:
        wait_for_copies(running, browser)
        reach_states()
        yield running


@pytest.fixture
def come(laurel: RunningLaurel, smtp: MailServer, browser: Browser, tmp_path: Path) -> Iterator[Callable[[], Visitor]]:
    """Lets somebody open a browser; when the test fails, what each of them last saw is kept in its folder."""
    came: list[Visitor] = []

    def one() -> Visitor:
        came.append(visitor(browser, laurel.url, smtp))
        return came[-1]

    yield one
    for number, person in enumerate(came):
        if not person.left:
            person.page.screenshot(path=tmp_path / f"visitor-{number}.png", full_page=True)
            person.leave()
