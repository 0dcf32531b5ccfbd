"""Numbers as they are read: rounded, with the signs and words of British English."""

from __future__ import annotations

from typing import Final

from storage.values import counted as counted  # judges' pages import components alone

NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MINUS: Final = "\u2212"
NOTHING: Final = "–"


def bytes_words(size: int) -> str:
    """``0 bytes``, ``12 KB``, ``3.4 GB``, by thousands as disks are sold."""
    if size < 1000:
        return counted(size, "byte")
    amount, unit = size / 1000, "KB"
    for larger in ("MB", "GB", "TB", "PB"):
        if amount < 999.5:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if amount >= 9.95 else f"{amount:.1f} {unit}"


def in_words(number: int) -> str:
    """``five``, and ``11`` beyond ten."""
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else f"{number:,}"


def points(value: float | None) -> str:
    return NOTHING if value is None else signed(value)


def signed(value: float, decimals: int = 2) -> str:
    """With a true minus sign, and none before nought."""
    words = f"{value:.{decimals}f}"
    return words.replace("-", MINUS if float(words) else "")


def between(low: float | int | None, high: float | int | None, decimals: int = 0) -> str:
    """``3.8–4.4``; ``to`` where an end is below 0."""
    if low is None or high is None:
        return NOTHING
    ends = signed(low, decimals), signed(high, decimals)
    return (" to " if MINUS in "".join(ends) else "–").join(ends)
