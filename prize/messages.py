"""Mails about prizes, public questions and entries."""

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
    text = (
        f"Your entry for {prize.title} has been submitted. You can change it and submit it again until the "
        "stage closes.\n\n"
        f"Receipt: {receipt.code}\nVersion: {receipt.number}\n"
        f"Submitted: {time_words(receipt.submitted_at, prize.zone)}\n"
        f"Rules: version {receipt.rules_number}\nContent: {receipt.content_digest}\n"
        f"{'Files:' + files if files else ''}\n\n"
        f"Anybody can check this receipt at {get_settings().public_url}/receipt"
    )
    subject = f"Your entry is submitted: receipt {receipt.code}"
    for person_id in members:
        _write(db, person_id, event=f"entry {entry_id} submitted {receipt.number}", subject=subject, text=text)


def words_of_answer(prize: Prize, question: str, answer: str) -> tuple[str, str]:
    """The subject and the text by which an answer to all is told."""
    return f"A question about {prize.title} is answered", f"{question}\n\nThe answer:\n\n{answer}"


def answered(db: Session, prize: Prize, person_id: UUID, *, event: str, question: str, answer: str) -> None:
    """Tell whoever asked a question about a prize that it is answered, as everybody reads it."""
    _, text = words_of_answer(prize, question, answer)
    opening = f"Your question about {prize.title} is answered on its page. Nobody reads there who asked."
    _write(
        db,
        person_id,
        event=event,
        subject=f"Your question about {prize.title} is answered",
        text=f"{opening}\n\n{text}\n\n{_address(prize)}",
    )


def declined(db: Session, prize: Prize, person_id: UUID, *, clarification_id: UUID, question: str, reason: str) -> None:
    """Tell whoever asked a question about a prize why it is not answered to all. Nobody else is told."""
    _write(
        db,
        person_id,
        event=f"clarification {clarification_id} declined",
        subject=f"Your question about {prize.title} is not answered in public",
        text=f"You asked:\n\n{question}\n\nThe secretariat does not answer this on the prize's page:\n\n{reason}",
    )


def to_follower(
    db: Session, prize: Prize, person_id: UUID, following_id: UUID, *, event: str, subject: str, text: str
) -> None:
    """Tell somebody who follows a prize what has happened, and how to stop these mails."""
    stop = f"{get_settings().public_url}/stop-following/{following_id}"
    closing = f"You get this mail because you follow this prize. To stop, open {stop}"
    _write(db, person_id, event=event, subject=subject, text=f"{text}\n\n{_address(prize)}\n\n{closing}")


def words_of_change(prize: Prize, change: PrizeChange) -> tuple[str, str]:
    """The subject and the text by which a change after publication is told."""
    return f"{prize.title} has changed", f"{change.what}.\n\nThe reason: {change.reason}"


def changed(db: Session, prize: Prize, change: PrizeChange, told: Sequence[UUID]) -> None:
    """Tell everybody who has begun an entry what has changed about the prize, and why."""
    subject, text = words_of_change(prize, change)
    for person_id in told:
        _write(
            db,
            person_id,
            event=f"prize change {change.id}",
            subject=subject,
            text=f"{text}\n\n{_address(prize)}",
        )


def form_changed(
    db: Session,
    prize: Prize,
    change: PrizeChange,
    entry_id: UUID,
    members: Sequence[UUID],
    *,
    different: Sequence[str],
    under: int,
    until: str,
    touched: bool,
) -> None:
    """Tell a team what a new version of the entry form means for what it has submitted under an earlier one."""
    lines = "\n".join(f"- {words}" for words in different)
    stands = f"What you have submitted stands as it is, under version {under} of the form, and is judged so."
    if touched:
        stands += (
            f" To answer the form as it is now, open your entry and submit it again until {until}. What you have "
            "written is kept with the questions to which it belongs."
        )
    else:
        stands += f" You need not do anything. You can submit again until {until}."
    for person_id in members:
        _write(
            db,
            person_id,
            event=f"prize change {change.id} entry {entry_id}",
            subject=f"The entry form of {prize.title} has changed: your entry stands",
            text=(
                f"{change.what}:\n\n{lines}\n\nThe reason: {change.reason}\n\n{stands}\n\n"
                f"{get_settings().public_url}/entry?entry={entry_id}"
            ),
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


def _address(prize: Prize) -> str:
    return f"{get_settings().public_url}/prizes/{prize.slug}"


def _write(db: Session, person_id: UUID, *, event: str, subject: str, text: str) -> None:
    """Put a mail into the outbox, unless there is no address any longer to which it could go."""
    recipient = address_of(db, person_id)
    if recipient:
        text = f"Dear {db.get_one(Person, person_id).name},\n\n{text}\n"
        send(db, event=event, recipient=recipient, subject=subject, text=text, person_id=person_id)
