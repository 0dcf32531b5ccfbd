"""Many judges at once: how often one web process of Laurel saves, how long each save takes, and that none is lost.

``python -m benchmarks.judges_at_once --help``, or ``python -m benchmarks.judging_room --at-once`` after the browser's
figures. The bare page goes through the same before Laurel; both serve from this computer alone, with SQLite.

First 20 judges save, each again as soon as the save before is acknowledged. Then 400 judges save, each every 4 seconds
and evenly spread; a save that is due while the one before is still under way is late, and its wait counts from when it
was due; those that could not be sent before the end are counted. Every judge has a WebSocket, a session and an entry of
their own, and has saved once before the clock starts. The judges live in another process than this one, so that what
they take can be told apart.

What a save is, and when it counts as acknowledged, stands in ``benchmarks/open_rooms.py``; any other answer is a
failure, and is printed. At the end the last acknowledged value of each criterion of each judge is compared with the
database. It asserts nothing, and returns 1 when an acknowledged save was lost.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.content import CRITERIA
from benchmarks.judging_room import (
    ENVIRONMENT,
    describe_machine,
    fill_laurel,
    percentile_95,
    running_bare_page,
    wait_for_jobs,
)
from benchmarks.open_rooms import Cell, Driven, Load, Place, drive
from tests.server import running_laurel

SCORECARDS: Final = 20
"""Of each entry, the most that a stage allows."""
PER_JUDGE: Final = 3
MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True)
class Server:
    """One of the two: its web process, where its judges score, and the points that are stored."""

    pid: int
    places: Sequence[Place]
    stored: Callable[[], Mapping[Cell, int]]

    def memory(self) -> int:
        """What the web process holds in memory, in bytes, with what of it the system has put aside on a disk."""
        status = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return sum(int(line.split()[1]) * 1024 for line in status if line.startswith(("VmRSS:", "VmSwap:")))

    def processor_seconds(self) -> float:
        """What the web process has used, without Laurel's worker, which is a process of its own."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measured:
    """One load at one server. A share is of one core: 1 when it was never idle, more when there are several."""

    driven: Driven
    lost: int
    server_seconds: float
    machine_seconds: float
    memory_a_judge: float

    @property
    def rate(self) -> float:
        return len(self.driven.waits) / self.driven.seconds

    @property
    def median(self) -> float:
        return statistics.median(self.driven.waits or [math.nan])

    @property
    def longest_but_twentieth(self) -> float:
        return percentile_95(self.driven.waits or [math.nan] * 2)

    @property
    def server_a_save(self) -> float:
        return self.server_seconds / max(len(self.driven.waits), 1)

    @property
    def shares(self) -> tuple[float, float, float]:
        """The web process, the judges' process, and everything on this computer."""
        took = self.driven.seconds
        return self.server_seconds / took, self.driven.processor_seconds / took, self.machine_seconds / took


def measure(server: Server, load: Load) -> Measured:
    """Let judges in from another process, let them save, and look at the server meanwhile and at the database after."""
    here, there = multiprocessing.Pipe()
    places = server.places[: load.judges]
    judges = multiprocessing.get_context("spawn").Process(target=drive, args=(there, places, load), daemon=True)
    before = server.memory()
    judges.start()
    there.close()
    here.recv()
    used, busy = server.processor_seconds(), _busy_seconds()
    here.send("begin")
    driven: Driven = here.recv()
    used, busy = server.processor_seconds() - used, _busy_seconds() - busy
    memory = server.memory() - before
    stored = server.stored()
    here.send("leave")
    judges.join()
    lost = sum(stored.get(cell) not in values for cell, values in driven.acknowledged.items())
    return Measured(driven, lost, used, busy, memory / len(places))


def _busy_seconds() -> float:
    """What all cores have worked since the machine started, for whomever."""
    user, nice, system, _idle, _disk, hard, soft = map(int, Path("/proc/stat").read_text().split()[1:8])
    return (user + nice + system + hard + soft) / os.sysconf("SC_CLK_TCK")


def places_at_laurel(url: str, judges: int) -> list[Place]:
    """An assignment of each judge, with a session that is opened in the database, since a password takes 50 ms."""
    from sqlmodel import select

    from accounts.sessions import COOKIE, open_session
    from judging.models import Assignment
    from storage import database

    with database.reading() as db:
        firsts = {row.judge_id: row.id for row in db.exec(select(Assignment)).all()}
    chosen = list(firsts.items())[:judges]
    tokens = database.transact(lambda db: [open_session(db, judge_id) for judge_id, _ in chosen])
    database.stop()
    return [Place(url, str(key), f"{COOKIE}={token}") for (_, key), token in zip(chosen, tokens, strict=True)]


