"""A real browser: found on this computer, never skipped when it is missing, and asked when a page is drawn."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 20_000
"""Milliseconds. Nothing takes that long; a test that fails should not wait for ever."""

MISSING = (
    "There is no browser. Install one (Debian: apt-get install chromium; others: Google Chrome), "
    "or set CHROMIUM to the path of one."
)

LISTEN_FOR_ANSWERS = """
const { send } = WebSocket.prototype
WebSocket.prototype.send = function (message) {
  if (!this.listens) this.addEventListener("message", () => { window.unanswered = false })
  this.listens = window.unanswered = true
  return send.call(this, message)
}
"""
"""For the beginning of each page: it knows whether something has been asked of the server that is not answered yet."""

IS_STILL = """([milliseconds, asked]) => {
  const app = document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]")
  const drawn = document.querySelector("h1") && !document.querySelector("[data-testid=stSkeleton]")
  if (window.stillAsked !== asked || !app || !drawn || window.unanswered) window.stillSince = performance.now()
  window.stillAsked = asked
  return performance.now() - window.stillSince >= milliseconds
}"""
"""Whether everything has been answered, has run and is drawn, and that for a while since this was first asked. What
is drawn by a script that comes late has a skeleton before."""


class NoBrowser(Exception):
    """Neither CHROMIUM nor the path leads to a browser."""


def find_browser() -> str:
    """The path of a Chromium or Chrome.

    Raises
    ------
    NoBrowser : there is none; the words say how to install one.
    """
    chosen = os.environ.get("CHROMIUM", "")
    if chosen:
        if not Path(chosen).is_file():
            raise NoBrowser(f"CHROMIUM is set to {chosen}, where there is no file. {MISSING}")
        return chosen
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    raise NoBrowser(MISSING)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser; without one the test fails."""
    try:
        return find_browser()
    except NoBrowser as error:
        pytest.fail(str(error))


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A running browser; one for each module, since Playwright keeps an event loop running in the tests' thread."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield running
        running.close()


def new_context(browser: Browser, **chosen: Any) -> BrowserContext:
    """Somebody's own browser, chosen as for Playwright: as patient as all, and listening for answers."""
    context = browser.new_context(**chosen)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(LISTEN_FOR_ANSWERS)
    return context


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages that share nothing: ``open_page(width=320, colour_scheme="dark")``."""
    contexts = []

    def open_one(
        *, width: int = 1280, height: int = 800, colour_scheme: Literal["light", "dark"] = "light", base_url: str = ""
    ) -> Page:
        size = {"width": width, "height": height}
        context = new_context(browser, viewport=size, color_scheme=colour_scheme, base_url=base_url or None)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page of an ordinary size in the light theme."""
    return open_page()


def wait_until_still(page: Page) -> None:
    """Wait until Streamlit has drawn all of a page, and for 50 ms nothing more has come."""
    page.wait_for_function(IS_STILL, arg=[50, time.monotonic_ns()])


if __name__ == "__main__":
    try:
        print(find_browser())
    except NoBrowser as error:
        sys.exit(str(error))
