"""A judge's copy of a file of any accepted type, with its pages; called by the child process alone."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from typing import Any, Final

from storage.cleaning import images, pdf
from storage.cleaning.pages import pages_of
from storage.cleaning.types import PDF, SUFFIXES, Unreadable

MOST_BYTES: Final = 384 * 1024**2
"""Of a copy with all its pages on the disk."""


def clean(source: Path, folder: Path, content_type: str) -> dict[str, Any]:
    """Write the copy and its pages into a folder; returns what the parent has to know about them.

    Raises
    ------
    Unreadable : the file cannot be cleaned, or its pages take too much room.
    """
    if content_type not in SUFFIXES:
        raise Unreadable("A file of this kind cannot be shown to judges. Save it as a PDF, PNG or JPEG.")
    copy = folder / f"copy{SUFFIXES[content_type]}"
    if content_type == PDF:
        pdf.clean(source, copy)
    else:
        images.clean(source, copy, content_type)
    room = MOST_BYTES - copy.stat().st_size
    pages: list[dict[str, Any]] = []
    for number, page in enumerate(pages_of(copy, content_type), start=1):
        room -= len(page.reading) + len(page.zoom)
        if room < 0:
            raise Unreadable("The document takes too much room. Save it with smaller pictures.")
        names = {"reading": f"page-{number:03}.webp", "zoom": f"page-{number:03}-zoom.webp"}
        (folder / names["reading"]).write_bytes(page.reading)
        (folder / names["zoom"]).write_bytes(page.zoom)
        pages.append({**names, "ratio": page.ratio, "lines": [astuple(line) for line in page.lines]})
    return {"copy": copy.name, "pages": pages}
