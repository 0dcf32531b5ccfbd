"""Columns of text become dates, numbers, sums and addresses, in one way for the whole column, or are refused by row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from pydantic import ConfigDict, TypeAdapter, ValidationError

from storage.sheets.matching import Kind, Match, Wanted, by_name, same_unit, unit_of_heading
from storage.sheets.reading import Sheet
from storage.values import Email, Line

SHOWN: Final = 50
"""So many problems are listed; how many more there are is said."""
SYMBOLS: Final = {"£": "GBP", "€": "EUR", "$": "USD"}
EXCEL_EPOCH: Final = date(1899, 12, 30)
SERIALS: Final = range(20_000, 80_000)
"""Days that Excel has counted, from 1954 to 2119. Smaller and larger numbers are no dates."""

Value = str | date | Decimal | int


class Style(StrEnum):
    """A way in which all dates, or all numbers, of a column are written."""

    ISO = "year first, such as 2027-03-31"
    DAY_FIRST = "day first, such as 31/03/2027"
    MONTH_FIRST = "month first, such as 03/31/2027"
    NAMED = "with the name of the month, such as 31 March 2027"
    SERIAL = "as Excel counts days, such as 46477"
    POINT = "with a decimal point, such as 1,234.5"
    COMMA = "with a decimal comma, such as 1.234,5"


@dataclass(frozen=True)
class Chosen:
    """How a person says that a column is written, where it could be read in two ways."""

    __pydantic_config__ = ConfigDict(strict=True, revalidate_instances="always")

    key: Line
    style: Style


@dataclass(frozen=True)
class Question:
    """A column that can be read in several ways, with what its first telling cell would mean in each."""

    key: str
    column: str
    cell: str
    styles: tuple[Style, ...]
    meanings: tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """What is wrong in a cell, and what to do. Row 1 is the heading."""

    row: int
    column: str
    words: str


@dataclass(frozen=True)
class ReadRow:
    """What a row says, by the key of each wanted column."""

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Read:
    """A sheet understood: its rows, and what stands in the way. ``rows`` count only when nothing does."""

    rows: tuple[ReadRow, ...]
    problems: tuple[Problem, ...]
    questions: tuple[Question, ...]


class _Wrong(Exception):
    """Why a cell cannot be read; the words complete "“3,5” …"."""


Reader = Callable[[str], Value]


def read_columns(
    sheet: Sheet, wanted: Sequence[Wanted], matches: Sequence[Match], chosen: Sequence[Chosen] = ()
) -> Read:
    """Read every wanted column of a sheet by its kind. Nothing is raised: problems are listed with their rows."""
    columns = {match.key: match.column for match in matches}
    styles = {one.key: one.style for one in chosen}
    values: list[dict[str, Any]] = [{} for _ in sheet.rows]
    problems: list[Problem] = []
    questions: list[Question] = []
    for one in wanted:
        name = columns.get(one.key)
        if name is None or name not in sheet.header:
            if one.needed:
                problems.append(Problem(1, one.name, "No column of the file is matched with it. Choose one."))
            for into in values:
                into[one.key] = one.otherwise
            continue
        at = sheet.header.index(name)
        cells = [row.cells[at] for row in sheet.rows]
        problems += _of_heading(name, one)
        read, question = _reader(one, name, [cell for cell in cells if cell], styles.get(one.key))
        questions += [question] if question else []
        for row, cell, into in zip(sheet.rows, cells, values, strict=True):
            try:
                into[one.key] = read(cell) if cell else _empty(one)
            except _Wrong as error:
                shown = cell if len(cell) <= 40 else f"{cell[:39]}…"
                words = f"“{shown}” {error}" if cell else str(error)
                problems.append(Problem(row.number, name, words))
    rows = tuple(ReadRow(row.number, into) for row, into in zip(sheet.rows, values, strict=True))
    return Read(rows, tuple(sorted(problems, key=lambda problem: problem.row)), tuple(questions))


def problem_words(problems: Sequence[Problem]) -> tuple[str, ...]:
    """The problems as sentences, the first fifty and how many more."""
    lines = [f"Row {one.row}, {one.column}: {one.words}" for one in problems[:SHOWN]]
    if len(problems) > SHOWN:
        lines.append(f"And {len(problems) - SHOWN:,} more. Mend these first; the same is often wrong with the others.")
    return tuple(lines)


def _empty(wanted: Wanted) -> str:
    if wanted.otherwise is None:
        raise _Wrong("The cell is empty. Fill it in, or delete the row.")
    return wanted.otherwise


def _of_heading(name: str, wanted: Wanted) -> list[Problem]:
    """A unit in the heading's brackets that is not the wanted one."""
    found = unit_of_heading(name)
    if not wanted.unit or not found or same_unit(found, wanted.unit):
        return []
    words = f"The heading says “{found}”, and {wanted.unit} is wanted. Convert the values, or mend the heading."
    return [Problem(1, name, words)]


