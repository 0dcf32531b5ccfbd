"""Tables of grant terms, milestones, evidence, results, verifications and payments."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import choice, decimal, identifier, moment


class GrantTerms(SQLModel, table=True):
    """What a finalist accepts, as one version; a variation is a new one."""

    __tablename__ = "grant_terms"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)

    id: UUID = identifier()
    prize_id: UUID = Field(foreign_key="prize.id", index=True)
    entry_id: UUID = Field(foreign_key="entry.id")
    number: int = 1
    text: str
    offered_by: UUID = Field(foreign_key="person.id")
    offered_at: datetime = moment()
    accepted_by: UUID | None = Field(default=None, foreign_key="person.id")
    accepted_at: datetime | None = moment(optional=True)
    version: int = 1


class MilestoneState(StrEnum):
    PLANNED = "planned"
    CLAIMED = "claimed"
    MORE_ASKED = "more asked"
    VERIFIED = "verified"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Milestone(SQLModel, table=True):
    """What a finalist must show by when, and the payment that depends on it."""

    __tablename__ = "milestone"

    id: UUID = identifier()
    terms_id: UUID = Field(foreign_key="grant_terms.id", index=True)
    position: int = 1
    title: str = Field(max_length=200)
    to_show: str = Field(max_length=2000)
    due_on: date
    minor: int = Field(sa_type=BigInteger)
    target_id: UUID | None = Field(default=None, foreign_key="target.id", index=True)
    state: MilestoneState = choice(MilestoneState, MilestoneState.PLANNED)
    cancelled_because: str = Field(default="", max_length=2000)
    cancelled_by: UUID | None = Field(default=None, foreign_key="person.id")
    cancelled_at: datetime | None = moment(optional=True)
    version: int = 1


class Evidence(SQLModel, table=True):
    """What a finalist puts forward to show that a milestone is met."""

    __tablename__ = "evidence"

    id: UUID = identifier()
    milestone_id: UUID = Field(foreign_key="milestone.id", index=True)
    text: str
    given_by: UUID = Field(foreign_key="person.id")
    given_at: datetime = moment()


class EvidenceFile(SQLModel, table=True):
    """A file of a finalist's for a milestone; it waits without ``evidence_id`` until the evidence is given."""

    __tablename__ = "evidence_file"

    id: UUID = identifier()
    milestone_id: UUID = Field(foreign_key="milestone.id", index=True)
    evidence_id: UUID | None = Field(default=None, foreign_key="evidence.id")
    file_id: UUID = Field(foreign_key="stored_file.id")
    name: str = Field(max_length=255)
    added_by: UUID = Field(foreign_key="person.id")
    added_at: datetime = moment()


class ResultState(StrEnum):
    CLAIMED = "claimed"
    VERIFIED = "verified"
    REJECTED = "rejected"


class Result(SQLModel, table=True):
    """A measured quantity in its own unit. Only results are verified."""

    __tablename__ = "result"

    id: UUID = identifier()
    milestone_id: UUID = Field(foreign_key="milestone.id", unique=True)
    quantity: str = Field(max_length=200)
    unit: str = Field(max_length=60)
    claimed: Decimal | None = decimal(optional=True)
    verified: Decimal | None = decimal(optional=True)
    state: ResultState = choice(ResultState, ResultState.CLAIMED)
    verified_at: datetime | None = moment(optional=True)
    version: int = 1


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    MORE_ASKED = "more asked"
    REJECTED = "rejected"


class Verification(SQLModel, table=True):
    """A person's recorded judgement that a milestone is met, or not."""

    __tablename__ = "verification"

    id: UUID = identifier()
    milestone_id: UUID = Field(foreign_key="milestone.id", index=True)
    verdict: Verdict = choice(Verdict)
    reason: str = Field(max_length=2000)
    verified_by: UUID = Field(foreign_key="person.id")
    verified_at: datetime = moment()


class PaymentState(StrEnum):
    PLANNED = "planned"
    DUE = "due"
    APPROVED = "approved"
    EXPORTED = "exported"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Payment(SQLModel, table=True):
    """Money for a milestone. The verifier, the approver and the payer are different people.

    ``problem`` is why the bank did not make it or gave it back; empty once it is paid.
    """

    __tablename__ = "payment"

    id: UUID = identifier()
    milestone_id: UUID = Field(foreign_key="milestone.id", unique=True)
    minor: int = Field(sa_type=BigInteger)
    state: PaymentState = choice(PaymentState, PaymentState.PLANNED)
    approved_by: UUID | None = Field(default=None, foreign_key="person.id")
    approved_at: datetime | None = moment(optional=True)
    paid_by: UUID | None = Field(default=None, foreign_key="person.id")
    paid_at: datetime | None = moment(optional=True)
    reference: str = Field(default="", max_length=100)
    problem: str = Field(default="", max_length=200)
    version: int = 1


class PreparedExport(SQLModel, table=True):
    """Everything that somebody may see of a prize, as one archive that a job makes.

    ``may_see`` tells whether they may see the same still; without a file it is being made, or could not be.
    """

    __tablename__ = "prepared_export"
    __table_args__ = (UniqueConstraint("prize_id", "asked_by"),)

    id: UUID = identifier()
    prize_id: UUID = Field(foreign_key="prize.id")
    asked_by: UUID = Field(foreign_key="person.id", index=True)
    asked_at: datetime = moment()
    made_at: datetime | None = moment(optional=True)
    may_see: str = Field(default="", max_length=80)
    file_id: UUID | None = Field(default=None, foreign_key="stored_file.id")
