"""Krippendorff's alpha at four levels, and how far it would move with other entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.sparse import csr_array

from judging.statistics.ratings import Booleans, Floats, Integers

FEWEST_ENTRIES = 10
MOST_DROPPED = 0.05

_FEW_VALUES = 64  # up to here a dense table of entries by values is quicker than a sparse one,
_FEW_CELLS = 1 << 22  # if it is not larger than this
_CHUNK = 1 << 17  # numbers in a table of entries by resamples, so that it stays in the processor's cache
_CANCELLED = 1e-6  # a difference of two sums is recomputed if it is less of them
_NODE = 0.25  # between nodes of the integral for ratios, whose error is about exp(-pi^2 / _NODE)


class Level(StrEnum):
    """What distances between scores mean."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


@dataclass(frozen=True)
class Alpha:
    """Alpha, the ends of its interval over other entries, why one of them is None, and how many resamples fell out."""

    estimate: float | None
    low: float | None
    high: float | None
    reason: str | None = None
    dropped: int = 0

    def as_json(self) -> dict[str, float | str | None]:
        said: dict[str, float | str | None] = {"estimate": self.estimate, "low": self.low, "high": self.high}
        return said if self.reason is None else said | {"reason": self.reason}


@dataclass(frozen=True)
class Alphas:
    """Alpha at each level, over so many entries with two scores or more."""

    levels: Mapping[Level, Alpha]
    pairable: int
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, dict[str, float | str | None]]:
        return {level.value: alpha.as_json() for level, alpha in self.levels.items()}


def alphas(
    entry: Integers,
    value: Floats,
    *,
    levels: Sequence[Level] = tuple(Level),
    resamples: int = 0,
    generator: Generator | None = None,
    confidence: float = 0.95,
) -> Alphas:
    r"""Krippendorff's alpha at some levels or all four, with percentile intervals.

    .. math:: \alpha = 1 - D_o / D_e

    where :math:`D_o` is the mean distance between the scores of an entry, each entry's pairs weighted by
    :math:`1/(m_u - 1)`, and :math:`D_e` the same over all pairs of pairable scores. Distances are 0 or 1 (nominal),
    :math:`(a-b)^2` of midranks of all pairable scores (ordinal) or of scores (interval), and
    :math:`((a-b)/(a+b))^2` (ratio). Entries with one score are left out of everything.

    A resample draws as many pairable entries with replacement; both disagreements, and the midranks, are those of the
    resample. So the interval speaks of other entries with these judges. A resample in which nothing varies is dropped.

    Parameters
    ----------
    entry, value : one place a score, in any order.
    resamples, generator : how many to draw and from what; without them there are no intervals.

    Returns
    -------
    An alpha is None, with the reason, where no entry has two scores, nothing varies, or at the ratio level a score is
    negative. Fewer than 10 pairable entries, or more than 5 % of resamples dropped: no interval, and a warning.

    References
    ----------
    K. Krippendorff (2011), Computing Krippendorff's Alpha-Reliability; (2019), Content Analysis, chapter 12.
    """
    scores = _Scores.of(entry, value)
    if scores is None:
        reason = "no entry has two scores"
        return Alphas(
            dict.fromkeys(levels, Alpha(None, None, None, reason)), 0, (f"No Krippendorff's alpha: {reason}.",)
        )
    n = scores.entries
    if len(scores.values) < 2:
        return Alphas(dict.fromkeys(levels, Alpha(None, None, None, "nothing varies")), n)
    possible = [level for level in levels if level is not Level.RATIO or scores.values[0] >= 0]
    measure = _Disagreements(scores, possible)
    once = measure.of(np.ones((n, 1)))[0]
    estimates = {level: min(1 - float(once[level][0]), 1.0) for level in possible}
    negative = Alpha(None, None, None, "a score is negative")

    def without_interval(reason: str, dropped: int, *warnings: str) -> Alphas:
        found = {level: Alpha(estimates[level], None, None, reason, dropped) for level in possible}
        return Alphas({level: found.get(level, negative) for level in levels}, n, warnings)

    if resamples < 1 or generator is None:
        return without_interval("no resamples were drawn", 0)
    if n < FEWEST_ENTRIES:
        reason = f"only {n} {'entry has' if n == 1 else 'entries have'} two scores or more"
        return without_interval(reason, 0, f"No interval for Krippendorff's alpha: {reason}.")
    drawn: dict[Level, list[Floats]] = {level: [] for level in possible}
    dropped = 0
    for counts in _multinomial(generator, n, resamples):
        ratios, varies = measure.of(counts)
        dropped += int((~varies).sum())
        for level in possible:
            drawn[level].append(np.minimum(1 - ratios[level][varies], 1.0))
    if dropped > MOST_DROPPED * resamples:
        reason = f"nothing varies in {dropped} of {resamples} resamples"
        return without_interval(reason, dropped, f"No interval for Krippendorff's alpha: {reason}.")
    tail = (1 - confidence) / 2
    found = {}
    for level in possible:
        low, high = np.quantile(np.concatenate(drawn[level]), (tail, 1 - tail)).tolist()
        found[level] = Alpha(estimates[level], low, high, None, dropped)
    return Alphas({level: found.get(level, negative) for level in levels}, n)


