"""Somebody of the prize team who is in conflict with an entry sees nothing of it, and everything without it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from accounts.actors import LAUREL, Actor
from accounts.commands import commands, queries
from accounts.models import Role, ScopeKind
from accounts.people import find_or_add_person
from accounts.permissions import Scope, rules, scopes
from accounts.policy import STAFF
from accounts.programmes import appoint
from delivery.milestones import delivery, to_verify
from delivery.payments import payments
from judging.decisions import confirm_decisions, decide_entry, decisions, decisions_seen
from judging.models import Outcome
from judging.planning import latest_plan
from judging.release import release_decisions
from judging.results import results
from prize.entries.models import Entry
from prize.entries.screening import stage_entries
from prize.lifecycle import Phase
from storage.database import reading, transact
from storage.errors import Invalid, LaurelError, Refused
from tests.databases import Given
from tests.modules import import_everything
from tests.stories import Chapter, Story, pass_checks, told
from tests.world import ask, do

import_everything()


def conflicted(story: Story, role: Role, team: str = "erin") -> Actor:
    """Somebody with this role who has an address at a team's domain, the first team's unless another is named."""

    def add(db: Any) -> Actor:
        person = find_or_add_person(db, "Somebody Near", f"{role.value}@{team}.example")
        appoint(db, LAUREL, person.id, role, ScopeKind.PROGRAMME, story.programme_id)
        return Actor(person.id)

    return transact(add)


def _traces(story: Story) -> set[str]:
    """What would tell somebody of the entry: ids, code, organisation, people."""
    with reading() as db:
        entry = db.get_one(Entry, story.entry_id)
    parts = {str(entry.id), str(entry.code), "Acorn Labs", "Erin", "erin@erin.example", str(story.terms_id)}
    return {part for part in parts if part != "None"} | {str(key) for key in (*story.milestones, *story.payments)}


def _calls(story: Story, parameters: Any) -> Iterator[dict[str, Any]]:
    things: dict[str, Any] = {
        "programme_id": story.programme_id,
        "mission_id": story.mission_id,
        "target_id": story.target_id,
        "prize_id": story.prize_id,
        "stage_id": story.stage_id,
        "entry_id": story.entry_id,
        "terms_id": story.terms_id,
        "milestone_id": next(iter(story.milestones), None),
        "payment_id": next(iter(story.payments), None),
    }
    needed = {parameter.name for parameter in parameters if parameter.required}
    if needed <= things.keys():
        yield {name: things[name] for name in needed}


@pytest.mark.parametrize("role", STAFF)
@pytest.mark.parametrize(
    "chapter", [Chapter.SUBMITTED, Chapter.PLANNED, Chapter.SCORED, Chapter.DECIDED, Chapter.APPROVED]
)
def test_no_answer_to_somebody_in_conflict_has_a_trace_of_the_entry(
    sqlite: Given, role: Role, chapter: Chapter
) -> None:
    story = told(chapter)
    near = conflicted(story, role)
    told_something = []
    for name, query in queries().items():
        for arguments in _calls(story, query.parameters):
            if None in arguments.values():
                continue
            try:
                said = repr(ask(query.run, near, **arguments))
            except LaurelError as error:
                said = error.words
            own = {"Erin", "erin@erin.example"} if "own_account" in name else set()
            told_something += [(name, trace) for trace in _traces(story) - own if trace in said]

    assert told_something == []


def test_every_scope_inside_an_entry_names_the_entry(sqlite: Given) -> None:
    story = told(Chapter.APPROVED)
    inside = {
        "entry_id": story.entry_id,
        "terms_id": story.terms_id,
        "milestone_id": story.milestones[0],
        "payment_id": story.payments[0],
    }
    with reading() as db:
        named = {name: scopes()[name](db, value) for name, value in inside.items()}

    assert {name: scope.entry_id if scope else None for name, scope in named.items()} == dict.fromkeys(
        inside, story.entry_id
    )
    assert all(isinstance(scope, Scope) for scope in named.values())
    outside = {"programme_id", "own_session_id", "mission_id", "target_id", "prize_id", "stage_id", "assignment_id"}
    outside |= {"clarification_id", "invitation_id", "meeting_id"}
    about = {rule.about for rule in rules().values()} - {""}
    assert about - outside - inside.keys() <= {"copy_id", "conflict_id", "appeal_id", "item_id"}, (
        "a new scope: does it lie inside an entry?"
    )


def test_no_command_about_the_entry_is_open_to_somebody_in_conflict(sqlite: Given) -> None:
    story = told(Chapter.APPROVED)
    everything: dict[Role, Actor] = {role: conflicted(story, role) for role in STAFF}
    for name, command in commands().items():
        rule = rules()[command.action]
        if rule.about != "entry_id":
            continue
        for role in rule.roles:
            arguments: dict[str, Any] = {parameter.name: None for parameter in command.parameters}
            with pytest.raises((Refused, Invalid)):
                do(command.run, everything[role], **{**arguments, "entry_id": story.entry_id})
            assert name


def test_counts_places_and_agreement_are_computed_without_the_entry(database: Given) -> None:
    story = told(Chapter.SCORED)
    near = conflicted(story, Role.SECRETARIAT)

    whole = ask(results, story.secretariat, stage_id=story.stage_id)
    without = ask(results, near, stage_id=story.stage_id)

    assert (whole.assigned, without.assigned) == (4, 2)
    assert (whole.complete, without.complete) == (4, 2)
    assert [(line.entry_id, line.place) for line in whole.lines] == [(story.entry_id, 1), (story.entries["bela"], 2)]
    assert [(line.entry_id, line.place) for line in without.lines] == [(story.entries["bela"], 1)]
    assert [row.assigned for row in without.progress] == [1, 1]
    plan = ask(latest_plan, near, stage_id=story.stage_id)
    assert plan is not None
    assert (plan.entries, plan.scorecards, {judge.entries for judge in plan.judges}) == (1, 2, {1})
    assert len(ask(stage_entries, near, stage_id=story.stage_id).entries) == 1


def test_decisions_about_the_entry_are_confirmed_by_somebody_else(database: Given) -> None:
    story = told(Chapter.DECIDED)
    near = conflicted(story, Role.SPONSOR)
    assert [line.entry_id for line in ask(decisions, near, stage_id=story.stage_id).lines] == [story.entries["bela"]]

    seen = ask(decisions_seen, near, stage_id=story.stage_id)
    assert do(confirm_decisions, near, stage_id=story.stage_id, seen=seen) == 1
    with pytest.raises(Invalid, match="Somebody else of the sponsor"):
        do(confirm_decisions, near, stage_id=story.stage_id, seen=seen)
    left = ask(decisions, story.sponsor, stage_id=story.stage_id)
    assert (left.unconfirmed, left.stage.phase.value) == (1, "deciding")
    seen = ask(decisions_seen, story.sponsor, stage_id=story.stage_id)
    assert do(confirm_decisions, story.sponsor, stage_id=story.stage_id, seen=seen) == 1

    transact(lambda db: pass_checks(db, story.secretariat, story.stage_id))
    with pytest.raises(Refused, match="somebody else of the prize team"):
        do(release_decisions, conflicted(story, Role.SECRETARIAT), stage_id=story.stage_id)
    assert do(release_decisions, story.secretariat, stage_id=story.stage_id) == 2


@pytest.mark.parametrize("hidden", [Outcome.FINALIST, Outcome.NOT_SELECTED])
def test_the_last_to_confirm_learns_nothing_of_an_entry_that_they_must_not_see(sqlite: Given, hidden: Outcome) -> None:
    story = told(Chapter.JUDGED)
    near, far = conflicted(story, Role.SPONSOR), conflicted(story, Role.SPONSOR, "bela")
    for name, outcome in (("erin", hidden), ("bela", Outcome.NOT_SELECTED)):
        decided = {"entry_id": story.entries[name], "outcome": outcome, "reason": "So the panel said."}
        do(decide_entry, story.secretariat, **decided)

    def confirm(sponsor: Actor) -> None:
        seen = ask(decisions_seen, sponsor, stage_id=story.stage_id)
        do(confirm_decisions, sponsor, stage_id=story.stage_id, seen=seen)

    confirm(far)
    with pytest.raises(Refused, match="Somebody of the sponsor who is shut out from none confirms it"):
        confirm(near)
    if hidden is Outcome.FINALIST:
        confirm(story.sponsor)
        assert ask(decisions, story.sponsor, stage_id=story.stage_id).stage.phase is Phase.CONFIRMED


def test_a_decision_that_is_changed_after_a_part_was_confirmed_has_to_be_confirmed_again(sqlite: Given) -> None:
    story = told(Chapter.DECIDED)
    near = conflicted(story, Role.SPONSOR)
    seen = ask(decisions_seen, near, stage_id=story.stage_id)
    do(confirm_decisions, near, stage_id=story.stage_id, seen=seen)

    changed = {"entry_id": story.entries["bela"], "outcome": Outcome.RESERVE, "reason": "Close.", "version": 1}
    do(decide_entry, story.secretariat, **changed)

    assert ask(decisions, story.sponsor, stage_id=story.stage_id).unconfirmed == 2


def test_a_place_that_the_hidden_entry_holds_is_not_told_by_a_refusal_and_still_counts(sqlite: Given) -> None:
    story = told(Chapter.DECIDED)
    near = conflicted(story, Role.SECRETARIAT)
    chosen = {"entry_id": story.entries["bela"], "outcome": Outcome.WINNER, "reason": "The best.", "version": 1}

    do(decide_entry, near, **chosen)

    seen = ask(decisions_seen, story.sponsor, stage_id=story.stage_id)
    with pytest.raises(Invalid, match="More entries are chosen than there are places: 1 place"):
        do(confirm_decisions, story.sponsor, stage_id=story.stage_id, seen=seen)


def test_grants_milestones_and_payments_of_the_entry_are_left_out(sqlite: Given) -> None:
    story = told(Chapter.APPROVED)

    seen: list[UUID] = [
        *(terms.id for terms in ask(delivery, conflicted(story, Role.SECRETARIAT), prize_id=story.prize_id)),
        *(milestone.id for milestone in ask(to_verify, conflicted(story, Role.VERIFIER))),
        *(payment.id for payment in ask(payments, conflicted(story, Role.PAYER))),
    ]

    assert seen == []
    assert len(ask(payments, story.payer)) == 2
