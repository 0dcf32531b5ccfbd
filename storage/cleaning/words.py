"""Words among bytes: what a person could read in metadata, whatever its form."""

from __future__ import annotations

import re
from collections.abc import Iterator

SHORTEST = 3
LONGEST_READ = 1024**2

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
_RUNS = re.compile(rb"[\x20-\x7e\x80-\xff]{%d,}" % SHORTEST)
_WIDE = (re.compile(rb"(?:[\x20-\xff]\x00){%d,}" % SHORTEST), re.compile(rb"(?:\x00[\x20-\xff]){%d,}" % SHORTEST))
_MARKUP = re.compile(r"<[^>]*>")
_VALUES = re.compile(r"""=\s*(?:"([^"]*)"|'([^']*)')""")


def plain(text: str) -> str:
    """A text without control characters and halves of characters."""
    return _CONTROL.sub(" ", text).strip()


def words_in(data: bytes) -> Iterator[str]:
    """Runs of letters in bytes of an unknown form: UTF-8, Latin-1 and UTF-16, each as far as it makes sense."""
    data = data[:LONGEST_READ]
    for run in _RUNS.findall(data):
        try:
            text = run.decode()
        except UnicodeDecodeError:
            text = run.decode("latin-1")
        if _is_words(text):
            yield plain(text)
    for wide, encoding in zip(_WIDE, ("utf-16-le", "utf-16-be"), strict=True):
        for run in wide.findall(data):
            if _is_words(text := run.decode(encoding, "replace")):
                yield plain(text)


def words_of_markup(data: bytes) -> Iterator[str]:
    """The texts and the values of attributes in XML, whether it is well-formed or not."""
    data = data[:LONGEST_READ]
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = data.decode("utf-16" if wide else "utf-8", "replace")
    for piece in (*_MARKUP.split(text), *("".join(found) for found in _VALUES.findall(text))):
        if _is_words(piece):
            yield plain(piece)


def _is_words(text: str) -> bool:
    return sum(letter.isalnum() for letter in text) >= SHORTEST
