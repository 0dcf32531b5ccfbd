"""Charts in Laurel's colours, each with words for who cannot see it and a table of its numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from textwrap import wrap
from typing import Any, Final, Literal

import altair as alt
import streamlit as st

from pages.components import layout, placing
from pages.components.words import nbsp_percent


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme's charts."""

    main: str
    below: str
    red: str
    mark: str
    mark_text: str
    band: str
    text: str
    quiet: str
    grid: str
    ground: str


LIGHT: Final = Palette(
    "#0f5468", "#84939b", "#b3261e", "#b86a00", "#8f4f00", "#fdf3e1", "#0b1419", "#4b5a62", "#e3e9eb", "#ffffff"
)
DARK: Final = Palette(
    "#7ccadb", "#7f9099", "#f0867d", "#eaa14e", "#f2b46c", "#262017", "#e5ebed", "#aebbc1", "#2a363d", "#11181c"
)


def theme() -> Palette:
    """The palette of the theme that this person's browser shows."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def show(chart: alt.LayerChart, alt: str, table: tuple[Sequence[str], Sequence[Sequence[str]]] | None = None) -> None:
    """Draw a chart; ``alt`` says its finding, ``table`` (headers and rows) holds its numbers."""
    st.altair_chart(chart, theme=None, width="stretch", alt=alt)
    if table:
        headers, rows = table
        with st.expander("The numbers"):
            layout.table(headers, rows, numbers=range(1, len(headers)))


@dataclass(frozen=True, slots=True)
class Measured:
    """One value of an indicator on one day."""

    on: date
    value: float


@dataclass(frozen=True, slots=True)
class Target:
    """Where an indicator should be by when, with the words for the rate that this needs."""

    on: date
    value: float
    unit: str = ""
    needed: str = ""
    achieved: str = ""


@dataclass(frozen=True, slots=True)
class FundPart:
    """One part of a fund: its name, its share of the money, and the amount in words."""

    label: str
    share: float
    words: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class StageSpan:
    """The first and the last day of one part of a stage; ``stage`` is its name where there are several."""

    name: str
    opens: date
    closes: date
    stage: str = ""


@dataclass(frozen=True, slots=True)
class EntryTotals:
    """The total that each judge gave an entry, and its weighted mean."""

    code: str
    totals: tuple[float, ...]
    mean: float


SMALL: Final = 13
ROW: Final = 23
_STAGE_ROW: Final = 40
_STAGE: Final = "s"
"""Begins the label of a row that has the name of a stage and no bar. A label's first line is not shown, and its own."""
_TARGET_HEIGHT: Final = 260
_FEW: Final = 12
"""Up to so many measurements are drawn as points on a line; more are a line on which each is a small mark."""
_STEPS: Final = (1, 2, 5, 10, 20, 50, 100)
_MOST_YEARS: Final = 8
"""Years between two ticks of an axis of years, and how many ticks it has at most."""
_CLOSE: Final = 0.05
"""Of the axis: what was measured nearer to the last measurement has no label beside the last one's."""
_DAY: Final = timedelta(days=1)


def target_chart(measurements: Sequence[Measured], target: Target) -> alt.LayerChart:
    """What was measured as a solid line, and what is needed as a dashed one to a hollow target."""
    if not measurements:
        raise ValueError("A target's chart needs at least one measurement.")
    colours = theme()
    known = sorted(measurements, key=lambda measured: measured.on)
    last = known[-1]
    percent = target.unit.strip() in {"%", "per cent"}
    low, high, ticks = _scale([*(measured.value for measured in known), target.value], 100 if percent else math.inf)
    first_day, last_day = known[0].on, max(target.on, last.on)
    margin = max((last_day - first_day) * 0.06, 20 * _DAY)
    x = alt.X(
        "on:T",
        title=None,
        scale=alt.Scale(
            type="utc", domain=[(first_day - margin).isoformat(), (last_day + margin).isoformat()], nice=False
        ),
        axis=_time_axis(known, target),
    )
    top = ticks[-1]
    y = alt.Y(
        "value:Q",
        title=None,
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=alt.Axis(
            values=ticks,
            format=format_of(ticks),
            labelExpr=f"datum.label + (datum.value == {top} ? '\u00a0%' : '')" if percent else alt.Undefined,
        ),
    )

    line = alt.Chart(_points(known)).encode(x, y)
    few = len(known) <= _FEW
    solid = line.mark_line(color=colours.main, strokeWidth=3 if few else 2, strokeJoin="round")
    dots = line.mark_point(color=colours.main, filled=True, opacity=1, size=80 if few else 20).encode(
        tooltip=[alt.Tooltip("on:T", title="Day", format="%-d %B %Y"), alt.Tooltip("value:Q", title="Value")]
    )
    ahead = alt.Chart(_points([last, Measured(target.on, target.value)])).encode(x, y)
    dashed = ahead.mark_line(color=colours.mark, strokeWidth=2, strokeDash=[6, 5])
    aim = (
        alt.Chart(_points([Measured(target.on, target.value)]))
        .encode(x, y)
        .mark_point(shape="diamond", size=130, stroke=colours.mark, fill=colours.ground, strokeWidth=2, opacity=1)
    )
    labels = [
        alt.Chart(_points([label.at]))
        .encode(x, y)
        .mark_text(
            text=label.text,
            align=place.align,
            dx=place.dx,
            dy=place.dy,
            color=label.colour,
            fontSize=SMALL,
            fontWeight=label.weight,
        )
        for label, place in _target_labels(known, target, (low, high), margin, colours)
    ]
    layers = [solid, dashed, dots, aim, *labels] if last.on < target.on else [solid, dots, aim, *labels]
    return configured(alt.layer(*layers).properties(height=_TARGET_HEIGHT), colours, grid="y")


