"""Which column of a sheet holds what is wanted: proposed by its name, and changed by the person."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final, TypeVar

from pydantic import ConfigDict

from storage.values import Line

ALIKE: Final = 0.84
"""How alike two names are, from 0 to 1, to be taken for the same: one letter in six may differ."""
CONTAINED: Final = 0.9
FOLDED: Final = 0.95
SURE: Final = 1.0

T = TypeVar("T")

PERCENT: Final = ("%", "per cent", "percent")

_BRACKETS: Final = re.compile(r"[(\[]\s*(.*?)\s*[)\]]")
_NO_LETTERS: Final = re.compile(r"[^a-z0-9]+")


class Kind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    WHOLE = "whole number"
    MONEY = "money"
    EMAIL = "mail address"
    CHOICE = "one of a list"


@dataclass(frozen=True)
class Wanted:
    """A column that an import looks for. ``unit`` is what its numbers are in, or the currency of its sums.

    ``otherwise`` is what an empty cell, or a missing column, stands for; None where it is needed.
    """

    key: str
    name: str
    meaning: str
    kind: Kind = Kind.TEXT
    otherwise: str | None = None
    called: tuple[str, ...] = ()
    unit: str = ""
    options: tuple[str, ...] = ()

    @property
    def needed(self) -> bool:
        return self.otherwise is None


@dataclass(frozen=True)
class Match:
    """A wanted column is the sheet's column of this name."""

    __pydantic_config__ = ConfigDict(strict=True, revalidate_instances="always")

    key: Line
    column: Line


def matched(header: Sequence[str], wanted: Sequence[Wanted]) -> tuple[Match, ...]:
    """A proposal: the best pairs first, each column at most once."""
    pairs = sorted(
        (
            (-how, at_wanted, at_column)
            for at_wanted, one in enumerate(wanted)
            for at_column, column in enumerate(header)
            if (how := _alike(column, one)) >= ALIKE
        ),
    )
    taken: dict[int, int] = {}
    for _, at_wanted, at_column in pairs:
        if at_wanted not in taken and at_column not in taken.values():
            taken[at_wanted] = at_column
    return tuple(Match(wanted[at].key, header[column]) for at, column in sorted(taken.items()))


def _alike(column: str, wanted: Wanted) -> float:
    folded = fold(column)
    best = ALIKE if wanted.unit and same_unit(unit_of_heading(column), wanted.unit) else 0.0
    for name in (wanted.name, *wanted.called):
        theirs = fold(name)
        if column.strip() == name:
            return SURE
        if folded == theirs:
            best = max(best, FOLDED)
        elif f" {theirs} " in f" {folded} ":
            best = max(best, CONTAINED)
        else:
            best = max(best, min(CONTAINED - 0.01, SequenceMatcher(None, folded, theirs).ratio()))
    return best


def fold(name: str) -> str:
    """A name without accents, capitals, signs, and what stands in brackets."""
    plain = unicodedata.normalize("NFKD", _BRACKETS.sub(" ", name)).casefold()
    return _NO_LETTERS.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


def by_name(named: Iterable[tuple[str, T]]) -> Callable[[str], tuple[T, ...]]:
    """What finds things by the name that a cell says: the very same name first, else without capitals and signs.

    It finds several where they share a name, so that none is taken for another.
    """
    exact, folded = defaultdict(list), defaultdict(list)
    for name, thing in named:
        exact[name].append(thing)
        folded[fold(name)].append(thing)

    def find(said: str) -> tuple[T, ...]:
        without_signs = fold(said)
        return tuple(exact.get(said.strip(), folded.get(without_signs, []) if without_signs else []))

    return find


def same_unit(one: str, other: str) -> bool:
    """Whether two units are the same: by letter, since MW is not mW, except for the ways to write per cent."""
    one, other = one.strip(), other.strip()
    return one == other or (one.lower() in PERCENT and other.lower() in PERCENT)


def unit_of_heading(name: str) -> str:
    """What stands in brackets in the name of a column."""
    found = _BRACKETS.search(name)
    return found[1] if found else ""
