"""Whether judges agree better after discussing entries than before, as far as that can be told."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from judging.statistics.krippendorff import FEWEST_ENTRIES, Alpha, Level, alphas, krippendorff_alpha

RESAMPLES = 500
MOST_DROPPED = 0.05


@dataclass(frozen=True)
class Moved:
    """Alpha before and after, and by how much it moved: the ends of its interval over other entries.

    ``change`` is None where one of the two is, its ends where there are too few entries or too little varies.
    """

    before: Alpha
    after: Alpha
    change: float | None
    low: float | None
    high: float | None
    entries: int


Totals = tuple[tuple[float, ...], ...]
"""For each entry the totals of its judges."""


@functools.lru_cache(maxsize=32)  # it is asked again whenever a page is drawn, and takes a quarter of a second
def moved_by_discussion(
    before: Totals, after: Totals, seed: int = 0, confidence: float = 0.95, resamples: int = RESAMPLES
) -> Moved:
    r"""Krippendorff's alpha (interval level) of the same judges on the same entries before and after a discussion.

    The interval of the change comes from paired resamples: entries are drawn with replacement, and both alphas are
    computed from the same entries, so that what the two have in common falls out.

    Parameters
    ----------
    before, after : entry by entry the same judges in both.

    Returns
    -------
    Without an interval of the change where fewer than 10 entries have two judges, or more than 5 % of resamples cannot
    be compared.

    Examples
    --------
    >>> moved_by_discussion(((1, 2), (3, 5), (4, 4)), ((1, 1), (4, 4), (5, 5))).after.estimate
    1.0
    """
    pairs = [(one, other) for one, other in zip(before, after, strict=True) if len(one) >= 2]
    if any(len(one) != len(other) for one, other in pairs):
        raise ValueError("an entry has other judges before than after")
    first, last = ([pair[at] for pair in pairs] for at in (0, 1))
    found = [_alpha(units, seed, confidence) for units in (first, last)]
    estimates = [alpha.estimate for alpha in found]
    if estimates[0] is None or estimates[1] is None:
        return Moved(found[0], found[1], None, None, None, len(pairs))
    change = estimates[1] - estimates[0]
    low, high = _ends(first, last, seed, confidence, resamples)
    return Moved(found[0], found[1], change, low, high, len(pairs))


def _alpha(units: Sequence[Sequence[float]], seed: int, confidence: float) -> Alpha:
    entry = np.repeat(np.arange(len(units)), [len(unit) for unit in units])
    value = np.array([score for unit in units for score in unit], dtype=float)
    level = Level.INTERVAL
    drawn = np.random.default_rng(seed)
    found = alphas(entry, value, levels=(level,), resamples=2_000, generator=drawn, confidence=confidence)
    return found.levels[level]


def _ends(
    first: Sequence[Sequence[float]], last: Sequence[Sequence[float]], seed: int, confidence: float, resamples: int
) -> tuple[float | None, float | None]:
    if len(first) < FEWEST_ENTRIES:
        return None, None
    drawn = np.random.default_rng(seed).integers(len(first), size=(resamples, len(first)))
    changes = []
    for places in drawn.tolist():
        one, other = (krippendorff_alpha([units[at] for at in places]) for units in (first, last))
        if one is not None and other is not None:
            changes.append(other - one)
    if len(changes) < (1 - MOST_DROPPED) * resamples:
        return None, None
    tail = (1 - confidence) / 2
    low, high = np.quantile(changes, (tail, 1 - tail)).tolist()
    return low, high
