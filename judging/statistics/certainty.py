"""How sure a ranking is: ranks, their intervals and the chance of the top, from joint draws of quality."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from judging.statistics.ratings import Booleans, Floats, Integers, levelled

UNDECIDED: Final = (0.1, 0.9)
"""Chances of the top between which an entry is neither in nor out."""

MOST_COMPARED: Final = 50_000
"""Entries in one list. Each takes 24 kilobytes for 4,000 draws, and 2 GiB are to be enough."""

DRAWS_AT_ONCE: Final = 64
THREADS: Final = 2


@dataclass(frozen=True)
class Ranks:
    """Places within one list, counted from 1, aligned with the entries compared.

    ``rank`` is that of the adjusted score, the same for equal ones; ``expected`` the mean place over the draws;
    ``low`` and ``high`` the ends of the interval; ``chance_top`` the share of draws with a place within the top.
    """

    rank: Integers
    expected: Floats
    low: Integers
    high: Integers
    chance_top: Floats


def ranks(fair: Floats, quality: NDArray[np.float32], top: int, confidence: float = 0.95) -> Ranks:
    r"""Places of entries that are compared with each other.

    ``low`` is the largest r with :math:`P(\text{rank} < r) \le (1 - c)/2` and ``high`` the smallest with
    :math:`P(\text{rank} > r) \le (1 - c)/2`, widened to contain ``rank``.

    Parameters
    ----------
    fair : adjusted scores.
    quality : joint draws, entries × draws.
    top : how many are chosen; ``chance_top`` adds up to the smaller of it and the number of entries.

    Raises
    ------
    ValueError : more than 50,000 entries.

    References
    ----------
    Expected ranks: R. Heyard and others (2022), Rethinking the funding line at the Swiss National Science Foundation.
    """
    entries, draws = quality.shape
    if entries > MOST_COMPARED:
        raise ValueError(f"{entries} entries are compared; at most {MOST_COMPARED:,} can be")
    places = _places(quality)
    tail = min(int((1 - confidence) / 2 * draws + 1e-9), (draws - 1) // 2)
    chance = np.array([(one < top).mean() for one in places])
    expected = places.mean(axis=1, dtype=float) + 1
    places.partition((tail, draws - 1 - tail), axis=1)
    own = strict_rank(fair)
    low = np.minimum(places[:, tail].astype(np.intp) + 1, own)
    high = np.maximum(places[:, draws - 1 - tail].astype(np.intp) + 1, own)
    return Ranks(own, expected, low, high, chance)


def all_alike(entries: int, top: int) -> Ranks:
    """Places where nothing tells the entries apart: all are first, and each is as likely as any."""
    everyone = np.ones(entries, dtype=np.intp)
    chance = np.full(entries, min(top, entries) / max(entries, 1))
    return Ranks(everyone, np.full(entries, (entries + 1) / 2), everyone, np.full(entries, entries), chance)


def strict_rank(fair: Floats) -> Integers:
    """1 + the number of entries with a strictly greater score, rounding apart."""
    level = levelled(fair)
    found: Integers = 1 + len(level) - np.searchsorted(np.sort(level), level, side="right")
    return found


def places_of(scores: Sequence[float | None]) -> list[int | None]:
    """The same for scores of which some are None, which have no place."""
    ranked = iter(strict_rank(np.array([score for score in scores if score is not None])).tolist())
    return [None if score is None else next(ranked) for score in scores]


def undecided(chance_top: Floats) -> Booleans:
    """Which entries more scorecards or a discussion would have to settle."""
    low, high = UNDECIDED
    found: Booleans = (chance_top > low) & (chance_top < high)
    return found


def expected_wrong(chance_top: Floats, top: int) -> float:
    """How many of those with the highest chances do not belong to the top, on average."""
    best = np.sort(chance_top)[::-1][:top]
    return float((1 - best).sum())


def _places(quality: NDArray[np.float32]) -> NDArray[np.uint16]:
    """The place of each entry in each draw, from 0: entries × draws."""
    entries, draws = quality.shape
    places = np.empty((entries, draws), dtype=np.uint16)
    counted = np.arange(entries, dtype=np.uint16)

    def fill(first: int) -> None:
        part = slice(first, min(first + DRAWS_AT_ONCE, draws))
        order = np.argsort(-quality[:, part].T, axis=1)
        found = np.empty(order.shape, dtype=np.uint16)
        np.put_along_axis(found, order, counted[None, :], axis=1)
        places[:, part] = found.T

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(fill, range(0, draws, DRAWS_AT_ONCE)))
    return places
