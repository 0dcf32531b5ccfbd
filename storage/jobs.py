"""Work that happens later, and at least once: a table of jobs, and the worker that does them.

A job is enqueued in the transaction that causes it. What it writes and its *done* are one commit, so that a job whose
worker was killed runs again from the start and leaves nothing twice.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from uuid import UUID, uuid4, uuid5

import structlog
from sqlalchemy import ColumnElement
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Field, Session, SQLModel, col, or_, select, update

from storage.clock import now
from storage.database import current, engine, locked, reading, transact
from storage.errors import Away, Invalid
from storage.types import choice, document, identifier, moment

LEASE = timedelta(seconds=15)
HEARTBEAT_SECONDS = 5.0
AWAY_SECONDS = 2.0
UNTIL_BACK = timedelta(seconds=20)
"""How long a job waits that needs what is away, such as the store for files."""

BACKOFF = (timedelta(seconds=1), timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10))
PATIENT = (*BACKOFF, *(timedelta(hours=hours) for hours in (0.5, 1, 2, 4, 8, 16, 24, 24)))
"""For what waits for somebody else's server, which may be away over a weekend: three days in all."""

log = structlog.get_logger("laurel.jobs")


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Job(SQLModel, table=True):
    """One piece of work. ``fence`` rises each time it is taken, so that a worker that lost it can write nothing."""

    __tablename__ = "job"

    id: UUID = identifier()
    kind: str
    about: str = Field(default="", index=True)
    arguments: dict[str, Any] = document()
    state: JobState = choice(JobState, JobState.WAITING)
    run_at: datetime = moment(index=True)
    attempts: int = 0
    fence: int = 0
    worker: UUID | None = None
    leased_until: datetime | None = moment(optional=True)
    last_error: str = ""
    done_at: datetime | None = moment(optional=True)


Body = Callable[[Session, Mapping[str, Any], Any], None]
Before = Callable[[Mapping[str, Any]], Any]

_bodies: dict[str, tuple[Body, Before | None]] = {}
_regular: dict[str, timedelta] = {}
_pauses: dict[str, tuple[timedelta, ...]] = {}

REGULAR = UUID("5a3c1b0e-7d42-4b8a-9a57-2f60c1d9e804")
"""From this and its kind a regular job has its id, so that it is there once however many workers there are."""
REGULAR_JOB = "regular"
"""What the row of a regular job is about."""


def job(kind: str, *, before: Before | None = None, pauses: tuple[timedelta, ...] = BACKOFF) -> Callable[[Body], Body]:
    """Register the body of a kind of job. After ``pauses`` it is tried again, and then given up.

    ``before`` does what takes long or reaches outside (sending a mail, cleaning a file) without a transaction; what it
    returns is the body's third argument. It may run more often than the body.
    """

    def register(body: Body) -> Body:
        if kind in _bodies:
            raise ValueError(f"job {kind!r} is registered twice")
        _bodies[kind] = (body, before)
        _pauses[kind] = pauses
        return body

    return register


def regular(kind: str, every: timedelta, *, before: Before | None = None) -> Callable[[Body], Body]:
    """Register what is done again and again, first when a worker starts: one row, moved on each time it was done.

    It is never given up: after its last attempt it waits for its next time, and its row says what went wrong.
    """
    _regular[kind] = every
    return job(kind, before=before)


def begin_regular_jobs(db: Session) -> None:
    """Add the rows of regular jobs that are not there yet."""
    for kind in sorted(_regular):
        if db.get(Job, uuid5(REGULAR, kind)) is None:
            db.add(Job(id=uuid5(REGULAR, kind), kind=kind, about=REGULAR_JOB, arguments={}, run_at=now(db)))
    db.flush()


def attempts(kind: str) -> int:
    """How often a job of this kind is tried before it is given up."""
    return len(_pauses.get(kind, BACKOFF)) + 1


def kinds() -> tuple[str, ...]:
    return tuple(sorted(_bodies))


def enqueue(
    db: Session, kind: str, arguments: Mapping[str, Any], *, run_at: datetime | None = None, about: str = ""
) -> UUID:
    """Add a job in the caller's transaction. ``about`` lets a later change find and move it."""
    task = Job(kind=kind, arguments=dict(arguments), run_at=run_at or now(db), about=about)
    db.add(task)
    db.flush()
    return task.id


