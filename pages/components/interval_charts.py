"""Charts of what is not known exactly: estimates with their intervals, and how sure more scores would make us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

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

Kind = Literal["main", "undecided", "below", "stopped"]

SHAPES: Final[Mapping[Kind, str]] = MappingProxyType(
    {"main": "circle", "undecided": "diamond", "below": "circle", "stopped": "cross"}
)
RIGHT: Final = 78
"""Pixels at the right edge, in which each row's words stand."""

LETTER: Final = 7
"""Pixels across that a letter of the band's name needs at most."""
STUDY_HEIGHT: Final = 200
TICK_ROOM: Final = 0.04


@dataclass(frozen=True, slots=True)
class Interval:
    """A row of a chart: its name, an estimate with its interval, words at the right edge, and a tick elsewhere."""

    name: str
    value: float
    low: float
    high: float
    words: str
    kind: Kind = "main"
    tick: float | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A line over whole numbers from 1, with its name at its end."""

    name: str
    values: tuple[float, ...]


def intervals(
    rows: Sequence[Interval], *, head: str = "", band: str = "", scale: tuple[float, ...] = ()
) -> alt.LayerChart:
    """Each row's interval as a rule with its estimate as a mark whose shape says its kind.

    ``head`` stands over the words at the right edge, ``band`` once on the band of the undecided rows, where it meets no
    interval; on a narrow screen it may have no room, so words beside the chart name the band too. ``scale`` are the
    axis's figures, from its first to its last; without them it shows the rows' range.
    """
    if not rows:
        raise ValueError("A chart of intervals needs at least one row.")
    colours = theme()
    names = [row.name for row in rows]
    low, high, ticks = _range(rows, scale)
    axis = alt.Axis(orient="top", values=ticks, format=format_of(ticks), labelBound=bool(head))
    shown = alt.Scale(domain=[low, high], nice=False, zero=False)
    x = alt.X("value:Q", title=None, scale=shown, axis=axis)
    y = alt.Y(
        "name:N",
        title=None,
        sort=None,
        scale=alt.Scale(domain=names, paddingInner=0, paddingOuter=0),
        axis=alt.Axis(labelColor=colours.text, labelLimit=160),
    )
    colour = _by_kind(alt.Color, "kind:N", _colours(colours))
    estimates = alt.Chart(alt.Data(values=[_values(row) for row in rows]))
    rules = estimates.mark_rule(strokeWidth=2).encode(
        alt.X("low:Q", title=None, scale=shown, axis=axis), alt.X2("high:Q"), y, colour
    )
    marks = estimates.mark_point(filled=True, size=60, opacity=1).encode(
        x, y, colour, _by_kind(alt.Shape, "kind:N", SHAPES)
    )
    elsewhere = [{"name": row.name, "value": row.tick} for row in rows if row.tick is not None]
    black = alt.Chart(alt.Data(values=elsewhere)).mark_tick(
        color=colours.text, thickness=1.5, size=12, opacity=1, orient="vertical"
    )
    words = estimates.mark_text(align="right", fontSize=SMALL, color=colours.text, dx=RIGHT).encode(
        alt.Text("words:N"), y, x=alt.value("width")
    )
    layers = [
        *_band(rows, band, y, colours),
        rules,
        marks,
        *([black.encode(x, y)] if elsewhere else []),
        words,
        *_head(head, colours),
    ]
    chart = alt.layer(*layers).properties(
        height=ROW * len(rows), padding={"left": 0, "right": 0, "top": 0, "bottom": 4}
    )
    return configured(chart, colours, grid="x")


def growth(curves: Sequence[Curve], now: float | None, now_words: str = "now") -> alt.LayerChart:
    """How shares grow with whole numbers from 1, each curve named at its end, and where things stand now."""
    if not curves or any(len(curve.values) < 2 for curve in curves):
        raise ValueError("A curve needs at least two values.")
    colours = theme()
    most = max(len(curve.values) for curve in curves)
    x = alt.X(
        "number:Q",
        title=None,
        scale=alt.Scale(domain=[1, most], nice=False, zero=False),
        axis=alt.Axis(values=whole_ticks(1, most), format="d", labelOverlap=False),
    )
    y = alt.Y(
        "share:Q",
        title=None,
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=alt.Axis(values=[0, 0.5, 1], labelExpr="100 * datum.value + '\u00a0%'"),
    )
    layers: list[alt.Chart] = []
    if now is not None and 1 <= now <= most:
        late = now > 0.8 * most
        at = alt.Chart(alt.Data(values=[{"number": now}])).encode(x)
        layers.append(at.mark_rule(color=colours.mark, strokeWidth=2))
        layers.append(
            at.mark_text(
                text=now_words,
                align="right" if late else "left",
                dx=-6 if late else 6,
                color=colours.mark_text,
                fontSize=SMALL,
                fontWeight=600,
                baseline="bottom",
            ).encode(y=alt.value(STUDY_HEIGHT - 4))
        )
    ends = [curve.values[-1] for curve in curves]
    for curve, colour in zip(curves, (colours.main, colours.below), strict=False):
        points = [{"number": at, "share": share} for at, share in enumerate(curve.values, start=1)]
        line = alt.Chart(alt.Data(values=points)).encode(x, y)
        layers.append(line.mark_line(color=colour, strokeWidth=2))
        layers.append(line.mark_point(color=colour, filled=True, size=mark_size(most), opacity=1))
        layers.append(
            alt.Chart(alt.Data(values=points[-1:]))
            .mark_text(
                text=curve.name,
                align="left",
                dx=8,
                dy=_apart(curve.values[-1], ends),
                fontSize=SMALL,
                color=colours.text,
            )
            .encode(x, y)
        )
    chart = alt.layer(*layers).properties(height=STUDY_HEIGHT, padding={"left": 0, "right": 0, "top": 8, "bottom": 0})
    return configured(chart, colours, grid="y")


def _apart(end: float, ends: Sequence[float]) -> float:
    """How far a curve's name moves up or down, so that the names of curves that end close together can be read."""
    close = [other for other in ends if abs(other - end) * STUDY_HEIGHT < 2 * SMALL]
    return 0.0 if len(close) < 2 else (-0.6 if end == max(close) else 0.6) * SMALL


