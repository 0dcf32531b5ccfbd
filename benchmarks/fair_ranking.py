"""Which share of the truly best each way of combining scores finds, where judges differ in this or that.

``python -m benchmarks.fair_ranking --seeds 100``. It makes prizes up whose truth is known (entries of standard normal
quality on a half-point scale from 0 to 10, noise 0.8 of quality's standard deviation), and ranks by the plain mean,
by scores standardised by judge, by the linear mixed model, by Laurel's adjusted score, and by somebody who knows every
judge's severity, spread and noise. Printed is the share of the true top tenth that is found, and the mean difference of
Laurel to the best other way with its paired standard error over prizes. It asserts nothing.
"""

from __future__ import annotations

import argparse
import math
import time

import numpy as np
from numpy.random import default_rng

from benchmarks.ways import LAUREL, WAYS
from judging.statistics.ratings import Floats
from tests.judging.statistics.prizes import POINTS, RESIDUAL, Prize, prize, share_of_true_top

ROWS: tuple[tuple[int, int, int, float, float, float], ...] = (
    (300, 40, 3, 0.0, 0.0, 0.0),
    (300, 40, 3, 0.5, 0.0, 0.0),
    (300, 40, 3, 1.0, 0.0, 0.0),
    (300, 40, 3, 0.5, 0.4, 0.0),
    (300, 40, 3, 0.5, 0.0, 0.5),
    (300, 40, 3, 1.0, 0.4, 0.5),
    (300, 40, 5, 1.0, 0.4, 0.5),
    (100, 10, 3, 0.5, 0.3, 0.3),
    (25, 6, 6, 1.0, 0.3, 0.3),
    (60, 12, 3, 0.7, 0.3, 0.3),
    (60, 12, 3, 0.7, 0.0, 0.0),
    (60, 12, 2, 0.7, 0.3, 0.3),
)
"""Entries, judges, scorecards each; standard deviations of severity, log spread and log noise."""


def known(made: Prize) -> Floats:
    """The mean of quality given the scores, for somebody who knows the judges."""
    panel = made.panel
    spread, severity = made.spread[panel.judge], made.severity[panel.judge]
    variance = (RESIDUAL * POINTS * made.noise_unit * made.noise[panel.judge]) ** 2
    centred = panel.total - made.centre + severity
    precision = np.bincount(panel.submission, spread**2 / variance, panel.submissions) + 1 / made.unit**2
    found: Floats = np.bincount(panel.submission, spread * centred / variance, panel.submissions) / precision
    return found


KNOWN = "known"
OTHERS = tuple(name for name in WAYS if name != LAUREL)


def row(kind: tuple[int, int, int, float, float, float], seeds: range) -> dict[str, Floats]:
    """The shares that each way finds, one for each seed."""
    entries, judges, per_entry, severity, spread, noise = kind
    shares: dict[str, list[float]] = {name: [] for name in (*WAYS, KNOWN)}
    for seed in seeds:
        made = prize(default_rng(seed), entries, judges, per_entry, severity=severity, spread=spread, noise=noise)
        top = max(entries // 10, 1)
        for name, way in WAYS.items():
            shares[name].append(share_of_true_top(made.quality, way(made.panel), top))
        shares[KNOWN].append(share_of_true_top(made.quality, known(made), top))
    return {name: np.array(found) for name, found in shares.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100, help="prizes a row (100)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (1)")
    chosen = parser.parse_args()
    began = time.monotonic()
    print(
        f"| entries × judges × cards; severity, spread, noise | {' | '.join((*WAYS, KNOWN))} | {LAUREL} − best other |"
    )
    print("| --- |" + " --- |" * (len(WAYS) + 2))
    for kind in ROWS:
        found = row(kind, range(chosen.first, chosen.first + chosen.seeds))
        best = max(OTHERS, key=lambda name: found[name].mean())
        difference = found[LAUREL] - found[best]
        error = difference.std(ddof=1) / math.sqrt(len(difference)) if len(difference) > 1 else math.nan
        shares = " | ".join(f"{values.mean():.3f}" for values in found.values())
        entries, judges, cards, *differ = kind
        print(
            f"| {entries} × {judges} × {cards}; {', '.join(f'{one:g}' for one in differ)} | {shares} | "
            f"{difference.mean():+.3f} ± {error:.3f} ({best}) |",
            flush=True,
        )
    print(f"\n{chosen.seeds} prizes a row, seeds from {chosen.first}; {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