def enqueue_once(db: Session, kind: str, arguments: Mapping[str, Any], *, run_at: datetime, about: str) -> None:
    """Add a job unless one of this kind about this thing waits already: it will find what has changed since."""
    waits = select(Job.id).where(col(Job.about) == about, col(Job.kind) == kind, col(Job.state) == JobState.WAITING)
    if db.exec(waits).first() is None:
        enqueue(db, kind, arguments, run_at=run_at, about=about)


def is_unfinished(db: Session, kind: str, about: str) -> bool:
    """Whether a job of this kind about this thing waits or runs."""
    states = (JobState.WAITING, JobState.RUNNING)
    going = select(Job.id).where(col(Job.about) == about, col(Job.kind) == kind, col(Job.state).in_(states))
    return db.exec(going).first() is not None


def reschedule(db: Session, kind: str, about: str, run_at: datetime) -> int:
    """Move the waiting jobs of a kind about one thing; returns how many there were."""
    moved = db.exec(
        update(Job)
        .where(col(Job.kind) == kind, col(Job.about) == about, col(Job.state) == JobState.WAITING)
        .values(run_at=run_at)
    )
    return int(moved.rowcount)


def retry(db: Session, job_id: UUID) -> None:
    """Let a dead job run again, from the first attempt."""
    task = locked(db, Job, job_id)
    if task.state is not JobState.DEAD:
        raise Invalid("Only a job that has failed for good can be started again.")
    task.state, task.attempts, task.run_at = JobState.WAITING, 0, now(db)
    db.add(task)


@dataclass(frozen=True)
class Claim:
    id: UUID
    kind: str
    arguments: Mapping[str, Any]
    fence: int
    attempt: int


def _due(moment_now: datetime) -> ColumnElement[bool]:
    return or_(
        (col(Job.state) == JobState.WAITING) & (col(Job.run_at) <= moment_now),
        (col(Job.state) == JobState.RUNNING) & (col(Job.leased_until) < moment_now),
    )


def _claim(worker: UUID) -> Claim | None:
    def take(db: Session) -> Claim | None:
        moment_now = now(db)
        statement = select(Job).where(_due(moment_now)).order_by(col(Job.run_at)).limit(1)
        task = db.exec(statement.with_for_update(skip_locked=True)).one_or_none()
        if task is None:
            return None
        died_each_time = task.attempts >= attempts(task.kind)  # and nobody could say so
        if died_each_time and task.kind not in _regular:
            task.state, task.leased_until, task.last_error = JobState.DEAD, None, "The worker died each time."
            task.fence += 1
            db.add(task)
            return None
        task.state, task.worker, task.leased_until = JobState.RUNNING, worker, moment_now + LEASE
        task.fence += 1
        task.attempts += 1
        db.add(task)
        return Claim(task.id, task.kind, task.arguments, task.fence, task.attempts)

    with reading() as db:  # a look without the writers' lock, since there is mostly nothing to do
        anything = db.exec(select(Job.id).where(_due(now(db))).limit(1)).first()
    return transact(take) if anything else None


def _beat(claim: Claim, stopped: threading.Event) -> None:
    while not stopped.wait(HEARTBEAT_SECONDS):

        def extend(db: Session) -> None:
            db.exec(
                update(Job)
                .where(col(Job.id) == claim.id, col(Job.fence) == claim.fence)
                .values(leased_until=now(db) + LEASE)
            )

        try:
            transact(extend)
        except SQLAlchemyError as error:  # the next beat tries again; the lease is three beats long
            log.warning("heartbeat missed", job=str(claim.id), error=type(error).__name__)


def _run(claim: Claim) -> None:
    if claim.kind not in _bodies:
        raise LookupError(f"no body for jobs of kind {claim.kind!r}")
    body, before = _bodies[claim.kind]
    brought = before(claim.arguments) if before else None

    def finish(db: Session) -> None:
        task = locked(db, Job, claim.id)
        if task.fence != claim.fence:
            return  # another worker has it now
        body(db, claim.arguments, brought)
        task.state, task.done_at, task.last_error, task.leased_until = JobState.DONE, now(db), "", None
        if claim.kind in _regular:
            _wait_for_next_time(db, task)
        db.add(task)

    transact(finish)


