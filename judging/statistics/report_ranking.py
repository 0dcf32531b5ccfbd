"""The ranking in a report: rows of a table, the chart of entries around the cut, and who moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

from markupsafe import Markup

from judging.statistics import wording
from judging.statistics.analysis import Analysis, RankingLine
from judging.statistics.certainty import UNDECIDED, places_of
from judging.statistics.drawing import IntervalRow, interval_plot
from judging.statistics.moved import Moved
from judging.statistics.wording import between, chance, count, number, shown

FEWEST_ROWS: Final = 100
MOST_ROWS: Final = 2500
"""Of the tables of all lists together, so that a report stays small."""

MOST_LISTS: Final = 20
MOST_DRAWN: Final = 40

AROUND: Final = 3
"""Entries that are drawn above and below those whose chance is open."""

OPEN: Final = (0.01, 0.99)


class Place(NamedTuple):
    """A row of the ranking, as it is printed."""

    rank: str
    ranks: str
    entry: str
    cards: str
    mean: str
    mean_place: str
    adjusted: str
    interval: str
    chance: str
    kind: str
    last_chosen: bool


class Listing(NamedTuple):
    """The entries that are compared with each other."""

    label: str
    top: int
    entries: int
    sentence: str
    chart: Markup | None
    chart_note: str
    rows: Sequence[Place]
    left_out: int
    filled: bool


def several(found: Analysis) -> bool:
    """Whether entries are ranked in more than one list."""
    return len(found.adjusted.tops) > 1


def listings(found: Analysis, places: int) -> tuple[list[Listing], list[str]]:
    at = {name: position for position, name in enumerate(found.ratings.submissions)}
    lines: dict[int, list[RankingLine]] = defaultdict(list)
    unplaced = []
    for line in found.ranking:
        if line.rank is None:
            if line.fair is None:
                unplaced.append(line.submission)
        else:
            lines[int(found.adjusted.list_of[at[line.submission]])].append(line)
    tops = found.adjusted.tops
    share = MOST_ROWS // max(min(len(tops), MOST_LISTS), 1)
    listings = []
    for one, top in enumerate(tops[:MOST_LISTS]):
        most = min(max(FEWEST_ROWS, 2 * top), share)
        label = f"Group {lines[one][0].group}" if several(found) and lines[one] else ""
        listings.append(_listing(found, one, label, top, lines[one], most, places))
    return listings, unplaced


def _listing(
    found: Analysis, one: int, label: str, top: int, lines: list[RankingLine], most: int, places: int
) -> Listing:
    of_mean = places_of([line.mean for line in lines])
    rows = [
        Place(
            str(line.rank),
            between(line.rank_low, line.rank_high, 0),
            shown(line.submission),
            str(line.scorecards) + ("*" if line.filled else ""),
            number(line.mean, places),
            str(of_mean[place - 1] or ""),
            number(line.fair, places),
            between(line.fair_low, line.fair_high, places),
            chance(line.chance_top),
            kind(line),
            place == top < len(lines),
        )
        for place, line in enumerate(lines[:most], start=1)
    ]
    drawn = _around(lines)
    undecided = sum(kind(line) == "undecided" for line in lines)
    clear = sum(kind(line) == "clear" for line in lines)
    entries = len(lines)
    if not entries:
        sentence = "A threshold stops every entry."
    elif top >= entries:
        sentence = f"{count(entries, 'entry', 'entries')} for {count(top, 'place')}: all are chosen."
    else:
        sentence = _clear_and_open(top, clear, undecided)
    picture = None
    note = ""
    if found.adjusted.draws is not None and len(drawn) > 1:
        cut = sum(1 for line in drawn if line in lines[:top]) if top < entries else None
        picture = _ranking_chart(found, one, label, top, drawn, cut, places)
        if len(drawn) < entries:
            note = f"{len(drawn)} of {entries} entries, those nearest to the cut."
    return Listing(
        label,
        top,
        entries,
        sentence,
        picture,
        note,
        rows,
        max(entries - most, 0),
        any(line.filled for line in lines[:most]),
    )


def _clear_and_open(top: int, clear: int, undecided: int) -> str:
    if clear >= top:
        return "The one place is clear." if top == 1 else f"Every one of the {top:,} places is clear."
    if clear:
        known, rest, other = f"{clear} of {top:,} places {'are' if clear > 1 else 'is'} clear", "the rest", "other "
    elif top == 1:
        known, rest, other = "The one place is not clear", "it", ""
    else:
        known, rest, other = f"None of {top:,} places is clear", "them", ""
    if not undecided:
        return f"{known}; no {other}chance is above 10 %."
    compete = f"{count(undecided, 'entry', 'entries')} {'competes' if undecided == 1 else 'compete'}"
    return f"{known}; {compete} for {rest}."


def kind(line: RankingLine) -> str:
    share = line.chance_top or 0.0
    low, high = UNDECIDED
    if low < share < high:
        return "undecided"
    return "clear" if share >= high else "below"


def _around(lines: list[RankingLine]) -> list[RankingLine]:
    """The entries around the cut, in ranking order; all of a short list."""
    if len(lines) <= MOST_DRAWN // 2:
        return lines
    low, high = OPEN
    open_ = [place for place, line in enumerate(lines) if low < (line.chance_top or 0.0) < high]
    if not open_:
        top = sum(kind(line) == "clear" for line in lines)
        open_ = [max(top - 1, 0)]
    if len(open_) > MOST_DRAWN - 2 * AROUND:
        nearest = sorted(open_, key=lambda place: abs((lines[place].chance_top or 0.0) - 0.5))
        return [lines[place] for place in sorted(nearest[:MOST_DRAWN])]
    inside = set(open_)
    above = [place for place in range(open_[0]) if place not in inside][-AROUND:]
    below = list(range(open_[-1] + 1, min(open_[-1] + 1 + AROUND, len(lines))))
    between_ = [place for place in range(open_[0], open_[-1]) if place not in inside]
    room = MOST_DRAWN - len(open_) - len(above) - len(below)
    return [lines[place] for place in sorted({*open_, *above, *below, *between_[:room]})]


def _ranking_chart(
    found: Analysis, one: int, label: str, top: int, drawn: list[RankingLine], cut: int | None, places: int
) -> Markup:
    rows = []
    for line in drawn:
        if line.fair is None or line.fair_low is None or line.fair_high is None:
            continue
        name = shown(line.submission)
        words = (
            f"{name}: place {line.rank}, adjusted score {number(line.fair, places)} "
            f"({between(line.fair_low, line.fair_high, places)}), mean {number(line.mean, places)}, "
            f"chance of the top {top} {chance(line.chance_top)}"
        )
        rows.append(
            IntervalRow(
                name, line.fair, line.fair_low, line.fair_high, kind(line), line.mean, chance(line.chance_top), words
            )
        )
    undecided = [row.label for row in rows if row.kind == "undecided"]
    band = f" {len(undecided)} are undecided, from {undecided[0]} to {undecided[-1]}." if undecided else ""
    return interval_plot(
        rows,
        name=f"chart-{one + 1}",
        title=f"{label + ': a' if label else 'A'}djusted scores with intervals, around the cut",
        description=f"{count(len(rows), 'entry', 'entries')} in the order of the ranking.{band} "
        "The table below has the numbers.",
        say=partial(wording.of_axis, places=places),
        note=f"Top {top}",
        cut=cut,
    )


class Move(NamedTuple):
    entry: str
    group: str
    by_mean: int
    by_adjusted: int
    up: bool
    crosses: str
    reason: str


def move(found: Analysis, one: Moved) -> Move:
    top = found.adjusted.tops[one.list_of]
    crosses = f"{'into' if one.up else 'out of'} the top {top}" if one.crosses else ""
    group = found.groups.label(one.list_of) if several(found) else None
    return Move(
        shown(one.submission),
        f"Group {group}" if group else "",
        one.by_mean,
        one.by_adjusted,
        one.up,
        crosses,
        one.reason,
    )
