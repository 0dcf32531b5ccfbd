"""A prize exported: each table alone, or all of them in one archive with a dictionary and a manifest."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import Role
from accounts.permissions import held_roles, scopes
from delivery.exports.tables import ANSWERS, LEFT_OUT, PEOPLE, TABLES, Asker, ExportedColumn, answers, people
from delivery.policy import Action
from judging.draws import shut_stages
from prize.entries.conflicts import kept_from
from prize.models import Prize
from storage.clock import now
from storage.errors import Invalid
from storage.files import Document
from storage.sheets.writing import (
    CsvFile,
    ParquetFile,
    TableFile,
    Workbook,
    WrittenColumn,
    write_rows,
    zipped,
)

Rows = Iterator[Sequence[Any]]

NAMES_A_PERSON: Final = "id in the table person"
"""Columns whose meaning says so name people; whoever is named in an exported row is in the table of people."""


class Form(StrEnum):
    """As what a table is exported."""

    CSV = "csv"
    EXCEL = "xlsx"
    PARQUET = "parquet"


CONTENT_TYPES: Final = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.PARQUET: "application/vnd.apache.parquet",
}

DICTIONARY_NAME: Final = "dictionary"
DICTIONARY: Final = tuple(
    WrittenColumn(name) for name in ("table", "column", "meaning", "type", "unit", "where from in Laurel")
)
README: Final = """{title}: everything that Laurel keeps of this prize and that you may see

{slug}.xlsx      every table as a sheet of one workbook
csv/             every table as CSV: UTF-8, commas, a heading, times in UTC
parquet/         every table as Apache Parquet, with types
dictionary.csv   what each table and column means; also the first sheet of the workbook
manifest.json    when this was made, the SHA-256 of each file, and what is left out and why

