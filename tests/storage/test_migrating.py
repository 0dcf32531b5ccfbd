"""The tables of the code are those of a migrated database."""

from __future__ import annotations

from storage.migrating import differences, migrate
from tests.databases import Given


def test_a_migrated_database_has_the_tables_of_the_code(database: Given) -> None:
    assert differences() == []


def test_a_database_that_lacks_something_is_told_from_one_that_does_not(database: Given) -> None:
    database.sql("DROP TABLE clock_offset")

    assert [change[0] for change in differences() if isinstance(change, tuple)] == ["add_table"]


def test_migrating_again_changes_nothing(database: Given) -> None:
    migrate()

    assert differences() == []
