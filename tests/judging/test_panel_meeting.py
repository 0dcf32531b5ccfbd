"""Tests of the panel's meeting: prepared, opened, attended, with recusals, quorum and recorded decisions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import Session

from accounts.actors import LAUREL, Actor
from accounts.models import Role, ScopeKind
from accounts.people import find_person
from accounts.permissions import decide
from accounts.programmes import appoint
from judging.analyses.shown import Standing
from judging.decisions import decide_entry, decisions, end_judging
from judging.due_diligence import Found, record_checks
from judging.judges import accept_terms, invite_judges, judges, name_chair, own_seats, set_duty, state_conflicts
from judging.models import CommentReader, Duty, Outcome
from judging.outcome_models import Check, Finding
from judging.panel.agenda import add_item, move_item, propose_items, remove_item
from judging.panel.meeting import (
    close_meeting,
    join_meeting,
    leave_meeting,
    note_presence,
    open_meeting,
    prepare_meeting,
    present_item,
)
from judging.panel.minutes import minutes, record_minute
from judging.panel.recusals import record_recusal, recuse_oneself
from judging.panel.revised import Helped, revise_score, revised_scores
from judging.panel.screens import panel_meeting, present_entry
from judging.panel.sheet import panel_sheet
from judging.panel.sheet_printed import printed_sheet
from judging.planning import plan_assignment
from judging.policy import Action as JudgingAction
from judging.results import results
from judging.revealing import reveal_entry
from judging.scorecards import finish_judging, save_comment, save_score
from prize.entries.models import Entry, EntryState
from prize.models import Stage, StageState
from storage import clock
from storage.database import transact
from storage.errors import Closed, Invalid, Refused, Stale
from tests.databases import Given
from tests.judging.meetings import REASON, Held, a_read_copy, discussing, opened, prepared, record
from tests.judging.panels import STILL_SCORES, analysed_panel, work
from tests.stories import DAY, TAB, TEAMS, Chapter, assignments_of, go_on, person_called, told, with_a_reveal
from tests.world import ask, do


def codes(held: Held, actor: Actor) -> list[str]:
    return [item.code for item in held.as_seen_by(actor).agenda]


def proposed(held: Held, team: str = "erin") -> tuple[Outcome | None, str]:
    shown = ask(decisions, held.story.secretariat, stage_id=held.story.stage_id)
    [line] = [line for line in shown.lines if line.entry_id == held.story.entries[team]]
    return line.outcome, line.reason


def joined_by(held: Held, name: str) -> Actor:
    """Somebody who has scored nothing alone joins the meeting."""
    stage, address = {"stage_id": held.story.stage_id}, f"{name}@example.org"
    do(invite_judges, held.story.secretariat, **stage, pasted=address, duty=Duty.MEETS)
    person = transact(lambda db: find_person(db, address))
    assert person is not None
    actor = Actor(person.id)
    do(accept_terms, actor, **stage)
    do(state_conflicts, actor, **stage, statements=())
    do(join_meeting, actor, meeting_id=held.id)
    return actor


def test_whoever_only_meets_is_dealt_no_entries(database: Given) -> None:
    story = told(Chapter.BOUND)
    do(set_duty, story.secretariat, stage_id=story.stage_id, person_id=story.judge.person_id, duty=Duty.MEETS)

    plan = do(plan_assignment, story.secretariat, stage_id=story.stage_id, seed=1)

    assert [judge.name for judge in plan.judges] == ["Jo"]
    assert [row.name for row in ask(results, story.secretariat, stage_id=story.stage_id).progress] == ["Jo"]
    [seat] = ask(own_seats, story.judge)
    assert (seat.scores, seat.meets) == (False, True)


def test_people_are_invited_to_meet_alone(database: Given) -> None:
    story = told(Chapter.JUDGED)
    pasted = "Pat <pat@example.org>"

    do(invite_judges, story.secretariat, stage_id=story.stage_id, pasted=pasted, duty=Duty.MEETS)

    duties = {line.name: line.duty for line in ask(judges, story.secretariat, stage_id=story.stage_id)}
    assert duties == {"Jo": Duty.BOTH, "Jules": Duty.BOTH, "Pat": Duty.MEETS}


def test_a_judge_who_has_been_asked_to_score_goes_on_and_the_chair_goes_on_meeting(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    do(name_chair, story.secretariat, stage_id=story.stage_id, person_id=story.judge.person_id)
    who = {"stage_id": story.stage_id, "person_id": story.judge.person_id}

    with pytest.raises(Invalid, match="asked to score entries"):
        do(set_duty, story.secretariat, **who, duty=Duty.MEETS)
    with pytest.raises(Invalid, match="Name another chair first"):
        do(set_duty, story.secretariat, **who, duty=Duty.SCORES)
    do(set_duty, story.secretariat, **{**who, "person_id": story.judges["jo"].person_id}, duty=Duty.SCORES)
    with pytest.raises(Invalid, match="A chair sits on the panel"):
        do(name_chair, story.secretariat, stage_id=story.stage_id, person_id=story.judges["jo"].person_id)


def test_whoever_scores_alone_has_no_part_in_the_meeting(database: Given) -> None:
    held = prepared()
    do(open_meeting, held.chair, meeting_id=held.id, version=held.version)
    who = {"stage_id": held.story.stage_id, "person_id": held.member.person_id}
    do(set_duty, held.story.secretariat, **who, duty=Duty.SCORES)

    with pytest.raises(Refused):
        do(join_meeting, held.member, meeting_id=held.id)
    for query in (panel_meeting, present_entry, panel_sheet, minutes, revised_scores):
        with pytest.raises(Refused):
            ask(query, held.member, stage_id=held.story.stage_id)


def test_there_is_one_meeting_at_a_time_with_a_quorum_that_fits(database: Given) -> None:
    held = prepared(quorum=2)
    asked = {"stage_id": held.story.stage_id}
    with pytest.raises(Invalid, match="not closed yet"):
        do(prepare_meeting, held.chair, **asked, quorum=1)

    do(close_meeting, held.chair, meeting_id=held.id, version=held.version)

    for quorum in (0, 3, -1):
        with pytest.raises(Invalid, match="at least 1 and at most 2"):
            do(prepare_meeting, held.chair, **asked, quorum=quorum)
    assert do(prepare_meeting, held.chair, **asked, quorum=2) != held.id


def test_a_panel_meets_only_while_its_stage_is_decided(database: Given) -> None:
    story = told(Chapter.SCORED)
    with pytest.raises(Closed, match="after judging has ended"):
        do(prepare_meeting, story.secretariat, stage_id=story.stage_id, quorum=1)
    with pytest.raises(Refused):
        ask(panel_sheet, story.judge, stage_id=story.stage_id)


def test_when_decisions_are_confirmed_nothing_more_is_recorded(database: Given) -> None:
    held = discussing()
    do(close_meeting, held.chair, meeting_id=held.id, version=held.version)
    go_on(held.story, Chapter.JUDGED, Chapter.CONFIRMED)

    with pytest.raises(Closed, match="before the decisions are confirmed"):
        record(held)


@pytest.mark.parametrize("meeting", [prepared, opened])
def test_decisions_are_not_confirmed_while_a_meeting_would_be_left_open_for_ever(
    database: Given, meeting: Callable[[], Held]
) -> None:
    held = meeting()

    with pytest.raises(Invalid, match="The panel's meeting is not closed yet"):
        go_on(held.story, Chapter.JUDGED, Chapter.CONFIRMED)

    do(close_meeting, held.chair, meeting_id=held.id, version=held.version)
    go_on(held.story, Chapter.DECIDED, Chapter.CONFIRMED)


def test_the_files_of_an_entry_are_read_by_the_panel_only_while_its_stage_is_decided(database: Given) -> None:
    held = discussing()
    copy = {"copy_id": transact(lambda db: a_read_copy(db, held.story.entries["erin"]))}
    pat = joined_by(held, "pat")

    def reads() -> bool:
        return transact(lambda db: decide(db, pat, JudgingAction.READ_COPY, copy).allowed)

    def release(db: Session) -> None:
        stage = db.get_one(Stage, held.story.stage_id)
        stage.state = StageState.RELEASED
        db.add(stage)

    assert reads()
    transact(release)
    assert not reads()


def test_of_two_who_present_an_entry_at_once_one_is_told(database: Given) -> None:
    held = opened()
    version = held.version
    do(present_item, held.chair, item_id=held.items["erin"], version=version)

    with pytest.raises(Stale):
        do(present_item, held.story.secretariat, item_id=held.items["bela"], version=version)

    assert held.as_seen_by(held.chair).item_id == held.items["erin"]


def test_an_agenda_is_added_to_moved_and_cut_by_its_leaders(database: Given) -> None:
    held = prepared()
    erin, bela = held.code("erin"), held.code("bela")
    assert codes(held, held.member) == [erin, bela]

    do(move_item, held.chair, item_id=held.items["erin"], version=held.version, earlier=False)
    assert codes(held, held.member) == [bela, erin]
    do(move_item, held.chair, item_id=held.items["bela"], version=held.version, earlier=True)
    do(remove_item, held.chair, item_id=held.items["bela"])
    assert codes(held, held.member) == [erin]
    with pytest.raises(Invalid, match="on the agenda already"):
        do(add_item, held.chair, meeting_id=held.id, code=erin, words="")
    with pytest.raises(Invalid, match="No submitted entry has this code"):
        do(add_item, held.chair, meeting_id=held.id, code="NONE-11", words="")
    do(add_item, held.chair, meeting_id=held.id, code=bela.lower(), words="After all")
    assert [item.why for item in held.as_seen_by(held.member).agenda] == ["erin was asked for", "After all"]


def test_what_was_discussed_stays_on_the_agenda(database: Given) -> None:
    held = discussing()

    with pytest.raises(Closed, match="stays on the agenda"):
        do(remove_item, held.chair, item_id=held.items["erin"])


def test_an_entry_that_was_withdrawn_is_neither_presented_nor_decided(database: Given) -> None:
    held = discussing()

    def withdraw(db: Session) -> None:
        for entry_id in held.story.entries.values():
            entry = db.get_one(Entry, entry_id)
            entry.state = EntryState.WITHDRAWN
            db.add(entry)

    transact(withdraw)

    with pytest.raises(Invalid, match="withdrawn"):
        held.present("bela")
    with pytest.raises(Invalid, match="withdrawn"):
        record(held)
    assert all(item.withdrawn for item in held.as_seen_by(held.chair).agenda)


def test_a_recusal_makes_the_screen_blank_and_shuts_out_everywhere(database: Given) -> None:
    held = discussing()
    stage = {"stage_id": held.story.stage_id}

    do(recuse_oneself, held.member, **stage, code=held.code(), reason="A former colleague")

    seen = held.as_seen_by(held.member)
    assert (seen.away, seen.item_id, codes(held, held.member)) == (True, None, [held.code("bela")])
    assert ask(present_entry, held.member, **stage) is None
    assert held.code() not in repr([ask(query, held.member, **stage) for query in (panel_sheet, minutes)])
    for command, more in (
        (present_item, {"version": held.version}),
        (revise_score, {"criterion_key": held.story.criteria["need"], "points": 1}),
    ):
        with pytest.raises(Refused):
            do(command, held.member, item_id=held.items["erin"], **more)
    there = ask(present_entry, held.chair, **stage)
    assert there is not None
    assert (there.may_vote, there.recused) == (1, 1)


def test_whoever_is_recused_is_told_of_the_entry_what_they_are_told_of_one_that_is_not_there(database: Given) -> None:
    held = prepared()
    stage, code = {"stage_id": held.story.stage_id}, held.code()
    do(recuse_oneself, held.member, **stage, code=code)

    said = []
    for asked in (code, "NONE-11"):
        with pytest.raises(Invalid) as answer:
            do(recuse_oneself, held.member, **stage, code=asked)
        said.append(answer.value.words)

    assert said[0] == said[1]


def test_a_chair_in_conflict_cannot_lead_the_entry_and_the_secretariat_can(database: Given) -> None:
    held = opened()
    member = {"stage_id": held.story.stage_id, "person_id": held.chair.person_id}
    do(record_recusal, held.story.secretariat, **member, code=held.code(), reason="An investment")

    with pytest.raises(Refused):
        do(present_item, held.chair, item_id=held.items["erin"], version=held.version)
    held.present("erin")
    assert held.as_seen_by(held.chair).away
    with pytest.raises(Refused):
        record(held)
    do(present_item, held.chair, item_id=held.items["bela"], version=held.version)
    assert not held.as_seen_by(held.chair).away


def test_somebody_of_the_secretariat_in_conflict_sees_and_does_as_little(database: Given) -> None:
    held = discussing()

    def near(db: Session) -> Actor:
        actor = person_called(db, "near")
        assert actor.person_id is not None
        appoint(db, LAUREL, actor.person_id, Role.SECRETARIAT, ScopeKind.PRIZE, held.story.prize_id)
        return actor

    actor = transact(near)
    do(invite_judges, held.story.secretariat, stage_id=held.story.stage_id, pasted="near@near.example", duty=Duty.MEETS)
    who = {"stage_id": held.story.stage_id, "person_id": actor.person_id}
    do(record_recusal, held.story.secretariat, **who, code=held.code(), reason="A brother")

    with pytest.raises(Refused):
        do(record_minute, actor, item_id=held.items["erin"], outcome=None, reason=REASON, seen="nothing")
    with pytest.raises(Invalid, match="No submitted entry"):
        do(record_recusal, actor, **{**who, "person_id": held.member.person_id}, code=held.code(), reason="A guess")


def test_nothing_is_recorded_without_the_quorum_for_the_entry(database: Given) -> None:
    held = discussing(quorum=2)
    do(recuse_oneself, held.member, stage_id=held.story.stage_id, code=held.code())
    with pytest.raises(Invalid, match="quorum is 2, and 1 of those present"):
        record(held)

    held.present("bela")
    record(held, "bela", Outcome.RESERVE)

    do(leave_meeting, held.member, meeting_id=held.id)
    [first] = ask(minutes, held.chair, stage_id=held.story.stage_id)[0].minutes
    with pytest.raises(Invalid, match="quorum"):
        record(held, "bela", None, corrects=first.id)
    do(note_presence, held.chair, meeting_id=held.id, person_id=held.member.person_id, present=True)
    record(held, "bela", None, corrects=first.id)


def test_votes_fit_those_present_and_what_they_decide(database: Given) -> None:
    held = discussing()
    for votes, words in (
        ({"in_favour": 2, "against": 1}, "3 votes are more than the 2"),
        ({"in_favour": -1}, "0 or more"),
        ({"in_favour": 0, "against": 1}, "More voted against"),
        ({"abstaining": 10**30}, "more than the 2"),
    ):
        with pytest.raises(Invalid, match=words):
            record(held, **votes)
    with pytest.raises(Invalid, match="not chosen here"):
        record(held, outcome=Outcome.INELIGIBLE)
    assert ask(minutes, held.chair, stage_id=held.story.stage_id)[0].minutes == ()


def test_what_the_panel_recommends_is_proposed_with_its_reason(database: Given) -> None:
    held = discussing()

    record(held, in_favour=1, abstaining=1)

    assert proposed(held) == (Outcome.FINALIST, REASON)
    [minute] = ask(minutes, held.member, stage_id=held.story.stage_id)[0].minutes
    assert (minute.code, minute.outcome, minute.present) == (held.code(), Outcome.FINALIST, 2)
    assert (minute.votes.in_favour, minute.votes.abstaining, minute.recorded_by) == (1, 1, "Jules")


def test_a_place_that_is_taken_is_recorded_and_the_secretariat_alone_is_told_that_it_is_not_proposed(
    database: Given,
) -> None:
    held = discussing()
    record(held)
    held.present("bela")

    record(held, "bela")

    assert proposed(held, "bela") == (None, "")
    seen = [
        ask(minutes, actor, stage_id=held.story.stage_id)[0].minutes for actor in (held.story.secretariat, held.chair)
    ]
    assert [[minute.proposed for minute in each] for each in seen] == [[True, False], [None, None]]


def test_a_chair_is_not_told_that_an_entry_failed_a_check_nor_what_was_found(database: Given) -> None:
    held = opened()
    do(close_meeting, held.chair, meeting_id=held.id, version=held.version)
    go_on(held.story, Chapter.JUDGED, Chapter.CONFIRMED)
    failed = (Found(Check.STANDING, Finding.FAIL, "A court found against them."),)
    do(record_checks, held.story.secretariat, entry_id=held.story.entry_id, findings=failed)
    again = do(prepare_meeting, held.chair, stage_id=held.story.stage_id, quorum=1)
    item = do(add_item, held.chair, meeting_id=again, code=held.code(), words="")
    held = replace(held, id=again, items={"erin": item})
    do(open_meeting, held.chair, meeting_id=again, version=held.version)
    do(join_meeting, held.chair, meeting_id=again)
    held.present("erin")

    said = record(held)

    assert isinstance(said, UUID)
    assert "court" not in repr(ask(minutes, held.chair, stage_id=held.story.stage_id))
    assert proposed(held)[0] is Outcome.FAILED_CHECKS


def test_what_is_corrected_to_no_decision_or_to_what_cannot_be_is_no_longer_proposed(database: Given) -> None:
    held = discussing()
    first = record(held)

    record(held, outcome=None, corrects=first)

    assert proposed(held) == (None, "")
    held.present("bela")
    first = record(held, "bela", Outcome.RESERVE)
    do(decide_entry, held.story.secretariat, entry_id=held.story.entry_id, outcome=Outcome.FINALIST, reason="Clear.")
    record(held, "bela", Outcome.FINALIST, corrects=first)
    assert proposed(held, "bela") == (None, "")


def test_what_the_secretariat_decided_itself_stands_when_a_minute_is_corrected_to_no_decision(database: Given) -> None:
    held = discussing()
    first = record(held)
    decided = {"entry_id": held.story.entry_id, "outcome": Outcome.RESERVE, "reason": "Close.", "version": 1}
    do(decide_entry, held.story.secretariat, **decided)

    record(held, outcome=None, corrects=first)

    assert proposed(held) == (Outcome.RESERVE, "Close.")


@pytest.mark.parametrize(("outcome", "override"), [(Outcome.FINALIST, "The rules allow it."), (Outcome.WINNER, "")])
def test_the_reason_of_a_departure_stays_where_the_panel_recommends_the_same(
    database: Given, outcome: Outcome, override: str
) -> None:
    held = discussing()
    decided = {"entry_id": held.story.entry_id, "outcome": Outcome.FINALIST, "reason": "Clear."}
    do(decide_entry, held.story.secretariat, **decided, override="The rules allow it.")

    record(held, outcome=outcome)

    [line] = [
        line
        for line in ask(decisions, held.story.secretariat, stage_id=held.story.stage_id).lines
        if line.entry_id == held.story.entry_id
    ]
    assert (line.outcome, line.override) == (outcome, override)


def test_minutes_are_corrected_by_another_that_names_the_one_that_stands(database: Given) -> None:
    held = discussing()
    record(held, outcome=None)
    [first] = ask(minutes, held.chair, stage_id=held.story.stage_id)[0].minutes
    with pytest.raises(Stale, match="Something was recorded"):
        record(held)

    record(held, corrects=first.id)

    with pytest.raises(Stale):
        record(held, outcome=None, corrects=first.id)
    before, after = ask(minutes, held.chair, stage_id=held.story.stage_id)[0].minutes
    assert (before.corrected, after.corrected, after.corrects) == (True, False, before.recorded_at)
    assert proposed(held)[0] is Outcome.FINALIST


def test_who_was_recused_and_who_could_vote_is_named_to_the_secretariat_alone(database: Given) -> None:
    held = discussing()
    do(recuse_oneself, held.member, stage_id=held.story.stage_id, code=held.code())
    record(held)

    seen = [
        ask(minutes, actor, stage_id=held.story.stage_id)[0].minutes for actor in (held.story.secretariat, held.chair)
    ]

    assert [(one.present, one.recused) for [one] in seen] == [(1, 1), (1, 1)]
    assert [(one.present_names, one.recused_names) for [one] in seen] == [(("Jules",), ("Jo",)), ((), ())]
    discussed = ask(present_entry, held.story.secretariat, stage_id=held.story.stage_id)
    assert discussed is not None
    assert discussed.minute is not None
    assert (discussed.minute.present_names, discussed.minute.recused_names) == ((), ())
    assert ask(minutes, held.member, stage_id=held.story.stage_id)[0].minutes == ()


def test_another_meeting_goes_on_from_what_an_earlier_one_recorded(database: Given) -> None:
    held = discussing()
    record(held, outcome=None)
    do(close_meeting, held.chair, meeting_id=held.id, version=held.version)
    with pytest.raises(Closed, match="This meeting is closed"):
        record(held)

    again = do(prepare_meeting, held.chair, stage_id=held.story.stage_id, quorum=1)

    item = do(add_item, held.chair, meeting_id=again, code=held.code(), words="")
    assert [(each.id, each.recorded) for each in held.as_seen_by(held.chair).agenda] == [(item, True)]


def test_scores_are_revised_by_those_who_are_there_while_the_entry_is_discussed(database: Given) -> None:
    held = discussing()
    need, method = held.story.criteria["need"], held.story.criteria["method"]
    do(revise_score, held.member, item_id=held.items["erin"], criterion_key=need, points=2)
    before = ask(results, held.story.secretariat, stage_id=held.story.stage_id).lines

    with pytest.raises(Closed, match="does not discuss this entry now"):
        do(revise_score, held.member, item_id=held.items["bela"], criterion_key=need, points=2)
    with pytest.raises(Invalid, match="whole number from 1 to 5"):
        do(revise_score, held.member, item_id=held.items["erin"], criterion_key=need, points=6)
    do(leave_meeting, held.member, meeting_id=held.id)
    with pytest.raises(Closed, match="Join the meeting first"):
        do(revise_score, held.member, item_id=held.items["erin"], criterion_key=method, points=2)
    do(join_meeting, held.member, meeting_id=held.id)

    shown = ask(present_entry, held.member, stage_id=held.story.stage_id)
    assert shown is not None
    assert [(own.independent, own.revised) for own in shown.own] == [(5, 2), (5, None)]
    other = ask(present_entry, held.chair, stage_id=held.story.stage_id)
    assert other is not None
    assert [own.revised for own in other.own] == [None, None]
    assert ask(results, held.story.secretariat, stage_id=held.story.stage_id).lines == before


def test_after_the_meeting_independent_scores_stand_beside_revised_ones(database: Given) -> None:
    held = discussing()
    third = joined_by(held, "pat")
    for points, actor in ((3, held.member), (4, third)):
        for key in held.story.criteria.values():
            do(revise_score, actor, item_id=held.items["erin"], criterion_key=key, points=points)
    record(held)
    assert ask(revised_scores, held.chair, stage_id=held.story.stage_id) is None

    do(close_meeting, held.chair, meeting_id=held.id, version=held.version)

    shown = ask(revised_scores, held.member, stage_id=held.story.stage_id)
    assert shown is not None
    [line] = shown.lines
    assert (line.code, line.independent, line.revised, line.changed) == (held.code(), (5.0, 5.0), (5.0, 4.0, 3.0), 2)
    assert (shown.helped, shown.entries) == (Helped.TOO_FEW, 1)


@pytest.mark.parametrize("there", [1, 2])
def test_after_the_meeting_so_few_scores_that_they_would_tell_whose_they_are_are_not_shown(
    database: Given, there: int
) -> None:
    held = discussing()
    do(revise_score, held.member, item_id=held.items["erin"], criterion_key=held.story.criteria["need"], points=3)
    if there == 1:
        do(leave_meeting, held.chair, meeting_id=held.id)
    record(held)
    do(close_meeting, held.chair, meeting_id=held.id, version=held.version)

    shown = ask(revised_scores, held.chair, stage_id=held.story.stage_id)

    assert shown is not None
    assert [(line.revised, line.changed) for line in shown.lines] == [((), 0)]


def test_no_screen_of_the_meeting_names_an_entrant(database: Given) -> None:
    held = discussing()
    record(held)
    said = [
        ask(query, actor, stage_id=held.story.stage_id)
        for actor in (held.story.secretariat, held.chair, held.member)
        for query in (panel_meeting, present_entry, panel_sheet, minutes)
    ]

    assert [name for name in TEAMS.values() if name in repr(said)] == []


def revealed_to_jo(note: str) -> Held:
    """Jo has come to the reveal of the first entry, wrote for the panel after it, and chairs; Jules has not."""
    story = told(Chapter.ASSIGNED)
    transact(lambda db: with_a_reveal(db, story))
    jo = story.judges["jo"]
    assigned = transact(lambda db: {row.entry_id: row.id for row in assignments_of(db, story, jo)})
    written = {"reader": CommentReader.PANEL, "base_version": 0, "tab": TAB, "save_number": 1}
    other, first = assigned[story.entries["bela"]], assigned[story.entry_id]
    for assignment_id in (first, other):
        do(save_score, jo, assignment_id=assignment_id, criterion_key=story.criteria["need"], points=4)
    do(save_comment, jo, assignment_id=other, text="Worth a look.", **written)
    transact(lambda db: clock.move_to(db, clock.now(db) + timedelta(hours=1)))
    for assignment_id in (first, other):
        do(reveal_entry, jo, assignment_id=assignment_id)
    transact(lambda db: clock.move_to(db, clock.now(db) + timedelta(hours=1)))
    do(save_comment, jo, assignment_id=first, text=note, **written)

    def end(db: Session) -> None:
        clock.move_to(db, clock.now(db) + 30 * DAY)
        end_judging(db, story.secretariat, story.stage_id)

    transact(end)
    do(name_chair, story.secretariat, stage_id=story.stage_id, person_id=jo.person_id)
    return Held(story, do(prepare_meeting, story.secretariat, stage_id=story.stage_id, quorum=1), {})


def test_what_a_judge_wrote_for_the_panel_after_the_reveal_is_not_shown_to_it(database: Given) -> None:
    held = revealed_to_jo("They have done this before.")
    agenda = {item.code: item.id for item in held.as_seen_by(held.chair).agenda}
    for team in ("erin", "bela"):
        added = {"meeting_id": held.id, "code": held.code(team), "words": ""}
        held.items[team] = agenda.get(held.code(team)) or do(add_item, held.story.secretariat, **added)
    do(open_meeting, held.story.secretariat, meeting_id=held.id, version=held.version)
    do(join_meeting, held.chair, meeting_id=held.id)

    notes = []
    for team in ("erin", "bela"):
        held.present(team)
        shown = ask(present_entry, held.chair, stage_id=held.story.stage_id)
        assert shown is not None
        notes.append(shown.for_panel)

    assert notes == [(), ("Worth a look.",)]


def test_whoever_knows_who_is_behind_an_entry_does_not_write_it_on_the_agenda(database: Given) -> None:
    held = revealed_to_jo("")
    words = {"meeting_id": held.id, "code": held.code(), "words": f"{TEAMS['erin']} asked"}

    for actor in (held.story.secretariat, held.story.judges["jo"]):
        with pytest.raises(Invalid, match="tells who is behind an entry") as refused:
            do(add_item, actor, **words)
        assert TEAMS["erin"] not in refused.value.words


def test_the_minutes_name_nobody_behind_an_entry_of_the_agenda(database: Given) -> None:
    held = discussing()
    for team in ("erin", "bela"):
        with pytest.raises(Invalid, match="tells who is behind an entry"):
            do(
                record_minute,
                held.story.secretariat,
                item_id=held.items["erin"],
                outcome=None,
                reason=f"Ask {TEAMS[team]} for more.",
                seen=held.on_the_table(held.story.secretariat),
            )

    assert ask(minutes, held.chair, stage_id=held.story.stage_id)[0].minutes == ()


def test_a_blind_chair_does_not_learn_by_writing_it_whether_a_guess_is_right(database: Given) -> None:
    held = discussing()

    record(held, outcome=None, reason=f"It may be {TEAMS['erin']}.")


def test_what_is_proposed_again_is_not_put_on_the_agenda_twice(database: Given) -> None:
    held = prepared()

    assert do(propose_items, held.chair, meeting_id=held.id) == 0


def test_the_agenda_begins_with_the_undecided_band_and_goes_on_with_what_judges_differ_about(sqlite: Given) -> None:
    story, analysis = analysed_panel()
    do(finish_judging, story.judges[STILL_SCORES], stage_id=story.stage_id)
    do(end_judging, story.secretariat, stage_id=story.stage_id)
    stage = {"stage_id": story.stage_id}

    meeting_id = do(prepare_meeting, story.secretariat, **stage, quorum=1)

    shown = ask(panel_meeting, story.secretariat, **stage)
    sheet = {line.entry_id: line for line in ask(panel_sheet, story.secretariat, **stage).lines}
    assert shown is not None
    lines = [sheet[item.entry_id] for item in shown.agenda]
    band = [line for line in lines if line.standing is Standing.UNDECIDED]
    assert len(band) > 1
    assert {line.entry_id for line in band} == {
        line.entry_id for line in analysis.shown.ranking if line.standing is Standing.UNDECIDED
    }
    assert lines[: len(band)] == sorted(band, key=lambda line: abs((line.chance or 0) - 0.5))
    rest = [line.spread or 0.0 for line in lines[len(band) :]]
    assert rest == sorted(rest, reverse=True)
    assert "Undecided: its chance of a place is" in shown.agenda[0].why

    do(open_meeting, story.secretariat, meeting_id=meeting_id, version=1)
    do(join_meeting, story.judge, meeting_id=meeting_id)
    first = shown.agenda[0]
    do(present_item, story.secretariat, item_id=first.id, version=2)
    discussed = ask(present_entry, story.secretariat, **stage)
    assert discussed is not None
    said = {"item_id": first.id, "outcome": Outcome.RESERVE, "reason": REASON, "seen": discussed.digest}
    do(record_minute, story.secretariat, **said)
    do(close_meeting, story.secretariat, meeting_id=meeting_id, version=3)
    do(prepare_meeting, story.secretariat, **stage, quorum=1)

    again = ask(panel_meeting, story.secretariat, **stage)
    assert again is not None
    assert first.code not in [item.code for item in again.agenda]
    assert len(again.agenda) >= len(shown.agenda) - 1


def test_a_member_in_conflict_has_a_sheet_of_their_own_analysis(sqlite: Given) -> None:
    story, _ = analysed_panel()
    do(finish_judging, story.judges[STILL_SCORES], stage_id=story.stage_id)
    do(end_judging, story.secretariat, stage_id=story.stage_id)
    stage = {"stage_id": story.stage_id}
    do(prepare_meeting, story.secretariat, **stage, quorum=1)
    code = ask(panel_sheet, story.judge, **stage).lines[0].code
    do(recuse_oneself, story.judge, **stage, code=code)

    work()

    own, full = (ask(panel_sheet, actor, **stage) for actor in (story.judge, story.secretariat))
    assert code not in [line.code for line in own.lines]
    assert len(own.lines) == len(full.lines) - 1
    assert sum(line.chance or 0 for line in own.lines) == pytest.approx(1, abs=0.02)
    assert ask(printed_sheet, story.judge, **stage).content.startswith(b"%PDF")


def test_what_the_secretariat_decided_meanwhile_is_not_replaced_unseen(database: Given) -> None:
    held = discussing()
    seen = held.on_the_table(held.chair)
    decided = {"entry_id": held.story.entries["erin"], "outcome": Outcome.NOT_SELECTED, "reason": "Too early."}
    do(decide_entry, held.story.secretariat, **decided)

    with pytest.raises(Stale, match="has changed since you opened the page"):
        record(held, seen=seen)

    assert proposed(held) == (Outcome.NOT_SELECTED, "Too early.")
    record(held)
    assert proposed(held) == (Outcome.FINALIST, REASON)
