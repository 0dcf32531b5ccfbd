"""Which entries stand elsewhere by the adjusted score than by the plain mean, and the chief reason in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from judging.statistics.certainty import strict_rank
from judging.statistics.fair import Adjusted
from judging.statistics.ratings import Floats, Integers
from judging.statistics.totals import Totals

if TYPE_CHECKING:
    from judging.statistics.analysis import Analysis

SEVERAL: Final = 3
"""Places that are worth a sentence in a short list."""

SHARE: Final = 0.1
"""Of a longer list."""

CHIEF: Final = 0.4
"""Share of what moves an entry from which severity is named as the reason, before anything larger."""

NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Moved:
    """An entry whose two places differ across the cut, or by several.

    ``by_mean`` and ``by_adjusted`` are places in its list, counted from 1, ``list_of`` the list's number. ``severity``,
    ``spread`` and ``noise`` are what allowing for each adds to its mean, in score points against the list's average.
    """

    submission: str
    list_of: int
    by_mean: int
    by_adjusted: int
    crosses: bool
    severity: float
    spread: float
    noise: float
    reason: str

    @property
    def up(self) -> bool:
        return self.by_adjusted < self.by_mean


@dataclass(frozen=True)
class _Shifts:
    """What turns each submission's mean into its adjusted score; ``rest`` is filling and the pull to the middle."""

    severity: Floats
    spread: Floats
    noise: Floats
    rest: Floats


def moved(found: Analysis) -> tuple[Moved, ...]:
    r"""Entries that moved: those that cross the cut first, then by how far.

    An entry that shares its mean with others stands on all of their places, and has moved only beyond them. Three
    corrections are read off the fitted model, :math:`x_{ij} = m - s_j + b_j q_i + n_j e`: severity, the mean of
    :math:`s_j` over the entry's judges; spread, what dividing deviations by :math:`b_j` changes; noise, what weights of
    :math:`(b_j/n_j)^2` in place of equal ones change. Severity is named where it is much of the move, else the largest.
    """
    adjusted = found.adjusted
    if adjusted.draws is None:
        return ()
    means = np.array([np.nan if one is None else one for one in found.totals.mean])
    shifts = _shifts(found.totals, adjusted, means)
    by_entry = np.argsort(found.totals.panel.submission, kind="stable")
    ends = np.searchsorted(found.totals.panel.submission[by_entry], np.arange(len(means) + 1))
    severe = float(np.sqrt(np.mean(adjusted.severity.value**2)))
    every: list[Moved] = []
    for one, top in enumerate(adjusted.tops):
        members = adjusted.members(one)
        members = members[~np.isnan(means[members])]
        first, last = _places(means[members])
        own = adjusted.ranks.rank[members]
        apart = np.maximum(first - own, 0) + np.maximum(own - last, 0)
        crosses = ((first > top) & (own <= top)) | ((last <= top) & (own > top))
        several = max(SEVERAL, int(np.ceil(SHARE * len(members))))
        shift = [_apart(part, members) for part in (shifts.severity, shifts.spread, shifts.noise, shifts.rest)]
        cards = np.diff(ends)[members]
        usual = np.median(cards) if len(cards) else 0
        for at in np.flatnonzero(crosses | (apart >= several)):
            entry = int(members[at])
            up = own[at] < first[at]
            parts = [float(part[at]) * (1 if up else -1) for part in shift]
            judges = found.totals.panel.judge[by_entry[ends[entry] : ends[entry + 1]]]
            few = bool(cards[at] < usual)
            filled = found.totals.filled[entry] > 0
            reason = _reason(parts, adjusted, judges, up=bool(up), few=few, filled=filled, severe=severe)
            every.append(
                Moved(
                    found.ratings.submissions[entry],
                    one,
                    int(first[at]),
                    int(own[at]),
                    bool(crosses[at]),
                    float(shift[0][at]),
                    float(shift[1][at]),
                    float(shift[2][at]),
                    reason,
                )
            )
    every.sort(key=lambda each: (not each.crosses, -abs(each.by_mean - each.by_adjusted), each.by_adjusted))
    return tuple(every)


def _places(means: Floats) -> tuple[Integers, Integers]:
    """The first and the last place of each mean; means that differ by rounding alone are equal."""
    return strict_rank(means), len(means) + 1 - strict_rank(-means)


def _shifts(totals: Totals, adjusted: Adjusted, means: Floats) -> _Shifts:
    panel = totals.panel
    entry, judge = panel.submission, panel.judge
    cards = np.maximum(np.bincount(entry, minlength=panel.submissions), 1)
    level = adjusted.levels()
    severity, spread = adjusted.severity.value[judge], adjusted.spread.value[judge]
    apart = panel.total + severity - level[entry]
    narrowed = apart / spread
    weight = (spread / adjusted.noise.value[judge]) ** 2
    weights = np.bincount(entry, weight, panel.submissions)
    plain = np.bincount(entry, narrowed, panel.submissions) / cards
    weighted = np.bincount(entry, weight * narrowed, panel.submissions) / np.where(weights > 0, weights, 1)
    by_severity = np.bincount(entry, severity, panel.submissions) / cards
    by_spread = np.bincount(entry, narrowed - apart, panel.submissions) / cards
    by_noise = weighted - plain
    return _Shifts(by_severity, by_spread, by_noise, adjusted.fair - means - by_severity - by_spread - by_noise)


def _apart(values: Floats, members: Integers) -> Floats:
    own: Floats = values[members]
    return own - own.mean() if len(own) else own


def _reason(
    parts: list[float], adjusted: Adjusted, judges: Integers, *, up: bool, few: bool, filled: bool, severe: float
) -> str:
    severity, spread, noise = parts[:3]
    whole = sum(max(part, 0.0) for part in parts)
    if sum(parts) <= 0 or whole <= 0:
        return "Entries near it changed places with it, because of who judged them."
    if severity >= CHIEF * whole or severity == max(parts):
        strict = adjusted.severity.value[judges] * (1 if up else -1)
        clear = int((strict > severe / 2).sum())
        count = clear or int((strict > 0).sum())
        verb = "{} slightly {} than the others" if not clear else "{} {} than the others"
        return _of_judges(count, len(judges), verb.format("score{s}", "lower" if up else "higher")) + "."
    if spread == max(parts):
        wider = np.log(adjusted.spread.value[judges])
        little, much = int((wider < 0).sum()), int((wider > 0).sum())
        narrow = -wider[wider < 0].sum() >= wider[wider > 0].sum()
        return (
            _of_judges(
                little if narrow else much, len(judges), f"use{{s}} {'little' if narrow else 'much'} of the scale"
            )
            + "."
        )
    if noise == max(parts):
        return f"The more consistent of its judges put it {'higher' if up else 'lower'}, and count for more."
    if few:
        return "It has fewer scorecards than most, so that less is known of it and it stands nearer to the middle."
    if filled:
        return "What its judges left out was estimated from the rest of its scores."
    return "It is close to its neighbours, so that small corrections of several kinds change its place."


def _of_judges(count: int, judges: int, verb: str) -> str:
    """A count of an entry's judges with a verb whose ``{s}`` is the third person's ending."""
    if judges == 1:
        return f"Its only judge {verb.format(s='s')}"
    if count == judges:
        who = "Both of its judges" if judges == 2 else f"All {_number(judges)} of its judges"
    else:
        who = f"{_number(count).capitalize()} of its {_number(judges)} judges"
    return f"{who} {verb.format(s='s' if count == 1 else '')}"


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)
