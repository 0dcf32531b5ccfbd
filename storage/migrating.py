"""Bringing a database to the present tables, and writing the next migration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from storage.database import engine
from storage.tables import metadata

FOLDER = Path(__file__).with_name("migrations")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    config.set_main_option("path_separator", "os")
    return config


def migrate(revision: str = "head") -> None:
    """Bring the database to the newest tables, or to those of an earlier migration."""
    _migrate(lambda config: command.upgrade(config, revision))


def _migrate(work: Callable[[Config], None]) -> None:
    config = _config()
    with engine().execution_options(writing=True).connect() as connection, _free_to_replace_tables(connection):
        config.attributes["connection"] = connection
        with connection.begin():
            work(config)
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all() if _is_sqlite(connection) else []
            if broken:
                raise RuntimeError(f"The migration left {len(broken)} rows that refer to nothing; it was taken back.")


@contextmanager
def _free_to_replace_tables(connection: Connection) -> Iterator[None]:
    """On SQLite a table is changed by replacing it, which the foreign keys of others would forbid.

    They are switched off for this connection, which can only be done outside its transaction, and checked at its end.
    """
    if not _is_sqlite(connection):
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def write_migration(message: str) -> None:
    """Write the difference between the tables in the code and those in a migrated database as a new migration."""
    config = _config()
    with engine().begin() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True)


def differences() -> list[object]:
    """What the code's tables have that a migrated database has not, or the other way round."""
    with engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata()))
