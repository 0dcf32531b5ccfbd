"""What was scored, as arrays: ids are positions in sorted tables, and rows stand in the order of those positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.intp]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

LARGEST, SMALLEST = 1e30, 1e-30
"""Of a score; their squares fit a float, and they one of single precision."""

_ROUNDING = 2.0**-44  # of the largest value
_NOTHING = 1e-10  # of the values' range


@dataclass(frozen=True)
class Ratings:
    """Scores of entries by judges on criteria, one row a score, sorted by (submission, judge, criterion).

    ``submissions``, ``judges`` and ``criteria`` are the distinct ids, sorted; ``submission``, ``judge`` and
    ``criterion`` are positions in them. ``order`` says when a score was given, as any number that grows with time and
    NaN where nobody knows; it is None where nobody knows of any.
    """

    submissions: tuple[str, ...]
    judges: tuple[str, ...]
    criteria: tuple[str, ...]
    submission: Integers
    judge: Integers
    criterion: Integers
    score: Floats
    order: Floats | None = None

    @classmethod
    def of(
        cls,
        submission: Sequence[str],
        judge: Sequence[str],
        criterion: Sequence[str],
        score: Sequence[float] | Floats,
        order: Sequence[float] | Floats | None = None,
    ) -> Ratings:
        """Sort rows that were given in any order. No (submission, judge, criterion) may stand twice."""
        submissions, by_submission = _positions(submission)
        judges, by_judge = _positions(judge)
        criteria, by_criterion = _positions(criterion)
        rows = np.lexsort((by_criterion, by_judge, by_submission))
        return cls(
            submissions,
            judges,
            criteria,
            by_submission[rows],
            by_judge[rows],
            by_criterion[rows],
            np.asarray(score, dtype=float)[rows],
            None if order is None else np.asarray(order, dtype=float)[rows],
        )


def _positions(ids: Sequence[str]) -> tuple[tuple[str, ...], Integers]:
    table, position = np.unique(np.asarray(ids, dtype=object), return_inverse=True)
    return tuple(str(one) for one in table), position.reshape(-1).astype(np.intp)


@dataclass(frozen=True)
class Panel:
    """One number for each scorecard: all that the models of totals see.

    ``submission`` and ``judge`` are positions (0 … ``submissions`` − 1, 0 … ``judges`` − 1), one for each scorecard, in
    any order. An entry or a judge may have no scorecard. No pair stands twice.
    """

    submission: Integers
    judge: Integers
    total: Floats
    submissions: int
    judges: int
    order: Floats | None = None

    @property
    def cards(self) -> int:
        return len(self.total)

    @property
    def with_card(self) -> Booleans:
        """Which entries have a scorecard."""
        found: Booleans = np.bincount(self.submission, minlength=self.submissions) > 0
        return found


def levelled(values: Floats) -> Floats:
    """The same values, those that differ by nothing but how sums were rounded made equal, so that they tie."""
    if not len(values):
        return values
    known, position = np.unique(values, return_inverse=True)
    grain = _ROUNDING * np.abs(known).max() + _NOTHING * np.ptp(known)
    apart = np.append(True, np.diff(known) > grain)
    equal: Floats = known[apart][np.cumsum(apart) - 1][position]
    return equal
