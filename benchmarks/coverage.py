"""How often intervals hold the truth, where judges differ in this or that.

``python -m benchmarks.coverage --seeds 60``. It makes prizes up whose truth is known, as ``benchmarks.fair_ranking``
does, and prints how many of the 95 % intervals of entries, of the truly best tenth, of ranks and of judges' severity,
spread and noise hold it, and of the entries that are given a chance of 70 to 80 % how many belong to the top tenth. It
asserts nothing.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict

import numpy as np
from numpy.random import default_rng

from judging.statistics.fair import Estimates, adjusted
from judging.statistics.ratings import Booleans, Floats
from tests.judging.statistics.prizes import Prize, prize

ROWS: tuple[tuple[int, int, int, float, float, float, float], ...] = (
    (60, 12, 3, 0.7, 0.3, 0.3, 0.5),
    (60, 12, 3, 0.7, 0.3, 0.3, 0.0),
    (60, 12, 3, 0.7, 0.0, 0.0, 0.5),
    (300, 40, 3, 1.0, 0.4, 0.5, 0.5),
    (300, 40, 5, 1.0, 0.4, 0.5, 0.5),
)
"""Entries, judges, scorecards each; standard deviations of severity, log spread and log noise; step of the scale."""

COLUMNS = ("entries", "best tenth", "ranks", "severity", "spread", "noise", "chance 70–80 %")


def held(made: Prize, seed: int) -> dict[str, list[float]]:
    """For each column whether each interval holds what is true."""
    top = max(len(made.quality) // 10, 1)
    found = adjusted(made.panel, default_rng(seed), top=top)
    level = made.quality + found.fair.mean() - made.quality.mean()  # intervals are of quality less its mean
    place = np.argsort(np.argsort(-made.quality)) + 1
    inside = (found.low <= level) & (level <= found.high)
    likely = (found.ranks.chance_top > 0.7) & (found.ranks.chance_top < 0.8)
    columns: tuple[Booleans, ...] = (
        inside,
        inside[place <= top],
        (found.ranks.low <= place) & (place <= found.ranks.high),
        _inside(found.severity, made.severity - made.severity.mean()),
        _inside(found.spread, made.spread),
        _inside(found.noise, made.noise),
        (place <= top)[likely],
    )
    return {name: values.astype(float).tolist() for name, values in zip(COLUMNS, columns, strict=True)}


def _inside(estimates: Estimates, truth: Floats) -> Booleans:
    found: Booleans = (estimates.low <= truth) & (truth <= estimates.high)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=60, help="prizes a row (60)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (1)")
    chosen = parser.parse_args()
    began = time.monotonic()
    print(f"| entries × judges × cards; severity, spread, noise; step | {' | '.join(COLUMNS)} |")
    print("| --- |" + " --- |" * len(COLUMNS))
    for entries, judges, cards, severity, spread, noise, step in ROWS:
        every: dict[str, list[float]] = defaultdict(list)
        for seed in range(chosen.first, chosen.first + chosen.seeds):
            made = prize(
                default_rng(seed), entries, judges, cards, severity=severity, spread=spread, noise=noise, step=step
            )
            for name, values in held(made, seed).items():
                every[name] += values
        shares = " | ".join(f"{np.mean(every[name]):.2f}" for name in COLUMNS)
        print(
            f"| {entries} × {judges} × {cards}; {severity:g}, {spread:g}, {noise:g}; {step or 'none'} | {shares} |",
            flush=True,
        )
    print(f"\n{chosen.seeds} prizes a row, seeds from {chosen.first}; {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
