"""The only way to the rows: one engine, and transactions that lose no update on SQLite or PostgreSQL."""

from __future__ import annotations

import functools
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar, cast
from uuid import UUID

import sqlalchemy
from sqlalchemy import Connection, Engine, bindparam, event, exc, text
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, SQLModel, create_engine, select
from sqlmodel.sql.expression import SelectOfScalar

from settings import get_settings
from storage.errors import NOT_YOURS, Refused, Stale

T = TypeVar("T")
Row = TypeVar("Row", bound=SQLModel)

ATTEMPTS = 3
"""How often a transaction is tried that the database itself broke off."""

STATEMENTS = 4000
"""How many compiled statements are kept: more than all pages and commands together have."""

BROKEN_OFF = ("40001", "40P01", "23505")
"""Serialization failure, deadlock, and a row that a twin of this transaction added: it is seen the next time."""


class Turn:
    """A lock that is given in the order in which it was asked for. ``threading.Lock`` starves the patient."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Event()
            self._waiting.append(mine)
        mine.wait()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


class Writers:
    """Who may write to an SQLite file: threads in turn, and processes alternating.

    SQLite alone lets whoever polls luckily go first, so that a worker waits for seconds beside a busy web process. Two
    file locks make a queue: the one who writes holds B, the next in line holds A and waits for B.
    """

    def __init__(self, database: Path) -> None:
        self._turn = Turn()
        self._next = database.with_suffix(".next").open("ab")  # held as long as the engine lives
        self._writing = database.with_suffix(".writing").open("ab")

    @contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        import fcntl

        with self._turn:
            fcntl.flock(self._next, fcntl.LOCK_EX)
            try:
                fcntl.flock(self._writing, fcntl.LOCK_EX)
            finally:
                fcntl.flock(self._next, fcntl.LOCK_UN)
            try:
                yield
            finally:
                fcntl.flock(self._writing, fcntl.LOCK_UN)

    def close(self) -> None:
        for held in cast(list[IO[bytes]], [self._next, self._writing]):
            held.close()


class Database:
    """An engine, and what guards writing to it."""

    def __init__(self, address: str) -> None:
        self.sqlite = address.startswith("sqlite")
        self.writers: Writers | None = None
        if self.sqlite:
            path = Path(address.removeprefix("sqlite:///"))
            path.parent.mkdir(parents=True, exist_ok=True)
            self.writers = Writers(path)
            self.engine = create_engine(
                address,
                connect_args={"check_same_thread": False, "timeout": 30},
                pool_size=20,
                max_overflow=40,
                query_cache_size=STATEMENTS,
            )
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            self.engine = create_engine(
                address, pool_pre_ping=True, pool_size=10, max_overflow=30, query_cache_size=STATEMENTS
            )

    def stop(self) -> None:
        self.engine.dispose()
        if self.writers:
            self.writers.close()


def _prepare_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # SQLAlchemy's BEGIN below is then the only one
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


_current: Database | None = None
_connecting = threading.Lock()


def start(address: str | None = None) -> Database:
    """Connect this process to its database; a second call with another address moves it there."""
    global _current
    if _current is not None:
        _current.stop()
    _current = Database(address or get_settings().database)
    return _current


def stop() -> None:
    """Close every connection."""
    global _current
    if _current is not None:
        _current.stop()
        _current = None


def current() -> Database:
    """The database of this process, connected on first use."""
    with _connecting:
        return _current or start()


def engine() -> Engine:
    return current().engine


def ready() -> bool:
    """Whether the database answers and has been migrated."""
    try:
        with engine().connect() as connection:
            connection.execute(text("SELECT 1 FROM alembic_version"))
        return True
    except exc.SQLAlchemyError:
        return False


@contextmanager
def reading() -> Iterator[Session]:
    """A transaction that sees one state of the database and changes nothing."""
    database = current()
    with Session(database.engine, expire_on_commit=False, autoflush=False) as db:
        if not database.sqlite:
            db.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        try:
            yield db
        finally:
            db.expunge_all()  # what was read can still be looked at; a rollback would expire it
            db.rollback()


@contextmanager
def writing() -> Iterator[Session]:
    """A transaction that is committed at the end, or leaves nothing behind."""
    database = current()
    if database.writers is None:
        with Session(database.engine, expire_on_commit=False) as db, db.begin():
            yield db
        return
    with (
        database.writers.one_at_a_time(),
        Session(database.engine.execution_options(writing=True), expire_on_commit=False) as db,
        db.begin(),
    ):
        yield db


@event.listens_for(Session, "loaded_as_persistent")
def _hold(db: Session, row: object) -> None:
    """Hold what was read until the end: a session forgets a row that nobody holds, and asks for it again."""
    db.info.setdefault("read", []).append(row)


@contextmanager
def one_process(purpose: str) -> Iterator[None]:
    """Let others who ask for the same purpose wait, in whatever process they are; nobody else is held up.

    Inside a writing transaction this may be asked for; a writing transaction inside this may not be begun.
    """
    database = current()
    if database.sqlite:
        import fcntl

        with Path(f"{database.engine.url.database}.{purpose}").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # let go when the file is closed
            yield
        return
    with database.engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:purpose))"), {"purpose": purpose})
        yield


def transact(work: Callable[[Session], T]) -> T:
    """Run ``work`` in a writing transaction; again, up to three times, when the database breaks it off."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with writing() as db:
                return work(db)
        except (exc.OperationalError, exc.IntegrityError) as error:
            state = getattr(error.orig, "sqlstate", None)
            if state not in BROKEN_OFF or attempt == ATTEMPTS:
                raise
            time.sleep(0.02 * attempt)
    raise AssertionError("unreachable")


