"""Measurements from a spreadsheet, as the owner of a programme imports them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from mission.importing import (
    MOST_MEASUREMENTS,
    import_measurements,
    planned_measurements,
    wanted_of_measurements,
)
from mission.missions import add_target, mission, record_measurement
from storage.errors import Invalid, Stale
from storage.sheets.columns import Chosen, Style
from storage.sheets.matching import matched
from storage.sheets.planning import Fate, Imported, MatchedSheet, narrowed
from storage.sheets.reading import read_sheet
from tests.databases import Clock, Given
from tests.mission.examples import TARGET, the_mission
from tests.world import World, ask, do


def sheet(text: str) -> MatchedSheet:
    read = read_sheet(text.encode())
    return MatchedSheet(read, matched(read.header, wanted_of_measurements("rivers")))


def a_target(world: World) -> tuple[UUID, UUID]:
    mission_id = the_mission(world)
    return mission_id, do(add_target, world.owner, mission_id=mission_id, **TARGET)


YEARS = sheet("Day,Rivers (rivers),Value,Source\n2023-06-01,,12,Survey 2023\n2024-06-01,,14,Survey 2024\n")


def test_a_sheet_is_imported_as_a_whole_and_shown_before(database: Given, world: World) -> None:
    mission_id, target_id = a_target(world)
    known = {"target_id": target_id, "source": "Survey"}
    do(record_measurement, world.owner, **known, observed_on=date(2023, 6, 1), value=Decimal("12.0"))
    do(record_measurement, world.owner, **known, observed_on=date(2024, 6, 1), value=Decimal(13))
    given = sheet("Source;Date;Value\nA;01.06.2023;12\nB;01.06.2024;14\nC;13.06.2025;15,5 rivers\n")

    plan = ask(planned_measurements, world.owner, target_id=target_id, given=given)

    assert (plan.problems, plan.questions) == ((), ())
    assert [(row.number, row.fate, row.cells) for row in plan.rows] == [
        (2, Fate.THERE, ("1 June 2023", "12", "A", "12")),
        (3, Fate.CHANGED, ("1 June 2024", "14", "B", "13")),
        (4, Fate.NEW, ("13 June 2025", "15.5", "C", "")),
    ]
    assert database.sql("SELECT count(*) FROM measurement") == [(2,)]

    told = do(import_measurements, world.owner, target_id=target_id, given=given, shown=plan.digest)

    assert told == Imported(added=1, changed=1, there=1)
    [target] = ask(mission, world.owner, mission_id=mission_id).targets
    assert [(row.observed_on, row.value, row.source, row.revision) for row in target.measurements] == [
        (date(2023, 6, 1), Decimal("12.0"), "Survey", 1),
        (date(2024, 6, 1), Decimal(14), "B", 2),
        (date(2025, 6, 13), Decimal("15.5"), "C", 1),
    ]


def test_what_was_previewed_is_what_is_imported(sqlite: Given) -> None:
    world = World()
    _, target_id = a_target(world)
    plan = ask(planned_measurements, world.owner, target_id=target_id, given=YEARS)
    corrected = {"observed_on": date(2023, 6, 1), "value": Decimal(11), "source": "A colleague"}
    do(record_measurement, world.owner, target_id=target_id, **corrected)

    with pytest.raises(Stale, match="changed since you looked"):
        do(import_measurements, world.owner, target_id=target_id, given=YEARS, shown=plan.digest)

    other = replace(YEARS, sheet=sheet("Day,Value,Source\n2023-06-01,99,Survey 2023\n").sheet)
    with pytest.raises(Stale):
        do(import_measurements, world.owner, target_id=target_id, given=other, shown=plan.digest)
    assert sqlite.sql("SELECT count(*) FROM measurement") == [(1,)]


def test_the_same_import_twice_adds_nothing(sqlite: Given) -> None:
    world = World()
    _, target_id = a_target(world)
    for expected in (Imported(2, 0, 0), Imported(0, 0, 2)):
        plan = ask(planned_measurements, world.owner, target_id=target_id, given=YEARS)
        assert do(import_measurements, world.owner, target_id=target_id, given=YEARS, shown=plan.digest) == expected

    assert sqlite.sql("SELECT count(*) FROM measurement") == [(2,)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Date,Value,Source\n31/12/2023,1,A\n2024-12-31,2,A\nDec 31 2025,3,A\n", "Write the whole column in one way"),
        ("Date,Value,Source\n2023-12-31,1 rivers,A\n2024-12-31,2 streams,A\n", "is in streams, and rivers is wanted"),
        ("Date,Value,Source\n2023-12-31,1,A\n2023-12-31,2,A\n", "stands in row 2 already"),
        ("Date,Value\n2023-12-31,1\n", "has no source"),
        ("Date,Value,Source\n2199-01-01,1,A\n", "lies in the past"),
        ("Date,Value,Source\n1024-01-01,1,A\n", "outside 1800 to 2200"),
        ("Date,Value,Source\n2023-12-31,9999999999999999,A\n", "cannot|not a number"),
        (f"Date,Value,Source\n2023-12-31,1,{'x' * 201}\n", "too long"),
        ("Date,Source\n2023-12-31,A\n", "Value: No column of the file"),
        ("Date,Value,Source\n01/02/2023,1,A\n", "can be read in two ways"),
    ],
)
def test_nothing_is_half_saved_when_anything_is_wrong(sqlite: Given, text: str, words: str) -> None:
    world = World()
    _, target_id = a_target(world)
    good = "2020-01-01,5,A\n" if "2023-12-31,1" in text and "Date,Value,Source" in text else ""
    given = sheet(text + good)
    plan = ask(planned_measurements, world.owner, target_id=target_id, given=given)

    with pytest.raises(Invalid, match=words) as refused:
        do(import_measurements, world.owner, target_id=target_id, given=given, shown=plan.digest)

    assert refused.value.words.endswith("Nothing was imported.")
    assert sqlite.sql("SELECT count(*) FROM measurement") == [(0,)]


def test_an_ambiguous_day_is_read_as_the_person_says(sqlite: Given) -> None:
    world = World()
    mission_id, target_id = a_target(world)
    given = replace(sheet("Date,Value\n01/02/2023,1\n"), chosen=(Chosen("observed_on", Style.MONTH_FIRST),))
    arguments = {"target_id": target_id, "given": given, "source": "Survey"}
    plan = ask(planned_measurements, world.owner, **arguments)

    do(import_measurements, world.owner, **arguments, shown=plan.digest)

    [target] = ask(mission, world.owner, mission_id=mission_id).targets
    assert [(row.observed_on, row.source) for row in target.measurements] == [(date(2023, 1, 2), "Survey")]


def test_more_rows_than_a_thousand_are_refused_in_words(sqlite: Given, clock: Clock) -> None:
    world = World()
    _, target_id = a_target(world)
    first = clock.now().date() - timedelta(days=MOST_MEASUREMENTS + 2)
    days = "".join(f"{first + timedelta(days=at)},{at},A\n" for at in range(MOST_MEASUREMENTS + 1))

    with pytest.raises(Invalid, match="At most 1,000 rows"):
        ask(planned_measurements, world.owner, target_id=target_id, given=sheet(f"Date,Value,Source\n{days}"))


def test_columns_that_are_not_imported_are_sent_nowhere() -> None:
    given = narrowed(YEARS)

    assert given.sheet.header == ("Day", "Value", "Source")
    assert given.sheet.rows[0].cells == ("2023-06-01", "12", "Survey 2023")
