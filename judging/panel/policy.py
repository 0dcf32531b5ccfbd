"""Who may do what in the panel's meeting. Whoever is in conflict with an entry takes no part where it is discussed."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.models import Role
from accounts.permissions import Condition, Relation, Rule, Scope, Subject, adopt, scope_of
from judging.models import PanelMember
from judging.panel.models import AgendaItem, Meeting
from judging.policy import AFTER_JUDGING, CHAIRS, panel_member
from prize.entries.conflicts import in_conflict
from prize.models import Prize, Stage


class Action(StrEnum):
    PREPARE_MEETING = "prepare a meeting of the panel"
    OPEN_MEETING = "open a meeting of the panel"
    CLOSE_MEETING = "close a meeting of the panel"
    SET_AGENDA = "set the agenda of a meeting"
    NOTE_PRESENCE = "note who is at a meeting"
    PRESENT_ITEM = "present an entry to the panel"
    CHANGE_ITEM = "change an item of the agenda"
    RECORD_MINUTE = "record what the panel decided about an entry"
    ATTEND_MEETING = "attend a meeting of the panel"
    RECUSE = "recuse oneself from an entry"
    REVISE_SCORE = "revise one's score of an entry that the panel discusses"
    SEE_MEETING = "see the panel's meeting, its sheet and its minutes"


@scope_of("meeting_id")
def _meeting(db: Session, meeting_id: Any) -> Scope | None:
    row = db.get(Meeting, meeting_id)
    return _within(db, row) if row else None


@scope_of("item_id")
def _item(db: Session, item_id: Any) -> Scope | None:
    row = db.get(AgendaItem, item_id)
    return _within(db, db.get_one(Meeting, row.meeting_id), row.entry_id) if row else None


def _within(db: Session, meeting: Meeting, entry_id: UUID | None = None) -> Scope:
    stage = db.get_one(Stage, meeting.stage_id)
    return Scope(db.get_one(Prize, stage.prize_id).programme_id, stage.prize_id, stage.id, entry_id)


def _seat(db: Session, actor: Actor, subject: Subject) -> PanelMember | None:
    """The actor's seat in a meeting after judging, unless it is about an entry that they must not see."""
    entry_id = None
    if "item_id" in subject:
        item = db.get_one(AgendaItem, subject["item_id"])
        stage_id, entry_id = db.get_one(Meeting, item.meeting_id).stage_id, item.entry_id
    elif "meeting_id" in subject:
        stage_id = db.get_one(Meeting, subject["meeting_id"]).stage_id
    else:
        stage_id = subject["stage_id"]
    seat = panel_member(db, actor.person_id, stage_id)
    if seat is None or not seat.duty.meets or db.get_one(Stage, stage_id).state not in AFTER_JUDGING:
        return None
    return None if entry_id and in_conflict(db, seat.person_id, entry_id) else seat


def _meets(db: Session, actor: Actor, subject: Subject) -> bool:
    return _seat(db, actor, subject) is not None


def _leads(db: Session, actor: Actor, subject: Subject) -> bool:
    seat = _seat(db, actor, subject)
    return seat is not None and seat.chairs


def _is_bound(db: Session, actor: Actor, subject: Subject) -> bool:
    """Whoever has no seat is of the secretariat, and bound otherwise."""
    seat = _seat(db, actor, subject)
    return seat is None or (seat.accepted_at is not None and seat.conflicts_stated_at is not None)


MEETS = Relation("meet in the panel of this stage, whose judging has ended", _meets)
LEADS = Relation("chair the panel's meeting", _leads)
BOUND = Condition(
    "who has accepted the terms and stated conflicts",
    _is_bound,
    "Accept the terms and state your conflicts first. The page “How to judge” leads through both.",
)
SECRETARIAT = (Role.SECRETARIAT,)

adopt(
    {
        Action.PREPARE_MEETING: Rule(
            "Prepare a meeting of the panel", about="stage_id", roles=SECRETARIAT, relations=(CHAIRS,)
        ),
        Action.OPEN_MEETING: Rule(
            "Open a meeting of the panel", about="meeting_id", roles=SECRETARIAT, relations=(LEADS,)
        ),
        Action.CLOSE_MEETING: Rule(
            "Close a meeting of the panel", about="meeting_id", roles=SECRETARIAT, relations=(LEADS,)
        ),
        Action.SET_AGENDA: Rule(
            "Put entries on the agenda of a meeting", about="meeting_id", roles=SECRETARIAT, relations=(LEADS,)
        ),
        Action.NOTE_PRESENCE: Rule(
            "Note who has come to a meeting and who has left it",
            about="meeting_id",
            roles=SECRETARIAT,
            relations=(LEADS,),
        ),
        Action.PRESENT_ITEM: Rule(
            "Present an entry to the panel", about="item_id", roles=SECRETARIAT, relations=(LEADS,)
        ),
        Action.CHANGE_ITEM: Rule(
            "Move an entry on the agenda or take it off", about="item_id", roles=SECRETARIAT, relations=(LEADS,)
        ),
        Action.RECORD_MINUTE: Rule(
            "Record what the panel decided about an entry", about="item_id", roles=SECRETARIAT, relations=(LEADS,)
        ),
        Action.ATTEND_MEETING: Rule(
            "Come to a meeting of one's panel and leave it", about="meeting_id", relations=(MEETS,), provided=(BOUND,)
        ),
        Action.RECUSE: Rule("Recuse oneself from an entry", about="stage_id", relations=(MEETS,), provided=(BOUND,)),
        Action.REVISE_SCORE: Rule(
            "Revise one's score of an entry that the panel discusses",
            about="item_id",
            relations=(MEETS,),
            provided=(BOUND,),
        ),
        Action.SEE_MEETING: Rule(
            "See the panel's meeting, its sheet and its minutes",
            about="stage_id",
            roles=SECRETARIAT,
            relations=(MEETS,),
            provided=(BOUND,),
        ),
    }
)
