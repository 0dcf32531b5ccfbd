"""The dates of several stages as bars: each under its stage's name, whatever that is."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from streamlit.testing.v1 import AppTest

from pages.components.charts import StageSpan, stages_timeline
from prize.stages import add_stage, edit_stage
from tests.databases import Given
from tests.pages.visiting import visit
from tests.stories import DAY, DECIDED, Chapter, told
from tests.world import do

PARTS = ["Entries open", "Judging", "Panel and checks"]


def rows_of(page: AppTest) -> list[list[str]]:
    """The lines of each row's label, in the order of the chart; no two rows are one."""
    [chart] = page.get("vega_lite_chart")
    return rows_in(json.loads(chart.proto.spec))


def bars_in(spec: dict[str, Any]) -> dict[str, Any]:
    bars: dict[str, Any] = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "bar")
    return bars


def rows_in(spec: dict[str, Any]) -> list[list[str]]:
    bars = bars_in(spec)
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


def test_a_part_of_one_day_is_a_bar_as_long_as_the_day() -> None:
    day = date(2026, 11, 28)

    spec = stages_timeline([StageSpan("Interviews", day, day)], day).to_dict()

    assert rows_in(spec) == [["Interviews", "28 Nov"]]
    [bar] = bars_in(spec)["data"]["values"]
    assert (bar["opens"], bar["closes"]) == ("2026-11-28", "2026-11-29")


def test_dates_name_a_year_wherever_it_changes_and_nowhere_else() -> None:
    days = [date(2026, 9, 3), date(2028, 4, 25), date(2028, 6, 1), date(2029, 1, 5)]
    spans = [StageSpan(name, *pair) for name, *pair in zip("ABC", days, days[1:], strict=False)]
    later = StageSpan("D", date(2031, 12, 1), date(2032, 1, 31))

    rows = rows_in(stages_timeline([*spans, later]).to_dict())

    assert [dates for _, dates in rows] == [
        "3 Sep 2026 – 25 Apr 2028",
        "25 Apr – 1 Jun",
        "1 Jun – 5 Jan 2029",
        "1 Dec 2031 – 31 Jan 2032",
    ]


def test_twelve_stages_have_forty_eight_rows_of_the_same_height_and_few_months() -> None:
    begins = [date(2026 + at // 6, 1 + 2 * (at % 6), 1) for at in range(12)]
    spans = [
        StageSpan(part, begin.replace(day=first), begin.replace(day=first + 8), f"Stage {at}")
        for at, begin in enumerate(begins, 1)
        for first, part in zip((1, 10, 20), PARTS, strict=True)
    ]

    spec = stages_timeline(spans).to_dict()

    assert len(rows_in(spec)) == 48
    assert spec["height"] / 48 == stages_timeline(spans[:3]).to_dict()["height"] / 4
    assert len(bars_in(spec)["encoding"]["x"]["axis"]["values"]) <= 7
