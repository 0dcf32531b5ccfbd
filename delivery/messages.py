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


def offered(db: Session, prize: Prize, entry_id: UUID, members: tuple[UUID, ...]) -> None:
    """Tell a finalist's team that grant terms wait for its acceptance."""
    write(db, prize, OFFERED, members, event=f"entry {entry_id} terms offered")
