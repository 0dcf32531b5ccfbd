"""What keeps the installation running: jobs, mail, and the first administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import case
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from accounts.actors import LAUREL, Actor
from accounts.commands import command, query
from accounts.models import Role, ScopeKind
from accounts.people import find_or_add_person, hash_of, keep_password, verify_address
from accounts.policy import Action
from accounts.programmes import appoint
from storage import jobs
from storage.jobs import Job, JobState
from storage.mail import Mail, MailState

MOST_SHOWN: Final = 100


@dataclass(frozen=True)
class JobLine:
    """A job that failed for good."""

    id: UUID
    kind: str
    about: str
    attempts: int
    last_error: str


@dataclass(frozen=True)
class WaitingJobs:
    """The jobs of one kind that wait or run. ``attempts`` and ``last_error`` are of the next one that has
    failed before; ``attempts`` is 0 where it begins again."""

    kind: str
    count: int
    running: int
    next_at: datetime
    attempts: int
    last_error: str


@dataclass(frozen=True)
class Jobs:
    """Jobs that are not done. ``dead`` are the first ``MOST_SHOWN`` of ``dead_in_all``, the latest on top."""

    dead: tuple[JobLine, ...]
    dead_in_all: int
    waiting: tuple[WaitingJobs, ...]


@dataclass(frozen=True)
class MailLine:
    id: UUID
    recipient: str
    subject: str
    text: str
    state: MailState
    written_at: datetime


@query(Action.RUN_INSTALLATION)
def unfinished_jobs(db: Session, actor: Actor) -> Jobs:
    """Jobs that are not done: those that failed for good one by one, the others counted by kind."""
    dead = col(Job.state) == JobState.DEAD
    rows = db.exec(select(Job).where(dead).order_by(col(Job.run_at).desc()).limit(MOST_SHOWN)).all()
    waits = col(Job.state).in_((JobState.WAITING, JobState.RUNNING))
    waiting = db.execute(
        select_columns(
            col(Job.kind),
            func.count(),
            func.sum(case((col(Job.state) == JobState.RUNNING, 1), else_=0)),
            func.min(Job.run_at),
        )
        .where(waits)
        .group_by(col(Job.kind))
        .order_by(func.min(Job.run_at))
    ).all()
    troubled = select(Job).where(waits, col(Job.last_error) != "").order_by(col(Job.run_at)).limit(1)
    lines = []
    for kind, count, running, next_at in waiting:
        task = db.exec(troubled.where(col(Job.kind) == kind)).first()
        attempts, words = (task.attempts, task.last_error) if task else (0, "")
        lines.append(WaitingJobs(kind, count, int(running), next_at, attempts, words))
    return Jobs(
        tuple(JobLine(row.id, row.kind, row.about, row.attempts, row.last_error) for row in rows),
        db.exec(select(func.count()).where(dead)).one(),
        tuple(lines),
    )


@command(Action.RUN_INSTALLATION)
def retry_job(db: Session, actor: Actor, job_id: UUID) -> None:
    """Start a dead job again.

    Raises
    ------
    Invalid : it has not failed for good.
    """
    jobs.retry(db, job_id)


def inbox(db: Session, limit: int = 200) -> tuple[MailLine, ...]:
    """The latest mails, newest first. Only a demonstration shows them."""
    rows = db.exec(select(Mail).order_by(col(Mail.written_at).desc()).limit(limit)).all()
    return tuple(MailLine(row.id, row.recipient, row.subject, row.text, row.state, row.written_at) for row in rows)


def create_admin(db: Session, name: str, email: str, password: str) -> UUID:
    """The first operator of an installation, from the command line."""
    person = find_or_add_person(db, name, email)
    verify_address(db, email.lower())
    keep_password(db, person.id, hash_of(password))
    appoint(db, LAUREL, person.id, Role.OPERATOR, ScopeKind.INSTALLATION, None)
    return person.id
