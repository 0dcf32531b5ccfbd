"""Files of evidence: uploaded by a finalist for a milestone, read by those who verify, approve and pay."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from delivery.lifecycle import MILESTONE
from delivery.models import EvidenceFile, GrantTerms, Milestone
from delivery.policy import Action
from prize.entries.drafts import FileShown, file_shown
from prize.entries.files import FileToSend
from prize.entries.models import Entry
from prize.models import Prize
from prize.policy import is_member
from storage.clock import now
from storage.database import found, locked
from storage.errors import NOT_YOURS, Closed, Invalid, Refused
from storage.files import StoredFile
from storage.objects import stored_file
from storage.uploads import Turn, Unfinished, UploadShown, begin, finish, must_fit, unfinished
from storage.values import Line

LARGEST_FILE = 100 * 1024 * 1024
FILES_A_TIME = 10
SUBJECT = "evidence"


@command(Action.GIVE_EVIDENCE)
def begin_evidence_upload(db: Session, actor: Actor, milestone_id: UUID, name: Line, length: int) -> UploadShown:
    """Announce a file of ``length`` bytes that is to show a milestone.

    Raises
    ------
    Invalid : the file is empty or too large, or ten files wait already.
    Closed : the terms are not accepted, or the milestone is past this.
    """
    _milestone, terms = _open_for_evidence(db, milestone_id)
    if length < 1:
        raise Invalid("The file is empty. Choose another one.", "length")
    if length > LARGEST_FILE:
        raise Invalid(f"The file is too large: at most {LARGEST_FILE // (1024 * 1024)} MB are accepted here.", "length")
    if len(_waiting(db, milestone_id)) >= FILES_A_TIME:
        raise Invalid(f"At most {FILES_A_TIME} files are given at a time. Remove one first.", "milestone_id")
    assert actor.person_id is not None
    return begin(db, actor.person_id, terms.prize_id, f"{SUBJECT} {milestone_id}", name, length)


@command(Action.GIVE_EVIDENCE)
def remove_evidence_file(db: Session, actor: Actor, milestone_id: UUID, file_id: UUID) -> None:
    """Take out a file that waits; one that was given as evidence stays.

    Raises
    ------
    Invalid : no such file waits.
    """
    locked(db, Milestone, milestone_id)
    for row in _waiting(db, milestone_id):
        if row.file_id == file_id:
            db.delete(row)
            return
    raise Invalid("This file no longer waits.", "file_id")


@query(Action.GIVE_EVIDENCE)
def unfinished_evidence(db: Session, actor: Actor, milestone_id: UUID) -> tuple[Unfinished, ...]:
    """The actor's own uploads for a milestone that have not arrived whole."""
    return unfinished(db, actor.person_id, f"{SUBJECT} {milestone_id}")


@query(Action.GIVE_EVIDENCE)
def waiting_files(db: Session, actor: Actor, milestone_id: UUID) -> tuple[FileShown, ...]:
    """The files that the finalist has uploaded and not yet given as evidence."""
    return tuple(file_shown(db, row.file_id, row.name) for row in _waiting(db, milestone_id))


@query(Action.SEE_MILESTONE)
def file_of_milestone(db: Session, actor: Actor, milestone_id: UUID, file_id: UUID) -> FileToSend:
    """A file of evidence; one that waits is sent to the finalist alone.

    Raises
    ------
    Refused : the milestone has no such file, or none that this person may read.
    """
    rows = db.exec(
        select(EvidenceFile).where(col(EvidenceFile.milestone_id) == milestone_id, col(EvidenceFile.file_id) == file_id)
    ).all()
    entry = db.get_one(Entry, db.get_one(GrantTerms, db.get_one(Milestone, milestone_id).terms_id).entry_id)
    row = next((row for row in rows if row.evidence_id is not None or is_member(db, actor, entry)), None)
    if row is None:
        raise Refused(NOT_YOURS)
    stored = db.get_one(StoredFile, file_id)
    return FileToSend.of(stored, row.name)


def add_arrived_evidence(db: Session, turn: Turn, sha256: str, content_type: str) -> None:
    """Let a file whose bytes are all here and kept wait at its milestone.

    Raises
    ------
    Invalid : ten files wait already, or the prize has no room.
    Closed : the milestone is past this meanwhile.
    """
    milestone, _terms = _open_for_evidence(db, UUID(turn.subject.removeprefix(f"{SUBJECT} ")))
    must_fit(db, turn.folder, turn.length, besides=turn.upload_id)
    stored = stored_file(db, turn.folder, sha256, turn.length, content_type)
    upload = finish(db, turn, stored.id)
    waiting = _waiting(db, milestone.id)
    if any(row.file_id == stored.id for row in waiting):
        return
    if len(waiting) >= FILES_A_TIME:
        raise Invalid(f"At most {FILES_A_TIME} files are given at a time. Remove one first.", "milestone_id")
    db.add(
        EvidenceFile(
            milestone_id=milestone.id,
            file_id=stored.id,
            name=upload.name,
            added_by=upload.person_id,
            added_at=now(db),
        )
    )


def hand_over(db: Session, milestone_id: UUID, evidence_id: UUID) -> None:
    """Make the files that wait part of the evidence that is given now."""
    for row in _waiting(db, milestone_id):
        row.evidence_id = evidence_id
        db.add(row)


def files_of_evidence(db: Session, evidence_id: UUID) -> tuple[FileShown, ...]:
    """The files that were given with one piece of evidence."""
    rows = db.exec(select(EvidenceFile).where(col(EvidenceFile.evidence_id) == evidence_id)).all()
    in_order = sorted(rows, key=lambda row: (row.added_at, row.name))
    return tuple(file_shown(db, row.file_id, row.name) for row in in_order)


def _open_for_evidence(db: Session, milestone_id: UUID) -> tuple[Milestone, GrantTerms]:
    """A milestone for which evidence may be given now, held with its prize."""
    terms = db.get_one(GrantTerms, found(db, Milestone, milestone_id).terms_id)
    locked(db, Prize, terms.prize_id)
    milestone = locked(db, Milestone, milestone_id)
    return milestone, _accepted(db, milestone)


def _accepted(db: Session, milestone: Milestone) -> GrantTerms:
    """The terms of a milestone for which evidence may be given now."""
    terms = db.get_one(GrantTerms, milestone.terms_id)
    if terms.accepted_at is None:
        raise Closed("Accept the grant terms before you give evidence.")
    MILESTONE.transition(milestone, Action.GIVE_EVIDENCE)
    return terms


def _waiting(db: Session, milestone_id: UUID) -> list[EvidenceFile]:
    rows = db.exec(
        select(EvidenceFile).where(
            col(EvidenceFile.milestone_id) == milestone_id, col(EvidenceFile.evidence_id).is_(None)
        )
    ).all()
    return sorted(rows, key=lambda row: (row.added_at, row.name))