def locked(db: Session, table: type[Row], row_id: UUID) -> Row:
    """The row, held until the transaction ends. Take locks in the order prize, stage, entry, assignment.

    Raises
    ------
    Refused : there is no such row.
    """
    if current().sqlite:  # where nobody else writes from the beginning of this transaction to its end
        return found(db, table, row_id)
    statement = select(table).where(table.id == row_id)  # type: ignore[attr-defined]
    row = db.exec(statement.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise Refused(NOT_YOURS)
    return row


def found(db: Session, table: type[Row], row_id: UUID) -> Row:
    """The row, not held.

    Raises
    ------
    Refused : there is no such row.
    """
    row = db.get(table, row_id)
    if row is None:
        raise Refused(NOT_YOURS)
    return row


def matching(db: Session, table: type[Row], **values: Any) -> Sequence[Row]:
    """The rows whose columns have these values, in no order; None matches what is empty.

    The statement is put together once for each choice of columns, since that takes longer than to carry it out.
    """
    given = {name: value for name, value in values.items() if value is not None}
    return db.exec(_matching(table, frozenset(values), frozenset(given)), params=given).all()


def one_matching(db: Session, table: type[Row], **values: Any) -> Row | None:
    """The only row whose columns have these values, if there is one."""
    rows = matching(db, table, **values)
    assert len(rows) <= 1, f"{table.__name__} has {len(rows)} rows with the same {', '.join(values)}"
    return rows[0] if rows else None


def remove_all(db: Session, rows: Iterable[SQLModel]) -> None:
    """Delete rows in the order in which they are given."""
    for row in rows:
        db.delete(row)
        db.flush()


def is_referred_to(db: Session, row: SQLModel) -> bool:
    """Whether a row of any table names this one."""
    table = row.__table__  # type: ignore[attr-defined]
    key = table.c.id
    for other in table.metadata.sorted_tables:
        for column in (found.parent for found in other.foreign_keys if found.column is key):
            if db.execute(sqlalchemy.select(column).where(column == row.id).limit(1)).first():  # type: ignore[attr-defined]
                return True
    return False


@functools.cache
def _matching(table: type[Row], names: frozenset[str], given: frozenset[str]) -> SelectOfScalar[Row]:
    columns = {name: getattr(table, name) for name in sorted(names)}
    return select(table).where(
        *(column == bindparam(name) if name in given else column.is_(None) for name, column in columns.items())
    )


def unchanged(row: Any, version: int) -> None:
    """Refuse to act on a page that was drawn before ``row`` was last changed.

    Raises
    ------
    Stale : the row has another version.
    """
    if row.version != version:
        raise Stale("This was changed after you opened the page. Look at what it says now, then do it again.")
