"""Reading a judge's copy: page by page beside the scorecard, by mouse, by keyboard, as text, and by nobody else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from pikepdf import Dictionary, Name
from PIL import Image
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from accounts.actors import STRANGER, Actor
from accounts.sessions import COOKIE
from judging.copies import copy_to_read, words_of_page
from judging.judges import state_conflicts
from judging.models import JudgesCopy
from storage.database import reading, transact
from storage.errors import Refused
from tests.chromium import OpenPage
from tests.databases import Given
from tests.prize.entries.test_name_checks import begin_judging, submit_and_close
from tests.server import Answer, RunningLaurel, running_laurel
from tests.stories import Chapter, Story, assignments_of, attach, told
from tests.world import ask, cookie_of, do, sign_in

PAGES = 12


def annex() -> bytes:
    """Twelve pages with a line and a number each; the third lies on its side."""
    with pikepdf.new() as pdf:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        for number in range(1, PAGES + 1):
            page = pdf.add_blank_page(page_size=(842, 595) if number == 3 else (595, 842))
            page.Resources = Dictionary(Font=Dictionary(F1=font))
            words = f"BT /F1 18 Tf 60 500 Td (Feeder {number} was full for {number * 11} hours.) Tj ET"
            hidden = "BT 3 Tr /F1 18 Tf 60 400 Td (Acorn words in invisible ink) Tj ET"
            page.Contents = pdf.make_stream(f"{words} {hidden}".encode())
        pdf.Root.Lang = pikepdf.String("en-GB")
        written = BytesIO()
        pdf.save(written)
    return written.getvalue()


@dataclass(frozen=True)
class Place:
    """A running application in which a judge has an entry with a document to read."""

    laurel: RunningLaurel
    story: Story
    copy_id: UUID

    def ask(self, actor: Actor | None, path: str) -> Answer:
        cookie = {"Cookie": f"{COOKIE}={cookie_of(actor)}"} if actor else {}
        return self.laurel.ask("GET", f"/copies/{self.copy_id}{path}", headers={"Accept": "application/json", **cookie})

    def open(self, page: Page) -> Page:
        """The scoring room with the entry, with the judge signed in."""
        with reading() as db:
            assignment_id = assignments_of(db, self.story, self.story.judge)[0].id
        sign_in(page.context, self.laurel.url, self.story.judge)
        page.goto(f"{self.laurel.url}/scoring?entry={assignment_id}")
        expect(page.locator(".document .page")).to_have_count(PAGES, timeout=30_000)
        expect(page.locator(".document .page").first.locator("img")).to_be_visible()
        return page


def judged_story() -> tuple[Story, UUID]:
    story = told(Chapter.WRITTEN)
    transact(lambda db: attach(db, story.entrant, story.entry_id, story.questions["document"], annex(), "Acorn.pdf"))
    submit_and_close(story)
    begin_judging(story)
    with reading() as db:
        copies = select(JudgesCopy.id).where(col(JudgesCopy.entry_id) == story.entry_id)
        return story, db.exec(copies).one()


@pytest.fixture
def place(sqlite: Given, installation: Path) -> Iterator[Place]:
    story, copy_id = judged_story()
    env = {"LAUREL_EMBEDDED_WORKER": "false", "LAUREL_FOLDER": str(installation)}
    with running_laurel(env, installation) as laurel:
        yield Place(laurel, story, copy_id)


def test_pages_come_in_two_sizes_with_their_words_to_the_judge_alone_and_without_the_original(place: Place) -> None:
    judge = place.story.judge

    words = json.loads(place.ask(judge, "/pages/2/text").body)
    near, far = (place.ask(judge, f"/pages/2{path}") for path in ("/zoom", ""))
    whole = place.ask(judge, "")

    [line] = words["lines"]
    assert line["text"] == "Feeder 2 was full for 22 hours."
    assert line["left"] == pytest.approx(60 / 595 * 100, abs=1)
    assert line["top"] < 100 * (842 - 500) / 842 < line["top"] + line["height"]
    assert [answer.headers["content-type"] for answer in (near, far)] == ["image/webp", "image/webp"]
    assert len(near.body) > len(far.body)
    for answer in (near, far, whole):
        assert "acorn" not in (answer.body + str(answer.headers)).lower()
        assert "last-modified" not in answer.headers
    for path in ("", "/pages/1", "/pages/1/zoom", "/pages/1/text"):
        assert place.ask(None, path).status in (303, 401, 403), path
        assert place.ask(place.story.entrants["bela"], path).status == 403, path
    assert [place.ask(judge, path).status for path in ("/pages/13", "/pages/13/text")] == [403, 403]


@pytest.mark.parametrize("path", ["", "/pages/1", "/pages/1/zoom", "/pages/1/text"])
def test_nobody_else_reads_a_copy_in_any_way(sqlite: Given, path: str) -> None:
    story, copy_id = judged_story()
    query = words_of_page if path.endswith("text") else copy_to_read
    what = {} if not path else {"page": 1, **({"closer": True} if path.endswith("zoom") else {})}
    assert ask(query, story.judge, copy_id=copy_id, **what)
    do(state_conflicts, story.judge, stage_id=story.stage_id, statements=("Acorn Labs",))

    others = (story.judge, story.entrant, story.entrants["bela"], story.designer, story.sponsor, STRANGER)

    for actor in others:
        with pytest.raises(Refused):
            ask(query, actor, copy_id=copy_id, **what)
    with pytest.raises(Refused):
        ask(query, story.judges["jo"], copy_id=uuid4(), **what)


def test_pages_are_read_by_mouse_and_keyboard_and_loaded_when_they_are_near(place: Place, page: Page) -> None:
    asked: list[str] = []
    received: list[bytes] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(bytes_of(frame))))
    page.on("request", lambda request: asked.append(request.url.partition("/copies/")[2].partition("/")[2]))
    place.open(page)
    shown, scale = page.locator(".document .place"), page.locator(".document .scale")
    expect(shown).to_have_text(f"Page 1 of {PAGES}")
    assert "pages/9" not in asked
    expect(page.locator(".words span").first).to_have_text("Feeder 1 was full for 11 hours.")
    assert all("Acorn" not in text for text in page.locator(".words span").all_inner_texts())
    sent = b"".join(received)
    assert (b"laurel_document" in sent, b"was full for" in sent, b"Acorn" in sent) == (True, False, False)

    frame = page.locator(".document .frame")
    frame.focus()
    page.keyboard.press("End")
    expect(shown).to_have_text(f"Page {PAGES} of {PAGES}")
    expect(page.locator(".page").nth(PAGES - 1).locator("img")).to_be_visible()
    page.keyboard.press("PageUp")
    expect(shown).to_have_text(f"Page {PAGES - 1} of {PAGES}")
    page.keyboard.press("Home")
    page.keyboard.press("PageDown")
    expect(shown).to_have_text(f"Page 2 of {PAGES}")
    for _ in range(4):
        page.keyboard.press("+")
    expect(scale).to_have_text("300\u00a0%")
    expect(page.locator(".page").nth(1).locator("img")).to_have_attribute(
        "src", f"/copies/{place.copy_id}/pages/2/zoom"
    )
    page.keyboard.press("-")
    expect(scale).to_have_text("200\u00a0%")
    page.keyboard.press("0")
    expect(scale).to_have_text("100\u00a0%")

    page.get_by_role("button", name="Next page").click()
    expect(shown).to_have_text(f"Page 3 of {PAGES}")
    with page.expect_download() as started:
        page.get_by_role("link", name="Download").click()
    assert started.value.suggested_filename.endswith("-1.pdf")
    with pikepdf.open(started.value.path()) as copy:
        assert (len(copy.pages), "/Lang" in copy.Root) == (PAGES, False)


def bytes_of(frame: bytes | str) -> bytes:
    return frame if isinstance(frame, bytes) else frame.encode()


def test_the_scorecard_and_the_document_leave_each_other_alone(place: Place, page: Page) -> None:
    place.open(page)
    shown = page.locator(".document .place")
    page.locator(".document .frame").focus()
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    expect(shown).to_have_text(f"Page 3 of {PAGES}")

    comment = page.get_by_label("Comment for the entrant")
    comment.focus()
    page.keyboard.type("+0-")
    page.get_by_role("radio", name="4").first.click()
    expect(page.get_by_text("Saved").first).to_be_visible()

    expect(comment).to_have_value("+0-")
    expect(page.locator(".document .scale")).to_have_text("100\u00a0%")
    expect(shown).to_have_text(f"Page 3 of {PAGES}")
    expect(page.locator(".document .page").nth(2).locator("img")).to_be_visible()


def test_words_over_a_page_are_selected_as_they_are_seen(place: Place, page: Page) -> None:
    place.open(page)
    line = page.locator(".words span").first
    line.scroll_into_view_if_needed()
    box, around = line.bounding_box(), page.locator(".document .page").first.bounding_box()
    assert box is not None
    assert around is not None

    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()

    assert page.evaluate("window.getSelection().toString()").strip() == "Feeder 1 was full for 11 hours."
    assert (box["x"] - around["x"]) / around["width"] == pytest.approx(60 / 595, abs=0.01)
    ends = dark_until(page, around)
    assert (box["x"] + box["width"] - around["x"]) / around["width"] == pytest.approx(ends, abs=0.01)


def dark_until(page: Page, around: dict[str, float]) -> float:
    """How far to the right the words of the first page go, as a share of its width."""
    image = Image.open(BytesIO(page.screenshot(clip={**around, "height": min(around["height"], 320)})))  # type: ignore[typeddict-item]
    dark = image.convert("L").point(lambda value: 255 if value < 90 else 0).getbbox()
    assert dark is not None
    return dark[2] / image.width


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_a_document_is_read_on_a_phone_and_as_text_without_barriers(
    place: Place, open_page: OpenPage, width: int, theme: str
) -> None:
    page = place.open(open_page(width=width, height=844, colour_scheme=theme))
    if width == 390:
        expect(page.locator(".document .page:visible")).to_have_count(1)
        page.get_by_role("button", name="Next page").click()
        expect(page.locator(".document .page:visible img")).to_have_attribute("alt", re.compile("^Page 2 of "))
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
    assert serious(page) == []

    page.get_by_role("button", name="Read as text").click()

    text = page.get_by_role("region", name="Text of")
    expect(text.get_by_role("heading", name=f"Page {PAGES}", exact=True)).to_be_attached()
    expect(text.get_by_text("Feeder 12 was full for 132 hours.")).to_be_attached()
    assert "Acorn" not in text.inner_text()
    expect(page.get_by_role("button", name="Read as text")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".document .frame")).to_be_hidden()
    assert serious(page) == []


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [violation["id"] for violation in found if violation["impact"] in ("serious", "critical")]
