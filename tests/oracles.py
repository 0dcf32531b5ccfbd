"""Programs of others that say what is in a file: independent judges of cleaning, and never skipped when missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = ("exiftool", "pdftotext", "pdfinfo", "pdfdetach", "pdfimages", "qpdf")
MISSING = (
    "These programs are missing: {}. Install them (Debian: apt-get install libimage-exiftool-perl poppler-utils qpdf; "
    "macOS: brew install exiftool poppler qpdf)."
)


class NoOracles(Exception):
    """A program is missing; the words say how to install it."""


def find_oracles() -> None:
    """Make sure that all programs are there.

    Raises
    ------
    NoOracles : one is missing.
    """
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        raise NoOracles(MISSING.format(", ".join(missing)))


def said_by(*command: str | Path, may_fail: bool = False) -> bytes:
    """What a program says, on both of its outputs."""
    ended = subprocess.run([str(part) for part in command], capture_output=True, timeout=60, check=False)
    said = ended.stdout + b"\n" + ended.stderr
    assert may_fail or ended.returncode == 0, (command[0], said.decode("utf-8", "replace"))
    return said


if __name__ == "__main__":
    try:
        find_oracles()
    except NoOracles as error:
        sys.exit(str(error))
