"""Intraclass correlations of scorecards' totals, and Kendall's coefficient of concordance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, fdtri

from judging.statistics.ratings import Floats, Integers

ONE_WAY = ("ICC1", "ICC1k")
TWO_WAY = ("ICC2", "ICC3", "ICC2k", "ICC3k")
NAMES = ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k")

_ROUNDING = 2.0**-48  # of the largest score: means of squares below its square are 0
_NEARLY_NOUGHT = 1e-7  # a divisor that rounding alone may keep from 0


@dataclass(frozen=True)
class Correlation:
    """An intraclass correlation with the ends of its interval, or why it is unavailable."""

    estimate: float | None
    low: float | None
    high: float | None
    unavailable: str | None = None
    reason: str | None = None

    def as_json(self) -> dict[str, float | str | None]:
        if self.unavailable is not None:
            return {"unavailable": self.unavailable}
        said: dict[str, float | str | None] = {"estimate": self.estimate, "low": self.low, "high": self.high}
        return said if self.reason is None else said | {"reason": self.reason}


@dataclass(frozen=True)
class Concordance:
    """Kendall's W with the p-value of "the judges' orders are unrelated", or why it is unavailable."""

    estimate: float | None
    p_value: float | None
    unavailable: str | None = None

    def as_json(self) -> dict[str, float | str | None]:
        if self.unavailable is not None:
            return {"unavailable": self.unavailable}
        return {"estimate": self.estimate, "p_value": self.p_value}


def correlations(
    entry: Integers, judge: Integers, total: Floats, confidence: float = 0.95
) -> Mapping[str, Correlation]:
    r"""The six intraclass correlations with F-based intervals, by name.

    With n entries of k scorecards and the mean squares of entries B, judges J, residual E and within entries W:
    ICC1 = (B−W)/(B+(k−1)W), ICC2 = (B−E)/(B+(k−1)E+k(J−E)/n), ICC3 = (B−E)/(B+(k−1)E), and of means of k scorecards
    ICC1k = (B−W)/B, ICC2k = (B−E)/(B+(J−E)/n), ICC3k = (B−E)/B. ICC2's interval takes Satterthwaite's degrees of
    freedom; ICC2k's ends are those of ICC2 by Spearman and Brown. Estimates may be negative.

    Parameters
    ----------
    entry, judge, total : one place a scorecard, in any order; no pair stands twice.

    Returns
    -------
    ICC1 and ICC1k are available where every entry has the same number k >= 2 of scorecards, the others where the same
    judges scored every entry.

    References
    ----------
    P. Shrout and J. Fleiss (1979), Intraclass correlations; K. McGraw and S. Wong (1996), Forming inferences about some
    intraclass correlation coefficients.
    """
    lacking = _no_equal_number(entry)
    if lacking is not None:
        return {name: Correlation(None, None, None, lacking) for name in NAMES}
    table, crossed = _table(entry, judge, total)
    n, k = table.shape
    spread = float(np.ptp(table))
    if spread == 0:
        return {name: Correlation(None, None, None, "nothing varies") for name in NAMES}
    tail = (1 - confidence) / 2
    scaled = (table - table.mean()) / spread
    noise = (_ROUNDING * max(float(np.abs(table).max()) / spread, 1.0)) ** 2
    entries = _squares(scaled.mean(axis=1), noise, k) / (n - 1)
    within = _squares(scaled - scaled.mean(axis=1, keepdims=True), noise) / (n * (k - 1))
    found = _pair("ICC1", entries, within, (n - 1, n * (k - 1)), k, tail)
    if not crossed:
        reason = "not every entry was scored by the same judges"
        found |= {name: Correlation(None, None, None, reason) for name in TWO_WAY}
    else:
        judges = _squares(scaled.mean(axis=0), noise, n) / (k - 1)
        by_judge = scaled.mean(axis=0, keepdims=True) - scaled.mean()
        rest = _squares(scaled - scaled.mean(axis=1, keepdims=True) - by_judge, noise) / ((n - 1) * (k - 1))
        found |= _pair("ICC3", entries, rest, (n - 1, (n - 1) * (k - 1)), k, tail)
        found |= _random_judges(entries, judges, rest, n, k, tail)
    return {name: found[name] for name in NAMES}


def kendall_w(entry: Integers, judge: Integers, total: Floats) -> Concordance:
    r"""Kendall's coefficient of concordance, corrected for ties.

    .. math:: W = 12 S / (k^2 (n^3 - n) - k \sum T)

    with S the squared deviations of the entries' sums of ranks from their mean and T = t^3 − t for t scores of a judge
    that tie. The p-value is that of k(n−1)W as chi-square with n−1 degrees of freedom.

    Returns
    -------
    Unavailable unless the same two judges or more scored every one of at least three entries, and somebody's scores
    vary.

    References
    ----------
    M. Kendall (1948), Rank Correlation Methods.
    """
    lacking = _no_equal_number(entry)
    if lacking is not None:
        return Concordance(None, None, lacking)
    table, crossed = _table(entry, judge, total)
    n, k = table.shape
    if not crossed:
        return Concordance(None, None, "not every entry was scored by the same judges")
    if n < 3:
        return Concordance(None, None, "there are fewer than three entries")
    sums, ties = np.zeros(n), 0
    for column in table.T:
        _, place, counts = np.unique(column, return_inverse=True, return_counts=True)
        sums += (np.cumsum(counts) - (counts - 1) / 2)[place]
        ties += int((counts**3 - counts).sum())
    most = k**2 * (n**3 - n) - k * ties
    if most == 0:
        return Concordance(None, None, "nothing varies")
    estimate = float(12 * ((sums - k * (n + 1) / 2) ** 2).sum() / most)
    return Concordance(estimate, float(chdtrc(n - 1, k * (n - 1) * estimate)))


