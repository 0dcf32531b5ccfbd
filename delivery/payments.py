"""Payments of verified milestones: approved by one person, made and recorded by another.

One that the bank could not make, or that came back, is approved and made again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import Role
from accounts.people import person_card
from delivery.lifecycle import PAYMENT
from delivery.milestones import MilestoneShown, milestones_with_payments
from delivery.models import Payment, PaymentState
from delivery.policy import Action
from storage.clock import now
from storage.database import locked, unchanged
from storage.values import Line, Reference

UNDER_WAY: Final = (
    PaymentState.DUE,
    PaymentState.APPROVED,
    PaymentState.EXPORTED,
    PaymentState.FAILED,
    PaymentState.RETURNED,
)
"""Owed, and not paid."""


@dataclass(frozen=True)
class PaymentLine:
    """A payment with the milestone that it is for. ``problem`` is why it failed or came back, until it is paid."""

    id: UUID
    milestone: MilestoneShown
    state: PaymentState
    approved_by: str
    paid_by: str
    reference: str
    problem: str
    version: int


@command(Action.APPROVE_PAYMENT)
def approve_payment(db: Session, actor: Actor, payment_id: UUID, version: int) -> int:
    """Approve a payment that is due, or that failed or came back and is to be made again; returns its new version.

    Raises
    ------
    Refused : the actor verified the milestone.
    Closed : the payment is neither due nor to be made again.
    Stale : the payment has changed since the page was drawn.
    """
    payment = locked(db, Payment, payment_id)
    unchanged(payment, version)
    PAYMENT.move(db, payment, Action.APPROVE_PAYMENT)
    payment.approved_by, payment.approved_at = actor.person_id, now(db)
    payment.version += 1
    db.add(payment)
    return payment.version


@command(Action.SEND_PAYMENT)
def send_payment(db: Session, actor: Actor, payment_id: UUID, version: int) -> int:
    """Say that an approved payment was sent to the bank, which has still to make it; returns its new version.

    Raises
    ------
    Refused : the actor verified the milestone or approved the payment.
    Closed : the payment is not approved, or was sent already.
    Stale : the payment has changed since the page was drawn.
    """
    payment = locked(db, Payment, payment_id)
    unchanged(payment, version)
    PAYMENT.move(db, payment, Action.SEND_PAYMENT)
    payment.version += 1
    db.add(payment)
    return payment.version


@command(Action.RECORD_UNPAID)
def record_unpaid(db: Session, actor: Actor, payment_id: UUID, version: int, reason: Line) -> int:
    """Record that the bank could not make a payment that was sent, or that one that was paid came back, and why.

    It can then be approved and made again. Returns its new version.

    Raises
    ------
    Refused : the actor verified the milestone or approved the payment.
    Closed : the payment was neither sent nor paid.
    Stale : the payment has changed since the page was drawn.
    """
    payment = locked(db, Payment, payment_id)
    unchanged(payment, version)
    PAYMENT.move(db, payment, Action.RECORD_UNPAID)
    payment.problem = reason
    payment.version += 1
    db.add(payment)
    return payment.version


@command(Action.PAY)
def record_payment(db: Session, actor: Actor, payment_id: UUID, version: int, reference: Reference) -> int:
    """Record that the bank has made an approved payment, with its reference; returns the payment's new version.

    Raises
    ------
    Refused : the actor verified the milestone or approved the payment.
    Closed : the payment is not approved.
    Stale : the payment has changed since the page was drawn.
    """
    payment = locked(db, Payment, payment_id)
    unchanged(payment, version)
    PAYMENT.move(db, payment, Action.PAY)
    payment.paid_by, payment.paid_at, payment.reference, payment.problem = actor.person_id, now(db), reference, ""
    payment.version += 1
    db.add(payment)
    return payment.version


@query(Action.LIST_PAYMENTS)
def payments(db: Session, actor: Actor) -> tuple[PaymentLine, ...]:
    """The payments of the prizes in which the actor approves or pays: what waits first, then by due date."""
    lines = []
    for milestone in milestones_with_payments(db, actor, (Role.APPROVER, Role.PAYER, Role.SECRETARIAT)):
        row = db.get_one(Payment, milestone.payment_id)
        lines.append(
            PaymentLine(
                row.id,
                milestone,
                row.state,
                person_card(db, row.approved_by).name if row.approved_by else "",
                person_card(db, row.paid_by).name if row.paid_by else "",
                row.reference,
                row.problem,
                row.version,
            )
        )
    return tuple(
        sorted(lines, key=lambda line: (line.state not in UNDER_WAY, line.milestone.due_on, line.milestone.finalist))
    )
