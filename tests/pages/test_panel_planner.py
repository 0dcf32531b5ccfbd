"""A designer compares panels before a prize is launched."""

from __future__ import annotations

import re
import time
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from judging.analyses import simulating
from judging.analyses.panels import panel_studies
from pages.components.panel_chart import Cost, FoundLine, found_chart
from pages.designer.panel_planner import EVERY_SECONDS
from prize.stages import stages
from tests.chromium import wait_until_still
from tests.databases import Given
from tests.judging.panels import work
from tests.judging.test_panels_planned import asked_of, next_stage, work_on_studies
from tests.pages.visiting import press, tables, visit, words
from tests.server import running_laurel
from tests.stories import Chapter, Story, told
from tests.world import ask, sign_in


def form(story: Story, field: str) -> str:
    return f"planner-{story.stage_id}-{field}"


def planner(story: Story, study: UUID | None = None) -> AppTest:
    page = visit(story.designer, "panel-planner")
    if study is None:
        return page
    page.query_params["study"] = str(study)
    return page.run()


def small(page: AppTest, story: Story) -> AppTest:
    """Few entries, so that the answer comes at once."""
    page.number_input(key=form(story, "entries")).set_value(12)
    page.text_input(key=form(story, "per_entry")).input("2, 3, 5")
    page.text_input(key=form(story, "judges")).input("4")
    return page


