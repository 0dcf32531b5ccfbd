"""Who did what: one row for each command, written in the command's transaction.

The row holds a salted digest of what was done; the content itself lies in a second table, so that it can be erased
while the row still proves that something was done, by whom and when.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import LargeBinary
from sqlmodel import Column, Field, Session, SQLModel

from storage.canonical import digest
from storage.clock import now
from storage.types import document, moment

ERASURE = "erase a person"
"""The act that takes contents out of the trail. Its own content lists their ids, so that no other gap is lawful."""


class AuditRow(SQLModel, table=True):
    """One act. ``position`` gives the order for sealing and is shown to nobody who judges.

    ``seal`` is the number of the seal that covers the row, set by the sealing job; it is no part of what is digested.
    SQLite counts with AUTOINCREMENT, so that the position of a row that was removed is never given to another.
    """

    __tablename__ = "audit_row"
    __table_args__ = {"sqlite_autoincrement": True}

    position: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(default_factory=uuid4, unique=True)
    at: datetime = moment()
    person_id: UUID | None = Field(default=None, index=True)
    session_id: UUID | None = None
    action: str = Field(max_length=80)
    subject: str = Field(default="", max_length=200, index=True)
    content_digest: str = Field(max_length=80)
    seal: int | None = Field(default=None, index=True)


class AuditContent(SQLModel, table=True):
    """What an audit row is about. May be erased; the digest in the row then has no counterpart."""

    __tablename__ = "audit_content"

    audit_id: UUID = Field(primary_key=True, foreign_key="audit_row.id")
    salt: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    content: dict[str, Any] = document()


def record(
    db: Session, *, person_id: UUID | None, session_id: UUID | None, action: str, subject: str, content: dict[str, Any]
) -> AuditRow:
    """Add an act to the trail. ``content`` is made of JSON values."""
    salt = secrets.token_bytes(16)
    row = AuditRow(
        at=now(db),
        person_id=person_id,
        session_id=session_id,
        action=action,
        subject=subject,
        content_digest=digest(content, salt=salt),
    )
    db.add(row)
    db.flush()
    db.add(AuditContent(audit_id=row.id, salt=salt, content=content))
    return row
