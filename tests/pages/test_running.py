"""A published prize on its pages: several stages, pausing, moved dates, new rules, and more time for an entry."""

from __future__ import annotations

from datetime import timedelta

from accounts.actors import STRANGER
from prize.copying import prize_file
from prize.entries.screening import stage_entries
from prize.models import PrizeState
from prize.prizes import own_prizes, prize
from prize.publication import public_prize
from prize.stages import add_stage, stages
from tests.databases import Given
from tests.pages.visiting import press, row_of, title, visit, words
from tests.stories import CLOSES, DAY, SLUG, Chapter, told
from tests.world import ask, do

WHY = "A colleague has looked at it again."


def test_a_stage_is_added_and_chosen_at_the_side(sqlite: Given) -> None:
    story = told(Chapter.READY)
    page = visit(story.designer, "stage")
    page.text_input(key=f"new-stage-{story.prize_id}-name").input("Finalists")

    press(page, "Add stage")

    assert [stage.name for stage in ask(stages, story.designer, prize_id=story.prize_id)] == [
        "First stage",
        "Finalists",
    ]
    assert title(page) == "Finalists"
    page.selectbox(key="Stage in sidebar").select(story.stage_id).run()
    assert title(page) == "First stage"


def test_the_overview_says_which_stage_lacks_what(sqlite: Given) -> None:
    story = told(Chapter.READY)
    do(add_stage, story.designer, prize_id=story.prize_id, name="Finalists")

    links = [link.proto.label for link in visit(story.designer, "overview").get("page_link")]

    assert {"First stage: Dates", "Finalists: Dates", "Finalists: Rubric"} <= {str(label) for label in links}


def test_the_secretariat_pauses_a_prize_with_a_reason_and_resumes_it(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)
    page = visit(story.secretariat, "overview")
    page.text_input(key=f"running-{story.prize_id}-reason").input(WHY)

    press(page, "Pause the prize")

    assert ask(prize, story.secretariat, prize_id=story.prize_id).state is PrizeState.PAUSED
    assert "The prize is paused." in [box.value for box in page.success]
    page.text_input(key=f"running-{story.prize_id}-reason").input(WHY)
    press(page, "Resume the prize")
    assert ask(prize, story.secretariat, prize_id=story.prize_id).state is PrizeState.PUBLISHED


def test_a_step_without_a_reason_is_not_taken(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)
    page = visit(story.secretariat, "overview")

    press(page, "Pause the prize")

    assert ask(prize, story.secretariat, prize_id=story.prize_id).state is PrizeState.PUBLISHED
    assert "The reason is empty. Fill it in" in words(page)


def test_the_dates_of_a_published_stage_are_moved_with_a_reason(sqlite: Given) -> None:
    story = told(Chapter.STARTED)
    page = visit(story.secretariat, "stage")
    page.session_state[f"dates-{story.stage_id}-closes_at"] = (CLOSES + DAY + timedelta(hours=1)).replace(tzinfo=None)
    page.text_input(key=f"dates-{story.stage_id}-reason").input(WHY)

    press(page, "Publish the new dates")

    shown = ask(public_prize, STRANGER, slug=SLUG)
    assert shown.stages[0].stage.dates is not None
    assert shown.stages[0].stage.dates.closes_at == CLOSES + DAY
    assert [line.reason for line in shown.changes] == [WHY]


def test_new_rules_are_published_from_the_page_of_brief_and_rules(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)
    page = visit(story.secretariat, "brief")
    page.text_area(key=f"changed-rules-{story.prize_id}-text").input("New terms.")
    page.text_input(key=f"changed-rules-{story.prize_id}-reason").input(WHY)

    press(page, "Publish the new rules")

    assert ask(public_prize, STRANGER, slug=SLUG).rules == "New terms."


def test_an_entry_is_given_more_time_from_the_list_of_entries(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    page = visit(story.secretariat, "entries")
    page.selectbox(key=f"extending-{story.stage_id}-entry_id").select(story.entry_id)
    page.text_input(key=f"extending-{story.stage_id}-reason").input(WHY)

    press(page, "Give more time")

    lines = ask(stage_entries, story.secretariat, stage_id=story.stage_id).entries
    assert {line.id: line.closes_at for line in lines}[story.entry_id] == CLOSES + DAY
    assert row_of(page, "Acorn Labs")[1] == "until Thursday 1 April 2027, 13:00 (London)"


def test_a_list_of_prizes_of_a_verifier_has_no_stage_to_choose_that_they_may_not_see(sqlite: Given) -> None:
    story = told(Chapter.READY)
    do(add_stage, story.designer, prize_id=story.prize_id, name="Finalists")

    page = visit(story.verifier, "verify")

    assert not page.exception
    assert len(ask(own_prizes, story.verifier)[0].stages) == 2


def test_a_prize_is_begun_from_the_file_of_another(sqlite: Given) -> None:
    story = told(Chapter.READY)
    text = ask(prize_file, story.designer, prize_id=story.prize_id)
    page = visit(story.owner, "new-prize")
    page.selectbox(key="prize-begun-from-source").select("A file").run()
    page.text_input(key="prize-begun-from-slug").input("again")
    page.text_area(key="prize-begun-from-text").input(text)

    press(page, "Begin the prize")

    assert {line.slug for line in ask(own_prizes, story.owner)} == {"clean-rivers", "again"}


def test_a_file_that_is_wrong_is_kept_in_its_field_with_what_is_wrong(sqlite: Given) -> None:
    story = told(Chapter.READY)
    page = visit(story.owner, "new-prize")
    page.selectbox(key="prize-begun-from-source").select("A file").run()
    page.text_input(key="prize-begun-from-slug").input("again")
    page.text_area(key="prize-begun-from-text").input("title: [")

    press(page, "Begin the prize")

    assert "no YAML that can be read. Look at line 1" in words(page)
    assert page.text_area(key="prize-begun-from-text").value == "title: ["
