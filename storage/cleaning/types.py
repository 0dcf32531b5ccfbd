"""What a file is, from its content and never from its name; and what is said of one that cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Final

PDF: Final = "application/pdf"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"

SUFFIXES: Final = {PDF: ".pdf", PNG: ".png", JPEG: ".jpg"}
"""How the name of a judge's copy ends."""

HEAD: Final = 1024
_PNG_HEAD: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


class Unreadable(Exception):
    """A file that cannot be cleaned; the words are for the person who sent it."""


def type_of(head: bytes) -> str | None:
    """The content type of what begins with these bytes: PDF, PNG or JPEG; None for what is not accepted anywhere."""
    if head.startswith(_PNG_HEAD):
        return PNG
    if head.startswith(b"\xff\xd8\xff") and len(head) > 3 and head[3] >= 0xC0 and head[3] != 0xFF:
        return JPEG
    return PDF if b"%PDF-" in head else None


def recognise(path: Path) -> str | None:
    """The content type of a file."""
    with path.open("rb") as file:
        return type_of(file.read(HEAD))
