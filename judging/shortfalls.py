"""Why a dealing of entries to judges is short of scorecards, in sentences with numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from judging.dealing import Booleans, Demand, Integers
from storage.values import counted

NAMED = 5
"""Names that a sentence gives before it counts the rest."""
SENTENCES = 10
"""Entries that get a sentence of their own."""


def why_short(
    entries: Sequence[Any],
    judges: Sequence[Any],
    per_entry: int,
    demand: Demand,
    fixed: Booleans,
    entry: Integers,
    judge: Integers,
    lacks: Integers,
) -> list[str]:
    """Which constraints leave scorecards short: too few judges, conflicts of one entry, limits of some judges.

    From the entries that lack more than their own conflicts explain, follow judges who could take them and what those
    judges have been dealt: the entries and judges met are a tightest cut, whose room is short by exactly what lacks.
    """
    if not lacks.any():
        return []
    if not judges:
        return ["There are no judges."]
    reasons = []
    if len(judges) < per_entry:
        reasons.append(
            f"There {'is' if len(judges) == 1 else 'are'} {counted(len(judges), 'judge')}, "
            f"{per_entry - len(judges)} fewer than the {per_entry} that each entry needs."
        )
    can = (demand.free | fixed).sum(axis=1)
    barred = np.flatnonzero((can < min(per_entry, len(judges))) & (lacks > 0))
    reasons += [
        f"{entries[int(place)]} has conflicts with {len(judges) - can[place]} of {counted(len(judges), 'judge')}, "
        f"so {f'at most {can[place]}' if can[place] else 'nobody'} can score it."
        for place in barred[:SENTENCES]
    ]
    if len(barred) > SENTENCES:
        reasons.append(f"Conflicts leave {len(barred) - SENTENCES} more entries without judges enough.")
    possible = np.minimum(demand.wanted, demand.free.sum(axis=1))
    dealt = np.zeros(fixed.shape, dtype=bool)
    dealt[entry, judge] = True
    dealt &= ~fixed
    met = lacks > demand.wanted - possible
    full = np.zeros(len(judges), dtype=bool)
    while met.any():
        reached = (demand.free[met] & ~dealt[met]).any(axis=0)
        wider = met | dealt[:, reached].any(axis=1)
        full, done, met = reached, bool((wider == met).all()), wider
        if done:
            break
    if not full.any():
        return reasons
    room = int((demand.limit - demand.had)[full].sum())
    need = int(possible[met].sum() - dealt[met][:, ~full].sum())
    if full.all():
        limit = int(demand.limit.sum())
        reasons.append(
            f"The judges' limits add up to {counted(limit, 'scorecard')}, "
            f"{need - room:,} fewer than the {limit + need - room:,} that are needed."
        )
    else:
        reasons.append(
            f"The limits of {listed(one for one, reached in zip(judges, full, strict=True) if reached)} leave room for "
            f"{counted(room, 'scorecard')}, {need - room} fewer than the {need} that "
            f"{listed(one for one, reached in zip(entries, met, strict=True) if reached)} need of them."
        )
    return reasons


def why_types_short(short: Mapping[tuple[Any, str], int]) -> list[str]:
    return [
        f"{listed(entry for entry, other in short if other == kind)} "
        f"{'lack' if sum(other == kind for _, other in short) > 1 else 'lacks'} "
        f"{counted(sum(count for (_, other), count in short.items() if other == kind), 'judge')} of type {kind}."
        for kind in dict.fromkeys(kind for _, kind in short)
    ]


def listed(names: Iterable[Any]) -> str:
    words = [str(name) for name in names]
    if len(words) > NAMED:
        words = [*words[: NAMED - 1], f"{len(words) - NAMED + 1:,} more"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
