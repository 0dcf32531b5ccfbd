"""The algebra of a model with two crossed random factors: its covariance, its likelihood and where that is greatest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

from judging.statistics.ratings import Floats, Integers, Panel

# No parameter is sought beyond this, in units of the variance of the scores.
LARGEST = 1e7

# Cells of the table of entries by judges for each card, up to which a full table is quicker than a sparse one.
FULL_TABLE = 8


class Crossing:
    """Who scored what, with positions counted over entries and judges that have a scorecard.

    ``entries`` and ``judges`` are their positions in the panel; ``cards_of`` are their numbers of scorecards, entries
    first.
    """

    def __init__(self, submission: Integers, judge: Integers) -> None:
        self.entries, entry = np.unique(submission, return_inverse=True)
        self.judges, by = np.unique(judge, return_inverse=True)
        self.cards = len(entry)
        self.positions = (entry.reshape(-1), by.reshape(-1))
        self.levels = (len(self.entries), len(self.judges))
        self.cards_of = tuple(
            np.bincount(one, minlength=count).astype(float)
            for one, count in zip(self.positions, self.levels, strict=True)
        )
        self.sums = tuple(
            sparse.csr_array((np.ones(self.cards), (one, np.arange(self.cards))), shape=(count, self.cards))
            for one, count in zip(self.positions, self.levels, strict=True)
        )
        # The factor with more levels is eliminated: its block is diagonal.
        self.many = 0 if self.levels[0] >= self.levels[1] else 1
        self.few = 1 - self.many
        table = sparse.csr_array(
            (np.ones(self.cards), (self.positions[self.many], self.positions[self.few])),
            shape=(self.levels[self.many], self.levels[self.few]),
        )
        full = self.levels[0] * self.levels[1] <= FULL_TABLE * self.cards
        self.table: sparse.csr_array | Floats = table.toarray() if full else table

    @classmethod
    def of(cls, panel: Panel) -> Crossing:
        return cls(panel.submission, panel.judge)

    def sums_of(self, factor: int, right: Floats) -> Floats:
        """Sums over the scorecards of each level of a factor (0 entries, 1 judges), for a vector or for columns."""
        return np.asarray(self.sums[factor] @ right)

    def shared(self, weight: Floats) -> Floats:
        """Sum over the levels of the greater factor of ``weight`` times the products of the lesser one's cards."""
        if isinstance(self.table, np.ndarray):
            return np.asarray((self.table * weight[:, None]).T @ self.table)
        return np.asarray((self.table.multiply(weight[:, None]).T.tocsr() @ self.table).toarray())

    def shared_by_judges(self, weight: Floats) -> Floats:
        """Sum over entries of ``weight`` times the products of who scored them, (judges, judges)."""
        if self.many == 0:
            return self.shared(weight)
        if isinstance(self.table, np.ndarray):
            return np.asarray((self.table * weight) @ self.table.T)
        return np.asarray((self.table.multiply(weight).tocsr() @ self.table.T).toarray())

    def covariance(self, submission: float, judge: float, residual: float) -> Covariance:
        return Covariance(self, submission, judge, residual)