def krippendorff_alpha(units: Sequence[Sequence[float]], level: Level = Level.INTERVAL) -> float | None:
    """Krippendorff's alpha for units with any number of scores, as in `alphas`.

    Parameters
    ----------
    units : for each entry its scores, in any order; entries with fewer than two are left out of everything.

    Returns
    -------
    alpha, at most 1, or None where nothing can be compared: no entry has two scores, nothing varies, or at the ratio
    level a score is negative.

    Examples
    --------
    >>> krippendorff_alpha([[1, 1], [2, 2], [3, 3]])
    1.0
    """
    sizes = [len(unit) for unit in units]
    entry = np.repeat(np.arange(len(sizes)), sizes)
    value = np.array([score for unit in units for score in unit], dtype=float)
    return alphas(entry, value, levels=(level,)).levels[level].estimate


@dataclass(frozen=True)
class _Scores:
    """Pairable scores: entry and value as positions, the distinct values, and how many scores each entry has."""

    entry: Integers
    position: Integers
    values: Floats
    sizes: Floats

    @classmethod
    def of(cls, entry: Integers, value: Floats) -> _Scores | None:
        _, unit, sizes = np.unique(entry, return_inverse=True, return_counts=True)
        pairable = sizes[unit] >= 2
        if not pairable.any():
            return None
        values, position = np.unique(np.asarray(value, dtype=float)[pairable] + 0.0, return_inverse=True)
        place = np.cumsum(sizes >= 2) - 1
        return cls(place[unit[pairable]], position, values, sizes[sizes >= 2].astype(float))

    @property
    def entries(self) -> int:
        return len(self.sizes)

    @property
    def middle(self) -> int:
        """The position of a median."""
        return int(np.searchsorted(np.cumsum(np.bincount(self.position)), len(self.position) / 2))

    @property
    def counts(self) -> csr_array[np.float64]:
        """How often each entry got each value: entries by values."""
        shape = (self.entries, len(self.values))
        return csr_array((np.ones(len(self.entry)), (self.entry, self.position)), shape=shape)


class _Disagreements:
    """Observed over expected disagreement at several levels, for entries that are counted any number of times.

    Within an entry a pair's distance is fixed at every level but the ordinal, so an entry adds a constant. Midranks g
    are those of the resample: with c how often an entry of m scores got a value, its pairs add up to
    2 (m c.g^2 - (c.g)^2), so that products of the table of counts do for all resamples of a chunk. Entries whose scores
    are all equal add nothing and are left out of those products.
    """

    def __init__(self, scores: _Scores, levels: Sequence[Level]) -> None:
        self._levels = levels
        self._sizes = scores.sizes
        counts = scores.counts
        few = len(scores.values) <= _FEW_VALUES and scores.entries * len(scores.values) <= _FEW_CELLS
        self._by_value = np.ascontiguousarray(counts.toarray().T) if few else counts.T.tocsr()
        self._differs: Booleans = np.diff(counts.indptr) > 1
        differing = counts[np.flatnonzero(self._differs)]
        sizes = scores.sizes[self._differs]
        weighted = csr_array(differing.multiply((sizes / (sizes - 1))[:, None]))
        self._differing = differing.toarray() if few else differing
        self._weighted = np.ascontiguousarray(weighted.toarray().T) if few else weighted.T.tocsr()
        self._pairs = (1 / (sizes - 1))[:, None]

        # Measured from the middle score, so that what lies close together stays apart beside one that lies far off.
        apart = scores.values - scores.values[scores.middle]
        self._values = apart / np.abs(apart).max()
        self._within: dict[Level, Floats] = {}
        self._within[Level.NOMINAL] = sizes**2 - differing.multiply(differing).sum(axis=1)
        own = differing @ self._values
        self._within[Level.INTERVAL] = np.maximum(2 * (sizes * (differing @ self._values**2) - own**2), 0)
        if Level.RATIO in levels:
            self._ratios = _Ratios(scores, counts)
            self._within[Level.RATIO] = self._ratios.within[self._differs]

    def of(self, times: Floats) -> tuple[dict[Level, Floats], Booleans]:
        """For entries counted ``times`` (entries by resamples): the ratio at each level, and whether anything varies.

        Where nothing varies the ratio is 0.
        """
        totals = _product(self._by_value, times)
        varies = (totals > 0).sum(axis=0) > 1
        scores = totals.sum(axis=0)
        differing = times[self._differs]
        ratios = {}
        for level in self._levels:
            if level is Level.ORDINAL:
                ranks = np.cumsum(totals, axis=0) - (totals - 1) / 2 - (scores + 1) / 2
                squares = ranks**2
                sums = _product(self._differing, ranks)
                sums *= sums
                sums *= differing
                within = 2 * (
                    (squares * _product(self._weighted, differing)).sum(axis=0) - (sums * self._pairs).sum(axis=0)
                )
                between = 2 * scores * (squares * totals).sum(axis=0)  # midranks add up to 0
            else:
                within = (self._within[level] * self._pairs[:, 0]) @ differing
                between = self._between(level, times, totals, scores)
            ratios[level] = np.divide(within * (scores - 1), between, out=np.zeros(len(scores)), where=between > 0)
        return ratios, varies

    def _between(self, level: Level, times: Floats, totals: Floats, scores: Floats) -> Floats:
        between: Floats
        if level is Level.RATIO:
            return self._ratios.between(times, totals)
        if level is Level.NOMINAL:
            between = scores**2 - (totals**2).sum(axis=0)
            return between
        sums, squares = self._values @ totals, scores * (self._values**2 @ totals)
        between = 2 * (squares - sums**2)
        close = between < _CANCELLED * squares
        if close.any():  # what is left of the difference is rounding, so the mean is subtracted first
            deviation = self._values[:, None] - sums[close] / scores[close]
            between[close] = 2 * scores[close] * (totals[:, close] * deviation**2).sum(axis=0)
        return between


