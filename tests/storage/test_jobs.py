"""Jobs run at least once, and what they write is there once."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, select

from accounts.models import Programme
from storage import jobs
from storage.clock import now
from storage.database import reading, transact
from storage.errors import Invalid
from storage.jobs import BACKOFF, Job, JobState, enqueue, job, release_leases, reschedule, retry, work_once
from storage.mail import Mail, send
from tests.databases import ROOT, Clock, Given, python
from tests.mailserver import MailServer

A_MOMENT = timedelta(seconds=1)
PAST_THE_LEASE = jobs.LEASE + A_MOMENT


@dataclass
class Told:
    """What the bodies below are to do, and what they did."""

    fails: bool = False
    preparations: int = 0
    preparing: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    may_go_on: threading.Event = field(default_factory=threading.Event)


told = Told()


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    told.__init__()  # type: ignore[misc]
    yield
    told.may_go_on.set()


@job("open a programme")
def _open(db: Session, arguments: Mapping[str, Any], _: None) -> None:
    db.add(Programme(name=arguments["name"], created_at=now(db)))
    db.flush()
    if told.fails:
        raise RuntimeError("the store is away")


def _prepare(arguments: Mapping[str, Any]) -> str:
    told.preparations += 1
    told.preparing.release()
    assert told.may_go_on.wait(60)
    return f"prepared {arguments['name']}"


@job("open a programme slowly", before=_prepare)
def _open_slowly(db: Session, arguments: Mapping[str, Any], brought: str) -> None:
    db.add(Programme(name=brought, created_at=now(db)))


def add(kind: str = "open a programme", **more: Any) -> UUID:
    return transact(lambda db: enqueue(db, kind, {"name": "Clean water"}, **more))


def the_job(job_id: UUID) -> Job:
    with reading() as db:
        found = db.exec(select(Job).where(col(Job.id) == job_id)).one()
        db.expunge(found)
        return found


def programmes() -> list[str]:
    with reading() as db:
        return list(db.exec(select(Programme.name)))


def test_a_job_is_done_once(database: Given) -> None:
    job_id = add()

    assert [work_once(), work_once()] == [True, False]

    assert programmes() == ["Clean water"]
    assert the_job(job_id).state is JobState.DONE


def test_a_job_belongs_to_the_transaction_that_causes_it(database: Given) -> None:
    def work(db: Session) -> None:
        enqueue(db, "open a programme", {"name": "Clean water"})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        transact(work)

    assert not work_once()


def test_many_workers_do_each_job_once(database: Given) -> None:
    for _ in range(20):
        add()

    def until_nothing_is_left(_: int) -> int:
        done = 0
        while work_once():
            done += 1
        return done

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(until_nothing_is_left, range(4)))

    assert sum(done) == 20
    assert programmes() == ["Clean water"] * 20


def test_a_job_waits_for_its_time_and_moves_with_it(database: Given, clock: Clock) -> None:
    add(run_at=clock.now() + timedelta(hours=1), about="stage 1")
    assert not work_once()

    moved = transact(lambda db: reschedule(db, "open a programme", "stage 1", now(db) + timedelta(days=1)))
    clock.advance(timedelta(hours=2))
    assert (moved, work_once()) == (1, False)

    clock.advance(timedelta(days=1))
    assert work_once()


def test_a_job_that_fails_leaves_nothing_is_tried_again_later_and_then_given_up(database: Given, clock: Clock) -> None:
    told.fails = True
    clock.move_to(clock.now(), stand_still=True)
    job_id = add()
    for attempt, pause in enumerate(BACKOFF, start=1):
        assert work_once()
        waiting = the_job(job_id)
        assert (waiting.state, waiting.attempts) == (JobState.WAITING, attempt)
        assert waiting.run_at == clock.now() + pause
        assert waiting.last_error == "RuntimeError: the store is away"
        assert not work_once()
        clock.advance(pause, stand_still=True)

    assert work_once()

    assert the_job(job_id).state is JobState.DEAD
    clock.advance(timedelta(days=1), stand_still=True)
    assert not work_once()
    assert programmes() == []


def test_a_job_that_was_given_up_can_be_started_again(database: Given) -> None:
    job_id = add()
    with pytest.raises(Invalid):
        transact(lambda db: retry(db, job_id))
    database.sql("UPDATE job SET state = 'dead', attempts = 5, last_error = 'the store was away'")
    assert not work_once()

    transact(lambda db: retry(db, job_id))

    assert work_once()
    done = the_job(job_id)
    assert (done.state, done.attempts, done.last_error) == (JobState.DONE, 1, "")


def test_a_job_of_a_kind_that_nobody_knows_waits_for_somebody_who_does(database: Given) -> None:
    job_id = add("unheard of")

    assert work_once()

    waiting = the_job(job_id)
    assert waiting.state is JobState.WAITING
    assert "unheard of" in waiting.last_error


def test_what_takes_long_is_done_outside_the_transaction(database: Given) -> None:
    job_id = add("open a programme slowly")
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work_once)
        assert told.preparing.acquire(timeout=60)
        assert the_job(job_id).state is JobState.RUNNING
        transact(lambda db: db.add(Programme(name="Meanwhile", created_at=now(db))))
        told.may_go_on.set()
        assert working.result()

    assert programmes() == ["Meanwhile", "prepared Clean water"]


def test_a_worker_that_was_taken_for_dead_writes_nothing(database: Given, clock: Clock) -> None:
    job_id = add("open a programme slowly")
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(work_once)
        assert told.preparing.acquire(timeout=60)
        clock.advance(PAST_THE_LEASE)
        second = pool.submit(work_once)
        assert told.preparing.acquire(timeout=60)
        told.may_go_on.set()
        assert (first.result(), second.result()) == (True, True)

    assert told.preparations == 2
    assert programmes() == ["prepared Clean water"]
    assert (the_job(job_id).state, the_job(job_id).fence) == (JobState.DONE, 2)


def test_a_worker_that_is_alive_keeps_its_job(database: Given, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0.02)
    job_id = add("open a programme slowly")
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work_once)
        assert told.preparing.acquire(timeout=60)
        for _ in range(3):
            clock.advance(jobs.LEASE / 2, stand_still=True)
            while the_job(job_id).leased_until != clock.now() + jobs.LEASE:
                pass
            assert not work_once()
        told.may_go_on.set()
        assert working.result()

    assert programmes() == ["prepared Clean water"]


def test_what_a_worker_had_taken_is_given_back_when_it_is_known_to_be_gone(database: Given) -> None:
    gone = uuid4()
    add("open a programme slowly")
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(work_once, gone)
        assert told.preparing.acquire(timeout=60)
        transact(lambda db: release_leases(db, uuid4()))
        assert not work_once()

        transact(lambda db: release_leases(db, gone))
        second = pool.submit(work_once)
        assert told.preparing.acquire(timeout=60)
        told.may_go_on.set()
        assert (first.result(), second.result()) == (True, True)

    assert programmes() == ["prepared Clean water"]


def test_a_job_that_takes_its_worker_down_each_time_is_given_up(sqlite: Given, clock: Clock) -> None:
    job_id = add("open a programme slowly")
    pool = ThreadPoolExecutor(jobs.attempts("open a programme slowly") + 1)
    for _ in range(jobs.attempts("open a programme slowly")):
        pool.submit(work_once)
        assert told.preparing.acquire(timeout=60)
        clock.advance(PAST_THE_LEASE)
    last = pool.submit(work_once)
    again = told.preparing.acquire(timeout=2)
    state = the_job(job_id).state
    told.may_go_on.set()
    pool.shutdown()

    assert (again, last.result()) == (False, False)
    assert state is JobState.DEAD


@pytest.mark.prove
def test_a_mail_is_sent_though_its_worker_was_killed_in_the_middle(
    database: Given, clock: Clock, smtp: MailServer
) -> None:
    smtp.hangs = True
    transact(lambda db: send(db, event="submission 1", recipient="ada@example.org", subject="Receipt", text="Kept."))
    with reading() as db:
        message_id = db.exec(select(Mail)).one().message_id

    with _worker(database) as worker:
        assert smtp.began.wait(60)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert smtp.delivered == []

    smtp.hangs = False
    clock.advance(PAST_THE_LEASE)
    with _worker(database) as worker:
        while database.sql("SELECT count(*) FROM job WHERE state = 'done'") != [(1,)]:
            assert worker.poll() is None
        worker.terminate()
        assert worker.wait(30) == 0

    assert [mail.message["Message-ID"] for mail in smtp.delivered] == [message_id]
    assert database.sql("SELECT state, attempts, fence FROM job WHERE kind = 'send mail'") == [("done", 2, 2)]


@pytest.mark.prove
def test_a_worker_that_is_told_to_stop_many_times_at_once_stops(database: Given, clock: Clock) -> None:
    """A web process that is killed tells its worker once for each of its threads."""
    for _ in range(5):
        with _worker(database) as worker:
            while not database.sql("SELECT 1 FROM job"):
                assert worker.poll() is None
            for _ in range(20_000):
                worker.send_signal(signal.SIGTERM)
            assert worker.wait(30) in (0, -signal.SIGTERM)  # the last ones come when Python has ended


@contextmanager
def _worker(database: Given) -> Iterator[subprocess.Popen[bytes]]:
    worker = subprocess.Popen(python(str(ROOT / "manage.py"), "worker"), env=database.environment())
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()
