"""What each judge is like: agreement with the others, halo, use of the scale, drift, and what is worth a remark."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from judging.statistics.fair import Adjusted
from judging.statistics.ratings import Booleans, Floats, Integers, Panel, Ratings
from judging.statistics.totals import Totals

FEWEST_ENTRIES: Final = 5
FEWEST_CARDS: Final = 8
FEWEST_FOR_DRIFT: Final = 5
SURE: Final = 0.95
"""Posterior probability above which something is remarked: raw tests on twelve judges who are all alike would remark on
somebody in every third prize."""

UNUSUAL: Final = (0.67, 1.5)
"""Factors of spread and noise outside of which a judge is unusual."""


@dataclass(frozen=True)
class JudgeLine:
    """One judge. None stands where a number cannot be computed, with the reason by the field's name.

    ``severity`` is in score points, positive for a judge who scores lower; ``spread`` and ``noise`` are factors; the
    remarks describe and never accuse.
    """

    judge: int
    scorecards: int
    severity: float
    severity_se: float
    severity_low: float
    severity_high: float
    spread: float
    spread_low: float
    spread_high: float
    noise: float
    noise_low: float
    noise_high: float
    agreement_with_others: float | None
    halo: float | None
    scale_used: float | None
    drift: float | None
    remarks: tuple[str, ...]
    reasons: dict[str, str] = field(default_factory=dict)


def judge_lines(
    ratings: Ratings,
    totals: Totals,
    found: Adjusted,
    *,
    ends: tuple[float, float] | None = None,
    step: float | None = None,
) -> tuple[JudgeLine, ...]:
    """Every judge with a scorecard, in the order of their ids.

    Parameters
    ----------
    ends : the ends of the scale; the lowest and the highest score seen where nobody says.
    step : of the scale; the smallest difference between two scores seen where nobody says.
    """
    panel = totals.panel
    ends = ends or ((float(ratings.score.min()), float(ratings.score.max())) if len(ratings.score) else (0.0, 0.0))
    step = step or _smallest_step(ratings.score)
    cards = np.bincount(panel.judge, minlength=panel.judges)
    agreement = agreement_with_others(panel, found.severity.value)
    halos = halo(ratings)
    used = scale_used(ratings, ends)
    drifts = drift(panel, found)
    lines = []
    for one in np.flatnonzero(cards):
        reasons = {}
        own: dict[str, float | None] = {}
        for name, (values, why) in (
            ("agreement_with_others", agreement),
            ("halo", halos),
            ("scale_used", used),
            ("drift", drifts),
        ):
            own[name] = None if np.isnan(values[one]) else float(values[one])
            if own[name] is None:
                reasons[name] = why
        severity, spread, noise = found.severity, found.spread, found.noise
        lines.append(
            JudgeLine(
                int(one),
                int(cards[one]),
                float(severity.value[one]),
                float(severity.se[one]),
                float(severity.low[one]),
                float(severity.high[one]),
                float(spread.value[one]),
                float(spread.low[one]),
                float(spread.high[one]),
                float(noise.value[one]),
                float(noise.low[one]),
                float(noise.high[one]),
                own["agreement_with_others"],
                own["halo"],
                own["scale_used"],
                own["drift"],
                _remarks(found, int(one), step),
                reasons,
            )
        )
    return tuple(lines)


def agreement_with_others(panel: Panel, severity: Floats) -> tuple[Floats, str]:
    """Correlation of a judge's totals with the mean of the others' severity-adjusted totals of the same entries.

    NaN under five shared entries or where either does not vary, and the reason for that.
    """
    adjusted = panel.total + severity[panel.judge]
    sums = np.bincount(panel.submission, adjusted, panel.submissions)
    sizes = np.bincount(panel.submission, minlength=panel.submissions)
    shared = sizes[panel.submission] > 1
    entry, judge, own = panel.submission[shared], panel.judge[shared], panel.total[shared]
    others = (sums[entry] - adjusted[shared]) / (sizes[entry] - 1)
    n, r = _correlations(judge, own, others, panel.judges)
    why = f"fewer than {FEWEST_ENTRIES} entries shared with others, or all scored alike"
    return np.where(n >= FEWEST_ENTRIES, r, np.nan), why


def halo(ratings: Ratings) -> tuple[Floats, str]:
    """Mean correlation between criteria in a judge's own cards, less the same in the others' means of those entries.

    NaN under eight cards with every criterion whose entries others have scored on every criterion too, or where
    no two criteria vary.
    """
    judges, criteria = len(ratings.judges), len(ratings.criteria)
    found = np.full(judges, np.nan)
    why = f"fewer than {FEWEST_CARDS} whole scorecards of entries that others have scored too, or criteria do not vary"
    if criteria < 2 or not len(ratings.score):
        return found, "there is one criterion" if criteria < 2 else why
    begins = np.append(True, (np.diff(ratings.submission) != 0) | (np.diff(ratings.judge) != 0))
    card = np.cumsum(begins) - 1
    cells = np.full((int(card[-1]) + 1, criteria), np.nan)
    cells[card, ratings.criterion] = ratings.score
    entry, judge = ratings.submission[begins], ratings.judge[begins]
    present = ~np.isnan(cells)
    sums, sizes = (np.zeros((len(ratings.submissions), criteria)) for _ in range(2))
    np.add.at(sums, entry, np.where(present, cells, 0))
    np.add.at(sizes, entry, present)
    left = sizes[entry] - present
    others = np.divide(
        sums[entry] - np.where(present, cells, 0), left, out=np.full(cells.shape, np.nan), where=left > 0
    )
    usable = np.flatnonzero(present.all(axis=1) & (left > 0).all(axis=1))
    usable = usable[np.argsort(judge[usable], kind="stable")]
    ends = np.searchsorted(judge[usable], np.arange(judges + 1))
    for one in range(judges):
        own = usable[ends[one] : ends[one + 1]]
        if len(own) >= FEWEST_CARDS:
            found[one] = _mean_correlation(cells[own]) - _mean_correlation(others[own])
    return found, why


def scale_used(ratings: Ratings, ends: tuple[float, float]) -> tuple[Floats, str]:
    """Distance between the 5th and the 95th percentile of a judge's scores, as a share of the scale."""
    low, high = ends
    found = np.full(len(ratings.judges), np.nan)
    if high <= low:
        return found, "the scale has no width"
    order = np.argsort(ratings.judge, kind="stable")
    bounds = np.searchsorted(ratings.judge[order], np.arange(len(ratings.judges) + 1))
    for one in range(len(ratings.judges)):
        own = ratings.score[order[bounds[one] : bounds[one + 1]]]
        if len(own):
            bottom, top = np.quantile(own, [0.05, 0.95])
            found[one] = (top - bottom) / (high - low)
    return found, "no score"


