"""A chart of what panels of several sizes find, with what each size costs under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import altair as alt

from pages.components.charts import SMALL, Palette, configured, theme
from pages.components.words import nbsp_percent

HEIGHT: Final = 240
LINE: Final = 18
"""Pixels from a row of words to the next."""

FIRST_ROW: Final = 20
DASHES: Final = ([1, 0], [7, 4], [2, 3], [9, 3, 2, 3], [12, 5], [4, 2])
"""One for each line, which is named at its end as well."""


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A share for each number of scorecards; ``quiet`` for what stands beside the line that counts."""

    name: str
    shares: tuple[tuple[int, float], ...]
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """What a number of scorecards for each entry comes to."""

    per_entry: int
    scorecards: int
    hours: float


def found_chart(lines: Sequence[FoundLine], costs: Sequence[Cost]) -> alt.LayerChart:
    """Shares by scorecards for each entry, each line named at its end; under each number what it costs.

    Where there are two lines at most, their points say their values.
    """
    if not costs or not any(line.shares for line in lines):
        raise ValueError("A chart of what panels find needs at least one size.")
    colours = theme()
    sizes = [str(cost.per_entry) for cost in costs]
    x = alt.X("size:N", title=None, sort=None, scale=alt.Scale(domain=sizes, padding=0.4), axis=alt.Axis(labels=False))
    y = alt.Y(
        "share:Q",
        title=None,
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], labelExpr="round(100 * datum.value) + '\u00a0%'"),
    )
    layers: list[alt.Chart] = []
    drawn = [line for line in lines if line.shares]
    ends = [line.shares[-1][1] for line in drawn]
    for line, dash, shift in zip(drawn, DASHES, _spread(ends), strict=False):
        base = alt.Chart(alt.Data(values=_points(line))).encode(x, y)
        colour = colours.below if line.quiet else colours.main
        layers.append(base.mark_line(color=colour, strokeWidth=2, strokeDash=list(dash)))
        layers.append(base.mark_point(filled=True, size=60, opacity=1, color=colour))
        words = colours.quiet if line.quiet else colours.main
        if len(drawn) <= 2:
            layers += _named_across(line, base, x, y, words, above=line.shares[-1][1] == max(ends))
        else:
            layers.append(_named_at_end(line, x, y, words, shift))
    layers += _costs(costs, x, colours)
    right = 8 * max(len(line.name) for line in drawn) if len(drawn) > 2 else 0
    chart = alt.layer(*layers).properties(
        height=HEIGHT, padding={"left": 0, "right": right, "top": 2 * LINE, "bottom": 4}
    )
    return configured(chart, colours, grid="y")


def _points(line: FoundLine) -> list[dict[str, Any]]:
    return [
        {"size": str(size), "share": share, "words": nbsp_percent(f"{100 * share:.0f} %")}
        for size, share in line.shares
    ]


def _named_across(line: FoundLine, base: alt.Chart, x: alt.X, y: alt.Y, colour: str, *, above: bool) -> list[alt.Chart]:
    """The value at each point, and the line's name.

    Shares rise, so the name of the upper line has room over its last value and that of the lower under its first.
    """
    way = -1 if above else 1
    baseline: Literal["bottom", "top"] = "bottom" if above else "top"
    points = _points(line)
    name = alt.Chart(alt.Data(values=points[-1:] if above else points[:1])).encode(x, y)
    return [
        base.mark_text(dy=10 * way, baseline=baseline, fontSize=SMALL, color=colour).encode(alt.Text("words:N")),
        name.mark_text(
            text=line.name,
            align="right" if above else "left",
            dx=-16 * way,
            dy=(10 + LINE) * way,
            baseline=baseline,
            fontSize=SMALL,
            fontWeight=600,
            color=colour,
        ),
    ]


def _named_at_end(line: FoundLine, x: alt.X, y: alt.Y, colour: str, shift: float) -> alt.Chart:
    return (
        alt.Chart(alt.Data(values=_points(line)[-1:]))
        .mark_text(text=line.name, align="left", dx=12, dy=shift, fontSize=SMALL, fontWeight=600, color=colour)
        .encode(x, y)
    )


def _spread(ends: Sequence[float]) -> list[float]:
    """By how many pixels each name moves down, so that names of lines that end close together stay apart."""
    order = sorted(range(len(ends)), key=lambda at: -ends[at])
    shifts = [0.0] * len(ends)
    lowest = float("-inf")
    for at in order:
        wanted = (1 - ends[at]) * HEIGHT
        lowest = max(wanted, lowest + LINE - 2)
        shifts[at] = lowest - wanted
    return shifts


def _costs(costs: Sequence[Cost], x: alt.X, colours: Palette) -> list[alt.Chart]:
    rows: tuple[tuple[str, list[str], str], ...] = (
        ("each", [f"{cost.per_entry}" for cost in costs], colours.text),
        ("in all", [f"{cost.scorecards:,}" for cost in costs], colours.quiet),
        ("hours", [f"{cost.hours:,.0f}" for cost in costs], colours.quiet),
    )
    layers: list[alt.Chart] = []
    for number, (name, words, colour) in enumerate(rows):
        at: Any = alt.value(HEIGHT + FIRST_ROW + LINE * number)
        data = [{"size": str(cost.per_entry), "words": word} for cost, word in zip(costs, words, strict=True)]
        weight: Literal[400, 600] = 600 if number == 0 else 400
        layers.append(
            alt.Chart(alt.Data(values=data))
            .mark_text(fontSize=SMALL, color=colour, fontWeight=weight)
            .encode(x, alt.Text("words:N"), y=at)
        )
        layers.append(
            alt.Chart(alt.Data(values=[{}]))
            .mark_text(text=name, align="right", fontSize=SMALL, color=colours.quiet, dx=-8)
            .encode(x=alt.value(0), y=at)
        )
    return layers
