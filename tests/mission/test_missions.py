"""Missions, targets and measurements, as the owner of a programme uses them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import Role, ScopeKind
from mission.missions import add_target, create_mission, edit_mission, mission, own_missions, record_measurement
from storage.errors import Invalid, Refused, Stale
from tests.databases import Clock, Given
from tests.mission.examples import STATEMENT, TARGET, the_mission
from tests.world import World, ask, do


def test_a_correction_is_a_later_revision_and_the_latest_counts(database: Given, world: World) -> None:
    mission_id = the_mission(world)
    target_id = do(add_target, world.owner, mission_id=mission_id, **TARGET)
    observed = {"target_id": target_id, "observed_on": date(2025, 6, 1), "source": "Environment Agency"}
    do(record_measurement, world.owner, **observed, value=Decimal("14.20"))
    do(record_measurement, world.owner, **observed, value=Decimal("13.9"))

    [target] = ask(mission, world.owner, mission_id=mission_id).targets

    assert [(row.value, row.revision) for row in target.measurements] == [(Decimal("13.9"), 2)]
    assert database.sql("SELECT count(*) FROM measurement") == [(2,)]


def test_a_measurement_lies_in_the_past(sqlite: Given, clock: Clock) -> None:
    world = World()
    target_id = do(add_target, world.owner, mission_id=the_mission(world), **TARGET)
    tomorrow = clock.now().date() + timedelta(days=1)

    measured = {"observed_on": tomorrow, "value": Decimal(1), "source": "A dream"}
    with pytest.raises(Invalid, match="lies in the past"):
        do(record_measurement, world.owner, target_id=target_id, **measured)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e15"])
def test_a_value_that_is_no_number_is_refused(sqlite: Given, value: str) -> None:
    world = World()

    with pytest.raises(Invalid, match="number"):
        do(add_target, world.owner, mission_id=the_mission(world), **{**TARGET, "value": Decimal(value)})


def test_a_mission_that_a_colleague_changed_is_not_overwritten(database: Given, world: World) -> None:
    changed = {"mission_id": the_mission(world), "title": "Rivers and lakes", "statement": STATEMENT}
    assert do(edit_mission, world.owner, **changed, version=1) == 2

    with pytest.raises(Stale):
        do(edit_mission, world.staff(Role.OWNER, "second owner"), **changed, version=1)


def test_nothing_is_seen_across_programmes(sqlite: Given) -> None:
    world = World()
    mission_id = the_mission(world)
    neighbour = world.appointed(Role.OWNER, ScopeKind.PROGRAMME, world.other_programme_id, "neighbour")

    assert [line.id for line in ask(own_missions, world.owner)] == [mission_id]
    assert ask(own_missions, neighbour) == ()
    with pytest.raises(Refused):
        ask(mission, neighbour, mission_id=mission_id)
    commitment = {"programme_id": world.programme_id, "title": "Mine", "statement": STATEMENT}
    with pytest.raises(Refused):
        do(create_mission, neighbour, **commitment)
