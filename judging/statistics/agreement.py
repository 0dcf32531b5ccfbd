"""How far judges give the same scores: Krippendorff's alpha."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Level(StrEnum):
    """What distances between scores mean."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def krippendorff_alpha(units: Sequence[Sequence[float]], level: Level = Level.INTERVAL) -> float | None:
    r"""Krippendorff's alpha for units with any number of scores.

    .. math:: \alpha = 1 - D_o / D_e

    where :math:`D_o` is the mean squared distance between the scores of a unit, each unit's pairs weighted by
    :math:`1/(m_u - 1)`, and :math:`D_e` the same over all pairs of pairable scores.

    Parameters
    ----------
    units : for each entry its scores, in any order; entries with fewer than two are left out of everything.
    level : nominal; ordinal, which is interval on the midranks of all pairable scores; interval; ratio.

    Returns
    -------
    alpha, at most 1, or None where nothing can be compared: no entry has two scores, nothing varies, or at the ratio
    level a score is negative.

    References
    ----------
    K. Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.

    Examples
    --------
    >>> krippendorff_alpha([[1, 1], [2, 2], [3, 3]])
    1.0
    """
    pairable = [np.asarray(unit, dtype=float) for unit in units if len(unit) >= 2]
    if not pairable:
        return None
    scores = np.concatenate(pairable)
    if level is Level.RATIO and scores.min() < 0:
        return None
    if level is Level.ORDINAL:
        scores = _midranks(scores)
    values, positions = np.unique(scores, return_inverse=True)
    if len(values) < 2:
        return None
    sizes = np.array([len(unit) for unit in pairable])
    counts = np.zeros((len(pairable), len(values)))
    np.add.at(counts, (np.repeat(np.arange(len(pairable)), sizes), positions), 1)
    distances = _distances(values, level)
    within = (counts / (sizes - 1)[:, None] * (counts @ distances)).sum()
    totals = counts.sum(axis=0)
    between = totals @ distances @ totals / (len(scores) - 1)
    return float(1 - within / between)


def _midranks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    _, positions, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks: NDArray[np.float64] = (np.cumsum(counts) - (counts - 1) / 2)[positions]
    return ranks


def _distances(values: NDArray[np.float64], level: Level) -> NDArray[np.float64]:
    difference = values[:, None] - values[None, :]
    if level is Level.NOMINAL:
        return np.where(difference != 0, 1.0, 0.0)
    if level is Level.RATIO:
        total = values[:, None] + values[None, :]
        ratio: NDArray[np.float64] = np.divide(difference, total, out=np.zeros_like(difference), where=total != 0)
        return ratio**2
    squared: NDArray[np.float64] = difference**2
    return squared
