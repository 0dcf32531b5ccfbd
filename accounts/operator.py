"""What keeps the installation running: jobs, mail, and the first administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import LAUREL, Actor
from accounts.commands import command, query
from accounts.models import Role, ScopeKind
from accounts.people import find_or_add_person, hash_of, keep_password, verify_address
from accounts.policy import Action
from accounts.programmes import appoint
from storage import jobs
from storage.jobs import Job, JobState
from storage.mail import Mail, MailState


@dataclass(frozen=True)
class JobLine:
    id: UUID
    kind: str
    about: str
    state: JobState
    run_at: datetime
    attempts: int
    last_error: str


@dataclass(frozen=True)
class MailLine:
    id: UUID
    recipient: str
    subject: str
    text: str
    state: MailState
    written_at: datetime


@query(Action.RUN_INSTALLATION)
def unfinished_jobs(db: Session, actor: Actor) -> tuple[JobLine, ...]:
    """Jobs that are not done, the dead ones first, then by when they are due."""
    rows = db.exec(select(Job).where(col(Job.state) != JobState.DONE)).all()
    rows = sorted(rows, key=lambda row: (row.state is not JobState.DEAD, row.run_at))
    return tuple(
        JobLine(row.id, row.kind, row.about, row.state, row.run_at, row.attempts, row.last_error) for row in rows
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
