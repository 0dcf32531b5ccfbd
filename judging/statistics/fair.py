"""Adjusted scores: what entries would get from a typical judge, allowing for who judged them, and what judges are like.

Judges differ in severity (they score lower), in spread (they use more of the scale) and in noise (they are less
consistent). The model, and how it is drawn from, is in posterior.py; here its draws become numbers with intervals.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from judging.statistics.certainty import Ranks, all_alike, ranks
from judging.statistics.linkage import Groups, groups
from judging.statistics.posterior import Draws, blocks, draw
from judging.statistics.ratings import LARGEST, SMALLEST, Booleans, Floats, Integers, Panel
from judging.statistics.streams import streams


@dataclass(frozen=True)
class Estimates:
    """Numbers with their standard errors and intervals, one for each judge."""

    value: Floats
    se: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Adjusted:
    """Adjusted scores of all entries and effects of all judges, with what is known about their places.

    ``scored`` says which entries have a scorecard: for the others nothing here means anything. ``compared`` are those
    of them that have a place. ``draws`` is None where nothing varies, and then every entry has the same score and no
    judge an effect. Places are within an entry's list, which ``list_of`` names by number; ``tops`` says how many of
    each list are chosen.
    """

    scored: Booleans
    compared: Booleans
    list_of: Integers
    tops: tuple[int, ...]
    fair: Floats
    se: Floats
    low: Floats
    high: Floats
    ranks: Ranks
    severity: Estimates
    spread: Estimates
    noise: Estimates
    draws: Draws | None

    def members(self, one: int) -> Integers:
        """The entries of a list that are compared."""
        found: Integers = np.flatnonzero(self.compared & (self.list_of == one))
        return found

    def levels(self) -> Floats:
        """For each scored entry, the mean adjusted score of its list; 0 for the others."""
        level = np.zeros(len(self.fair))
        for one in range(len(self.tops)):
            scored = np.flatnonzero(self.scored & (self.list_of == one))
            if len(scored):
                level[scored] = self.fair[scored].mean()
        return level


def adjusted(
    panel: Panel,
    random: Generator,
    *,
    top: int | Mapping[int, int] = 10,
    found: Groups | None = None,
    compared: Booleans | None = None,
    exchangeable: bool = False,
    draws: int = 4000,
    confidence: float = 0.95,
) -> Adjusted:
    """Adjust the scores of a panel for who judged whom.

    Parameters
    ----------
    top : how many are chosen, of each list or by the number of the list.
    found : the panel's groups, where they are known already. Entries of different groups share no judge, directly or
        through others, and are put into lists of their own.
    compared : which entries are given a place, such as those that no threshold stops; all by default. The others'
        scores still tell what judges are like.
    exchangeable : one list instead. It supposes that entries were dealt to groups at random.
    """
    found = found or groups(panel)
    if exchangeable or len(found.groups) < 2:
        list_of, judge_list = np.zeros(panel.submissions, dtype=np.intp), np.zeros(panel.judges, dtype=np.intp)
        lists = 1
    else:
        list_of, judge_list = np.maximum(found.of_submission, 0), np.maximum(found.of_judge, 0)
        lists = len(found.groups)
    tops = tuple(top if isinstance(top, int) else top[one] for one in range(lists))
    scored = panel.with_card
    compared = scored if compared is None else scored & compared
    if panel.cards < 2 or np.ptp(panel.total) == 0:
        return _nothing_varies(panel, scored, compared, list_of, tops)
    drawn = draw(panel, list_of, judge_list, random, draws)
    se, low, high = (np.zeros(panel.submissions) for _ in range(3))
    places = _Places.of(panel.submissions)
    for one, chosen in enumerate(tops):
        own = scored & (list_of == one)
        entries, members = np.flatnonzero(own), np.flatnonzero(own & compared)
        if not len(members):
            members = entries  # each interval is against the mean of those compared, or of all
        sums = [drawn.quality[part].sum(axis=0, dtype=float) for part in blocks(members)]
        centre = (np.sum(sums, axis=0) / max(len(members), 1)).astype(np.float32)
        for part in blocks(entries):
            apart = drawn.quality[part] - centre
            ends = np.quantile(apart, [(1 - confidence) / 2, (1 + confidence) / 2], axis=1)
            level = drawn.fair[part] - apart.mean(axis=1, dtype=float)
            se[part] = apart.std(axis=1, dtype=float)
            low[part], high[part] = ends + level
        quality = drawn.quality if len(members) == panel.submissions else drawn.quality[members]
        places.put(members, ranks(drawn.fair[members], quality, chosen, confidence))
    spread, noise = np.log(drawn.spread), np.log(drawn.noise)
    return Adjusted(
        scored,
        compared,
        list_of,
        tops,
        drawn.fair,
        se,
        low,
        high,
        places.all(),
        _estimates(drawn.severity, confidence),
        _estimates(spread, confidence, logarithms=True),
        _estimates(noise, confidence, logarithms=True),
        drawn,
    )


def _estimates(draws: Floats, confidence: float, *, logarithms: bool = False) -> Estimates:
    value, se = draws.mean(axis=1), draws.std(axis=1)
    low, high = np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2], axis=1)
    if logarithms:
        return Estimates(np.exp(value), se, np.exp(low), np.exp(high))
    return Estimates(value, se, low, high)


def _nothing_varies(
    panel: Panel, scored: Booleans, compared: Booleans, list_of: Integers, tops: tuple[int, ...]
) -> Adjusted:
    same = np.full(panel.submissions, float(panel.total[0]) if panel.cards else 0.0)
    places = _Places.of(panel.submissions)
    for one, chosen in enumerate(tops):
        members = np.flatnonzero(compared & (list_of == one))
        places.put(members, all_alike(len(members), chosen))
    nobody, alike = np.zeros(panel.judges), np.ones(panel.judges)
    none = Estimates(nobody, nobody, nobody, nobody)
    one_each = Estimates(alike, nobody, alike, alike)
    no_width = np.zeros(panel.submissions)
    levels = (same, no_width, same, same)
    return Adjusted(scored, compared, list_of, tops, *levels, places.all(), none, one_each, one_each, None)


@dataclass
class _Places:
    """Places of entries of all lists, gathered list by list."""

    rank: Integers
    expected: Floats
    low: Integers
    high: Integers
    chance_top: Floats

    @classmethod
    def of(cls, entries: int) -> _Places:
        whole, real = np.zeros(entries, dtype=np.intp), np.zeros(entries)
        return cls(whole.copy(), real.copy(), whole.copy(), whole.copy(), real.copy())

    def put(self, members: Integers, found: Ranks) -> None:
        for name in vars(self):
            getattr(self, name)[members] = getattr(found, name)

    def all(self) -> Ranks:
        return Ranks(self.rank, self.expected, self.low, self.high, self.chance_top)


@dataclass(frozen=True)
class FairScores:
    """Adjusted scores and judges' effects. Arrays are aligned with the ids, which are distinct and sorted.

    ``fair`` is in points of a typical judge and ``se`` its standard error against the mean of its group; ``severity``
    is in points, positive for a judge who scores lower; ``spread`` and ``noise`` are factors around 1.
    """

    submissions: tuple[Any, ...]
    fair: Floats
    se: Floats
    judges: tuple[Any, ...]
    severity: Floats
    spread: Floats
    noise: Floats


def fair_scores(
    submission: Sequence[Hashable],
    judge: Sequence[Hashable],
    score: Sequence[float],
    *,
    seed: int = 0,
    draws: int = 4000,
) -> FairScores:
    """Scores of entries adjusted for the severity, spread and noise of whoever judged them.

    Parameters
    ----------
    submission, judge, score : aligned; one scorecard each. Ids of any kind that can be sorted.
    seed : the same scores and seed give the same numbers.
    draws : how many draws of the posterior the numbers rest on.

    Raises
    ------
    ValueError : the three differ in length, there is no score, a score is not a finite number, is beyond 1e30 or nearer
        to 0 than 1e-30 without being 0, or a judge has scored an entry twice, with the row, counted from 0; no draws.

    Examples
    --------
    >>> found = fair_scores(["a", "a", "b", "b"], ["x", "y", "x", "y"], [5, 4, 3, 2])
    >>> found.submissions
    ('a', 'b')
    >>> bool(found.fair[0] > found.fair[1])
    True
    """
    if not len(submission) == len(judge) == len(score):
        raise ValueError(f"{len(submission)} submissions, {len(judge)} judges and {len(score)} scores do not align")
    if len(score) == 0:
        raise ValueError("there is no score")
    totals = np.asarray(score, dtype=float)
    if not np.isfinite(totals).all():
        row = int(np.flatnonzero(~np.isfinite(totals))[0])
        raise ValueError(f"row {row}: {score[row]!r} is not a finite number")
    size = np.abs(totals)
    beyond = np.flatnonzero((size > LARGEST) | ((size > 0) & (size < SMALLEST)))
    if len(beyond):
        raise ValueError(f"row {beyond[0]}: {score[int(beyond[0])]!r} is too large or too small to compute with")
    if draws < 1:
        raise ValueError(f"{draws} draws are too few")
    submissions, by_submission = _sorted_ids(submission)
    judges, by_judge = _sorted_ids(judge)
    pair = by_submission * len(judges) + by_judge
    order = np.argsort(pair, kind="stable")
    twice = np.flatnonzero(np.diff(pair[order]) == 0)
    if len(twice):
        row = int(order[twice[0] + 1])
        raise ValueError(f"row {row}: {judge[row]!r} has scored {submission[row]!r} already")
    panel = Panel(by_submission[order], by_judge[order], totals[order], len(submissions), len(judges))
    found = adjusted(panel, streams(seed).posterior, draws=draws)
    return FairScores(
        submissions, found.fair, found.se, judges, found.severity.value, found.spread.value, found.noise.value
    )


def _sorted_ids(ids: Sequence[Hashable]) -> tuple[tuple[Any, ...], Integers]:
    table = tuple(sorted(set(ids)))  # type: ignore[type-var]
    position = {one: at for at, one in enumerate(table)}
    return table, np.array([position[one] for one in ids], dtype=np.intp)