def _reader(wanted: Wanted, column: str, cells: Sequence[str], chosen: Style | None) -> tuple[Reader, Question | None]:
    match wanted.kind:
        case Kind.TEXT:
            return str, None
        case Kind.EMAIL:
            return _email, None
        case Kind.CHOICE:
            return _chooser(wanted.options), None
        case Kind.DATE:
            return _one_style(wanted, column, cells, chosen, DATES)
        case _:
            numbers = {style: _number_reader(style, wanted) for style in (Style.POINT, Style.COMMA)}
            return _one_style(wanted, column, cells, chosen, numbers)


def _one_style(
    wanted: Wanted, column: str, cells: Sequence[str], chosen: Style | None, readers: Mapping[Style, Reader]
) -> tuple[Reader, Question | None]:
    """The way to read a column that fits all cells, else most; and what to ask when several fit and differ."""
    read = {style: [_tried(reader, cell) for cell in cells] for style, reader in readers.items()}
    most = max(sum(value is not None for value in values) for values in read.values())
    fitting = [style for style, values in read.items() if sum(value is not None for value in values) == most]
    if chosen in fitting:
        return _with_hint(chosen, readers), None
    differ = [at for at in range(len(cells)) if len({read[style][at] for style in fitting}) > 1]
    if most and most == len(cells) and differ:
        at = differ[0]
        meanings = tuple(_meaning(read[style][at]) for style in fitting)
        question = Question(wanted.key, column, cells[at], tuple(fitting), meanings)
        return readers[fitting[0]], question
    return _with_hint(fitting[0], readers), None


def _tried(reader: Reader, cell: str) -> Value | None:
    try:
        return reader(cell)
    except _Wrong:
        return None


def _meaning(value: Value | None) -> str:
    return f"{value.day} {value:%B %Y}" if isinstance(value, date) else str(value)


def _with_hint(style: Style, readers: Mapping[Style, Reader]) -> Reader:
    """The reader of a style; a cell in another style is named as one that mixes two ways in a column."""

    def read(cell: str) -> Value:
        wrongs = []
        for one, reader in sorted(readers.items(), key=lambda item: item[0] is not style):
            try:
                value = reader(cell)
            except _Wrong as wrong:
                wrongs.append(wrong)
                continue
            if one is style:
                return value
            raise _Wrong(
                f"is written {one.value.partition(',')[0]}, and other cells of this column are written "
                f"{style.value.partition(',')[0]}. Write the whole column in one way."
            )
        raise next((wrong for wrong in wrongs if not str(wrong).startswith("is not a date")), wrongs[0])

    return read


# Dates

_SEPARATED: Final = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?Z?)?")
_NAMED_MONTH: Final = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})")
_MONTH_NAMED: Final = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})")
MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def _no_date(cell: str) -> _Wrong:
    if re.fullmatch(r"\d{4}", cell):
        return _Wrong("is a year and no day. Write a whole date, such as 2027-12-31.")
    parts = _SEPARATED.fullmatch(cell)
    if parts and len(parts[1]) < 4 and len(parts[3]) < 4:
        return _Wrong("has a year of two digits. Write all four.")
    return _Wrong("is not a date. Write it like 2027-03-31.")


def _day(year: str, month: str, day: str, cell: str) -> date:
    if len(year) != 4 or len(month) > 2 or len(day) > 2:
        raise _no_date(cell)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise _Wrong("is not a day of the calendar. Check day and month.") from None


def _separated(order: tuple[int, int, int]) -> Reader:
    def read(cell: str) -> date:
        parts = _SEPARATED.fullmatch(cell)
        if not parts:
            raise _no_date(cell)
        year, month, day = (parts[at] for at in order)
        return _day(year, month, day, cell)

    return read


def _named(cell: str) -> date:
    if parts := _NAMED_MONTH.fullmatch(cell):
        day, month, year = parts.groups()
    elif parts := _MONTH_NAMED.fullmatch(cell):
        month, day, year = parts.groups()
    else:
        raise _no_date(cell)
    at = next((at for at, name in enumerate(MONTHS, 1) if name.startswith(month.lower())), None)
    if at is None:
        raise _Wrong("has no month that Laurel knows. Write it like 2027-03-31.")
    return _day(year, str(at), day, cell)


