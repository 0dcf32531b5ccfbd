"""Charts as inline SVG: lines with intervals, and curves over a few whole numbers.

Places along the value axis are percentages, so that a chart takes the width it is given and its words keep their size.
Colours are the classes of report.css. Everything that comes from data is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

ROW: Final = 23
"""Height of a row, pixels."""

NOTE: Final = 78
"""Width right of the axis, pixels."""

LETTER: Final = 8
"""Width that a letter may have, pixels."""

MOST_LETTERS: Final = 15
TICKS: Final = 6
SHORT: Final = 3
"""Round numbers on an axis, at most about, and letters beyond which there are fewer."""


@dataclass(frozen=True)
class IntervalRow:
    """One line: a point with its interval, ``tick`` a second value; ``kind`` clear, undecided or below."""

    label: str
    value: float
    low: float
    high: float
    kind: str
    tick: float | None = None
    note: str = ""
    words: str = ""


@dataclass(frozen=True)
class Curve:
    """Values at the axis's whole numbers, drawn and labelled in one class: first or second."""

    label: str
    values: Sequence[float]
    kind: str


def interval_plot(
    rows: Sequence[IntervalRow],
    *,
    name: str,
    title: str,
    description: str,
    say: Callable[[float], str],
    note: str = "",
    cut: int | None = None,
    zero: bool = False,
) -> Markup:
    """Rows with intervals on one axis; a dashed line after ``cut`` rows, a line at 0 where ``zero``.

    Parameters
    ----------
    name : of the chart in its document, letters and digits.
    say : how a number on the axis is written.
    note : heading of the column at the right.
    """
    ends = [value for row in rows for value in (row.low, row.high, row.value, row.tick) if value is not None]
    at, marks = _axis([*ends, 0.0] if zero else ends, say)
    left = 16 + LETTER * max(min(len(row.label), MOST_LETTERS) for row in rows)
    top = 26
    height = top + ROW * len(rows) + 6
    parts: list[Markup] = []
    for place, row in enumerate(rows):
        if row.kind == "undecided":
            y = top + ROW * place
            parts.append(
                Markup(
                    '<rect class="band" x="{}" y="{}" width="{}" height="{}"/><rect class="band" x="0" y="{}" '
                    'width="100%" height="{}"/><svg x="100%" y="{}" overflow="visible"><rect class="band" width="{}" '
                    'height="{}"/></svg>'
                ).format(-left, y, left, ROW, y, ROW, y, NOTE, ROW)
            )
    for mark in marks:
        parts.append(
            Markup('<line class="grid" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(at(mark), top - 4, height - 4)
        )
        parts.append(
            Markup('<text class="axis" x="{}" y="14" text-anchor="middle">{}</text>').format(at(mark), say(mark))
        )
    if zero:
        parts.append(
            Markup('<line class="zero" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(at(0), top - 4, height - 4)
        )
    if note:
        parts.append(_at_right(14, note, "axis"))
    for place, row in enumerate(rows):
        parts.append(_row(row, top + ROW * place + ROW / 2, at))
    if cut is not None and 0 < cut < len(rows):
        y = top + ROW * cut
        parts.append(
            Markup(
                '<line class="cut" x1="{0}" x2="100%" y1="{1}" y2="{1}"/><svg x="100%" y="{1}" overflow="visible">'
                '<line class="cut" x2="{2}"/></svg>'
            ).format(-left, y, NOTE)
        )
    return Markup(
        '<div class="plot" style="padding-inline:{5}px {6}px"><svg role="img" aria-labelledby="{0}-title {0}-words" '
        'width="100%" height="{1}" overflow="visible"><title id="{0}-title">{2}</title>'
        '<desc id="{0}-words">{3}</desc>{4}</svg></div>'
    ).format(name, height, title, description, Markup("").join(parts), left, NOTE)


def _row(row: IntervalRow, middle: float, at: Callable[[float], str]) -> Markup:
    label = row.label if len(row.label) <= MOST_LETTERS else row.label[: MOST_LETTERS - 1] + "…"
    point = '<path d="M0-5L5 0 0 5-5 0z"/>' if row.kind == "undecided" else '<circle r="4"/>'
    tick = Markup("")
    if row.tick is not None:
        tick = Markup('<line class="tick" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(
            at(row.tick), middle - 6, middle + 6
        )
    return Markup(
        '<g class="{}"><title>{}</title><text class="label" x="-8" y="{}" text-anchor="end">{}</text>'
        '<line class="interval" x1="{}" x2="{}" y1="{}" y2="{}"/><svg x="{}" y="{}" overflow="visible">{}</svg>{}{}</g>'
    ).format(
        row.kind,
        row.words or row.label,
        middle + 4.5,
        label,
        at(row.low),
        at(row.high),
        middle,
        middle,
        at(row.value),
        middle,
        Markup(point),  # noqa: S704  # one of the two above
        tick,
        _at_right(middle + 4.5, row.note, "note"),
    )


def _at_right(y: float, words: str, kind: str) -> Markup:
    return Markup(
        '<svg x="100%" overflow="visible"><text class="{}" x="{}" y="{}" text-anchor="end">{}</text></svg>'
    ).format(kind, NOTE - 6, y, words)


def curves(
    every: Sequence[Curve], *, name: str, title: str, description: str, mark: float | None = None, mark_label: str = ""
) -> Markup:
    """Curves between 0 and 1 over the whole numbers from 1, with a dashed line at ``mark``."""
    most = max(len(curve.values) for curve in every)
    height, top, foot = 300, 14, 268

    def x(number: float) -> str:
        return f"{100 * (number - 1) / max(most - 1, 1):.2f}%"

    def y(value: float) -> float:
        return round(foot - (foot - top) * min(max(value, 0.0), 1.0), 1)

    parts = []
    for value in (0, 0.25, 0.5, 0.75, 1):
        parts.append(
            Markup(
                '<line class="grid" x1="0" x2="100%" y1="{0}" y2="{0}"/><text class="axis" x="-8" y="{1}" '
                'text-anchor="end">{2:g}</text>'
            ).format(y(value), y(value) + 4.5, value)
        )
    for number in range(1, most + 1):
        parts.append(
            Markup('<text class="axis" x="{}" y="288" text-anchor="middle">{}</text>').format(x(number), number)
        )
    if mark is not None and 1 <= mark <= most:
        parts.append(
            Markup(
                '<line class="cut" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>'
                '<text class="axis" x="{0}" dx="6" y="{3}">{4}</text>'
            ).format(x(mark), top, foot, foot - 6, mark_label)
        )
    ends = [y(curve.values[-1]) for curve in every]
    shifts = _apart(ends)
    for curve, end, shift in zip(every, ends, shifts, strict=True):
        pieces = [Markup('<g class="{}">').format(curve.kind)]
        for number, (left, right) in enumerate(zip(curve.values, curve.values[1:], strict=False), start=1):
            pieces.append(
                Markup('<line class="interval" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
                    x(number), x(number + 1), y(left), y(right)
                )
            )
        for number, value in enumerate(curve.values, start=1):
            pieces.append(Markup('<circle cx="{}" cy="{}" r="3"/>').format(x(number), y(value)))
        pieces.append(
            Markup('<svg x="100%" overflow="visible"><text class="name" x="10" y="{}">{}</text></svg></g>').format(
                end + 4.5 + shift, curve.label
            )
        )
        parts.append(Markup("").join(pieces))
    return Markup(
        '<div class="curves"><svg role="img" aria-labelledby="{0}-title {0}-words" '
        'width="100%" height="{1}" overflow="visible"><title id="{0}-title">{2}</title>'
        '<desc id="{0}-words">{3}</desc>{4}</svg></div>'
    ).format(name, height, title, description, Markup("").join(parts))


def _apart(ends: Sequence[float]) -> list[float]:
    """How far two labels are moved so that they do not overlap."""
    if len(ends) != 2 or abs(ends[0] - ends[1]) >= 16:
        return [0.0] * len(ends)
    half = (16 - abs(ends[0] - ends[1])) / 2
    return [-half, half] if ends[0] <= ends[1] else [half, -half]


def _axis(values: Sequence[float], say: Callable[[float], str]) -> tuple[Callable[[float], str], list[float]]:
    """Where a value stands along the axis, in per cent, and the round numbers that are written at it."""
    low, high = min(values), max(values)
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        half = max(abs(low) * 0.1, 0.5)
        low, high = low - half, high + half
    margin = (high - low) * 0.03
    low, high = low - margin, high + margin

    def at(value: float) -> str:
        return f"{100 * (value - low) / (high - low):.2f}%"

    marks = ticks(low, high)
    letters = max(len(say(mark)) for mark in marks)
    if letters > SHORT:
        marks = ticks(low, high, TICKS // 2 if letters <= 2 * SHORT else 1)
    return at, marks


def ticks(low: float, high: float, most: int = TICKS) -> list[float]:
    """Round numbers between two ends, at most one more than ``most``, of steps 1, 2 or 5 times a power of ten."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step), math.floor(high / step)
    return [number * step for number in range(first, last + 1)]
