"""An entrant at the form of an entry, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from streamlit.runtime import runtime

from storage.clock import move_to
from storage.database import transact
from tests.chromium import wait_until_still
from tests.databases import Given
from tests.server import running_laurel
from tests.stories import CLOSES, Chapter, told
from tests.world import sign_in

BUSY = """
from streamlit.runtime import runtime

runtime.MESSAGE_FLUSH_INTERVAL_SECS = 0.5
"""
"""What is drawn waits half a second before it is sent, as on a busy server."""

SLOW_LINE = """
let before = Promise.resolve()
const listen = WebSocket.prototype.addEventListener
WebSocket.prototype.addEventListener = function (kind, heard, ...options) {
  const slowly = (event) => {
    before = before.then(() => new Promise((go) => setTimeout(go, 10))).then(() => heard(event))
  }
  return listen.call(this, kind, kind === "message" ? slowly : heard, ...options)
}
"""
"""What was sent comes in message by message."""

TICKED_AS_IT_ARRIVES = """
(news) => {
  const tick = () => document.querySelector("[aria-label^='We accept the rules']").click()
  new MutationObserver(() => setTimeout(tick, 15)).observe(news, { childList: true })
}
"""
"""The page is then just being drawn with the file."""


@pytest.fixture
def entrant(sqlite: Given, installation: Path, page: Page, tmp_path: Path) -> Iterator[Page]:
    """An entrant who has answered everything, on a busy server and a slow line."""
    assert runtime.MESSAGE_FLUSH_INTERVAL_SECS < 0.5
    story = told(Chapter.WRITTEN)
    transact(lambda db: move_to(db, CLOSES - timedelta(hours=1)))
    busy = tmp_path / "busy"
    busy.mkdir()
    (busy / "sitecustomize.py").write_text(BUSY)
    env = {"LAUREL_EMBEDDED_WORKER": "false", "LAUREL_FOLDER": str(installation), "PYTHONPATH": str(busy)}
    with running_laurel(env, installation) as laurel:
        sign_in(page.context, laurel.url, story.entrant)
        page.add_init_script(SLOW_LINE)
        page.goto(f"{laurel.url}/entry?entry={story.entry_id}")
        expect(page.get_by_role("button", name="Submit entry")).to_be_enabled()
        yield page


def test_a_tick_is_kept_while_a_file_arrives(entrant: Page, tmp_path: Path) -> None:
    file = tmp_path / "more.pdf"
    file.write_bytes(b"%PDF-1.7\n" + bytes(5_000))
    news = entrant.locator(".upload .told")
    news.evaluate(TICKED_AS_IT_ARRIVES)

    entrant.locator("input[type=file]").set_input_files(file)

    expect(entrant.get_by_role("link", name="more.pdf")).to_be_visible()
    wait_until_still(entrant)
    expect(entrant.get_by_role("checkbox", name="We accept the rules")).to_be_checked()
    entrant.get_by_role("button", name="Submit entry").click()
    expect(entrant.get_by_text("Entry submitted. Receipt")).to_be_visible()
