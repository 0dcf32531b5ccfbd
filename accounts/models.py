"""Tables of programmes, people, organisations, appointments, sign-in and replies."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import choice, document, identifier, moment


class Programme(SQLModel, table=True):
    """The outer scope of missions and prizes. Nothing is visible from one programme in another."""

    __tablename__ = "programme"

    id: UUID = identifier()
    name: str = Field(max_length=200)
    created_at: datetime = moment()


class Person(SQLModel, table=True):
    """Somebody who can sign in."""

    __tablename__ = "person"

    id: UUID = identifier()
    name: str = Field(max_length=200)
    created_at: datetime = moment()


class EmailAddress(SQLModel, table=True):
    """An address of a person; only a verified one can be used to sign in."""

    __tablename__ = "email_address"

    id: UUID = identifier()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    address: str = Field(max_length=320, unique=True)
    verified_at: datetime | None = moment(optional=True)


class CredentialKind(StrEnum):
    PASSWORD = "password"
    LINK = "link"


class Credential(SQLModel, table=True):
    """A way in which a person signs in. ``secret`` is an Argon2id hash, or empty for links by mail."""

    __tablename__ = "credential"
    __table_args__ = (UniqueConstraint("person_id", "kind"),)

    id: UUID = identifier()
    person_id: UUID = Field(foreign_key="person.id")
    kind: CredentialKind = choice(CredentialKind)
    secret: str = Field(default="", max_length=300)
    created_at: datetime = moment()


class OrganisationKind(StrEnum):
    COMPANY = "company"
    CHARITY = "charity"
    UNIVERSITY = "university"
    PUBLIC_BODY = "public body"
    PERSON = "person acting alone"
    OTHER = "other"


class Organisation(SQLModel, table=True):
    """A legal person, or a person acting alone."""

    __tablename__ = "organisation"

    id: UUID = identifier()
    programme_id: UUID = Field(foreign_key="programme.id", index=True)
    name: str = Field(max_length=200)
    kind: OrganisationKind = choice(OrganisationKind)
    number: str = Field(default="", max_length=60)
    country: str = Field(default="", max_length=60)
    created_at: datetime = moment()


class Membership(SQLModel, table=True):
    """A person belongs to an organisation."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id"),)

    id: UUID = identifier()
    person_id: UUID = Field(foreign_key="person.id")
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)


class Role(StrEnum):
    OPERATOR = "operator"
    OWNER = "owner"
    DESIGNER = "designer"
    SECRETARIAT = "secretariat"
    SPONSOR = "sponsor"
    JUDGE = "judge"
    VERIFIER = "verifier"
    APPROVER = "approver"
    PAYER = "payer"
    MENTOR = "mentor"
    EVALUATOR = "evaluator"


class ScopeKind(StrEnum):
    INSTALLATION = "installation"
    PROGRAMME = "programme"
    PRIZE = "prize"
    STAGE = "stage"


class Appointment(SQLModel, table=True):
    """A role that a person holds in the installation, a programme, a prize or a stage."""

    __tablename__ = "appointment"

    id: UUID = identifier()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    role: Role = choice(Role)
    scope_kind: ScopeKind = choice(ScopeKind)
    scope_id: UUID | None = Field(default=None, index=True)
    appointed_by: UUID | None = Field(default=None, foreign_key="person.id")
    appointed_at: datetime = moment()
    ended_at: datetime | None = moment(optional=True)


class SignInSession(SQLModel, table=True):
    """A browser that is signed in. The cookie's token holds ``token_id`` and nothing else."""

    __tablename__ = "sign_in_session"

    id: UUID = identifier()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    token_id: str = Field(max_length=100, unique=True)
    previous_token_id: str = Field(default="", max_length=100, index=True)
    rotated_at: datetime = moment()
    created_at: datetime = moment()
    expires_at: datetime = moment()
    revoked_at: datetime | None = moment(optional=True)


class LinkPurpose(StrEnum):
    SIGN_IN = "sign-in"
    INVITATION = "invitation"
    REGISTRATION = "registration"


class OneUseLink(SQLModel, table=True):
    """An address that lets one person in once. ``token_id`` is the random part of what is mailed."""

    __tablename__ = "one_use_link"

    id: UUID = identifier()
    token_id: str = Field(max_length=100, unique=True)
    purpose: LinkPurpose = choice(LinkPurpose)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    address: str = Field(max_length=320)
    leads_to: str = Field(default="/", max_length=300)
    created_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = moment(optional=True)


class AttemptKind(StrEnum):
    SIGN_IN = "sign-in"
    LINK = "link"
    REGISTRATION = "registration"
    USE_LINK = "use of a link"


class Attempt(SQLModel, table=True):
    """That somebody knocked. ``about`` is a keyed digest of the account or of the network, never either of them."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_about_kind_at", "about", "kind", "at"),)

    id: UUID = identifier()
    kind: AttemptKind = choice(AttemptKind)
    about: str = Field(max_length=80)
    at: datetime = moment(index=True)


class Reply(SQLModel, table=True):
    """What a command answered, so that the same request sent twice is done once."""

    __tablename__ = "reply"
    __table_args__ = (UniqueConstraint("holder", "key"),)

    id: UUID = identifier()
    holder: str = Field(max_length=100)
    key: str = Field(max_length=100)
    command: str = Field(max_length=100)
    arguments_digest: str = Field(max_length=80)
    result: Any = document(optional=True)
    at: datetime = moment(index=True)
