"""Tables written as CSV, Excel and Parquet, row by row and in little memory, so that nothing in them runs as a formula.

The same rows give the same bytes: files in an archive have no date, and a workbook does not say when it was made.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from storage.errors import Invalid
from storage.sheets.reading import STARTS_A_FORMULA

ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
BATCH: Final = 5_000
"""Rows of a Parquet file that are written at once."""
EXCEL_ROWS: Final = 1_048_575
EXCEL_CELL: Final = 32_767
CUT: Final = " … (cut here: a cell of Excel holds no more; the CSV file has all of it)"
CORE: Final = "docProps/core.xml"
CORE_WITHOUT_TIME: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?><cp:coreProperties '
    b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
_NOT_IN_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Held(StrEnum):
    """What the cells of a written column hold."""

    TEXT = "text"
    WHOLE = "whole number"
    DECIMAL = "decimal number, exact"
    REAL = "number"
    FLAG = "yes or no"
    DATE = "date"
    TIME = "time in UTC"


@dataclass(frozen=True)
class WrittenColumn:
    """A column of a written table."""

    name: str
    held: Held = Held.TEXT


Row = Sequence[Any]


def plain(value: Any) -> Any:
    """A cell as it is written: an id and a choice as text, a document as JSON, a time in UTC."""
    match value:
        case Enum():
            return value.value
        case UUID():
            return str(value)
        case datetime():
            return value.astimezone(UTC)
        case list() | dict() | tuple():
            return json.dumps(value, ensure_ascii=False, sort_keys=True)
        case _:
            return value


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe stands before what would be one."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


class CsvFile:
    """UTF-8 with commas, and CRLF at the end of a row, as RFC 4180 has it."""

    def __init__(self, path: Path, columns: Sequence[WrittenColumn]) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([column.name for column in columns])

    def add(self, row: Row) -> None:
        self._writer.writerow([_csv_cell(value) for value in row])

    def close(self) -> None:
        self._file.close()


def _csv_cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return harmless(value)
        case datetime():
            return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


class ParquetFile:
    """Every column with its type; decimal numbers as text, so that none is rounded."""

    def __init__(self, path: Path, columns: Sequence[WrittenColumn]) -> None:
        import pyarrow
        import pyarrow.parquet

        kinds = {
            Held.TEXT: pyarrow.string(),
            Held.WHOLE: pyarrow.int64(),
            Held.DECIMAL: pyarrow.string(),
            Held.REAL: pyarrow.float64(),
            Held.FLAG: pyarrow.bool_(),
            Held.DATE: pyarrow.date32(),
            Held.TIME: pyarrow.timestamp("us", tz="UTC"),
        }
        self._arrow = pyarrow
        self._schema = pyarrow.schema([(column.name, kinds[column.held]) for column in columns])
        self._writer = pyarrow.parquet.ParquetWriter(path, self._schema, compression="zstd")
        self._waiting: list[Row] = []

    def add(self, row: Row) -> None:
        self._waiting.append([f"{value:f}" if isinstance(value, Decimal) else value for value in row])
        if len(self._waiting) == BATCH:
            self._write()

    def close(self) -> None:
        self._write()
        self._writer.close()

    def _write(self) -> None:
        columns = zip(*self._waiting, strict=True) if self._waiting else [()] * len(self._schema)
        arrays = [
            self._arrow.array(list(cells), type=field.type) for cells, field in zip(columns, self._schema, strict=True)
        ]
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))
        self._waiting = []


class Workbook:
    """An Excel workbook, a sheet for each table. Texts are texts: none is ever a formula."""

    def __init__(self) -> None:
        import openpyxl
        from openpyxl.cell import WriteOnlyCell

        self._book = openpyxl.Workbook(write_only=True)
        self._cell = WriteOnlyCell

    def sheet(self, name: str, columns: Sequence[WrittenColumn]) -> ExcelSheet:
        page = self._book.create_sheet(name[:31])
        page.freeze_panes = "A2"
        sheet = ExcelSheet(page, self._cell)
        sheet.add([column.name for column in columns])
        return sheet

    def save(self, path: Path) -> None:
        dated = path.with_suffix(".dated")
        self._book.save(dated)
        with zipfile.ZipFile(dated) as found, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as kept:
            for name in sorted(found.namelist()):
                with kept.open(_info(name), "w", force_zip64=True) as into:
                    if name == CORE:
                        into.write(CORE_WITHOUT_TIME)
                    else:
                        with found.open(name) as part:
                            shutil.copyfileobj(part, into)
        dated.unlink()


class ExcelSheet:
    """A sheet of a workbook that is being written."""

    def __init__(self, page: Any, cell: Any) -> None:
        self._page, self._cell, self._rows = page, cell, 0

    def add(self, row: Row) -> None:
        self._rows += 1
        if self._rows > EXCEL_ROWS:
            raise Invalid(f"A sheet of Excel holds {EXCEL_ROWS:,} rows. Take the CSV or Parquet files instead.")
        self._page.append([self._written(value) for value in row])

    def close(self) -> None:
        """The workbook is saved as a whole."""

    def _written(self, value: Any) -> Any:
        match value:
            case datetime():
                return value.replace(tzinfo=None)
            case str() if value:
                text = _NOT_IN_XML.sub("\ufffd", value)
                text = text if len(text) <= EXCEL_CELL else text[: EXCEL_CELL - len(CUT)] + CUT
                if not text.startswith(STARTS_A_FORMULA):
                    return text
                cell = self._cell(self._page, text)
                cell.data_type = "s"
                cell.quotePrefix = True
                return cell
            case _:
                return value


TableFile = CsvFile | ParquetFile | ExcelSheet


def write_rows(files: Iterable[TableFile], rows: Iterable[Row]) -> int:
    """Write rows into several files in one pass; how many there were."""
    files = tuple(files)
    count = 0
    for row in rows:
        cells = [plain(value) for value in row]
        count += 1
        for file in files:
            file.add(cells)
    for file in files:
        file.close()
    return count


def zipped(folder: Path, path: Path) -> None:
    """Everything below ``folder`` as an archive, in the order of the names."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            name = file.relative_to(folder).as_posix()
            with archive.open(_info(name), "w", force_zip64=True) as into, file.open("rb") as source:
                shutil.copyfileobj(source, into)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, ZIP_EPOCH)
    info.compress_type = zipfile.ZIP_STORED if name.endswith((".xlsx", ".parquet")) else zipfile.ZIP_DEFLATED
    return info
