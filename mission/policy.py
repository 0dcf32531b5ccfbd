"""Who may do what with missions and targets."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlmodel import Session

from accounts.models import Role
from accounts.permissions import Rule, Scope, adopt, scope_of
from accounts.policy import STAFF
from mission.models import Mission, Target


class Action(StrEnum):
    LIST_MISSIONS = "list one's missions"
    CREATE_MISSION = "create a mission"
    EDIT_MISSION = "edit a mission"
    RECORD_MEASUREMENT = "record a measurement"
    SEE_MISSION = "see a mission"


@scope_of("mission_id")
def _mission(db: Session, mission_id: Any) -> Scope | None:
    mission = db.get(Mission, mission_id)
    return Scope(programme_id=mission.programme_id) if mission else None


@scope_of("target_id")
def _target(db: Session, target_id: Any) -> Scope | None:
    target = db.get(Target, target_id)
    return _mission(db, target.mission_id) if target else None


adopt(
    {
        Action.LIST_MISSIONS: Rule("List the missions of one's programmes", signed_in=True),
        Action.CREATE_MISSION: Rule("Create a mission", about="programme_id", roles=(Role.OWNER,)),
        Action.EDIT_MISSION: Rule("Edit a mission and its targets", about="mission_id", roles=(Role.OWNER,)),
        Action.RECORD_MEASUREMENT: Rule("Record a measurement", about="target_id", roles=(Role.OWNER, Role.DESIGNER)),
        Action.SEE_MISSION: Rule("See a mission", about="mission_id", roles=STAFF),
    }
)
