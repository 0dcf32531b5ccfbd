"""The keys of the scoring room, on cards of every scale, in a browser without the application."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from playwright.sync_api import Page, expect

from tests.modules import ROOT

ROOM = """
<html><body><div data-testid="stMain">
  <div class="st-key-pane-entry" tabindex="0">Answers</div>
  <div class="st-key-pane-card"><div class="st-key-scorecard">{groups}</div><input id="field"></div>
</div>
<p><button class="laurel-keys">Keys</button></p>
<div id="panel">{panel}</div>
<script>
  const chosen = []
  addEventListener("click", ({{ target }}) => target.role === "radio" && chosen.push(target.textContent))
  {script}
  listenToKeys(document.querySelector(".keys"), true)
</script></body></html>
"""


MARK = """addEventListener("click", ({ target }) => {
  if (target.role !== "radio") return
  for (const each of target.parentElement.children) each.setAttribute("aria-checked", each === target)
})"""
"""The page says which option of a group is chosen, as the application does."""


def card(page: Page, points: Sequence[object]) -> Page:
    """Two criteria on this scale, with the keys."""
    options = "".join(f"<button role=radio>{each}</button>" for each in (*points, "Cannot judge"))
    files = [(ROOT / "pages" / "judge" / name).read_text() for name in ("keys.html", "keys.js")]
    room = ROOM.format(groups=f"<div role=radiogroup>{options}</div>" * 2, panel=files[0], script=files[1])
    page.route("http://laurel.test/", lambda route: route.fulfill(body=room, content_type="text/html; charset=utf-8"))
    page.goto("http://laurel.test/")
    return page


def pressed(page: Page, *keys: str) -> list[str]:
    """What has been chosen after these keys."""
    for key in keys:
        page.keyboard.press(key)
    return list(page.evaluate("chosen"))


@pytest.mark.parametrize(
    ("points", "keys", "chosen"),
    [
        (range(1, 6), "51x90", ["5", "1", "Cannot judge"]),
        (range(11), "0t9", ["0", "10", "9"]),
        (range(1, 11), "01", ["10", "1"]),
    ],
)
def test_digits_choose_the_points_of_the_scale(page: Page, points: range, keys: str, chosen: list[str]) -> None:
    assert pressed(card(page, points), *keys) == chosen


def test_h_adds_half_a_point_and_takes_it_away_again(page: Page) -> None:
    card(page, ("1", "1½", "2", "2½", "3"))
    page.evaluate(MARK)

    assert pressed(page, "h", "2", "h", "h", "3", "h") == ["2", "2½", "2", "3"]


def test_y_and_o_answer_a_question_with_yes_or_no(page: Page) -> None:
    card(page, ("Yes", "No"))

    assert pressed(page, "y", "o", "4") == ["Yes", "No"]
    page.keyboard.press("?")
    assert "Yes, to the question" in page.locator("dialog").inner_text()
    assert "Half a point" not in page.locator("dialog").inner_text()


def test_beyond_ten_both_digits_are_typed(page: Page) -> None:
    card(page, range(21))

    assert pressed(page, "1", "4", "2", "0", "7") == ["14", "20", "7"]

    page.keyboard.press("1")
    page.wait_for_function("chosen.length === 4")
    assert pressed(page) == ["14", "20", "7", "1"]


def test_keys_are_left_alone_in_fields_with_modifiers_and_while_the_page_turns(page: Page) -> None:
    card(page, range(1, 6))

    assert pressed(page, "Control+4", "Alt+4", "Meta+4") == []
    page.locator("#field").focus()
    assert pressed(page, "4", "x", "?") == []
    expect(page.locator("#field")).to_have_value("4x?")
    page.locator(".st-key-pane-entry").focus()
    page.evaluate("room.turning = true")
    assert pressed(page, "4") == []
    page.evaluate("room.turning = false")
    assert pressed(page, "4") == ["4"]


def test_the_panel_lists_every_key_and_switches_them_off(page: Page) -> None:
    card(page, range(11))
    page.keyboard.press("n")

    page.keyboard.press("?")

    panel = page.get_by_role("dialog", name="Keys of the scoring room")
    listed = panel.locator("kbd").all_inner_texts()
    always = "TABLE.filter(({ when }) => !when).map(({ keys }) => keys.toUpperCase())"
    assert listed == ["0–9", "T", *page.evaluate(always)]
    assert pressed(page, "4") == []
    panel.get_by_role("checkbox").press("Space")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.get_by_role("radio", name="0", exact=True).first).to_be_focused()
    assert pressed(page, "4", "?") == []
    expect(panel).to_be_hidden()

    page.reload()
    assert pressed(page, "4") == []
    page.locator(".laurel-keys").press("Enter")
    panel.get_by_role("checkbox").press("Space")
    panel.get_by_role("button", name="Close").press("Enter")

    assert pressed(page, "4") == ["4"]
