"""What names a team is taken out after the stage has closed, by the team itself, and nothing else is changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command
from prize import messages
from prize.closing import look_for_duplicates
from prize.entries.drafts import AnswerShown, draft_answers
from prize.entries.identities import Identities, identities_of_entry
from prize.entries.models import Entry, EntryVersion
from prize.entries.names import find_names
from prize.entries.receipts import ReceiptShown
from prize.entries.searching import NAMES_FOUND, search_submitted
from prize.entries.submission import keep_version
from prize.entries.teams import member_ids
from prize.entries.versions import answers_submitted, content_digest, submitted_version
from prize.entries.writable import correctable, correction_until
from prize.form import questions_of
from prize.models import Prize, Stage
from prize.policy import Action
from storage.clock import now
from storage.database import found, locked
from storage.errors import Closed, Invalid
from storage.jobs import enqueue, job

SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?]*")
MORE_WORDS: Final = 5
"""So that “our laboratory in the north” can stand in the place of a name."""
ENTRY_CORRECTED = "entry corrected"
"""The job that the package above runs: judges' copies follow what now counts."""


@command(Action.SUBMIT_ENTRY)
def submit_correction(db: Session, actor: Actor, entry_id: UUID) -> ReceiptShown:
    """Let the answers and files in which names were found count as they now stand. The team gets a receipt.

    Raises
    ------
    Invalid : nothing of them was changed, one does not fit its question, or more was changed than what names the team.
    Closed : nothing of the entry may be corrected now.
    """
    locked(db, Stage, found(db, Entry, entry_id).stage_id)
    entry = locked(db, Entry, entry_id)
    latest = submitted_version(db, entry_id)
    open_now = correctable(db, entry)
    if latest is None or not open_now:
        raise Closed("Nothing of this entry can be corrected now.")
    answers = corrected(db, entry, latest, open_now)
    problems = [answer.problem for answer in answers if answer.problem]
    if problems:
        raise Invalid(" ".join(problems))
    who = identities_of_entry(db, entry)
    for answer in answers:
        if not takes_out_only(str(latest.answers.get(str(answer.question.key), "")), answer.text, who):
            raise Invalid(
                f"In “{answer.question.wording}” only the sentences that name you can be changed, and not made longer. "
                "The others have to stand as you submitted them."
            )
    if content_digest(answers) == latest.content_digest:
        raise Invalid("Nothing has been changed yet. Take out what names you first.")
    shown = keep_version(db, actor, entry, latest.form_id, latest.rules_id, answers)
    prize = db.get_one(Prize, db.get_one(Stage, entry.stage_id).prize_id)
    messages.submitted(db, prize, entry_id, member_ids(db, entry.team_id), shown)
    search_submitted(db, entry_id)
    enqueue(db, ENTRY_CORRECTED, {"entry_id": str(entry_id)}, about=f"entry {entry_id}")
    look_for_duplicates(db, entry.stage_id)
    return shown


def corrected(db: Session, entry: Entry, latest: EntryVersion, open_now: frozenset[UUID]) -> tuple[AnswerShown, ...]:
    """What was submitted last, with the draft's answers to the questions that may be corrected."""
    draft = {answer.question.key: answer for answer in draft_answers(db, entry, questions_of(db, latest.form_id))}
    submitted = answers_submitted(db, latest)
    return tuple(
        draft.get(answer.question.key, answer) if answer.question.key in open_now else answer for answer in submitted
    )


def takes_out_only(before: str, after: str, who: Identities) -> bool:
    """Whether a text differs from the one before in the sentences alone that name somebody, and has no more words.

    A file cannot be compared like this; one that comes after closing is looked at by the secretariat.
    """
    at = 0
    for sentence in SENTENCE.findall(before):
        if find_names(sentence, "answer", who):
            continue
        at = after.find(sentence.strip(), at)
        if at < 0:
            return False
        at += len(sentence.strip())
    return len(after.split()) <= len(before.split()) + MORE_WORDS


@job(NAMES_FOUND)
def _tell_team(db: Session, arguments: Mapping[str, Any], _: None) -> None:
    """Tell a team that what it submitted names it, and until when it can take that out."""
    entry = db.get_one(Entry, UUID(arguments["entry_id"]))
    stage = db.get_one(Stage, entry.stage_id)
    until, version = correction_until(db, stage), submitted_version(db, entry.id)
    if until is not None and version is not None and now(db) < until and correctable(db, entry):
        prize, members = db.get_one(Prize, stage.prize_id), member_ids(db, entry.team_id)
        messages.names_found(db, prize, entry.id, members, number=version.number, until=until)
