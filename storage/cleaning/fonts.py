"""Fonts without names: a typeface of one's own is called after its owner, and its file tells who drew it.

Letters keep their shapes and their places in the file: texts in it are overwritten, never cut out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

SPEAKING: Final = frozenset({b"name", b"DSIG", b"meta", b"FFTM", b"PfEd", b"TeX ", b"BDF ", b"Debg", b"SING", b"EBSC"})
"""Tables of names, signatures and notes; drawing needs none of them."""

CFF_TEXTS: Final = frozenset({0, 1, 2, 3, 4, (12, 0), (12, 21), (12, 22), (12, 38)})
"""Version, Notice, FullName, FamilyName, Weight, Copyright, PostScript, BaseFontName, FontName."""

STANDARD_STRINGS: Final = 391
_TYPE1_TEXTS = re.compile(
    rb"/(?:version|Notice|Copyright|FullName|FamilyName|Weight|Title|XUID|UniqueID)\s*(\((?:\\.|[^\\()])*\))"
)
_TYPE1_NAMES = re.compile(rb"/FontName\s*/([^\s/(){}<>\[\]%]+)")
_COMMENTS = re.compile(rb"%([^\r\n]*)")


def without_names(font: bytes) -> bytes:
    """A font file of any kind that PDF knows, with its texts overwritten; what is no font stays as it is."""
    if font[:4] in (b"\x00\x01\x00\x00", b"true", b"OTTO", b"ttcf"):
        return _sfnt(font)
    if font[:2] == b"%!":
        return _type1(font)
    if font[:1] == b"\x01" and len(font) > 4:
        return _cff(font)
    return font


def _sfnt(font: bytes) -> bytes:
    if font[:4] == b"ttcf":
        return font
    written = bytearray(font)
    for number in range(min(int.from_bytes(font[4:6], "big"), 100)):
        entry = 12 + 16 * number
        tag = font[entry : entry + 4]
        start, size = (int.from_bytes(font[entry + at : entry + at + 4], "big") for at in (8, 12))
        size = max(min(size, len(font) - start), 0)
        if tag in SPEAKING:
            written[start : start + size] = bytes(size)
            if tag == b"name" and size >= 6:
                written[start : start + 6] = b"\x00\x00\x00\x00\x00\x06"
        elif tag == b"CFF ":
            written[start : start + size] = _cff(font[start : start + size])
    return bytes(written)


def _type1(font: bytes) -> bytes:
    """The part in clear letters; the letters' shapes follow it, encrypted."""
    end = font.find(b"eexec")
    head = font if end < 0 else font[:end]
    head = _TYPE1_TEXTS.sub(lambda found: _blank(found, b"(", b")"), head)
    head = _TYPE1_NAMES.sub(lambda found: _blank(found), head)
    head = b"%!PS" + _COMMENTS.sub(lambda found: b"%" + b" " * len(found[1]), head[4:])
    first = re.match(rb"%!PS[^\r\n]*", head)
    if first:
        head = b"%!PS-AdobeFont"[: len(first[0])].ljust(len(first[0])) + head[len(first[0]) :]
    return head if end < 0 else head + font[end:]


def _blank(found: re.Match[bytes], before: bytes = b"", after: bytes = b"") -> bytes:
    start, end = found.span(1)
    inner = b"F" * (end - start - len(before) - len(after))
    return found[0][: start - found.start()] + before + inner + after + found[0][end - found.start() :]


def _cff(font: bytes) -> bytes:
    """A compact font: its names and the texts that its dictionaries refer to."""
    try:
        names, at = _index(font, font[2])
        dictionaries, at = _index(font, at)
        strings, _ = _index(font, at)
    except (IndexError, ValueError):
        return font
    written = bytearray(font)
    for start, end in names:
        written[start:end] = b"F" * (end - start)
    for start, end in dictionaries:
        for number in _texts_of(font[start:end]):
            if STANDARD_STRINGS <= number < STANDARD_STRINGS + len(strings):
                first, last = strings[number - STANDARD_STRINGS]
                written[first:last] = b"F" * (last - first)
    return bytes(written)


def _index(font: bytes, at: int) -> tuple[list[tuple[int, int]], int]:
    """Where each thing of an index begins and ends, and where the index does."""
    count = int.from_bytes(font[at : at + 2], "big")
    if not count:
        return [], at + 2
    size = font[at + 2]
    if not 1 <= size <= 4:
        raise ValueError("no index")
    offsets = [
        int.from_bytes(font[at + 3 + size * number : at + 3 + size * (number + 1)], "big")
        for number in range(count + 1)
    ]
    base = at + 2 + size * (count + 1)
    if any(later < earlier for earlier, later in pairwise(offsets)):
        raise ValueError("no index")
    if base + offsets[-1] > len(font):
        raise ValueError("the index is cut off")
    return [(base + start, base + end) for start, end in pairwise(offsets)], base + offsets[-1]


def _texts_of(dictionary: bytes) -> Iterator[int]:
    """The numbers of the strings that a dictionary names itself by."""
    operands: list[int] = []
    at = 0
    while at < len(dictionary):
        first = dictionary[at]
        at += 1
        if first <= 21:
            key: int | tuple[int, int] = first
            if first == 12:
                key = (12, dictionary[at]) if at < len(dictionary) else 12
                at += 1
            if key in CFF_TEXTS and operands:
                yield operands[-1]
            operands = []
        elif first == 28:
            operands.append(int.from_bytes(dictionary[at : at + 2], "big", signed=True))
            at += 2
        elif first == 29:
            operands.append(int.from_bytes(dictionary[at : at + 4], "big", signed=True))
            at += 4
        elif first == 30:
            while at < len(dictionary) and dictionary[at] & 0x0F != 0x0F and dictionary[at] >> 4 != 0x0F:
                at += 1
            at += 1
            operands.append(-1)
        elif first <= 246:
            operands.append(first - 139)
        elif first <= 250:
            operands.append((first - 247) * 256 + dictionary[at : at + 1][0] + 108 if at < len(dictionary) else -1)
            at += 1
        else:
            operands.append(-1)
            at += 1
