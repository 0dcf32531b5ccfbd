"""Tests of the programme owner's room."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from mission.missions import mission, record_measurement
from storage.sheets.columns import Style
from storage.sheets.reading import read_sheet
from tests.databases import Given
from tests.pages.visiting import press, tables, title, visit, words
from tests.stories import Chapter, told
from tests.world import ask, do


def test_a_refused_measurement_keeps_what_was_typed_and_a_mended_one_is_in_the_table(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    page = press(visit(story.owner, "mission"), "Add a measurement")
    form = f"measurement-{story.mission_id}"
    page.text_input(key=f"{form}-value").input("forty")
    page.text_input(key=f"{form}-source").input("River survey")
    page.date_input(key=f"{form}-observed_on").set_value(date(2026, 1, 1))

    page = press(page, "Save measurement")

    assert [error.value for error in page.error] == [
        "**The value is not a number.** Type it in plain digits, such as 42 or 3.5."
    ]
    assert page.text_input(key=f"{form}-source").value == "River survey"

    page.text_input(key=f"{form}-value").input("1,040.5")
    page = press(page, "Save measurement")

    assert not page.error
    assert page.text_input(key=f"{form}-source").value == ""
    assert "<td>River survey</td>" in tables(page)
    [target] = ask(mission, story.owner, mission_id=story.mission_id).targets
    assert [row.value for row in target.measurements] == [Decimal("1040.5")]


def test_a_single_measurement_is_too_few_to_say(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    do(
        record_measurement,
        story.owner,
        target_id=story.target_id,
        observed_on=date(2026, 12, 31),
        value=Decimal(40),
        source="River survey",
    )

    said = words(visit(story.owner, "mission"))

    assert "Too few measurements to say" in said
    assert "One measurement. 13 years remain, so no past window is as long as the time left." in said


def test_a_verified_result_claims_nothing_towards_the_target(sqlite: Given) -> None:
    page = visit(told(Chapter.VERIFIED).owner, "mission")

    assert "Verified result" in words(page)
    assert [metric.value for metric in page.metric if metric.label == "Rivers"] == ["1\u00a0rivers"]
    assert "So nothing is claimed towards the target." in words(page)


def test_a_claimed_result_is_marked_as_claimed(sqlite: Given) -> None:
    page = visit(told(Chapter.CLAIMED).owner, "mission")

    assert "Verified result" not in words(page)
    assert "None of them is verified yet." in words(page)
    assert "Claimed</span>" in tables(page)


def test_a_sponsor_sees_the_mission_and_can_change_nothing(sqlite: Given) -> None:
    page = visit(told(Chapter.DRAFT).sponsor, "mission")

    assert title(page) == "Rivers"
    assert not page.exception
    assert [button.label for button in page.button] == []


def test_a_sheet_shows_what_it_would_do_before_it_is_imported(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    page = press(visit(story.owner, "mission"), "Import measurements")
    name = f"measurements-{story.target_id}"
    sheet = read_sheet(b"When;Rivers;Source\n01/02/2024;11;<b>Survey</b>\n02/03/2025;12,5;Survey\n")
    for key, value in {"observed_on": "When", "value": "", "source": "Source"}.items():
        page.session_state[f"{name}-{key}"] = value
    page.session_state[f"{name} sheet"] = ("rivers.csv", sheet)
    page.session_state[f"{name} asked"] = {}
    page.run()

    assert "Value: No column of the file is matched with it." in page.error[0].value
    assert not any(button.label.startswith("Import 2") for button in page.button)

    page = page.selectbox(key=f"{name}-value").select("Rivers").run()
    assert not page.error
    assert page.radio[0].label == "“When” can be read in two ways. What is “01/02/2024”?"
    assert not any(button.label.startswith("Import 2") for button in page.button)

    page = page.radio[0].set_value(Style.DAY_FIRST.value).run()
    assert "<td>1 February 2024</td><td>11</td><td>&lt;b&gt;Survey&lt;/b&gt;</td>" in tables(page)
    page = press(page, "Import 2 measurements")

    assert [success.value for success in page.success] == ["Measurements imported: 2 added."]
    [target] = ask(mission, story.owner, mission_id=story.mission_id).targets
    assert [(row.observed_on, row.value) for row in target.measurements] == [
        (date(2024, 2, 1), Decimal(11)),
        (date(2025, 3, 2), Decimal("12.5")),
    ]
