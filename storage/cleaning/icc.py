"""Colour profiles with their numbers alone: descriptions, makers, devices and dates name people and their screens."""

from __future__ import annotations

from typing import Final

NUMBERS: Final = frozenset(
    {b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"wtpt", b"bkpt", b"chad", b"lumi", b"A2B0",
     b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2", b"gamt", b"D2B0", b"D2B1", b"D2B2", b"D2B3", b"B2D0", b"B2D1",
     b"B2D2", b"B2D3", b"chrm", b"cicp"}
)  # fmt: skip
TYPES: Final = frozenset(
    {b"XYZ ", b"curv", b"para", b"sf32", b"mft1", b"mft2", b"mAB ", b"mBA ", b"mpet", b"chrm", b"cicp"}
)
SILENCED: Final = ((4, 8), (24, 36), (40, 44), (48, 56), (80, 128))
"""Where the header says which program and device made it, and when."""

MOST_TAGS: Final = 100


def neutral_profile(profile: bytes) -> bytes | None:
    """The profile with the same colours, called "Profile"; None where it is none, and colours are better off without.

    Text that hides inside a numeric tag has nothing that names it: only known tags of known types stay.
    """
    if len(profile) < 132 or profile[36:40] != b"acsp":
        return None
    count = int.from_bytes(profile[128:132], "big")
    if count > MOST_TAGS or len(profile) < 132 + 12 * count:
        return None
    tags: dict[bytes, bytes] = {}
    for number in range(count):
        at = 132 + 12 * number
        name, start, size = profile[at : at + 4], *(int.from_bytes(profile[at + i : at + i + 4], "big") for i in (4, 8))
        content = profile[start : start + size]
        if name in NUMBERS and len(content) == size and content[:4] in TYPES:
            tags[name] = content
    if not tags:
        return None
    version = profile[8]
    tags[b"desc"] = _words("Profile", version)
    tags[b"cprt"] = _words("None", version) if version >= 4 else b"text\x00\x00\x00\x00None\x00"
    return _written(profile[:128], tags)


def _words(text: str, version: int) -> bytes:
    if version >= 4:
        wide = text.encode("utf-16-be")
        return b"mluc\x00\x00\x00\x00" + b"".join(
            number.to_bytes(4, "big") for number in (1, 12)
        ) + b"enUS" + len(wide).to_bytes(4, "big") + (28).to_bytes(4, "big") + wide  # fmt: skip
    narrow = text.encode() + b"\x00"
    return b"desc\x00\x00\x00\x00" + len(narrow).to_bytes(4, "big") + narrow + bytes(8 + 2 + 1 + 67)


def _written(old_head: bytes, tags: dict[bytes, bytes]) -> bytes:
    head = bytearray(old_head)
    for start, end in SILENCED:
        head[start:end] = bytes(end - start)
    table = bytearray(len(tags).to_bytes(4, "big"))
    content = bytearray()
    at = 128 + 4 + 12 * len(tags)
    shared: dict[bytes, int] = {}
    for name in sorted(tags):
        data = tags[name]
        if data not in shared:
            shared[data] = at + len(content)
            content += data + bytes(-len(data) % 4)
        table += name + shared[data].to_bytes(4, "big") + len(data).to_bytes(4, "big")
    head[0:4] = (at + len(content)).to_bytes(4, "big")
    return bytes(head + table + content)
