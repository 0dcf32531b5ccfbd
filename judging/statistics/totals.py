"""Weighted totals of scorecards, and what stands in for a criterion that a judge left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from judging.statistics.ratings import Booleans, Floats, Integers, Panel, Ratings


@dataclass(frozen=True)
class Totals:
    """The scorecards' totals on the rubric's own scale.

    ``panel`` has one card for each (submission, judge) with a score on a criterion that counts, sorted by both, and
    ``complete`` says of each card whether nothing was missing. ``scorecards``, ``filled`` (how many missing cells were
    filled), ``mean`` and ``reasons`` (why there is no mean) have one place for each submission; ``weights`` have one
    for each criterion.
    """

    panel: Panel
    complete: Booleans
    weights: tuple[float, ...]
    scorecards: tuple[int, ...]
    filled: tuple[int, ...]
    mean: tuple[float | None, ...]
    reasons: tuple[str | None, ...]

    @property
    def incomplete_scorecards(self) -> int:
        return int((~self.complete).sum())


def totals(ratings: Ratings, weights: Mapping[str, float] | None = None) -> Totals:
    r"""Totals of all scorecards, missing cells filled, and the means of the entries.

    .. math:: total(i,j) = \sum_c w_c x(i,j,c) / \sum_c w_c

    A missing cell is filled with :math:`m_c + d_i`: the criterion's mean, plus the entry's mean deviation from such
    means over its scored cells. An entry's mean takes the criteria one by one,
    :math:`\sum_c w_c \bar x(i,\cdot,c) / \sum_c w_c` over the judges who scored each, and needs no filling.

    Parameters
    ----------
    weights : of every criterion, none negative and not all 0; without them each is 1. A criterion of weight 0 is not in
        the total.
    """
    given = np.array([1.0 if weights is None else weights[name] for name in ratings.criteria])
    counted = given > 0
    shares = np.ldexp(given, -np.frexp(given.max(initial=0.0))[1])  # a power of two, so that no sum overflows
    if counted.sum() == 1:
        shares = counted.astype(float)  # so that the total is the score to the last bit
    whole = shares.sum()

    rows = np.flatnonzero(counted[ratings.criterion])
    entry, judge, criterion = ratings.submission[rows], ratings.judge[rows], ratings.criterion[rows]
    score = ratings.score[rows]
    n = len(ratings.submissions)

    # Rows are sorted by submission and judge, so a card begins where either changes.
    begins = np.append(True, (np.diff(entry) != 0) | (np.diff(judge) != 0))[: len(rows)]
    card = np.cumsum(begins) - 1
    of_entry, of_judge = entry[begins], judge[begins]
    cells = np.bincount(card, minlength=0)

    centre = _means(criterion, score, len(given), float(score.mean()) if len(score) else 0.0)
    deviation = _means(entry, score - centre[criterion], n, 0.0)
    missing = whole - np.bincount(card, weights=shares[criterion], minlength=0)
    present = np.bincount(card, weights=shares[criterion] * score, minlength=0)
    centre_of_missing = shares @ centre - np.bincount(card, weights=(shares * centre)[criterion], minlength=0)
    complete = cells == counted.sum()
    filling = np.where(complete, 0.0, centre_of_missing + missing * deviation[of_entry])
    order = None
    if ratings.order is not None:
        order = np.bincount(card, weights=ratings.order[rows], minlength=0) / cells
    panel = Panel(of_entry, of_judge, (present + filling) / whole, n, len(ratings.judges), order)
    mean, reasons = _means_of_entries(ratings, entry, criterion, score, shares)
    scorecards = np.bincount(of_entry, minlength=n)
    filled = np.bincount(of_entry, weights=counted.sum() - cells, minlength=n).astype(int)
    return Totals(
        panel, complete, tuple(given.tolist()), tuple(scorecards.tolist()), tuple(filled.tolist()), mean, reasons
    )


def _means(group: Integers, value: Floats, groups: int, otherwise: float) -> Floats:
    sizes = np.bincount(group, minlength=groups)
    sums = np.bincount(group, weights=value, minlength=groups)
    return np.where(sizes > 0, sums / np.maximum(sizes, 1), otherwise)


def _means_of_entries(
    ratings: Ratings, entry: Integers, criterion: Integers, score: Floats, shares: Floats
) -> tuple[tuple[float | None, ...], tuple[str | None, ...]]:
    """Each entry's mean criterion by criterion, and the reason where a criterion has no score."""
    n = len(ratings.submissions)
    counted = np.flatnonzero(shares > 0)
    mean = np.zeros(n)
    lacking = np.full(n, -1)
    for one in counted[::-1]:
        own = criterion == one
        sizes = np.bincount(entry[own], minlength=n)
        mean += shares[one] * np.bincount(entry[own], weights=score[own], minlength=n) / np.maximum(sizes, 1)
        lacking = np.where(sizes == 0, one, lacking)
    scored = np.bincount(entry, minlength=n) > 0
    reasons = tuple(
        None
        if one < 0
        else f"no judge scored the criterion {ratings.criteria[one]!r}"
        if any_score
        else "no judge scored a criterion that counts"
        for one, any_score in zip(lacking.tolist(), scored.tolist(), strict=True)
    )
    means = (mean / shares.sum()).tolist()
    return tuple(value if reason is None else None for value, reason in zip(means, reasons, strict=True)), reasons