def _failed(claim: Claim, error: BaseException) -> None:
    words = "".join(traceback.format_exception_only(error)).strip()[:2000]

    def give_back(db: Session) -> None:
        task = locked(db, Job, claim.id)
        if task.fence != claim.fence:
            return
        task.last_error, task.leased_until = words, None
        task.state = JobState.WAITING
        if isinstance(error, Away):  # no fault of the job's: it is done when what it needs is back, however late
            task.attempts, task.run_at = task.attempts - 1, now(db) + UNTIL_BACK
        elif claim.attempt < attempts(claim.kind):
            task.run_at = now(db) + _pauses.get(claim.kind, BACKOFF)[claim.attempt - 1]
        elif claim.kind in _regular:
            _wait_for_next_time(db, task)
        else:
            task.state = JobState.DEAD
        db.add(task)

    transact(give_back)
    log.warning("job failed", kind=claim.kind, job=str(claim.id), attempt=claim.attempt, error=type(error).__name__)


def _wait_for_next_time(db: Session, task: Job) -> None:
    task.state, task.attempts, task.run_at = JobState.WAITING, 0, now(db) + _regular[task.kind]


def work_once(worker: UUID | None = None) -> bool:
    """Take one job that is due and do it. Returns whether there was one."""
    claim = _claim(worker or uuid4())
    if claim is None:
        return False
    stopped = threading.Event()
    beat = threading.Thread(target=_beat, args=(claim, stopped), daemon=True)
    beat.start()
    try:
        _run(claim)
    except Exception as error:  # noqa: BLE001 - whatever a body raises is kept with its job
        _failed(claim, error)
    finally:
        stopped.set()
        beat.join()
    return True


def release_leases(db: Session, worker: UUID | None = None) -> None:
    """Give back what a worker that is known to be gone had taken; without ``worker``, what anybody had."""
    statement = update(Job).where(col(Job.state) == JobState.RUNNING)
    if worker is not None:
        statement = statement.where(col(Job.worker) == worker)
    db.exec(statement.values(state=JobState.WAITING, leased_until=None))


class Stopping:
    """Tells a worker to stop, also from the handler of a signal that comes while another is handled.

    A ``threading.Event`` holds a lock while it is set or begins to wait, and a handler that finds it held waits for
    ever: a web process that is killed sends one signal for each of its threads. ``SimpleQueue.put`` may interrupt
    itself.
    """

    def __init__(self) -> None:
        self._asked = False
        self._wake: SimpleQueue[None] = SimpleQueue()

    def set(self) -> None:
        self._asked = True
        self._wake.put(None)

    def is_set(self) -> bool:
        return self._asked

    def wait(self, seconds: float) -> None:
        """Return after so many seconds, or at once when asked to stop."""
        if not self._asked:
            with suppress(Empty):
                self._wake.get(timeout=seconds)


def _begin(stopping: Stopping) -> None:
    """Add the regular jobs, as soon as the database is there."""
    while not stopping.is_set():
        try:
            transact(begin_regular_jobs)
        except SQLAlchemyError as error:
            log.error("worker cannot reach the database", error=type(error).__name__)
            stopping.wait(AWAY_SECONDS)
        else:
            return


def work(stopping: Stopping) -> None:
    """Do jobs as they become due, until ``stopping`` is set.

    On SQLite the worker is alone, held by a file lock, so what it finds taken belongs to a worker that died.
    """
    import fcntl

    worker = uuid4()
    database = current()
    if database.sqlite:
        lock = Path(f"{engine().url.database}.worker").open("ab")  # noqa: SIM115 - held as long as the process lives
        while not stopping.is_set():
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                stopping.wait(0.2)
        if not stopping.is_set():
            transact(release_leases)
    _begin(stopping)
    log.info("worker started", worker=str(worker))
    while not stopping.is_set():
        try:
            idle = not work_once(worker)
        except SQLAlchemyError as error:  # the database is away: wait until it is back
            log.error("worker cannot reach the database", error=type(error).__name__)
            stopping.wait(AWAY_SECONDS)
            continue
        if idle:
            stopping.wait(0.1 if database.sqlite else 0.5)
    log.info("worker stopped", worker=str(worker))
