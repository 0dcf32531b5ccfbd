"""Mail that has not arrived, as operators see it, and sending it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.people import correct_address
from accounts.policy import Action
from settings import get_settings
from storage import jobs
from storage.clock import now
from storage.database import locked
from storage.errors import Invalid
from storage.jobs import Job, JobState
from storage.mail import SEND_MAIL, Mail, MailState, send, send_by_job
from storage.values import Email

MOST_SHOWN = 200


@dataclass(frozen=True)
class Undelivered:
    """A mail that has not arrived. ``problem`` is what the server, or the way to it, said last.

    ``given_up`` means that nothing more will happen by itself; else it is tried again at ``next_at``, if at all.
    """

    id: UUID
    recipient: str
    subject: str
    state: MailState
    written_at: datetime
    problem: str
    attempts: int
    given_up: bool
    next_at: datetime | None


@dataclass(frozen=True)
class Outbox:
    """How many mails there are in each state, and some of those about which something can be done, what was given up
    first: at most ``MOST_SHOWN`` that were refused, and as many that could not be sent.

    ``server`` says whether a mail server is set. Where none is, all mails wait and none is listed.
    """

    server: bool
    sent: int
    refused: int
    waiting: int
    lines: tuple[Undelivered, ...]


@query(Action.RUN_INSTALLATION)
def outbox(db: Session, actor: Actor) -> Outbox:
    """What has become of the mails. Their texts, which may hold links, are not shown."""
    counted = dict(db.execute(select(Mail.state, func.count()).group_by(col(Mail.state))).all())
    refused = select(Mail).where(col(Mail.state) == MailState.REFUSED)
    waiting = select(Mail).where(col(Mail.state) == MailState.WAITING)
    known: dict[UUID, Mail] = {}
    for wanted in (refused, waiting.where(col(Mail.id).in_(_in_trouble(db))), waiting):
        newest = wanted.order_by(col(Mail.written_at).desc()).limit(MOST_SHOWN)
        known |= {mail.id: mail for mail in db.exec(newest)}
    tasks = _jobs_of(db, list(known))
    server = bool(get_settings().smtp_url)
    lines = [_line(mail, tasks.get(f"mail {mail.id}")) for mail in known.values()]
    lines = [line for line in lines if line.problem or (line.given_up and server)]
    return Outbox(
        server,
        counted.get(MailState.SENT, 0),
        counted.get(MailState.REFUSED, 0),
        counted.get(MailState.WAITING, 0),
        tuple(sorted(lines, key=lambda line: (not line.given_up, not line.problem, -line.written_at.timestamp()))),
    )


@command(Action.SEND_MAIL_AGAIN)
def send_mail_again(db: Session, actor: Actor, mail_id: UUID, recipient: Email) -> None:
    """Send a mail that has not arrived, to the same address or to a corrected one.

    An address is corrected for the person, and only while nobody has confirmed it: the links that were mailed to it are
    good for the new one.

    Raises
    ------
    Invalid : it has been sent, or the address cannot be corrected, and the words say why.
    """
    mail = locked(db, Mail, mail_id)
    if mail.state not in (MailState.WAITING, MailState.REFUSED):
        raise Invalid("This mail has been sent or given up. Look at the list again.")
    task = _jobs_of(db, [mail_id]).get(f"mail {mail_id}")
    if recipient != mail.recipient.lower():
        if mail.person_id is None:
            raise Invalid("This mail belongs to nobody whose address could be corrected.", "recipient")
        if task is not None and task.state is not JobState.DEAD:
            raise Invalid("This mail is still being sent. Correct its address when it has been refused.", "recipient")
        correct_address(db, mail.person_id, mail.recipient, recipient)
        mail.state = MailState.REPLACED
        db.add(mail)
        if task is not None:
            db.delete(task)
        send(
            db,
            event=mail.event,
            recipient=recipient,
            subject=mail.subject,
            text=mail.text,
            person_id=mail.person_id,
            about=mail.about,
        )
    elif task is None:
        send_by_job(db, mail)
    elif task.state is JobState.DEAD:
        jobs.retry(db, task.id)
    else:
        jobs.reschedule(db, SEND_MAIL, task.about, now(db))


def _in_trouble(db: Session) -> list[UUID]:
    """Some mails whose jobs have failed, those that failed for good first."""
    failed = select(Job.about).where(
        col(Job.kind) == SEND_MAIL, col(Job.state) != JobState.DONE, col(Job.last_error) != ""
    )
    first = failed.order_by(col(Job.state) != JobState.DEAD, col(Job.run_at)).limit(MOST_SHOWN)
    return [UUID(about.removeprefix("mail ")) for about in db.exec(first) if about.startswith("mail ")]


def _jobs_of(db: Session, mail_ids: list[UUID]) -> dict[str, Job]:
    """The jobs that have not sent their mails yet, by what they are about."""
    statement = select(Job).where(
        col(Job.kind) == SEND_MAIL,
        col(Job.state) != JobState.DONE,
        col(Job.about).in_([f"mail {mail_id}" for mail_id in mail_ids]),
    )
    return {task.about: task for task in db.exec(statement)}


def _line(mail: Mail, task: Job | None) -> Undelivered:
    refused = mail.state is MailState.REFUSED
    return Undelivered(
        mail.id,
        mail.recipient,
        mail.subject,
        mail.state,
        mail.written_at,
        mail.problem if refused or task is None else task.last_error.partition(": ")[2],
        task.attempts if task else 0,
        refused or task is None or task.state is JobState.DEAD,
        task.run_at if task and task.state is JobState.WAITING else None,
    )
