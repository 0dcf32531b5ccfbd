"""Conflicts are found from what people say and from who they are, and keep them from the entry."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from accounts.actors import LAUREL, Actor
from accounts.models import Membership, Role, ScopeKind
from accounts.people import find_or_add_person
from accounts.programmes import appoint
from judging.judges import conflicts_to_decide, decide_conflict, invite_judges, judges, state_conflicts
from judging.planning import confirm_assignment, plan_assignment
from judging.results import results
from judging.room import judges_list
from judging.scorecards import own_assignments
from prize.entries.conflicts import in_conflict, record_conflict
from prize.entries.drafts import open_entry, start_entry
from prize.entries.invitations import invite_member
from prize.entries.members import leave_team
from prize.entries.models import Conflict, ConflictOrigin, ConflictState, Entry, Team
from prize.entries.screening import screened_entry, stage_entries
from prize.entries.submission import submit_entry
from storage import clock
from storage import database as storage_database
from storage.database import reading, transact
from storage.errors import Invalid, Refused
from tests.databases import Given
from tests.stories import DAY, OPENS, SEED, Chapter, Story, join_team, person_called, told
from tests.world import ask, do


def staff(story: Story, email: str, role: Role = Role.SECRETARIAT) -> Actor:
    """Somebody with this address is appointed in the programme."""

    def add(db) -> Actor:
        person = find_or_add_person(db, "Somebody New", email)
        appoint(db, LAUREL, person.id, role, ScopeKind.PROGRAMME, story.programme_id)
        return Actor(person.id)

    return transact(add)


def conflicts() -> list[tuple[ConflictOrigin, ConflictState, str]]:
    with reading() as db:
        return [(row.origin, row.state, row.reason) for row in db.exec(select(Conflict)).all()]


def state(story: Story, *names: str, judge: Actor | None = None) -> int:
    return do(state_conflicts, judge or story.judge, stage_id=story.stage_id, statements=names)


def test_whoever_has_an_address_at_a_team_s_own_domain_is_in_conflict_with_its_entry(database: Given) -> None:
    story = told(Chapter.SUBMITTED)

    close = staff(story, "somebody@mail.erin.example")

    assert conflicts() == [
        (ConflictOrigin.DETECTED, ConflictState.STANDS, "Has an address at erin.example, as the team has")
    ]
    with pytest.raises(Refused):
        ask(screened_entry, close, entry_id=story.entry_id)
    seen = ask(stage_entries, close, stage_id=story.stage_id).entries
    assert [line.organisation for line in seen] == ["Birch Works"]


def test_starting_an_entry_asks_the_database_no_more_where_many_are_appointed(database: Given) -> None:
    story = told(Chapter.PUBLISHED)
    transact(lambda db: clock.move_to(db, OPENS + DAY))

    def statements(name: str) -> int:
        entrant = transact(lambda db: person_called(db, name))
        asked = []

        def heard(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            asked.append(statement)

        event.listen(storage_database.engine(), "after_cursor_execute", heard)
        try:
            do(start_entry, entrant, stage_id=story.stage_id, organisation=name.capitalize())
        finally:
            event.remove(storage_database.engine(), "after_cursor_execute", heard)
        return len(asked)

    few = statements("dora")
    for number in range(20):
        staff(story, f"somebody@number{number}.example")

    assert statements("fred") == few


def test_a_public_mail_provider_is_no_conflict(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    sqlite.sql("UPDATE email_address SET address = 'erin@gmail.com' WHERE address = 'erin@erin.example'")
    do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)

    staff(story, "somebody@gmail.com")

    assert conflicts() == []


def test_whoever_belongs_to_the_team_or_to_its_organisation_is_in_conflict(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)
    colleague = transact(lambda db: join_team(db, story.entry_id, "ada"))

    def hire(db) -> Actor:
        team = db.get_one(Team, db.get_one(Entry, story.entries["bela"]).team_id)
        person = find_or_add_person(db, "Berta", "berta@elsewhere.example")
        db.add(Membership(person_id=person.id, organisation_id=team.organisation_id))
        return Actor(person.id)

    hired = transact(hire)
    for person in (colleague, hired):
        assert person.person_id is not None
        transact(
            lambda db, who=person.person_id: appoint(db, LAUREL, who, Role.DESIGNER, ScopeKind.PRIZE, story.prize_id)
        )

    assert sorted(reason for _, _, reason in conflicts()) == ["Belongs to Birch Works", "Belongs to the team"]


def test_an_entry_that_is_submitted_later_is_compared_with_everybody_who_is_there(database: Given) -> None:
    story = told(Chapter.WRITTEN)
    do(invite_judges, story.secretariat, stage_id=story.stage_id, pasted="Jules <jules@erin.example>")
    before = len(conflicts())

    do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)

    assert (before, len(conflicts())) == (1, 1)  # found when the judge was invited, and not twice


def test_a_judge_with_a_detected_conflict_is_never_dealt_the_entry(sqlite: Given) -> None:
    story = told(Chapter.SCREENED)
    pasted = "Jules <jules@erin.example>\nJo <jo@jo.example>\nJan <jan@jan.example>"
    do(invite_judges, story.secretariat, stage_id=story.stage_id, pasted=pasted)

    lines = {line.name: line.conflicts for line in ask(judges, story.secretariat, stage_id=story.stage_id)}

    assert lines == {"Jules": 1, "Jo": 0, "Jan": 0}


@pytest.mark.parametrize("named", ["Birch Work", "Birk Works", "Birch", "The Birch Works Foundation"])
def test_a_name_that_is_only_close_waits_for_the_secretariat(sqlite: Given, named: str) -> None:
    story = told(Chapter.PLANNED)

    assert state(story, named) == 1

    (waiting,) = ask(conflicts_to_decide, story.secretariat, stage_id=story.stage_id)
    assert waiting.reason == f"Named “{named}”, which is close to “Birch Works”"
    with pytest.raises(Invalid, match="1 possible conflict waits"):
        do(confirm_assignment, story.secretariat, stage_id=story.stage_id, plan_id=story.plan_id)


@pytest.mark.parametrize("named", ["Cedar Mill", "Works", "Ltd", "Be", "Bi", "Mr Harris"])
def test_a_name_that_is_not_close_is_no_conflict(sqlite: Given, named: str) -> None:
    story = told(Chapter.INVITED)

    state(story, named)

    assert [reason for _, _, reason in conflicts() if "close" in reason and named != "Works"] == []


def test_a_close_name_keeps_apart_or_does_not_as_the_secretariat_decides(database: Given) -> None:
    story = told(Chapter.SCORED)
    jules, jo = story.judges.values()
    for judge in (jules, jo):
        state(story, "Birch Work", judge=judge)
    waiting = ask(conflicts_to_decide, story.secretariat, stage_id=story.stage_id)
    by_judge = {line.judge: line.id for line in waiting}
    assert all(len(ask(judges_list, judge, stage_id=story.stage_id).lines) == 2 for judge in (jules, jo))

    do(decide_conflict, story.secretariat, conflict_id=by_judge["Jules"], keeps_apart=True)
    do(decide_conflict, story.secretariat, conflict_id=by_judge["Jo"], keeps_apart=False)

    seen = [len(ask(judges_list, judge, stage_id=story.stage_id).lines) for judge in (jules, jo)]
    assert seen == [1, 2]
    counted = {
        line.entry_id: line.scorecards for line in ask(results, story.secretariat, stage_id=story.stage_id).lines
    }
    assert counted == {story.entry_id: 2, story.entries["bela"]: 1}
    with pytest.raises(Invalid, match="decided already"):
        do(decide_conflict, story.secretariat, conflict_id=by_judge["Jo"], keeps_apart=True)


def test_a_name_that_was_dismissed_as_close_is_a_conflict_when_it_is_stated_exactly(sqlite: Given) -> None:
    story = told(Chapter.INVITED)
    state(story, "Birch Work")
    (waiting,) = ask(conflicts_to_decide, story.secretariat, stage_id=story.stage_id)
    do(decide_conflict, story.secretariat, conflict_id=waiting.id, keeps_apart=False)

    state(story, "Birch Work!", "Birch Works Ltd")

    with reading() as db:
        assert story.judge.person_id is not None
        assert in_conflict(db, story.judge.person_id, story.entries["bela"])


@pytest.mark.parametrize("named", ["bela.example", "info@bela.example", "www.bela.example", "Bela"])
def test_a_judge_may_name_a_domain_an_address_or_a_person(sqlite: Given, named: str) -> None:
    story = told(Chapter.INVITED)

    state(story, named)

    assert [row[1] for row in conflicts()] == [ConflictState.STANDS]


def test_a_conflict_that_is_found_later_takes_the_entry_off_every_list_of_the_judge(database: Given) -> None:
    story = told(Chapter.SCORED)
    assert story.judge.person_id is not None
    transact(
        lambda db: db.add(
            Conflict(
                person_id=story.judge.person_id,
                entry_id=story.entry_id,
                origin=ConflictOrigin.DETECTED,
                found_at=db.get_one(Entry, story.entry_id).created_at,
            )
        )
    )

    left = transact(lambda db: own_assignments(db, story.judge.person_id, story.stage_id))

    assert [assignment.entry_id for assignment in left] == [story.entries["bela"]]
    assert len(ask(judges_list, story.judge, stage_id=story.stage_id).lines) == 1


def test_a_plan_keeps_close_names_out_of_the_deal_only_when_they_stand(sqlite: Given) -> None:
    story = told(Chapter.BOUND)
    state(story, "Birch Work")
    (waiting,) = ask(conflicts_to_decide, story.secretariat, stage_id=story.stage_id)
    do(decide_conflict, story.secretariat, conflict_id=waiting.id, keeps_apart=True)

    plan = do(plan_assignment, story.secretariat, stage_id=story.stage_id, seed=SEED)

    assert {judge.name: judge.entries for judge in plan.judges} == {"Jules": 1, "Jo": 2}


def test_whoever_left_the_team_is_still_in_conflict_with_what_they_wrote(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    ada = transact(lambda db: join_team(db, story.entry_id, "ada"))
    do(leave_team, ada, entry_id=story.entry_id)
    do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)

    appoint_again = (Role.SECRETARIAT, ScopeKind.PROGRAMME, story.programme_id)
    transact(lambda db: appoint(db, LAUREL, ada.person_id, *appoint_again))

    assert transact(lambda db: in_conflict(db, ada.person_id, story.entry_id))


def test_whoever_is_appointed_and_invited_to_a_team_waits_for_the_secretariat(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    near = staff(story, "ada@elsewhere.example")

    do(invite_member, story.entrant, entry_id=story.entry_id, name="Ada", email="ada@elsewhere.example")

    assert conflicts() == [(ConflictOrigin.DETECTED, ConflictState.POSSIBLE, "Was invited to the team")]
    assert not transact(lambda db: in_conflict(db, near.person_id, story.entry_id))


def test_whoever_must_not_see_one_entry_of_a_team_is_asked_about_its_others(sqlite: Given) -> None:
    story = told(Chapter.CLOSED)
    team_id = transact(lambda db: db.get_one(Entry, story.entry_id).team_id)
    other_id = transact(lambda db: open_entry(db, story.stage_id, team_id, 2).id)
    judge = staff(story, "jan@elsewhere.example")

    transact(lambda db: record_conflict(db, judge.person_id, story.entry_id, "A cousin", None))

    with reading() as db:
        rows = db.exec(select(Conflict).where(Conflict.person_id == judge.person_id)).all()
    states = {row.entry_id: row.state for row in rows}
    assert states == {story.entry_id: ConflictState.STANDS, other_id: ConflictState.POSSIBLE}
