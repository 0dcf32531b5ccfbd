"""Mails about prizes and entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlmodel import Session

from accounts.models import Person
from accounts.people import address_of
from prize.entries.models import Extension
from prize.models import Prize, PrizeChange, Stage
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


def changed(db: Session, prize: Prize, change: PrizeChange, told: Sequence[UUID]) -> None:
    """Tell everybody who has begun an entry what has changed about the prize, and why."""
    for person_id in told:
        _write(
            db,
            person_id,
            event=f"prize change {change.id}",
            subject=f"{prize.title} has changed",
            text=(f"{change.what}.\n\nThe reason: {change.reason}\n\n{get_settings().public_url}/prizes/{prize.slug}"),
        )


def extended(db: Session, prize: Prize, extension: Extension, members: tuple[UUID, ...]) -> None:
    """Tell a team that its entry may come later than the others."""
    until = time_words(extension.closes_at, prize.zone, weekday=True)
    for person_id in members:
        _write(
            db,
            person_id,
            event=f"extension {extension.id}",
            subject=f"More time for your entry for {prize.title}",
            text=(
                f"Your entry can be submitted until {until}.\n\nThe reason: {extension.reason}\n\n"
                f"{get_settings().public_url}/sign-in"
            ),
        )


def chosen(db: Session, prize: Prize, stage: Stage, entry_id: UUID, members: tuple[UUID, ...]) -> None:
    """Tell a team that it goes on to the next stage, where its entry is open."""
    for person_id in members:
        _write(
            db,
            person_id,
            event=f"entry {entry_id} opened",
            subject=f"You go on to {stage.name} of {prize.title}",
            text=(
                f"Your entry for {stage.name} can be written under “My entries” as soon as the stage opens.\n\n"
                f"{get_settings().public_url}/sign-in"
            ),
        )


def _write(db: Session, person_id: UUID, *, event: str, subject: str, text: str) -> None:
    send(
        db,
        event=event,
        recipient=address_of(db, person_id),
        subject=subject,
        text=f"Dear {db.get_one(Person, person_id).name},\n\n{text}\n",
        person_id=person_id,
    )
