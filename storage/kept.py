"""What was worked out from the rows, kept for as long as nothing is committed, by whatever process."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import text
from sqlmodel import Session

from storage.database import Database, current, reading

T = TypeVar("T")

SECONDS: Final = 1.0
"""How long a value is kept at most: what it says may depend on the clock, and days begin without a commit."""
AT_MOST: Final = 64


@dataclass(frozen=True)
class Value:
    mark: object
    until: float
    value: Any


class Kept:
    """The values that one process keeps of one database, those that were asked for last."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        # A connection of its own, which never writes: what SQLite counts are the commits of all others.
        self._onlooker = (
            sqlite3.connect(str(database.engine.url.database), timeout=0, check_same_thread=False, isolation_level=None)
            if database.sqlite
            else None
        )

    @property
    def is_quick(self) -> bool:
        """Whether ``mark`` is told by this computer, without waiting for another."""
        return self._onlooker is not None

    def mark(self) -> object:
        """What differs from what it was when anything has been committed meanwhile."""
        if self._onlooker is None:
            with self._engine.connect() as connection:
                return connection.execute(text("SELECT CAST(pg_current_snapshot() AS text)")).scalar_one()
        with self._lock:
            try:
                return self._onlooker.execute("PRAGMA data_version").fetchone()
            except sqlite3.OperationalError:  # somebody holds the whole file for a moment, so that nothing can be told
                return object()

    def get(self, key: Hashable, mark: object) -> Value | None:
        """What is kept, unless anything was committed since or it is too old."""
        with self._lock:
            value = self._values.get(key)
            if value is None or value.mark != mark or time.monotonic() >= value.until:
                return None
            self._values.move_to_end(key)
            return value

    def put(self, key: Hashable, value: Value) -> None:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > AT_MOST:
                self._values.popitem(last=False)


_kept: WeakKeyDictionary[Database, Kept] = WeakKeyDictionary()
_beginning: Final = threading.Lock()


def kept(key: Hashable, work: Callable[[Session], T]) -> T:
    """What ``work`` finds in the rows; worked out again once anything was committed, or after a second.

    ``key`` says what it is, and names whoever it depends on.
    """
    keeping = _of(current())
    mark = keeping.mark()  # before reading: what is committed meanwhile makes the value old, never young
    known = keeping.get(key, mark)
    if known is not None:
        return cast(T, known.value)
    until = time.monotonic() + SECONDS
    with reading() as db:
        value = work(db)
    keeping.put(key, Value(mark, until, value))
    return value


def at_hand(key: Hashable) -> Any:
    """What is kept, where that can be told without waiting, as a server must not wait between requests; else None."""
    keeping = _of(current())
    known = keeping.get(key, keeping.mark()) if keeping.is_quick else None
    return None if known is None else known.value


def _of(database: Database) -> Kept:
    with _beginning:
        if database not in _kept:
            _kept[database] = Kept(database)
        return _kept[database]
