"""Agreement by weighted shares: Gwet's AC, Fleiss, Conger, Brennan and Prediger, and the share that agrees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np
from scipy.special import stdtrit

from judging.statistics.ratings import Floats, Integers


class Weight(StrEnum):
    """How much two unequal scores agree."""

    IDENTITY = "identity"
    LINEAR = "linear"
    QUADRATIC = "quadratic"
    ORDINAL = "ordinal"


class Coefficient(StrEnum):
    """What is taken as agreement by chance."""

    GWET_AC = "gwet_ac"
    FLEISS_KAPPA = "fleiss_kappa"
    CONGER_KAPPA = "conger_kappa"
    BRENNAN_PREDIGER = "brennan_prediger"
    PERCENT_AGREEMENT = "percent_agreement"


OF_CATEGORIES = frozenset({Coefficient.GWET_AC, Coefficient.BRENNAN_PREDIGER})
NOT_A_CATEGORY = "a total of several criteria is not a category"
OF_DISTANCES = frozenset({Weight.LINEAR, Weight.QUADRATIC})


@dataclass(frozen=True)
class Kappa:
    """A coefficient, its standard error and interval over entries, and why one of them is None."""

    estimate: float | None
    se: float | None
    low: float | None
    high: float | None
    reason: str | None = None

    def as_json(self) -> dict[str, float | str | None]:
        said: dict[str, float | str | None] = {
            "estimate": self.estimate,
            "se": self.se,
            "low": self.low,
            "high": self.high,
        }
        return said if self.reason is None else said | {"reason": self.reason}


def _nothing(reason: str) -> Kappa:
    return Kappa(None, None, None, None, reason)


@dataclass(frozen=True)
class Kappas:
    """Every coefficient with every weight."""

    of: Mapping[Coefficient, Mapping[Weight, Kappa]]

    def as_json(self) -> dict[str, dict[str, dict[str, float | str | None]]]:
        return {
            coefficient.value: {weight.value: kappa.as_json() for weight, kappa in by_weight.items()}
            for coefficient, by_weight in self.of.items()
        }


def kappas(
    entry: Integers, judge: Integers, position: Integers, categories: Floats, confidence: float = 0.95
) -> Kappas:
    r"""All coefficients for scores that are categories.

    .. math:: \kappa = (p_a - p_e) / (1 - p_e)

    with n entries of one score or more, and Gwet's variance over entries
    :math:`\sum_i (\kappa^*_i - \kappa)^2 / (n(n-1))`, :math:`\kappa^*_i = \kappa_i - 2(1-\kappa)(p_{e,i}-p_e)/(1-p_e)`.
    With category values c and positions k the weights are 1 for equals (identity),
    :math:`1-|c_k-c_l|/(c_{max}-c_{min})` (linear), the same of squares (quadratic), and :math:`1-m(m+1)/(q(q-1))`,
    m = \|k - l\| (ordinal). The interval is the estimate ± t(n−1) standard errors, its upper end at most 1.

    Parameters
    ----------
    entry, judge, position : one place a score, in any order; position is that of its category.
    categories : the q values that a score can have, rising.

    Returns
    -------
    A coefficient is None, with the reason, where no entry has two scores, where chance alone agrees wholly, and but for
    the share that agrees where there is one category. Where one entry has two scores there is no standard error.

    References
    ----------
    K. Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition. Time and memory are those of sorting the scores,
    however many categories there are.
    """
    q = len(categories)
    grid = np.zeros(q) if q < 2 else (categories - categories[0]) / (categories[-1] - categories[0])
    group, mass, places = np.zeros(q, dtype=np.intp), np.ones(q), np.arange(q)
    sums = {one: float(_closeness(one, group, places, grid, mass, q).sum()) for one in Weight} if q > 1 else {}
    return _all(_Scores(entry, judge, position, grid[position], q, sums), confidence)


def kappas_on_grid(entry: Integers, judge: Integers, position: Integers, q: int, confidence: float = 0.95) -> Kappas:
    """All coefficients, as in `kappas`, where the q categories lie at equal distances; q may be any number."""
    if q < 2:
        return _all(_Scores(entry, judge, position, np.zeros(len(position)), q, {}), confidence)
    sums = {
        Weight.IDENTITY: q,
        Weight.LINEAR: q**2 - q * (q + 1) / 3,
        Weight.QUADRATIC: q**2 - q**2 * (q + 1) / (6 * (q - 1)),
        Weight.ORDINAL: q**2 - (q + 1) * (q + 2) / 6,
    }
    return _all(_Scores(entry, judge, position, position / (q - 1), q, sums), confidence)


def kappas_of_totals(
    entry: Integers, judge: Integers, value: Floats, low: float, high: float, confidence: float = 0.95
) -> Kappas:
    """The coefficients that a total of several criteria has, as in `kappas`; it is not a category.

    Linear and quadratic weights run from ``low`` to ``high``, the ends of the scale, or of what was observed. Identity
    and ordinal weights, AC and Brennan–Prediger are None with the reason.
    """
    values, position = np.unique(value, return_inverse=True)
    length = high - low
    relative = (value - low) / length if length > 0 else np.zeros(len(value))
    scores = _Scores(entry, judge, position, relative, max(len(values), 2), {})

    def kappa(coefficient: Coefficient, weight: Weight) -> Kappa:
        if coefficient in OF_CATEGORIES or weight not in OF_DISTANCES:
            return _nothing(NOT_A_CATEGORY)
        return _kappa(scores, coefficient, weight, confidence)

    return Kappas({one: {by: kappa(one, by) for by in Weight} for one in Coefficient})


@dataclass(frozen=True)
class _Scores:
    """Scores as positions and as values from 0 to 1, how many categories there are, and the sums of all their weights.

    What the formulas say by tables of entries, judges and categories is said here by sums over scores: a score's
    `_closeness` to a group is the sum of its weights with the group's scores.
    """

    entry: Integers
    judge: Integers
    position: Integers
    value: Floats
    categories: int
    weight_sums: Mapping[Weight, float]
    found: dict[tuple[str, Weight], Floats] = field(default_factory=dict)

    @cached_property
    def unit(self) -> Integers:
        unit: Integers = np.unique(self.entry, return_inverse=True)[1]
        return unit

    @cached_property
    def judge_unit(self) -> Integers:
        unit: Integers = np.unique(self.judge, return_inverse=True)[1]
        return unit

    @cached_property
    def sizes(self) -> Floats:
        """Of entries: how many scores each has."""
        return np.bincount(self.unit).astype(float)

    @cached_property
    def judge_sizes(self) -> Floats:
        return np.bincount(self.judge_unit).astype(float)

    @cached_property
    def varies(self) -> bool:
        return bool(np.any(self.position != self.position[0]))

    @cached_property
    def mass(self) -> Floats:
        """What each score adds to the share of its category: entries weigh the same."""
        return 1 / (len(self.sizes) * self.sizes[self.unit])

    @cached_property
    def judge_mass(self) -> Floats:
        """What each score adds to its judge's own share of its category."""
        return 1 / self.judge_sizes[self.judge_unit]

    @cached_property
    def everybody(self) -> Integers:
        return np.zeros(len(self.position), dtype=np.intp)

    def within_entry(self, weight: Weight) -> Floats:
        """Each score's weights with all scores of its entry, itself among them."""
        return self._kept("entry", weight, self.unit, np.ones(len(self.position)))

    def to_all(self, weight: Weight) -> Floats:
        """Each score's weights with the shares of all categories."""
        return self._kept("all", weight, self.everybody, self.mass)

    def closeness(self, weight: Weight, group: Integers, mass: Floats) -> Floats:
        return _closeness(weight, group, self.position, self.value, mass, self.categories)

    def _kept(self, name: str, weight: Weight, group: Integers, mass: Floats) -> Floats:
        if (name, weight) not in self.found:
            self.found[name, weight] = self.closeness(weight, group, mass)
        return self.found[name, weight]


