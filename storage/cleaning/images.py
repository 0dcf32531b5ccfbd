"""PNG and JPEG images as files: the same pixels without what cameras and editors wrote beside them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PIL import Image

from storage.cleaning import jpeg, png, words
from storage.cleaning.types import JPEG, PNG, Unreadable

MOST_PIXELS: Final = 80_000_000
DAMAGED: Final = "The image is damaged and cannot be read. Save it again as a PNG or JPEG."


def clean(source: Path, target: Path, content_type: str) -> None:
    """Write a copy of an image: every pixel as it was, and beside the pixels only how the camera was held.

    Raises
    ------
    Unreadable : it is damaged, or has more than 80 million pixels.
    """
    _check(source, content_type)
    data = source.read_bytes()
    try:
        target.write_bytes(png.without_metadata(data) if content_type == PNG else _clean_jpeg(data))
    except ValueError as error:
        raise Unreadable(DAMAGED) from error


def _clean_jpeg(data: bytes) -> bytes:
    return jpeg.without_metadata(data, orientation=jpeg.orientation_of(data))


def words_about(image: bytes) -> Iterator[str]:
    """What is written into an image beside its pixels, as far as people could read it."""
    try:
        parts = list(_beside_pixels(image))
    except ValueError:
        parts = [image[: words.LONGEST_READ]]
    for part in parts:
        yield from words.words_in(part)


def _beside_pixels(image: bytes) -> Iterator[bytes]:
    if image.startswith(png.SIGNATURE):
        return png.beside_pixels(image)
    if image.startswith(b"\xff\xd8"):
        return jpeg.beside_pixels(image)
    return iter((image[: words.LONGEST_READ],))


def _check(source: Path, content_type: str) -> None:
    """Whether the whole image can be decoded, and within bounds: the pages will need it, and so will judges."""
    kind = {PNG: "PNG", JPEG: "JPEG"}[content_type]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(source, formats=[kind]) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise Unreadable(
                        f"The image has more than {MOST_PIXELS // 1_000_000} million pixels. Save it smaller."
                    )
                image.load()
    except Image.DecompressionBombError as error:
        raise Unreadable(
            f"The image has more than {MOST_PIXELS // 1_000_000} million pixels. Save it smaller."
        ) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise Unreadable(DAMAGED) from error
