"""Tests of decisions: proposed by one person, confirmed by another, released to all at once."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from accounts.models import Role, ScopeKind
from accounts.programmes import appoint
from judging.analyses.kept import KeptAnalysis
from judging.decisions import (
    DecisionLine,
    comments_on_entries,
    confirm_decisions,
    decide_entry,
    decisions,
    decisions_seen,
    end_judging,
)
from judging.lottery import draw_places, freeze_list
from judging.models import CommentReader, Outcome, StageAnalysis
from judging.panel.meeting import close_meeting
from judging.planning import confirm_assignment, plan_assignment
from judging.release import own_outcome, release_decisions
from judging.scorecards import finish_judging, save_comment, save_score
from prize.entries.screening import screen_entry
from prize.lifecycle import Phase
from prize.models import RankedBy, Stage
from storage.database import transact
from storage.errors import Closed, Invalid, Refused, Stale
from tests.databases import Clock, Given
from tests.judging.meetings import discussing, record
from tests.judging.panels import analysed_panel, undecided_panel
from tests.stories import JUDGING_CLOSES, SEED, Chapter, Story, assignments_of, told
from tests.world import ask, do


def test_judging_ends_when_all_have_finished_or_when_its_time_is_over(sqlite: Given, clock: Clock) -> None:
    story = told(Chapter.SCORED)
    do(finish_judging, story.judge, stage_id=story.stage_id)
    with pytest.raises(Invalid, match="1 judge has not finished"):
        do(end_judging, story.secretariat, stage_id=story.stage_id)

    clock.move_to(JUDGING_CLOSES.replace(minute=1))
    do(end_judging, story.secretariat, stage_id=story.stage_id)

    assert ask(decisions, story.secretariat, stage_id=story.stage_id).stage.phase is Phase.DECIDING


def test_the_second_of_two_who_decide_at_once_is_told(database: Given) -> None:
    story = told(Chapter.JUDGED)
    entry = {"entry_id": story.entry_id}
    do(decide_entry, story.secretariat, **entry, outcome=Outcome.FINALIST, reason="First.", version=0)

    with pytest.raises(Stale, match="Somebody decided this entry"):
        do(decide_entry, story.secretariat, **entry, outcome=Outcome.RESERVE, reason="Second.", version=0)

    [line] = [
        line
        for line in ask(decisions, story.secretariat, stage_id=story.stage_id).lines
        if line.entry_id == story.entry_id
    ]
    assert (line.outcome, line.reason, line.version) == (Outcome.FINALIST, "First.", 1)


def test_no_more_places_are_given_than_there_are_and_one_that_is_given_back_is_free(database: Given) -> None:
    story = told(Chapter.DECIDED)
    other = {"entry_id": story.entries["bela"], "outcome": Outcome.WINNER, "reason": "Better.", "version": 1}
    with pytest.raises(Invalid, match="The only place is taken"):
        do(decide_entry, story.secretariat, **other)

    do(
        decide_entry,
        story.secretariat,
        entry_id=story.entry_id,
        outcome=Outcome.RESERVE,
        reason="Second look.",
        version=1,
    )
    do(decide_entry, story.secretariat, **other)

    assert ask(decisions, story.secretariat, stage_id=story.stage_id).taken == 1


def test_an_entry_found_ineligible_is_not_judged_and_is_decided_by_that(database: Given) -> None:
    story = told(Chapter.BOUND)
    do(screen_entry, story.secretariat, entry_id=story.entry_id, eligible=False, reason="Not a river.")
    plan = do(plan_assignment, story.secretariat, stage_id=story.stage_id, seed=SEED)
    assert do(confirm_assignment, story.secretariat, stage_id=story.stage_id, plan_id=plan.id) == 2
    for judge in story.judges.values():
        [assignment] = transact(lambda db, judge=judge: assignments_of(db, story, judge))  # type: ignore[misc]
        for key in story.criteria.values():
            do(save_score, judge, assignment_id=assignment.id, criterion_key=key, points=3)
        do(finish_judging, judge, stage_id=story.stage_id)

    do(end_judging, story.secretariat, stage_id=story.stage_id)

    lines = {line.entry_id: line for line in ask(decisions, story.secretariat, stage_id=story.stage_id).lines}
    assert (lines[story.entry_id].outcome, lines[story.entry_id].reason) == (Outcome.INELIGIBLE, "Not a river.")
    assert lines[story.entries["bela"]].outcome is None
    with pytest.raises(Invalid, match="found ineligible"):
        do(decide_entry, story.secretariat, entry_id=story.entry_id, outcome=Outcome.WINNER, reason="Yes.", version=1)


def test_decisions_are_confirmed_by_somebody_who_made_none_of_them(database: Given) -> None:
    story = told(Chapter.DECIDED)
    seen = ask(decisions_seen, story.secretariat, stage_id=story.stage_id)
    person = story.secretariat.person_id
    transact(lambda db: appoint(db, story.owner, person, Role.SPONSOR, ScopeKind.PRIZE, story.prize_id))

    with pytest.raises(Refused, match="somebody who made none of them"):
        do(confirm_decisions, story.secretariat, stage_id=story.stage_id, seen=seen)

    assert do(confirm_decisions, story.sponsor, stage_id=story.stage_id, seen=seen) == 2


def test_whoever_might_vote_on_a_decision_in_the_panel_s_meeting_does_not_confirm_it(database: Given) -> None:
    held = discussing("erin")
    story = held.story
    person = held.member.person_id
    transact(lambda db: appoint(db, story.owner, person, Role.SPONSOR, ScopeKind.PRIZE, story.prize_id))
    record(held, reason="The clearest.")
    decided = {"entry_id": story.entries["bela"], "outcome": Outcome.NOT_SELECTED, "reason": "Less clear."}
    do(decide_entry, story.secretariat, **decided)
    do(close_meeting, held.chair, meeting_id=held.id, version=held.version)
    seen = ask(decisions_seen, held.member, stage_id=story.stage_id)

    with pytest.raises(Refused, match="somebody who made none of them"):
        do(confirm_decisions, held.member, stage_id=story.stage_id, seen=seen)

    assert do(confirm_decisions, story.sponsor, stage_id=story.stage_id, seen=seen) == 2


def test_whoever_froze_the_list_of_a_draw_does_not_confirm_what_came_of_it(sqlite: Given) -> None:
    story, analysis = undecided_panel()
    person = story.sponsor.person_id
    transact(lambda db: appoint(db, story.owner, person, Role.SECRETARIAT, ScopeKind.PRIZE, story.prize_id))
    listed = {"analysis_id": analysis.id, "places": 1, "outcome": Outcome.FINALIST}
    digest = do(freeze_list, story.sponsor, stage_id=story.stage_id, **listed)
    do(draw_places, story.secretariat, stage_id=story.stage_id, seen=digest)
    seen = ask(decisions_seen, story.sponsor, stage_id=story.stage_id)

    with pytest.raises(Refused, match="somebody who made none of them"):
        do(confirm_decisions, story.sponsor, stage_id=story.stage_id, seen=seen)


def test_decisions_are_confirmed_when_every_entry_has_one(sqlite: Given) -> None:
    story = told(Chapter.JUDGED)
    do(decide_entry, story.secretariat, entry_id=story.entry_id, outcome=Outcome.FINALIST, reason="Yes.")
    seen = ask(decisions_seen, story.sponsor, stage_id=story.stage_id)

    with pytest.raises(Invalid, match="1 entry is not decided yet"):
        do(confirm_decisions, story.sponsor, stage_id=story.stage_id, seen=seen)


def test_a_confirmed_decision_cannot_be_changed(sqlite: Given) -> None:
    story = told(Chapter.CONFIRMED)

    with pytest.raises(Closed, match="before they are confirmed"):
        do(decide_entry, story.secretariat, entry_id=story.entry_id, outcome=Outcome.RESERVE, reason="No.", version=1)


def test_no_team_learns_its_outcome_before_all_do(database: Given) -> None:
    story = told(Chapter.CHECKED)
    assert [ask(own_outcome, team, entry_id=story.entries[name]) for name, team in story.entrants.items()] == [
        None,
        None,
    ]

    assert do(release_decisions, story.secretariat, stage_id=story.stage_id) == 2

    outcomes = {name: ask(own_outcome, team, entry_id=story.entries[name]) for name, team in story.entrants.items()}
    assert {name: shown.outcome for name, shown in outcomes.items() if shown} == {
        "erin": Outcome.FINALIST,
        "bela": Outcome.NOT_SELECTED,
    }


def test_what_judges_write_is_read_without_their_names_and_the_panel_s_notes_by_no_team(database: Given) -> None:
    story = told(Chapter.SCORED)
    for name, judge in story.judges.items():
        first = transact(lambda db, judge=judge: assignments_of(db, story, judge)[0].id)  # type: ignore[misc]
        for reader in CommentReader:
            written = {"text": f"For the {reader.value}, {len(name)}.", "base_version": 0, "save_number": 1}
            do(save_comment, judge, assignment_id=first, reader=reader, tab="tab-of-a-judge", **written)

    [written] = ask(comments_on_entries, story.secretariat, stage_id=story.stage_id)

    assert written.entry_id == story.entry_id
    assert written.for_entrant == ("For the entrant, 2.", "For the entrant, 5.")
    assert written.for_panel == ("For the panel, 2.", "For the panel, 5.")
    with pytest.raises(Refused):
        ask(comments_on_entries, story.sponsor, stage_id=story.stage_id)


def test_entries_stand_in_the_order_of_the_score_that_the_rules_name(database: Given) -> None:
    story, analysis = analysed_panel()

    def order() -> list[DecisionLine]:
        return list(ask(decisions, story.secretariat, stage_id=story.stage_id).lines)

    means = [line.result.mean for line in order() if line.result and line.result.mean is not None]
    assert means == sorted(means, reverse=True)
    transact(lambda db: reverse(db, analysis))
    assert [line.result.mean for line in order() if line.result] == means

    transact(lambda db: rank_by(db, story, RankedBy.ADJUSTED))

    assert [line.entry_id for line in order()] == [line.entry_id for line in reversed(analysis.shown.ranking)]


def reverse(db: Session, analysis: KeptAnalysis) -> None:
    """Turn the ranking of an analysis around, so that it differs from the order of means."""
    row = db.get_one(StageAnalysis, analysis.id)
    row.shown = {**row.shown, "ranking": row.shown["ranking"][::-1]}
    db.add(row)


def rank_by(db: Session, story: Story, by: RankedBy) -> None:
    stage = db.get_one(Stage, story.stage_id)
    stage.ranked_by = by
    db.add(stage)
