"""The linear programme that deals scorecards: entries and judges as positions, limits and preferences as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

Integers = NDArray[np.intp]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

ALL_PAIRS = 20_000
"""Up to so many pairs of an entry and a judge all are candidates."""
CANDIDATES = 30
"""Judges drawn for an entry where there are more pairs than that."""
PREFERENCE = 100.0
"""What a whole preference is worth; the random part of a pair's cost goes from 0 to 1."""
STEPS = 100
"""Into how many stretches the loads of a first solution are cut at most, to be evened out."""
SOLVED, INFEASIBLE = 0, 2
"""What SciPy's solver says of an answer that is final."""
ROUNDS = 12
"""How often candidates are added at most."""
WHOLE = 1e-6
"""How far from a whole number what is dealt may be by rounding."""
GAP = 1e-7
"""A relative gap at which a programme in whole numbers is settled: less than a preference is of all loads' price."""
NODES = 2_000
"""Branches after which a programme in whole numbers stops with what it has."""


@dataclass(frozen=True)
class Demand:
    """What is to be dealt to n entries by m judges with t types.

    ``wanted`` (n) scorecards an entry still needs; ``had`` (m) those that a judge has already; ``limit`` (m) the most
    that a judge takes, at least ``had``; ``free`` (n, m) pairs that may be dealt; ``preference`` (n, m) from 0 to 1;
    ``types`` (m, t) and ``lacking`` (n, t), the judges of each type that an entry still needs.
    """

    wanted: Integers
    had: Integers
    limit: Integers
    free: Booleans
    preference: Floats
    types: Booleans
    lacking: Integers


@dataclass(frozen=True)
class Dealt:
    """The pairs dealt, (``entry``, ``judge``) in ascending order, and the programme's relative gap (0: optimal).

    Not ``certain`` is what a search that ended early has found, so that there may be better.
    """

    entry: Integers
    judge: Integers
    gap: float
    certain: bool


@dataclass(frozen=True)
class _Steps:
    """What loads cost: stretches of a judge's load with a width and a price a scorecard, rising along the load."""

    judge: Integers
    width: Integers
    price: Floats


@dataclass(frozen=True)
class _Solved:
    """The candidates taken and those split, the loads, what lacks, and what one more of each would be worth."""

    taken: Booleans
    loads: Integers
    lacks: int
    types_lack: int
    split: Booleans
    price: float
    gap: float
    certain: bool
    entry_value: Floats
    judge_value: Floats
    type_value: Floats

    def is_even(self, demand: Demand, level: int) -> bool:
        low, high = (np.clip(level + k, demand.had, demand.limit) for k in (0, 1))
        return bool(((self.loads >= low) & (self.loads <= high)).all())

    def is_perfect(self, demand: Demand, level: int) -> bool:
        """No candidate could better this but for preferences."""
        unavoidable = max(int(demand.wanted.sum() - (demand.limit - demand.had).sum()), 0)
        return self.lacks <= unavoidable and self.types_lack == 0 and self.is_even(demand, level)


def deal(demand: Demand, random: Generator) -> Dealt:
    r"""Deal as many scorecards as can be, then meet the types, then even out loads, then follow preferences.

    .. math:: \min \sum_p c_p x_p + \sum_i S(s_i) + Q \sum_{it} q_{it} + \sum_j B(l_j)

    over pairs :math:`x_p \in [0, 1]` with :math:`\sum_{p \ni i} x_p + s_i` equal to what entry i wants and
    :math:`l_j` the load of judge j, within the limit. S and B are convex and each level outweighs the next. With at
    most one type a judge the matrix is totally unimodular (entries with their types, and judges, are two laminar
    families), so that a vertex is whole; where one is not, whole numbers are asked for, and the gap is reported.

    Large dealings start from a few candidates an entry. While scorecards lack or loads are uneven, pairs whose reduced
    cost promises better are added, until there are none: then the dealing is optimal among all pairs but for
    preferences and luck.
    """
    level = _level(demand)
    candidates = _candidates(demand, random)
    entry, judge = np.nonzero(candidates)
    cost = _costs(demand, entry, judge, random)
    window = range(level, level + 2)
    steps = _coarse_steps(demand, level)
    solved = _solve(demand, candidates, cost, steps)
    for _ in range(ROUNDS):
        if solved.is_perfect(demand, level):
            break
        more = _promising(demand, candidates, solved, random)
        if more is not None:
            cost = _extended(demand, candidates, more, cost, random)
            candidates = candidates | more
        elif not _within(seen := _spread(demand, solved.loads), window):
            window, steps = seen, _fine_steps(demand, seen)
        else:
            break
        solved = _solve(demand, candidates, cost, steps)
    entry, judge = np.nonzero(candidates)
    if solved.split.any():
        solved = _made_whole(demand, candidates, cost, steps, solved)
    return Dealt(entry[solved.taken], judge[solved.taken], solved.gap, solved.certain)