In CSV files an apostrophe stands before a text that a spreadsheet would take for a formula; in the workbook such
texts are marked as text. Decimal numbers are written exactly; in Parquet files they are text. Where a text is longer
than a cell of Excel, the workbook says that it is cut, and the CSV file has all of it.
"""


@dataclass(frozen=True)
class TableLine:
    """A table that can be exported, for the page that offers it."""

    name: str
    meaning: str
    columns: int


@dataclass(frozen=True)
class _Part:
    """A table of an export: what it is, and its rows for one who asks."""

    name: str
    meaning: str
    columns: tuple[ExportedColumn, ...]
    rows: Callable[[Session, Asker], Rows]
    owner: bool


PARTS: Final = (
    *(_Part(table.name, table.meaning, table.columns, table.rows, table.owner) for table in TABLES),
    _Part("answer", "What the submitted entries say: the last version of each", ANSWERS, answers, False),
)
PERSON: Final = "person"
PEOPLE_MEANING: Final = "The people whom the other tables name"


@command(Action.EXPORT_PRIZE)
def begin_export(db: Session, actor: Actor, prize_id: UUID, table: str, form: Form = Form.CSV) -> None:
    """Put on record that somebody takes a table of a prize away.

    Raises
    ------
    Invalid : there is no such table for this person.
    """
    asker = asker_of(db, actor, prize_id)
    if table not in (DICTIONARY_NAME, PERSON, *(part.name for part in _parts(asker))):
        raise Invalid("There is no such table to export. Choose one from the page.", "table")


@query(Action.EXPORT_PRIZE)
def exported_tables(db: Session, actor: Actor, prize_id: UUID) -> tuple[TableLine, ...]:
    """The tables that the actor can export, without a word of how much is in them."""
    parts = _parts(asker_of(db, actor, prize_id))
    lines = [TableLine(part.name, part.meaning, len(part.columns)) for part in parts]
    return (*lines, TableLine(PERSON, PEOPLE_MEANING, len(PEOPLE)))


@query(Action.EXPORT_PRIZE)
def exported_table(db: Session, actor: Actor, prize_id: UUID, table: str = PERSON, form: Form = Form.CSV) -> Document:
    """One table in one form. Rows about entries that the actor must not see are left out.

    Raises
    ------
    Invalid : there is no such table for this person.
    """
    asker = asker_of(db, actor, prize_id)
    slug = db.get_one(Prize, prize_id).slug
    known = {name: (columns, rows) for name, columns, rows in _tables(db, asker)}
    if table == DICTIONARY_NAME:
        columns, rows = DICTIONARY, _dictionary(_parts(asker))
    elif table == PERSON:
        columns = tuple(column.written for column in PEOPLE)
        rows = people(db, _people_in(known.values()))
    elif table in known:
        columns, rows = known[table]
    else:
        raise Invalid("There is no such table to export. Choose one from the page.", "table")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{slug}-{table}.{form.value}")
        if form is Form.EXCEL:
            book = Workbook()
            write_rows([book.sheet(table, columns)], rows)
            book.save(path)
        else:
            write_rows([CsvFile(path, columns) if form is Form.CSV else ParquetFile(path, columns)], rows)
        return Document(path.name, CONTENT_TYPES[form], path.read_bytes())


def write_archive(db: Session, asker: Asker, place: Path) -> Path:
    """Every table that somebody may see as one archive in ``place``: CSV, Excel and Parquet, dictionary and manifest.

    Rows are read and written as they come, so that it takes little memory however large the prize is.
    """
    prize = db.get_one(Prize, asker.prize_id)
    folder = place / "export"
    for part in ("csv", "parquet"):
        (folder / part).mkdir(parents=True)
    book = Workbook()
    write_rows(
        [CsvFile(folder / "dictionary.csv", DICTIONARY), book.sheet(DICTIONARY_NAME, DICTIONARY)],
        _dictionary(_parts(asker)),
    )
    counts: dict[str, int] = {}
    ids: set[UUID] = set()
    for table, columns, rows in _tables(db, asker):
        counts[table] = write_rows(_files(folder, book, table, columns), _noting(rows, columns, ids))
    columns = tuple(column.written for column in PEOPLE)
    counts[PERSON] = write_rows(_files(folder, book, PERSON, columns), people(db, frozenset(ids)))
    book.save(folder / f"{prize.slug}.xlsx")
    (folder / "README.txt").write_text(README.format(title=prize.title, slug=prize.slug), encoding="utf-8")
    _write_manifest(folder, prize, asker, counts, now(db))
    archive = place / "export.zip"
    zipped(folder, archive)
    return archive


def asker_of(db: Session, actor: Actor, prize_id: UUID) -> Asker:
    """For whom something of a prize is exported, and what they must not see of it."""
    scope = scopes()["prize_id"](db, prize_id)
    assert scope is not None
    return Asker(
        prize_id,
        kept_from(db, actor.person_id),
        shut_stages(db, actor.person_id, prize_id),
        Role.SECRETARIAT in held_roles(db, actor, scope),
    )


def _parts(asker: Asker) -> tuple[_Part, ...]:
    return tuple(part for part in PARTS if asker.secretariat or part.owner)


def _tables(db: Session, asker: Asker) -> Iterator[tuple[str, tuple[WrittenColumn, ...], Rows]]:
    for part in _parts(asker):
        yield part.name, tuple(column.written for column in part.columns), part.rows(db, asker)


def _files(folder: Path, book: Workbook, table: str, columns: Sequence[WrittenColumn]) -> list[TableFile]:
    return [
        CsvFile(folder / "csv" / f"{table}.csv", columns),
        ParquetFile(folder / "parquet" / f"{table}.parquet", columns),
        book.sheet(table, columns),
    ]


def _dictionary(parts: Sequence[_Part]) -> Rows:
    for part in parts:
        yield part.name, "", part.meaning, "", "", ""
        for column in part.columns:
            yield part.name, column.name, column.meaning, column.held.value, column.unit, column.source
    yield PERSON, "", PEOPLE_MEANING, "", "", ""
    for column in PEOPLE:
        yield PERSON, column.name, column.meaning, column.held.value, column.unit, column.source


_OF_PEOPLE: Final = frozenset(
    column.name for part in PARTS for column in part.columns if NAMES_A_PERSON in column.meaning
)


def _noting(rows: Rows, columns: Sequence[WrittenColumn], ids: set[UUID]) -> Rows:
    """The rows; whom they name is added to ``ids`` in passing."""
    at = [place for place, column in enumerate(columns) if column.name in _OF_PEOPLE]
    for row in rows:
        ids.update(row[place] for place in at if row[place] is not None)
        yield row


def _people_in(tables: Any) -> frozenset[UUID]:
    ids: set[UUID] = set()
    for columns, rows in tables:
        for _ in _noting(rows, columns, ids):
            pass
    return frozenset(ids)


def _write_manifest(folder: Path, prize: Prize, asker: Asker, counts: dict[str, int], at: datetime) -> None:
    left_out = dict(LEFT_OUT)
    left_out |= {part.name: "the secretariat alone exports it" for part in PARTS if part not in _parts(asker)}
    manifest = {
        "prize": prize.title,
        "slug": prize.slug,
        "made_at": at.isoformat(timespec="seconds"),
        "rows": counts,
        "files": {
            file.relative_to(folder).as_posix(): _sha256(file) for file in sorted(folder.rglob("*")) if file.is_file()
        },
        "left_out": {
            "tables": left_out,
            "rows": "What belongs to an entry with which the person who exported is in conflict, and until a stage is "
            "released decisions that could tell them of it; what drafts say",
            "files": "The content of files; each can be downloaded from its entry or milestone",
        },
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
