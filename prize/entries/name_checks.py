"""What the search for names found in an entry, and what follows: shown to its team, kept from judges, decided.

A judge reads an answer or a file only when the content that was submitted is clear, or the secretariat has said that
what was found is not a hit.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command
from prize.entries.models import CheckState, Entry, NameCheck
from prize.entries.names import Hit, Tells
from prize.models import Stage, StageState
from prize.policy import Action
from storage.canonical import digest
from storage.clock import now
from storage.database import found, locked
from storage.errors import Closed, Invalid, Stale
from storage.values import OptionalLine, Reference

READ_BY_JUDGES = (CheckState.CLEAR, CheckState.ALLOWED)


@dataclass(frozen=True)
class NameCheckShown:
    """What was found in an answer or file. ``file_id`` is None for an answer's text.

    ``problem`` says why a file could not be searched; it is then kept from judges like one with a hit. ``digest``
    stands for what was searched and what was found, so that nobody decides about something else.
    """

    question_key: UUID
    file_id: UUID | None
    state: CheckState
    hits: tuple[Hit, ...]
    problem: str
    reason: str
    digest: str


@command(Action.DECIDE_NAMES)
def decide_names(
    db: Session,
    actor: Actor,
    entry_id: UUID,
    question_key: UUID,
    file_id: UUID | None,
    withhold: bool,
    seen: Reference,
    reason: OptionalLine = "",
) -> None:
    """Say of an answer or file with a hit that it is none, or that judges do not get it. The latest decision counts.

    ``seen`` is the digest of what was shown.

    Raises
    ------
    Invalid : nothing was found there.
    Stale : the answer or file has been replaced, or something else been found in it, since it was shown.
    Closed : the stage has not closed yet, or its judging has ended.
    """
    entry = found(db, Entry, entry_id)
    stage = locked(db, Stage, entry.stage_id)
    if stage.closed_at is None:
        raise Closed("The team can still replace this. Decide after the stage has closed.")
    if stage.state not in (StageState.PLANNED, StageState.SCREENING, StageState.JUDGING):
        raise Closed("Judging has ended, so this can no longer be changed.")
    row = db.exec(
        select(NameCheck).where(
            col(NameCheck.entry_id) == entry_id, col(NameCheck.about) == _about(question_key, file_id)
        )
    ).one_or_none()
    if row is None or not (row.hits or row.problem):
        raise Invalid("Nothing was found there, so there is nothing to decide.", "question_key")
    if seen != _digest(row):
        raise Stale("This has changed since you opened the page. Read what stands there now, then decide.")
    row.state = CheckState.WITHHELD if withhold else CheckState.ALLOWED
    row.reason, row.decided_by, row.decided_at = reason, actor.person_id, now(db)
    db.add(row)


def checks_of(db: Session, entry_id: UUID) -> dict[str, NameCheck]:
    """The checks of an entry by what they are about; see ``about_answer`` and ``about_file``."""
    return {row.about: row for row in db.exec(select(NameCheck).where(col(NameCheck.entry_id) == entry_id)).all()}


def about_answer(question_key: UUID) -> str:
    return _about(question_key, None)


def about_file(question_key: UUID, file_id: UUID) -> str:
    return _about(question_key, file_id)


def file_of(check: NameCheck) -> UUID | None:
    """The file that a check is about; None where it is about an answer's text."""
    file = check.about.partition(" ")[2]
    return UUID(file) if file else None


def may_be_read(check: NameCheck | None, text: str | None = None) -> bool:
    """Whether judges may read what a check is about; of an answer, only the text that was searched."""
    if check is None or check.state not in READ_BY_JUDGES:
        return False
    return text is None or check.content_digest == digest_of_text(text)


def is_withheld(check: NameCheck | None) -> bool:
    """Whether the secretariat has decided that judges do not get it."""
    return check is not None and check.state is CheckState.WITHHELD


def names_found(db: Session, entry_id: UUID) -> tuple[NameCheckShown, ...]:
    """What was found in an entry, for its team and the secretariat; what is clear is left out."""
    return tuple(
        _shown(row)
        for row in sorted(checks_of(db, entry_id).values(), key=lambda row: row.about)
        if row.hits or row.problem
    )


def waiting_for_names(db: Session, stage_id: UUID) -> dict[UUID, int]:
    """How many answers and files of each entry of a stage wait for the secretariat to decide about names."""
    return _in_state(db, stage_id, CheckState.HELD)


def being_searched(db: Session, stage_id: UUID) -> dict[UUID, int]:
    """How many files of each entry of a stage are still searched for names."""
    return _in_state(db, stage_id, CheckState.SEARCHING)


def _in_state(db: Session, stage_id: UUID, state: CheckState) -> Counter[UUID]:
    return Counter(
        db.exec(
            select(NameCheck.entry_id)
            .join(Entry, col(Entry.id) == col(NameCheck.entry_id))
            .where(col(Entry.stage_id) == stage_id, col(NameCheck.state) == state)
        ).all()
    )


def digest_of_text(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _about(question_key: UUID, file_id: UUID | None) -> str:
    return f"{question_key} {file_id}" if file_id else str(question_key)


def _shown(row: NameCheck) -> NameCheckShown:
    return NameCheckShown(
        UUID(row.about.partition(" ")[0]),
        file_of(row),
        row.state,
        tuple(Hit(**{**hit, "tells": Tells(hit["tells"])}) for hit in row.hits),
        row.problem,
        row.reason,
        _digest(row),
    )


def _digest(row: NameCheck) -> str:
    return digest([row.content_digest, row.hits, row.problem])
