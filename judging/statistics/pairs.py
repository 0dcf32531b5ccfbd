"""Which pairs of judges differ about the entries that they share, and what part they have in all disagreement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from judging.statistics.ratings import Integers, Panel

MOST_MEETINGS: Final = 5_000_000
"""Of two judges on one entry, that are looked at."""


@dataclass(frozen=True)
class Pair:
    """Two judges, by their positions, and how their totals of the same entries differ.

    ``difference`` is the mean of the first's totals less the second's and ``apart`` the root of the mean squared
    difference, in score points. ``share`` is their part in the observed disagreement of Krippendorff's alpha, interval
    level; ``usual`` the part that they would have if all pairs differed equally.
    """

    judge: int
    other: int
    entries: int
    difference: float
    apart: float
    share: float
    usual: float


def disagreeing_pairs(panel: Panel, most: int = 10) -> tuple[Pair, ...]:
    r"""The pairs whose share is furthest above what is usual, the furthest first.

    With :math:`m_i` scorecards of entry i, a meeting of judges j and k there counts
    :math:`(x_{ij} - x_{ik})^2 / (m_i - 1)`, as it does in alpha. Nothing is returned where nobody differs, or where
    there are more than five million meetings.

    Raises
    ------
    ValueError : ``most`` is negative.
    """
    if most < 0:
        raise ValueError(f"most is {most}; it must be 0 or more")
    cards = np.bincount(panel.submission, minlength=panel.submissions)
    if int((cards * (cards - 1) // 2).sum()) > MOST_MEETINGS:
        return ()
    one, other = _meetings(panel, cards)
    apart = panel.total[one] - panel.total[other]
    weight = 1 / (cards[panel.submission[one]] - 1)
    whole = float((weight * apart**2).sum())
    if not whole > 0:
        return ()
    key = panel.judge[one] * panel.judges + panel.judge[other]
    keys, pair, entries = np.unique(key, return_inverse=True, return_counts=True)
    number = len(keys)
    difference = np.bincount(pair, apart, number) / entries
    squared = np.bincount(pair, apart**2, number) / entries
    share = np.bincount(pair, weight * apart**2, number) / whole
    usual = np.bincount(pair, weight, number) / weight.sum()
    first = np.lexsort((keys, usual - share))[:most]
    return tuple(
        Pair(
            int(keys[at] // panel.judges),
            int(keys[at] % panel.judges),
            int(entries[at]),
            float(difference[at]),
            float(np.sqrt(squared[at])),
            float(share[at]),
            float(usual[at]),
        )
        for at in first
        if share[at] > usual[at]
    )


def _meetings(panel: Panel, cards: Integers) -> tuple[Integers, Integers]:
    """Positions of two scorecards of one entry, the first of the judge who comes first."""
    order = np.lexsort((panel.judge, panel.submission))
    start = np.cumsum(cards) - cards
    firsts, others = [np.empty(0, dtype=np.intp)], [np.empty(0, dtype=np.intp)]
    for size in np.unique(cards[cards > 1]):
        begin = start[cards == size][:, None]
        left, right = np.triu_indices(size, 1)
        firsts.append((begin + left).ravel())
        others.append((begin + right).ravel())
    return order[np.concatenate(firsts)], order[np.concatenate(others)]
