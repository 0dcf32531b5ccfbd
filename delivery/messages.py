"""Mails about grant terms and milestones."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from accounts.models import Person
from accounts.people import address_of
from prize.models import Prize
from settings import get_settings
from storage.mail import send


def offered(db: Session, prize: Prize, entry_id: UUID, members: tuple[UUID, ...]) -> None:
    """Tell a finalist's team that grant terms wait for its acceptance."""
    for person_id in members:
        send(
            db,
            event=f"entry {entry_id} terms offered",
            recipient=address_of(db, person_id),
            subject=f"Your grant terms for {prize.title}",
            text=(
                f"Dear {db.get_one(Person, person_id).name},\n\nGrant terms with their milestones are ready for you to "
                f"read and accept.\n\n{get_settings().public_url}/sign-in\n"
            ),
            person_id=person_id,
        )
