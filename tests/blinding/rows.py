"""Every row of an SQLite database as plain values, to be changed and written back in another order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

Row = dict[str, Any]
Tables = dict[str, list[Row]]


def read(database: Path) -> Tables:
    """All rows by table, in the order in which they were added."""
    with _opened(database) as connection:
        return {
            name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')] for name in _names(connection)
        }


def rewrite(database: Path, change: Callable[[Tables], None], *, backwards: bool = True) -> None:
    """Change the rows and write them anew, the last first, so that their order in the file is another."""
    tables = read(database)
    change(tables)
    with _opened(database) as connection:
        for name, rows in tables.items():
            connection.execute(f'DELETE FROM "{name}"')
            for row in reversed(rows) if backwards else rows:
                columns = ", ".join(f'"{column}"' for column in row)
                places = ", ".join("?" * len(row))
                connection.execute(f'INSERT INTO "{name}" ({columns}) VALUES ({places})', tuple(row.values()))
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        assert not broken, f"rows point to nothing: {[tuple(row) for row in broken]}"


def key(identifier: UUID | None) -> str:
    """How SQLite holds an identifier."""
    assert identifier is not None
    return identifier.hex


def of(rows: list[Row], **values: Any) -> list[Row]:
    """The rows with these values."""
    return [row for row in rows if all(row[name] == value for name, value in values.items())]


def one(rows: list[Row], **values: Any) -> Row:
    [found] = of(rows, **values)
    return found


def document(row: Row, column: str) -> Any:
    return json.loads(row[column])


def _names(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return sorted(row[0] for row in found)


@contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        with connection:
            yield connection
    finally:
        connection.close()
