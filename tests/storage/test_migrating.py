"""The tables of the code are those of a migrated database."""

from __future__ import annotations

from uuid import uuid4

import pytest
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage import migrating
from storage.database import engine
from storage.migrating import differences, migrate
from storage.tables import metadata
from tests.databases import Given


def test_a_migrated_database_has_the_tables_of_the_code(database: Given) -> None:
    assert differences() == []


def test_a_database_that_lacks_something_is_told_from_one_that_does_not(database: Given) -> None:
    database.sql("DROP TABLE clock_offset")

    assert [change[0] for change in differences() if isinstance(change, tuple)] == ["add_table"]


def test_migrating_again_changes_nothing(database: Given) -> None:
    migrate()

    assert differences() == []


FIRST = "6cb2dba173d0"


def test_rows_from_before_a_migration_are_there_after_it(database: Given) -> None:
    with engine().execution_options(writing=True).begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
        metadata().drop_all(connection)
    migrate(FIRST)
    row_id = uuid4().hex if database.kind == "sqlite" else str(uuid4())
    database.sql(
        "INSERT INTO audit_row (position, id, at, action, subject, content_digest)"
        " VALUES (1, :id, '2027-03-03 12:00:00', 'sign in', '', 'sha256:0')",
        id=row_id,
    )
    database.sql("INSERT INTO audit_content (audit_id, salt, content) VALUES (:id, :salt, '{}')", id=row_id, salt=b"s")
    database.sql(
        "INSERT INTO mail (id, event, recipient, subject, text, state, written_at)"
        " VALUES (:id, 'e', 'ada@example.org', 's', 't', 'sent', '2027-03-03 12:00:00')",
        id=row_id,
    )

    migrate()

    assert differences() == []
    assert database.sql("SELECT position, seal FROM audit_row") == [(1, None)]
    assert database.sql("SELECT count(*) FROM audit_content") == [(1,)]
    assert database.sql("SELECT state, problem FROM mail") == [("sent", "")]


def test_a_migration_that_leaves_a_row_without_what_it_refers_to_is_taken_back(
    sqlite: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    def harm(config: Config, _: str) -> None:
        config.attributes["connection"].exec_driver_sql(
            "INSERT INTO audit_content (audit_id, salt, content) VALUES ('nothing', x'00', '{}')"
        )

    monkeypatch.setattr(migrating.command, "upgrade", harm)
    with pytest.raises(RuntimeError, match="left 1 rows that refer to nothing"):
        migrate()

    assert sqlite.sql("SELECT count(*) FROM audit_content") == [(0,)]
    with pytest.raises(IntegrityError):
        sqlite.sql("INSERT INTO audit_content (audit_id, salt, content) VALUES ('nothing', x'00', '{}')")
