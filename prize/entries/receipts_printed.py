"""A receipt as a PDF, for the team's own files."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import query
from prize.entries.models import Entry, EntryVersion
from prize.entries.receipts import receipt_of
from prize.entries.teams import team_of
from prize.entries.versions import versions_of
from prize.models import Prize, Stage
from prize.policy import Action
from settings import get_settings
from storage.errors import Invalid
from storage.files import Document
from storage.printing import HEADING, QUIET, TITLE, can_be_printed, paragraph, printed
from storage.values import size_words, time_words

NOT_PRINTED = "Some characters cannot be printed here. Laurel's page of the entry has them."


@query(Action.SEE_OWN_ENTRY)
def own_receipt(db: Session, actor: Actor, entry_id: UUID) -> Document:
    """The receipt of what was last submitted of one's own entry.

    Raises
    ------
    Invalid : nothing was submitted yet.
    """
    versions = versions_of(db, entry_id)
    if not versions:
        raise Invalid("This entry has not been submitted yet, so it has no receipt.")
    return printed_receipt(db, versions[-1])


def printed_receipt(db: Session, version: EntryVersion) -> Document:
    """The receipt of a submitted version."""
    entry = db.get_one(Entry, version.entry_id)
    stage = db.get_one(Stage, entry.stage_id)
    prize = db.get_one(Prize, stage.prize_id)
    receipt = receipt_of(db, version)
    facts = [
        ("Prize", f"{prize.title}, {stage.name}"),
        ("Entrant", team_of(db, entry.team_id).organisation),
        ("Submitted", time_words(receipt.submitted_at, prize.zone, weekday=True)),
        ("Version", str(receipt.number)),
        ("Rules accepted", f"version {receipt.rules_number}"),
        ("Content", receipt.content_digest),
    ]
    story = [paragraph("Receipt", QUIET), paragraph(receipt.code, TITLE)]
    for name, value in facts:
        story += [paragraph(name, HEADING), paragraph(value)]
    for number, file in enumerate(receipt.files):
        story += [paragraph("Files", HEADING)] if number == 0 else []
        story += [paragraph(f"{file.name}, {size_words(file.size)}"), paragraph(f"sha256:{file.sha256}", QUIET)]
    if not all(map(can_be_printed, (*(value for _, value in facts), *(file.name for file in receipt.files)))):
        story.append(paragraph(NOT_PRINTED, QUIET))
    story.append(paragraph(f"Anybody can check this receipt at {get_settings().public_url}/receipt", QUIET))
    return Document(f"receipt-{receipt.code}.pdf", "application/pdf", printed(story))
