"""Which meeting the panel of a stage has, and whether anything of it may still be changed."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from judging.panel.models import AgendaItem, Meeting, MeetingState
from prize.models import Stage, StageState
from storage.database import found, locked, matching
from storage.errors import Closed

NOT_DECIDING = "The panel meets after judging has ended and before the decisions are confirmed."


def meetings_of(db: Session, stage_id: UUID) -> list[Meeting]:
    """The meetings of a stage, the earliest first."""
    return sorted(matching(db, Meeting, stage_id=stage_id), key=lambda row: (row.prepared_at, str(row.id)))


def newest_meeting(db: Session, stage_id: UUID) -> Meeting | None:
    return next(reversed(meetings_of(db, stage_id)), None)


def present_meeting(db: Session, stage_id: UUID) -> Meeting | None:
    """The meeting of a stage that is prepared or open. There is one at a time."""
    return next((row for row in meetings_of(db, stage_id) if row.state is not MeetingState.CLOSED), None)


def deciding(db: Session, stage_id: UUID) -> Stage:
    """The stage, held, while it is being decided.

    Raises
    ------
    Closed : judging has not ended, or the decisions are confirmed.
    """
    stage = locked(db, Stage, stage_id)
    if stage.state is not StageState.DECIDING:
        raise Closed(NOT_DECIDING)
    return stage


def held(db: Session, meeting_id: UUID) -> Meeting:
    """A meeting, held with its stage, while it is prepared or open.

    Raises
    ------
    Closed : it is closed, or the stage is not being decided.
    """
    deciding(db, found(db, Meeting, meeting_id).stage_id)
    meeting = locked(db, Meeting, meeting_id)
    if meeting.state is MeetingState.CLOSED:
        raise Closed("This meeting is closed. What it recorded stands; prepare another one to go on.")
    return meeting


def item_held(db: Session, item_id: UUID) -> tuple[Meeting, AgendaItem]:
    """The same of the meeting that an item belongs to, with the item.

    Raises
    ------
    Closed : it was taken off the agenda, the meeting is closed, or the stage is not being decided.
    """
    meeting = held(db, found(db, AgendaItem, item_id).meeting_id)
    item = found(db, AgendaItem, item_id)
    if item.removed_at is not None:
        raise Closed("This entry was taken off the agenda. Put it there again to discuss it.")
    return meeting, item


def under_way(db: Session, meeting_id: UUID) -> Meeting:
    """A meeting, held, while it is open.

    Raises
    ------
    Closed : it is not open yet or no longer, or the stage is not being decided.
    """
    meeting = held(db, meeting_id)
    if meeting.state is not MeetingState.OPEN:
        raise Closed("This meeting is not open yet. The chair or the secretariat opens it.")
    return meeting


def discussed_now(db: Session, item_id: UUID) -> tuple[Meeting, AgendaItem]:
    """An item, held with its meeting, while the panel discusses it.

    Raises
    ------
    Closed : another entry is discussed, the meeting is not open, or the stage is not being decided.
    """
    item = found(db, AgendaItem, item_id)
    meeting = under_way(db, item.meeting_id)
    if meeting.entry_id != item.entry_id:
        raise Closed("The panel does not discuss this entry now. Look at what is presented.")
    return meeting, item