def stages_timeline(rows: Sequence[StageSpan], today: date | None = None) -> alt.LayerChart:
    """Each part of a stage as a bar on a common axis of months, under its stage's name, and where today is."""
    if not rows:
        raise ValueError("A timeline needs at least one stage.")
    colours = theme()
    begin, end = min(row.opens for row in rows), max(row.closes for row in rows)
    near = max((end - begin) / 4, 30 * _DAY)
    shown_today = today if today and begin - near <= today <= end + near else None
    first = min(begin, shown_today or begin).replace(day=1)
    last = _month_after(max(end, shown_today or end))
    months = _month_ticks(first, last)
    scale = alt.Scale(type="utc", domain=[first.isoformat(), last.isoformat()], nice=False)
    axis = alt.Axis(
        orient="top",
        values=[month.isoformat() for month in months],
        format="%b %Y",
        labelOverlap="greedy",
        labelSeparation=8,
        labelFlush=False,
        labelBound=False,
    )
    labels: list[str] = []
    bars_of: list[dict[str, str]] = []
    for row, previous in zip(rows, [None, *rows], strict=False):
        if row.stage and (previous is None or previous.stage != row.stage):
            name = "\n".join(wrap(row.stage, 22, max_lines=2, placeholder="…"))
            labels.append(f"{_STAGE}{len(labels)}\n{name}" if "\n" in name else f"{_STAGE}{len(labels)}\n\n{name}")
        labels.append(f"{len(labels)}\n{row.name}\n{_span(row, previous)}")
        day_after = row.closes + _DAY
        bars_of.append({"stage": labels[-1], "opens": row.opens.isoformat(), "closes": day_after.isoformat()})
    data = alt.Data(values=bars_of)
    bars = (
        alt.Chart(data)
        .mark_bar(color=colours.main, height=12, cornerRadius=2, stroke=colours.main, strokeWidth=1)
        .encode(
            alt.X("opens:T", title=None, scale=scale, axis=axis),
            alt.X2("closes:T"),
            alt.Y(
                "stage:N",
                title=None,
                sort=None,
                scale=alt.Scale(domain=labels, paddingInner=0, paddingOuter=0),
                axis=alt.Axis(
                    labelExpr="slice(split(datum.label, '\\n'), 1)",
                    labelColor=colours.text,
                    labelFontWeight=alt.condition(f"datum.value[0] == '{_STAGE}'", alt.value(600), alt.value(400)),
                    labelLimit=160,
                    labelPadding=18,
                ),
            ),
        )
    )
    layers: list[alt.Chart] = [bars]
    height = _STAGE_ROW * len(labels)
    if shown_today:
        now = alt.Chart(alt.Data(values=[{"opens": shown_today.isoformat()}])).encode(
            alt.X("opens:T", title=None, scale=scale, axis=axis)
        )
        late = (shown_today - first) > (last - first) * 0.85
        layers.append(now.mark_rule(color=colours.mark, strokeWidth=2))
        layers.append(
            now.mark_text(
                text="Today",
                align="right" if late else "left",
                dx=-6 if late else 6,
                color=colours.mark_text,
                fontSize=SMALL,
                fontWeight=600,
                baseline="bottom",
            ).encode(y=alt.value(height + 16))
        )
        layers.reverse()
        layers = [*layers[1:], layers[0]]
    chart = alt.layer(*layers).properties(height=height, padding={"left": 0, "right": 22, "top": 0, "bottom": 20})
    return configured(chart, colours, grid="x")


