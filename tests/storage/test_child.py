"""The child that reads strangers' files knows no secret, reaches no network, and does not outlive whoever asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.cleaning.child import _environment
from tests.documents import telling_pdf
from tests.storage.test_cleaning import BOMBS

WITHIN_SECONDS = 20.0
ASKS = """
import sys
from pathlib import Path
from storage.cleaning.child import clean_in_child
clean_in_child(Path(sys.argv[1]), Path(sys.argv[2]), "application/pdf")
"""
ROOT = Path(__file__).parents[2]


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.prove
def test_a_child_ends_with_whoever_asked_it_and_knows_no_secret(tmp_path: Path) -> None:
    source = BOMBS["ten gigabytes of picture"](tmp_path / "source.pdf")
    folder = tmp_path / "folder"
    folder.mkdir()
    secrets = {"LAUREL_SECRET_KEY": "known to nobody else", "DATABASE_URL": "postgresql://known-to-nobody-else"}
    asking = subprocess.Popen([sys.executable, "-c", ASKS, source, folder], cwd=ROOT, env={**os.environ, **secrets})
    try:
        deadline = time.monotonic() + WITHIN_SECONDS
        while not (children := children_of(asking.pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        [child] = children
        while not (folder / "copy.pdf").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        variables = Path(f"/proc/{child}/environ").read_bytes()
        networks = [Path(f"/proc/{pid}/ns/net").readlink() for pid in (child, asking.pid)]
    finally:
        asking.send_signal(signal.SIGKILL)
        asking.wait()

    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(child)
    assert (b"LAUREL" in variables, b"DATABASE" in variables, b"nobody" in variables) == (False, False, False)
    assert networks[0] != networks[1] or not _may_unshare()


def _may_unshare() -> bool:
    """Whether this system lets a process have a network of its own."""
    code = "import ctypes, sys; own = ctypes.CDLL(None).unshare; sys.exit(own(0x40000000) and own(0x50000000))"
    return subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_child_is_told_where_it_may_write_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAUREL_SECRET_KEY", "known to nobody else")
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)

    told = _environment(tmp_path)

    assert told.keys() == {"PATH", "HOME", "TMPDIR", "LANG", "TZ", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE"}
    assert "nobody" not in str(told)


def test_a_child_whose_parent_is_another_does_nothing(tmp_path: Path) -> None:
    source = telling_pdf(tmp_path / "source.pdf", "Acorn Labs")
    command = [sys.executable, "-m", "storage.cleaning", "clean", source, tmp_path, "application/pdf", "1"]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)

    assert ended.returncode not in (0, 3)
    assert not (tmp_path / "report.json").exists()
