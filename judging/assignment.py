"""Who judges what: a pure function of entries, judges, loads, conflicts and a seed."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SHORT_COST = 1_000.0
"""What a missing scorecard costs in the programme: far more than any preference."""


@dataclass(frozen=True)
class Plan:
    """A dealing of entries to judges.

    ``pairs`` are (entry, judge), those that existed before included; ``loads`` count entries a judge; ``short`` says
    how many scorecards an entry lacks, for those that lack any; ``components`` is the number of groups of entries and
    judges that share nothing: more than one means that scores cannot be compared across them.
    """

    pairs: tuple[tuple[Any, Any], ...]
    loads: Mapping[Any, int]
    short: Mapping[Any, int]
    components: int
    seed: int


def assign(
    entries: Sequence[Hashable],
    judges: Sequence[Hashable],
    per_entry: int,
    *,
    loads: Mapping[Any, int] | None = None,
    conflicts: Collection[tuple[Any, Any]] = frozenset(),
    existing: Collection[tuple[Any, Any]] = frozenset(),
    seed: int = 0,
) -> Plan:
    """Deal each entry to ``per_entry`` judges at random, in no conflict and in equal loads.

    A transport problem, solved as a linear programme by HiGHS: its matrix is totally unimodular, so the solution is
    whole. Random costs choose among the dealings that satisfy everything; loads are kept within one of each other
    unless ``loads`` (the most entries a judge takes) or conflicts forbid it.

    Parameters
    ----------
    conflicts : pairs (judge, entry) that must not meet.
    existing : pairs (entry, judge) that stay.
    seed : the same inputs in the same order and the same seed give the same plan.

    Raises
    ------
    ValueError : ``per_entry`` is not positive, or an id stands twice.
    """
    import numpy as np
    from scipy import sparse
    from scipy.optimize import linprog

    if per_entry < 1:
        raise ValueError("an entry needs at least one judge")
    if len(set(entries)) != len(entries) or len(set(judges)) != len(judges):
        raise ValueError("an entry or a judge stands in the list twice")
    random = np.random.default_rng(np.random.SeedSequence(seed))
    fixed = {(entry, judge) for entry, judge in existing if entry in set(entries) and judge in set(judges)}
    forbidden = {(entry, judge) for judge, entry in conflicts} - fixed
    candidates = [
        (i, j)
        for i, entry in enumerate(entries)
        for j, judge in enumerate(judges)
        if (entry, judge) not in forbidden and (entry, judge) not in fixed
    ]
    costs = random.random(len(candidates))
    had_entry = np.array([sum(entry == e for e, _ in fixed) for entry in entries], dtype=float)
    had_judge = np.array([sum(judge == j for _, j in fixed) for judge in judges], dtype=float)
    wanted = np.maximum(per_entry - had_entry, 0)
    most = np.array([float((loads or {}).get(judge, len(entries))) for judge in judges])
    room = np.maximum(most - had_judge, 0)
    fair = np.ceil((wanted.sum() + had_judge.sum()) / max(len(judges), 1))
    chosen: list[tuple[int, int]] = []
    missing = wanted
    if candidates:
        rows_e = [i for i, _ in candidates]
        rows_j = [j for _, j in candidates]
        n, m, k = len(entries), len(judges), len(candidates)
        every = np.arange(k)
        meets = sparse.coo_array((np.ones(k), (rows_e, every)), shape=(n, k))
        takes = sparse.coo_array((np.ones(k), (rows_j, every)), shape=(m, k))
        # columns: pairs, then scorecards that an entry lacks, then entries above and below an equal load
        equal: Any = sparse.hstack([meets, sparse.eye_array(n), sparse.coo_array((n, 2 * m))])
        above = sparse.hstack([takes, sparse.coo_array((m, n)), -sparse.eye_array(m), sparse.coo_array((m, m))])
        below = sparse.hstack([-takes, sparse.coo_array((m, n)), sparse.coo_array((m, m)), -sparse.eye_array(m)])
        room_for = sparse.hstack([takes, sparse.coo_array((m, n + 2 * m))])
        at_most: Any = sparse.vstack([above, below, room_for])
        floor = np.floor((wanted.sum() + had_judge.sum()) / m)
        solved = linprog(
            np.concatenate([costs, np.full(n, SHORT_COST), np.full(2 * m, SHORT_COST / 10)]),
            A_ub=at_most.tocsr(),
            b_ub=np.concatenate([np.maximum(fair - had_judge, 0), -np.maximum(floor - had_judge, 0), room]),
            A_eq=equal.tocsr(),
            b_eq=wanted,
            bounds=[(0.0, 1.0)] * k + [(0.0, None)] * (n + 2 * m),
            method="highs",
        )
        if solved.x is None:
            raise ArithmeticError(f"the assignment could not be solved: {solved.message}")
        chosen = [pair for pair, taken in zip(candidates, solved.x[:k], strict=True) if taken > 0.5]
        missing = solved.x[k : k + n]
    pairs = sorted(
        [*fixed, *((entries[i], judges[j]) for i, j in chosen)], key=lambda pair: (str(pair[0]), str(pair[1]))
    )
    return Plan(
        tuple(pairs),
        {judge: sum(j == judge for _, j in pairs) for judge in judges},
        {entry: round(lack) for entry, lack in zip(entries, missing, strict=True) if round(lack) > 0},
        linked_groups(entries, judges, pairs),
        seed,
    )


def linked_groups(entries: Sequence[Any], judges: Sequence[Any], pairs: Sequence[tuple[Any, Any]]) -> int:
    """How many groups of entries that judges link there are; judges without an entry do not count."""
    parent: dict[Any, Any] = {("entry", entry): ("entry", entry) for entry in entries}
    parent.update({("judge", judge): ("judge", judge) for judge in judges})

    def root(node: Any) -> Any:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for entry, judge in pairs:
        parent[root(("entry", entry))] = root(("judge", judge))
    return len({root(("entry", entry)) for entry in entries})