def _all(scores: _Scores, confidence: float) -> Kappas:
    return Kappas({one: {by: _kappa(scores, one, by, confidence) for by in Weight} for one in Coefficient})


def _kappa(scores: _Scores, coefficient: Coefficient, weight: Weight, confidence: float) -> Kappa:
    if not len(scores.position) or not (scores.sizes >= 2).any():
        return _nothing("no entry has two scores")
    if coefficient is not Coefficient.PERCENT_AGREEMENT:
        if scores.categories < 2:
            return _nothing("there is one category")
        if not scores.varies and coefficient not in OF_CATEGORIES:
            return _nothing("nothing varies")
    n = len(scores.sizes)
    several = scores.sizes >= 2
    n2 = int(several.sum())
    within = scores.within_entry(weight) - 1
    pairs = np.bincount(scores.unit, weights=within)
    observed = np.divide(pairs, scores.sizes * (scores.sizes - 1), out=np.zeros(n), where=several)
    p_a = float(observed.sum() / n2)
    p_e, chance = _chance(scores, coefficient, weight)
    if 1 - p_e < 1e-12:
        return _nothing("chance alone would agree wholly")
    estimate = (p_a - p_e) / (1 - p_e)
    if n2 < 2:
        return Kappa(estimate, None, None, None, "one entry has two scores or more")
    own = (n / n2) * (observed - p_e * several) / (1 - p_e)
    own -= 2 * (1 - estimate) * (chance - p_e) / (1 - p_e)
    se = float(np.sqrt(((own - estimate) ** 2).sum() / (n * (n - 1))))
    reach = float(stdtrit(n - 1, (1 + confidence) / 2)) * se
    return Kappa(estimate, se, estimate - reach, min(estimate + reach, 1.0))


