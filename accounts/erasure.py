"""Erasing a person: what each package empties, what is taken out of texts, and the act that is written down.

Erasing removes who somebody was, and keeps what was done: rows that others rely on (decisions, receipts, scores,
payments, the audit trail) point to a person without a name. The contents of audit rows that hold the person's data are
removed; the act of erasing names these rows, so that ``manage.py verify`` knows which gaps are lawful.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, delete, func, or_, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, col, select

from accounts.attempts import forget_attempts
from accounts.models import (
    Appointment,
    AttemptKind,
    Credential,
    EmailAddress,
    Membership,
    OneUseLink,
    Person,
    Reply,
    Role,
    SignInSession,
)
from accounts.people import find_person
from accounts.policy import Action
from accounts.privacy import (
    ERASED_NAME,
    ERASED_WORDS,
    Erasing,
    columns_to_files,
    empty_everywhere,
    erases,
    holdings,
    holds,
    obstacles,
    stands_in_the_way,
)
from storage import audit
from storage.audit import AuditContent, AuditRow
from storage.clock import now
from storage.database import reading
from storage.errors import Invalid
from storage.files import StoredFile, Upload
from storage.jobs import Job, JobState, enqueue, job
from storage.mail import SEND_MAIL, Mail, MailState
from storage.objects import delete_objects, object_name
from storage.stores import store
from storage.values import tidy

DELETE_OBJECTS = "delete erased files"
PORTION = 1000
OWN_ACTS = (Action.REGISTER, Action.SIGN_IN)


@dataclass(frozen=True)
class Erased:
    """What erasing took away."""

    person_id: UUID
    contents: int
    files: int
    texts: int


def who_is_erased(db: Session, address: str) -> Person:
    """The person with this address, who can be erased now.

    Raises
    ------
    Invalid : nobody has the address, or something stands in the way; the words say what.
    """
    person = find_person(db, address.strip())
    if person is None:
        raise Invalid(
            "Nobody has this address. Type one that the person signs in with, or is written to at.", "address"
        )
    if words := obstacles(db, person.id):
        raise Invalid(" ".join(words))
    return person


def erase_person(db: Session, address: str, reason: str) -> Erased:
    """Empty everything that is about a person, and write down that it was done, by Laurel and for this reason.

    Raises
    ------
    Invalid : see ``who_is_erased``; or the reason is empty, too long, or names the person.
    """
    person = who_is_erased(db, address)
    reason = tidy(reason, lines=False)
    erasing = Erasing(person.id, _addresses(db, person.id), set())
    erasing.marks |= erasing.addresses | {person.name}
    if not 1 <= len(reason) <= 500:
        raise Invalid("Say why in a sentence of up to 500 characters.", "reason")
    if _pattern(erasing.marks).search(reason):
        raise Invalid("The reason names the person, and stays for ever. Say why without the name.", "reason")
    empty_everywhere(db, erasing)
    texts = _taken_out_of_texts(db, erasing)
    contents = _erase_contents(db, erasing)
    names = _forget_files(db, erasing)
    audit.record(
        db,
        person_id=None,
        session_id=None,
        action=audit.ERASURE,
        subject=f"person {person.id}",
        content={"by": "laurel", "reason": reason, "contents": [str(one) for one in contents]},
    )
    return Erased(person.id, len(contents), len(names), texts)


def _addresses(db: Session, person_id: UUID) -> frozenset[str]:
    """Every address at which a person was ever written to."""
    statements = (
        select(EmailAddress.address).where(col(EmailAddress.person_id) == person_id),
        select(OneUseLink.address).where(col(OneUseLink.person_id) == person_id),
        select(Mail.recipient).where(col(Mail.person_id) == person_id),
    )
    return frozenset(address.lower() for statement in statements for address in db.exec(statement))


def _pattern(marks: set[str]) -> re.Pattern[str]:
    """Finds addresses however they are written, and names of two words or more as they are written.

    A name of one word may be any word, so that it is found nowhere; where Laurel itself wrote it, it has been emptied.
    """
    found = []
    for mark in sorted(marks, key=len, reverse=True):
        words = [re.escape(word) for word in mark.split()]
        if "@" in mark:
            found.append(rf"(?i:(?<![\w.+-]){re.escape(mark)}(?![\w-]))")
        elif len(words) > 1:
            found.append(r"(?<!\w)" + r"\s+".join(words) + r"(?!\w)")
    return re.compile("|".join(found) or r"(?!)")


def _taken_out_of_texts(db: Session, erasing: Erasing) -> int:
    """Take the person's addresses and full name out of what others wrote; returns of how many texts."""
    pattern, changed = _pattern(erasing.marks), 0
    for holding in holdings().values():
        table = SQLModel.metadata.tables[holding.table]
        for name in holding.texts:
            for key, value in list(_values(db, table, table.c[name])):
                fresh = _without(value, pattern)
                if fresh != value:
                    changed += 1
                    [primary] = table.primary_key.columns
                    db.execute(update(table).where(primary == key).values({name: fresh}))
    return changed


