"""``manage.py run`` in an empty folder: what whoever looks at once sees, and how it ends."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.server import ROOT, free_port


@contextmanager
def run(port: int, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """What ``make run`` starts, in a group of its own as at a terminal."""
    named = {"LAUREL_PORT": str(port), "LAUREL_PUBLIC_URL": f"http://127.0.0.1:{port}", **variables}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run"],
        cwd=ROOT,
        env={**os.environ, **named},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def front_page(port: int, process: subprocess.Popen[str]) -> str:
    """The first answer that there is."""
    while process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.1)
    raise AssertionError(process.communicate()[0])


@pytest.mark.parametrize("ends_with", [signal.SIGINT, signal.SIGTERM])
def test_the_first_page_that_is_answered_shows_a_prize_and_says_that_others_are_being_made(
    ends_with: signal.Signals,
) -> None:
    port = free_port()
    with run(port) as process:
        body = front_page(port, process)
        os.kill(process.pid, ends_with) if ends_with is signal.SIGTERM else os.killpg(process.pid, ends_with)
        said, _ = process.communicate(timeout=60)

    assert "Connect more clean power with the network we have" in body
    assert "More prizes of this demonstration are being made." in body
    assert f"Laurel is at http://127.0.0.1:{port}" in said
    assert process.returncode == 128 + ends_with
    with pytest.raises(URLError):
        urlopen(f"http://127.0.0.1:{port}/", timeout=5)


def test_a_database_that_cannot_be_made_ready_is_not_served(installation: Path) -> None:
    installation.mkdir()
    (installation / "laurel.sqlite3").write_text("This is no database. " * 300)
    port = free_port()

    with run(port) as process:
        said, _ = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "file is not a database" in said
    with pytest.raises(URLError):
        urlopen(f"http://127.0.0.1:{port}/", timeout=5)


@pytest.mark.prove
@pytest.mark.parametrize("ends_with", [signal.SIGINT, signal.SIGTERM])
def test_whoever_stops_it_before_the_database_is_ready_leaves_nothing_running(
    installation: Path, ends_with: signal.Signals
) -> None:
    installation.mkdir()
    port = free_port()
    with (installation / "laurel.writing").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # somebody else writes all the time
        with run(port) as process:
            assert process.stdout is not None
            said = next(line for line in process.stdout if "waiting for the database" in line)
            os.kill(process.pid, ends_with) if ends_with is signal.SIGTERM else os.killpg(process.pid, ends_with)
            process.communicate(timeout=30)

    assert process.returncode == 128 + ends_with
    with pytest.raises(ProcessLookupError):
        os.kill(json.loads(said)["pid"], 0)