def _values(row: Interval) -> dict[str, Any]:
    return {
        "name": row.name,
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "words": row.words,
        "kind": row.kind,
    }


def _range(rows: Sequence[Interval], scale: tuple[float, ...]) -> tuple[float, float, list[float]]:
    """From the lowest to the highest that is drawn, with a little room, and the round figures between."""
    drawn = [value for row in rows for value in (row.low, row.value, row.high, row.tick) if value is not None]
    low, high = min(drawn), max(drawn)
    if scale:
        return min(low, scale[0]), max(high, scale[-1]), list(scale)
    room = (high - low) * TICK_ROOM or 0.5
    low, high = low - room, high + room
    return low, high, [tick for tick in ticks_between(low, high) if low <= tick <= high]


def _colours(colours: Palette) -> Mapping[Kind, str]:
    return {"main": colours.main, "undecided": colours.mark, "below": colours.below, "stopped": colours.red}


def _by_kind(channel: Any, field: str, values: Mapping[Kind, str]) -> Any:
    return channel(field, legend=None, scale=alt.Scale(domain=list(values), range=list(values.values())))


def _band(rows: Sequence[Interval], name: str, y: alt.Y, colours: Palette) -> list[alt.Chart]:
    undecided = [row for row in rows if row.kind == "undecided"]
    if not name or not undecided:
        return []
    across = alt.Chart(alt.Data(values=[{"name": row.name} for row in undecided]))
    bars = across.mark_bar(color=colours.band, height={"band": 1}).encode(
        y, x=alt.value(0), x2=alt.value(alt.expr(f"width + {RIGHT}"))
    )
    first = undecided[0]
    begins = min(first.low, first.low if first.tick is None else first.tick)
    needs = LETTER * len(name) + 16
    label = (
        alt.Chart(alt.Data(values=[{"name": first.name}]))
        .mark_text(
            text=name,
            align="left",
            dx=6,
            fontSize=SMALL,
            fontWeight=600,
            color=colours.mark_text,
            opacity=alt.expr(f"scale('x', {begins}) < {needs} ? 0 : 1"),
        )
        .encode(y, x=alt.value(0))
    )
    return [bars, label]


def _head(words: str, colours: Palette) -> list[alt.Chart]:
    if not words:
        return []
    return [
        alt.Chart(alt.Data(values=[{}]))
        .mark_text(text=words, align="right", dx=RIGHT, fontSize=SMALL, color=colours.quiet, baseline="bottom")
        .encode(x=alt.value("width"), y=alt.value(-8))
    ]
