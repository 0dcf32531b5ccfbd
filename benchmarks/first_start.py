"""How long whoever tries Laurel waits: from ``manage.py run`` in an empty folder until there is something to read.

``python -m benchmarks.first_start`` starts the demonstration three times, each in a folder of its own and on this
computer alone, and asks for the front page ten times a second: until it shows the prize that is there at once, and
until it shows them all, which the worker makes meanwhile. Beside it stands what importing Streamlit, pandas and Altair
alone takes here, so that machines can be compared. It asserts nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from benchmarks.judging_room import describe_machine
from delivery.demonstration.content import PRIZES
from tests.server import ROOT, free_port

LIMIT: Final = 10.0
"""Seconds until the first prize can be read."""
PATIENCE: Final = 120.0


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_start", description=__doc__)
    parser.add_argument("--starts", type=int, default=3, help="each in an empty folder (3)")
    chosen = parser.parse_args(words)
    print(describe_machine())
    print("\n| imports alone | first prize | all prizes |\n| --- | --- | --- |")
    waits = [_start() for _ in range(chosen.starts)]
    for imports, first, every in waits:
        print(f"| {imports:.1f} s | {first:.1f} s | {every:.1f} s |", flush=True)
    median = statistics.median(first for _, first, _ in waits)
    print(f"\nThe first prize, median: {median:.1f} s (to be at most {LIMIT:g} s)")


def _start() -> tuple[float, float, float]:
    """Seconds for the imports alone, until the first prize can be read, and until all can be."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import altair, pandas, streamlit"], check=True)
    imports = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        began = time.perf_counter()
        with _running(Path(folder), port):
            titles = [title for title, *_ in PRIZES.values()]
            first = _until_there(port, titles[:1], began)
            return imports, first, _until_there(port, titles, began)


@contextmanager
def _running(folder: Path, port: int) -> Iterator[None]:
    env = {
        name: value for name, value in os.environ.items() if name != "DATABASE_URL" and not name.startswith("LAUREL_")
    }
    env |= {"LAUREL_FOLDER": str(folder), "LAUREL_PORT": str(port)}
    env["LAUREL_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    with (folder / "start.log").open("w") as log:
        process = subprocess.Popen([sys.executable, "manage.py", "run"], cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def _until_there(port: int, titles: Sequence[str], began: float) -> float:
    """Seconds since ``began`` when the front page shows all ``titles``."""
    while (waited := time.perf_counter() - began) < PATIENCE:
        try:
            with urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                page = answer.read().decode()
        except OSError:
            page = ""
        if all(title in page for title in titles):
            return time.perf_counter() - began
        time.sleep(0.1)
    raise TimeoutError(f"After {waited:.0f} s the front page does not show {', '.join(titles)}.")


if __name__ == "__main__":
    main()
