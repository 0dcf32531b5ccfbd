"""The dates of several stages as bars: each under its stage's name, whatever that is."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

from prize.stages import add_stage, edit_stage
from tests.databases import Given
from tests.pages.visiting import visit
from tests.stories import DAY, DECIDED, Chapter, told
from tests.world import do

PARTS = ["Entries open", "Judging", "Panel and checks"]


def rows_of(page: AppTest) -> list[list[str]]:
    """The lines of each row's label, in the order of the chart; no two rows are one."""
    [chart] = page.get("vega_lite_chart")
    bars = next(layer for layer in json.loads(chart.proto.spec)["layer"] if layer["mark"]["type"] == "bar")
    labels = bars["encoding"]["y"]["scale"]["domain"]
    assert len(labels) == len(set(labels))
    return [label.split("\n")[1:] for label in labels]


def test_the_dates_of_one_stage_need_no_name_above_them(sqlite: Given) -> None:
    story = told(Chapter.READY)

    rows = rows_of(visit(story.designer, "overview"))

    assert [part for part, _ in rows] == PARTS


def test_each_of_several_stages_has_its_name_above_its_own_dates_and_no_line_is_cut(sqlite: Given) -> None:
    story = told(Chapter.READY)
    at = {"prize_id": story.prize_id}
    name = "Community shortlisting and interviews"
    second = do(add_stage, story.designer, name=name, **at)
    moments = ("opens_at", "closes_at", "judging_closes_at", "decision_at")
    dates = {field: DECIDED + months * 30 * DAY for months, field in enumerate(moments, 1)}
    do(
        edit_stage,
        story.designer,
        stage_id=second,
        version=1,
        name=name,
        places=1,
        scorecards_per_entry=2,
        **dates,
        **at,
    )

    rows = rows_of(visit(story.designer, "overview"))

    assert rows[0] == ["", "First stage"]
    assert rows[4] == ["Community shortlisting", "and interviews"]
    assert [part for part, _ in rows[1:4]] == [part for part, _ in rows[5:]] == PARTS
    assert max(len(line) for row in rows for line in row) <= 22
