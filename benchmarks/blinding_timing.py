"""Whether the time that a judge waits tells whose entry it is: paired requests to twins, in the order A, B, B, A.

``python -m benchmarks.blinding_timing --help``. A and B are two servers on this computer alone; behind their entries
stand other people (``tests/blinding/twins.py``). For each kind of request it prints the median wait and the median
difference with its 95 % interval, distribution-free, which has to lie within ±max(2 ms, 5 % of the median). The same is
done with a B that is 10 ms slower on purpose, which has to be noticed.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

from accounts.sessions import COOKIE
from storage.migrating import migrate
from tests.blinding import rows
from tests.blinding.contest import Contest, Moment, at_home, play
from tests.blinding.pairs import Pair, being_served
from tests.blinding.rows import key, of
from tests.blinding.serving import fetch
from tests.blinding.twins import with_identities_dealt_differently
from tests.blinding.walking import Tab, Visitor

LEAST_MS: Final = 2.0
SHARE: Final = 0.05
WARMING_UP: Final = 10
JUDGE: Final = "jules"
Wait = Callable[[], Awaitable[float]]


@dataclass(frozen=True)
class Measured:
    """A kind of request. ``low`` and ``high`` are the ends of the interval of the median difference, in ms."""

    name: str
    pairs: int
    median: float
    difference: float
    low: float
    high: float

    @property
    def limit(self) -> float:
        return max(LEAST_MS, SHARE * self.median)

    @property
    def tells_nothing(self) -> bool:
        return -self.limit <= self.low and self.high <= self.limit

    @property
    def line(self) -> str:
        said = "within" if self.tells_nothing else "above" if self.low > self.limit else "not within"
        return (
            f"| {self.name} | {self.pairs} | {self.median:.1f} ms | {self.difference:+.2f} ms "
            f"| {self.low:+.2f} to {self.high:+.2f} ms | {said} ±{self.limit:.1f} ms |"
        )


def interval_of_median(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of a median by the sign test: two order statistics, whatever the distribution."""
    ordered, n = sorted(values), len(values)
    below, rank = 0.0, 0
    while rank < n // 2:
        below += math.comb(n, rank) * 0.5**n
        if below > 0.025:
            break
        rank += 1
    at = max(rank - 1, 0)
    return ordered[at], ordered[n - 1 - at]


async def compare(name: str, one: Wait, other: Wait, pairs: int) -> Measured:
    """Ask both by turns, so that what drifts slowly falls on both alike."""
    for _ in range(WARMING_UP):
        await one()
        await other()
    waits, differences = [], []
    for _ in range(pairs):
        first, second, third, fourth = await one(), await other(), await other(), await one()
        waits += [first, fourth]
        differences.append((second + third - first - fourth) / 2)
    low, high = interval_of_median(differences)
    return Measured(name, pairs, statistics.median(waits), statistics.median(differences), low, high)


async def at_both(pair: Pair, pairs: int, address: str) -> list[Measured]:
    visitors = pair.visitors(JUDGE)
    contest = pair.installations[0].contest
    entry = {"entry": str(next(iter(contest.assignments[JUDGE].values())))}
    tabs = [[visitor.tab(*place) for visitor in visitors] for place in (("judging", {}), ("scoring", entry))]
    for two in tabs:
        for tab in two:
            await tab.__aenter__()
            await tab.run()
    try:
        (list_one, list_other), (room_one, room_other) = tabs
        return [
            await compare("list of entries", *(_drawn(tab) for tab in (list_one, list_other)), pairs),
            await compare("entry", *(_drawn(tab) for tab in (room_one, room_other)), pairs),
            await compare("page of a document", *(_fetched(visitor, address) for visitor in visitors), pairs),
            await compare("score saved", *(_saved(tab) for tab in (room_one, room_other)), pairs),
        ]
    finally:
        for two in tabs:
            for tab in two:
                await tab.__aexit__(None, None, None)


def _drawn(tab: Tab) -> Wait:
    async def wait() -> float:
        tab.received.clear()
        return 1000 * await tab.run()

    return wait


def _saved(tab: Tab) -> Wait:
    """Another score than the one that stands there, so that it is saved each time."""
    points = 0

    async def wait() -> float:
        nonlocal points
        points = points % 5 + 1
        tab.received.clear()
        move = next(move for move in tab.moves() if move.kind == "choice" and move.value == str(points))
        began = perf_counter()
        await tab.make(move)
        return 1000 * (perf_counter() - began)

    return wait


def _fetched(visitor: Visitor, address: str) -> Wait:
    async def wait() -> float:
        began = perf_counter()
        response = fetch(visitor.laurel, "GET", address, {"Cookie": f"{COOKIE}={visitor.cookie}"})
        if response.status != 200:
            raise RuntimeError(f"{address} answered {response.status}")
        return 1000 * (perf_counter() - began)

    return wait


def page_of_a_document(contest: Contest) -> str:
    """The first page of a document that the judge may read."""
    tables = rows.read(contest.installation(Moment.JUDGING).database)
    own = [key(contest.entries[name]) for name in contest.assignments[JUDGE]]
    copy = next(copy for entry_id in own for copy in of(tables["judges_copy"], entry_id=entry_id))
    return (
        f"/copies/{copy['id'][:8]}-{copy['id'][8:12]}-{copy['id'][12:16]}-{copy['id'][16:20]}-{copy['id'][20:]}/pages/1"
    )


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pairs", type=int, default=100, help="of each kind of request")
    pairs = asked.parse_args().pairs
    with tempfile.TemporaryDirectory(prefix="laurel-timing-") as name:
        folder = Path(name)
        template = folder / "template"
        template.mkdir()
        with at_home(template):
            migrate()
        contest = play(template / "laurel.sqlite3", folder / "contest")
        address = page_of_a_document(contest)
        print("| request | rounds of A, B, B, A | median wait | median difference | 95 % interval | |")
        print("| --- | --- | --- | --- | --- | --- |")
        results = {}
        for leak, title in (("nothing", "twins"), ("ten_milliseconds_more", "B 10 ms slower on purpose")):
            one = contest.installation(Moment.JUDGING).copy(folder / f"{leak}-one")
            other = with_identities_dealt_differently(contest, Moment.JUDGING, folder / f"{leak}-other")
            with being_served(one, other, "nothing", leak) as served:
                results[leak] = asyncio.run(at_both(served, pairs, address))
            print(f"| **{title}** | | | | | |")
            for measured in results[leak]:
                print(measured.line)
    held = all(measured.tells_nothing for measured in results["nothing"])
    noticed = not any(measured.tells_nothing for measured in results["ten_milliseconds_more"])
    print(
        f"\nTime tells nothing: {'yes' if held else 'NO'}. The slower server is noticed: {'yes' if noticed else 'NO'}."
    )
    return 0 if held and noticed else 1


if __name__ == "__main__":
    sys.exit(main())
