"""Images as files: PNG and JPEG."""

from __future__ import annotations

from collections.abc import Iterator

from storage.cleaning import words


def words_about(image: bytes) -> Iterator[str]:
    """What is written into an image beside its pixels, as far as people could read it."""
    yield from words.words_in(image[:200000])
