"""Entries are given to judges by hand or from a sheet, and the rest is dealt around them."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlmodel import Session

from judging.by_hand import give_entry, import_assignment, planned_assignment
from judging.planning import PlanShown, confirm_assignment, latest_plan, plan_assignment
from prize.entries.conflicts import record_conflict
from prize.models import Stage
from storage.database import transact
from storage.errors import Invalid, Refused, Stale
from storage.sheets.planning import Fate, Imported
from tests.databases import Given
from tests.judging.examples import a_sheet
from tests.judging.test_importing import code_of, imported
from tests.judging.test_leaving import live
from tests.stories import Chapter, Story, told
from tests.world import ask, do

COLUMNS = ("code", "email")


@pytest.fixture
def story(database: Given) -> Story:
    """Two entries, of which each gets one scorecard, and two judges who are ready."""
    story = told(Chapter.BOUND)

    def one_card(db: Session) -> None:
        stage = db.get_one(Stage, story.stage_id)
        stage.scorecards_per_entry = 1
        db.add(stage)

    transact(one_card)
    return story


def plan(story: Story, **more: object) -> PlanShown:
    shown: PlanShown = do(plan_assignment, story.secretariat, stage_id=story.stage_id, **more)
    return shown


def give(story: Story, team: str, *names: str, before: PlanShown | None = None) -> PlanShown:
    seen = before or ask(latest_plan, story.secretariat, stage_id=story.stage_id)
    judges = tuple(person(story, name) for name in names)
    given = {"plan_id": seen.id, "entry_id": story.entries[team], "judge_ids": judges}
    shown: PlanShown = do(give_entry, story.secretariat, stage_id=story.stage_id, **given)
    return shown


def person(story: Story, name: str) -> UUID:
    person_id = story.judges[name].person_id
    assert person_id is not None
    return person_id


def dealt(shown: PlanShown, story: Story) -> dict[str, tuple[UUID, ...]]:
    by_id = {entry.entry_id: entry.judge_ids for entry in shown.dealt}
    return {name: by_id[entry_id] for name, entry_id in story.entries.items() if entry_id in by_id}


@pytest.mark.parametrize("name", ["jules", "jo"])
def test_an_entry_goes_to_the_judge_who_was_chosen_and_the_other_entry_to_the_other_judge(
    story: Story, name: str
) -> None:
    plan(story)

    shown = give(story, "erin", name)

    other = person(story, "jo" if name == "jules" else "jules")
    assert dealt(shown, story) == {"erin": (person(story, name),), "bela": (other,)}
    assert [(entry.entry_id == story.entries["erin"]) for entry in shown.dealt if entry.by_hand] == [True]
    do(confirm_assignment, story.secretariat, stage_id=story.stage_id, plan_id=shown.id)
    assert (story.entries["erin"], person(story, name)) in live(story)


def test_another_plan_keeps_what_was_given_by_hand_until_all_is_dealt_at_random(story: Story) -> None:
    plan(story)
    give(story, "erin", "jules")

    for seed in range(6):
        assert dealt(plan(story, seed=seed), story)["erin"] == (person(story, "jules"),)

    drawn = {dealt(plan(story, seed=seed, by_hand=False), story)["erin"] for seed in range(8)}
    assert drawn == {(person(story, "jules"),), (person(story, "jo"),)}


def test_an_entry_that_is_given_to_nobody_is_dealt_at_random_again(story: Story) -> None:
    first = plan(story, seed=3)
    give(story, "erin", "jules")

    shown = give(story, "erin")

    assert dealt(shown, story) == dealt(first, story)
    assert not any(entry.by_hand for entry in shown.dealt)


def test_a_conflict_that_is_found_later_takes_the_entry_from_the_judge(story: Story) -> None:
    plan(story)
    give(story, "erin", "jules")
    transact(lambda db: record_conflict(db, person(story, "jules"), story.entries["erin"], "", None))

    with pytest.raises(Invalid, match="Jules is kept from"):
        give(story, "erin", "jules")

    assert dealt(plan(story), story)["erin"] == (person(story, "jo"),)


def test_what_cannot_be_given_is_refused_and_the_plan_stays(story: Story) -> None:
    first = plan(story)
    elsewhere = {"stage_id": story.stage_id, "plan_id": first.id, "entry_id": story.entries["erin"]}

    with pytest.raises(Invalid, match="Each entry is scored by 1 judge"):
        give(story, "erin", "jules", "jo")
    with pytest.raises(Invalid, match="judges who have accepted the terms"):
        do(give_entry, story.secretariat, **elsewhere, judge_ids=(story.sponsor.person_id,))
    with pytest.raises(Refused):
        do(give_entry, story.secretariat, **{**elsewhere, "entry_id": story.stage_id}, judge_ids=())
    plan(story)
    with pytest.raises(Stale, match="Another plan has been made meanwhile"):
        give(story, "erin", "jules", before=first)

    assert not any(entry.by_hand for entry in ask(latest_plan, story.secretariat, stage_id=story.stage_id).dealt)


def test_a_secretary_in_conflict_gives_no_entry_that_is_not_there_for_them(story: Story) -> None:
    first = plan(story)
    transact(lambda db: record_conflict(db, story.secretariat.person_id, story.entries["erin"], "", None))

    with pytest.raises(Refused):
        give(story, "erin", "jules", before=first)

    shown = ask(latest_plan, story.secretariat, stage_id=story.stage_id)
    assert dealt(shown, story).keys() == {"bela"}
    hidden, unknown = (
        ask(
            planned_assignment,
            story.secretariat,
            stage_id=story.stage_id,
            given=a_sheet(COLUMNS, (code, "jo@example.org")),
        )
        for code in (code_of(story), "NONE-99")
    )
    assert hidden.problems == unknown.problems


def test_a_sheet_gives_many_entries_at_once_and_the_rest_is_dealt_around_them(story: Story) -> None:
    given = a_sheet(COLUMNS, (code_of(story).lower(), "JULES@example.org"))

    assert imported(story, planned_assignment, import_assignment, given) == Imported(1, 0, 0)

    shown = ask(latest_plan, story.secretariat, stage_id=story.stage_id)
    assert dealt(shown, story) == {"erin": (person(story, "jules"),), "bela": (person(story, "jo"),)}
    again = ask(planned_assignment, story.secretariat, stage_id=story.stage_id, given=given)
    assert [row.fate for row in again.rows] == [Fate.THERE]


def test_a_sheet_with_anything_wrong_gives_nothing(story: Story) -> None:
    good = (code_of(story), "jules@example.org")
    for bad, words in (
        (("NONE-99", "jo@example.org"), "Row 3, Entry: No entry that is to be judged has this code"),
        ((code_of(story, "bela"), "nobody@example.org"), "Row 3, Judge: No judge who is ready to score"),
        (good, "Row 3, Entry: It stands in row 2 already"),
        ((code_of(story), "jo@example.org"), "Row 3, Entry: Each entry is scored by 1 judge"),
    ):
        with pytest.raises(Invalid, match=words):
            imported(story, planned_assignment, import_assignment, a_sheet(COLUMNS, good, bad))

    assert ask(latest_plan, story.secretariat, stage_id=story.stage_id) is None


def test_a_sheet_counts_on_what_was_shown(story: Story) -> None:
    given = a_sheet(COLUMNS, (code_of(story), "jules@example.org"))
    shown = ask(planned_assignment, story.secretariat, stage_id=story.stage_id, given=given).digest
    other = replace(given, sheet=a_sheet(COLUMNS, (code_of(story), "jo@example.org")).sheet)

    with pytest.raises(Stale):
        do(import_assignment, story.secretariat, stage_id=story.stage_id, given=other, shown=shown)
