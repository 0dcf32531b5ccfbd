"""Tests of the parts of every page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from tests.chromium import OpenPage, wait_until_still
from tests.databases import Given
from tests.pages.visiting import tables
from tests.server import running_laurel
from tests.stories import Chapter, told
from tests.world import sign_in


def _table() -> None:
    from pages.components.layout import table

    table(
        ("Whose", "When"), [("mara.alder@university.example", "28 September 2026"), ("x" * 40, "R&D"), ("y", "BAKA-45")]
    )


def test_a_tables_words_stay_whole_but_for_what_is_longer_than_any_word() -> None:
    drawn = tables(AppTest.from_function(_table).run())

    assert "<td>28 September 2026</td>" in drawn
    assert "<td>R&amp;D</td>" in drawn
    assert '<td><span class="laurel-code">BAKA-45</span></td>' in drawn
    assert '<th scope="row">mara.alder@<wbr>university.example</th>' in drawn
    assert f'<th scope="row"><span class="laurel-long">{"x" * 40}</span></th>' in drawn


def test_what_a_popover_holds_has_the_colours_of_the_theme(
    sqlite: Given, installation: Path, open_page: OpenPage
) -> None:
    story = told(Chapter.READY)
    with running_laurel({"LAUREL_FOLDER": str(installation)}, installation) as laurel:
        for scheme in ("light", "dark"):
            page = open_page(width=1280, colour_scheme=scheme)
            sign_in(page.context, laurel.url, story.designer)
            page.goto(f"{laurel.url}/form")
            wait_until_still(page)
            page.get_by_role("button", name="Remove").first.click()
            popover = page.get_by_test_id("stPopoverBody")
            expect(popover).to_have_css("color-scheme", scheme)
            petrol = popover.evaluate("element => getComputedStyle(element).getPropertyValue('--petrol')")
            assert petrol == "light-dark(#0f5468, #7ccadb)"
