"""Somebody comes with a browser to the installation that a journey has made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.visitors import Visitor, visitor
from tests.mailserver import MailServer
from tests.server import RunningLaurel


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
