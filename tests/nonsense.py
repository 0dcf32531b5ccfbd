"""What nobody should send: for each type of a parameter the values that are refused, and those that are only odd."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4

from pydantic import SecretStr

OVER_LONG = "x" * 10_000_000
CONTROL = "a\x00b\x1bc"
REVERSED = {
    "reversed reading": "an\u202edna",
    "an isolate": "a \u2066name\u2069",
    "an isolate that is never closed": "a \u2067name",
    "a mark of direction": "a\u200fb",
}
SURROGATE = "half a \ud83d character"
LENGTHS = (41, 61, 101, 121, 201, 301, 501, 601, 1001, 2001, 20_001, 60_001)
"""One more than what a column may hold."""
NUMBERS = (-1, 0, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**30)


class LooksLikeText:
    """Says that it is a text when it is asked, and is none."""

    def __str__(self) -> str:
        return "text"


def refused_values(kind: Any, given: Any) -> Iterator[tuple[str, Any]]:
    """Values that no parameter of this type takes, each with a name for a failing test. ``given`` is a good one."""
    kind, optional = _plain(kind)
    yield "an object that looks like text", LooksLikeText()
    yield "a list", [given]
    yield "bytes", b"bytes"
    if not optional:
        yield "nothing", None
    if kind is str:
        yield "a number", 7
        yield "an over-long text", OVER_LONG
        yield "control characters", CONTROL
        yield from REVERSED.items()
        yield "half a character", SURROGATE
    elif kind is UUID:
        yield "an id as text", str(given)
        yield "an id that does not exist", uuid4()
    elif kind is SecretStr:
        yield "a number", 7
        yield "an over-long secret", SecretStr(OVER_LONG)
        yield "a secret that is nothing", SecretStr(None)  # type: ignore[arg-type]
        yield "a secret that is bytes", SecretStr(b"three words in a row")  # type: ignore[arg-type]
    elif kind in (int, Decimal, bool):
        yield "a text", "7"
        yield "no number", float("nan")
    elif kind in (date, datetime):
        yield "a text", "2027-03-01"
        yield "a number", 7
    elif isinstance(kind, type) and issubclass(kind, Enum):
        yield "a choice that there is not", "no such choice"
    elif get_origin(kind) is tuple:
        part = get_args(kind)[0]
        yield "a text", "text"
        for name, value in refused_values(part, given[0]):
            yield f"{name}, in a tuple", (value,)
    elif dataclasses.is_dataclass(kind):
        yield from _parts(kind, given, refused_values)


def odd_values(kind: Any, given: Any) -> Iterator[tuple[str, Any]]:
    """Values that may be taken or refused, but must not break anything."""
    kind, _ = _plain(kind)
    if kind is str:
        yield "an empty text", ""
        yield "spaces", "   "
        yield "letters outside the first plane", "🦫" * 30
        for length in LENGTHS:
            yield f"a text of {length}", "x" * length
    elif kind is SecretStr:
        for what, text in {"empty": "", "with control characters": CONTROL, "with half a character": SURROGATE}.items():
            yield f"a secret, {what}", SecretStr(text)
    elif kind is int:
        for number in NUMBERS:
            yield f"the number {number}", number
    elif kind is Decimal:
        for text in ("-0", "NaN", "sNaN", "Infinity", "1E+30", "1E-30", "1E+999999", "9" * 80, "0." + "1" * 80):
            yield f"the number {text[:20]}", Decimal(text)
    elif kind is date:
        yield "the first day", date.min
        yield "the last day", date.max
    elif kind is datetime:
        yield "a time without a zone", datetime(2027, 3, 1, 12)  # noqa: DTZ001
        yield "the first time", datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))
        yield "the last time", datetime.max.replace(tzinfo=timezone(-timedelta(hours=12)))
    elif get_origin(kind) is tuple:
        part = get_args(kind)[0]
        yield "an empty tuple", ()
        yield "twice the same", (given[0], given[0])
        yield "a great many", (given[0],) * 250
        for name, value in odd_values(part, given[0]):
            yield f"{name}, in a tuple", (value,)
    elif dataclasses.is_dataclass(kind):
        yield from _parts(kind, given, odd_values)


def _parts(kind: Any, given: Any, values: Any) -> Iterator[tuple[str, Any]]:
    hints = get_type_hints(kind, include_extras=True)
    for part in dataclasses.fields(kind):
        for name, value in values(hints[part.name], getattr(given, part.name)):
            yield f"{name} as {part.name}", dataclasses.replace(given, **{part.name: value})


def _plain(kind: Any) -> tuple[Any, bool]:
    """A type without its annotations, and whether None belongs to it."""
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        parts = [part for part in get_args(kind) if part is not type(None)]
        return _plain(parts[0])[0], len(parts) < len(get_args(kind))
    return kind, False
