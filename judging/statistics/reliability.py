"""How far the ranking would repeat: generalisability, the ranking's reliability, what another panel would choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from scipy.special import ndtri

from judging.statistics.mixed import Covariance, Crossing
from judging.statistics.ratings import Booleans, Floats, Integers, Panel
from judging.statistics.variance import CROSSED, NO_RESIDUAL, ComponentIntervals, Components, Interval

STUDY = range(1, 11)
PLAIN, FAIR = "plain", "fair"

# Work of same_top, in standard normal numbers used: for its estimate, and for its interval.
ESTIMATE_WORK = 3_000_000
INTERVAL_WORK = 5_000_000
MOST_REPEATS = 1_000

# Its interval: components at which shares are simulated, how far apart these are at least (of a score's standard
# deviation), and draws of components at which shares are then read off.
NODES = 32
NODES_APART = 0.1
COMPONENT_DRAWS = 4_000

# A variance of quality that counts as none, as a share of the whole: quality is then drawn so small, to break ties.
NO_QUALITY = 1e-6


@dataclass(frozen=True)
class SameTop:
    """The share of the top K that another panel would choose again, and its interval."""

    estimate: float
    low: float | None
    high: float | None

    def as_json(self) -> dict[str, float | None]:
        return {"estimate": self.estimate, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Study:
    """G and Phi with so many judges for each submission."""

    judges: int
    g: float | None
    phi: float | None

    def as_json(self) -> dict[str, float | int | None]:
        return {"judges": self.judges, "g": self.g, "phi": self.phi}


@dataclass(frozen=True)
class Reliability:
    """What is said of how far a ranking would repeat; ``reasons`` says why a field is None.

    ``ranking`` and ``same_top`` have the keys plain (means of totals) and fair (adjusted scores).
    """

    judges_per_submission: float | None
    g: float | None
    phi: float | None
    interval: Mapping[str, Interval | None]
    study: tuple[Study, ...]
    ranking: Mapping[str, float | None]
    same_top: Mapping[str, SameTop | None]
    reasons: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """``reliability`` of the contract."""
        document: dict[str, object] = {
            "judges_per_submission": self.judges_per_submission,
            "g": self.g,
            "phi": self.phi,
            "interval": {name: self._or_reason(name, one, ("low", "high")) for name, one in self.interval.items()},
            "study": [self._row(one) for one in self.study],
            "ranking": {**self.ranking},
            "same_top": {
                name: self._or_reason("same_top", one, ("estimate", "low", "high"))
                for name, one in self.same_top.items()
            },
        }
        if self.reasons:
            document["reasons"] = dict(self.reasons)
        return document

    def _row(self, one: Study) -> dict[str, object]:
        unknown = {
            name: self.reasons.get(name, "nothing varies") for name in ("g", "phi") if getattr(one, name) is None
        }
        return {**one.as_json(), **({"reasons": unknown} if unknown else {})}

    def _or_reason(self, field_name: str, value: Interval | SameTop | None, keys: Sequence[str]) -> dict[str, object]:
        if value is not None:
            return dict(value.as_json())
        return {**dict.fromkeys(keys), "reason": self.reasons.get(field_name, "the components are not known")}


def g(components: Components, judges: float) -> float | None:
    r"""Generalisability :math:`\sigma^2_s/(\sigma^2_s + \sigma^2_e/n)`: the same n judges score everything."""
    return _ratio(components.submission, components.residual, judges)


def phi(components: Components, judges: float) -> float | None:
    r"""Dependability :math:`\sigma^2_s/(\sigma^2_s + (\sigma^2_j + \sigma^2_e)/n)`, judges differing by entry."""
    if components.judge is None or components.residual is None:
        return None
    return _ratio(components.submission, components.judge + components.residual, judges)


def _ratio(submission: float | None, noise: float | None, judges: float) -> float | None:
    if submission is None or noise is None or submission + noise == 0:
        return None
    return submission / (submission + noise / judges)


def judges_per_submission(panel: Panel) -> float | None:
    """The harmonic mean of scorecards over the entries that have one."""
    cards = np.bincount(panel.submission, minlength=panel.submissions)
    cards = cards[cards > 0]
    return float(len(cards) / (1 / cards).sum()) if len(cards) else None


def reliability(
    panel: Panel,
    components: Components,
    intervals: ComponentIntervals,
    top: int | Mapping[int, int],
    generator: Generator,
    group: Integers | None = None,
    compared: Booleans | None = None,
) -> Reliability:
    """All of ``reliability`` in the contract.

    Parameters
    ----------
    top : how many are chosen, from the whole list or from each group; or a number for each group, by its position.
    group : for each submission the position of its group, ``groups(panel).of_submission``, if entries are ranked within
        groups and compared with others of their own alone; None where there is one list. No judge may be in two.
    compared : which submissions can be among the top; all by default.
    """
    per_submission = judges_per_submission(panel)
    reasons = {name: f"{name} variance: {reason}" for name, reason in components.reasons.items() if name in CROSSED}
    why = next(iter(reasons.values()), "the entries do not differ" if components.submission == 0 else "")
    found: dict[str, str] = {}
    of_g = g(components, per_submission) if per_submission else None
    of_phi = phi(components, per_submission) if per_submission else None
    ranks = ranking_reliability(panel, components, group)
    same = same_top(panel, components, intervals, top, generator, group, compared)
    for name, value in (("g", of_g), ("phi", of_phi), ("ranking", ranks[PLAIN]), ("same_top", same[PLAIN])):
        if value is None:
            found[name] = why or "there are no two entries to compare"
    if per_submission is None:
        found["judges_per_submission"] = "there are no scorecards"
    return Reliability(
        per_submission,
        of_g,
        of_phi,
        {
            "g": _coefficient_interval(intervals.relative, per_submission),
            "phi": _coefficient_interval(intervals.absolute, per_submission),
        },
        tuple(Study(judges, g(components, judges), phi(components, judges)) for judges in STUDY),
        ranks,
        same,
        found,
    )


def _coefficient_interval(ratio: Interval | None, judges: float | None) -> Interval | None:
    """G and Phi rise with a ratio of variances, whose profile interval gives theirs."""
    if ratio is None or judges is None:
        return None
    high = 1.0 if ratio.high is None else ratio.high / (ratio.high + 1 / judges)
    return Interval(ratio.low / (ratio.low + 1 / judges), high)


def ranking_reliability(panel: Panel, components: Components, group: Integers | None = None) -> dict[str, float | None]:
    r"""Reliability of a ranking in the design as it is, :math:`1 - \bar v / (2\sigma^2_s)`, of means and of the model.

    :math:`\bar v` is the mean, over pairs of ranked entries, of the error variance of their difference: for a matrix C
    of errors of n entries :math:`2(\mathrm{tr}\,C - 1'C1/n)/(n - 1)`. For means C is of their errors given quality; for
    the mixed model it is the prediction errors' :math:`\sigma^2_s I - \sigma^4_s Z_s'PZ_s`. It can be negative for
    means. None where a component is not known, entries do not differ, or no two entries are compared.

    References
    ----------
    B. Cullis, A. Smith and N. Coombes (2006), On the design of early generation variety trials with correlated data,
    Journal of Agricultural, Biological, and Environmental Statistics 11, 381–393.
    """
    known = components.known
    if known is None or known[0] == 0:
        return {PLAIN: None, FAIR: None}
    submission, judge, residual = known
    crossing = Crossing.of(panel)
    group_of = _group_of(crossing, group)
    sizes = np.bincount(group_of).astype(float)
    pairs = float((sizes * (sizes - 1)).sum()) / 2
    if pairs == 0:
        return {PLAIN: None, FAIR: None}

    entry, by = crossing.positions
    weights = 1 / crossing.cards_of[0]
    own = (residual + judge) * weights
    of_judge = np.bincount(by, weights[entry], crossing.levels[1])
    shared = np.bincount(entry, of_judge[by] * weights[entry], crossing.levels[0])
    plain = _mean_difference(own, residual * weights + judge * shared, group_of, pairs)

    covariance = crossing.covariance(submission, judge, max(residual, NO_RESIDUAL * (submission + judge)))
    solved = crossing.sums_of(0, covariance.solve(np.ones((crossing.cards, 1))))[:, 0]
    weight = float(solved.sum())
    own = submission - submission**2 * (covariance.diagonals()[0] - solved**2 / weight)
    # No judge is in two groups, so V⁻¹1 of a group's scorecards is V⁻¹ times their own indicator.
    across = solved - np.bincount(group_of, solved)[group_of] * solved / weight
    fair = _mean_difference(own, submission - submission**2 * across, group_of, pairs)
    return {PLAIN: 1 - plain / (2 * submission), FAIR: 1 - fair / (2 * submission)}


def _mean_difference(diagonal: Floats, row_sums: Floats, group_of: Integers, pairs: float) -> float:
    """Mean over pairs within groups of the variance of a difference, from a covariance's diagonal and row sums."""
    sizes = np.bincount(group_of)
    return float((sizes[group_of] * diagonal - row_sums).sum()) / pairs


def _group_of(crossing: Crossing, group: Integers | None) -> Integers:
    return np.zeros(crossing.levels[0], dtype=np.intp) if group is None else group[crossing.entries]


def same_top(
    panel: Panel,
    components: Components,
    intervals: ComponentIntervals,
    top: int | Mapping[int, int],
    generator: Generator,
    group: Integers | None = None,
    compared: Booleans | None = None,
) -> dict[str, SameTop | None]:
    """If another panel of the same size and design judged, what share of the top K would be the same.

    Entries are drawn from the fit, and two panels of the actual design who judge them independently; each ranks by
    means of totals and by adjusted scores. The interval repeats this, with the same standard normal numbers, for
    components drawn from what the data say of them (see :func:`drawn_components`), as a quadratic function of ratios of
    standard deviations; so it speaks of what is not known of the components, and the share that one further panel has
    in common varies more.
    """
    known = components.known
    crossing = Crossing.of(panel)
    if known is None or crossing.levels[0] < 2:
        return {PLAIN: None, FAIR: None}
    chosen = _places(crossing, top, group, compared)
    if not chosen:
        return {PLAIN: None, FAIR: None}
    numbers = 2 * crossing.cards + crossing.levels[0]
    repeats = int(np.clip(ESTIMATE_WORK // numbers, 40, MOST_REPEATS))
    few = int(np.clip(INTERVAL_WORK // (NODES * numbers), 4, min(repeats, 200)))
    sample = _Sample.drawn(crossing, repeats, generator)
    shares = _shares(crossing, known, sample, chosen)
    estimate = shares.mean(axis=1)
    nodes = drawn_components(known, intervals, NODES, generator, NODES_APART)
    drawn = drawn_components(known, intervals, COMPONENT_DRAWS, generator)
    if nodes is None or drawn is None:
        return {name: SameTop(float(one), None, None) for name, one in zip((PLAIN, FAIR), estimate, strict=True)}
    smaller = sample.first(few)
    at_nodes = np.array([_shares(crossing, one, smaller, chosen).mean(axis=1) for one in nodes])
    surface = np.linalg.lstsq(_terms(nodes), at_nodes, rcond=1e-8)[0]
    shift = (_terms(drawn) - _terms(np.array([known]))) @ surface
    tail = (1 - intervals.confidence) / 2
    ends = estimate + np.quantile(shift, [tail, 1 - tail], axis=0)
    low, high = np.clip(np.minimum(ends[0], estimate), 0, 1), np.clip(np.maximum(ends[1], estimate), 0, 1)
    return {name: SameTop(float(estimate[k]), float(low[k]), float(high[k])) for k, name in enumerate((PLAIN, FAIR))}


def _terms(components: Floats) -> Floats:
    """A quadratic in the shares that judges and the residual have of the three standard deviations' sum."""
    deviation = np.sqrt(components)
    first, second = (deviation[:, 1:] / (deviation.sum(axis=1, keepdims=True) + 1e-300)).T
    return np.column_stack([np.ones(len(first)), first, second, first**2, first * second, second**2])


def _places(
    crossing: Crossing, top: int | Mapping[int, int], group: Integers | None, compared: Booleans | None
) -> list[tuple[Integers, int]]:
    """For each group the rows of its entries that are compared and how many of them are chosen; groups of one entry
    are left out."""
    group_of = _group_of(crossing, group)
    order = np.argsort(group_of, kind="stable")
    places: list[tuple[Integers, int]] = []
    for position, every in enumerate(np.split(order, np.cumsum(np.bincount(group_of))[:-1])):
        rows = every if compared is None else every[compared[crossing.entries[every]]]
        number = top if isinstance(top, int) else top.get(position, 0)
        if len(rows) > 1 and number > 0:
            places.append((rows, min(number, len(rows))))
    return places


@dataclass(frozen=True)
class _Sample:
    """Standard normal numbers: quality (entries, repeats), severity and error (2 panels, judges or cards, repeats)."""

    quality: Floats
    severity: Floats
    error: Floats

    @classmethod
    def drawn(cls, crossing: Crossing, repeats: int, generator: Generator) -> _Sample:
        entries, judges = crossing.levels
        return cls(
            generator.standard_normal((entries, repeats)),
            generator.standard_normal((2, judges, repeats)),
            generator.standard_normal((2, crossing.cards, repeats)),
        )

    def first(self, repeats: int) -> _Sample:
        return _Sample(self.quality[:, :repeats], self.severity[:, :, :repeats], self.error[:, :, :repeats])


def _shares(
    crossing: Crossing, variances: Sequence[float] | Floats, sample: _Sample, places: list[tuple[Integers, int]]
) -> Floats:
    """Shares of the top that two panels have in common: (plain and fair, repeats)."""
    submission, judge, residual = (max(float(one), 0.0) for one in variances)
    whole = submission + judge + residual
    submission = max(submission, NO_QUALITY * whole)
    entry, by = crossing.positions
    quality = np.sqrt(submission) * sample.quality[entry]
    covariance = crossing.covariance(submission, judge, max(residual, NO_RESIDUAL * whole))
    repeats = quality.shape[1]
    tops: list[list[Booleans]] = []
    for severity, error in zip(sample.severity, sample.error, strict=True):
        totals = quality + np.sqrt(judge) * severity[by] + np.sqrt(residual) * error
        plain = crossing.sums_of(0, totals) / crossing.cards_of[0][:, None]
        tops.append([_top(plain, places), _top(predictions(crossing, covariance, totals), places)])
    number = sum(count for _, count in places)
    shares = np.empty((2, repeats))
    for k in range(2):
        shares[k] = (tops[0][k] & tops[1][k]).sum(axis=0) / number
    return shares


def predictions(crossing: Crossing, covariance: Covariance, totals: Floats) -> Floats:
    """How adjusted scores rank simulated totals: the mixed model's predictions over σ²_s. (Entries, repeats).

    This is the one place that says what "fair" means in the simulation.
    """
    solved = covariance.solve(np.column_stack([np.ones(crossing.cards), totals]))
    ones, solved = solved[:, :1], solved[:, 1:]
    return crossing.sums_of(0, solved - ones * (solved.sum(axis=0) / ones.sum()))


def _top(scores: Floats, places: list[tuple[Integers, int]]) -> Booleans:
    chosen = np.zeros(scores.shape, dtype=bool)
    for rows, number in places:
        best = np.argpartition(-scores[rows], number - 1, axis=0)[:number]
        chosen[rows[best], np.arange(scores.shape[1])] = True
    return chosen


def drawn_components(
    known: tuple[float, float, float],
    intervals: ComponentIntervals,
    draws: int,
    generator: Generator,
    least_width: float = 0.0,
) -> Floats | None:
    """Components drawn from what the data say of them: (draws, 3), or None where their intervals are not known.

    On the scale of the standard deviation each is normal above its estimate and below it, with the widths that its
    profile interval has there, cut at 0; between components stands the correlation of the average information. The
    standard deviations are at least ``least_width``, as a share of a score's.
    """
    ends = [getattr(intervals, name) for name in CROSSED]
    if intervals.correlation is None or any(one is None for one in ends):
        return None
    values, vectors = np.linalg.eigh(intervals.correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    normal = generator.standard_normal((draws, 3)) @ root.T
    reach = float(ndtri((1 + intervals.confidence) / 2))
    drawn: Floats = np.empty_like(normal)
    least = least_width * np.sqrt(sum(known))
    for k, (variance, interval) in enumerate(zip(known, ends, strict=True)):
        deviation = np.sqrt(variance)
        above = (np.sqrt(interval.high) - deviation if interval.high is not None else deviation) / reach
        below = (deviation - np.sqrt(interval.low)) / reach
        if interval.low == 0:
            below = max(below, above)
        above, below = max(above, least), max(below, least)
        drawn[:, k] = np.maximum(deviation + np.where(normal[:, k] > 0, above, below) * normal[:, k], 0.0) ** 2
    drawn[:, 2] = np.maximum(drawn[:, 2], NO_QUALITY * sum(known))
    return drawn
