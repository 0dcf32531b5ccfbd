"""Mails about prizes and entries."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlmodel import Session

from accounts.models import Person
from accounts.people import address_of
from prize.models import Prize
from settings import get_settings
from storage.mail import send
from storage.values import time_words

if TYPE_CHECKING:
    from prize.entries.receipts import ReceiptShown


def submitted(db: Session, prize: Prize, entry_id: UUID, members: tuple[UUID, ...], receipt: ReceiptShown) -> None:
    """Send the receipt of a submission to each member of the team."""
    files = "".join(f"\n  {file.name}, sha256:{file.sha256}" for file in receipt.files)
    for person_id in members:
        text = (
            f"Dear {db.get_one(Person, person_id).name},\n\n"
            f"Your entry for {prize.title} has been submitted. You can change it and submit it again until the "
            "stage closes.\n\n"
            f"Receipt: {receipt.code}\nVersion: {receipt.number}\n"
            f"Submitted: {time_words(receipt.submitted_at, prize.zone)}\n"
            f"Rules: version {receipt.rules_number}\nContent: {receipt.content_digest}\n"
            f"{'Files:' + files if files else ''}\n\n"
            f"Anybody can check this receipt at {get_settings().public_url}/receipt\n"
        )
        send(
            db,
            event=f"entry {entry_id} submitted {receipt.number}",
            recipient=address_of(db, person_id),
            subject=f"Your entry is submitted: receipt {receipt.code}",
            text=text,
            person_id=person_id,
        )
