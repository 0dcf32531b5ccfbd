"""JPEG images without what their cameras and editors wrote about people, to the same pixel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from storage.cleaning.icc import neutral_profile

PROFILE: Final = b"ICC_PROFILE\x00"
EXIF: Final = b"Exif\x00\x00"
ORIENTATION: Final = 0x0112
PART: Final = 65_000
"""Of a colour profile, in one segment."""


def without_metadata(image: bytes, *, orientation: int = 1) -> bytes:
    """The image without application segments (EXIF, XMP, IPTC, thumbnails) and comments.

    The density of JFIF, Adobe's colour transform and the numbers of a colour profile stay, without which it would look
    otherwise. What follows the end of the image is cut off: telephones append videos there. An ``orientation`` other
    than 1 is written into it, since the pixels stay as they lie.

    Raises
    ------
    ValueError : this is not a JPEG image that can be read to its end.
    """
    profile = neutral_profile(_profile(image))
    kept = bytearray(b"\xff\xd8")
    rest = bytearray()
    for marker, content, scan in _segments(image):
        if content is None:
            rest += bytes([0xFF, marker])
        elif marker == 0xE0 and content.startswith(b"JFIF\x00") and len(content) >= 14:
            kept += _segment(marker, content[:12] + b"\x00\x00")
        elif marker == 0xEE and content.startswith(b"Adobe") and len(content) >= 12:
            kept += _segment(marker, content[:12])
        elif not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            rest += _segment(marker, content) + scan
    if orientation != 1:
        kept += _segment(0xE1, EXIF + only_orientation(orientation))
    if profile:
        parts = [profile[at : at + PART] for at in range(0, len(profile), PART)]
        for number, part in enumerate(parts, start=1):
            kept += _segment(0xE2, PROFILE + bytes([number, len(parts)]) + part)
    return bytes(kept + rest + b"\xff\xd9")


def orientation_of(image: bytes) -> int:
    """How the camera was held, from 1 (upright) to 8.

    Raises
    ------
    ValueError : this is not a JPEG image that can be read to its end.
    """
    for marker, content, _ in _segments(image):
        if marker == 0xE1 and content and content.startswith(EXIF):
            return orientation_in(content[len(EXIF) :])
    return 1


def orientation_in(exif: bytes) -> int:
    """The orientation in an EXIF block, 1 where it has none."""
    order: Literal["little", "big"] = "little" if exif[:2] == b"II" else "big"
    start = int.from_bytes(exif[4:8], order)
    for number in range(min(int.from_bytes(exif[start : start + 2], order), 500)):
        field = exif[start + 2 + 12 * number :][:12]
        if int.from_bytes(field[:2], order) == ORIENTATION:
            value = int.from_bytes(field[8:10], order)
            return value if 1 <= value <= 8 else 1
    return 1


def only_orientation(value: int) -> bytes:
    """An EXIF block that says how the camera was held, and nothing else."""
    return b"MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01" + bytes([0, value]) + bytes(6)


def beside_pixels(image: bytes) -> Iterator[bytes]:
    """The application segments and comments, and what follows the end of the image.

    Raises
    ------
    ValueError : this is not a JPEG image that can be read to its end.
    """
    for marker, content, _ in _segments(image):
        if content and (0xE0 <= marker <= 0xEF or marker == 0xFE):
            yield content
    yield image[image.rfind(b"\xff\xd9") + 2 :]


def _profile(image: bytes) -> bytes:
    """The colour profile, put together from its segments."""
    parts: dict[int, bytes] = {}
    for marker, content, _ in _segments(image):
        if marker == 0xE2 and content and content.startswith(PROFILE) and len(content) > 14:
            parts.setdefault(content[12], content[14:])
    return b"".join(parts[number] for number in sorted(parts))


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def _segments(image: bytes) -> Iterator[tuple[int, bytes | None, bytes]]:
    """Each segment up to the end of the image: its marker, its content if it can have any, and the scan behind it."""
    if not image.startswith(b"\xff\xd8"):
        raise ValueError("not a JPEG image")
    at = 2
    while True:
        if at >= len(image) or image[at] != 0xFF:
            raise ValueError("a marker is missing in the JPEG image")
        while at < len(image) and image[at] == 0xFF:
            at += 1
        if at >= len(image):
            raise ValueError("the JPEG image ends in a marker")
        marker = image[at]
        at += 1
        if marker == 0xD9:
            return
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            yield marker, None, b""
            continue
        length = int.from_bytes(image[at : at + 2], "big")
        end = at + length
        if length < 2 or end > len(image):
            raise ValueError("a segment of the JPEG image is cut off")
        content = image[at + 2 : end]
        at = _end_of_scan(image, end) if marker == 0xDA else end
        yield marker, content, image[end:at]


def _end_of_scan(image: bytes, at: int) -> int:
    """Where the next marker stands after entropy-coded data; restart markers and stuffed bytes belong to the data."""
    while True:
        at = image.find(b"\xff", at)
        if at < 0 or at + 1 >= len(image):
            return len(image)
        if image[at + 1] == 0x00 or 0xD0 <= image[at + 1] <= 0xD7:
            at += 2
        else:
            return at
