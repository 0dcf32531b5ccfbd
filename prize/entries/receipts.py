"""Receipts: what proves a submission to anybody who has its code."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import query
from prize.entries.drafts import FileShown, file_shown
from prize.entries.models import Entry, EntryVersion, Receipt
from prize.entries.versions import files_of
from prize.models import Prize, Rules, Stage
from prize.policy import Action
from storage.errors import Invalid
from storage.values import Line

RECEIPT_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class ReceiptShown:
    """What proves a submission: its code, version, time, the version of the rules, and a digest of the content."""

    code: str
    number: int
    submitted_at: datetime
    rules_number: int
    content_digest: str
    files: tuple[FileShown, ...]


@dataclass(frozen=True)
class ReceiptCheck:
    """What a receipt's code tells anybody: that it is real, for which prize, when and which version."""

    code: str
    prize: str
    zone: str
    number: int
    submitted_at: datetime
    content_digest: str


@query(Action.CHECK_RECEIPT)
def check_receipt(db: Session, actor: Actor, code: Line) -> ReceiptCheck:
    """What a receipt's code proves. Names nobody.

    Raises
    ------
    Invalid : there is no such receipt.
    """
    plain = "".join(character for character in code.upper() if character.isalnum())
    pretty = "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))
    receipt = db.exec(select(Receipt).where(col(Receipt.code) == pretty)).one_or_none()
    if receipt is None:
        raise Invalid("There is no receipt with this code. Check it for typing mistakes.", "code")
    version = db.get_one(EntryVersion, receipt.entry_version_id)
    stage = db.get_one(Stage, db.get_one(Entry, version.entry_id).stage_id)
    prize = db.get_one(Prize, stage.prize_id)
    return ReceiptCheck(
        receipt.code, prize.title, prize.zone, version.number, version.submitted_at, version.content_digest
    )


def receipt_of(db: Session, version: EntryVersion) -> ReceiptShown:
    receipt = db.exec(select(Receipt).where(col(Receipt.entry_version_id) == version.id)).one()
    return ReceiptShown(
        receipt.code,
        version.number,
        version.submitted_at,
        db.get_one(Rules, version.rules_id).number,
        version.content_digest,
        tuple(file_shown(db, file.file_id, file.name) for file in files_of(db, version.id)),
    )


def new_code() -> str:
    letters = "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(20))
    return "-".join(letters[start : start + 4] for start in range(0, 20, 4))
