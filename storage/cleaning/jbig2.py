"""JBIG2 images, as PDF embeds them, without the segments that hold comments."""

from __future__ import annotations

from typing import Final

EXTENSION: Final = 62
UNKNOWN: Final = 0xFFFFFFFF


def without_comments(image: bytes) -> bytes:
    """The segments that draw. From a segment whose length is not told, everything stays.

    Raises
    ------
    ValueError : a segment is cut off.
    """
    kept = bytearray()
    at = 0
    while at < len(image):
        start = at
        number, flags = int.from_bytes(image[at : at + 4], "big"), image[at + 4 : at + 5]
        if not flags:
            raise ValueError("a segment of the JBIG2 image is cut off")
        at += 5
        referred = image[at] >> 5 if at < len(image) else 0
        if referred == 7:
            referred = int.from_bytes(image[at : at + 4], "big") & 0x1FFFFFFF
            at += 4 + (referred + 8) // 8
        else:
            at += 1
        at += referred * (1 if number <= 256 else 2 if number <= 65536 else 4)
        at += 4 if flags[0] & 0x40 else 1
        length = int.from_bytes(image[at : at + 4], "big")
        at += 4
        if length == UNKNOWN:
            return bytes(kept + image[start:])
        if at + length > len(image):
            raise ValueError("a segment of the JBIG2 image is cut off")
        at += length
        if flags[0] & 0x3F != EXTENSION:
            kept += image[start:at]
    return bytes(kept)
