"""Real panels of nine judges, of whom two or three are drawn: which ranking then agrees with all nine.

``python -m benchmarks.real_panels --draws 20``. The scores are programme components of figure skating, October 2016 to
December 2017 (tests/judging/data/README.md says where they are from). For each panel of 18 performances or more, k of
the nine judges are drawn for each performance, at random and so that judges have about equally many; the scorecards are
ranked in four ways, and compared with the top fifth by the mean of all nine. Printed is the share found, and the mean
difference to the plain mean with its paired standard error over panels and draws. It asserts nothing.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.random import Generator, default_rng

from benchmarks.ways import WAYS
from judging.statistics.planning import dealt
from judging.statistics.ratings import Floats, Panel

SCORES = Path(__file__).resolve().parent.parent / "tests" / "judging" / "data" / "isu_panels.csv.gz"
FEWEST, JUDGES = 18, 9


def panels() -> Iterator[Floats]:
    """Of each panel that is large enough, the totals: performances × nine judges."""
    cells: dict[str, dict[tuple[str, str], list[float]]] = defaultdict(lambda: defaultdict(list))
    with gzip.open(SCORES, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            cells[row["panel"]][row["submission"], row["judge"]].append(float(row["score"]))
    for _, found in sorted(cells.items()):
        performances = sorted({performance for performance, _ in found})
        judges = sorted({judge for _, judge in found})
        if len(performances) >= FEWEST and len(judges) == JUDGES and len(found) == len(performances) * JUDGES:
            yield np.array([[np.mean(found[one, judge]) for judge in judges] for one in performances])


def drawn(table: Floats, cards: int, random: Generator) -> Panel:
    design = dealt(len(table), JUDGES, cards, random)
    return Panel(
        design.submission, design.judge, table[design.submission, design.judge], design.submissions, design.judges
    )


def shares(tables: list[Floats], cards: int, draws: int) -> dict[str, Floats]:
    """The share of the nine judges' top fifth that each way finds, one for each panel and draw."""
    random = default_rng(cards)
    found: dict[str, list[float]] = {name: [] for name in WAYS}
    for table in tables:
        top = len(table) // 5
        best = set(np.argsort(-table.mean(axis=1), kind="stable")[:top].tolist())
        for _ in range(draws):
            panel = drawn(table, cards, random)
            for name, way in WAYS.items():
                chosen = np.argsort(-way(panel), kind="stable")[:top].tolist()
                found[name].append(len(best.intersection(chosen)) / top)
    return {name: np.array(values) for name, values in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=20, help="of judges for each panel (20)")
    draws = parser.parse_args().draws
    tables = list(panels())
    print(f"{len(tables)} panels, {draws} draws each\n")
    print(f"| judges drawn of nine | {' | '.join(WAYS)} |\n| --- |" + " --- |" * len(WAYS))
    for cards in (2, 3):
        found = shares(tables, cards, draws)
        told = []
        for values in found.values():
            apart = values - found["plain mean"]
            told.append(f"{values.mean():.3f} ({apart.mean():+.3f} ± {apart.std() / math.sqrt(len(apart)):.3f})")
        print(f"| {cards} | {' | '.join(told)} |", flush=True)


if __name__ == "__main__":
    main()
