"""Values that people type and read: checked texts, money, and how dates, numbers and money are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_EMAIL = re.compile(r"[^@\s<>\"(),:;\\\[\]]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}
MEGABYTE = 1024 * 1024
_NO_PENCE = frozenset({"JPY", "KRW", "CLP", "ISK"})


def counted(number: int, one: str, many: str = "") -> str:
    """``1 entry``, ``12 entries``."""
    return f"1 {one}" if number == 1 else f"{number:,} {many or f'{one}s'}"


def tidy(text: str, *, lines: bool) -> str:
    """``text`` in Unicode NFC, with one kind of line end and no space at either end.

    Raises
    ------
    ValueError : it holds a control character, or one that reverses the direction of reading.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    for character in text:
        if lines and character in "\n\t":
            continue
        if unicodedata.category(character) in ("Cc", "Cs") or character in ("\u2028", "\u2029"):
            raise ValueError("has a character that cannot be shown. Remove line breaks and control characters")
        if character in _BIDI:
            raise ValueError("has a hidden character that reverses the direction of reading. Type the text again")
    return text


def checked_text(maximum: int, *, lines: bool = False, needed: bool = True) -> AfterValidator:
    """A text of at most so many characters, in ``lines`` or in one, and not empty when it is ``needed``."""

    def check(text: str) -> str:
        if len(text) > maximum:
            raise ValueError(f"is too long. Use at most {maximum:,} characters")
        text = tidy(text, lines=lines)
        if len(text) > maximum:  # composing a text can make it longer
            raise ValueError(f"is too long. Use at most {maximum:,} characters")
        if needed and not any(unicodedata.category(character)[0] in "LMNPS" for character in text):
            raise ValueError("is empty. Fill it in")
        return text

    return AfterValidator(check)


def _matching(pattern: re.Pattern[str], words: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(words)
        return text

    return check


def _zone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError("is not a time zone. Choose one such as Europe/London")
    return text


Line = Annotated[str, checked_text(200)]
"""One line that has to be filled in, up to 200 characters."""
OptionalLine = Annotated[str, checked_text(200, needed=False)]
Name = Annotated[str, checked_text(120)]
Unit = Annotated[str, checked_text(60)]
OptionalUnit = Annotated[str, checked_text(60, needed=False)]
Reference = Annotated[str, checked_text(100)]
OptionalSummary = Annotated[str, checked_text(600, lines=True, needed=False)]
Summary = Annotated[str, checked_text(600, lines=True)]
OptionalHelp = Annotated[str, checked_text(1_000, lines=True, needed=False)]
Source = Annotated[str, checked_text(1_000, lines=True, needed=False)]
"""Where facts come from, if that is said, up to 1,000 characters."""
Statement = Annotated[str, checked_text(2_000, lines=True)]
"""A few sentences that have to be filled in, up to 2,000 characters."""
OptionalStatement = Annotated[str, checked_text(2_000, lines=True, needed=False)]
Prose = Annotated[str, checked_text(20_000, lines=True)]
"""Paragraphs that have to be filled in, up to 20,000 characters."""
OptionalProse = Annotated[str, checked_text(20_000, lines=True, needed=False)]
Email = Annotated[
    str,
    checked_text(320),
    AfterValidator(_matching(_EMAIL, "is not a mail address. Write it like name@example.org")),
    AfterValidator(str.lower),
]
Slug = Annotated[
    str, checked_text(60), AfterValidator(_matching(_SLUG, "may hold small letters, digits and single hyphens only"))
]
Zone = Annotated[str, AfterValidator(_zone)]


def _decimals(currency: str) -> int:
    return 0 if currency in _NO_PENCE else 2


@dataclass(frozen=True, order=True)
class Money:
    """A sum in whole minor units (pence, cents) of one currency."""

    minor: int
    currency: str = "GBP"

    @staticmethod
    def of(units: Decimal, currency: str) -> Money:
        """So many pounds, euros or yen, to the nearest minor unit."""
        return Money(int(units.scaleb(_decimals(currency)).to_integral_value()), currency)

    def __str__(self) -> str:
        digits = _decimals(self.currency)
        units = Decimal(self.minor).scaleb(-digits)
        shown = f"{units:,.0f}" if units == units.to_integral_value() else f"{units:,.{digits}f}"
        symbol = _SYMBOLS.get(self.currency)
        return f"{symbol}{shown}" if symbol else f"{shown}\u00a0{self.currency}"


def currency_sign(currency: str) -> str:
    """``£``, or the code of a currency without a sign that everybody knows."""
    return _SYMBOLS.get(currency, currency)


def date_words(day: date) -> str:
    """``3 March 2027``"""
    return f"{day.day} {day:%B %Y}"


def zone_words(zone: str) -> str:
    """``New York`` for ``America/New_York``: how a time zone is named wherever a time is told or asked."""
    return zone.rpartition("/")[2].replace("_", " ")


def time_words(when: datetime, zone: str, *, weekday: bool = False) -> str:
    """``3 March 2027, 12:00 (London)``, or ``Wednesday 3 March 2027, 12:00 (London)``.

    In the hour that comes twice on the night on which clocks go back: ``31 October 2027, 01:30 (London, GMT)``.
    """
    local = when.astimezone(ZoneInfo(zone))
    place = zone_words(zone)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        place += f", {local:%Z}"
    return (
        f"{local:%A} {date_words(local)}, {local:%H:%M} ({place})"
        if weekday
        else (f"{date_words(local)}, {local:%H:%M} ({place})")
    )


def clock_words(when: datetime, zone: str) -> str:
    """``14:32``, in the zone."""
    return f"{when.astimezone(ZoneInfo(zone)):%H:%M}"


def number_words(value: Decimal | int, unit: str = "") -> str:
    """A number with thousands separated and a true minus, and its unit after a space that does not break."""
    shown = (f"{value:,}" if isinstance(value, int) else f"{value.normalize():,f}").replace("-", "−")
    return f"{shown}\u00a0{unit}" if unit else shown


def size_words(size: int) -> str:
    """``12 MB``, or ``3 KB``: a size or a limit of a file, in the units of which limits are made."""
    return f"{size // MEGABYTE:,} MB" if size >= MEGABYTE else f"{max(1, size // 1024)} KB"
