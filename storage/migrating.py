"""Bringing a database to the present tables, and writing the next migration."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from storage.database import engine
from storage.tables import metadata

FOLDER = Path(__file__).with_name("migrations")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    config.set_main_option("path_separator", "os")
    return config


def migrate() -> None:
    """Bring the database to the newest tables."""
    config = _config()
    with engine().execution_options(writing=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


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
