"""Where the labels of a chart stand, so that they meet neither each other nor the line on any screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

Align = Literal["center", "left", "right"]

# How wide a chart is drawn is known to the browser alone: these are plots on phones and on wide screens.
WIDTHS: Final = (230, 270, 330, 580, 920)
_LETTER: Final = 6
_HALF_LINE: Final = 8
_GAP: Final = 5
"""Pixels that stay free to the left and right of a label, so that two in one line are read as two."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a plot: ``across`` from 0 to 1 of its width, ``down`` in pixels."""

    across: float
    down: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label for a point, and on which side of it one would like to have it."""

    text: str
    at: Point
    above: bool


@dataclass(frozen=True, slots=True)
class Place:
    """How many pixels to the right of and below its point a label's anchor is, and how it is aligned there."""

    dx: float
    dy: float
    align: Align


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float


def place(wanted: Sequence[Wanted], path: Sequence[Point], marks: Sequence[Point], height: int) -> tuple[Place, ...]:
    """Place labels one after another, each where it meets least of the path, the marks and the labels before it."""
    drawn = [[*_path_boxes(path, width), *(_around(mark, width, 9) for mark in marks)] for width in WIDTHS]
    places = []
    for label in wanted:
        choices = [
            (rank, choice, [_label_box(label, choice, width) for width in WIDTHS])
            for rank, choice in enumerate(_choices(label.above))
        ]
        _, best, boxes = min(choices, key=lambda choice: choice[0] / 2 + _cost(choice[2], drawn, height))
        places.append(best)
        for before, box in zip(drawn, boxes, strict=True):
            before.append(_Box(box.left - _GAP, box.top, box.right + _GAP, box.bottom))
    return tuple(places)


def _choices(above: bool) -> list[Place]:
    """The best first: near before far, the wanted side before the other, centred before aside."""
    side = -1 if above else 1
    asides: tuple[tuple[float, Align], ...] = ((0.0, "center"), (8.0, "left"), (-8.0, "right"))
    rings = [
        Place(dx, side * way * distance, align)
        for distance in (18, 36, 54, 74)
        for way in (1, -1)
        for dx, align in asides
    ]
    level = [Place(14.0, 0, "left"), Place(-14.0, 0, "right")]
    beside_another = [Place(20.0, side * 18, "left"), Place(-20.0, side * 18, "right")]
    return [*rings[:6], *level, *beside_another, *rings[6:]]


def _cost(boxes: Sequence[_Box], drawn: Sequence[Sequence[_Box]], height: int) -> float:
    return sum(
        40 * _outside(box, width, height) + sum(_overlap(box, other) for other in others)
        for box, width, others in zip(boxes, WIDTHS, drawn, strict=True)
    )


def _outside(box: _Box, width: int, height: int) -> float:
    edges = (-box.left - 4, box.right - width - 4, -box.top - 6, box.bottom - height + 2)
    return sum(max(0.0, edge) for edge in edges)


def _overlap(box: _Box, other: _Box) -> float:
    across = min(box.right, other.right) - max(box.left, other.left)
    down = min(box.bottom, other.bottom) - max(box.top, other.top)
    return 8 + across * down / 10 if across > 0 and down > 0 else 0


def _label_box(label: Wanted, choice: Place, width: int) -> _Box:
    length = len(label.text) * _LETTER
    left = label.at.across * width + choice.dx - {"left": 0.0, "center": length / 2, "right": length}[choice.align]
    middle = label.at.down + choice.dy
    return _Box(left, middle - _HALF_LINE, left + length, middle + _HALF_LINE)


def _path_boxes(path: Sequence[Point], width: int) -> list[_Box]:
    boxes = []
    for start, stop in pairwise(path):
        across, down = (stop.across - start.across) * width, stop.down - start.down
        steps = max(1, int(max(abs(across), abs(down)) / 8))
        for step in range(steps + 1):
            part = step / steps
            on_the_way = Point(start.across + (stop.across - start.across) * part, start.down + down * part)
            boxes.append(_around(on_the_way, width, 5))
    return boxes


def _around(point: Point, width: int, by: float) -> _Box:
    x = point.across * width
    return _Box(x - by, point.down - by, x + by, point.down + by)
