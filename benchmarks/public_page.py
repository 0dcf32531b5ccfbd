"""How many visitors a prize's public page can take, beside a bare route of the same server: ratio of answers a second.

``python -m benchmarks.public_page`` fills a prize with entries and scorecards, serves the whole of Laurel from this
computer alone, and lets visitors without a session ask as fast as they can, by turns for the page and for ``/livez``,
which goes through the same door and does nothing. ``--entries 50000`` is a hundred times as large. It asserts nothing.
"""

from __future__ import annotations

import argparse
import http.client
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.exports import CARDS, fill
from benchmarks.judging_room import ENVIRONMENT, describe_machine, percentile_95
from tests.server import RunningLaurel, running_laurel

BARE: Final = "/livez"
CLAIM: Final = 0.7


@dataclass
class Asked:
    """What visitors got at one address: seconds of waiting, and over how long they asked in all."""

    waits: list[float] = field(default_factory=list)
    seconds: float = 0.0
    size: int = 0

    @property
    def rate(self) -> float:
        return len(self.waits) / self.seconds


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.public_page", description=__doc__)
    parser.add_argument("--entries", type=int, default=500, help="of the prize, each with five scorecards (500)")
    parser.add_argument("--visitors", type=int, default=20, help="who ask at the same time (20)")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each turn (5)")
    parser.add_argument("--turns", type=int, default=4, help="of each address (4)")
    chosen = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as name:
        os.environ.update(ENVIRONMENT, LAUREL_FOLDER=name, LAUREL_TEST_MODE="true")
        address = _filled(Path(name), chosen.entries)
        env = {**ENVIRONMENT, "LAUREL_FOLDER": name, "LAUREL_LOG_LEVEL": "WARNING"}
        with running_laurel(env, Path(name)) as laurel:
            print(describe_machine())
            print(f"{chosen.entries:,} entries, {chosen.entries * CARDS:,} scorecards, {chosen.visitors} visitors\n")
            page, bare = Asked(), Asked()
            for turn in range(2 * chosen.turns):
                first_page = turn % 4 in (1, 2)
                target, asked = (address, page) if first_page else (BARE, bare)
                _turn(laurel, target, asked, chosen.visitors, chosen.seconds)
    print("| address | answers a second | median wait | wait, 95 % | bytes |\n| --- | --- | --- | --- | --- |")
    for target, asked in ((BARE, bare), (address, page)):
        median, slow = statistics.median(asked.waits), percentile_95(asked.waits)
        print(f"| {target} | {asked.rate:.0f} | {median * 1000:.0f} ms | {slow * 1000:.0f} ms | {asked.size:,} |")
    print(f"\nRatio: {page.rate / bare.rate:.2f} (to be at least {CLAIM})")


def _filled(folder: Path, entries: int) -> str:
    """A prize that is being judged, and the address of its page."""
    from storage import database
    from storage.migrating import migrate
    from tests.modules import import_everything

    import_everything()
    database.start(f"sqlite:///{folder / 'laurel.sqlite3'}")
    migrate()
    from tests.stories import SLUG, Chapter, told  # after the settings are there

    story = told(Chapter.SCORED)
    database.transact(lambda db: fill(db, story.stage_id, list(story.criteria.values()), entries))
    database.stop()
    return f"/prizes/{SLUG}"


def _turn(laurel: RunningLaurel, target: str, asked: Asked, visitors: int, seconds: float) -> None:
    """Let all visitors ask for one address, each again as soon as the answer is there."""
    until = time.perf_counter() + seconds
    lock = threading.Lock()

    def visit() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", laurel.port, timeout=60)
        waits, size = [], 0
        while (began := time.perf_counter()) < until:
            connection.request("GET", target)
            response = connection.getresponse()
            size = len(response.read())
            if response.status != 200:
                raise RuntimeError(f"{target} answered {response.status}")
            waits.append(time.perf_counter() - began)
        connection.close()
        with lock:
            asked.waits += waits
            asked.size = size

    people = [threading.Thread(target=visit) for _ in range(visitors)]
    began = time.perf_counter()
    for person in people:
        person.start()
    for person in people:
        person.join()
    asked.seconds += time.perf_counter() - began


if __name__ == "__main__":
    main()
