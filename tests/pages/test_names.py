"""Names that were found, as the team and the secretariat see them."""

from __future__ import annotations

from datetime import timedelta

from accounts.actors import LAUREL
from judging.judges import conflicts_to_decide, state_conflicts
from prize.closing import close_stage
from prize.entries.screening import screened_entry
from prize.entries.searching import search_submitted
from prize.entries.submission import submit_entry
from storage import clock
from storage.database import transact
from storage.jobs import work_once
from tests.databases import Given
from tests.pages.visiting import press, tables, visit, words
from tests.stories import CLOSES, Chapter, Story, told, write
from tests.world import ask, do

NAMING = "Acorn Labs counts mussels, and has done so for years."


def naming_its_team() -> Story:
    story = told(Chapter.WRITTEN)
    answers = {story.questions["method"]: NAMING}
    transact(lambda db: write(db, story.entrant, story.entry_id, answers, number=2))
    return story


def closed(story: Story) -> Story:
    do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)
    transact(lambda db: clock.move_to(db, CLOSES + timedelta(seconds=1)))
    do(close_stage, LAUREL, stage_id=story.stage_id)
    transact(lambda db: search_submitted(db, story.entry_id))
    return story


def test_a_team_reads_what_would_tell_judges_who_it_is(sqlite: Given) -> None:
    story = naming_its_team()
    transact(lambda db: clock.move_to(db, clock.now(db) + timedelta(minutes=1)))
    while work_once():
        pass
    page = visit(story.entrant, "entry")
    page.query_params["entry"] = str(story.entry_id)

    page = page.run()

    assert not page.exception
    assert "This may tell judges who you are" in words(page)
    assert "**Acorn Labs** (organisation)" in words(page)


def test_the_secretariat_decides_on_the_page_of_the_entry(sqlite: Given) -> None:
    story = closed(naming_its_team())
    page = visit(story.secretariat, "entries")
    assert "To decide" in tables(page)
    page.query_params["entry"] = str(story.entry_id)
    page = page.run()
    assert "Kept from judges until you decide." in words(page)

    page = press(page, "Withhold")

    assert not page.exception
    assert "Withheld: judges do not get it." in words(page)
    (check,) = ask(screened_entry, story.secretariat, entry_id=story.entry_id).names
    assert check.state.value == "withheld"


def test_the_secretariat_decides_about_a_close_name_on_the_judges_page(sqlite: Given) -> None:
    story = told(Chapter.INVITED)
    do(state_conflicts, story.judge, stage_id=story.stage_id, statements=("Birch Work",))
    page = visit(story.secretariat, "judges")
    assert "which is close to" in words(page)

    page = press(page, "No conflict")

    assert not page.exception
    assert ask(conflicts_to_decide, story.secretariat, stage_id=story.stage_id) == ()
    assert "Possible conflicts" not in words(page)
