"""Charts of how judges score, and of what further scorecards would settle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import altair as alt

from pages.components.charts import (
    ROW,
    SMALL,
    Palette,
    configured,
    format_of,
    mark_size,
    theme,
    ticks_between,
    whole_ticks,
)

ROOM: Final = 0.06
"""Of the range, beyond the longest interval on both sides."""
FALL_HEIGHT: Final = 170


@dataclass(frozen=True, slots=True)
class Effect:
    """A row: whose it is, an estimate with its interval, and whether it is more than chance explains."""

    name: str
    value: float
    low: float
    high: float
    sure: bool


@dataclass(frozen=True, slots=True)
class Share:
    """What a part adds to the bar of a row, and what stands at the bar's end."""

    name: str
    part: str
    value: float
    words: str


def shares(rows: Sequence[Share], highest: float) -> alt.LayerChart:
    """A bar for each name, made of its parts in their order, with its words at the end."""
    if not rows:
        raise ValueError("A chart of shares needs at least one row.")
    colours = theme()
    names = list(dict.fromkeys(row.name for row in rows))
    ends = {name: sum(row.value for row in rows if row.name == name) for name in names}
    words = {row.name: row.words for row in rows}
    placed, begun = [], dict.fromkeys(names, 0.0)
    for row in rows:
        start = begun[row.name]
        begun[row.name] = start + row.value
        placed.append({"name": row.name, "part": row.part, "from": start, "to": begun[row.name]})
    shown = alt.Scale(domain=[0, highest * 1.1], nice=False)
    ticks = ticks_between(0, highest)
    axis = alt.Axis(values=ticks, format=format_of(ticks))
    y = alt.Y("name:N", title=None, sort=None, scale=alt.Scale(domain=names), axis=alt.Axis(labelColor=colours.text))
    bars = (
        alt.Chart(alt.Data(values=placed))
        .mark_bar(color=colours.main, stroke=colours.ground, strokeWidth=2, height=18)
        .encode(alt.X("from:Q", title=None, scale=shown, axis=axis), alt.X2("to:Q"), y)
    )
    said = (
        alt.Chart(alt.Data(values=[{"name": name, "to": ends[name], "words": words[name]} for name in names]))
        .mark_text(align="left", dx=6, color=colours.text, fontSize=SMALL, fontWeight=600)
        .encode(alt.X("to:Q", title=None, scale=shown, axis=axis), y, alt.Text("words:N"))
    )
    chart = alt.layer(bars, said).properties(
        height=2 * ROW * len(names), padding={"left": 0, "right": 8, "top": 4, "bottom": 4}
    )
    return configured(chart, colours, grid="x")


def effects(rows: Sequence[Effect], below: str, above: str) -> alt.LayerChart:
    """Each row's interval beside a line at nought, with the names of both directions above their sides.

    The mark is filled where chance does not explain the estimate. Nought stands in the middle.
    """
    if not rows:
        raise ValueError("A chart of effects needs at least one row.")
    colours = theme()
    reach = max(abs(end) for row in rows for end in (row.low, row.value, row.high)) * (1 + ROOM) or 1.0
    above_nought = [tick for tick in ticks_between(0, reach) if 0 < tick <= reach]
    ticks = [*(-tick for tick in reversed(above_nought)), 0, *above_nought]
    axis = alt.Axis(orient="top", values=ticks, labelExpr="format(abs(datum.value), '~r')")
    shown = alt.Scale(domain=[-reach, reach], nice=False, zero=False)
    x = alt.X("value:Q", title=None, scale=shown, axis=axis)
    y = alt.Y(
        "name:N",
        title=None,
        sort=None,
        scale=alt.Scale(domain=[row.name for row in rows], paddingInner=0, paddingOuter=0),
        axis=alt.Axis(labelColor=colours.text, labelLimit=150),
    )
    drawn = alt.Chart(
        alt.Data(
            values=[
                {"name": row.name, "value": row.value, "low": row.low, "high": row.high, "sure": row.sure}
                for row in rows
            ]
        )
    )
    nought = alt.Chart(alt.Data(values=[{"value": 0}])).mark_rule(color=colours.quiet, strokeWidth=1).encode(x)
    rules = drawn.mark_rule(strokeWidth=2, color=colours.main).encode(
        alt.X("low:Q", title=None, scale=shown, axis=axis), alt.X2("high:Q"), y
    )
    fill = alt.Fill("sure:N", legend=None, scale=alt.Scale(domain=[True, False], range=[colours.main, colours.ground]))
    marks = drawn.mark_point(size=60, opacity=1, stroke=colours.main, strokeWidth=2).encode(x, y, fill)
    layers = [nought, rules, marks, _side(below, colours, left=True), _side(above, colours, left=False)]
    chart = alt.layer(*layers).properties(
        height=ROW * len(rows), padding={"left": 0, "right": 8, "top": 4, "bottom": 4}
    )
    return configured(chart, colours, grid="x")


def falling(points: Sequence[tuple[int, float]], chosen: tuple[int, float], words: str) -> alt.LayerChart:
    """How a number falls with whole numbers from 0, and the one that is chosen, with its words."""
    if len(points) < 2:
        raise ValueError("A line needs at least two points.")
    colours = theme()
    most = points[-1][0]
    ticks = ticks_between(0, max(value for _, value in points))
    x = alt.X(
        "number:Q",
        title=None,
        scale=alt.Scale(domain=[0, most], nice=False),
        axis=alt.Axis(values=whole_ticks(0, most), format="d", labelOverlap=False),
    )
    y = alt.Y(
        "value:Q",
        title=None,
        scale=alt.Scale(domain=[0, ticks[-1]], nice=False),
        axis=alt.Axis(values=ticks, format=format_of(ticks)),
    )
    line = alt.Chart(alt.Data(values=[{"number": at, "value": value} for at, value in points])).encode(x, y)
    here = alt.Chart(alt.Data(values=[{"number": chosen[0], "value": chosen[1]}])).encode(x, y)
    near_end = chosen[0] > most / 2
    layers = [
        line.mark_line(color=colours.main, strokeWidth=2),
        line.mark_point(color=colours.main, filled=True, size=mark_size(len(points)), opacity=1),
        here.mark_point(shape="diamond", size=120, stroke=colours.mark, fill=colours.ground, strokeWidth=2, opacity=1),
        here.mark_text(
            text=words,
            align="right" if near_end else "left",
            dx=8 if near_end else 10,
            dy=-18 if near_end else -12,
            color=colours.mark_text,
            fontSize=SMALL,
            fontWeight=600,
        ),
    ]
    chart = alt.layer(*layers).properties(height=FALL_HEIGHT, padding={"left": 0, "right": 14, "top": 12, "bottom": 4})
    return configured(chart, colours, grid="y")


def _side(words: str, colours: Palette, *, left: bool) -> alt.Chart:
    text: alt.Chart = (
        alt.Chart(alt.Data(values=[{}]))
        .mark_text(
            text=words,
            align="left" if left else "right",
            fontSize=SMALL,
            fontWeight=600,
            color=colours.text,
            baseline="bottom",
        )
        .encode(x=alt.value(0) if left else alt.value("width"), y=alt.value(-26))
    )
    return text
