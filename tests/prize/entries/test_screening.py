"""The secretariat's screening, and judges' conflicts, of which the answer tells nothing."""

from __future__ import annotations

from contextlib import suppress
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from accounts.actors import LAUREL, Actor
from accounts.models import Role, ScopeKind
from accounts.people import find_or_add_person
from accounts.programmes import appoint
from judging.judges import judges, state_conflicts
from judging.planning import plan_assignment
from judging.results import results
from judging.scorecards import own_assignments
from prize.entries.conflicts import folded
from prize.entries.screening import Screened, screen_entries, screen_entry, screened_entry, stage_entries
from prize.entries.submission import withdraw_entry
from storage.database import transact
from storage.errors import NOT_YOURS, Closed, Invalid, Refused
from tests.databases import Given
from tests.stories import SEED, Chapter, Story, go_on, told
from tests.world import ask, do


def test_entries_are_screened_after_closing_and_not_before(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)

    with pytest.raises(Closed, match="after the stage has closed"):
        do(screen_entry, story.secretariat, entry_id=story.entry_id, eligible=True)


def test_an_entry_is_called_ineligible_with_a_reason_and_the_latest_screening_counts(database: Given) -> None:
    story = told(Chapter.CLOSED)
    with pytest.raises(Invalid, match="Say why"):
        do(screen_entry, story.secretariat, entry_id=story.entry_id, eligible=False)
    do(screen_entry, story.secretariat, entry_id=story.entry_id, eligible=False, reason="Not a river.")
    do(screen_entry, story.secretariat, entry_id=story.entry_id, eligible=True)

    line = ask(screened_entry, story.secretariat, entry_id=story.entry_id).line

    assert (line.eligible, line.reason) == (True, "")


def test_judging_is_not_planned_while_an_entry_waits_for_screening(sqlite: Given) -> None:
    story = told(Chapter.CLOSED)
    do(screen_entry, story.secretariat, entry_id=story.entry_id, eligible=True)

    with pytest.raises(Invalid, match="1 entry waits for screening"):
        do(plan_assignment, story.secretariat, stage_id=story.stage_id, seed=SEED)


def test_the_secretariat_reads_what_was_submitted_and_no_draft(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)

    lines = ask(stage_entries, story.secretariat, stage_id=story.stage_id).entries

    assert {(line.organisation, line.submitted_at) for line in lines} == {("Acorn Labs", None), ("Birch Works", None)}
    with pytest.raises(Invalid, match="not submitted"):
        ask(screened_entry, story.secretariat, entry_id=story.entry_id)
    with pytest.raises(Refused):
        ask(stage_entries, story.designer, stage_id=story.stage_id)


def test_a_judge_who_names_conflicts_learns_nothing_about_who_has_entered(database: Given) -> None:
    story = told(Chapter.INVITED)
    jules, jo = story.judges.values()

    hit = do(state_conflicts, jules, stage_id=story.stage_id, statements=("Birch Works",))
    miss = do(state_conflicts, jo, stage_id=story.stage_id, statements=("Cedar Mill",))

    assert hit == miss == 1
    found = {line.person_id: line.conflicts for line in ask(judges, story.secretariat, stage_id=story.stage_id)}
    assert found == {jules.person_id: 1, jo.person_id: 0}


@pytest.mark.parametrize(
    "named", ["birch works ltd", "BIRCH  WORKS, Ltd.", "Bírch Works", "Bela", "bela@bela.example", "BELA@bela.example"]
)
def test_a_conflict_is_found_however_the_name_is_written(sqlite: Given, named: str) -> None:
    story = told(Chapter.INVITED)

    do(state_conflicts, story.judge, stage_id=story.stage_id, statements=(named,))

    lines = ask(judges, story.secretariat, stage_id=story.stage_id)
    assert sum(line.conflicts for line in lines) == 1


def test_a_conflict_that_is_stated_later_takes_the_entry_off_the_judge_s_list(database: Given) -> None:
    story = told(Chapter.SCORED)

    do(state_conflicts, story.judge, stage_id=story.stage_id, statements=("Birch Works",))

    left = transact(lambda db: own_assignments(db, story.judge.person_id, story.stage_id))
    assert [assignment.entry_id for assignment in left] == [story.entry_id]