def _values(db: Session, table: Table, column: Column[Any]) -> Iterator[tuple[Any, Any]]:
    [primary] = table.primary_key.columns
    yield from map(tuple, db.execute(select_columns(primary, column).execution_options(yield_per=PORTION)))


def _without(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(ERASED_WORDS, value)
    if isinstance(value, list):
        return [_without(one, pattern) for one in value]
    if isinstance(value, dict):
        return {key: _without(one, pattern) for key, one in value.items()}
    return value


def _erase_contents(db: Session, erasing: Erasing) -> list[UUID]:
    """Remove the contents of the trail that hold the person's data; the rows stay. Returns which."""
    pattern = _pattern(erasing.marks)
    statement = (
        select_columns(
            col(AuditContent.audit_id), col(AuditContent.content), col(AuditRow.person_id), col(AuditRow.action)
        )
        .join(AuditRow, col(AuditRow.id) == col(AuditContent.audit_id))
        .where(col(AuditRow.action) != audit.ERASURE)
        .execution_options(yield_per=PORTION)
    )
    found = [
        audit_id
        for audit_id, content, person_id, action in db.execute(statement)
        if (person_id == erasing.person_id and action in erasing.own_acts)
        or pattern.search(json.dumps(content, ensure_ascii=False))
    ]
    for start in range(0, len(found), PORTION):
        some = found[start : start + PORTION]
        db.exec(delete(AuditContent).where(col(AuditContent.audit_id).in_(some)))
    return found


def _forget_files(db: Session, erasing: Erasing) -> list[str]:
    """Remove the rows of stored files that nothing refers to any longer, and have their objects deleted."""
    names = []
    for file_id in sorted(erasing.files):
        file = db.get(StoredFile, file_id)
        if file is not None and not any(_refers(db, column, file_id) for column in columns_to_files()):
            names.append(object_name(file.folder, file.sha256))
            db.exec(delete(StoredFile).where(col(StoredFile.id) == file_id))
    if names:
        arguments = {"names": names, "erased_at": datetime.now(UTC).isoformat()}  # by the clock of the store
        enqueue(db, DELETE_OBJECTS, arguments, about="erasing")
    return names


def _refers(db: Session, column: Column[Any], file_id: UUID) -> bool:
    return db.execute(select_columns(column).where(column == file_id).limit(1)).first() is not None


def _delete(arguments: Mapping[str, Any]) -> None:
    """Delete objects that nothing refers to. One that somebody has brought anew since the erasing is left alone."""
    with reading() as db:
        wanted = [name for name in arguments["names"] if not _is_stored(db, name)]
    for name in wanted:
        found = store().look(name)
        if found is not None and found.at <= datetime.fromisoformat(arguments["erased_at"]):
            delete_objects([name])


def _is_stored(db: Session, name: str) -> bool:
    folder, _, sha256 = name.partition("/")
    known = select(StoredFile.id).where(col(StoredFile.folder) == UUID(folder), col(StoredFile.sha256) == sha256)
    return db.exec(known).first() is not None


@job(DELETE_OBJECTS, before=_delete)
def _deleted(db: Session, arguments: Mapping[str, Any], _: None) -> None:
    pass  # the rows are gone already


# What accounts and storage hold


@stands_in_the_way
def _last_operator(db: Session, person_id: UUID) -> str:
    operators = set(
        db.exec(
            select(Appointment.person_id).where(
                col(Appointment.role) == Role.OPERATOR, col(Appointment.ended_at).is_(None)
            )
        )
    )
    return "This is the only operator. Appoint another one first." if operators == {person_id} else ""


@erases
def _account(db: Session, erasing: Erasing) -> None:
    person_id = erasing.person_id
    erasing.own_acts |= {action.value for action in OWN_ACTS}
    person = db.get_one(Person, person_id)
    person.name = ERASED_NAME
    db.add(person)
    for address in erasing.addresses:
        for kind in AttemptKind:
            forget_attempts(db, kind, address)
    for table in (EmailAddress, Credential, OneUseLink, SignInSession, Membership):
        db.exec(delete(table).where(col(table.person_id) == person_id))
    db.exec(
        update(Appointment)
        .where(col(Appointment.person_id) == person_id, col(Appointment.ended_at).is_(None))
        .values(ended_at=now(db))
    )
    db.exec(delete(Reply).where(col(Reply.holder) == f"person {person_id}"))
    erasing.files.update(
        file_id for file_id in db.exec(select(Upload.file_id).where(col(Upload.person_id) == person_id)) if file_id
    )
    db.exec(delete(Upload).where(col(Upload.person_id) == person_id))


@erases
def _mails(db: Session, erasing: Erasing) -> None:
    """Empty what was written to them; what waits is not sent."""
    theirs = or_(col(Mail.person_id) == erasing.person_id, func.lower(Mail.recipient).in_(erasing.addresses))
    for mail in db.exec(select(Mail).where(theirs)).all():
        mail.recipient, mail.subject, mail.text, mail.problem = f"erased {mail.id}", "", "", ""
        if mail.state is not MailState.SENT:
            mail.state = MailState.ERASED
        db.add(mail)
        db.exec(
            delete(Job).where(
                col(Job.kind) == SEND_MAIL, col(Job.about) == f"mail {mail.id}", col(Job.state) != JobState.DONE
            )
        )


ACCOUNT = "As long as the account"
STAFF = "The people of the programmes and prizes in which they have a part; operators"

holds(
    "person",
    "People",
    personal="name",
    acts="id created_at",
    why="To address somebody, and to show who did what",
    how_long=ACCOUNT,
    seen_by=STAFF,
    erased=f"The name becomes “{ERASED_NAME}”.",
)
holds(
    "email_address",
    "Their mail addresses",
    personal="address",
    acts="person_id verified_at",
    nothing="id",
    why="To sign in, and to be written to",
    how_long=ACCOUNT,
    seen_by=STAFF,
    erased="Removed.",
)
holds(
    "credential",
    "Ways to sign in; passwords as Argon2id hashes",
    personal="secret",
    acts="person_id created_at",
    nothing="id kind",
    why="To sign in",
    how_long=ACCOUNT,
    seen_by="Nobody",
    erased="Removed.",
)
holds(
    "sign_in_session",
    "Browsers that are signed in",
    personal="token_id previous_token_id",
    acts="person_id created_at rotated_at expires_at revoked_at",
    nothing="id",
    why="To stay signed in",
    how_long="30 days after it ended",
    seen_by="The person; operators see who is signed in, and in how many browsers",
    erased="Removed.",
)
holds(
    "one_use_link",
    "Links that were mailed",
    personal="address token_id leads_to",
    acts="person_id created_at expires_at used_at",
    nothing="id purpose",
    why="To sign in without a password",
    how_long="30 days after it expired",
    seen_by="Nobody; the mail holds it",
    erased="Removed.",
)
holds(
    "attempt",
    "Attempts to sign in, as keyed digests of account and network",
    personal="about",
    acts="at",
    nothing="id kind",
    why="To slow down guessing",
    how_long="An hour",
    seen_by="Nobody; operators see how often an address was tried",
    erased="Removed.",
)
holds(
    "appointment",
    "Roles that people hold or held",
    acts="person_id appointed_by appointed_at ended_at",
    nothing="id role scope_kind scope_id",
    why="Who may do what",
    how_long="As long as the programme",
    seen_by=STAFF,
    erased="Ended, and kept.",
)
holds("programme", "Programmes", texts="name", nothing="id created_at")
holds(
    "organisation",
    "Organisations behind entries",
    personal="name number country",
    nothing="id programme_id kind created_at",
    why="Who answers for an entry",
    how_long="As long as the prize is kept",
    seen_by="The team and the prize's team, never judges of a blind stage",
    erased="Emptied where nobody else belongs to it.",
)
holds(
    "membership",
    "Who belongs to which organisation",
    acts="person_id",
    nothing="id organisation_id",
    why="Entries of the same organisation",
    how_long=ACCOUNT,
    seen_by="The person",
    erased="Removed.",
)
holds(
    "reply",
    "Answers to commands, kept so that the same request is done once",
    personal="holder result",
    acts="at",
    nothing="id key command arguments_digest",
    why="A doubled click does nothing twice",
    how_long="7 days",
    seen_by="Whoever sent the request",
    erased="Removed.",
)
holds(
    "mail",
    "Mails that were sent or wait",
    personal="recipient subject text problem",
    acts="person_id written_at sent_at",
    nothing="id event state about",
    why="To tell people what concerns them, once",
    how_long="As long as the installation",
    seen_by="The recipient; operators see address, subject and what the mail server said, and the secretariat who of "
    "a prize was told what",
    erased="Emptied; what waits is not sent.",
)
holds(
    "job",
    "Work that is to be done",
    texts="arguments last_error",
    nothing="id kind about state run_at attempts fence worker leased_until done_at",
)
holds(
    "upload",
    "Files on their way",
    personal="name",
    acts="person_id seen_at expires_at finished_at",
    nothing="id folder subject length offset sha256 multipart marks token sending file_id",
    why="To go on after an interruption",
    how_long="7 days",
    seen_by="The person",
    erased="Removed.",
)
holds("stored_file", "Files, named after their content", nothing="id folder sha256 size content_type stored_at")
holds(
    "audit_row",
    "Who did what, and when",
    acts="position id at person_id session_id action subject",
    nothing="content_digest seal",
    why="Decisions about public money can be followed back",
    how_long="As long as the installation",
    seen_by="Operators, with the database itself",
    erased="Kept: it holds ids, and each row is sealed.",
)
holds(
    "audit_content",
    "What exactly was done: the arguments of each command",
    personal="content",
    nothing="audit_id salt",
    why="Decisions about public money can be followed back",
    how_long="As long as the installation",
    seen_by="Operators, with the database itself",
    erased="Removed where it holds their data; the act of erasing names the rows.",
)
holds(
    "seal",
    "Seals of the audit trail",
    nothing="number first_position last_position count root previous digest at anchored_at",
)
holds("last_check", "What verifying and sweeping found last", nothing="kind ended_at summary found findings")
holds("clock_offset", "The clock of tests and demonstrations", nothing="id microseconds stands_at")
