"""Simulated prizes: entries whose quality is known, judged by judges who differ."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from judging.statistics.planning import dealt
from judging.statistics.ratings import Floats, Panel

RESIDUAL = 0.8
CENTRE = 5.5
POINTS = 1.3
"""Standard deviation of quality, in points of the scale."""


@dataclass(frozen=True)
class Prize:
    """What was scored, and the truth, in points of a typical judge of this panel.

    ``unit`` is the standard deviation from which quality was drawn, ``noise_unit`` the size of a typical judge's errors
    in that of all judges from whom they were drawn.
    """

    panel: Panel
    quality: Floats
    severity: Floats
    spread: Floats
    noise: Floats
    unit: float
    noise_unit: float
    centre: float = CENTRE


def prize(
    random: Generator,
    entries: int,
    judges: int,
    per_entry: int,
    *,
    severity: float = 0.0,
    spread: float = 0.0,
    noise: float = 0.0,
    step: float = 0.5,
) -> Prize:
    """Deal entries to judges at random in equal loads and score them on 0 … 10.

    Parameters
    ----------
    severity, spread, noise : standard deviations of severity in that of quality, of log spread and of log noise.
    step : of the scale, or 0 for scores that are not rounded.
    """
    quality = random.normal(size=entries)
    severities = random.normal(0, severity, judges)
    log_spread, log_noise = random.normal(0, spread, judges), random.normal(0, noise, judges)
    design = dealt(entries, judges, per_entry, random)
    entry, judge = design.submission, design.judge
    error = RESIDUAL * np.exp(log_noise[judge]) * random.normal(size=len(entry))
    scores = CENTRE + POINTS * (-severities[judge] + np.exp(log_spread[judge]) * quality[entry] + error)
    if step:
        scores = np.clip(np.round(scores / step) * step, 0, 10)
    unit = np.exp(log_spread.mean())
    return Prize(
        replace(design, total=scores),
        POINTS * unit * quality,
        POINTS * severities,
        np.exp(log_spread) / unit,
        np.exp(log_noise - log_noise.mean()),
        POINTS * float(unit),
        float(np.exp(log_noise.mean())),
    )


def share_of_true_top(quality: Floats, scores: Floats, top: int) -> float:
    """Which share of the entries that are truly best a ranking puts at the top."""
    best = set(np.argsort(-quality, kind="stable")[:top])
    return len(best & set(np.argsort(-scores, kind="stable")[:top])) / top


def plain_means(panel: Panel) -> Floats:
    found: Floats = np.bincount(panel.submission, panel.total, panel.submissions) / np.bincount(
        panel.submission, minlength=panel.submissions
    )
    return found
