"""Mails about prizes, public questions and entries: what they say unless a prize says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlmodel import Session

from accounts.messages import tell
from prize.entries.models import Extension
from prize.models import Clarification, Prize, PrizeChange, Stage
from prize.templates import Template, declare, send_filled, words_of, write
from settings import get_settings
from storage.values import time_words

if TYPE_CHECKING:
    from prize.entries.receipts import ReceiptShown

STOP = "\n\nYou get this mail because you follow this prize. To stop, open {stop}"
"""What every mail to a follower ends with, whatever a prize has written."""

SUBMITTED = declare(
    "submitted",
    "An entry was submitted: to its team",
    "Your entry is submitted: receipt {code}",
    "Your entry for {prize} has been submitted. You can change it and submit it again until the stage closes.\n\n"
    "{receipt}\n\nAnybody can check this receipt at {check}",
    needed="receipt",
    code="K7QF-22MX-94TD-HH3P-WZ6C",
    receipt="Receipt: K7QF-22MX-94TD-HH3P-WZ6C\nVersion: 2\nSubmitted: 17 January 2025, 11:42 (London)",
    check="https://laurel.example/receipt",
)
NAMES_FOUND = declare(
    "names found",
    "What was submitted names its team, which can take that out: to the team",
    "Your entry for {prize} tells who you are",
    "Judges score without names, and something in your entry tells who you are. Until {until} you can take that out, "
    "and nothing else. What still stands there then is kept from judges until we have decided about it.\n\n{entry}",
    needed="until",
    until="Monday 20 January 2025, 12:00 (London)",
    entry="https://laurel.example/entry",
)
EXTENDED = declare(
    "extended",
    "An entry was given more time: to its team",
    "More time for your entry for {prize}",
    "Your entry can be submitted until {until}.\n\nThe reason: {reason}\n\n{sign_in}",
    needed="until",
    until="Monday 20 January 2025, 12:00 (London)",
    reason="Your registry was closed for three days",
)
CHOSEN = declare(
    "chosen",
    "An entry goes on to the next stage: to its team",
    "You go on to {stage} of {prize}",
    "Your entry for {stage} can be written under “My entries” as soon as the stage opens.\n\n{sign_in}",
    stage="Finalists",
)
CHANGED = declare(
    "changed",
    "The prize has changed after publication: to teams and judges",
    "{prize} has changed",
    "{change}.\n\nThe reason: {reason}\n\n{page}",
    needed="change reason",
    change="The brief is now version 2",
    reason="Two entrants had read the second sentence differently",
)
CHANGED_FOR_FOLLOWERS = declare(
    "changed for followers",
    "The prize has changed after publication: to those who follow it",
    CHANGED.subject,
    CHANGED.text,
    needed="change reason",
    private=True,
    **CHANGED.fields,
)
FORM_CHANGED = declare(
    "form changed",
    "The entry form has changed: to teams that have submitted",
    "The entry form of {prize} has changed: your entry stands",
    "{change}:\n\n{different}\n\nThe reason: {reason}\n\n{stands}\n\n{entry}",
    needed="different reason stands",
    change="The entry form of First stage is now version 2",
    different="- “How does it work?” now takes up to 500 words",
    reason="Several entrants asked for more room",
    stands="What you have submitted stands as it is, under version 1 of the form, and is judged so.",
    entry="https://laurel.example/entry",
)
AWARDS_CHANGED = declare(
    "awards changed",
    "Awards have become smaller or fewer: to teams that have submitted",
    "The awards of {prize} have changed: your entry stands",
    "The awards have changed:\n\n{different}\n\nThe reason: {reason}\n\nWhat you have submitted stands as it is. If "
    "you would rather enter otherwise, or not any more, change or withdraw your entry until {until}.\n\n{entry}",
    needed="different reason until",
    different="- “Grand prize” is £800,000 instead of £1,000,000",
    reason="A contributor has withdrawn",
    until="Monday 20 January 2025, 12:00 (London)",
    entry="https://laurel.example/entry",
)
ANSWERED = declare(
    "answered",
    "A public question is answered: to whoever asked it",
    "Your question about {prize} is answered",
    "Your question about {prize} is answered on its page. Nobody reads there who asked.\n\n{question}\n\n"
    "The answer:\n\n{answer}\n\n{page}",
    needed="answer",
    private=True,
    question="May a university lead an entry?",
    answer="Yes, if it has a partner that will operate what is built.",
)
ANSWERED_FOR_FOLLOWERS = declare(
    "answered for followers",
    "A public question is answered: to those who follow the prize",
    "A question about {prize} is answered",
    "{question}\n\nThe answer:\n\n{answer}\n\n{page}",
    needed="answer",
    private=True,
    **ANSWERED.fields,
)
DECLINED = declare(
    "declined",
    "A question is not answered in public: to whoever asked it",
    "Your question about {prize} is not answered in public",
    "You asked:\n\n{question}\n\nThe secretariat does not answer this on the prize's page:\n\n{reason}",
    needed="reason",
    private=True,
    question="Is our entry any good?",
    reason="We do not comment on single entries before they are judged.",
)


def submitted(db: Session, prize: Prize, entry_id: UUID, members: tuple[UUID, ...], receipt: ReceiptShown) -> None:
    """Send the receipt of a submission to each member of the team."""
    lines = [
        f"Receipt: {receipt.code}",
        f"Version: {receipt.number}",
        f"Submitted: {time_words(receipt.submitted_at, prize.zone)}",
        f"Rules: version {receipt.rules_number}",
        f"Content: {receipt.content_digest}",
        *(["Files:"] if receipt.files else []),
        *(f"  {file.name}, sha256:{file.sha256}" for file in receipt.files),
    ]
    write(
        db,
        prize,
        SUBMITTED,
        members,
        event=f"entry {entry_id} submitted {receipt.number}",
        code=receipt.code,
        receipt="\n".join(lines),
        check=f"{get_settings().public_url}/receipt",
    )


def names_found(
    db: Session, prize: Prize, entry_id: UUID, members: Sequence[UUID], *, number: int, until: datetime
) -> None:
    """Tell a team that what it submitted names it, once for each version."""
    write(
        db,
        prize,
        NAMES_FOUND,
        members,
        event=f"entry {entry_id} names its team {number}",
        until=time_words(until, prize.zone, weekday=True),
        entry=f"{get_settings().public_url}/entry?entry={entry_id}",
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
    stands = f"What you have submitted stands as it is, under version {under} of the form, and is judged so."
    if touched:
        stands += (
            f" To answer the form as it is now, open your entry and submit it again until {until}. What you have "
            "written is kept with the questions to which it belongs."
        )
    else:
        stands += f" You need not do anything. You can submit again until {until}."
    write(
        db,
        prize,
        FORM_CHANGED,
        members,
        event=f"prize change {change.id} entry {entry_id}",
        change=change.what,
        different="\n".join(f"- {words}" for words in different),
        reason=change.reason,
        stands=stands,
        entry=f"{get_settings().public_url}/entry?entry={entry_id}",
    )


def awards_changed(
    db: Session,
    prize: Prize,
    change: PrizeChange,
    entry_id: UUID,
    members: Sequence[UUID],
    *,
    different: Sequence[str],
    until: str,
) -> None:
    """Tell a team that has submitted which awards are smaller or fewer than it relied on."""
    write(
        db,
        prize,
        AWARDS_CHANGED,
        members,
        event=f"prize change {change.id} entry {entry_id}",
        different="\n".join(f"- {words}" for words in different),
        reason=change.reason,
        until=until,
        entry=f"{get_settings().public_url}/entry?entry={entry_id}",
    )


def extended(db: Session, prize: Prize, extension: Extension, members: tuple[UUID, ...]) -> None:
    """Tell a team that its entry may come later than the others."""
    until = time_words(extension.closes_at, prize.zone, weekday=True)
    write(db, prize, EXTENDED, members, event=f"extension {extension.id}", until=until, reason=extension.reason)


def chosen(db: Session, prize: Prize, stage: Stage, entry_id: UUID, members: tuple[UUID, ...]) -> None:
    """Tell a team that it goes on to the next stage, where its entry is open."""
    write(db, prize, CHOSEN, members, event=f"entry {entry_id} opened", stage=stage.name)


def changed(db: Session, prize: Prize, change: PrizeChange, told: Iterable[UUID]) -> None:
    """Tell everybody who relies on a prize what has changed about it, and why."""
    write(db, prize, CHANGED, told, event=f"prize change {change.id}", change=change.what, reason=change.reason)


def about_team(db: Session, told: Iterable[UUID], *, event: str, subject: str, text: str) -> None:
    """Tell people what has changed about a team of theirs. Nobody of the prize learns of it."""
    for person_id in told:
        tell(db, person_id, event=event, subject=subject, text=f"{text}\n\n{get_settings().public_url}/sign-in")


def answered(db: Session, prize: Prize, row: Clarification) -> None:
    """Tell whoever asked a question about a prize that it is answered, as everybody reads it."""
    event = f"clarification {row.id} answered"
    write(db, prize, ANSWERED, [row.asked_by], event=event, question=row.question, answer=row.answer)


def declined(db: Session, prize: Prize, row: Clarification) -> None:
    """Tell whoever asked a question about a prize why it is not answered to all. Nobody else is told."""
    event = f"clarification {row.id} declined"
    write(db, prize, DECLINED, [row.asked_by], event=event, question=row.asked, reason=row.reason)


def to_follower(
    db: Session, prize: Prize, template: Template, person_id: UUID, following_id: UUID, *, event: str, **values: str
) -> None:
    """Tell somebody who follows a prize what has happened, and how to stop these mails."""
    subject, text = words_of(db, prize.id, template, values)
    stop = f"{get_settings().public_url}/stop-following/{following_id}"
    send_filled(db, prize, person_id, subject, text + STOP, event=event, private=True, stop=stop, **values)
