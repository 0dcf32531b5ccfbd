"""Which entries can be compared: groups of a panel that shares entries, and how firmly judges are linked in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse
from scipy.sparse.csgraph import connected_components

from judging.statistics.mixed import Crossing
from judging.statistics.ratings import Floats, Integers, Panel, Ratings


@dataclass(frozen=True)
class Group:
    """One connected part of a panel: its letter, and its numbers of submissions, judges and scorecards."""

    group: str
    submissions: int
    judges: int
    scorecards: int


@dataclass(frozen=True)
class Groups:
    """The groups of a panel, A first; for each submission and judge its position in them, −1 without a scorecard."""

    groups: tuple[Group, ...]
    of_submission: Integers
    of_judge: Integers

    def label(self, position: int) -> str | None:
        return self.groups[position].group if position >= 0 else None

    def as_json(self, ratings: Ratings) -> list[dict[str, str | int]]:
        """With the number of scores on the submissions of each group."""
        of_score = self.of_submission[ratings.submission]
        scores = np.bincount(of_score[of_score >= 0], minlength=len(self.groups))
        return [
            {"group": one.group, "submissions": one.submissions, "judges": one.judges, "scores": int(number)}
            for one, number in zip(self.groups, scores, strict=True)
        ]


def groups(panel: Panel) -> Groups:
    """The connected parts of the graph whose edges are scorecards, by falling submissions, then by their first one."""
    of_submission = np.full(panel.submissions, -1, dtype=np.intp)
    of_judge = np.full(panel.judges, -1, dtype=np.intp)
    if panel.cards == 0:
        return Groups((), of_submission, of_judge)
    size = panel.submissions + panel.judges
    edges = sparse.coo_array(
        (np.ones(panel.cards), (panel.submission, panel.submissions + panel.judge)), shape=(size, size)
    )
    _, part = connected_components(edges.tocsr(), directed=False)
    entries, judges = np.unique(panel.submission), np.unique(panel.judge)
    parts, first, position = np.unique(part[entries], return_index=True, return_inverse=True)
    sizes = np.bincount(position.reshape(-1))
    order = np.lexsort((first, -sizes))
    place = np.full(int(part.max()) + 1, -1, dtype=np.intp)
    place[parts[order]] = np.arange(len(parts))
    of_submission[entries] = place[part[entries]]
    of_judge[judges] = place[part[panel.submissions + judges]]
    cards = np.bincount(of_submission[panel.submission], minlength=len(parts))
    by_judges = np.bincount(of_judge[judges], minlength=len(parts))
    return Groups(
        tuple(Group(_letters(k), int(sizes[order[k]]), int(by_judges[k]), int(cards[k])) for k in range(len(parts))),
        of_submission,
        of_judge,
    )


def _letters(position: int) -> str:
    """A … Z, AA, AB and so on, as in the columns of a spreadsheet."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def linkage(panel: Panel) -> float | None:
    r"""How firmly scorecards link judges: 1 where every two share as much as any others, near 0 where chains are long.

    With severities and qualities fixed, entries eliminated, the severities' information is the Laplacian
    :math:`L = \mathrm{diag}(m) - N' \mathrm{diag}(1/n) N` of who scored with whom (m scorecards a judge, n an entry, N
    who scored what). The mean variance of a difference between two of J judges is :math:`2\,\mathrm{tr}(L^+)/(J-1)`
    times that of a score. A balanced design of the same size (entries, judges, scorecards), in which every two judges
    share equally, has the same trace of L spread over equal eigenvalues, so :math:`2(J-1)/\mathrm{tr}(L)`. The ratio is
    the harmonic mean of the eigenvalues over their arithmetic mean.

    Returns
    -------
    the balanced mean over the actual one, at most 1; over several groups both means are over pairs within a group. None
    where no entry has two scorecards.
    """
    balanced, actual = 0.0, 0.0
    for laplacian in _laplacians(panel):
        judges = len(laplacian)
        whole = laplacian + np.full((judges, judges), np.trace(laplacian) / (judges * (judges - 1)))
        factor = linalg.cholesky(whole, lower=True, check_finite=False)
        inverse, _ = linalg.lapack.dpotri(factor, lower=1)
        trace = float(np.trace(inverse)) - (judges - 1) / float(np.trace(laplacian))
        actual += judges * trace
        balanced += judges * (judges - 1) ** 2 / float(np.trace(laplacian))
    return min(balanced / actual, 1.0) if actual > 0 else None


def _laplacians(panel: Panel) -> list[Floats]:
    """For each group of two judges or more, its Laplacian."""
    found = groups(panel)
    if panel.cards == 0:
        return []
    of_card = found.of_submission[panel.submission]
    order = np.argsort(of_card, kind="stable")
    ends = np.cumsum([one.scorecards for one in found.groups])
    laplacians: list[Floats] = []
    for one, cards in zip(found.groups, np.split(order, ends[:-1]), strict=True):
        if one.judges < 2:
            continue
        crossing = Crossing(panel.submission[cards], panel.judge[cards])
        laplacian = -crossing.shared_by_judges(1 / crossing.cards_of[0])
        laplacian[np.diag_indices(one.judges)] += crossing.cards_of[1]
        laplacians.append(laplacian)
    return laplacians
