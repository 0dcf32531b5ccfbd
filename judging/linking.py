"""How a dealing links judges through the entries they share: mended where it falls apart, tightened where it is loose.

Scorecards are two arrays, ``entry`` and ``judge``, of positions. An exchange gives two scorecards each other's judge,
so that every entry and every judge keeps its number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

Integers = NDArray[np.intp]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

TRIED = 50_000
"""Changes that are weighed in one round of mending."""
FOLLOWED = 400
"""Changes of those, cheapest first, whose groups are counted."""
GROUPS_TRIED = 50
"""Groups, smallest first, that are tried before mending is given up."""
DRAWN = 4_000
"""Exchanges that are drawn in one round of tightening."""
TIGHT = 0.995
"""A linkage that is not worth raising."""
LOSS = 1e-9
"""A preference lost that is rounding."""


@dataclass(frozen=True)
class Rules:
    """What an exchange must respect: ``free`` and ``preference`` (entries, judges); ``limit`` and ``kind`` (judges).

    Only judges of one kind are exchanged for each other. ``fixed`` scorecards (one flag each) stay.
    """

    free: Booleans
    preference: Floats
    limit: Integers
    kind: Integers
    fixed: Booleans


def groups(entry: Integers, judge: Integers, entries: int, judges: int) -> tuple[int, Integers]:
    """How many groups share nothing, and the group of each scorecard. Who has no scorecard does not count."""
    if not len(entry):
        return 0, np.zeros(0, dtype=np.intp)
    size = entries + judges
    graph = sparse.csr_array((np.ones(len(entry), dtype=np.int8), (entry, entries + judge)), shape=(size, size))
    _, label = csgraph.connected_components(graph, directed=False)
    met, of_card = np.unique(label[entry], return_inverse=True)
    return len(met), of_card.astype(np.intp)


def _laplacian(entry: Integers, judge: Integers, judges: int) -> Floats:
    size = np.bincount(entry)
    shape = (len(size), judges)
    meets = sparse.csr_array((np.ones(len(entry)), (entry, judge)), shape=shape)
    shares = sparse.csr_array((1 / size[entry], (entry, judge)), shape=shape)
    laplacian: Floats = np.diag(np.bincount(judge, minlength=judges)) - (meets.T @ shares).toarray()
    return laplacian


def _inverse(laplacian: Floats) -> Floats | None:
    """Of the Laplacian with ones over m added: its pseudo-inverse plus the same, or None where it falls apart."""
    judges = len(laplacian)
    try:
        whole = laplacian + 1 / judges
        np.linalg.cholesky(whole - 1e-9 * np.eye(judges))
        inverse: Floats = np.linalg.inv(whole).astype(np.float64)
    except np.linalg.LinAlgError:
        return None
    return inverse


def mend(entry: Integers, judge: Integers, rules: Rules, random: Generator, *, at_any_load: bool = False) -> Integers:
    """Join groups by exchanges between them, or by giving a scorecard to a judge of another group.

    Of the changes that leave fewer groups one that costs least is made, the evenness of loads before preference; loads
    become less even only ``at_any_load``. Without a cycle in any group nothing can be spared, so nothing is changed.
    Returns the judge of each scorecard; groups may remain.
    """
    entries, judges = rules.free.shape
    judge = judge.copy()
    count, group = groups(entry, judge, entries, judges)
    met, stuck = len(np.unique(entry)) + len(np.unique(judge)), 0
    while len(entry) > met - count and stuck < min(count, GROUPS_TRIED) and count > 1:
        inside = group == np.argsort(np.bincount(group), kind="stable")[stuck]
        stuck += 1
        for change in _changes(entry, judge, inside, rules, random, at_any_load=at_any_load):
            mended = judge.copy()
            for card, other in change:
                mended[card] = other
            fewer, regrouped = groups(entry, mended, entries, judges)
            if fewer < count:
                judge, count, group, stuck = mended, fewer, regrouped, 0
                break
    return judge


def _changes(
    entry: Integers, judge: Integers, here: Booleans, rules: Rules, random: Generator, *, at_any_load: bool
) -> list[tuple[tuple[int, int], ...]]:
    """Exchanges and moves between a group and the others, as (scorecard, new judge), cheapest first."""
    loads = np.bincount(judge, minlength=len(rules.limit))
    inside, outside = np.flatnonzero(here & ~rules.fixed), np.flatnonzero(~here & ~rules.fixed)
    one, two = _drawn(inside, outside, random)
    good = (
        rules.free[entry[one], judge[two]]
        & rules.free[entry[two], judge[one]]
        & (rules.kind[judge[one]] == rules.kind[judge[two]])
    )
    one, two = one[good], two[good]
    liked = rules.preference
    lost = (
        liked[entry[one], judge[one]]
        + liked[entry[two], judge[two]]
        - liked[entry[one], judge[two]]
        - liked[entry[two], judge[one]]
    )
    found: list[tuple[float, float, tuple[tuple[int, int], ...]]] = [
        (0.0, float(loss), ((int(a), int(judge[b])), (int(b), int(judge[a]))))
        for a, b, loss in zip(one, two, lost, strict=True)
    ]
    for cards, others in ((inside, judge[~here]), (outside, judge[here])):
        card, other = _drawn(cards, np.unique(others), random)
        rise = loads[other] + 1 - loads[judge[card]]
        good = (
            rules.free[entry[card], other]
            & (rules.kind[judge[card]] == rules.kind[other])
            & (loads[other] < rules.limit[other])
            & (loads[judge[card]] > 1)
            & ((rise <= 0) | at_any_load)
        )
        card, other, rise = card[good], other[good], rise[good]
        lost = liked[entry[card], judge[card]] - liked[entry[card], other]
        found += [
            (float(up), float(loss), ((int(a), int(b)),))
            for a, b, up, loss in zip(card, other, rise, lost, strict=True)
        ]
    found.sort(key=lambda change: change[:2])
    return [change for _, _, change in found[:FOLLOWED]]


def _drawn(one: Integers, two: Integers, random: Generator) -> tuple[Integers, Integers]:
    """All pairs of one thing and another in a random order, or as many as are tried."""
    size = len(one) * len(two)
    places = random.permutation(size) if size <= TRIED else random.integers(0, size, TRIED)
    return (one[places // len(two)], two[places % len(two)]) if size else (one[:0], two[:0])


def tighten(entry: Integers, judge: Integers, rules: Rules, random: Generator, rounds: int) -> Integers:
    """Raise the linkage by exchanges that cost no preference. Returns the judge of each scorecard.

    The gain of an exchange is taken to first order, from :math:`L^+ L^+`; the best that do not meet are made together,
    and taken back where the trace of :math:`L^+` did not fall.
    """
    used, judge = np.unique(judge, return_inverse=True)
    m, free = len(used), rules.free[:, used]
    if m < 3 or (~rules.fixed).sum() < 2:
        return used[judge]
    kind, liked = rules.kind[used], rules.preference[:, used]
    movable = np.flatnonzero(~rules.fixed)
    laplacian = _laplacian(entry, judge, m)
    inverse = _inverse(laplacian)
    if inverse is None or not laplacian.any():
        return used[judge]
    dealt = np.zeros(free.shape, dtype=bool)
    dealt[entry, judge] = True
    best = (m - 1) ** 2 / np.trace(laplacian)  # the least trace of the inverse that there could be
    size = np.bincount(entry, minlength=len(free))
    trace, together, idle = float(np.trace(inverse)) - 1, max(1, len(movable) // 8), 0
    for _ in range(rounds):
        if best / trace > TIGHT or idle > 4:
            break
        one, two = movable[random.integers(0, len(movable), (2, min(DRAWN, 20 * len(movable))))]
        from_one, to_one = entry[one], judge[two]
        from_two, to_two = entry[two], judge[one]
        good = free[from_one, to_one] & free[from_two, to_two] & (kind[to_one] == kind[to_two])
        good &= ~dealt[from_one, to_one] & ~dealt[from_two, to_two]
        good &= (
            liked[from_one, to_one] + liked[from_two, to_two] - liked[from_one, to_two] - liked[from_two, to_one]
            >= -LOSS
        )
        one, two = one[good], two[good]
        gain = _gain(entry, judge, size, inverse, one, two)
        order = np.argsort(-gain, kind="stable")[: 4 * together]
        chosen = _not_meeting(entry, one[order[gain[order] > 0]], two[order[gain[order] > 0]], together)
        tried = judge.copy()
        tried[chosen[0]], tried[chosen[1]] = judge[chosen[1]], judge[chosen[0]]
        again = _inverse(_laplacian(entry, tried, m)) if len(chosen[0]) else None
        if again is not None and np.trace(again) - 1 < trace - 1e-12:
            dealt[entry, judge] = False
            dealt[entry, tried] = True
            judge, inverse, trace, idle = tried, again, float(np.trace(again)) - 1, 0
        elif together > 1:
            together = max(1, together // 3)
        else:
            idle += 1
    return used[judge]


def _gain(entry: Integers, judge: Integers, size: Integers, inverse: Floats, one: Integers, two: Integers) -> Floats:
    """By how much each exchange would lower the trace of the pseudo-inverse, to first order."""
    square = inverse @ inverse - 1 / len(inverse)
    order = np.argsort(entry, kind="stable")
    start = np.cumsum(size) - size
    place = np.arange(len(entry)) - start[entry[order]]
    members = np.full((len(size), int(size.max(initial=1))), -1)
    members[entry[order], place] = judge[order]

    def summed(at: Integers, other: Integers) -> Floats:
        those = members[at]
        total: Floats = np.where(those >= 0, square[those, other[:, None]], 0.0).sum(axis=1)
        return total

    def grown(at: Integers, leaves: Integers, comes: Integers) -> Floats:
        """By how much the sum of ``square`` over pairs of an entry's judges grows, shared by their number."""
        own = square[leaves, leaves] + square[comes, comes] - 2 * square[leaves, comes]
        growth: Floats = (2 * (summed(at, comes) - summed(at, leaves)) + own) / size[at]
        return growth

    return -(grown(entry[one], judge[one], judge[two]) + grown(entry[two], judge[two], judge[one]))


def _not_meeting(entry: Integers, one: Integers, two: Integers, most: int) -> tuple[Integers, Integers]:
    """The first exchanges of which no two touch the same entry."""
    met: set[int] = set()
    kept: list[int] = []
    for place, pair in enumerate(zip(entry[one].tolist(), entry[two].tolist(), strict=True)):
        if len(kept) == most:
            break
        if met.isdisjoint(pair):
            met.update(pair)
            kept.append(place)
    return one[kept], two[kept]