def stored_by_laurel() -> Mapping[Cell, int]:
    from sqlmodel import col, select

    from judging.models import Assignment, Score, Scorecard
    from prize.rubric import rubric_of
    from storage import database

    statement = (
        select(Assignment.id, Score.criterion_key, Score.points)
        .join(Scorecard, col(Scorecard.assignment_id) == col(Assignment.id))
        .join(Score, col(Score.scorecard_id) == col(Scorecard.id))
    )
    with database.reading() as db:
        stage_id = db.exec(select(Assignment.stage_id).limit(1)).one()
        order = {criterion.key: place for place, criterion in enumerate(rubric_of(db, stage_id).criteria)}
        found = {(str(key), order[criterion]): points or 0 for key, criterion, points in db.exec(statement).all()}
    database.stop()
    return found


def stored_by_bare_page(folder: Path) -> Mapping[Cell, int]:
    with closing(sqlite3.connect(folder / "bare-page.sqlite3")) as db:
        rows = db.execute("SELECT entry, criterion, points FROM score").fetchall()
    return {(str(entry), criterion): int(points) for entry, criterion, points in rows}


def rows(load: Load, bare: Measured, laurel: Measured) -> list[str]:
    """Of the table, with what is claimed of Laurel."""

    def row(words: str, value: Callable[[Measured], float], form: str, claim: str = "") -> str:
        ratio = f"{value(laurel) / value(bare):.2f}" if value(bare) else ""
        return f"| {words} | {form.format(value(bare))} | {form.format(value(laurel))} | {ratio} | {claim} |"

    def counts(words: str, value: Callable[[Measured], int], claim: str = "") -> str:
        return f"| {words} | {value(bare)} | {value(laurel)} |  | {claim} |"

    paced = load.every is not None
    memory = row("memory a judge", lambda one: one.memory_a_judge / MEBIBYTE, "{:.2f} MiB", "1 MiB")
    unsent = counts("saves that were due and never sent", lambda one: one.driven.unsent)
    return [
        f"| **{load.words}** | | | | |",
        row("saves a second", lambda one: one.rate, "{:.1f}", "" if paced else "at least 120"),
        row("wait, median", lambda one: one.median * 1000, "{:.0f} ms"),
        row("wait, 95 %", lambda one: one.longest_but_twentieth * 1000, "{:.0f} ms", "300 ms" if paced else "250 ms"),
        row("processor time of the web process a save", lambda one: one.server_a_save * 1000, "{:.1f} ms"),
        *([memory, unsent] if paced else []),
        counts("saves that failed", lambda one: len(one.driven.failures)),
        counts("acknowledged saves lost", lambda one: one.lost, "0"),
    ]


def say_who_worked(name: str, load: Load, measured: Measured) -> None:
    web, judges, all_together = measured.shares
    print(
        f"{name}, {load.words}: the web process used {web:.0%} of a core, the judges' process {judges:.0%}, "
        f"everything on this computer together {all_together:.0%} of {os.cpu_count()} cores; "
        f"{len(measured.driven.acknowledged)} stored scores compared"
    )
    for failure in measured.driven.failures[:10]:
        print(f"  failed: {failure}")


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judges_at_once")
    parser.add_argument("--few", type=int, default=20, help="judges who save as fast as they can (20)")
    parser.add_argument("--few-seconds", type=float, default=30, help="for how long (30)")
    parser.add_argument("--many", type=int, default=400, help="judges who save at a steady pace (400, at most 500)")
    parser.add_argument("--many-seconds", type=float, default=60, help="for how long (60)")
    parser.add_argument("--every", type=float, default=4, help="seconds from one save of such a judge to the next (4)")
    chosen = parser.parse_args(words)
    loads = Load(chosen.few, chosen.few_seconds), Load(chosen.many, chosen.many_seconds, chosen.every)
    judges = max(SCORECARDS, *(load.judges for load in loads))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill_laurel(folder, -(-judges * PER_JUDGE // SCORECARDS), judges, SCORECARDS)
        env = {**ENVIRONMENT, "LAUREL_FOLDER": name, "LAUREL_TEST_MODE": "false", "LAUREL_LOG_LEVEL": "WARNING"}
        with running_laurel(env, folder) as laurel_server, running_bare_page(folder, judges) as bare_server:
            wait_for_jobs()
            print(describe_machine())
            print(
                f"{len(CRITERIA)} criteria, {PER_JUDGE} entries a judge at Laurel, one web process each\n", flush=True
            )
            bare = Server(
                bare_server.pid,
                [Place(bare_server.url, str(number)) for number in range(1, judges + 1)],
                lambda: stored_by_bare_page(folder),
            )
            laurel = Server(laurel_server.pid, places_at_laurel(laurel_server.url, judges), stored_by_laurel)
            pairs = [(load, measure(bare, load), measure(laurel, load)) for load in loads]
    print("| | bare page | Laurel | ratio | claim |\n| --- | --- | --- | --- | --- |")
    for pair in pairs:
        print("\n".join(rows(*pair)))
    print()
    for load, at_bare, at_laurel in pairs:
        say_who_worked("Bare page", load, at_bare)
        say_who_worked("Laurel", load, at_laurel)
    return 1 if any(one.lost for _, *both in pairs for one in both) else 0


if __name__ == "__main__":
    sys.exit(main())