class Covariance:
    r"""The covariance of scorecards :math:`V = \sigma^2_e I + \sigma^2_s Z_s Z_s' + \sigma^2_j Z_j Z_j'`, factored.

    The factor with more levels has a diagonal block; what is left, as large as the lesser factor, is solved by
    Cholesky. ``traces`` are :math:`\mathrm{tr}(V^{-1} Z_s Z_s')`, the same for judges, and
    :math:`\mathrm{tr}(V^{-1})`.
    """

    def __init__(self, crossing: Crossing, submission: float, judge: float, residual: float) -> None:
        self.crossing = crossing
        self.variances = (submission, judge)
        self.residual = residual
        many, few = crossing.many, crossing.few
        self.greater, self.lesser = self.variances[many], self.variances[few]
        counts = crossing.cards_of[many]
        self.pivot = residual + self.greater * counts
        self.between = -crossing.shared(self.greater / self.pivot) / residual
        self.between[np.diag_indices_from(self.between)] += crossing.cards_of[few] / residual
        remainder = self.lesser * self.between
        remainder[np.diag_indices_from(remainder)] += 1
        self.factor = linalg.cholesky(remainder, lower=True, overwrite_a=True, check_finite=False)
        self.log_determinant = float(
            (crossing.cards - crossing.levels[many]) * np.log(residual)
            + np.log(self.pivot).sum()
            + 2 * np.log(np.diag(self.factor)).sum()
        )

    def inverse_of_lesser(self) -> Floats:
        """The inverse of I + (variance of the lesser factor) × (its cross-products after the greater's elimination)."""
        lower, _ = linalg.lapack.dpotri(self.factor, lower=1)
        return np.asarray(np.tril(lower) + np.tril(lower, -1).T)

    def traces(self) -> tuple[float, float, float]:
        crossing = self.crossing
        inverse = self.inverse_of_lesser()
        few = float((self.between * inverse).sum())
        many = float((crossing.cards_of[crossing.many] / self.pivot).sum())
        if self.lesser > 0:
            many -= self.lesser * float((crossing.shared(self.pivot**-2) * inverse).sum())
        identity = (crossing.cards - self.greater * many - self.lesser * few) / self.residual
        return (many, few, identity) if crossing.many == 0 else (few, many, identity)

    def solve(self, right: Floats) -> Floats:
        """V⁻¹ times each column of ``right``, (cards, columns)."""
        crossing = self.crossing
        first = self._without_lesser(right)
        reduced = crossing.sums_of(crossing.few, first)
        effect = self.lesser * linalg.cho_solve((self.factor, True), reduced, check_finite=False)
        return first - self._without_lesser(effect[crossing.positions[crossing.few]])

    def _without_lesser(self, right: Floats) -> Floats:
        crossing = self.crossing
        sums = crossing.sums_of(crossing.many, right)
        share = (self.greater / self.pivot)[:, None] * sums
        return np.asarray((right - share[crossing.positions[crossing.many]]) / self.residual)

    def diagonals(self) -> tuple[Floats, Floats]:
        """The diagonals of Zs'V⁻¹Zs and of Zj'V⁻¹Zj, one number for each entry and each judge."""
        crossing = self.crossing
        inverse = self.inverse_of_lesser()
        few = np.asarray((self.between * inverse).sum(axis=1))
        many = crossing.cards_of[crossing.many] / self.pivot
        step = max(1, 4_000_000 // crossing.levels[crossing.few])
        for start in range(0, crossing.levels[crossing.many], step):
            rows = crossing.table[start : start + step]
            full = rows if isinstance(rows, np.ndarray) else rows.toarray()
            inner = np.asarray(((rows @ inverse) * full).sum(axis=1))
            many[start : start + step] -= self.lesser * inner / self.pivot[start : start + step] ** 2
        return (many, few) if crossing.many == 0 else (few, many)


@dataclass(frozen=True)
class Point:
    """Minus twice a log-likelihood, its gradient, and its average information, at one set of parameters."""

    deviance: float
    gradient: Floats
    information: Floats


@dataclass(frozen=True)
class Optimum:
    """Where the deviance is least, and the point there."""

    parameters: Floats
    point: Point


Evaluate = Callable[[Floats], Point]


def crossed_point(
    crossing: Crossing, responses: Floats, variances: Floats, intercept: float | None = None
) -> tuple[float, Floats, Floats]:
    r"""Deviance, gradient and average information of independent responses of one crossed design, added up.

    Parameters
    ----------
    responses : (cards, columns).
    variances : of submission, judge and residual.
    intercept : the variance of the columns' means, which are random about zero; or None where the mean is fixed, so
        that the deviance is the restricted one.

    Notes
    -----
    With :math:`P = V^{-1} - \kappa V^{-1}11'V^{-1}` the gradient is :math:`\mathrm{tr}(PV_k) - y'PV_kPy` and the
    average information :math:`y'PV_kPV_lPy` (Gilmour, Thompson and Cullis 1995), here for submission, judge, residual
    and, where it is random, the intercept. Constants in 2π are left out.
    """
    covariance = crossing.covariance(*map(float, variances))
    columns = responses.shape[1]
    ones = np.ones((crossing.cards, 1))
    solved = covariance.solve(np.hstack([ones, responses]))
    inverse_ones, solved = solved[:, :1], solved[:, 1:]
    weight = float(inverse_ones.sum())
    if not weight > 0:
        raise linalg.LinAlgError("the mean has no information")
    kappa = 1 / weight if intercept is None else intercept / (1 + intercept * weight)
    projected = solved - kappa * inverse_ones * solved.sum(axis=0)
    deviance = columns * covariance.log_determinant + float((responses * projected).sum())
    deviance += columns * float(np.log(weight) if intercept is None else np.log1p(intercept * weight))

    effects: list[Floats] = []
    gradient: list[float] = []
    *factors, identity = covariance.traces()
    for factor, trace in enumerate(factors):
        reduced = crossing.sums_of(factor, projected)
        effects.append(reduced[crossing.positions[factor]])
        of_ones = float((crossing.sums_of(factor, inverse_ones) ** 2).sum())
        gradient.append(columns * (trace - kappa * of_ones) - float((reduced**2).sum()))
    effects.append(projected)
    gradient.append(columns * (identity - kappa * float((inverse_ones**2).sum())) - float((projected**2).sum()))
    if intercept is not None:
        total = projected.sum(axis=0)
        effects.append(np.broadcast_to(total, projected.shape))
        gradient.append(columns * (weight - kappa * weight**2) - float((total**2).sum()))
    stacked = np.hstack(effects)
    turned = covariance.solve(stacked)
    turned = turned - kappa * inverse_ones * turned.sum(axis=0)
    shape = (crossing.cards, len(effects), columns)
    information = np.einsum("nkc,nlc->kl", stacked.reshape(shape), turned.reshape(shape), optimize=True)
    return deviance, np.array(gradient), information


def minimise(evaluate: Evaluate, start: Floats, lower: Floats, tolerance: float = 1e-9, steps: int = 200) -> Optimum:
    """The least deviance over parameters that are at least ``lower``: Newton steps with average information, damped.

    A parameter whose best value is its bound ends exactly there. ``tolerance`` is what a further full step would still
    gain, in units of the deviance.
    """
    parameters = np.maximum(start, lower)
    point = evaluate(parameters)
    damping = 1e-3
    for _ in range(steps):
        free = (parameters > lower) | (point.gradient < 0)
        if not free.any():
            break
        gradient = point.gradient[free]
        information = point.information[np.ix_(free, free)]
        scale = np.maximum(np.diag(information), 1e-12 * np.trace(information) + 1e-300)
        step = _solve(information + damping * np.diag(scale), gradient)
        candidate = parameters.copy()
        candidate[free] = np.maximum(parameters[free] - step, lower[free])
        moved = candidate - parameters
        gain = -float(point.gradient @ moved)
        if gain < tolerance and damping < 1:
            break
        trial = _try(evaluate, candidate)
        if trial is not None and trial.deviance < point.deviance - 1e-4 * max(gain, 0.0):
            parameters, point = candidate, trial
            damping = max(damping / 10, 1e-9)
        elif damping > 1e8:
            break
        else:
            damping *= 10
    return Optimum(parameters, point)


def _solve(matrix: Floats, right: Floats) -> Floats:
    scale = 1 / np.sqrt(np.maximum(np.diag(matrix), 1e-300))
    solution = np.linalg.lstsq(matrix * scale[:, None] * scale, right * scale, rcond=1e-14)[0]
    return np.asarray(solution * scale)


def _try(evaluate: Evaluate, parameters: Floats) -> Point | None:
    if not (parameters <= LARGEST).all():
        return None
    try:
        point = evaluate(parameters)
    except linalg.LinAlgError:
        return None
    return point if np.isfinite(point.deviance) else None


def profile_end(
    evaluate: Evaluate, optimum: Optimum, lower: Floats, which: int, rise: float, upwards: bool
) -> float | None:
    """Where the deviance, least over all other parameters, has risen by ``rise`` above its least value.

    Downwards it is the bound of the parameter where the deviance does not rise so far before; upwards None where no end
    is found, since the likelihood flattens.
    """
    best, bound = float(optimum.parameters[which]), float(lower[which])
    target = float(np.sqrt(rise))
    error = 1 / np.sqrt(max(_profile_curvature(optimum, which), 1e-300))
    # Ends stand about symmetrically on the scale of the standard deviation.
    deviation = np.sqrt(best)
    shift = target * error / (2 * deviation) if deviation > 0 else np.inf
    near, far = best, None if upwards else bound
    if upwards:
        guess = min((deviation + shift) ** 2, best + 3 * target * error)
    else:
        if best <= bound:
            return bound
        if best < 3 * target * error:
            floor = _with_fixed(evaluate, optimum, lower, which, bound)
            if floor is None or _root(floor, optimum) <= target:
                return bound
        guess = max(deviation - shift, 0.3 * deviation) ** 2
    current = optimum
    for _ in range(60):
        found = _with_fixed(evaluate, current, lower, which, guess)
        if found is None:
            return None if upwards else bound
        current = found
        reached = _root(current, optimum)
        if abs(reached - target) < 1e-4 * target:
            return float(guess)
        if reached < target:
            near = guess
        else:
            far = guess
        slope = float(current.point.gradient[which]) / (2 * reached) if reached > 0 else 0.0
        step = guess + (target - reached) / slope if slope != 0 else np.inf
        if far is None:
            guess = min(step, 4 * guess) if step > near else 2 * guess
            continue
        if not min(near, far) < step < max(near, far):
            step = 0.5 * (near + far)
        if abs(far - near) < 1e-9 * max(far, near):
            break
        guess = float(step)
    return float(guess)


def _with_fixed(evaluate: Evaluate, start: Optimum, lower: Floats, which: int, value: float) -> Optimum | None:
    """The least deviance with one parameter held, from an optimum with another value; None beyond what is searched."""
    others = np.arange(len(lower)) != which
    information = start.point.information
    along = _solve(information[np.ix_(others, others)], information[others][:, which])
    fixed = start.parameters.copy()
    fixed[others] -= (value - fixed[which]) * along
    near = start.parameters[others]
    fixed[others] = np.clip(fixed[others], np.maximum(0.1 * near, lower[others]), np.maximum(10 * near, 1.0))
    fixed[which] = value
    first = _try(evaluate, fixed)
    if first is None:
        return None
    points = {fixed[others].tobytes(): first}

    def of_others(rest: Floats) -> Point:
        full = fixed.copy()
        full[others] = rest
        whole = points.get(rest.tobytes()) or evaluate(full)
        points[rest.tobytes()] = whole
        return Point(whole.deviance, whole.gradient[others], whole.information[np.ix_(others, others)])

    found = minimise(of_others, fixed[others], lower[others], tolerance=1e-4)
    full = fixed.copy()
    full[others] = found.parameters
    return Optimum(full, points[found.parameters.tobytes()])


def _root(one: Optimum, least: Optimum) -> float:
    """The root of how far the deviance has risen."""
    return float(np.sqrt(max(one.point.deviance - least.point.deviance, 0.0)))


def _profile_curvature(optimum: Optimum, which: int) -> float:
    """Information on one parameter when the others are free: of the deviance, so a half of its second derivative."""
    information = optimum.point.information
    others = np.arange(len(information)) != which
    cross = information[others][:, which]
    rest = information[np.ix_(others, others)]
    return float(information[which, which] - cross @ _solve(rest, cross)) / 2
