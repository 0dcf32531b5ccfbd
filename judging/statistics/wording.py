"""How a report writes numbers: rounded for reading, with the signs and spaces of British English."""

from __future__ import annotations

import math
import unicodedata
from datetime import datetime
from typing import Final

import numpy as np

from judging.statistics.certainty import UNDECIDED
from judging.statistics.ratings import Ratings
from judging.statistics.reading import Scale

NOTHING: Final = "–"
MOST_LETTERS: Final = 80
FINE: Final = 200
"""Without a step, parts of the range of scores that can be told apart when read."""

MOST_DECIMALS: Final = 6


def decimals(ratings: Ratings, scale: Scale | None) -> int:
    """Decimals of a score: two, or what a tenth of a scale's step or a two-hundredth of the scores' range needs."""
    width = float(np.ptp(ratings.score)) if len(ratings.score) else 0.0
    if scale is not None:
        unit = scale.step / 10 if scale.step is not None else (scale.high - scale.low) / FINE
        unit = min(unit, (scale.high - scale.low) / FINE)
    else:
        unit = width / FINE
    if not unit > 0:
        return 2
    return min(max(math.ceil(-math.log10(unit) - 1e-9), 0), MOST_DECIMALS)


def number(value: float | None, places: int = 2) -> str:
    """A number with so many decimals, a real minus sign and thousands apart; a dash for None."""
    if value is None:
        return NOTHING
    if abs(value) >= 1e15:
        return f"{value:.3g}".replace("-", "−")
    text = f"{value:,.{places}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", "−")


def between(low: float | None, high: float | None, places: int = 2) -> str:
    """An interval: 0.42–0.71, and "to" where an end is negative."""
    if low is None and high is None:
        return NOTHING
    ends = number(low, places), number(high, places)
    return (" to " if "−" in "".join(ends) else "–").join(ends)


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def fine_percent(share: float) -> str:
    """Without decimals where there is none, as in 95 % and 99.5 %."""
    return f"{100 * share:.6g} %"


def chance(share: float | None) -> str:
    """A chance that is never said to be certain, nor to be at the edge of what is undecided when it is beside it."""
    if share is None:
        return NOTHING
    if share > 0.99:
        return "over 99 %"
    if share < 0.01:
        return "under 1 %"
    words = percent(share)
    for edge in UNDECIDED:
        if share != edge and words == percent(edge):
            return f"{'over' if share > edge else 'under'} {words}"
    return words


def count(how_many: int, one: str, several: str | None = None) -> str:
    return f"{how_many:,} {one if how_many == 1 else several or one + 's'}"


def shown(name: str) -> str:
    """An id as it is printed: nothing that cannot be seen, and shortened where nobody would read it whole."""
    clean = "".join("�" if _hidden(letter) else letter for letter in name)
    return clean if len(clean) <= MOST_LETTERS else clean[: MOST_LETTERS - 1] + "…"


def _hidden(letter: str) -> bool:
    """Control characters, halves of characters, and what turns the direction of the text around."""
    return (
        unicodedata.category(letter) in ("Cc", "Cs")
        or letter in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


def moment(made_at: datetime) -> str:
    zone = made_at.tzname()
    return f"{made_at.day} {made_at:%B %Y, %H:%M}" + (f" ({zone})" if zone else "")


def signed(value: float, places: int) -> str:
    """With a plus sign where it is above 0 as rounded."""
    text = number(value, places)
    return text if text.startswith("−") or not text.strip("0.") else f"+{text}"


def of_axis(value: float, places: int, *, sign: bool = False) -> str:
    """Without decimals that are all nought."""
    text = signed(value, places) if sign else number(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text