def dot_spread(rows: Sequence[EntryTotals], scale: tuple[float, float] | None = None) -> alt.LayerChart:
    """Each judge's total for an entry as a small mark, and the weighted mean as a tick."""
    if not rows:
        raise ValueError("A spread of totals needs at least one entry.")
    colours = theme()
    values = [value for row in rows for value in (*row.totals, row.mean)]
    low, high, ticks = _scale(values) if scale is None else (*scale, ticks_between(*scale))
    codes = [row.code for row in rows]
    x = alt.X(
        "total:Q",
        title=None,
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=alt.Axis(orient="top", values=ticks, format=format_of(ticks)),
    )
    y = alt.Y("code:N", title=None, sort=None, scale=alt.Scale(domain=codes), axis=alt.Axis(labelColor=colours.text))
    totals = [{"code": row.code, "total": total} for row in rows for total in row.totals]
    means = [{"code": row.code, "total": row.mean} for row in rows]
    reach = [{"code": row.code, "total": min(row.totals), "to": max(row.totals)} for row in rows if row.totals]
    between = (
        alt.Chart(alt.Data(values=reach)).mark_rule(color=colours.grid, strokeWidth=2).encode(x, y, alt.X2("to:Q"))
    )
    dots = (
        alt.Chart(alt.Data(values=totals))
        .mark_point(filled=True, size=45, color=colours.main, opacity=0.75, stroke=colours.ground, strokeWidth=0.5)
        .encode(x, y)
    )
    ticks_of_means = (
        alt.Chart(alt.Data(values=means))
        .mark_tick(color=colours.text, thickness=2, size=13, opacity=1, orient="vertical")
        .encode(x, y)
    )
    chart = alt.layer(between, dots, ticks_of_means).properties(height=ROW * len(rows))
    return configured(chart, colours, grid="x")


def fund_bar(parts: Sequence[FundPart], alt: str) -> None:
    """The fund divided: a bar of what is money, and every part in words below it."""
    total = sum(part.share for part in parts)
    if total <= 0 or any(part.share < 0 for part in parts):
        raise ValueError("The shares of a fund are not negative and their sum is above zero.")
    pieces = "".join(
        f'<span class="laurel-share-{min(at, 4)}" style="flex:{part.share / total:.4f}">'
        f"{escape(nbsp_percent(part.short or part.label)) if part.share / total >= 0.2 else ''}</span>"
        for at, part in enumerate(part for part in parts if part.share)
    )
    st.html(f'<div class="laurel-fund" role="img" aria-label="{escape(alt)}">{pieces}</div>')
    layout.facts_table([(part.label, part.words) for part in parts], caption="How the fund is divided")


@dataclass(frozen=True, slots=True)
class _Label:
    at: Measured
    text: str
    colour: str
    weight: Literal[400, 600]
    above: bool


def _target_labels(
    known: Sequence[Measured], target: Target, domain: tuple[float, float], margin: timedelta, colours: Palette
) -> list[tuple[_Label, placing.Place]]:
    last, aim = known[-1], Measured(target.on, target.value)
    ahead = last.on < aim.on
    rising = target.value >= last.value
    middle = Measured(last.on + (aim.on - last.on) / 2, (last.value + aim.value) / 2)
    labels = [_Label(aim, f"Target {_figure(target.value)}", colours.mark_text, 600, rising)]
    begin, end = known[0].on - margin, max(aim.on, last.on) + margin
    own = known if len(known) <= 3 else (known[0], last) if len(known) <= _FEW else (last,)
    labels += [
        _Label(measured, _figure(measured.value), colours.text, 400, not rising)
        for measured in own
        if measured is last or last.on - measured.on > (end - begin) * _CLOSE
    ]
    if target.needed and ahead:
        labels.append(_Label(middle, target.needed, colours.mark_text, 600, not rising))
    if target.achieved and len(known) <= _FEW:
        labels.append(_Label(last, target.achieved, colours.main, 600, not rising))

    low, high = domain

    def point(at: Measured) -> placing.Point:
        return placing.Point((at.on - begin) / (end - begin), (high - at.value) / (high - low) * _TARGET_HEIGHT)

    wanted = [placing.Wanted(label.text, point(label.at), label.above) for label in labels]
    path = [point(each) for each in ([*known, aim] if ahead else known)]
    return list(zip(labels, placing.place(wanted, path, [point(last), point(aim)], _TARGET_HEIGHT), strict=True))


