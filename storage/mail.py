"""The outbox: a mail is a row in the transaction that causes it, and is sent by a job.

What a server refuses for good (an answer that begins with 5 to the recipient or to the message) is not sent again: the
mail keeps the server's words for the operator. Everything else that goes wrong (no server, an answer that begins with
4, a sender or a password that is not accepted) is tried again as jobs are.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import formatdate
from enum import StrEnum
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import structlog
from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from settings import get_settings
from storage.clock import now
from storage.database import reading
from storage.jobs import PATIENT, enqueue, job
from storage.types import choice, identifier, moment

SEND_MAIL = "send mail"
SMTP_SECONDS = 20
LONGEST_PROBLEM = 500
LONGEST_SUBJECT = 300

log = structlog.get_logger("laurel.mail")


class MailState(StrEnum):
    """``refused``: the server will never take it; ``replaced``: it was sent to another address instead.

    ``erased``: it waited when its recipient was erased, and will not be sent.
    """

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    REPLACED = "replaced"
    ERASED = "erased"


class NotNow(Exception):
    """The server does not take a mail for the present; the message is what it said."""


class Mail(SQLModel, table=True):
    """One message to one address. ``event`` and ``recipient`` together are unique: nobody is told a thing twice.

    ``problem`` is what the server said when it refused the mail; ``about`` is the prize that it concerns.
    """

    __tablename__ = "mail"
    __table_args__ = (UniqueConstraint("event", "recipient"),)

    id: UUID = identifier()
    event: str = Field(max_length=200)
    recipient: str = Field(max_length=320, index=True)
    person_id: UUID | None = Field(default=None, index=True)
    subject: str = Field(max_length=LONGEST_SUBJECT)
    text: str
    state: MailState = choice(MailState, MailState.WAITING)
    written_at: datetime = moment(index=True)
    sent_at: datetime | None = moment(optional=True)
    about: UUID | None = Field(default=None, index=True)
    problem: str = Field(default="", max_length=LONGEST_PROBLEM)

    @property
    def message_id(self) -> str:
        """The same at every attempt, so that a mail program shows a mail once that was sent twice."""
        return f"<{self.id}@{urlsplit(get_settings().public_url).hostname or 'localhost'}>"


def send(
    db: Session,
    *,
    event: str,
    recipient: str,
    subject: str,
    text: str,
    person_id: UUID | None = None,
    about: UUID | None = None,
) -> None:
    """Put a mail into the outbox, unless this person has been told of this event already."""
    known = select(Mail).where(col(Mail.event) == event, col(Mail.recipient) == recipient)
    if db.exec(known).first() is not None:
        return
    mail = Mail(
        event=event,
        recipient=recipient,
        subject=subject,
        text=text,
        person_id=person_id,
        about=about,
        written_at=now(db),
    )
    db.add(mail)
    db.flush()
    send_by_job(db, mail)


def send_by_job(db: Session, mail: Mail) -> None:
    """Have a mail sent as soon as a worker is free. Where no server is set it waits, and the inbox page shows it."""
    mail.state, mail.problem = MailState.WAITING, ""
    db.add(mail)
    if get_settings().smtp_url:
        enqueue(db, SEND_MAIL, {"mail_id": str(mail.id)}, about=f"mail {mail.id}")


def _deliver(arguments: Mapping[str, Any]) -> str:
    """Hand a mail to the server. Returns why it was refused for good, and nothing when it was taken.

    Raises
    ------
    NotNow, smtplib.SMTPException, OSError : it may go better another time.
    """
    message = EmailMessage()
    message["From"] = get_settings().mail_from
    with reading() as db:
        mail = db.get_one(Mail, UUID(arguments["mail_id"]))
        message["To"] = mail.recipient
        message["Subject"] = mail.subject
        message["Date"] = formatdate(mail.written_at.timestamp())
        message["Message-ID"] = mail.message_id
        message.set_content(mail.text)
    parts = urlsplit(get_settings().smtp_url)
    host, port = parts.hostname or "localhost", parts.port or (465 if parts.scheme == "smtps" else 25)
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SMTP_SECONDS, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(host, port, timeout=SMTP_SECONDS)
    with server:
        server.ehlo()
        if parts.scheme != "smtps" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            [(code, answer)] = error.recipients.values()
            if _is_permanent(code):
                return _words(code, answer)
            raise NotNow(_words(code, answer)) from error  # without the recipient, whom the error names
        except smtplib.SMTPDataError as error:
            if _is_permanent(error.smtp_code):
                return _words(error.smtp_code, error.smtp_error)
            raise NotNow(_words(error.smtp_code, error.smtp_error)) from error
    return ""


def _is_permanent(code: int) -> bool:
    return code // 100 == 5


def _words(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {' '.join(text.split())}"[:LONGEST_PROBLEM]


@job(SEND_MAIL, before=_deliver, pauses=PATIENT)
def _sent(db: Session, arguments: Mapping[str, Any], refused_with: str) -> None:
    mail = db.get_one(Mail, UUID(arguments["mail_id"]))
    if refused_with:
        mail.state, mail.problem = MailState.REFUSED, refused_with
        log.warning("mail refused", mail=str(mail.id), code=refused_with[:3])
    else:
        mail.state, mail.sent_at, mail.problem = MailState.SENT, now(db), ""
    db.add(mail)
