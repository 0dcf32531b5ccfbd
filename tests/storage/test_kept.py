"""What was worked out is shown again as long as nothing is committed, and never longer."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest
from sqlmodel import Session, col, func, select

from storage import audit, kept
from storage.audit import AuditRow
from storage.database import transact
from tests.databases import Given, python

WRITING = """
from storage import audit
from storage.database import transact

transact(lambda db: audit.record(db, person_id=None, session_id=None, action="other", subject="", content={}))
"""


def write() -> None:
    transact(lambda db: audit.record(db, person_id=None, session_id=None, action="here", subject="", content={}))


@pytest.fixture
def rows() -> Callable[[Session], int]:
    """How many rows of the audit trail there are; ``.times`` says how often they were counted."""

    def count(db: Session) -> int:
        count.times += 1  # type: ignore[attr-defined]
        return db.exec(select(func.count(col(AuditRow.id)))).one()

    count.times = 0  # type: ignore[attr-defined]
    return count


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a slow computer changes nothing."""
    monkeypatch.setattr(kept, "SECONDS", 3600.0)


def test_it_is_worked_out_once_while_nothing_is_committed(database: Given, rows: Callable[[Session], int]) -> None:
    write()

    assert [kept.kept("rows", rows) for _ in range(3)] == [1, 1, 1]
    assert rows.times == 1  # type: ignore[attr-defined]


def test_what_somebody_commits_is_shown_at_once(database: Given, rows: Callable[[Session], int]) -> None:
    shown = []
    for _ in range(3):
        shown.append(kept.kept("rows", rows))
        write()

    assert shown == [0, 1, 2]


def test_what_another_process_commits_is_shown_at_once(database: Given, rows: Callable[[Session], int]) -> None:
    before = kept.kept("rows", rows)
    subprocess.run(python("-c", WRITING), env=database.environment(), check=True)

    assert (before, kept.kept("rows", rows)) == (0, 1)


def test_what_is_committed_while_it_is_worked_out_is_shown_the_next_time(database: Given) -> None:
    def slow(db: Session) -> int:
        found = db.exec(select(func.count(col(AuditRow.id)))).one()
        write()
        return found

    assert [kept.kept("rows", slow), kept.kept("rows", slow)] == [0, 1]


def test_two_things_are_kept_apart(database: Given) -> None:
    assert [kept.kept(name, lambda _, name=name: name) for name in ("one", "other", "one")] == ["one", "other", "one"]


def test_what_the_clock_may_have_changed_is_worked_out_again(
    database: Given, rows: Callable[[Session], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "SECONDS", 0.0)
    kept.kept("rows", rows)
    kept.kept("rows", rows)

    assert rows.times == 2  # type: ignore[attr-defined]


def test_what_was_asked_for_long_ago_is_let_go(sqlite: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "AT_MOST", 2)
    for name in ("one", "two", "one", "three"):
        kept.kept(name, lambda _, name=name: name)

    assert [kept.at_hand(name) for name in ("one", "two", "three")] == ["one", None, "three"]


def test_a_server_that_must_not_wait_finds_what_is_kept(sqlite: Given) -> None:
    nothing = kept.at_hand("name")
    kept.kept("name", lambda _: "found")
    found = kept.at_hand("name")
    write()

    assert (nothing, found, kept.at_hand("name")) == (None, "found", None)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_of_a_database_that_is_asked_over_a_network_nothing_is_at_hand(database: Given) -> None:
    kept.kept("name", lambda _: "found")

    assert kept.at_hand("name") is None
