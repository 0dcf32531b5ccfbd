"""How much of the scores' variance is entries, judges, criteria and noise: restricted maximum likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtri

from judging.statistics.mixed import Crossing, Evaluate, Optimum, Point, crossed_point, minimise, profile_end
from judging.statistics.ratings import Floats, Panel

CROSSED = ("submission", "judge", "residual")

# The residual variance that counts as none, as a share of the variance of the scores.
NO_RESIDUAL = 1e-7

# The least eigenvalue of cosines between covariance matrices that counts as more than none.
INDEPENDENT = 1e-9

# Up to so many scorecards the likelihood may have several peaks, which are then looked for from several sides.
SMALL = 200


@dataclass(frozen=True)
class Interval:
    """The two ends of an interval; no upper end where the likelihood flattens before it."""

    low: float
    high: float | None

    def as_json(self) -> dict[str, float | str | None]:
        ends: dict[str, float | str | None] = {"low": self.low, "high": self.high}
        return ends if self.high is not None else {**ends, "reason": "there are too few scores for an upper end"}


@dataclass(frozen=True)
class Components:
    """The mean and the variances of a model, in the order of the contract; None with a reason where there is none."""

    mean: float | None
    variances: Mapping[str, float | None]
    reasons: Mapping[str, str] = field(default_factory=dict)
    left_out: str = ""
    """Which scores the model does not know, in words."""

    @property
    def submission(self) -> float | None:
        return self.variances["submission"]

    @property
    def judge(self) -> float | None:
        return self.variances["judge"]

    @property
    def residual(self) -> float | None:
        return self.variances["residual"]

    @property
    def known(self) -> tuple[float, float, float] | None:
        """Submission, judge and residual, or None where one of them is not known."""
        submission, judge, residual = self.submission, self.judge, self.residual
        if submission is None or judge is None or residual is None:
            return None
        return submission, judge, residual

    def as_json(self, intervals: ComponentIntervals | None = None) -> dict[str, object]:
        """``variance``, or with intervals ``variance_total``, of the contract."""
        document: dict[str, object] = {"mean": self.mean, **self.variances}
        if intervals is not None:
            document["intervals"] = intervals.as_json()
        if self.reasons:
            document["reasons"] = dict(self.reasons)
        return document


@dataclass(frozen=True)
class ComponentIntervals:
    """Profile intervals of the components of a crossed model and of what reliability is made of.

    ``relative`` is of σ²_s/σ²_e and ``absolute`` of σ²_s/(σ²_j + σ²_e). ``correlation`` is that of the three
    estimates, submission, judge and residual, from the average information.
    """

    confidence: float
    submission: Interval | None = None
    judge: Interval | None = None
    residual: Interval | None = None
    relative: Interval | None = None
    absolute: Interval | None = None
    correlation: Floats | None = None
    reason: str | None = None

    def as_json(self) -> dict[str, object]:
        return {name: self._end(getattr(self, name)) for name in CROSSED}

    def _end(self, interval: Interval | None) -> dict[str, float | str | None]:
        if interval is not None:
            return interval.as_json()
        return {"low": None, "high": None, "reason": self.reason or "the design does not tell this component"}


@dataclass(frozen=True)
class MixedScores:
    """Best linear unbiased predictions: deviations from the mean, NaN-free, zero for who has no scorecard.

    ``submission`` and ``judge`` are aligned with the panel's positions; ``submission_error`` and ``judge_error`` are
    the standard errors of prediction. ``judge`` is positive for one who scores higher.
    """

    mean: float
    submission: Floats
    judge: Floats
    submission_error: Floats
    judge_error: Floats


def crossed_components(panel: Panel) -> Components:
    r"""Variances of total ~ 1 + (1 | submission) + (1 | judge) by restricted maximum likelihood.

    The restricted deviance :math:`\log|V| + \log|1'V^{-1}1| + y'Py` is made least over variances of at least 0 by
    Newton steps with the average information (Gilmour, Thompson and Cullis 1995). A variance on its boundary is 0;
    one that the design cannot tell from another is None, with the reason. Same as ``lme4::lmer`` with REML.

    References
    ----------
    A. Gilmour, R. Thompson and B. Cullis (1995), Average information REML, Biometrics 51, 1440–1450.
    """
    prepared = _prepare(panel)
    if isinstance(prepared, Components):
        return prepared
    return prepared.components()


def component_intervals(panel: Panel, confidence: float = 0.95) -> ComponentIntervals:
    """Profile likelihood intervals of the crossed components, with ends at 0 where the likelihood does not object.

    An end is where the restricted deviance, least over the other components, has risen by the quantile of χ² with one
    degree of freedom.
    """
    prepared = _prepare(panel)
    if isinstance(prepared, Components) or len(prepared.fitted) < 3:
        return ComponentIntervals(confidence, reason="not every component is known")
    return prepared.intervals(confidence)


def mixed_scores(panel: Panel, components: Components) -> MixedScores | None:
    """What the linear mixed model says of each entry and judge; None where a component is not known.

    The predictions are σ²_s Zs'Py and σ²_j Zj'Py, their error variances the diagonals of σ²_s I − σ⁴_s Zs'PZs and the
    same for judges. Who has no scorecard is predicted at 0, with the whole variance.
    """
    known = components.known
    if known is None:
        return None
    submission, judge, residual = known
    crossing = Crossing.of(panel)
    residual = max(residual, NO_RESIDUAL * float(np.var(panel.total)), 1e-300)
    covariance = crossing.covariance(submission, judge, residual)
    solved = covariance.solve(np.column_stack([np.ones(panel.cards), panel.total - panel.total.mean()]))
    weight = float(solved[:, 0].sum())
    shift = float(solved[:, 1].sum()) / weight
    projected = solved[:, 1] - shift * solved[:, 0]
    parts: list[Floats] = []
    diagonals = covariance.diagonals()
    for factor, variance, size, levels in (
        (0, submission, panel.submissions, crossing.entries),
        (1, judge, panel.judges, crossing.judges),
    ):
        prediction = np.zeros(size)
        prediction[levels] = variance * crossing.sums_of(factor, projected)
        error = np.full(size, variance)
        of_ones = crossing.sums_of(factor, solved[:, 0])
        error[levels] = variance - variance**2 * (diagonals[factor] - of_ones**2 / weight)
        parts += [prediction, np.sqrt(np.maximum(error, 0.0))]
    return MixedScores(float(panel.total.mean()) + shift, parts[0], parts[2], parts[1], parts[3])


class _Fit:
    """A panel made ready: totals with mean 0 and variance 1, and the components that its design can tell apart."""

    def __init__(self, panel: Panel, crossing: Crossing, told: tuple[bool, ...], fitted: tuple[int, ...]) -> None:
        self.crossing = crossing
        self.told = told
        self.fitted = fitted
        self.centre = float(panel.total.mean())
        self.scale = float(np.std(panel.total))
        self.responses = ((panel.total - self.centre) / self.scale)[:, None]
        self.lower = np.array([NO_RESIDUAL if k == 2 else 0.0 for k in fitted])
        starts = [np.full(len(fitted), 1 / len(fitted))]
        if panel.cards <= SMALL:
            starts += list(np.full((len(fitted), len(fitted)), 0.05) + 0.85 * np.eye(len(fitted)))
        optima = [minimise(self.evaluate, start, self.lower) for start in starts]
        self.optimum = min(optima, key=lambda one: one.point.deviance)

    def evaluate(self, parameters: Floats) -> Point:
        variances = np.zeros(3)
        variances[list(self.fitted)] = parameters
        deviance, gradient, information = crossed_point(self.crossing, self.responses, variances)
        chosen = list(self.fitted)
        return Point(deviance, gradient[chosen], information[np.ix_(chosen, chosen)])

    def components(self) -> Components:
        variances = np.zeros(3)
        variances[list(self.fitted)] = self.optimum.parameters
        covariance = self.crossing.covariance(*map(float, variances))
        solved = covariance.solve(np.column_stack([np.ones(self.crossing.cards), self.responses[:, 0]]))
        mean = float(solved[:, 1].sum() / solved[:, 0].sum())
        variances[2] = variances[2] if variances[2] > NO_RESIDUAL else 0.0
        values: dict[str, float | None] = {}
        for name, told, variance in zip(CROSSED, self.told, variances, strict=True):
            values[name] = float(variance * self.scale**2) if told else None
        return Components(self.centre + self.scale * mean, values, _reasons(self.crossing, self.told))

    def intervals(self, confidence: float) -> ComponentIntervals:
        rise = float(ndtri((1 + confidence) / 2)) ** 2
        square = self.scale**2

        def ends(evaluate: Evaluate, optimum: Optimum, which: int, lower: Floats, unit: float) -> Interval:
            low = profile_end(evaluate, optimum, lower, which, rise, upwards=False)
            high = profile_end(evaluate, optimum, lower, which, rise, upwards=True)
            at_bound = low is None or low <= lower[which]
            return Interval(0.0 if at_bound or low is None else low * unit, None if high is None else high * unit)

        intervals = [ends(self.evaluate, self.optimum, which, self.lower, square) for which in range(3)]
        ratios: list[Interval] = []
        for with_judges in (0.0, 1.0):

            def of_ratio(parameters: Floats, with_judges: float = with_judges) -> Point:
                ratio, judge, residual = parameters
                noise = residual + with_judges * judge
                turn = np.array([[noise, with_judges * ratio, ratio], [0, 1, 0], [0, 0, 1]])
                point = self.evaluate(np.array([ratio * noise, judge, residual]))
                return Point(point.deviance, turn.T @ point.gradient, turn.T @ point.information @ turn)

            best = self.optimum.parameters
            at = np.array([best[0] / (best[2] + with_judges * best[1]), best[1], best[2]])
            ratios.append(ends(of_ratio, Optimum(at, of_ratio(at)), 0, self.lower, 1.0))
        spread = np.linalg.pinv(self.optimum.point.information)
        deviation = np.sqrt(np.maximum(np.diag(spread), 1e-300))
        submission, judge, residual = intervals
        relative, absolute = ratios
        correlation = spread / np.outer(deviation, deviation)
        return ComponentIntervals(confidence, submission, judge, residual, relative, absolute, correlation)


def _prepare(panel: Panel) -> _Fit | Components:
    if panel.cards == 0:
        return _unknown(None, "there are no scorecards")
    spread = float(np.ptp(panel.total))
    if spread <= 1e-12 * float(np.abs(panel.total).max()):
        return _unknown(float(panel.total.mean()), "all scores are the same")
    crossing = Crossing.of(panel)
    cosines = cosines_of(crossed_products(crossing, centred=True))
    told = told_apart(cosines)
    if not any(told):
        return Components(float(panel.total.mean()), dict.fromkeys(CROSSED), _reasons(crossing, told))
    return _Fit(panel, crossing, told, independent(cosines, told))


def _unknown(mean: float | None, reason: str) -> Components:
    reasons = dict.fromkeys(CROSSED, reason)
    if mean is None:
        reasons = {"mean": reason, **reasons}
    return Components(mean, dict.fromkeys(CROSSED), reasons)


def told_apart(cosines: Floats) -> tuple[bool, ...]:
    """Whether a design can tell each variance from the others, from the cosines between covariance matrices.

    The matrices, with the mean taken out, must not add up to nothing with other weights than 0 for that component.
    """
    values, vectors = np.linalg.eigh(cosines)
    lost = vectors[:, values < INDEPENDENT]
    return tuple(bool((np.abs(row) < 1e-6).all()) for row in lost)


def independent(cosines: Floats, told: tuple[bool, ...]) -> tuple[int, ...]:
    """The components to fit: all that are told apart, and of the others as many as are independent, the last first."""
    last = len(told) - 1
    chosen: list[int] = []
    for k in sorted(range(len(told)), key=lambda k: (k != last, not told[k])):
        trial = [*chosen, k]
        if np.linalg.eigvalsh(cosines[np.ix_(trial, trial)])[0] > INDEPENDENT:
            chosen = trial
    return tuple(sorted(chosen))


def cosines_of(products: Floats) -> Floats:
    """Inner products of matrices as cosines, 0 for a matrix that vanishes."""
    length = np.sqrt(np.maximum(np.diag(products), 0.0))
    gone = length <= 1e-6 * length.max()
    length[gone] = 1
    cosines = products / np.outer(length, length)
    cosines[gone] = cosines[:, gone] = 0
    return np.asarray(cosines)


def crossed_products(crossing: Crossing, centred: bool) -> Floats:
    """Inner products tr(VkVl) of the matrices of submission, judge, residual and 11', or of the first three centred."""
    cards = crossing.cards
    rows = [crossing.cards_of[k][crossing.positions[k]] for k in (0, 1)]
    rows += [np.ones(cards), np.full(cards, float(cards))]
    products = np.full((4, 4), float(cards))
    for k in (0, 1):
        products[k, k] = float((crossing.cards_of[k] ** 2).sum())
    products[3] = products[:, 3] = [float(row.sum()) for row in rows]
    if not centred:
        return products
    for k in range(3):
        for other in range(3):
            inner = float(rows[k] @ rows[other])
            products[k, other] += float(rows[k].sum() * rows[other].sum()) / cards**2 - 2 * inner / cards
    return products[:3, :3]


def _reasons(crossing: Crossing, told: tuple[bool, ...]) -> dict[str, str]:
    entries, judges = crossing.levels
    reasons: dict[str, str] = {}
    for name, known in zip(CROSSED, told, strict=True):
        if known:
            continue
        if name == "submission" and entries == 1:
            reasons[name] = "there is one entry"
        elif name == "judge" and judges == 1:
            reasons[name] = "there is one judge"
        elif name != "judge" and crossing.cards_of[0].max() == 1:
            reasons[name] = "each entry has one scorecard, so quality and noise cannot be told apart"
        elif name != "submission" and crossing.cards_of[1].max() == 1:
            reasons[name] = "each judge has one scorecard, so severity and noise cannot be told apart"
        else:
            reasons[name] = "this design cannot tell it from the other components"
    return reasons
