"""Stored files: a row for every object, which is named after its content and never overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, BigInteger, UniqueConstraint
from sqlmodel import Column, Field, SQLModel

from storage.types import identifier, moment


@dataclass(frozen=True)
class Document:
    """A file that is made when it is asked for: its name, its type and its content."""

    name: str
    content_type: str
    content: bytes


class StoredFile(SQLModel, table=True):
    """Bytes that arrived whole. ``folder`` is the prize that they belong to, so that a prize can be moved or erased."""

    __tablename__ = "stored_file"
    __table_args__ = (UniqueConstraint("folder", "sha256"),)

    id: UUID = identifier()
    folder: UUID
    sha256: str = Field(max_length=64)
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    content_type: str = Field(max_length=120)
    stored_at: datetime = moment()

    @property
    def object_name(self) -> str:
        return f"{self.folder}/{self.sha256}"


class Upload(SQLModel, table=True):
    """A file on its way, after tus. ``offset`` is what is durable; ``token`` belongs to the request that sends, or sent
    last. ``multipart`` and ``marks`` are what an S3 store calls the durable parts."""

    __tablename__ = "upload"

    id: UUID = identifier()
    folder: UUID
    subject: str = Field(max_length=200, index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    name: str = Field(max_length=255)
    length: int = Field(sa_column=Column(BigInteger, nullable=False))
    offset: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    sha256: str = Field(default="", max_length=64)
    multipart: str = Field(default="", max_length=1024)
    marks: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    token: UUID | None = None
    sending: bool = False
    seen_at: datetime = moment()
    expires_at: datetime = moment()
    finished_at: datetime | None = moment(optional=True)
    file_id: UUID | None = Field(default=None, foreign_key="stored_file.id")
