"""The panel's meeting from its preparation to its end: opened, attended, one entry after another, closed."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command
from judging.panel.agenda import add_proposed
from judging.panel.lifecycle import MEETING
from judging.panel.members import members_of
from judging.panel.models import Meeting, MeetingPresence
from judging.panel.policy import Action
from judging.panel.standing import deciding, held, item_held, present_meeting, under_way
from prize.entries.models import Entry, EntryState
from storage.clock import now
from storage.database import one_matching, unchanged
from storage.errors import Invalid, Refused


@command(Action.PREPARE_MEETING)
def prepare_meeting(db: Session, actor: Actor, stage_id: UUID, quorum: int) -> UUID:
    """Prepare a meeting with so many members as its quorum; its agenda is what the newest analysis proposes.

    Raises
    ------
    Invalid : another meeting is not closed yet, nobody meets in the panel, or the quorum does not fit.
    Closed : the stage is not being decided.
    """
    deciding(db, stage_id)
    if present_meeting(db, stage_id) is not None:
        raise Invalid("There is a meeting that is not closed yet. Close it before you prepare another one.")
    members = len(members_of(db, stage_id))
    if not members:
        raise Invalid("Nobody meets in the panel. Say on the page “Judges” who does.")
    if not 1 <= quorum <= members:
        raise Invalid(f"The quorum is at least 1 and at most {members}, as many as meet in the panel.", "quorum")
    assert actor.person_id is not None
    meeting = Meeting(stage_id=stage_id, quorum=quorum, prepared_by=actor.person_id, prepared_at=now(db))
    db.add(meeting)
    db.flush()
    add_proposed(db, actor, meeting)
    return meeting.id


@command(Action.OPEN_MEETING)
def open_meeting(db: Session, actor: Actor, meeting_id: UUID, version: int) -> None:
    """Let the members come in, and what they decide be recorded.

    Raises
    ------
    Closed : it is open or closed already, or the stage is not being decided.
    Stale : it was changed since the page was drawn.
    """
    meeting = held(db, meeting_id)
    MEETING.transition(meeting, Action.OPEN_MEETING)
    unchanged(meeting, version)
    MEETING.move(db, meeting, Action.OPEN_MEETING)
    meeting.opened_at = now(db)
    meeting.version += 1
    db.add(meeting)


@command(Action.CLOSE_MEETING)
def close_meeting(db: Session, actor: Actor, meeting_id: UUID, version: int) -> None:
    """End a meeting, or call off one that was prepared. What was recorded stands; scores are revised no more.

    Raises
    ------
    Closed : it is closed already, or the stage is not being decided.
    Stale : it was changed since the page was drawn.
    """
    meeting = held(db, meeting_id)
    unchanged(meeting, version)
    MEETING.move(db, meeting, Action.CLOSE_MEETING)
    meeting.closed_at, meeting.entry_id = now(db), None
    meeting.version += 1
    db.add(meeting)


@command(Action.PRESENT_ITEM)
def present_item(db: Session, actor: Actor, item_id: UUID, version: int) -> None:
    """Show an entry of the agenda to the panel, which discusses it from now on.

    The screens of those who must not see it show nothing of it.

    Raises
    ------
    Invalid : the entry has been withdrawn.
    Closed : the meeting is not open, or the stage is not being decided.
    Stale : another entry was presented, or the agenda changed, since the page was drawn.
    """
    meeting, item = item_held(db, item_id)
    under_way(db, meeting.id)
    unchanged(meeting, version)
    entry = db.get_one(Entry, item.entry_id)
    if entry.state is not EntryState.SUBMITTED:
        raise Invalid(f"{entry.code} has been withdrawn, so there is nothing to discuss.", "item_id")
    meeting.entry_id = entry.id
    meeting.version += 1
    item.presented_at = now(db)
    db.add_all([meeting, item])


@command(Action.ATTEND_MEETING)
def join_meeting(db: Session, actor: Actor, meeting_id: UUID) -> None:
    """Be at the meeting from now on.

    Raises
    ------
    Closed : it is not open, or the stage is not being decided.
    """
    assert actor.person_id is not None
    _come(db, under_way(db, meeting_id), actor.person_id)


@command(Action.ATTEND_MEETING)
def leave_meeting(db: Session, actor: Actor, meeting_id: UUID) -> None:
    """Be at the meeting no more; one can come back.

    Raises
    ------
    Closed : it is not open, or the stage is not being decided.
    """
    assert actor.person_id is not None
    _go(db, under_way(db, meeting_id), actor.person_id)


@command(Action.NOTE_PRESENCE)
def note_presence(db: Session, actor: Actor, meeting_id: UUID, person_id: UUID, present: bool) -> None:
    """Note that a member has come or has left, for whoever is in the room without a screen.

    Raises
    ------
    Refused : the person does not meet in this panel.
    Invalid : they have not accepted the terms and stated conflicts.
    Closed : the meeting is not open, or the stage is not being decided.
    """
    meeting = under_way(db, meeting_id)
    seat = next((seat for seat in members_of(db, meeting.stage_id) if seat.person_id == person_id), None)
    if seat is None:
        raise Refused("This person does not meet in the panel of this stage.")
    if present and not (seat.accepted_at and seat.conflicts_stated_at):
        raise Invalid("They have not accepted the terms and stated their conflicts yet, which comes first.")
    (_come if present else _go)(db, meeting, person_id)


def _come(db: Session, meeting: Meeting, person_id: UUID) -> None:
    row = one_matching(db, MeetingPresence, meeting_id=meeting.id, person_id=person_id)
    if row is None:
        row = MeetingPresence(meeting_id=meeting.id, person_id=person_id, joined_at=now(db))
    row.left_at = None
    db.add(row)


def _go(db: Session, meeting: Meeting, person_id: UUID) -> None:
    row = one_matching(db, MeetingPresence, meeting_id=meeting.id, person_id=person_id)
    if row is not None and row.left_at is None:
        row.left_at = now(db)
        db.add(row)