def _chance(scores: _Scores, coefficient: Coefficient, weight: Weight) -> tuple[float, Floats]:
    """Agreement by chance, and each entry's part in it."""
    n, q = len(scores.sizes), scores.categories
    if coefficient is Coefficient.PERCENT_AGREEMENT:
        return 0.0, np.zeros(n)
    if coefficient is Coefficient.BRENNAN_PREDIGER:
        uniform = scores.weight_sums[weight] / q**2
        return uniform, np.full(n, uniform)
    if coefficient is Coefficient.CONGER_KAPPA:
        return _conger(scores, weight)
    if coefficient is Coefficient.GWET_AC:
        shares = scores.to_all(Weight.IDENTITY)  # of each score's own category
        factor = scores.weight_sums[weight] / (q * (q - 1))
        by_score = factor * (1 - shares)
    else:
        by_score = scores.to_all(weight)
    return float(scores.mass @ by_score), np.bincount(scores.unit, weights=by_score) / scores.sizes


def _conger(scores: _Scores, weight: Weight) -> tuple[float, Floats]:
    """Chance by the judges' own shares p_g: the mean of p_g W p_h over pairs of different judges."""
    r = len(scores.judge_sizes)
    to_all = scores.closeness(weight, scores.everybody, scores.judge_mass)
    to_own = scores.closeness(weight, scores.judge_unit, scores.judge_mass)
    to_others = to_all - to_own
    by_judge = np.bincount(scores.judge_unit, weights=to_others) / scores.judge_sizes
    p_e = by_judge.sum() / (r * (r - 1))
    by_score = len(scores.sizes) / scores.judge_sizes[scores.judge_unit] * (to_others - by_judge[scores.judge_unit])
    return float(p_e), p_e + np.bincount(scores.unit, weights=by_score) / (r * (r - 1))


def _closeness(
    weight: Weight, group: Integers, position: Integers, value: Floats, mass: Floats, categories: int
) -> Floats:
    """For each score the sum of mass times weight over the scores of its group, itself among them."""
    if weight is Weight.IDENTITY:
        place = np.unique(position, return_inverse=True)[1]
        cell = np.unique(group * (place.max() + 1) + place, return_inverse=True)[1]
        same: Floats = _sums(cell, mass)[cell]
        return same
    whole: Floats = _sums(group, mass)[group]
    if weight is Weight.LINEAR:
        return whole - _distances(group, value, mass)
    if weight is Weight.QUADRATIC:
        return whole - _squares(group, value, mass)
    steps: Floats = position.astype(float)
    return whole - (_squares(group, steps, mass) + _distances(group, steps, mass)) / max(
        categories * (categories - 1), 1
    )


def _squares(group: Integers, value: Floats, mass: Floats) -> Floats:
    """For each score the sum of mass times squared distance over its group."""
    whole = _sums(group, mass)
    mean = _sums(group, mass * value) / whole
    deviation = value - mean[group]
    spread = _sums(group, mass * deviation**2)
    squares: Floats = spread[group] + whole[group] * deviation**2
    return squares


def _distances(group: Integers, value: Floats, mass: Floats) -> Floats:
    """For each score the sum of mass times distance over its group, by running sums over the sorted scores."""
    rows = np.lexsort((value, group))
    starts = np.flatnonzero(np.append(True, np.diff(group[rows]) != 0))
    sizes = np.diff(np.append(starts, len(rows)))
    first = np.repeat(starts, sizes)
    from_lowest = value[rows] - value[rows][first]
    ordered = mass[rows]

    def below(part: Floats) -> tuple[Floats, Floats]:
        running = np.cumsum(part)
        running = running - np.repeat(running[starts] - part[starts], sizes)
        return running, np.repeat(running[starts + sizes - 1], sizes)

    count, count_all = below(ordered)
    moment, moment_all = below(ordered * from_lowest)
    found = np.empty(len(rows))
    found[rows] = from_lowest * (2 * count - count_all) + moment_all - 2 * moment
    return np.maximum(found, 0)


def _sums(group: Integers, part: Floats) -> Floats:
    return np.asarray(np.bincount(group, weights=part), dtype=float)
