"""Transactions lose nothing, on either database."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from itertools import groupby
from uuid import UUID

import pytest
from sqlalchemy import exc
from sqlmodel import Session, col, select, update

from accounts.models import Programme
from storage.audit import AuditRow
from storage.database import locked, reading, ready, transact, unchanged
from storage.errors import NOT_YOURS, Refused, Stale
from storage.jobs import Job, JobState
from tests.databases import Given, python

NOON = datetime(2027, 3, 3, 12, tzinfo=UTC)

WRITER = """
import sys
from storage import audit
from storage.database import transact

name, times = sys.argv[1], int(sys.argv[2])
record = lambda db: audit.record(db, person_id=None, session_id=None, action=name, subject="", content={})
transact(record)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(times):
    transact(record)
"""


def add_counter() -> UUID:
    """A row whose ``attempts`` are counted up."""

    def add(db: Session) -> UUID:
        row = Job(kind="counter", arguments={}, state=JobState.DEAD, run_at=NOON)
        db.add(row)
        db.flush()
        return row.id

    return transact(add)


def add_counters(count: int) -> list[UUID]:
    return sorted(add_counter() for _ in range(count))


def count_up(row_id: UUID) -> Callable[[Session], None]:
    def work(db: Session) -> None:
        row = locked(db, Job, row_id)
        row.attempts += 1
        db.add(row)

    return work


def counted(row_id: UUID) -> int:
    with reading() as db:
        return db.get_one(Job, row_id).attempts


@pytest.mark.parametrize("threads", [8, 20])
def test_threads_that_change_one_row_lose_no_change(database: Given, threads: int) -> None:
    row_id = add_counter()
    each = 200 // threads

    def work(_: int) -> None:
        for _ in range(each):
            transact(count_up(row_id))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))

    assert counted(row_id) == threads * each


def test_two_processes_that_write_to_sqlite_take_turns(sqlite: Given) -> None:
    times = 60
    writers = [
        subprocess.Popen(
            python("-c", WRITER, name, str(times)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=sqlite.environment(),
            text=True,
        )
        for name in ("web", "worker")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0

    with reading() as db:
        names = [row.action for row in db.exec(select(AuditRow).order_by(col(AuditRow.position)))][2:]
    assert sorted(names) == ["web"] * times + ["worker"] * times
    while_both_wrote = names[: min(len(names) - names[::-1].index(name) for name in ("web", "worker"))]
    while_both_wrote = while_both_wrote[max(while_both_wrote.index(name) for name in ("web", "worker")) :]
    assert len(while_both_wrote) > times
    turns = len(list(groupby(while_both_wrote)))
    assert turns > len(while_both_wrote) / 2  # a busy machine keeps one of them from queueing now and then


def test_a_transaction_that_fails_leaves_nothing_behind(database: Given) -> None:
    def work(db: Session) -> None:
        db.add(Programme(name="Clean water", created_at=NOON))
        db.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        transact(work)

    assert database.sql("SELECT count(*) FROM programme") == [(0,)]


def test_what_is_written_while_reading_is_not_kept(database: Given) -> None:
    with contextlib.suppress(exc.InternalError), reading() as db:  # PostgreSQL refuses, SQLite forgets
        db.add(Programme(name="Clean water", created_at=NOON))
        db.flush()

    assert database.sql("SELECT count(*) FROM programme") == [(0,)]


def test_a_reader_sees_one_state_while_others_write(database: Given) -> None:
    row_id = add_counter()
    with reading() as db:
        before = db.exec(select(Job.attempts).where(col(Job.id) == row_id)).one()
        transact(count_up(row_id))
        after = db.exec(select(Job.attempts).where(col(Job.id) == row_id)).one()

    assert (before, after, counted(row_id)) == (0, 0, 1)


def test_a_serialization_failure_of_postgresql_is_tried_again(postgresql: Given) -> None:
    row_id = add_counter()
    both_have_read = threading.Barrier(2)
    tries = []

    def work(db: Session) -> None:
        db.connection(execution_options={"isolation_level": "SERIALIZABLE"})
        tries.append(threading.get_ident())
        seen = db.exec(select(Job.attempts).where(col(Job.id) == row_id)).one()
        if tries.count(threading.get_ident()) == 1:
            both_have_read.wait(30)
        db.exec(update(Job).where(col(Job.id) == row_id).values(attempts=seen + 1))

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(transact, work) for _ in range(2)]:
            future.result()

    assert len(tries) == 3
    assert counted(row_id) == 2


def test_a_deadlock_of_postgresql_is_tried_again(postgresql: Given) -> None:
    first, second = add_counters(2)
    both_hold_one = threading.Barrier(2)
    tries = []

    def work(here: UUID, there: UUID) -> Callable[[Session], None]:
        def body(db: Session) -> None:
            tries.append(here)
            count_up(here)(db)
            db.flush()
            if tries.count(here) == 1:
                both_hold_one.wait(30)
            count_up(there)(db)

        return body

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(transact, work(first, second)), pool.submit(transact, work(second, first))]:
            future.result()

    assert len(tries) == 3
    assert (counted(first), counted(second)) == (2, 2)


def test_a_transaction_that_is_broken_off_three_times_fails(postgresql: Given) -> None:
    tries = []

    def work(db: Session) -> None:
        tries.append(1)
        db.connection().exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")

    with pytest.raises(exc.OperationalError):
        transact(work)

    assert len(tries) == 3


def test_a_row_that_does_not_exist_is_refused_like_one_that_may_not_be_seen(database: Given) -> None:
    with pytest.raises(Refused) as refused:
        transact(lambda db: locked(db, Job, UUID(int=0)))

    assert refused.value.words == NOT_YOURS


def test_a_page_that_was_drawn_before_a_change_is_stale() -> None:
    class Row:
        version = 2

    unchanged(Row, 2)
    with pytest.raises(Stale):
        unchanged(Row, 1)


def test_a_time_without_a_zone_is_refused(database: Given) -> None:
    with pytest.raises(exc.StatementError, match="a time needs a zone"):
        transact(lambda db: db.add(Programme(name="Clean water", created_at=datetime(2027, 3, 3, 12))))  # noqa: DTZ001


def test_times_come_back_in_utc_to_the_microsecond(database: Given) -> None:
    given = datetime(2027, 3, 3, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    transact(lambda db: db.add(Programme(name="Clean water", created_at=given)))

    with reading() as db:
        stored = db.exec(select(Programme.created_at)).one()
    assert stored == given
    assert stored.isoformat() == "2027-03-03T06:15:00.123456+00:00"


def test_the_database_itself_refuses_a_state_that_does_not_exist(database: Given) -> None:
    add_counter()
    with pytest.raises(exc.IntegrityError):
        database.sql("UPDATE job SET state = 'forgotten'")

    assert database.sql("SELECT state FROM job") == [("dead",)]


def test_the_database_itself_refuses_what_refers_to_nothing(database: Given) -> None:
    with pytest.raises(exc.IntegrityError):
        database.sql(
            "INSERT INTO email_address (id, person_id, address) VALUES (:id, :person, 'ada@example.org')",
            id=UUID(int=1).hex,
            person=UUID(int=2).hex,
        )


def test_a_migrated_database_is_ready_and_an_empty_one_is_not(
    database: Given, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from storage import database as storage_database

    assert ready()

    storage_database.start(f"sqlite:///{tmp_path_factory.mktemp('empty') / 'laurel.sqlite3'}")
    assert not ready()


def test_threads_that_connect_at_the_same_time_share_one_database(sqlite: Given) -> None:
    from storage import database as storage_database

    storage_database.stop()
    together = threading.Barrier(8)

    def connect(_: int) -> storage_database.Database:
        together.wait(30)
        return storage_database.current()

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(connect, range(8)))

    assert len(found) == 1
