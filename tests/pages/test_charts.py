"""Charts look right with two measurements, entries or scorecards, and with fifty."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from mission.missions import record_measurement
from pages.components.charts import EntryTotals, Measured, Target, dot_spread, target_chart
from pages.components.interval_charts import Curve, Interval, growth, intervals
from pages.components.judging_charts import falling
from pages.components.place_chart import place_chart
from tests.databases import Given
from tests.pages.visiting import tables, visit
from tests.stories import Chapter, Story, told
from tests.world import do

DUE = date(2030, 12, 31)
TWO = [Measured(date(2023, 12, 31), 68.3), Measured(date(2024, 12, 31), 73.8)]
FIFTY = [Measured(date(2014, 1, 10) + timedelta(days=70 * at), 20 + at + at % 3) for at in range(50)]


def drawn(known: list[Measured], aim: float = 95, due: date = DUE, unit: str = "%") -> dict[str, Any]:
    target = Target(due, aim, unit, "Needed: 3.5 points a year", "Achieved: 5.5 points a year")
    spec: dict[str, Any] = target_chart(known, target).to_dict()
    return spec


def marks(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [layer for layer in spec["layer"] if layer["mark"]["type"] == kind]


def labels(spec: dict[str, Any]) -> list[str]:
    return [layer["mark"]["text"] for layer in marks(spec, "text")]


def axis(spec: dict[str, Any], channel: str) -> dict[str, Any]:
    shown: dict[str, Any] = marks(spec, "line")[0]["encoding"][channel]
    return shown


def years_of(spec: dict[str, Any]) -> list[str]:
    return [day[:4] for day in axis(spec, "x")["axis"]["values"]]


def width_of(mark: dict[str, Any]) -> float:
    """The pixels across a round mark, whose size is its area as that of a square."""
    return float(mark["size"]) ** 0.5


def test_two_measurements_are_two_points_with_their_values_and_both_rates() -> None:
    spec = drawn(TWO)

    assert labels(spec) == [
        "Target 95",
        "68.3",
        "73.8",
        "Needed: 3.5 points a year",
        "Achieved: 5.5 points a year",
    ]
    assert years_of(spec) == [str(year) for year in range(2023, 2031)]


def test_fifty_measurements_are_a_thin_line_with_small_marks_and_the_last_value() -> None:
    few, many = drawn(TWO), drawn(FIFTY)

    solid, dots = marks(many, "line")[0]["mark"], marks(many, "point")[0]["mark"]
    assert labels(many) == ["Target 95", "70", "Needed: 3.5 points a year"]
    assert solid["strokeWidth"] < marks(few, "line")[0]["mark"]["strokeWidth"]
    assert solid["strokeWidth"] < width_of(dots) < width_of(marks(few, "point")[0]["mark"])
    assert years_of(many) == ["2015", "2020", "2025", "2030"]


@pytest.mark.parametrize(
    ("first", "due", "years"),
    [
        (2023, 2026, ["2023", "2024", "2025", "2026"]),
        (2010, 2030, ["2010", "2015", "2020", "2025", "2030"]),
        (1971, 2050, ["1980", "1990", "2000", "2010", "2020", "2030", "2040", "2050"]),
        (1800, 2200, ["1800", "1900", "2000", "2100", "2200"]),
    ],
)
def test_the_years_on_the_axis_are_few_and_in_even_steps(first: int, due: int, years: list[str]) -> None:
    known = [Measured(date(first, 12, 31), 10), Measured(date(first + 1, 12, 31), 12)]

    assert years_of(drawn(known, due=date(due, 12, 31))) == years


@pytest.mark.parametrize("known", [TWO[:1], TWO, FIFTY, [*FIFTY[:30], Measured(date(2019, 11, 11), 290), *FIFTY[31:]]])
def test_all_that_was_measured_and_the_target_lie_within_the_axes(known: list[Measured]) -> None:
    spec = drawn(known)

    begins, ends = (date.fromisoformat(day) for day in axis(spec, "x")["scale"]["domain"])
    low, high = axis(spec, "y")["scale"]["domain"]
    assert begins < known[0].on
    assert max(DUE, known[-1].on) < ends
    assert low <= min(each.value for each in known)
    assert max(95, *(each.value for each in known)) <= high
    assert len(axis(spec, "y")["axis"]["values"]) <= 6


def test_of_two_measurements_of_one_week_the_last_has_its_value() -> None:
    spec = drawn([Measured(date(2026, 9, 1), 40), Measured(date(2026, 9, 5), 41)])

    assert labels(spec)[:2] == ["Target 95", "41"]
    assert "40" not in labels(spec)


def test_a_value_below_nought_has_the_minus_sign_that_the_axis_has() -> None:
    spec = drawn([Measured(date(2024, 1, 1), -5.125)], aim=-10, unit="points")

    assert labels(spec)[:2] == ["Target −10", "−5.125"]


def test_a_mark_says_its_day_and_its_value() -> None:
    tooltip = marks(drawn(FIFTY), "point")[0]["encoding"]["tooltip"]

    assert [part["title"] for part in tooltip] == ["Day", "Value"]


def measured(story: Story, values: list[Measured]) -> None:
    for each in values:
        do(
            record_measurement,
            story.owner,
            target_id=story.target_id,
            observed_on=each.on,
            value=Decimal(str(each.value)),
            source="River survey",
        )


def test_the_chart_of_fifty_measurements_has_words_and_every_number_beside_it(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    measured(story, [*FIFTY, Measured(FIFTY[10].on, 31.5)])

    page = visit(story.owner, "mission")

    [chart] = page.get("vega_lite_chart")
    points = next(layer for layer in json.loads(chart.proto.spec)["layer"] if layer["mark"]["type"] == "point")
    assert len(points["data"]["values"]) == 50
    assert "from 20\u00a0rivers on 10 January 2014 to 70\u00a0rivers on 2 June 2023" in chart.proto.alt
    assert len(re.findall("<td>River survey", tables(page))) == 50
    assert ">31.5</td><td>River survey (revision 2)</td>" in tables(page)


@pytest.mark.parametrize(
    ("scale", "places"), [((2.0, 3.0), 2), ((1.0, 5.0), 0), ((1.0, 11.0), 1), ((100.0, 5_000.0), 0)]
)
def test_a_tick_is_never_rounded_to_a_figure_that_stands_elsewhere(scale: tuple[float, float], places: int) -> None:
    spec = dot_spread([EntryTotals("RIVER-1", scale, scale[0])], scale).to_dict()

    shown = spec["layer"][0]["encoding"]["x"]["axis"]
    assert shown["format"] == f",.{places}f"
    assert all(round(tick, places) == tick for tick in shown["values"])


def test_whole_numbers_are_each_a_tick_while_there_are_few_and_round_ones_then() -> None:
    def numbers(most: int) -> list[int]:
        curve = Curve("Ranking", tuple(at / most for at in range(1, most + 1)))
        ticks: list[int] = marks(growth([curve], 1).to_dict(), "line")[0]["encoding"]["x"]["axis"]["values"]
        return ticks

    assert numbers(2) == [1, 2]
    assert numbers(11) == list(range(1, 12))
    assert numbers(20) == [1, 5, 10, 15, 20]
    assert numbers(50) == [1, 20, 40]


@pytest.mark.parametrize(
    ("entries", "ticks"), [(2, [1, 2]), (8, [1, 2, 3, 4, 5, 6, 7, 8]), (50, [1, 20, 40, 50]), (60, [1, 20, 40, 60])]
)
def test_the_places_on_the_axis_are_even_and_hold_the_first_and_the_last(entries: int, ticks: list[int]) -> None:
    spec = place_chart(entries, 1, (1, 2), 1).to_dict()

    assert spec["layer"][0]["encoding"]["x"]["axis"]["values"] == ticks


def test_marks_on_a_falling_line_are_smaller_where_there_are_many() -> None:
    def size(most: int) -> float:
        points = [(at, 10 / (at + 1)) for at in range(most + 1)]
        return width_of(marks(falling(points, points[1], "5 with 1").to_dict(), "point")[0]["mark"])

    assert 2 < size(50) < size(2)


def test_the_name_of_the_band_gives_way_to_the_first_interval_in_it() -> None:
    rows = [
        Interval("RIVER-1", 4.5, 4.2, 4.8, "over 99 %"),
        Interval("RIVER-2", 3.5, 3.2, 3.8, "60 %", "undecided", tick=3.1),
        Interval("RIVER-3", 3.0, 2.7, 3.3, "40 %", "undecided"),
    ]

    named = next(mark for mark in marks(intervals(rows, band="Undecided").to_dict(), "text") if "text" in mark["mark"])

    assert named["mark"]["text"] == "Undecided"
    assert named["mark"]["opacity"] == {"expr": "scale('x', 3.1) < 79 ? 0 : 1"}
