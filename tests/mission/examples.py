"""An example of each command of the missions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from mission.importing import planned_measurements
from mission.missions import add_target, create_mission
from mission.models import Direction
from storage.sheets.columns import Chosen, Style
from storage.sheets.matching import Match
from storage.sheets.planning import MatchedSheet
from storage.sheets.reading import Sheet, SheetRow
from tests.examples import Call, example
from tests.world import World, ask, do

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


SHEET = MatchedSheet(
    Sheet(
        ("Date", "Value", "Source"),
        (SheetRow(2, ("01/02/2024", "11", "Survey")), SheetRow(3, ("01/02/2025", "12", "Survey"))),
        ("Notes",),
    ),
    (Match("observed_on", "Date"), Match("value", "Value"), Match("source", "Source")),
    (Chosen("observed_on", Style.DAY_FIRST),),
)


@example("mission.importing.import_measurements")
def _(world: World) -> Call:
    target_id = do(add_target, world.owner, mission_id=the_mission(world), **TARGET)
    plan = ask(planned_measurements, world.owner, target_id=target_id, given=SHEET)
    return Call(world.owner, {"target_id": target_id, "given": SHEET, "shown": plan.digest})
