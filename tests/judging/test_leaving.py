"""Tests of a judge who leaves the panel while it judges."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from accounts.actors import LAUREL, Actor
from accounts.models import Role, ScopeKind
from accounts.people import find_or_add_person, find_person
from accounts.programmes import appoint
from judging.judges import accept_terms, invite_judges, judges, own_seats, state_conflicts
from judging.leaving import Leaving, leaving, let_judge_leave
from judging.models import Assignment, Duty
from judging.results import results
from judging.scorecards import finish_judging, own_assignments, save_score
from storage.database import matching, reading, transact, writing
from storage.errors import NOT_YOURS, Closed, Refused, Stale
from tests.databases import Given
from tests.stories import Chapter, Story, assignments_of, go_on, told, with_comments_needed
from tests.world import ask, do


def with_new_judge(story: Story, name: str = "mara", duty: Duty = Duty.BOTH) -> Actor:
    """Somebody who is invited while others judge, and is ready."""
    pasted = f"{name.capitalize()} <{name}@example.org>"
    do(invite_judges, story.secretariat, stage_id=story.stage_id, pasted=pasted, duty=duty)
    actor = transact(lambda db: Actor(_id_of(db, f"{name}@example.org")))
    do(accept_terms, actor, stage_id=story.stage_id)
    do(state_conflicts, actor, stage_id=story.stage_id, statements=())
    return actor


def proposed(story: Story, judge: Actor, actor: Actor | None = None) -> Leaving:
    return ask(leaving, actor or story.secretariat, stage_id=story.stage_id, person_id=judge.person_id)


def leave(story: Story, judge: Actor) -> None:
    shown = proposed(story, judge).digest
    do(let_judge_leave, story.secretariat, stage_id=story.stage_id, person_id=judge.person_id, shown=shown)


def live(story: Story) -> set[tuple[UUID, UUID]]:
    """Who is asked for what now."""

    def look(db: Session) -> set[tuple[UUID, UUID]]:
        rows = matching(db, Assignment, stage_id=story.stage_id, withdrawn_at=None)
        return {(row.entry_id, row.judge_id) for row in rows}

    return transact(look)


def score(story: Story, judge: Actor, number: int) -> None:
    """Score the first so many entries of a judge to the end."""
    for assignment in transact(lambda db: assignments_of(db, story, judge))[:number]:
        for key in story.criteria.values():
            do(save_score, judge, assignment_id=assignment.id, criterion_key=key, points=4)


def test_nobody_who_only_meets_in_the_panel_is_asked_for_the_entries_of_a_judge_who_leaves(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    jules, _ = story.judges.values()
    with_new_judge(story, duty=Duty.MEETS)

    found = proposed(story, jules)

    assert (found.takes_over, found.short) == ((), len(found.given_back))


def test_finished_scorecards_stay_and_open_ones_go_to_a_new_judge_while_nobody_else_s_move(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    jules, jo = story.judges.values()
    score(story, jules, 1)
    mara = with_new_judge(story)
    before = live(story)
    found = proposed(story, jules)
    assert (found.stays, len(found.given_back), found.short, found.groups_after) == (1, 1, 0, 1)
    assert [(line.name, line.codes, line.before) for line in found.takes_over] == [("Mara", found.given_back, 0)]

    leave(story, jules)

    bela = story.entries["bela"]
    assert live(story) == before - {(bela, jules.person_id)} | {(bela, mara.person_id)}
    assert {line.name for line in ask(judges, story.secretariat, stage_id=story.stage_id)} == {"Jo", "Mara"}
    shown = ask(results, story.secretariat, stage_id=story.stage_id)
    assert (shown.complete, shown.assigned) == (1, 4)
    scored = {line.entry_id: line.mean for line in shown.lines}
    assert scored[story.entry_id] == 4
    [mail] = database.sql("SELECT text FROM mail WHERE recipient = 'mara@example.org' AND text LIKE '%1 more entry%'")
    assert mail
    assert {row[1] for row in live(story) if row[1] == jo.person_id} == {jo.person_id}


def test_a_judge_who_has_left_scores_and_reads_nothing_more(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    with_new_judge(story)
    first = transact(lambda db: assignments_of(db, story, story.judge)[0])

    leave(story, story.judge)

    with pytest.raises(Refused):
        do(save_score, story.judge, assignment_id=first.id, criterion_key=story.criteria["need"], points=4)


def test_a_judge_leaves_with_scores_on_which_a_comment_is_missing(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    with_new_judge(story)
    transact(lambda db: with_comments_needed(db, story))

    leave(story, story.judge)

    assert ask(own_seats, story.judge) == ()
    assert len([judge_id for _, judge_id in live(story) if judge_id == story.judge.person_id]) == 2


def test_a_score_that_waits_while_its_judge_leaves_is_refused(postgresql: Given) -> None:
    story = told(Chapter.ASSIGNED)
    with_new_judge(story)
    with reading() as db:
        card = assignments_of(db, story, story.judge)[0].id
    shown = proposed(story, story.judge).digest

    with ThreadPoolExecutor(1) as pool:
        with writing() as db:
            let_judge_leave(db, story.secretariat, story.stage_id, story.judge.person_id, shown)
            given = {"assignment_id": card, "criterion_key": story.criteria["need"], "points": 4}
            saving = pool.submit(lambda: do(save_score, story.judge, **given))
            wait([saving], 0.5)
        with pytest.raises(Refused):
            saving.result(60)

    assert postgresql.sql("SELECT count(*) FROM score_save") == [(0,)]


def test_what_nobody_can_take_is_said_with_the_reason(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)

    found = proposed(story, story.judge)

    assert (len(found.given_back), found.takes_over, found.short) == (2, (), 2)
    assert any("There is 1 judge, 1 fewer than the 2 that each entry needs." in reason for reason in found.reasons)
    leave(story, story.judge)
    assert {judge_id for _, judge_id in live(story)} == {story.judges["jo"].person_id}


def test_a_judge_who_has_finished_is_asked_only_where_nobody_else_has_room(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    jules, jo = story.judges.values()
    mara, nina = with_new_judge(story), with_new_judge(story, "nina")
    do(finish_judging, nina, stage_id=story.stage_id)

    assert [line.name for line in proposed(story, jules).takes_over] == ["Mara"]
    do(state_conflicts, mara, stage_id=story.stage_id, statements=("Acorn Labs",))

    found = {line.name: line for line in proposed(story, jules).takes_over}
    assert (found["Nina"].had_finished, sum(len(line.codes) for line in found.values())) == (True, 2)
    leave(story, jules)
    assert len(transact(lambda db: own_assignments(db, nina.person_id, story.stage_id))) == len(found["Nina"].codes)
    lines = {line.name: line for line in ask(judges, story.secretariat, stage_id=story.stage_id)}
    assert lines["Nina"].finished_at is None
    assert jo.person_id is not None


def test_what_was_scored_since_it_was_shown_is_not_given_back(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    with_new_judge(story)
    asked = {"stage_id": story.stage_id, "person_id": story.judge.person_id}
    shown = proposed(story, story.judge).digest
    score(story, story.judge, 1)

    with pytest.raises(Stale):
        do(let_judge_leave, story.secretariat, **asked, shown=shown)

    assert Counter(judge_id for _, judge_id in live(story))[story.judge.person_id] == 2


def test_before_judging_a_judge_just_leaves_and_can_be_invited_again(database: Given) -> None:
    story = told(Chapter.BOUND)
    leave(story, story.judge)
    assert [line.name for line in ask(judges, story.secretariat, stage_id=story.stage_id)] == ["Jo"]

    do(invite_judges, story.secretariat, stage_id=story.stage_id, pasted="Jules <jules@example.org>")

    assert [line.name for line in ask(judges, story.secretariat, stage_id=story.stage_id)] == ["Jo", "Jules"]


def test_nobody_leaves_when_judging_has_ended(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    shown = proposed(story, story.judge).digest
    go_on(story, Chapter.SCORED, Chapter.JUDGED)

    with pytest.raises(Closed):
        do(
            let_judge_leave,
            story.secretariat,
            stage_id=story.stage_id,
            person_id=story.judge.person_id,
            shown=shown,
        )


def test_somebody_who_is_not_on_the_panel_is_as_unknown_as_nobody(sqlite: Given) -> None:
    story, other = told(Chapter.ASSIGNED), told(Chapter.ASSIGNED, place="-elsewhere")

    for person_id in (other.judge.person_id, story.secretariat.person_id, uuid4()):
        with pytest.raises(Refused, match=NOT_YOURS):
            ask(leaving, story.secretariat, stage_id=story.stage_id, person_id=person_id)


def test_somebody_who_is_shut_out_from_an_entry_sees_nothing_of_it_in_the_proposal(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    with_new_judge(story)
    everything = proposed(story, story.judge)

    def near(db: Session) -> Actor:
        person = find_or_add_person(db, "Somebody Near", "near@erin.example")
        appoint(db, LAUREL, person.id, Role.SECRETARIAT, ScopeKind.PROGRAMME, story.programme_id)
        return Actor(person.id)

    found = proposed(story, story.judge, transact(near))

    assert (len(everything.given_back), len(found.given_back)) == (2, 1)
    assert [line.codes for line in found.takes_over] == [found.given_back]


def _id_of(db: Session, address: str) -> UUID:
    person = find_person(db, address)
    assert person is not None
    return person.id
