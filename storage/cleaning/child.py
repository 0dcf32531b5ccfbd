"""Cleaning in a child process: whatever a document does to its reader, it does not do it to Laurel."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PATIENCE_SECONDS = 90


@dataclass(frozen=True)
class Cleaned:
    """A document after cleaning: ``copy`` is None where ``problem`` says why there is none."""

    copy: Path | None
    pages: tuple[Path, ...]
    texts: tuple[str, ...]
    problem: str


def clean_in_child(source: Path, folder: Path) -> Cleaned:
    """Clean a document into an empty folder, within limits on time, memory and output."""
    command = [sys.executable, "-m", "storage.cleaning", str(source.resolve()), str(folder.resolve())]
    root = Path(__file__).resolve().parents[2]
    try:
        ended = subprocess.run(command, cwd=root, timeout=PATIENCE_SECONDS, capture_output=True, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return _problem("The document took too long to read. Save it again in a simpler form.")
    report = folder / "report.json"
    if ended.returncode not in (0, 3) or not report.exists():
        return _problem("The document could not be read within the limits. Save it again in a simpler form.")
    said = json.loads(report.read_text())
    if "problem" in said:
        return _problem(said["problem"])
    return Cleaned(folder / "copy.pdf", tuple(sorted(folder.glob("page-*.webp"))), tuple(said["texts"]), "")


def _problem(words: str) -> Cleaned:
    return Cleaned(None, (), (), words)
