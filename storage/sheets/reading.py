"""Bytes of a .csv or .xlsx file become a heading and rows of text; what is too large or broken is refused in words."""

from __future__ import annotations

import csv
import io
import itertools
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field

from storage.errors import Invalid
from storage.values import MEGABYTE, Line, checked_text, tidy

MOST_BYTES: Final = 5 * MEGABYTE
MOST_UNPACKED: Final = 40 * MEGABYTE
"""What a workbook may hold once it is unpacked. A few kilobytes can be packed so that they fill the memory."""
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 200
MOST_CELLS: Final = 400_000
MOST_EMPTY: Final = 100_000
"""Empty rows that are written in a workbook all the same, since they are formatted."""
MOST_SHEETS: Final = 50
LONGEST_CELL: Final = 60_000
LONGEST_NAME: Final = 200
DELIMITERS: Final = (",", ";", "\t", "|")
LOOKED_AT: Final = 100
"""So many lines tell what separates the cells."""
STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
ZIP: Final = b"PK\x03\x04"
OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"


Cell = Annotated[str, checked_text(LONGEST_CELL, lines=True, needed=False)]


@dataclass(frozen=True)
class SheetRow:
    """The cells of a row as text, and the row's number as a spreadsheet shows it."""

    __pydantic_config__ = ConfigDict(strict=True, revalidate_instances="always")

    number: Annotated[int, Field(ge=1, le=2**31)]
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Sheet:
    """A heading and the rows below it, each as long as the heading. ``unread`` names further sheets of the workbook."""

    __pydantic_config__ = ConfigDict(strict=True, revalidate_instances="always")

    header: tuple[Line, ...] = ()
    rows: tuple[SheetRow, ...] = ()
    unread: tuple[Line, ...] = ()


NO_SHEET: Final = Sheet()


def read_sheet(content: bytes) -> Sheet:
    """Read a file by what is in it, whatever it is called.

    Raises
    ------
    Invalid : it is neither kind of file, too large, damaged, or has no heading; the words say which.
    """
    if len(content) > MOST_BYTES:
        raise Invalid(f"The file is larger than {MOST_BYTES // MEGABYTE} MB. Split it, and import its parts in turn.")
    if content.startswith(OLD_EXCEL):
        raise Invalid("This is a workbook of an old kind, or one with a password. Save it as .xlsx without a password.")
    if content.startswith(ZIP):
        return _workbook(content)
    return _sheet(_csv_rows(_decoded(content)))


def _sheet(found: Iterable[tuple[int, list[str]]], unread: tuple[str, ...] = ()) -> Sheet:
    """The first row that says something is the heading; empty rows are left out, and so are columns without content."""
    filled = ((number, cells) for number, cells in found if any(cells))
    first = next(filled, None)
    if first is None:
        raise Invalid("The file is empty. Its first row holds the names of the columns, and the rows below the values.")
    header = _trimmed(first[1])
    rows: list[SheetRow] = []
    cells_seen = 0
    for number, cells in filled:
        cells = _trimmed(cells)
        if len(cells) > len(header):
            raise Invalid(
                f"Row {number} has {len(cells)} cells, and the heading {len(header)}. Put quotes around a cell that "
                "has a comma or semicolon in it, or give the column a name."
            )
        cells_seen += len(header)
        if len(rows) == MOST_ROWS or cells_seen > MOST_CELLS:
            raise Invalid(
                f"There are more than {MOST_ROWS:,} rows or {MOST_CELLS:,} cells. Split the file, and import its parts."
            )
        rows.append(SheetRow(number, tuple(cells) + ("",) * (len(header) - len(cells))))
    if not rows:
        raise Invalid("There is a heading and no row below it. Add the values and choose the file again.")
    names = tuple(" ".join(name.split()) or f"Column {at}" for at, name in enumerate(header, 1))
    if long := next((name for name in names if len(name) > LONGEST_NAME), None):
        raise Invalid(f"The column “{long[:60]}…” has a name of more than {LONGEST_NAME} characters. Shorten it.")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Invalid(f"Two columns are called “{twice[:100]}”. Give each a name of its own.")
    return Sheet(names, tuple(rows), unread)