def _points(measurements: Sequence[Measured]) -> alt.Data:
    return alt.Data(values=[{"on": each.on.isoformat(), "value": each.value} for each in measurements])


def _time_axis(known: Sequence[Measured], target: Target) -> alt.Axis:
    """Years, each on the day on which all is measured where that is one day of the year; months of a short time."""
    days = sorted({*(measured.on for measured in known), target.on})
    yearly = len({(day.month, day.day) for day in days}) == 1
    if yearly or days[-1] - days[0] > 3 * 365 * _DAY:
        month, day = (days[0].month, min(days[0].day, 28 if days[0].month == 2 else 31)) if yearly else (1, 1)
        span = days[-1].year - days[0].year
        step = next(step for step in _STEPS if span // step < _MOST_YEARS)
        years = range(-(-days[0].year // step) * step, days[-1].year + 1, step)
        ticks = [tick for year in years if (tick := date(year, month, day)) >= days[0] - _DAY]
        return alt.Axis(values=[tick.isoformat() for tick in ticks], format="%Y", labelOverlap="parity")
    return alt.Axis(tickCount=5, format="%b %Y", labelOverlap="greedy", labelSeparation=8, labelBound=True)


def _scale(values: Sequence[float], limit: float = math.inf) -> tuple[float, float, list[float]]:
    """A range that begins on a round figure and has room for labels, and the ticks in it."""
    low, high = min(values), max(values)
    if low == high:
        low, high = low - (abs(low) or 1) / 10, high + (abs(high) or 1) / 10
    room = (high - low) * 0.12
    ticks = ticks_between(low if 0 <= low < room else low - room, min(high + room, max(limit, high)))
    top = ticks[-1]
    if top - high > 2 * room:
        ticks = ticks[:-1]
        top = max(high + room, ticks[-1])
    return ticks[0], top, ticks


def ticks_between(low: float, high: float) -> list[float]:
    """Round figures in even steps, from the last up to ``low`` to the first from ``high`` on."""
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(number * step, 10) for number in range(first, last + 1)]


def mark_size(count: int) -> int:
    """Of the marks on a line two pixels wide, which are smaller where there are many."""
    return 40 if count <= _FEW else 20


def whole_ticks(first: int, last: int) -> list[int]:
    """Every whole number of a short range; of a long one the first and the round ones."""
    if last - first <= 10:
        return list(range(first, last + 1))
    return [first, *(int(tick) for tick in ticks_between(first, last) if first < tick <= last)]


def format_of(ticks: Sequence[float]) -> str:
    """The format in which all have the decimal places that the finest of them needs: 2.5 is never written as 3."""
    places = max(len(f"{tick:.9f}".rstrip("0").partition(".")[2]) for tick in ticks)
    return f",.{places}f"


def _figure(value: float) -> str:
    """Four significant figures, and never fewer than the whole number has."""
    places = max(0, 3 - math.floor(math.log10(abs(value)))) if value else 0
    text = f"{value:,.{places}f}".replace("-", "−")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _month_ticks(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 240) if count / step <= 6 or step == 240)
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month, step)
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _span(row: StageSpan, previous: StageSpan | None) -> str:
    """``12 – 22 Mar``, the month or the year only where it changes, and one day alone."""
    opens, closes = row.opens, row.closes
    known = previous.closes.year if previous else opens.year
    last = f"{closes.day} {closes:%b}{f' {closes.year}' if closes.year != known else ''}"
    if opens == closes:
        return last
    first = str(opens.day)
    if (opens.month, opens.year) != (closes.month, closes.year):
        first += f" {opens:%b}"
    if opens.year != closes.year and (previous is None or opens.year != known):
        first += f" {opens.year}"
    return f"{first} – {last}"


def configured(chart: Any, colours: Palette, grid: str) -> alt.LayerChart:
    """No lines but the value's grid; quiet labels; as wide as its column."""
    plain: dict[str, Any] = {"domain": False, "ticks": False, "labelColor": colours.quiet, "labelFontSize": SMALL}
    lines = {"grid": True, "gridColor": colours.grid}
    configured: alt.LayerChart = (
        chart.properties(background="transparent", autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
        .configure(font="Source Sans, sans-serif")
        .configure_view(stroke=None)
        .configure_axisX(**plain, **(lines if grid == "x" else {"grid": False}), labelPadding=8)
        .configure_axisY(**plain, **(lines if grid == "y" else {"grid": False}), labelPadding=8)
    )
    return configured
