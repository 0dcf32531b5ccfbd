"""How long the judging statistics take and what memory they need, as ratios in one run.

``python -m benchmarks.statistics``. It makes scores up and measures, each in a process of its own:

- 1,000 resamples of alpha at four levels, beside 1,000 calls of the library ``krippendorff`` (a few, multiplied), for
  2,000 entries with 5 scores by 300 judges;
- the whole command for 500 × 5 and 10,000 × 5 scorecards and for a million scores, beside the imports alone;
- the time for a score from 10,000 to 100,000 scores, start-up apart.

It asserts nothing. Other work on the machine lengthens everything; ratios much less.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import krippendorff
import numpy as np
from numpy.random import default_rng

from judging.statistics.krippendorff import alphas
from judging.statistics.planning import dealt

ROOT = Path(__file__).resolve().parent.parent
MEBIBYTE = 1024
SIZES = ((500, 50, 5, 1), (500, 50, 5, 4), (10_000, 500, 5, 1), (10_000, 500, 5, 4), (40_000, 500, 5, 5))
"""The last has a million scores."""

GROWTH = ((2_000, 100, 5), (20_000, 1_000, 5))
CALLS = 10


@dataclass(frozen=True)
class Took:
    seconds: float
    mebibytes: float


def written(folder: Path, entries: int, judges: int, per_entry: int, criteria: int = 1) -> Path:
    """Scores in half points from 0 to 10, by judges who differ in severity, spread and noise."""
    random = default_rng(1)
    panel = dealt(entries, judges, per_entry, random)
    quality, severity = random.standard_normal(entries), random.normal(0, 0.5, judges)
    spread, noise = np.exp(random.normal(0, 0.3, judges)), np.exp(random.normal(0, 0.3, judges))
    path = folder / f"{entries}-{judges}-{per_entry}-{criteria}.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("submission,judge,criterion,score\n")
        for entry, judge in zip(panel.submission.tolist(), panel.judge.tolist(), strict=True):
            own = (
                spread[judge] * quality[entry] - severity[judge] + 0.8 * noise[judge] * random.standard_normal(criteria)
            )
            scores = np.clip(np.round(2 * (5.5 + 1.3 * own)) / 2, 0, 10)
            file.writelines(f"E{entry},J{judge},criterion {at},{score}\n" for at, score in enumerate(scores))
    return path


def run(*arguments: str) -> Took:
    """Run a Python of its own; the memory is its peak."""
    watched = (
        "import resource, runpy, sys; sys.argv = sys.argv[1:]\n"
        "try:\n    runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)\n"
        "finally:\n    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    began = time.perf_counter()
    command = [sys.executable, "-c", watched, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    return Took(time.perf_counter() - began, int(done.stderr.splitlines()[-1]) / MEBIBYTE)


def least(times: int, *arguments: str) -> Took:
    """The quickest of several runs, which other work on the machine has lengthened least."""
    return min((run(*arguments) for _ in range(times)), key=lambda took: took.seconds)


def against_the_library() -> None:
    random = default_rng(2)
    panel = dealt(2_000, 300, 5, random)
    score = random.integers(0, 11, panel.cards).astype(float)
    table = np.full((300, 2_000), np.nan)
    table[panel.judge, panel.submission] = score
    began = time.perf_counter()
    for _ in range(CALLS):
        krippendorff.alpha(table, level_of_measurement="interval")
    library = (time.perf_counter() - began) / CALLS
    took = []
    for seed in range(5):
        began = time.perf_counter()
        alphas(panel.submission, score, resamples=1_000, generator=default_rng(seed))
        took.append(time.perf_counter() - began)
    print(
        f"alpha: 1,000 resamples at four levels {min(took) * 1000:.0f} ms; one call of the library, at one level, "
        f"{library * 1000:.1f} ms: 1,000 calls take {1000 * library / min(took):.0f} times as long"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="of each command, of which the quickest counts (3)")
    runs = parser.parse_args().runs
    print(f"{os.cpu_count()} processors; a load of {os.getloadavg()[0]:.1f} before\n")
    against_the_library()
    with tempfile.TemporaryDirectory() as folder:
        tiny = written(Path(folder), 4, 2, 2)
        start = least(runs, "judging", "analyse", str(tiny))
        print(f"start-up: four entries take {start.seconds:.2f} s and {start.mebibytes:.0f} MiB\n")
        print("| entries × judges × cards, criteria | seconds | beyond start-up | MiB |")
        print("| --- | --- | --- | --- |")
        for *size, criteria in SIZES:
            path = written(Path(folder), *size, criteria)
            took = least(
                runs if size[0] < 40_000 else 1, "judging", "analyse", str(path), "--scale", "0,10,0.5", "--json"
            )
            print(
                f"| {' × '.join(f'{one:,}' for one in size)}, {criteria} | {took.seconds:.1f} | "
                f"{took.seconds - start.seconds:.1f} | {took.mebibytes:.0f} |",
                flush=True,
            )
        per_score = []
        for size in GROWTH:
            path = written(Path(folder), *size)
            took = least(runs, "judging", "analyse", str(path), "--scale", "0,10,0.5", "--json")
            per_score.append((took.seconds - start.seconds) / (size[0] * size[2]))
        few, many = per_score
        print(
            f"\ntime for a score: {few * 1e6:.0f} µs at 10,000 scores, {many * 1e6:.0f} µs at 100,000: "
            f"{many / few:.2f} times"
        )


if __name__ == "__main__":
    main()
