"""One target: its chart, its numbers, and whether it is on course."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

import streamlit as st

from mission.missions import MeasurementShown, TargetShown
from mission.models import Direction
from mission.rates import Stretch
from pages.components import badges, charts
from pages.components.badges import Badge
from pages.components.layout import columns_main_side, empty_list, heading, nbsp, stat, table
from pages.components.words import marked, plain
from storage.values import date_words, number_words

PERCENT: Final = ("%", "per cent")
BESIDE: Final = 11
"""Figures of more letters than this are cut when two stand beside each other."""
SMALL_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def draw_target(target: TargetShown) -> None:
    main, side = columns_main_side()
    with main:
        heading(target.indicator)
        source = f" Source: {target.source}." if target.source else ""
        unit = "Per cent" if target.unit in PERCENT else f"In {target.unit}"
        st.caption(marked("{}", f"{unit}.{source}".replace("..", ".")))
        if target.measurements:
            _chart(target)
        else:
            empty_list("No measurement yet", f"Target: {_aim(target)}. The chart begins with the first measurement.")
    with side:
        heading("On course?")
        _on_course(target)


def _chart(target: TargetShown) -> None:
    known, rates = target.measurements, target.rates
    needed = f"Needed: {_rate(rates.required, target)} a year" if rates.required else ""
    achieved = f"Achieved: {_rate(rates.latest, target)} a year" if rates.since else ""
    charts.show(
        charts.target_chart(
            [charts.Measured(row.observed_on, float(row.value)) for row in known],
            charts.Target(target.due_on, float(target.value), target.unit, needed, achieved),
        ),
        alt=f"{target.indicator}: {_finding(target)}",
    )
    with st.expander("The numbers"):
        rows = [
            (
                date_words(row.observed_on),
                number_words(row.value),
                row.source + (f" (revision {row.revision})" if row.revision > 1 else ""),
            )
            for row in known
        ]
        rows.append((date_words(target.due_on), f"{target.direction.value} {number_words(target.value)}", "Target"))
        table(("Day", _unit_words(target.unit), "Source"), rows, numbers={1}, caption=target.indicator)


def _on_course(target: TargetShown) -> None:
    rates = target.rates
    badges.show(_badge(rates.stretch))
    st.markdown(plain(nbsp(_explained(target))))
    figures = []
    if rates.required:
        ahead = _between(target.measurements[-1].observed_on, target.due_on)
        figures.append(("Needed a year", _rate(rates.required, target), ahead))
    if rates.since:
        figures.append(("Achieved a year", _rate(rates.latest, target), _achieved(target)))
    fits = len(figures) > 1 and all(len(figure) <= BESIDE for _, figure, _ in figures)
    for place, (label, figure, when) in zip(st.columns(2) if fits else [st.container()] * 2, figures, strict=False):
        with place:
            stat(label, figure, when)
    if target.counter_indicator:
        st.caption(marked("Counter-indicator: {}", target.counter_indicator))


def _badge(stretch: Stretch) -> Badge:
    word = stretch.value.capitalize()
    match stretch:
        case Stretch.MET:
            return Badge(word, "green", "check_circle")
        case Stretch.ON_TRACK:
            return Badge(word, "green", "trending_flat")
        case Stretch.STRETCH:
            return Badge(word, "orange", "trending_up")
        case Stretch.BEYOND:
            return Badge(word, "red", "priority_high")
        case _:
            return Badge(word, "gray", "help")


def _explained(target: TargetShown) -> str:
    rates, known = target.rates, target.measurements
    if not known:
        return "There is no measurement yet, so nothing can be said."
    last = known[-1]
    if rates.stretch is Stretch.MET:
        return (
            f"The last measurement, {_value(last.value, target)} on {date_words(last.observed_on)}, meets the target."
        )
    if rates.years_left is not None and rates.years_left <= 0:
        return f"The target's date has passed. The last measurement is {_value(last.value, target)}."
    windows = f"windows as long as the {_years(rates.years_left)} that remain"
    if rates.stretch is Stretch.TOO_FEW or rates.usual is None or rates.best is None:
        count = f"{_count(len(known)).capitalize()} measurement{'' if len(known) == 1 else 's'}"
        over = f", {_years(_span(known))} apart" if len(known) == 2 else ""
        left = _years(rates.years_left)
        remain = f"{left.capitalize()} remain{'s' if left == 'one year' else ''}"
        why = "no past window is" if rates.windows == 0 else "only one past window is"
        return f"{count}{over}. {remain}, so {why} as long as the time left."
    usual, best = _rate(rates.usual, target), _rate(rates.best, target)
    if rates.stretch is Stretch.ON_TRACK:
        return f"It needs no more than it has usually done, {usual} a year, over {windows}."
    if rates.stretch is Stretch.STRETCH:
        return f"It needs more than the usual {usual} a year and no more than the best, {best}, over {windows}."
    return f"It needs more than the best so far, {best} a year over {windows}."


def _finding(target: TargetShown) -> str:
    first, last = target.measurements[0], target.measurements[-1]
    moved = f"{_value(last.value, target)} on {date_words(last.observed_on)}"
    if first is not last:
        moved = f"from {_value(first.value, target)} on {date_words(first.observed_on)} to {moved}"
    needs = f" That needs {_rate(target.rates.required, target)} a year." if target.rates.required else ""
    return f"{moved}. The target is {_aim(target)}.{needs}"


def _aim(target: TargetShown) -> str:
    return f"{target.direction.value} {_value(target.value, target)} by {date_words(target.due_on)}"


def _unit_words(unit: str) -> str:
    return "Per cent" if unit in PERCENT else unit


def _value(value: Decimal, target: TargetShown) -> str:
    return number_words(value, "%" if target.unit in PERCENT else target.unit)


def _rate(rate: Decimal | None, target: TargetShown) -> str:
    """A rate as the indicator's change: falling ones have a minus sign, whichever way the target lies."""
    if rate is None:
        return ""
    change = rate if target.direction is Direction.UP else -rate
    size = abs(change)
    places = 0 if size >= 100 else 1 if size >= 1 else 2
    figure = f"{size:,.{places}f}"
    figure = figure.rstrip("0").rstrip(".") if "." in figure else figure
    unit = ("point" if figure == "1" else "points") if target.unit in PERCENT else target.unit
    return f"{'−' if change < 0 and figure != '0' else ''}{figure}\u00a0{unit}"


