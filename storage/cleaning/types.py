"""What a file is, from its content and never from its name."""

from __future__ import annotations

from pathlib import Path

PDF = "application/pdf"
HEAD = 1024


def recognise(path: Path) -> str | None:
    """The content type of a file; None for what is not accepted anywhere."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    return PDF if b"%PDF-" in head else None