def _trimmed(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    if end > MOST_COLUMNS:
        raise Invalid(f"There are more than {MOST_COLUMNS} columns. Delete those that are not needed.")
    return cells[:end]


def _checked(cell: str, number: int) -> str:
    if len(cell) > LONGEST_CELL:
        raise Invalid(f"A cell of row {number} has more than {LONGEST_CELL:,} characters. Shorten it.")
    if cell.isascii() and cell.isprintable():
        return cell.strip()
    try:
        return tidy(cell, lines=True)
    except ValueError as error:
        raise Invalid(f"A cell of row {number} {error}.") from error


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content[:400].count(b"\0") > len(content[:400]) // 4:
        encodings = ["utf-16-le" if content[1:2] == b"\0" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid("This is neither a CSV file nor an Excel workbook (.xlsx). Save the sheet as one of them.")


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    delimiter = _delimiter(text)
    if text[:4].lower() == "sep=":  # for Excel alone
        text = text.partition("\n")[2]
        before = 1
    else:
        before = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = before
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Invalid(f"Row {number} cannot be read. Look for a quotation mark that is never closed.") from error
        if cells is None:
            return
        yield number, [_plain(_checked(cell, number)) for cell in cells]


def _plain(cell: str) -> str:
    """A cell without the apostrophe by which an export keeps it from being taken for a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(STARTS_A_FORMULA) else cell


def _delimiter(text: str) -> str:
    """What separates the cells: what gives most rows as many cells as the heading has, and the heading most."""
    if text[:4].lower() == "sep=" and text[4:5] in DELIMITERS:
        return text[4]
    lines = "\n".join(itertools.islice(text.splitlines(), LOOKED_AT))

    def fits(delimiter: str) -> float:
        try:
            lengths = [len(row) for row in csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter) if row]
        except csv.Error:
            return 0
        if not lengths or lengths[0] < 2:
            return 0
        return lengths[0] * sum(length == lengths[0] for length in lengths) / len(lengths)

    return max(DELIMITERS, key=fits)


def _workbook(content: bytes) -> Sheet:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Invalid(_DAMAGED) from error
    if "xl/workbook.xml" not in names:
        raise Invalid("This is neither a CSV file nor an Excel workbook (.xlsx). Save the sheet as one of them.")
    if unpacked > MOST_UNPACKED:
        raise Invalid(
            f"The workbook holds more than {MOST_UNPACKED // MEGABYTE} MB when it is unpacked. Copy the values that "
            "you need into a new workbook."
        )
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and pictures that are left out
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            pages = [page for page in book.worksheets if page.sheet_state == "visible"]
            if len(pages) > MOST_SHEETS:
                raise Invalid(f"The workbook has more than {MOST_SHEETS} sheets. Copy the one you need into a new one.")
            filled = [page for page in pages if any(any(cells) for _, cells in _sheet_rows(page))]
            first = filled[0] if filled else None
            if first is None:
                raise Invalid("The workbook is empty. Its first row holds the names of the columns.")
            return _sheet(_sheet_rows(first), tuple(page.title for page in filled[1:]))
    except Invalid:
        raise
    except Exception as error:
        raise Invalid(_DAMAGED) from error


_DAMAGED: Final = "The workbook is damaged. Open it, save it again as .xlsx, and choose it once more."


def _sheet_rows(page: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows of a page without empty ones. For rows that the file leaves out, the same empty row comes each time."""
    page.reset_dimensions()  # what a workbook says of its own size is often wrong
    empty, looked_at = None, 0
    for number, row in enumerate(page.iter_rows(max_col=MOST_COLUMNS + 1), 1):
        if row is empty:
            continue
        if all(cell.value is None for cell in row):
            empty = row
            looked_at += 1
            if looked_at > MOST_EMPTY:
                raise Invalid(
                    f"The sheet “{page.title[:100]}” has more than {MOST_EMPTY:,} empty rows that are formatted. Copy "
                    "the rows with values into a new workbook."
                )
            continue
        yield number, [_checked(_cell(cell), number) for cell in row]


def _cell(cell: Any) -> str:
    """A cell as it reads in a workbook: a date as ISO, a share as per cent, a number exactly and with a point."""
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case date():
            return value.isoformat()
        case int() | float():
            number = Decimal(repr(value))
            share = str(cell.number_format).rstrip("_) ").endswith("%")
            return f"{_digits(number * 100)}%" if share else _digits(number)
        case _:
            return str(value)


def _digits(number: Decimal) -> str:
    """Plain digits. Three decimals get a fourth, else the point might be taken for one between thousands."""
    text = f"{number.normalize():f}"
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text
