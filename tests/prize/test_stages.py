"""A prize of several stages: those who are chosen in one go on to the next."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from accounts.actors import Actor
from judging.judges import invite_judges
from judging.release import release_decisions
from prize.changes import change_dates
from prize.entries.conflicts import record_conflict
from prize.entries.drafts import start_entry
from prize.entries.own import own_entries
from prize.form import add_question
from prize.lifecycle import Phase
from prize.models import QuestionKind, Visibility
from prize.prizes import own_prizes
from prize.publication import send_for_review
from prize.readiness import readiness
from prize.rubric import save_criterion
from prize.stages import add_stage, edit_stage, remove_stage, stages
from storage.database import transact
from storage.errors import Closed, Invalid, Refused
from tests.databases import Clock, Given
from tests.stories import (
    CLOSES,
    DAY,
    DECIDED,
    JUDGING_CLOSES,
    OPENS,
    Chapter,
    Story,
    go_on,
    prize_version,
    told,
    work_off,
)
from tests.world import ask, do

SECOND_OPENS = DECIDED + 14 * DAY


def second_stage(story: Story, opens_at=SECOND_OPENS) -> UUID:  # type: ignore[no-untyped-def]
    """A second stage that is ready: dates, a question that names, one that does not, and a criterion."""
    prize, designer = {"prize_id": story.prize_id}, story.designer
    stage = {**prize, "stage_id": do(add_stage, designer, **prize, name="Finalists")}
    moments = dict(
        zip(
            ("opens_at", "closes_at", "judging_closes_at", "decision_at"),
            (opens_at + weeks * timedelta(weeks=1) for weeks in (0, 4, 8, 10)),
            strict=True,
        )
    )
    do(edit_stage, designer, **stage, version=1, name="Finalists", places=1, scorecards_per_entry=2, **moments)
    do(add_question, designer, **stage, kind=QuestionKind.TEXT, wording="Who are you?", reveals_identity=True)
    do(add_question, designer, **stage, kind=QuestionKind.TEXT, wording="What did you show?")
    levels = tuple(f"Level {point}" for point in range(1, 6))
    asked = {"name": "Shown", "question": "How well was it shown?", "weight": 100, "levels": levels}
    do(save_criterion, designer, **stage, criterion_key=None, **asked)
    return stage["stage_id"]


def names(story: Story, actor: Actor) -> list[str]:
    return [stage.name for stage in ask(stages, actor, prize_id=story.prize_id)]


def test_those_who_are_chosen_get_an_entry_in_the_next_stage_and_nobody_else_enters_it(
    database: Given, clock: Clock
) -> None:
    story = told(Chapter.READY)
    second = second_stage(story)
    go_on(story, Chapter.READY, Chapter.RELEASED)

    chosen = {line.stage.id: line for line in ask(own_entries, story.entrants["erin"])}
    assert chosen[second].stage.phase is Phase.PLANNED
    assert [line.stage.id for line in ask(own_entries, story.entrants["bela"])] == [story.stage_id]
    mails = database.sql("SELECT recipient FROM mail WHERE subject LIKE 'You go on to Finalists%'")
    assert [address for (address,) in mails] == ["erin@erin.example"]
    clock.move_to(SECOND_OPENS + DAY)
    [open_line] = [line for line in ask(own_entries, story.entrants["erin"]) if line.stage.id == second]
    assert (open_line.stage.phase, open_line.organisation, open_line.answered) == (Phase.OPEN, "Acorn Labs", 0)
    for entrant in story.entrants.values():
        with pytest.raises(Closed, match="those who were chosen in the stage before"):
            do(start_entry, entrant, stage_id=second, organisation="Acorn Labs")


def test_a_stage_that_opens_before_the_one_before_is_decided_is_not_ready(sqlite: Given) -> None:
    story = told(Chapter.READY)
    second = second_stage(story, opens_at=OPENS + DAY)

    waiting = [check for check in ask(readiness, story.designer, prize_id=story.prize_id) if not check.done]

    assert [(check.stage_id, check.words) for check in waiting] == [
        (second, "Finalists opens before First stage is decided. Choose a later opening.")
    ]
    version = transact(lambda db: prize_version(db, story.prize_id))
    with pytest.raises(Invalid, match="opens before First stage is decided"):
        do(send_for_review, story.designer, prize_id=story.prize_id, version=version)


def test_each_stage_has_to_be_complete(sqlite: Given) -> None:
    story = told(Chapter.READY)
    empty = do(add_stage, story.designer, prize_id=story.prize_id, name="Finalists")

    waiting = [check for check in ask(readiness, story.designer, prize_id=story.prize_id) if not check.done]

    assert [(check.stage, check.name) for check in waiting] == [
        ("Finalists", "Dates"),
        ("Finalists", "Entry form"),
        ("Finalists", "Rubric"),
        ("Finalists", "Names"),
    ]
    assert {check.stage_id for check in waiting} == {empty}


def test_the_last_stage_can_be_removed_with_all_that_was_written_in_it(database: Given) -> None:
    story = told(Chapter.READY)
    second = second_stage(story)
    with pytest.raises(Invalid, match="Only the last stage"):
        do(remove_stage, story.designer, prize_id=story.prize_id, stage_id=story.stage_id)

    do(remove_stage, story.designer, prize_id=story.prize_id, stage_id=second)

    assert names(story, story.designer) == ["First stage"]
    assert database.sql("SELECT count(*) FROM question") == [(3,)]
    with pytest.raises(Invalid, match="A prize needs a stage"):
        do(remove_stage, story.designer, prize_id=story.prize_id, stage_id=story.stage_id)


def test_a_stage_to_which_judges_were_invited_stays_as_it_was(database: Given) -> None:
    story = told(Chapter.READY)
    second = second_stage(story)
    do(invite_judges, story.secretariat, stage_id=second, pasted="Jules <jules@example.org>")

    with pytest.raises(Invalid, match="Finalists is in use"):
        do(remove_stage, story.designer, prize_id=story.prize_id, stage_id=second)

    assert names(story, story.designer) == ["First stage", "Finalists"]
    assert database.sql("SELECT count(*) FROM question") == [(5,)]


def test_a_stage_of_another_prize_is_refused(sqlite: Given) -> None:
    story, other = told(Chapter.READY), told(Chapter.READY, "elsewhere")

    with pytest.raises(Refused):
        do(remove_stage, story.designer, prize_id=story.prize_id, stage_id=other.stage_id)


def test_a_list_of_prizes_names_the_stages_and_says_which_are_over(sqlite: Given) -> None:
    story = told(Chapter.READY)
    second_stage(story)
    go_on(story, Chapter.READY, Chapter.RELEASED)

    [line] = ask(own_prizes, story.secretariat)

    assert [(stage.name, stage.over) for stage in line.stages] == [("First stage", True), ("Finalists", False)]


def test_a_designer_chooses_what_judges_know(sqlite: Given) -> None:
    story = told(Chapter.READY)
    [shown] = ask(stages, story.designer, prize_id=story.prize_id)
    dates = {"opens_at": OPENS, "closes_at": CLOSES, "judging_closes_at": CLOSES + DAY, "decision_at": DECIDED}
    kept = {"version": shown.version, "name": shown.name, "places": 1, "scorecards_per_entry": 2}

    do(
        edit_stage,
        story.designer,
        prize_id=story.prize_id,
        stage_id=shown.id,
        visibility=Visibility.NAMES_KNOWN,
        **kept,
        **dates,
    )

    [shown] = ask(stages, story.designer, prize_id=story.prize_id)
    assert shown.visibility is Visibility.NAMES_KNOWN


def test_a_stage_does_not_close_before_anybody_could_enter_it_and_its_dates_are_moved_first(
    database: Given, clock: Clock
) -> None:
    story = told(Chapter.READY)
    second = second_stage(story)
    go_on(story, Chapter.READY, Chapter.CHECKED)
    clock.move_to(SECOND_OPENS + timedelta(weeks=5))
    work_off()

    with pytest.raises(Invalid, match="Finalists would have closed before those who are chosen could enter it"):
        do(release_decisions, story.secretariat, stage_id=story.stage_id)

    later = {
        name: SECOND_OPENS + timedelta(weeks=weeks)
        for name, weeks in (("closes_at", 9), ("judging_closes_at", 12), ("decision_at", 14))
    }
    where = {"prize_id": story.prize_id, "stage_id": second, "version": 1, "opens_at": SECOND_OPENS}
    do(change_dates, story.secretariat, **where, **later, reason="The decision took longer.")
    do(release_decisions, story.secretariat, stage_id=story.stage_id)
    entry = ask(own_entries, story.entrants["erin"])[0]
    assert (entry.stage.id, entry.stage.phase) == (second, Phase.OPEN)


def test_the_dates_of_one_stage_do_not_run_into_the_next(sqlite: Given) -> None:
    story = told(Chapter.READY)
    second_stage(story)
    go_on(story, Chapter.READY, Chapter.PUBLISHED)
    where = {"prize_id": story.prize_id, "stage_id": story.stage_id, "version": 1, "opens_at": OPENS}
    late = {"closes_at": CLOSES, "judging_closes_at": JUDGING_CLOSES, "decision_at": SECOND_OPENS + DAY}

    with pytest.raises(Invalid, match="Finalists would open before First stage is decided"):
        do(change_dates, story.secretariat, **where, **late, reason="The panel meets later.")


def test_whoever_must_not_see_an_entry_must_not_see_the_team_s_next_one_either(database: Given) -> None:
    story = told(Chapter.READY)
    second = second_stage(story)
    go_on(story, Chapter.READY, Chapter.CLOSED)
    colleague = story.designer.person_id
    assert colleague is not None
    transact(
        lambda db: record_conflict(
            db, colleague, story.entry_id, "A former colleague", decided_by=story.secretariat.person_id
        )
    )
    go_on(story, Chapter.CLOSED, Chapter.RELEASED)

    rows = database.sql(
        f"SELECT reason FROM conflict JOIN entry ON entry.id = conflict.entry_id WHERE entry.stage_id = '{second.hex}'"
        if database.kind == "sqlite"
        else f"SELECT reason FROM conflict JOIN entry ON entry.id = conflict.entry_id WHERE entry.stage_id = '{second}'"
    )
    assert ("A former colleague",) in rows