def _achieved(target: TargetShown) -> str:
    """When what was achieved last was achieved."""
    return _between(target.rates.since, target.measurements[-1].observed_on) if target.rates.since else ""


def _between(start: date, end: date) -> str:
    """``2023–24``; months where both days lie in one year, and days where they lie in one month."""
    if start.year == end.year:
        return f"{start:%b}–{end:%b} {end.year}" if start.month != end.month else _days(start, end)
    same_century = start.year // 100 == end.year // 100
    return f"{start.year}–{f'{end.year % 100:02}' if same_century else end.year}"


def _days(start: date, end: date) -> str:
    return f"{start.day}–{end.day} {end:%b} {end.year}"


def _span(known: tuple[MeasurementShown, ...]) -> Decimal:
    return Decimal((known[-1].observed_on - known[0].observed_on).days) / Decimal("365.25")


def _years(years: Decimal | None) -> str:
    if years is None:
        return ""
    if years < 1 and round(years * 12) < 12:
        months = max(1, round(years * 12))
        return f"{_count(months)} month{'' if months == 1 else 's'}"
    whole = round(years)
    return f"{_count(whole)} year{'' if whole == 1 else 's'}"


def _count(number: int) -> str:
    return SMALL_NUMBERS[number] if number < len(SMALL_NUMBERS) else str(number)
