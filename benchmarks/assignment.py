"""Who judges what: how long a dealing takes, what it needs, and how well it links judges beside plain dealing.

``python -m benchmarks.assignment --entries 10000 --judges 500 --per-entry 5``. It makes the entries and judges up, and
asserts nothing.

Peak memory is that of this whole process, imports included. Plain dealing goes through the entries in order and gives
each to those who have the fewest so far, ties drawn by lot: equal loads, and nothing done for linkage. Linkage is 1 for
a balanced design of the same size, and 0 where groups share nothing.
"""

from __future__ import annotations

import argparse
import resource
import time
from statistics import fmean

import numpy as np
from numpy.random import Generator, default_rng

from judging.assignment import Plan, Quotas, assign
from judging.statistics.linkage import linkage
from judging.statistics.ratings import Panel

MEBIBYTE_IN_KIB = 1024


def plain(entries: int, judges: int, per_entry: int, random: Generator) -> float | None:
    """The linkage of plain dealing."""
    loads = np.zeros(judges)
    dealt = []
    for _ in range(entries):
        few = np.argsort(loads + random.random(judges))[:per_entry]
        loads[few] += 1
        dealt.append(few)
    entry, judge = np.repeat(np.arange(entries), per_entry), np.concatenate(dealt)
    return linkage(Panel(entry, judge, np.zeros(len(entry)), entries, int(judge.max()) + 1))


def made_up(chosen: argparse.Namespace, seed: int) -> tuple[Plan, float]:
    """A plan with the conflicts, preferences and types that were asked for, and the seconds that it took."""
    entries = [f"entry {number}" for number in range(chosen.entries)]
    judges = [f"judge {number}" for number in range(chosen.judges)]
    random = default_rng(seed)

    def some(share: float) -> list[tuple[str, str]]:
        count = int(share * len(entries) * len(judges))
        drawn = random.integers(0, (len(judges), len(entries)), (count, 2))
        return [(judges[j], entries[e]) for j, e in drawn.tolist()]

    conflicts, liked = frozenset(some(chosen.conflicts)), some(chosen.expertise)
    types = {judge: "expert" if number % 3 == 0 else "other" for number, judge in enumerate(judges)}
    began = time.perf_counter()
    plan = assign(
        entries,
        judges,
        chosen.per_entry,
        conflicts=conflicts,
        expertise=dict(zip(liked, random.random(len(liked)).tolist(), strict=True)),
        quotas=Quotas(types, {"expert": 1}) if chosen.quota else None,
        seed=seed,
    )
    return plan, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=60)
    parser.add_argument("--judges", type=int, default=12)
    parser.add_argument("--per-entry", type=int, default=3)
    parser.add_argument("--conflicts", type=float, default=0.0, help="share of all pairs, such as 0.02")
    parser.add_argument("--expertise", type=float, default=0.0, help="share of all pairs with a preference")
    parser.add_argument("--quota", action="store_true", help="a third of judges are experts, one for each entry")
    parser.add_argument("--seeds", type=int, default=1, help="dealings; figures are their means")
    chosen = parser.parse_args()
    assign(["entry"], ["judge"], 1)  # what is loaded once
    timed = [made_up(chosen, seed) for seed in range(chosen.seeds)]
    plans, seconds = [plan for plan, _ in timed], [took for _, took in timed]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBIBYTE_IN_KIB
    by_hand = [
        plain(chosen.entries, chosen.judges, chosen.per_entry, default_rng(seed)) for seed in range(chosen.seeds)
    ]
    loads = [(min(plan.loads.values()), max(plan.loads.values())) for plan in plans]
    print(f"{chosen.entries:,} entries, {chosen.per_entry} of {chosen.judges} judges each, {chosen.seeds} dealings\n")
    print(f"seconds                 {fmean(seconds):.3f}, longest {max(seconds):.3f}")
    print(f"peak memory             {peak:.0f} MiB")
    print(f"loads                   {min(low for low, _ in loads)} to {max(high for _, high in loads)}")
    print(f"furthest apart          {max(high - low for low, high in loads)}")
    print(f"scorecards short        {sum(sum(plan.short.values()) for plan in plans)}")
    print(f"groups sharing nothing  {max(plan.components for plan in plans)}")
    print(f"preference              {fmean(plan.preference for plan in plans):.1f}")
    print(f"linkage                 {fmean(plan.linkage or 0.0 for plan in plans):.4f}")
    print(f"linkage, plain dealing  {fmean(one or 0.0 for one in by_hand):.4f}")


if __name__ == "__main__":
    main()
