"""Cleaning in a child process: whatever a document does to its reader, it does not do it to Laurel."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 300
EXTRACTION_SECONDS = 60
LARGEST_REPORT = 64 * 1024**2
TOO_LONG = "The document took too long to read. Save it again in a simpler form."
TOO_MUCH = "The document could not be read within the limits. Save it again in a simpler form."


@dataclass(frozen=True)
class CleanPage:
    """A page of a clean copy: two images, its height for a width of 1, and its words.

    A line is ``[text, left, top, width, height, turned]``: per cent of the page, and degrees.
    """

    reading: Path
    zoom: Path
    ratio: float
    lines: tuple[tuple[str, float, float, float, float, int], ...]

    @property
    def text(self) -> str:
        return "\n".join(line[0] for line in self.lines)


@dataclass(frozen=True)
class Cleaned:
    """A document after cleaning: ``copy`` is None where ``problem`` says why there is none."""

    copy: Path | None
    pages: tuple[CleanPage, ...]
    problem: str


@dataclass(frozen=True)
class Extracted:
    """The words of a file as it was sent, for the search for names. With a ``problem`` there are none.

    ``pages`` has a text for each page, "" where it has none; the others are in no order that means anything.
    """

    pages: tuple[str, ...] = ()
    outline: tuple[str, ...] = ()
    form_values: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()
    metadata: tuple[str, ...] = ()
    problem: str = ""


def clean_in_child(source: Path, folder: Path, content_type: str) -> Cleaned:
    """Clean a file into an empty folder, within limits on time, memory and output."""
    said = _work("clean", source, folder, content_type, PATIENCE_SECONDS)
    if "problem" in said:
        return Cleaned(None, (), said["problem"])
    pages = (
        CleanPage(folder / page["reading"], folder / page["zoom"], page["ratio"], tuple(map(tuple, page["lines"])))
        for page in said["pages"]
    )
    return Cleaned(folder / said["copy"], tuple(pages), "")


def extract_in_child(source: Path, content_type: str) -> Extracted:
    """Everything that a file says in words anywhere, whether it is shown or not."""
    with tempfile.TemporaryDirectory(prefix="laurel-words-") as name:
        said = _work("extract", source, Path(name), content_type, EXTRACTION_SECONDS)
    if "problem" in said:
        return Extracted(problem=said["problem"])
    found = {kind: tuple(texts) for kind, texts in said["found"].items()}
    return Extracted(
        found["text"], found["outline"], found["form"], found["links"], found["annotations"], found["metadata"]
    )


def _work(task: str, source: Path, folder: Path, content_type: str, patience: float) -> dict[str, Any]:
    """Have the child do one thing; what it reports, or ``{"problem": words}``. Its relatives end with it."""
    command = [sys.executable, "-m", "storage.cleaning", task, str(source.resolve()), str(folder.resolve())]
    process = subprocess.Popen(  # noqa: S603
        [*command, content_type, str(os.getpid())],
        cwd=Path(__file__).resolve().parents[2],
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        status = process.wait(patience)
    except subprocess.TimeoutExpired:
        return {"problem": TOO_LONG}
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    report = folder / "report.json"
    if status not in (0, 3) or not report.is_file() or report.stat().st_size > LARGEST_REPORT:
        return {"problem": TOO_MUCH}
    said: dict[str, Any] = json.loads(report.read_bytes())
    return said


def _environment(folder: Path) -> dict[str, str]:
    """What the child may know: nothing of Laurel's settings, and nothing that differs between two machines."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    return {
        **kept,
        "PATH": os.defpath,
        "HOME": str(folder.resolve()),
        "TMPDIR": str(folder.resolve()),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
