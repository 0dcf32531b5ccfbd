"""Files of spreadsheets as people have them: other separators, other encodings, workbooks, and what is broken."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from time import perf_counter
from typing import Any

import openpyxl
import pytest

from storage.errors import Invalid
from storage.sheets.reading import MOST_BYTES, MOST_EMPTY, MOST_ROWS, MOST_SHEETS, MOST_UNPACKED, Sheet, read_sheet


def cells(sheet: Sheet) -> list[tuple[str, ...]]:
    return [row.cells for row in sheet.rows]


def workbook(*rows: tuple[Any, ...], formats: dict[str, str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place, number_format in (formats or {}).items():
        book.active[place].number_format = number_format
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_same_sheet_comes_out_of_every_kind_of_csv(encoding: str, delimiter: str) -> None:
    text = '"Día"|Wert in "€"|Quelle\r\n2024-03-31|"1|5"|Ämter\r\n\r\n2025-03-31|2|"Two\nlines"\r\n'
    text = text.replace('Wert in "€"', "Wert in €").replace("|", delimiter)

    sheet = read_sheet(text.encode(encoding))

    assert sheet.header == ("Día", "Wert in €", "Quelle")
    assert cells(sheet) == [("2024-03-31", f"1{delimiter}5".strip(), "Ämter"), ("2025-03-31", "2", "Two\nlines")]
    assert [row.number for row in sheet.rows] == [2, 4]


def test_decimal_commas_do_not_pass_for_separators() -> None:
    sheet = read_sheet(b"date;value\n2024-01-01;1,5\n2025-01-01;2,5\n")

    assert sheet.header == ("date", "value")
    assert cells(sheet) == [("2024-01-01", "1,5"), ("2025-01-01", "2,5")]


def test_what_an_export_kept_from_being_a_formula_is_itself_again() -> None:
    assert cells(read_sheet(b"value,source\n'-3,'=cmd\n'tis,'s\n")) == [("-3", "=cmd"), ("'tis", "'s")]


def test_a_workbook_reads_as_it_looks() -> None:
    content = workbook(
        ("Day", "Share", "Output", "Note"),
        (date(2024, 3, 31), 0.525, 1.234, True),
        (datetime(2024, 4, 1), 0.1, 1200, "=1+1"),  # noqa: DTZ001
        formats={"B2": "0.0%", "B3": "0%"},
    )

    sheet = read_sheet(content)

    assert sheet.header == ("Day", "Share", "Output", "Note")
    assert cells(sheet) == [("2024-03-31", "52.5%", "1.2340", "yes"), ("2024-04-01", "10%", "1200", "")]


def test_a_stray_cell_in_the_last_row_of_a_workbook_is_a_row_like_any_other() -> None:
    book = openpyxl.Workbook()
    for row in (("a", "b"), (1, 2)):
        book.active.append(row)
    book.active["A1048576"] = "stray"
    written = io.BytesIO()
    book.save(written)

    begun = perf_counter()
    sheet = read_sheet(written.getvalue())

    assert [(row.number, row.cells) for row in sheet.rows] == [(2, ("1", "2")), (1_048_576, ("stray", ""))]
    assert perf_counter() - begun < 5


def test_a_workbook_of_formatted_emptiness_or_countless_sheets_is_refused_in_words() -> None:
    formatted = workbook(("a",), (1,))
    rows = "".join(f'<row r="{number}" s="1"/>' for number in range(3, MOST_EMPTY + 5))
    with pytest.raises(Invalid, match="empty rows that are formatted"):
        read_sheet(changed(formatted, "</sheetData>", f"{rows}</sheetData>"))
    book = openpyxl.Workbook()
    for number in range(MOST_SHEETS):
        book.create_sheet(f"Page {number}").append(("a",))
    written = io.BytesIO()
    book.save(written)
    with pytest.raises(Invalid, match="more than 50 sheets"):
        read_sheet(written.getvalue())


def changed(content: bytes, old: str, new: str) -> bytes:
    """A workbook whose first sheet says something else inside."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, part.replace(old.encode(), new.encode()) if "sheet1" in name else part)
    return written.getvalue()


def test_the_first_sheet_with_something_in_it_is_read_and_the_others_are_named() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Data").append(("a", "b"))
    book["Data"].append((1, 2))
    book.create_sheet("Notes").append(("c",))
    written = io.BytesIO()
    book.save(written)

    sheet = read_sheet(written.getvalue())

    assert (sheet.header, cells(sheet), sheet.unread) == (("a", "b"), [("1", "2")], ("Notes",))


def bomb() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (MOST_UNPACKED + 1))
    return written.getvalue()


def zipped(name: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(name, b"<x/>")
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"\n\n,,\n", "The file is empty"),
        (b"day,value\n", "no row below it"),
        (b"day,value\n2024-01-01,1,5\n", "Row 2 has 3 cells, and the heading 2"),
        (b'day,value\n"2024-01-01,1\n', "never closed"),
        (b"day,day\n1,2\n", "Two columns are called “day”"),
        (b"\xff\xfe\x00", "neither a CSV file nor an Excel workbook"),
        (b"%PDF-1.7\x00\x81\x00", "neither a CSV file nor an Excel workbook"),
        (b"\xd0\xcf\x11\xe0 and more", "old kind"),
        (zipped("word/document.xml"), "neither a CSV file nor an Excel workbook"),
        (zipped("xl/workbook.xml"), "damaged"),
        (b"PK\x03\x04 and no more", "damaged"),
        (workbook(()), "empty"),
        (bomb(), "when it is unpacked"),
        (b"x" * (MOST_BYTES + 1), "larger than 5 MB"),
        (b"a\n" + b"1\n" * (MOST_ROWS + 1), "more than 20,000 rows"),
        (",".join(f"c{at}" for at in range(201)).encode() + b"\n1\n", "more than 200 columns"),
        (b"a\n" + b"x" * 60_001 + b"\n", "more than 60,000 characters"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes {value[:8]!r}",
)
def test_what_cannot_be_read_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read_sheet(content)
