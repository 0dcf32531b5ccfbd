"""How fast a target has to move, and how fast its indicator has moved. Pure arithmetic on dates and values."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from statistics import median

DAYS_A_YEAR = Decimal("365.25")
NEARLY_A_YEAR = 350
"""Days that count as a year, so that what is measured yearly, once a little early, is compared with the year before."""


class Stretch(StrEnum):
    """How a target compares with what has been achieved."""

    MET = "met"
    ON_TRACK = "on track"
    STRETCH = "a stretch"
    BEYOND = "beyond anything seen"
    TOO_FEW = "too few measurements to say"


@dataclass(frozen=True)
class Observation:
    """One observed value on a day."""

    on: date
    value: Decimal


@dataclass(frozen=True)
class Rates:
    """Rates in the indicator's unit a year, positive towards the target.

    ``required`` is from the last observation to the target; ``latest`` is to the last observation from that of the day
    ``since``, about a year before it or earlier, or the first where they began later; ``best`` and ``usual`` (the
    median) are over windows as long as the time that remains. None where there is nothing to compute from.
    """

    required: Decimal | None
    latest: Decimal | None
    since: date | None
    best: Decimal | None
    usual: Decimal | None
    windows: int
    stretch: Stretch
    years_left: Decimal | None


def years(start: date, end: date) -> Decimal:
    """The time between two days, in years."""
    return Decimal((end - start).days) / DAYS_A_YEAR


def rates(observations: Sequence[Observation], target: Decimal, due_on: date, *, rising: bool) -> Rates:
    """Compare what a target needs with what its series has done.

    ``observations`` have distinct days, in any order. A target is on track when the required rate is no more than the
    usual one, a stretch when it is no more than the best, and without two windows of the length that remains there is
    too little to say.
    """
    series = sorted(observations, key=lambda observation: observation.on)
    sign = 1 if rising else -1
    if not series:
        return Rates(None, None, None, None, None, 0, Stretch.TOO_FEW, None)
    last = series[-1]
    left = years(last.on, due_on)
    earlier = _a_year_before(series)
    latest, since = (_rate(earlier, last, sign), earlier.on) if earlier else (None, None)
    if (target - last.value) * sign <= 0:
        return Rates(Decimal(0), latest, since, None, None, 0, Stretch.MET, left)
    if left <= 0:
        return Rates(None, latest, since, None, None, 0, Stretch.TOO_FEW, left)
    required = (target - last.value) * sign / left
    days = [observation.on.toordinal() for observation in series]
    length = (due_on - last.on).days
    shortest, longest = -(-9 * length // 10), 11 * length // 10  # as long as what is left, within a tenth
    achieved = [
        _rate(start, end, sign)
        for start, day in zip(series, days, strict=True)
        for end in series[bisect_left(days, day + shortest) : bisect_right(days, day + longest)]
    ]
    if len(achieved) < 2:
        return Rates(required, latest, since, None, None, len(achieved), Stretch.TOO_FEW, left)
    best, usual = max(achieved), median(achieved)
    stretch = Stretch.ON_TRACK if required <= usual else Stretch.STRETCH if required <= best else Stretch.BEYOND
    return Rates(required, latest, since, best, usual, len(achieved), stretch, left)


def _a_year_before(series: Sequence[Observation]) -> Observation | None:
    """The observation with which the last is compared: over a few days a rate a year would be chance."""
    *before, last = series
    long_ago = [earlier for earlier in before if (last.on - earlier.on).days >= NEARLY_A_YEAR]
    return long_ago[-1] if long_ago else before[0] if before else None


def _rate(start: Observation, end: Observation, sign: int) -> Decimal:
    return (end.value - start.value) * sign / years(start.on, end.on)
