"""PNG images without texts, times, EXIF, XMP and whatever hangs behind them, to the same pixel."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

from storage.cleaning.icc import neutral_profile
from storage.cleaning.jpeg import only_orientation, orientation_in

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
KEPT: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs", b"cICP"})
"""Besides the pixels: what changes how they look, in numbers alone."""

LARGEST_TEXT: Final = 1024**2
LARGEST_PROFILE: Final = 4 * 1024**2
CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PASSES: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def without_metadata(image: bytes) -> bytes:
    """The image with its pixels packed anew, so that nothing hides behind them, and nothing else that could speak.

    Colour profiles keep their numbers; of EXIF only the orientation stays. Further pictures of an animation go.

    Raises
    ------
    ValueError : this is not a PNG image that can be read to its end.
    """
    head = b""
    before: list[tuple[bytes, bytes]] = []
    packed = bytearray()
    orientation = 1
    for kind, content in _chunks(image):
        if kind == b"IHDR":
            head = content
        if kind in KEPT:
            before.append((kind, content))
        elif kind == b"iCCP":
            profile = neutral_profile(_unpacked(content.partition(b"\x00")[2][1:], LARGEST_PROFILE))
            if profile:
                before.append((b"iCCP", b"profile\x00\x00" + zlib.compress(profile, 9)))
        elif kind == b"eXIf":
            orientation = orientation_in(content)
        elif kind == b"IDAT":
            packed += content
    if orientation != 1:
        before.append((b"eXIf", only_orientation(orientation)))
    pixels = _unpacked(bytes(packed), _size(head))
    if len(pixels) != _size(head):
        raise ValueError("pixels are missing in the PNG image")
    written = bytearray(SIGNATURE)
    for kind, content in (*before, (b"IDAT", zlib.compress(pixels, 6)), (b"IEND", b"")):
        written += len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")
    return bytes(written)


def beside_pixels(image: bytes) -> Iterator[bytes]:
    """The texts of an image, unpacked, its EXIF, and what hangs behind it.

    Raises
    ------
    ValueError : this is not a PNG image that can be read to its end.
    """
    end = len(SIGNATURE)
    for kind, content in _chunks(image):
        end += len(content) + 12
        if kind in (b"zTXt", b"iCCP"):
            name, _, packed = content.partition(b"\x00")
            yield name
            yield _unpacked(packed[1:], LARGEST_TEXT)
        elif kind == b"iTXt":
            name, _, rest = content.partition(b"\x00")
            languages, text = rest[2:].split(b"\x00", 2)[:2], rest[2:].split(b"\x00", 2)[2:]
            yield from (name, *languages)
            yield from (_unpacked(part, LARGEST_TEXT) if rest[:1] == b"\x01" else part for part in text)
        elif kind not in KEPT and kind not in (b"IDAT", b"IEND", b"fdAT", b"fcTL", b"acTL", b"tIME"):
            yield content
    yield image[end:]


def _chunks(image: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks up to the end, the header first."""
    if not image.startswith(SIGNATURE):
        raise ValueError("not a PNG image")
    at = len(SIGNATURE)
    first = True
    while True:
        length = int.from_bytes(image[at : at + 4], "big")
        kind = image[at + 4 : at + 8]
        if len(kind) < 4 or at + 12 + length > len(image) or (kind == b"IHDR") is not first:
            raise ValueError("a chunk of the PNG image is cut off or out of place")
        if first and length != 13:
            raise ValueError("the PNG image has no size")
        yield kind, image[at + 8 : at + 8 + length]
        if kind == b"IEND":
            return
        at += 12 + length
        first = False


def _unpacked(data: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, max(most, 1))
    except zlib.error as error:
        raise ValueError("what is packed in the PNG image cannot be unpacked") from error


def _size(head: bytes) -> int:
    """How many bytes the rows take, each with the byte that names its filter."""
    width, height = int.from_bytes(head[0:4], "big"), int.from_bytes(head[4:8], "big")
    bits = head[8] * CHANNELS.get(head[9], 0)
    if not bits or not width or not height:
        raise ValueError("the PNG image has no size")
    if not head[12]:
        return height * (1 + (width * bits + 7) // 8)
    total = 0
    for left, top, across, down in PASSES:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total
