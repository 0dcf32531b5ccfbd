"""Mails about grant terms and milestones: what they say unless a prize says otherwise."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from prize.models import Prize
from prize.templates import declare, write

OFFERED = declare(
    "offered",
    "Grant terms are offered: to the finalist's team",
    "Your grant terms for {prize}",
    "Grant terms with their milestones are ready for you to read and accept.\n\n{sign_in}",
)


MILESTONE_CANCELLED = declare(
    "milestone cancelled",
    "A milestone is cancelled: to the finalist's team",
    "The milestone “{milestone}” of {prize} is cancelled",
    "The milestone “{milestone}” is cancelled, and its payment will not be made. The reason:\n\n{reason}\n\n{sign_in}",
    needed="milestone reason",
    milestone="First season in shadow operation",
    reason="The river was closed for works.",
)


def offered(db: Session, prize: Prize, entry_id: UUID, members: tuple[UUID, ...]) -> None:
    """Tell a finalist's team that grant terms wait for its acceptance."""
    write(db, prize, OFFERED, members, event=f"entry {entry_id} terms offered")


def milestone_cancelled(
    db: Session, prize: Prize, milestone_id: UUID, members: tuple[UUID, ...], *, title: str, reason: str
) -> None:
    """Tell a finalist's team that a milestone and its payment are cancelled, and why."""
    event = f"milestone {milestone_id} cancelled"
    write(db, prize, MILESTONE_CANCELLED, members, event=event, milestone=title, reason=reason)
