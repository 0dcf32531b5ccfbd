"""The demonstration's programme: its staff, and the mission with its targets and measurements."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from accounts.actors import Actor
from accounts.demonstration import DOMAIN
from accounts.models import LinkPurpose
from accounts.operator import create_admin
from accounts.programmes import appoint_in_programme, create_programme
from delivery.demonstration import content
from delivery.demonstration.play import STAFF, Play
from mission.missions import add_target, create_mission, record_measurement
from mission.models import Direction


def appoint_staff(play: Play) -> UUID:
    db = play.db
    operator = Actor(create_admin(db, "Operator", f"operator@{DOMAIN}", play.random.randbytes(24).hex()))
    programme_id = create_programme(db, operator, content.PROGRAMME)
    for word, role in STAFF.items():
        email = f"{word}@{DOMAIN}"
        appoint_in_programme(db, operator, programme_id, play.name(), email, role)
        play.people[word] = play.accept(email, LinkPurpose.INVITATION)
    return programme_id


def set_up_mission(play: Play, programme_id: UUID) -> UUID:
    db, owner = play.db, play.people["owner"]
    mission_id = create_mission(
        db, owner, programme_id, content.MISSION, content.MISSION_STATEMENT, content.ACTION_PLAN
    )
    share = add_target(
        db,
        owner,
        mission_id,
        "Clean sources' share of generation",
        "%",
        Direction.UP,
        Decimal(95),
        content.CLEAN_SHARE[0][0].replace(year=2030),
        "Hours of supply lost, not above the 2023 level",
        content.ACTION_PLAN,
    )
    play.at(-429)
    intensity = add_target(
        db,
        owner,
        mission_id,
        "Carbon intensity of generation",
        "gCO2e/kWh",
        Direction.DOWN,
        Decimal(50),
        content.INTENSITY[0][0].replace(year=2030),
        "Bills of households, not above the 2023 level in real terms",
        content.ACTION_PLAN,
    )
    for target_id, series in ((share, content.CLEAN_SHARE), (intensity, content.INTENSITY)):
        for observed_on, value, source in series:
            record_measurement(db, owner, target_id, observed_on, value, source)
    return mission_id
