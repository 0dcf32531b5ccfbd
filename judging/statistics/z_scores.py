"""Scores standardised by judge: a simple correction for severity and spread, kept for comparison."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from judging.statistics.ratings import Floats, Integers, Panel

# Scorecards that a judge needs for a mean and a standard deviation worth the name.
LEAST_CARDS = 3


@dataclass(frozen=True)
class ZScores:
    """For each submission its z-score, NaN-free; which have none; and the judges who contribute 0."""

    z: Floats
    scored: Integers
    without: Integers


def z_scores(panel: Panel) -> ZScores:
    """Mean over an entry's scorecards of (total − judge's mean)/judge's standard deviation, divisor n − 1.

    Judges with fewer than three scorecards, or whose totals are all the same, contribute 0: their positions are
    ``without``. ``scored`` are the positions of entries with a scorecard; the others have a z of 0.
    """
    cards = np.bincount(panel.judge, minlength=panel.judges)
    centre = np.bincount(panel.judge, panel.total, panel.judges) / np.maximum(cards, 1)
    deviation = panel.total - centre[panel.judge]
    squares = np.bincount(panel.judge, deviation**2, panel.judges)
    spread = np.sqrt(squares / np.maximum(cards - 1, 1))
    largest = np.zeros(panel.judges)
    np.maximum.at(largest, panel.judge, np.abs(panel.total))
    usable = (cards >= LEAST_CARDS) & (spread > 1e-12 * largest)
    standard = np.where(usable[panel.judge], deviation / np.where(usable, spread, 1.0)[panel.judge], 0.0)
    of_entry = np.bincount(panel.submission, minlength=panel.submissions)
    z = np.bincount(panel.submission, standard, panel.submissions) / np.maximum(of_entry, 1)
    return ZScores(z, np.flatnonzero(of_entry), np.flatnonzero((cards > 0) & ~usable))