def _serial(cell: str) -> date:
    if not re.fullmatch(r"\d{5}(?:\.0+)?", cell) or int(cell[:5]) not in SERIALS:
        raise _no_date(cell)
    return EXCEL_EPOCH + timedelta(days=int(cell[:5]))


DATES: Final[Mapping[Style, Reader]] = {
    Style.ISO: _separated((1, 2, 3)),
    Style.DAY_FIRST: _separated((3, 2, 1)),
    Style.MONTH_FIRST: _separated((3, 1, 2)),
    Style.NAMED: _named,
    Style.SERIAL: _serial,
}


# Numbers

_SPACES: Final = re.compile(r"[\s\u00a0\u202f']")
_AMOUNT: Final = re.compile(
    r"([£€$]|[A-Z]{3}(?=[\s\u00a0\d-]))?\s*([-+]?\s*[\d.,\s\u00a0\u202f']*\d)\s*(.*)", re.DOTALL
)
_PLAIN: Final = {
    Style.POINT: re.compile(r"[-+]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?|[-+]?\.\d+"),
    Style.COMMA: re.compile(r"[-+]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,\d+)?|[-+]?,\d+"),
}
_GROUPED: Final = re.compile(r"[-+]?\d{1,3}(?:[\s\u00a0\u202f']\d{3})+(?:[.,]\d+)?|[-+]?[^\s\u00a0\u202f']+")
MOST_DIGITS: Final = 40
LONGEST_NUMBER: Final = 80
"""Of a cell with a number in it and a unit."""


def _number_reader(style: Style, wanted: Wanted) -> Reader:
    def read(cell: str) -> Value:
        before, number, after = _parted(cell)
        _same_currency(before, after, wanted) if wanted.kind is Kind.MONEY else _same_unit(before, after, wanted)
        value = _number(number, style)
        if wanted.kind is Kind.MONEY and value < 0:
            raise _Wrong("is less than nothing. Write a sum of nought or more.")
        if wanted.kind is Kind.WHOLE:
            if value != value.to_integral_value():
                raise _Wrong("is not a whole number. Round it.")
            return int(value)
        return value

    return read


def _parted(cell: str) -> tuple[str, str, str]:
    parts = _AMOUNT.fullmatch(cell.replace("−", "-")) if len(cell) <= LONGEST_NUMBER else None
    if not parts:
        raise _Wrong("is not a number. Write it in plain digits, such as 42 or 3.5.")
    return parts[1] or "", parts[2].replace("- ", "-"), parts[3].strip()


def _number(text: str, style: Style) -> Decimal:
    joined = _SPACES.sub("", text)
    if not _GROUPED.fullmatch(text) or not _PLAIN[style].fullmatch(joined) or len(joined) > MOST_DIGITS:
        raise _Wrong("is not a number. Write it in plain digits, such as 42 or 3.5.")
    thousands, sign = (",", ".") if style is Style.POINT else (".", ",")
    return Decimal(joined.replace(thousands, "").replace(sign, "."))


def _same_unit(before: str, after: str, wanted: Wanted) -> None:
    found = f"{before} {after}".strip()
    if found and not (wanted.unit and same_unit(found, wanted.unit)):
        if re.match(r"[\d.,]", found):
            raise _Wrong("is not a number. Write it in plain digits, such as 42 or 3.5.")
        ought = f"is in {found}, and {wanted.unit} is wanted" if wanted.unit else f"has “{found}” beside the number"
        raise _Wrong(f"{ought}. Convert it, and write the number alone.")


def _same_currency(before: str, after: str, wanted: Wanted) -> None:
    for found in (before, after):
        if found and SYMBOLS.get(found, found) != wanted.unit:
            raise _Wrong(f"is in {found}, and {wanted.unit} is wanted. Convert it.")


# Addresses and choices

_EMAIL: Final[TypeAdapter[str]] = TypeAdapter(Email)


def _email(cell: str) -> str:
    try:
        return _EMAIL.validate_python(cell)
    except ValidationError:
        raise _Wrong("is not a mail address. Write it like name@example.org.") from None


def _chooser(options: Sequence[str]) -> Reader:
    find = by_name((option, option) for option in options)

    def read(cell: str) -> str:
        found = find(cell)
        if not found:
            raise _Wrong(f"is none of {', '.join(options)}.")
        if len(found) > 1:
            raise _Wrong(f"may be {' or '.join(found)}. Write it exactly like one of them.")
        return found[0]

    return read
