"""How scores become one number and an order by a rubric, for the public page, for entrants and for the secretariat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from prize.models import Seen, Visibility
from prize.rubric import RubricShown


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """Words that lead to a number, and the number."""

    words: str
    total: str


def worked_example(rubric: RubricShown) -> WorkedExample | None:
    """Scores that vary around the upper middle of the scale; None where there is no criterion yet."""
    if not rubric.criteria:
        return None
    points = _points(rubric)
    total = sum((Fraction(point * c.weight, 100) for point, c in zip(points, rubric.criteria, strict=True)), Fraction())
    parts = " + ".join(f"{point} × {c.weight}\u00a0%" for point, c in zip(points, rubric.criteria, strict=True))
    exact = Decimal(total.numerator) / Decimal(total.denominator)
    means = ", ".join(str(point) for point in points[:-1])
    means = f"{means} and {points[-1]}" if means else str(points[-1])
    return WorkedExample(
        f"An example: means of {means} with the weights above give {parts}",
        str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP)),
    )


def tie_words(rubric: RubricShown) -> str:
    """A sentence on what orders entries with equal means; empty where nothing does."""
    names = [criterion.name for criterion in rubric.breaking_ties]
    if not names:
        return ""
    return f"Entries with equal means are ordered by their mean for {', then for '.join(names)}."


REVEALED: Final = (
    "When they have locked these scores for good, they see whose entry it is, and score what cannot be judged without "
    "names:"
)


def after_reveal(rubric: RubricShown, visibility: Visibility) -> str:
    """The criteria that judges of a blind stage score after they have seen names; empty where there are none."""
    if visibility is not Visibility.BLIND:
        return ""
    return ", ".join(criterion.name for criterion in rubric.criteria if criterion.seen is Seen.AFTER_REVEAL)


def _points(rubric: RubricShown) -> Sequence[int]:
    middle = (rubric.lowest + rubric.highest + 1) // 2
    steps = (1, 0, 1, 2, 0)
    return [min(middle + steps[index % len(steps)], rubric.highest) for index in range(len(rubric.criteria))]
