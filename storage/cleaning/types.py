"""What a file is, from its content and never from its name; and what is said of one that cannot be used."""

from __future__ import annotations

import re
from pathlib import Path
from types import MappingProxyType
from typing import Final

PDF: Final = "application/pdf"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"

SUFFIXES: Final = MappingProxyType({PDF: ".pdf", PNG: ".png", JPEG: ".jpg"})
"""How the name of a judge's copy ends."""

HEAD: Final = 1024
_PNG_HEAD: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_JPEG_SEGMENTS: Final = frozenset(range(0xC0, 0xFF)) - frozenset(range(0xD0, 0xDA))
_PDF_HEAD = re.compile(rb"%PDF-\d\.\d")

AS_PDF: Final = "Save it as a PDF and choose it again."
AS_IMAGE: Final = "Save it as a PNG or JPEG and choose it again."


class Unreadable(Exception):
    """A file that cannot be cleaned; the words are for the person who sent it."""


def recognise(path: Path) -> str | None:
    """The content type of a file: PDF, PNG or JPEG; None for what is not accepted anywhere."""
    with path.open("rb") as file:
        return type_of(file.read(HEAD))


def type_of(head: bytes) -> str | None:
    """The same from the first bytes of a file."""
    if head.startswith(_PNG_HEAD):
        return PNG
    if head.startswith(b"\xff\xd8\xff") and len(head) > 3 and head[3] in _JPEG_SEGMENTS:
        return JPEG
    return PDF if _PDF_HEAD.search(head) and not any(head.startswith(start) for start, _ in _OTHERS) else None


def described(path: Path) -> str:
    """What a file is that ``recognise`` does not accept, and what to do, in words for whoever chose it."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        return "The file is empty. Choose another one."
    if head.startswith(b"PK"):
        return _archive(path)
    if head[4:8] == b"ftyp":
        if head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis", b"avif", b"avis"):
            return f"This is a photograph in the format of a telephone (HEIC or AVIF). {AS_IMAGE}"
        return "This is a video. Videos are not accepted here."
    for start, words in _OTHERS:
        if head.startswith(start):
            return words
    if head[8:12] == b"WEBP" and head.startswith(b"RIFF"):
        return f"This is a WebP image. {AS_IMAGE}"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith(b"<svg") or (start.startswith(b"<?xml") and b"<svg" in head.lower()):
        return f"This is a drawing (SVG). {AS_PDF}"
    if start.startswith((b"<!doctype html", b"<html")):
        return f"This is a web page. {AS_PDF}"
    if b"\x00" not in head:
        return f"This is a text. {AS_PDF}"
    return f"This is not a PDF, PNG or JPEG, whatever its name says. {AS_PDF}"


_OTHERS: Final = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"This is a document of an older Office program. {AS_PDF}"),
    (b"{\\rtf", f"This is a text in the format RTF. {AS_PDF}"),
    (b"GIF8", f"This is a GIF image. {AS_IMAGE}"),
    (b"II*\x00", f"This is a TIFF image. {AS_IMAGE}"),
    (b"MM\x00*", f"This is a TIFF image. {AS_IMAGE}"),
    (b"BM", f"This is a BMP image. {AS_IMAGE}"),
    (b"%!PS", f"This is a PostScript file. {AS_PDF}"),
    (b"Rar!", "This is an archive (RAR). Unpack it and choose one file."),
    (b"7z\xbc\xaf\x27\x1c", "This is an archive (7z). Unpack it and choose one file."),
    (b"\x1f\x8b", "This is an archive (gzip). Unpack it and choose one file."),
    (b"MZ", "This is a program. Programs are not accepted."),
    (b"\x7fELF", "This is a program. Programs are not accepted."),
)

_OFFICE: Final = (
    (b"word/document", "a Word document"),
    (b"xl/workbook", "an Excel workbook"),
    (b"ppt/presentation", "a PowerPoint presentation"),
    (b"Index/Document.iwa", "a document of Pages, Numbers or Keynote"),
    (b"mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument file"),
)
_ENDS: Final = 64 * 1024


def _archive(path: Path) -> str:
    """Office documents are ZIP archives; the names in them stand at the beginning and in a list at the end."""
    with path.open("rb") as file:
        ends = file.read(_ENDS)
        file.seek(max(file.seek(0, 2) - _ENDS, 0))
        ends += file.read(_ENDS)
    for name, what in _OFFICE:
        if name in ends:
            return f"This is {what}. {AS_PDF}"
    return "This is a ZIP archive. Unpack it and choose one file."
