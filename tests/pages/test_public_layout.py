"""A prize's public page on a small screen and on paper, in a real browser."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdfium2
import pytest

from prize.clarifications import answer_clarification, ask_clarification
from tests.chromium import OpenPage
from tests.databases import Given
from tests.modules import ROOT
from tests.pages.public import get
from tests.prize.test_eligibility import asked, published
from tests.stories import SLUG, Chapter, told
from tests.world import World, do

STYLE = ROOT / "pages/public/static/laurel.css"
PAGE = f"/prizes/{SLUG}"
A4 = (595, 842)


@pytest.fixture
def html(sqlite: Given) -> str:
    """The page, to somebody who has signed in, with everything on it that it can have before a decision."""
    world, story = World(), told(Chapter.READY)
    asked(story)
    published(story)
    ada = world.person("ada")
    for number in range(6):
        question = f"Does a canal of {number} miles count, in the Llanfairpwllgwyngyllgogerychwyrndrobwllllantysilio?"
        one = do(ask_clarification, ada, prize_id=story.prize_id, question=question)
        given = {"clarification_id": one, "version": 1, "question": question, "answer": "Yes.\n\n" * 5}
        do(answer_clarification, story.secretariat, **given)
    with ThreadPoolExecutor(1) as elsewhere:  # the browser keeps an event loop running in this thread
        body = elsewhere.submit(get, PAGE, ada).result().body
    return body.replace('<link rel="stylesheet" href="/assets/laurel.css">', f"<style>{STYLE.read_text()}</style>")


def test_nothing_is_cut_on_a_small_screen(html: str, open_page: OpenPage) -> None:
    page = open_page(width=320, colour_scheme="dark")
    page.set_content(html)

    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_on_paper_there_is_all_to_read_and_nothing_to_press(html: str, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    page.set_content(html)
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)

    with pypdfium2.PdfDocument(tmp_path / "page.pdf") as paper:
        sizes = {tuple(round(side) for side in sheet.get_size()) for sheet in paper}
        words = [" ".join(sheet.get_textpage().get_text_bounded().split()) for sheet in paper]
    text = " ".join(words)
    assert sizes == {A4}
    assert "Level 5" in text
    assert "Are you over 16?" in text
    assert "Does a canal of 5 miles count" in text
    assert PAGE in text
    assert [
        name for name in ("My work", "Follow by mail", "Send the question", "Add to a calendar") if name in text
    ] == []
    assert [sheet.count("Does a canal") for sheet in words] == [sheet.count("Answered on") for sheet in words]
