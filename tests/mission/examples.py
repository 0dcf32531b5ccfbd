"""An example of each command of the missions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from mission.missions import add_target, create_mission
from mission.models import Direction
from tests.examples import Call, example
from tests.world import World, do

STATEMENT = "Everybody can swim in every river by 2040."
TARGET = {
    "indicator": "Rivers in which swimming is safe",
    "unit": "rivers",
    "direction": Direction.UP,
    "value": Decimal(120),
    "due_on": date(2040, 1, 1),
}


def the_mission(world: World) -> UUID:
    return do(create_mission, world.owner, programme_id=world.programme_id, title="Rivers", statement=STATEMENT)


@example("mission.missions.create_mission")
def _(world: World) -> Call:
    return Call(world.owner, {"programme_id": world.programme_id, "title": "Rivers", "statement": STATEMENT})


@example("mission.missions.edit_mission")
def _(world: World) -> Call:
    changed = {"mission_id": the_mission(world), "version": 1, "title": "Rivers and lakes", "statement": STATEMENT}
    return Call(world.owner, changed)


@example("mission.missions.add_target")
def _(world: World) -> Call:
    return Call(world.owner, {"mission_id": the_mission(world), **TARGET})


@example("mission.missions.record_measurement")
def _(world: World) -> Call:
    target_id = do(add_target, world.owner, mission_id=the_mission(world), **TARGET)
    observed = {"observed_on": date(2025, 6, 1), "value": Decimal("14"), "source": "Environment Agency"}
    return Call(world.owner, {"target_id": target_id, **observed})