def drift(panel: Panel, found: Adjusted) -> tuple[Floats, str]:
    """Slope of a judge's adjusted residuals, in points per ten cards in the order in which they were scored.

    Positive for a judge who scores higher and higher. NaN without an order, or under five cards that have one.
    """
    none = np.full(panel.judges, np.nan)
    if panel.order is None:
        return none, "nobody knows in which order the cards were scored"
    why = f"fewer than {FEWEST_FOR_DRIFT} cards"
    if not panel.cards:
        return none, why
    levels = found.levels()
    centre = found.fair - levels
    level = levels[panel.submission]
    expected = level - found.severity.value[panel.judge] + (found.spread.value[panel.judge] * centre[panel.submission])
    residual = panel.total - expected
    known = np.flatnonzero(np.isfinite(panel.order))
    order = known[np.lexsort((panel.order[known], panel.judge[known]))]
    judge = panel.judge[order]
    first = np.searchsorted(judge, np.arange(panel.judges))
    at = (np.arange(len(judge)) - first[judge]) / 10.0
    n, _, slope = _moments(judge, at, residual[order], panel.judges)
    return np.where(n >= FEWEST_FOR_DRIFT, slope, np.nan), why


def _remarks(found: Adjusted, judge: int, step: float | None) -> tuple[str, ...]:
    if found.draws is None:
        return ()
    said = []
    severity = found.draws.severity[judge]
    if step is not None and (np.abs(severity) > step / 2).mean() > SURE:
        value = found.severity.value[judge]
        places = max(1, math.ceil(-math.log10(step)))
        said.append(f"scores {'lower' if value > 0 else 'higher'} by {abs(value):.{places}f}")
    for draws, estimates, wider, narrower in (
        (found.draws.spread, found.spread, "uses more of the scale", "uses less of the scale"),
        (found.draws.noise, found.noise, "is less consistent with the others", "is more consistent with the others"),
    ):
        low, high = UNUSUAL
        if ((draws[judge] < low) | (draws[judge] > high)).mean() > SURE:
            value = estimates.value[judge]
            said.append(f"{wider if value > 1 else narrower} (× {value:.2f})")
    return tuple(said)


def _smallest_step(score: Floats) -> float | None:
    gaps = np.diff(np.unique(score))
    return float(gaps.min()) if len(gaps) else None


def _mean_correlation(cells: Floats) -> float:
    """Mean over the pairs of columns that both vary; NaN where there is none."""
    apart = cells - cells.mean(axis=0)
    size = np.sqrt((apart**2).sum(axis=0))
    varying = size > 1e-9 * np.maximum(np.abs(cells).max(axis=0), 1e-300)
    if varying.sum() < 2:
        return float("nan")
    unit = apart[:, varying] / size[varying]
    r = unit.T @ unit
    k = len(r)
    return float((r.sum() - k) / (k * (k - 1)))


def _moments(group: Integers, x: Floats, y: Floats, groups: int) -> tuple[Integers, Floats, Floats]:
    """Of each group: its size, the correlation and the slope of y on x; NaN where nothing varies."""
    n = np.bincount(group, minlength=groups)
    size = np.maximum(n, 1)
    dx = x - (np.bincount(group, x, groups) / size)[group]
    dy = y - (np.bincount(group, y, groups) / size)[group]
    xx, yy, xy = (np.bincount(group, z, groups) for z in (dx * dx, dy * dy, dx * dy))
    limit = 1e-18 * np.maximum(np.bincount(group, x * x, groups), 1e-300)
    varies: Booleans = (xx > limit) & (yy > 1e-18 * np.maximum(np.bincount(group, y * y, groups), 1e-300))
    nothing = np.full(groups, np.nan)
    r = np.divide(xy, np.sqrt(xx * yy), out=nothing.copy(), where=varies)
    slope = np.divide(xy, xx, out=nothing.copy(), where=xx > limit)
    return n, r, slope


def _correlations(group: Integers, x: Floats, y: Floats, groups: int) -> tuple[Integers, Floats]:
    n, r, _ = _moments(group, x, y, groups)
    return n, np.clip(r, -1, 1)