def test_a_designer_compares_and_the_answer_says_what_more_scorecards_find_and_cost(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    page = planner(story)
    assert "No panel compared yet" in words(page)
    [stage] = ask(stages, story.designer, prize_id=story.prize_id)
    assert page.number_input(key=form(story, "top")).value == stage.places

    page.number_input(key=form(story, "top")).set_value(3)
    page = press(small(page, story), "Compare")

    assert "The answer appears here by itself" in words(page)
    [study] = ask(panel_studies, story.designer, stage_id=story.stage_id)
    assert page.query_params["study"] == str(study.id)
    assert (study.entries, study.top, study.per_entry, study.judges) == (12, 3, (2, 3, 5), (4,))

    work_on_studies()
    page.run()

    assert re.search(
        "With 2 scorecards for each entry about [0-9.]+ of the true best 3 are chosen; with 3 about [0-9.]+, for",
        tables(page),
    )
    assert "for 12 more scorecards and 4 more hours" in tables(page)
    assert "another panel would choose about" in words(page)
    assert "Not possible: an entry cannot have 5 scorecards from 4 judges." in words(page)
    assert "Entries and judges differ as is usual" in words(page)
    assert len(page.get("vega_lite_chart")) == 1
    assert page.number_input(key=form(story, "entries")).value == 12


def test_numbers_that_cannot_be_read_are_said_at_their_field_and_kept(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    page = planner(story)
    page.text_input(key=form(story, "per_entry")).input("two or three")

    page = press(page, "Compare")

    assert "Scorecards for each entry: not whole numbers with commas between." in words(page)
    assert page.text_input(key=form(story, "per_entry")).value == "two or three"
    assert ask(panel_studies, story.designer, stage_id=story.stage_id) == ()


def test_more_places_than_entries_are_said_at_their_field(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    page = planner(story)
    page.number_input(key=form(story, "top")).set_value(61)

    page = press(page, "Compare")

    assert "Places: between 1 and 60." in words(page)


def test_suggested_judges_follow_the_entries_until_somebody_chooses_others(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    page = planner(story)
    entries, judges = form(story, "entries"), form(story, "judges")
    assert page.text_input(key=judges).value == "6, 9, 12, 18"

    page.number_input(key=entries).set_value(300).run()
    assert page.text_input(key=judges).value == "30, 45, 60, 90"

    page.text_input(key=judges).input("25").run()
    page.number_input(key=entries).set_value(60).run()
    assert page.text_input(key=judges).value == "25"


def test_an_earlier_study_is_looked_at_again_by_its_address(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    first = asked_of(story, story.stage_id, entries=13, top=13)
    asked_of(story, story.stage_id, entries=12, top=12)
    work_on_studies()

    newest = planner(story)
    again = planner(story, study=first)

    assert "12 entries, 12 chosen" in tables(newest)
    assert f"study={first}" in tables(newest)
    assert "13 entries, 13 chosen" in tables(again)
    assert f"study={first}" not in tables(again)


def test_a_place_for_each_entry_needs_no_panel(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    asked_of(story, story.stage_id, entries=12, top=12)
    work_on_studies()

    assert "There is a place for each entry, so the choice does not depend on the panel" in tables(planner(story))


def test_one_place_is_spoken_of_as_a_chance(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    asked_of(story, story.stage_id, top=1)
    work_on_studies()

    assert "the chance that the truly best one is chosen is about" in tables(planner(story))


def test_no_possible_panel_is_said_with_its_reason(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    asked_of(story, story.stage_id, per_entry=(3,), judges=(2,))
    work_on_studies()

    page = planner(story)

    assert "No panel of these sizes is possible" in tables(page)
    assert "Not possible: an entry cannot have 3 scorecards from 2 judges." in words(page)


def test_a_study_that_failed_says_so(sqlite: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise MemoryError("too large")

    story = told(Chapter.DRAFT)
    asked_of(story, story.stage_id)
    monkeypatch.setattr(simulating, "simulated", fails)
    work_on_studies()

    page = planner(story)

    assert [box.value for box in page.error] == [
        "This could not be computed. Compare again with fewer or smaller numbers, or tell the operator."
    ]
    assert "appears here by itself" not in words(page)


def test_a_released_stage_can_be_built_on(sqlite: Given) -> None:
    story = told(Chapter.RELEASED)
    work()
    stage_id = next_stage(story)
    asked_of(story, stage_id, earlier=story.stage_id)
    work_on_studies()

    page = planner(story)
    page = page.selectbox(key="Prize in sidebar").set_value("Clean lakes").run()

    assert "Clean rivers · First stage" in words(page)
    choice = page.selectbox(key=f"planner-{stage_id}-earlier")
    assert choice.options == ["What is usual", "Clean rivers · First stage"]
    assert choice.value == str(story.stage_id)


def test_the_answer_appears_by_itself_and_then_nothing_is_asked_any_more(
    sqlite: Given, installation: Path, page: Page
) -> None:
    story = told(Chapter.DRAFT)
    asked_of(story, story.stage_id)
    sent: list[float] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(time.monotonic())))
    env = {"LAUREL_EMBEDDED_WORKER": "false", "LAUREL_FOLDER": str(installation)}
    with running_laurel(env, installation) as laurel:
        sign_in(page.context, laurel.url, story.designer)
        page.goto(f"{laurel.url}/panel-planner")
        expect(page.get_by_text("The answer appears here by itself")).to_be_visible()

        work_on_studies()

        expect(page.get_by_role("heading", name="of the true best 3 are chosen")).to_be_visible()
        wait_until_still(page)
        page.wait_for_timeout(1000 * EVERY_SECONDS)
        asked_until_now = len(sent)
        page.wait_for_timeout(3000 * EVERY_SECONDS)
        assert len(sent) == asked_until_now


def test_names_of_lines_that_end_close_together_stay_apart() -> None:
    lines = [FoundLine(f"{judges} judges", ((2, 0.5), (3, end))) for judges, end in ((4, 0.70), (6, 0.71), (8, 0.9))]

    chart = found_chart(lines, [Cost(2, 24, 8), Cost(3, 36, 12)]).to_dict()

    names = {
        layer["mark"]["text"]: layer["mark"]["dy"] + (1 - end) * 240
        for layer in chart["layer"]
        for line, end in zip(lines, (0.70, 0.71, 0.9), strict=True)
        if layer["mark"].get("text") == line.name
    }
    heights = sorted(names.values())
    assert len(heights) == 3
    assert all(below - above >= 16 for above, below in pairwise(heights))
