"""Entries submitted and withdrawn, and what was last submitted."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command
from prize import messages
from prize.brief import newest_rules
from prize.entries.conflicts import find_conflicts_of_entries
from prize.entries.drafts import AnswerShown, draft_answers
from prize.entries.models import Entry, EntryFile, EntryVersion, Receipt
from prize.entries.receipts import ReceiptShown, new_code, receipt_of
from prize.entries.teams import member_ids
from prize.entries.versions import content_digest, snapshot_of, versions_of
from prize.form import form_in_force, questions_of
from prize.lifecycle import ENTRY
from prize.models import EntryForm, Prize, Stage
from prize.policy import Action
from prize.stages import must_be_open
from storage.clock import now
from storage.database import found, locked
from storage.errors import Invalid


@command(Action.SUBMIT_ENTRY)
def submit_entry(db: Session, actor: Actor, entry_id: UUID, accepts_rules: bool) -> ReceiptShown:
    """Submit the draft as it stands, again if it was submitted before. The team gets a receipt.

    Raises
    ------
    Invalid : an answer is missing or does not fit its question, or the rules are not accepted.
    Closed : the stage is not open.
    """
    entry = found(db, Entry, entry_id)
    stage = must_be_open(db, entry.stage_id, entry_id)
    entry = locked(db, Entry, entry_id)
    if not accepts_rules:
        raise Invalid("Read the rules and accept them before you submit.", "accepts_rules")
    form = form_in_force(db, stage.id)
    answers = draft_answers(db, entry, questions_of(db, form.id))
    problems = [answer.problem for answer in answers if answer.problem]
    if problems:
        raise Invalid(" ".join(problems))
    shown = keep_submission(db, actor, entry, form, answers)
    find_conflicts_of_entries(db, stage, (entry_id,))
    messages.submitted(db, db.get_one(Prize, stage.prize_id), entry_id, member_ids(db, entry.team_id), shown)
    return shown


def keep_submission(
    db: Session, actor: Actor, entry: Entry, form: EntryForm, answers: tuple[AnswerShown, ...]
) -> ReceiptShown:
    """Freeze the answers of a draft as what counts of the entry, under the newest rules.

    Whoever submits entries has conflicts with them found, once for all, since the answers may name more people.
    """
    ENTRY.move(db, entry, Action.SUBMIT_ENTRY)
    rules = newest_rules(db, db.get_one(Stage, entry.stage_id).prize_id)
    return keep_version(db, actor, entry, form.id, rules.id, answers)


def keep_version(
    db: Session, actor: Actor, entry: Entry, form_id: UUID, rules_id: UUID, answers: tuple[AnswerShown, ...]
) -> ReceiptShown:
    """Keep answers and files as the entry's newest version, which counts, with its receipt."""
    assert actor.person_id is not None
    entry.version += 1
    version = EntryVersion(
        entry_id=entry.id,
        number=len(versions_of(db, entry.id)) + 1,
        form_id=form_id,
        rules_id=rules_id,
        answers=snapshot_of(answers),
        content_digest=content_digest(answers),
        submitted_by=actor.person_id,
        submitted_at=now(db),
    )
    db.add_all([entry, version])
    db.flush()
    for answer in answers:
        for file in answer.files:
            key = answer.question.key
            db.add(EntryFile(entry_version_id=version.id, question_key=key, file_id=file.id, name=file.name))
    db.add(Receipt(code=new_code(), entry_version_id=version.id, issued_at=version.submitted_at))
    db.flush()
    return receipt_of(db, version)


@command(Action.WITHDRAW_ENTRY)
def withdraw_entry(db: Session, actor: Actor, entry_id: UUID) -> None:
    """Take a submitted entry back; its draft is kept, and it can be submitted again while the stage is open.

    Raises
    ------
    Closed : the stage is not open, or the entry is not submitted.
    """
    entry = found(db, Entry, entry_id)
    must_be_open(db, entry.stage_id, entry_id)
    entry = locked(db, Entry, entry_id)
    ENTRY.move(db, entry, Action.WITHDRAW_ENTRY)
    entry.version += 1
    db.add(entry)