def _no_equal_number(entry: Integers) -> str | None:
    sizes = np.unique(entry, return_counts=True)[1]
    if len(sizes) < 2:
        return "there are fewer than two entries"
    if sizes.min() != sizes.max():
        return "entries have different numbers of scorecards"
    return "every entry has one scorecard" if sizes[0] < 2 else None


def _table(entry: Integers, judge: Integers, total: Floats) -> tuple[Floats, bool]:
    """Entries by scorecards in the order of their judges, and whether those are the same throughout."""
    rows = np.lexsort((judge, entry))
    n = len(np.unique(entry))
    judges = judge[rows].reshape(n, -1)
    return np.asarray(total, dtype=float)[rows].reshape(n, -1), bool((judges == judges[0]).all())


def _squares(values: Floats, noise: float, times: int = 1) -> float:
    """The sum of squared deviations, ``times`` over; 0 where rounding alone made it."""
    found = float(((values - values.mean()) ** 2).sum())
    return times * found if found > noise * values.size else 0.0


def _pair(
    name: str, entries: float, error: float, degrees: tuple[int, int], k: int, tail: float
) -> dict[str, Correlation]:
    """ICC1 or ICC3 and the same of means of k, from the mean squares of entries and of error."""
    between, within = degrees
    if error == 0 and entries == 0:
        nothing = Correlation(None, None, None, None, "neither entries' means nor what is left vary")
        return {name: nothing, f"{name}k": nothing}
    if error == 0:
        return {name: Correlation(1.0, 1.0, 1.0), f"{name}k": Correlation(1.0, 1.0, 1.0)}
    ratio = entries / error
    low = ratio / float(fdtri(between, within, 1 - tail))
    high = ratio * float(fdtri(within, between, 1 - tail))

    def single(f: float) -> float:
        return (f - 1) / (f + k - 1)

    one = Correlation(single(ratio), single(low), single(high))
    if ratio == 0:
        return {name: one, f"{name}k": Correlation(None, None, None, "the entries' means do not vary")}
    return {name: one, f"{name}k": Correlation(1 - 1 / ratio, 1 - 1 / low, 1 - 1 / high)}


def _random_judges(entries: float, judges: float, error: float, n: int, k: int, tail: float) -> dict[str, Correlation]:
    """ICC2 and ICC2k, whose error holds the judges' differences too."""
    whole = entries + (k - 1) * error + k * (judges - error) / n
    of_means = entries + (judges - error) / n
    part, size = entries - error, entries + judges + error
    single = _of(whole, part, size, lambda: _satterthwaite(entries, judges, error, n, k, tail))
    means = _of(of_means, part, size, lambda: (_spearman_brown(single.low, k), _spearman_brown(single.high, k)))
    return {"ICC2": single, "ICC2k": means}


def _of(whole: float, part: float, size: float, ends: Callable[[], tuple[float | None, float | None]]) -> Correlation:
    if whole <= _NEARLY_NOUGHT * size:
        return Correlation(None, None, None, "the variances of which it is a share add up to none")
    low, high = ends()
    reason = None if low is not None and high is not None else "an end of the interval cannot be computed"
    return Correlation(part / whole, low, high, None, reason)


def _satterthwaite(
    entries: float, judges: float, error: float, n: int, k: int, tail: float
) -> tuple[float | None, float | None]:
    rho = (entries - error) / (entries + (k - 1) * error + k * (judges - error) / n)
    from_judges = k * rho * judges
    from_error = (n * (1 + (k - 1) * rho) - k * rho) * error
    squares = (n - 1) * from_judges**2 + from_error**2
    if error == 0 and judges == 0:
        return 1.0, 1.0
    degrees = (k - 1) * (n - 1) * (from_judges + from_error) ** 2 / squares if squares > 0 else 0.0
    if degrees < _NEARLY_NOUGHT:
        return None, None
    others = k * judges + (k * n - k - n) * error
    upper = float(fdtri(n - 1, degrees, 1 - tail))
    lower = float(fdtri(degrees, n - 1, 1 - tail))
    return (
        _share(n * (entries - upper * error), upper * others + n * entries),
        _share(n * (lower * entries - error), others + n * lower * entries),
    )


def _share(part: float, whole: float) -> float | None:
    return part / whole if np.isfinite(part) and np.isfinite(whole) and whole > 0 else None


def _spearman_brown(single: float | None, k: int) -> float | None:
    if single is None or 1 + (k - 1) * single <= _NEARLY_NOUGHT:
        return None
    return k * single / (1 + (k - 1) * single)
