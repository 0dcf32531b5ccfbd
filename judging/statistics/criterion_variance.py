"""How much of the scores' variance is entries, judges, criteria and their interactions: which criterion reads badly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import linalg

from judging.statistics.mixed import Crossing, Evaluate, Point, crossed_point, minimise
from judging.statistics.ratings import Booleans, Floats, Integers, Panel, Ratings
from judging.statistics.variance import (
    NO_RESIDUAL,
    Components,
    cosines_of,
    crossed_components,
    crossed_products,
    independent,
    told_apart,
)

SUBMISSION, JUDGE, CRITERION = "submission", "judge", "criterion"
FACTORS: tuple[tuple[str, ...], ...] = (
    (SUBMISSION,),
    (JUDGE,),
    (CRITERION,),
    (SUBMISSION, JUDGE),
    (SUBMISSION, CRITERION),
    (JUDGE, CRITERION),
)
NAMES = (*(":".join(one) for one in FACTORS), "residual")

# Scores up to which missing cells are modelled with full matrices.
FULL_MATRICES = 1_200


def criterion_components(ratings: Ratings) -> Components:
    r"""Variances of score ~ 1 + submission, judge, criterion, all random, and their three two-way interactions.

    With complete scorecards of C criteria, orthonormal contrasts of the criteria split the model into two crossed ones
    that share components: √C times the scorecards' means, with a fixed mean and variances
    :math:`C\sigma^2_s + \sigma^2_{sc},\ C\sigma^2_j + \sigma^2_{jc},\ C\sigma^2_{sj} + \sigma^2_e`; and C − 1
    contrasts, each with a random mean of variance :math:`\sigma^2_c` and variances
    :math:`\sigma^2_{sc},\ \sigma^2_{jc},\ \sigma^2_e`. With missing cells and no more than 1,200 scores the model is
    fitted to all scores; with more, to the complete scorecards, and ``left_out`` says so.

    With one criterion these are the three components of :func:`crossed_components`.
    """
    if len(ratings.criteria) == 1:
        panel = Panel(ratings.submission, ratings.judge, ratings.score, len(ratings.submissions), len(ratings.judges))
        return crossed_components(panel)
    if len(ratings.score) == 0:
        reason = "there are no scores"
        return Components(None, dict.fromkeys(NAMES), dict.fromkeys(("mean", *NAMES), reason))
    complete = _on_complete_scorecards(ratings)
    if complete.all():
        return _of_complete(ratings)
    if len(ratings.score) <= FULL_MATRICES:
        return _of_any(ratings)
    cards = _scorecards(ratings)
    left_out = f"{cards - int(complete.sum()) // len(ratings.criteria)} of {cards} scorecards lack a score"
    if not complete.any():
        reason = f"{left_out}, and there are too many scores to model with missing cells"
        return Components(float(ratings.score.mean()), dict.fromkeys(NAMES), dict.fromkeys(NAMES, reason))
    return replace(_of_complete(_kept(ratings, complete)), left_out=left_out)


def _on_complete_scorecards(ratings: Ratings) -> Booleans:
    """For each score, whether its scorecard has a score on every criterion."""
    _, card, counts = np.unique(_card(ratings), return_inverse=True, return_counts=True)
    return np.asarray(counts[card.reshape(-1)] == len(ratings.criteria))


def _scorecards(ratings: Ratings) -> int:
    return len(np.unique(_card(ratings)))


def _card(ratings: Ratings) -> Integers:
    return ratings.submission * len(ratings.judges) + ratings.judge


def _kept(ratings: Ratings, rows: Booleans) -> Ratings:
    return replace(
        ratings,
        submission=ratings.submission[rows],
        judge=ratings.judge[rows],
        criterion=ratings.criterion[rows],
        score=ratings.score[rows],
        order=None,
    )


def _of_complete(ratings: Ratings) -> Components:
    criteria = len(ratings.criteria)
    centre, scale = float(ratings.score.mean()), float(np.std(ratings.score))
    if scale <= 1e-12 * float(np.abs(ratings.score).max()):
        return _same(centre)
    table = ((ratings.score - centre) / scale).reshape(-1, criteria)
    crossing = Crossing(ratings.submission[::criteria], ratings.judge[::criteria])
    means = table.sum(axis=1, keepdims=True) / np.sqrt(criteria)
    contrasts = table @ linalg.helmert(criteria).T

    # Variances of the two crossed models from the seven components.
    of_means = np.zeros((3, 7))
    of_means[0, [0, 4]] = criteria, 1
    of_means[1, [1, 5]] = criteria, 1
    of_means[2, [3, 6]] = criteria, 1
    of_contrasts = np.zeros((4, 7))
    of_contrasts[0, 4] = of_contrasts[1, 5] = of_contrasts[2, 6] = of_contrasts[3, 2] = 1

    def evaluate(components: Floats) -> Point:
        first, gradient, information = crossed_point(crossing, means, of_means @ components)
        *variances, intercept = of_contrasts @ components
        second, other_gradient, other_information = crossed_point(crossing, contrasts, np.array(variances), intercept)
        return Point(
            first + second,
            of_means.T @ gradient + of_contrasts.T @ other_gradient,
            of_means.T @ information @ of_means + of_contrasts.T @ other_information @ of_contrasts,
        )

    products = of_means.T @ crossed_products(crossing, centred=True) @ of_means
    products += (criteria - 1) * (of_contrasts.T @ crossed_products(crossing, centred=False) @ of_contrasts)
    told, components = _fit(evaluate, products)
    covariance = crossing.covariance(*map(float, of_means @ np.maximum(components, [0] * 6 + [NO_RESIDUAL])))
    solved = covariance.solve(np.column_stack([np.ones(crossing.cards), means[:, 0]]))
    mean = float(solved[:, 1].sum() / solved[:, 0].sum() / np.sqrt(criteria))
    return _result(ratings, centre + scale * mean, components * scale**2, told)


def _of_any(ratings: Ratings) -> Components:
    """With full matrices, scores by scores: for missing cells in small data."""
    centre, scale = float(ratings.score.mean()), float(np.std(ratings.score))
    if scale <= 1e-12 * float(np.abs(ratings.score).max()):
        return _same(centre)
    response = (ratings.score - centre) / scale
    matrices = _matrices(ratings)
    ones = np.ones(len(response))

    def projector(components: Floats) -> tuple[Floats, Floats, float]:
        covariance = np.tensordot(components, matrices, axes=1)
        factor = linalg.cholesky(covariance, lower=True, overwrite_a=True, check_finite=False)
        determinant = 2 * float(np.log(np.diag(factor)).sum())
        lower, _ = linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
        inverse = np.tril(lower) + np.tril(lower, -1).T
        return inverse, inverse @ ones, determinant

    def evaluate(components: Floats) -> Point:
        inverse, of_ones, determinant = projector(components)
        weight = float(of_ones.sum())
        inverse -= np.outer(of_ones, of_ones) / weight
        projected = inverse @ response
        effects = matrices @ projected
        traces = np.einsum("kij,ij->k", matrices, inverse, optimize=True)
        return Point(
            determinant + float(np.log(weight) + response @ projected),
            traces - effects @ projected,
            effects @ inverse @ effects.T,
        )

    means = matrices.mean(axis=2)
    centred = matrices - means[:, :, None] - means[:, None, :] + means.mean(axis=1)[:, None, None]
    flat = centred.reshape(len(NAMES), -1)
    told, components = _fit(evaluate, flat @ flat.T)
    _, of_ones, _ = projector(np.maximum(components, [0] * 6 + [NO_RESIDUAL]))
    mean = float(of_ones @ response / of_ones.sum())
    return _result(ratings, centre + scale * mean, components * scale**2, told)


def _matrices(ratings: Ratings) -> Floats:
    """For each component, where two scores share its level: (7, scores, scores)."""
    position = {SUBMISSION: ratings.submission, JUDGE: ratings.judge, CRITERION: ratings.criterion}
    levels = {SUBMISSION: len(ratings.submissions), JUDGE: len(ratings.judges), CRITERION: len(ratings.criteria)}
    same: list[Floats] = []
    for factors in FACTORS:
        code = np.ravel_multi_index([position[one] for one in factors], [levels[one] for one in factors])
        same.append((code[:, None] == code).astype(float))
    return np.array([*same, np.eye(len(ratings.score))])


def _fit(evaluate: Evaluate, products: Floats) -> tuple[tuple[bool, ...], Floats]:
    """Which components are told apart, and all seven variances in units of the scores' variance."""
    cosines = cosines_of(products)
    told = told_apart(cosines)
    chosen = list(independent(cosines, told))
    lower = np.array([NO_RESIDUAL if k == 6 else 0.0 for k in chosen])

    def of_chosen(parameters: Floats) -> Point:
        components = np.zeros(len(NAMES))
        components[chosen] = parameters
        point = evaluate(components)
        return Point(point.deviance, point.gradient[chosen], point.information[np.ix_(chosen, chosen)])

    optimum = minimise(of_chosen, np.full(len(chosen), 1 / len(chosen)), lower)
    components = np.zeros(len(NAMES))
    components[chosen] = np.where(optimum.parameters > lower, optimum.parameters, 0.0)
    return told, components


def _same(mean: float) -> Components:
    return Components(mean, dict.fromkeys(NAMES), dict.fromkeys(NAMES, "all scores are the same"))


def _result(ratings: Ratings, mean: float, variances: Sequence[float] | Floats, told: tuple[bool, ...]) -> Components:
    values: dict[str, float | None] = {}
    reasons: dict[str, str] = {}
    one = {
        SUBMISSION: len(np.unique(ratings.submission)) == 1 and "there is one entry",
        JUDGE: len(np.unique(ratings.judge)) == 1 and "there is one judge",
    }
    for name, variance, known in zip(NAMES, variances, told, strict=True):
        values[name] = float(variance) if known else None
        if not known:
            reasons[name] = one.get(name) or "this design cannot tell it from the other components"
    return Components(mean, values, reasons)
