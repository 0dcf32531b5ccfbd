"""Which of many texts are nearly the same: those that share most of their runs of three words.

Texts become sets of runs, sets become short signatures (MinHash), and only texts whose signatures agree somewhere are
compared run by run, so that ten thousand answers are compared in seconds. Of pairs that share just enough of their runs
to be nearly the same, one in many millions is missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from prize.entries.names import WORD, plainly

Whole = NDArray[np.uint64]
Thing = TypeVar("Thing")

RUN: Final = 3
"""Words that follow each other and are compared as one."""
SHORTEST: Final = 40
"""Words below which a text is compared with no other: too many short answers are the same by chance."""
NEAR: Final = 0.7
"""The share of runs in common, of all that stand in either, from which two texts are nearly the same."""
TOGETHER: Final = 12
"""Of more things than this that share something, each is paired with the first alone, and not with every other."""
BANDS, ROWS = 42, 3
"""Texts are compared when all of the numbers of one band of their signatures are equal."""
SEED: Final = 20270301
_STEPS: Final = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))


@dataclass(frozen=True)
class Alike:
    """Two texts by their places, and the share of runs that they have in common."""

    one: int
    other: int
    share: float


def near_same(texts: Sequence[str], known: Iterable[tuple[int, int]] = ()) -> tuple[Alike, ...]:
    """The pairs of texts that are nearly the same, as far as their number is bounded by ``paired``; ``known`` pairs of
    places are compared as well."""
    numbers: dict[str, int] = {}
    runs = [_runs([numbers.setdefault(word, len(numbers)) for word in _words(text)]) for text in texts]
    long = [place for place, own in enumerate(runs) if len(own)]
    found = []
    both_long = {(one, other) for one, other in known if len(runs[one]) and len(runs[other])}
    for one, other in sorted(_candidates(long, [runs[place] for place in long]) | both_long):
        common = len(np.intersect1d(runs[one], runs[other], assume_unique=True))
        share = common / (len(runs[one]) + len(runs[other]) - common)
        if share >= NEAR:
            found.append(Alike(one, other, share))
    return tuple(found)


def paired(things: Sequence[Thing]) -> Iterator[tuple[Thing, Thing]]:
    """Every two of a few things, or of many the first with each other one."""
    if len(things) <= TOGETHER:
        yield from combinations(things, 2)
    else:
        yield from ((things[0], other) for other in things[1:])


def _words(text: str) -> Iterable[str]:
    return WORD.findall(plainly(text).casefold())


def _runs(words: list[int]) -> Whole:
    """The runs of a text as a sorted set of numbers; none for a short text."""
    if len(words) < SHORTEST:
        return np.zeros(0, dtype=np.uint64)
    mixed = _mixed(np.array(words, dtype=np.uint64) + np.uint64(1))
    last = len(words) - RUN + 1
    joined = np.zeros(last, dtype=np.uint64)
    for at, step in enumerate(_STEPS):
        joined += mixed[at : at + last] * step
    return np.unique(_mixed(joined))


def _mixed(numbers: Whole) -> Whole:
    """Numbers scattered over all 64 bits, as SplitMix64 does it."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        numbers = (numbers ^ (numbers >> np.uint64(shift))) * np.uint64(factor)
    return numbers ^ (numbers >> np.uint64(31))


def _candidates(places: Sequence[int], runs: Sequence[Whole]) -> set[tuple[int, int]]:
    """Pairs of places whose signatures agree in a band."""
    if len(places) < 2:
        return set()
    every, starts = np.concatenate(runs), np.cumsum([0, *(len(own) for own in runs[:-1])])
    random = np.random.Generator(np.random.PCG64(SEED))
    salts = random.integers(1, 2**63, (BANDS, ROWS), dtype=np.uint64)
    found: set[tuple[int, int]] = set()
    for band in salts:
        key = np.zeros(len(places), dtype=np.uint64)
        for salt, step in zip(band, _STEPS, strict=True):
            key += np.minimum.reduceat(_mixed(every ^ salt), starts) * step
        order = np.argsort(key, kind="stable")
        borders = np.flatnonzero(np.diff(key[order])) + 1
        for group in np.split(order, borders):
            if len(group) > 1:
                found.update(paired([places[at] for at in group.tolist()]))
    return found
