"""JPEG 2000 images without boxes of XML, identifiers and comments, to the same pixel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from storage.cleaning.icc import neutral_profile

BOXES: Final = frozenset({b"jP  ", b"ftyp", b"jp2h", b"jp2c"})
HEADERS: Final = frozenset({b"ihdr", b"bpcc", b"colr", b"pclr", b"cmap", b"cdef"})
CODESTREAM: Final = b"\xff\x4f\xff\x51"
SOT, SOD, COM, TLM, EOC = 0x90, 0x93, 0x64, 0x55, 0xD9


def without_metadata(image: bytes) -> bytes:
    """The image with the boxes and markers that its pixels need.

    Raises
    ------
    ValueError : this is not a JPEG 2000 image that can be read to its end.
    """
    if image.startswith(CODESTREAM):
        return _codestream(image)
    written = bytearray()
    for kind, content in _boxes(image):
        if kind not in BOXES:
            continue
        if kind == b"jp2h":
            content = b"".join(_box(inner, part) for inner, part in _headers(content))
        elif kind == b"jp2c":
            content = _codestream(content)
        elif kind == b"ftyp":
            content = b"jp2 \x00\x00\x00\x00jp2 jpx "
        written += _box(kind, content)
    if b"jp2c" not in written:
        raise ValueError("the JPEG 2000 image has no pixels")
    return bytes(written)


def _headers(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    for kind, part in _boxes(content):
        if kind == b"colr" and part[:1] in (b"\x02", b"\x03"):
            if profile := neutral_profile(part[3:]):
                yield kind, part[:3] + profile
        elif kind in HEADERS:
            yield kind, part


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        length, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if length == 1:
            length, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif length == 0:
            length = len(data) - at
        if length < head or at + length > len(data) or len(kind) < 4:
            raise ValueError("a box of the JPEG 2000 image is cut off")
        yield kind, data[at + head : at + length]
        at += length


def _box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def _codestream(data: bytes) -> bytes:
    """Without comments in the head and in the heads of its tiles, and without the table of the tiles' lengths."""
    kept, at = _head(data, 2, until=SOT)
    written = bytearray(data[:2] + kept)
    while data[at : at + 2] == bytes([0xFF, SOT]):
        length = int.from_bytes(data[at + 6 : at + 10], "big")
        end = at + length if length else _end(data)
        if end > len(data) or (length and length < 14):
            raise ValueError("a tile of the JPEG 2000 image is cut off")
        kept, body = _head(data, at + 12, until=SOD)
        tile = kept + data[body:end]
        size = (len(tile) + 12).to_bytes(4, "big") if length else bytes(4)
        written += data[at : at + 6] + size + data[at + 10 : at + 12] + tile
        at = end
    return bytes(written + b"\xff\xd9")


def _end(data: bytes) -> int:
    return len(data) - 2 if data.endswith(b"\xff\xd9") else len(data)


def _head(data: bytes, at: int, *, until: int) -> tuple[bytes, int]:
    """The markers up to one of a kind, and where that stands."""
    kept = bytearray()
    while True:
        if at + 2 > len(data) or data[at] != 0xFF:
            raise ValueError("a marker is missing in the JPEG 2000 image")
        if data[at + 1] == until:
            return bytes(kept), at
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(data):
            raise ValueError("a marker of the JPEG 2000 image is cut off")
        if data[at + 1] not in (COM, TLM):
            kept += data[at : at + 2 + length]
        at += 2 + length