def test_a_conflict_that_is_stated_after_the_decision_does_not_change_what_was_decided_on(sqlite: Given) -> None:
    story = told(Chapter.CONFIRMED)
    before = ask(results, story.secretariat, stage_id=story.stage_id).lines

    with suppress(Closed):
        do(state_conflicts, story.judge, stage_id=story.stage_id, statements=("Birch Works",))

    assert ask(results, story.secretariat, stage_id=story.stage_id).lines == before


def test_at_most_200_names_are_kept_of_a_judge(sqlite: Given) -> None:
    story = told(Chapter.INVITED)
    names = tuple(f"Name {number}" for number in range(200))
    assert do(state_conflicts, story.judge, stage_id=story.stage_id, statements=names) == 200
    assert do(state_conflicts, story.judge, stage_id=story.stage_id, statements=("name 7",)) == 200

    with pytest.raises(Invalid, match="at most 200"):
        do(state_conflicts, story.judge, stage_id=story.stage_id, statements=("One more",))


@given(st.text(max_size=60))
def test_a_folded_name_folds_to_itself(name: str) -> None:
    assert folded(folded(name)) == folded(name)


def test_several_entries_are_decided_each_by_itself(database: Given) -> None:
    story = told(Chapter.SUBMITTED)
    do(withdraw_entry, story.entrants["bela"], entry_id=story.entries["bela"])
    go_on(story, Chapter.SUBMITTED, Chapter.CLOSED)
    ids = (story.entry_id, story.entries["bela"], story.entry_id)

    became = do(
        screen_entries, story.secretariat, stage_id=story.stage_id, entry_ids=ids, eligible=False, reason="No river."
    )

    assert became == (Screened(ids[0], ""), Screened(ids[1], "Only a submitted entry is screened."))
    line = ask(screened_entry, story.secretariat, entry_id=story.entry_id).line
    assert (line.eligible, line.reason) == (False, "No river.")


def test_several_entries_are_not_called_ineligible_without_a_reason(sqlite: Given) -> None:
    story = told(Chapter.CLOSED)
    ids = tuple(story.entries.values())

    with pytest.raises(Invalid, match="Say why"):
        do(screen_entries, story.secretariat, stage_id=story.stage_id, entry_ids=ids, eligible=False)
    with pytest.raises(Invalid, match="at least one"):
        do(screen_entries, story.secretariat, stage_id=story.stage_id, entry_ids=(), eligible=True)

    lines = ask(stage_entries, story.secretariat, stage_id=story.stage_id).entries
    assert [line.eligible for line in lines] == [None, None]


def test_several_entries_are_screened_after_closing_and_before_judging(sqlite: Given) -> None:
    for chapter in (Chapter.SUBMITTED, Chapter.ASSIGNED):
        story = told(chapter, place=f"-{chapter.name.lower()}")
        ids = tuple(story.entries.values())
        with pytest.raises(Closed):
            do(screen_entries, story.secretariat, stage_id=story.stage_id, entry_ids=ids, eligible=True)


def test_an_entry_from_which_one_is_shut_out_is_as_unknown_as_one_that_is_not_there(sqlite: Given) -> None:
    story = told(Chapter.CLOSED)
    near = transact(lambda db: _near(db, story))
    other = told(Chapter.CLOSED, place="-elsewhere")

    for entry_id in (story.entry_id, other.entry_id, uuid4()):
        ids = (story.entries["bela"], entry_id)
        with pytest.raises(Refused, match=NOT_YOURS):
            do(screen_entries, near, stage_id=story.stage_id, entry_ids=ids, eligible=True)

    lines = ask(stage_entries, story.secretariat, stage_id=story.stage_id).entries
    assert [line.eligible for line in lines] == [None, None]


def _near(db: Session, story: Story) -> Actor:
    """Somebody of the secretariat who has an address at the first team's domain."""
    person = find_or_add_person(db, "Somebody Near", "near@erin.example")
    appoint(db, LAUREL, person.id, Role.SECRETARIAT, ScopeKind.PROGRAMME, story.programme_id)
    return Actor(person.id)