def _made_whole(demand: Demand, candidates: Booleans, cost: Floats, steps: _Steps, relaxed: _Solved) -> _Solved:
    """The programme in whole numbers; where it is large, only for entries of which a scorecard is split."""
    entry, _ = np.nonzero(candidates)
    if len(entry) <= ALL_PAIRS:
        return _solve(demand, candidates, cost, steps, whole=True)
    settled = ~np.isin(entry, entry[relaxed.split])
    solved = _solve(demand, candidates, cost, steps, whole=True, settled=settled, taken=relaxed.taken)
    return replace(solved, gap=max(solved.price - relaxed.price, 0.0) / max(abs(solved.price), 1.0))


def deal_linked(demand: Demand, random: Generator, apart: Sequence[tuple[Booleans, Booleans]]) -> Dealt:
    """Deal in whole numbers so that something crosses each of the given borders; nothing is dealt where nothing can.

    ``apart`` are groups as (entries, judges), two masks each, between which and the rest a pair must be dealt.
    """
    candidates = demand.free & (demand.wanted > 0)[:, None]
    entry, judge = np.nonzero(candidates)
    borders = [np.flatnonzero(entries[entry] != judges[judge]) for entries, judges in apart]
    if any(len(border) == 0 for border in borders):
        return Dealt(entry[:0], judge[:0], 0.0, True)
    cost = _costs(demand, entry, judge, random)
    steps = _fine_steps(demand, range(int(demand.limit.max(initial=0)) + 1))
    solved = _solve(demand, candidates, cost, steps, whole=True, borders=borders)
    return Dealt(entry[solved.taken], judge[solved.taken], solved.gap, solved.certain)


def _level(demand: Demand) -> int:
    """The whole load up to which every judge with room is filled when loads are as equal as limits allow."""
    low, high = 0, int(demand.limit.max(initial=0))
    total = int(min(demand.wanted.sum() + demand.had.sum(), demand.limit.sum()))
    while low < high:
        middle = (low + high + 1) // 2
        if np.clip(middle, demand.had, demand.limit).sum() <= total:
            low = middle
        else:
            high = middle - 1
    return low


def _unit(demand: Demand) -> float:
    """More than any chain of exchanges gains in preference, since it passes each judge at most once."""
    return (1 + PREFERENCE * float(demand.preference.max(initial=0))) * (len(demand.had) + 1)


def _coarse_steps(demand: Demand, level: int) -> _Steps:
    """Loads at the level and one above it are free of charge."""
    at = [demand.had, *(np.clip(level + k, demand.had, demand.limit) for k in (0, 1)), demand.limit]
    judges, unit = np.arange(len(demand.had)), _unit(demand)
    widths = np.concatenate([above - below for below, above in pairwise(at)])
    prices = np.repeat([-unit, 0.0, unit], len(judges))
    return _Steps(np.tile(judges, 3), widths, prices)


