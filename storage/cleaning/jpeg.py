"""JPEG images without what their cameras and editors wrote about people, to the same pixel."""

from __future__ import annotations

KEPT = frozenset({0xE0, 0xEE})
"""JFIF and Adobe's colour transform, without which the colours would be wrong."""

PROFILE = b"ICC_PROFILE\x00"


def without_metadata(image: bytes) -> bytes:
    """The image without application segments (EXIF, XMP, IPTC, thumbnails) and comments.

    Colour profiles stay. What follows the end of the image is cut off: telephones append videos there.

    Raises
    ------
    ValueError : this is not a JPEG image that can be read to its end.
    """
    if not image.startswith(b"\xff\xd8"):
        raise ValueError("not a JPEG image")
    kept = bytearray(b"\xff\xd8")
    at = 2
    while True:
        start = at
        if at >= len(image) or image[at] != 0xFF:
            raise ValueError("a marker is missing in the JPEG image")
        while at < len(image) and image[at] == 0xFF:
            at += 1
        if at >= len(image):
            raise ValueError("the JPEG image ends in a marker")
        marker = image[at]
        at += 1
        if marker == 0xD9:
            return bytes(kept + b"\xff\xd9")
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            kept += image[start:at]
            continue
        if at + 2 > len(image):
            raise ValueError("a segment of the JPEG image is cut off")
        length = int.from_bytes(image[at : at + 2], "big")
        end = at + length
        if length < 2 or end > len(image):
            raise ValueError("a segment of the JPEG image is cut off")
        is_profile = marker == 0xE2 and image[at + 2 :].startswith(PROFILE)
        if marker in KEPT or is_profile or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept += b"\xff" + bytes([marker]) + image[at:end]
        at = end
        if marker == 0xDA:
            at = _end_of_scan(image, at)
            kept += image[end:at]


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
