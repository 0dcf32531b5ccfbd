"""Mails about judging and its outcome."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from accounts.models import Person
from accounts.people import address_of
from prize.models import Prize, Stage
from prize.stages import dates_of
from settings import get_settings
from storage.mail import send
from storage.values import time_words


def assigned(db: Session, prize: Prize, stage: Stage, judge_id: UUID, count: int) -> None:
    """Tell a judge that entries are waiting."""
    dates = dates_of(db, stage.id)
    until = f" Judging closes on {time_words(dates.judging_closes_at, prize.zone, weekday=True)}." if dates else ""
    _write(
        db,
        judge_id,
        event=f"stage {stage.id} assigned",
        subject=f"{count} entries are waiting for your scores",
        text=f"{count} entries for {prize.title} are ready to be scored.{until}\n\n{get_settings().public_url}/sign-in",
    )


def asked_for_more(
    db: Session, prize: Prize, stage: Stage, judge_id: UUID, analysis_id: UUID, count: int, *, had_finished: bool
) -> None:
    """Ask a judge for some entries more."""
    dates = dates_of(db, stage.id)
    until = f" Judging closes on {time_words(dates.judging_closes_at, prize.zone, weekday=True)}." if dates else ""
    entries = f"{count} more {'entry' if count == 1 else 'entries'}"
    before = "Thank you for the scores that you have given; they stand as they are. " if had_finished else ""
    _write(
        db,
        judge_id,
        event=f"stage {stage.id} asked for more by {analysis_id}",
        subject=f"Would you score {entries}?",
        text=(
            f"{before}For {prize.title} the panel would be helped most by your scores on {entries}.{until}\n\n"
            f"{get_settings().public_url}/sign-in"
        ),
    )


def released(db: Session, prize: Prize, entry_id: UUID, members: tuple[UUID, ...]) -> None:
    """Tell a team that the outcome of its entry can be read. The mail does not say what it is."""
    for person_id in members:
        _write(
            db,
            person_id,
            event=f"entry {entry_id} released",
            subject=f"The outcome of your entry for {prize.title}",
            text=f"The outcome and the judges' comments can be read now.\n\n{get_settings().public_url}/sign-in",
        )


def appealed(db: Session, prize: Prize, code: str, appeal_id: UUID, told: tuple[UUID, ...]) -> None:
    """Tell the secretariat that an appeal waits. The mail says neither whose nor what."""
    for person_id in told:
        _write(
            db,
            person_id,
            event=f"appeal {appeal_id} written",
            subject=f"An appeal about entry {code}",
            text=f"The team of entry {code} of {prize.title} appeals.\n\n{get_settings().public_url}/sign-in",
        )


def appeal_answered(
    db: Session, prize: Prize, appeal_id: UUID, members: tuple[UUID, ...], *, accepted: bool, reason: str
) -> None:
    """Tell a team what became of its appeal, and why."""
    became = "accepted" if accepted else "rejected"
    after = " What follows for the decision is told to you separately." if accepted else " The decision stands."
    for person_id in members:
        _write(
            db,
            person_id,
            event=f"appeal {appeal_id} answered",
            subject=f"Your appeal for {prize.title} is {became}",
            text=f"Your appeal is {became}.{after}\n\nThe reason:\n\n{reason}\n\n{get_settings().public_url}/sign-in",
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