def _spread(demand: Demand, loads: Integers) -> range:
    """From the least load of a judge with room to the greatest of one who was dealt any, in steps.

    The most equal loads are within those of any other solution, so that no more need be told apart.
    """
    low = int(loads[loads < demand.limit].min(initial=int(loads.max(initial=0))))
    high = max(int(loads[loads > demand.had].max(initial=0)), low + 1)
    return range(low, high + 1, -(-(high - low) // STEPS))


def _within(spread: range, window: range) -> bool:
    return window.step == 1 and window[0] <= spread[0] and spread[-1] <= window[-1]


def _fine_steps(demand: Demand, at: range) -> _Steps:
    """Each scorecard costs more than the one before, as in a sum of squares, which is least for equal loads."""
    edges = np.clip(np.array([*at, at[-1] + at.step])[:, None], demand.had, demand.limit)
    widths = np.diff(np.vstack([demand.had, edges, demand.limit]), axis=0)
    prices: Floats = np.arange(-(len(widths) // 2), len(widths), dtype=np.float64) * _unit(demand)
    some = widths > 0
    stretch, judge = np.nonzero(some)
    return _Steps(judge, widths[some], prices[stretch])


def _candidates(demand: Demand, random: Generator) -> Booleans:
    """Pairs that enter the programme: all, or a random few an entry with every judge about equally often."""
    wanting = (demand.wanted > 0)[:, None]
    entries, judges = demand.free.shape
    if entries * judges <= ALL_PAIRS or judges <= CANDIDATES:
        return demand.free & wanting
    chosen = np.zeros(demand.free.shape, dtype=bool)
    _draw(chosen, np.arange(judges), max(CANDIDATES, 3 * int(demand.wanted.max(initial=0))), random)
    for kind in range(demand.types.shape[1]):
        _draw(chosen, np.flatnonzero(demand.types[:, kind]), 6 * int(demand.lacking[:, kind].max(initial=0)), random)
    if demand.preference.any():
        best = np.argpartition(demand.preference, -CANDIDATES, axis=1)[:, -CANDIDATES:]
        rows = np.arange(entries)[:, None]
        chosen[rows, best] |= demand.preference[rows, best] > 0
    return chosen & demand.free & wanting


def _draw(chosen: Booleans, judges: Integers, each: int, random: Generator) -> None:
    """Mark ``each`` judges for every entry, dealt from shuffled decks that are used up one after the other."""
    each, entries = min(each, len(judges)), len(chosen)
    if each:
        decks = random.permuted(np.tile(judges, (-(-entries * each // len(judges)), 1)), axis=1).reshape(-1)
        chosen[np.repeat(np.arange(entries), each), decks[: entries * each]] = True


def _costs(demand: Demand, entry: Integers, judge: Integers, random: Generator) -> Floats:
    liked = demand.preference[entry, judge]
    costs: Floats = PREFERENCE * (demand.preference.max(initial=0) - liked) + random.random(len(entry))
    return costs


def _extended(demand: Demand, old: Booleans, more: Booleans, cost: Floats, random: Generator) -> Floats:
    entry, judge = np.nonzero(old | more)
    extended = _costs(demand, entry, judge, random)
    extended[old[entry, judge]] = cost
    return extended


def _promising(demand: Demand, candidates: Booleans, solved: _Solved, random: Generator) -> Booleans | None:
    """Pairs not yet in the programme that would do better by more than preferences, a few an entry."""
    gain = solved.entry_value[:, None] + solved.judge_value[None, :] + solved.type_value @ demand.types.T
    better = (gain > _unit(demand) / 2) & demand.free & (demand.wanted > 0)[:, None] & ~candidates
    crowded = np.flatnonzero(better.sum(axis=1) > CANDIDATES)
    if len(crowded):
        lots = np.where(better[crowded], random.random((len(crowded), better.shape[1])), 2.0)
        last = np.partition(lots, CANDIDATES - 1, axis=1)[:, CANDIDATES - 1 : CANDIDATES]
        better[crowded] = lots <= last
    return better if better.any() else None


def _solve(
    demand: Demand,
    candidates: Booleans,
    cost: Floats,
    steps: _Steps,
    *,
    whole: bool = False,
    borders: Sequence[Integers] = (),
    settled: Booleans | None = None,
    taken: Booleans | None = None,
) -> _Solved:
    """One programme. Columns: pairs, stretches of loads, scorecards an entry lacks one by one, judges of a type."""
    entries, judges = demand.free.shape
    entry, judge = np.nonzero(candidates)
    missing_entry = np.repeat(np.arange(entries), demand.wanted)
    missing_place = np.arange(len(missing_entry)) - np.repeat(np.cumsum(demand.wanted) - demand.wanted, demand.wanted)
    need_entry, need_type = np.nonzero(demand.lacking)
    pairs, stretches, missing, needs = len(entry), len(steps.judge), len(missing_entry), len(need_entry)
    unit = _unit(demand)
    type_price = 4 * float(np.abs(steps.price).max(initial=unit))
    card_price = type_price * (min(entries, judges) + 2 if needs else 2)
    prices = np.concatenate(
        [cost, steps.price, card_price + unit * missing_place, np.full(needs, type_price)],
    )
    upper = np.concatenate([np.ones(pairs), steps.width, np.ones(missing), demand.lacking[need_entry, need_type]])
    at = np.arange(pairs + stretches + missing + needs)
    equal = sparse.csc_array(
        (
            np.concatenate([np.ones(2 * pairs), -np.ones(stretches), np.ones(missing)]),
            (
                np.concatenate([entry, entries + judge, entries + steps.judge, missing_entry]),
                np.concatenate([at[:pairs], at[: pairs + stretches], at[pairs + stretches :][:missing]]),
            ),
        ),
        shape=(entries + judges, len(at)),
    )
    row_of_need = np.full(demand.lacking.shape, -1)
    row_of_need[need_entry, need_type] = np.arange(needs)
    row, column = [np.arange(needs)], [at[pairs + stretches + missing :]]
    for kind in range(demand.types.shape[1]):
        counts = np.flatnonzero(demand.types[judge, kind] & (row_of_need[entry, kind] >= 0))
        row.append(row_of_need[entry[counts], kind])
        column.append(counts)
    for place, border in enumerate(borders):
        row.append(np.full(len(border), needs + place))
        column.append(border)
    rows, columns = np.concatenate(row), np.concatenate(column)
    at_least = sparse.csc_array((np.ones(len(rows)), (rows, columns)), shape=(needs + len(borders), len(at)))
    bottom = np.concatenate([demand.lacking[need_entry, need_type], np.ones(len(borders))])
    right = np.concatenate([demand.wanted, np.zeros(judges)])
    values = np.zeros(entries + judges), np.zeros(needs)
    gap, certain = 0.0, True
    x: Any
    if whole:
        lower = np.zeros(len(at))
        if settled is not None and taken is not None:
            lower[:pairs] = settled & taken
            upper[:pairs] = ~settled | taken
        rules = [LinearConstraint(equal, right, right), LinearConstraint(at_least, bottom, np.inf)]
        answer = milp(
            prices,
            integrality=np.concatenate([np.ones(pairs), np.zeros(len(at) - pairs)]),
            bounds=Bounds(lower, upper),
            constraints=rules if len(bottom) else rules[:1],
            options={"node_limit": NODES, "mip_rel_gap": GAP},
        )
        x, gap, certain = answer.x, float(answer.mip_gap or 0.0), answer.status in (SOLVED, INFEASIBLE)
        if x is None:
            x = np.zeros(len(at))
    elif pairs:
        matrices: dict[str, Any] = {"A_eq": equal}
        if len(bottom):
            matrices |= {"A_ub": -at_least, "b_ub": -bottom}
        bounds: Any = np.column_stack([np.zeros(len(at)), upper])
        solved = linprog(prices, b_eq=right, bounds=bounds, method="highs", **matrices)
        if solved.x is None:
            raise ArithmeticError(f"the assignment could not be solved: {solved.message}")
        x, values = solved.x, (solved.eqlin.marginals, -solved.ineqlin.marginals[:needs])
    else:
        x = np.concatenate([np.zeros(pairs + stretches), np.ones(missing), upper[pairs + stretches + missing :]])
    taken = x[:pairs] > 0.5
    type_value = np.zeros(demand.lacking.shape)
    type_value[need_entry, need_type] = values[1]
    return _Solved(
        taken,
        demand.had + np.bincount(judge[taken], minlength=judges),
        int(demand.wanted.sum() - taken.sum()),
        round(float(x[pairs + stretches + missing :].sum())),
        np.abs(x[:pairs] - taken) > WHOLE,
        float(prices @ x),
        gap,
        certain,
        values[0][:entries],
        values[0][entries:],
        type_value,
    )