class _Ratios:
    r"""Sums of ((a-b)/(a+b))^2 over pairs of scores, as an integral of variances.

    Since :math:`1/(a+b)^2 = \int e^{2s} e^{-t(a+b)} ds` with :math:`t = e^s`, the sum over ordered pairs is the
    integral of :math:`2 (M_0 M_2 - M_1^2)` with :math:`M_k = \sum (t(x-c))^k e^{-tx}` over the scores, for any c. The
    trapezoidal rule gives it to about fourteen digits, in time that grows with the number of values and not with that
    of their pairs. Scores below 1e-150 of the largest count as equal.
    """

    def __init__(self, scores: _Scores, counts: csr_array[np.float64]) -> None:
        largest = scores.values[-1]
        x = scores.values / largest
        shares = np.bincount(scores.position) / len(scores.position)
        smallest = max(float(x[x > 0].min()), 1e-150)
        at = np.arange(-20, 4 - np.log(smallest), _NODE)
        self._by_entry = scores.entries < len(x)
        self.within = np.zeros(scores.entries)
        moments: list[tuple[Floats, Floats, Floats]] = []
        size = max(1, _FEW_CELLS // max(scores.entries, len(x)))
        for start in range(0, len(at), size):
            t = np.exp(at[start : start + size])[:, None]
            weight = np.exp(-t * x)
            mass = weight @ shares
            # Differences from a score near the mean, so that scores close together stay apart however large they are.
            near = np.searchsorted(x[:-1], weight @ (shares * x) / mass)
            apart = (scores.values - scores.values[near][:, None]) / largest
            deviation = t * (apart - ((weight * apart) @ shares / mass)[:, None])
            m0, m1, m2 = weight, weight * deviation, weight * deviation**2
            e0, e1, e2 = (np.ascontiguousarray(_product(counts, moment.T).T) for moment in (m0, m1, m2))
            self.within += _integral(e0, e1, e2)
            moments.append((e0, e1, e2) if self._by_entry else (m0, m1, m2))
        self._m0, self._m1, self._m2 = (np.concatenate(parts) for parts in zip(*moments, strict=True))

    def between(self, times: Floats, totals: Floats) -> Floats:
        columns = times if self._by_entry else totals
        return _integral(self._m0 @ columns, self._m1 @ columns, self._m2 @ columns)


def _integral(m0: Floats, m1: Floats, m2: Floats) -> Floats:
    found: Floats = np.maximum(2 * _NODE * (m0 * m2 - m1**2).sum(axis=0), 0)
    return found


def _product(table: Floats | csr_array[np.float64], columns: Floats) -> Floats:
    return np.asarray(table @ columns, dtype=float)


def _multinomial(generator: Generator, entries: int, resamples: int) -> Iterator[Floats]:
    """How often each entry stands in each resample, in chunks of entries by resamples."""
    size = max(1, min(resamples, _CHUNK // entries))
    for start in range(0, resamples, size):
        width = min(size, resamples - start)
        drawn: NDArray[np.int64] = generator.integers(entries, size=(width, entries))
        drawn *= width
        drawn += np.arange(width)[:, None]
        yield np.bincount(drawn.reshape(-1), minlength=entries * width).reshape(entries, width).astype(float)
