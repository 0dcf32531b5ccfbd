"""From a decision to verified results: who may do what, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import LAUREL, Actor
from accounts.models import Role, ScopeKind
from accounts.programmes import appoint
from delivery.milestones import (
    MilestoneShown,
    accept_terms,
    ask_for_more,
    cancel_milestone,
    give_evidence,
    milestone,
    offer_terms,
    own_terms,
    reject_milestone,
    to_verify,
    verify_milestone,
)
from delivery.models import MilestoneState, PaymentState, ResultState
from delivery.results import results_of_mission
from storage.database import transact
from storage.errors import Closed, Invalid, Refused, Stale
from storage.values import Money
from tests.databases import Given
from tests.stories import Chapter, Story, join_team, person_called, plans, told
from tests.world import ask, do

REASON = "The owner of the river confirmed it."


def first(story: Story) -> MilestoneShown:
    return ask(milestone, story.secretariat, milestone_id=story.milestones[0])


def given_role(story: Story, actor: Actor, role: Role) -> Actor:
    assert actor.person_id is not None
    person_id = actor.person_id
    transact(lambda db: appoint(db, LAUREL, person_id, role, ScopeKind.PRIZE, story.prize_id))
    return actor


def test_a_verified_milestone_has_a_verified_result_and_its_payment_is_due(database: Given) -> None:
    story = told(Chapter.CLAIMED)
    assert [row.id for row in ask(to_verify, story.verifier)] == list(story.milestones)

    do(
        verify_milestone,
        story.verifier,
        milestone_id=story.milestones[0],
        version=2,
        verified=Decimal("0.5"),
        reason=REASON,
    )

    shown = first(story)
    assert (shown.state, shown.payment, shown.amount) == (
        MilestoneState.VERIFIED,
        PaymentState.DUE,
        Money(20_000_00),
    )
    assert (shown.result.claimed, shown.result.verified, shown.result.state) == (
        Decimal(1),
        Decimal("0.5"),
        ResultState.VERIFIED,
    )
    [line] = ask(results_of_mission, story.owner, mission_id=story.mission_id)
    assert (line.finalist, line.result.verified) == ("Acorn Labs", Decimal("0.5"))


def test_a_claimed_result_is_shown_as_claimed_until_somebody_has_verified_it(sqlite: Given) -> None:
    story = told(Chapter.CLAIMED)

    [line] = ask(results_of_mission, story.owner, mission_id=story.mission_id)

    assert (line.result.claimed, line.result.verified, line.result.state) == (Decimal(1), None, ResultState.CLAIMED)


@pytest.mark.parametrize(
    ("command", "more"),
    [
        (verify_milestone, {"verified": Decimal(1), "reason": REASON}),
        (ask_for_more, {"reason": REASON}),
        (reject_milestone, {"reason": REASON}),
    ],
)
def test_a_verifier_who_joins_the_finalist_is_refused(
    sqlite: Given, command: Callable[..., int], more: dict[str, Any]
) -> None:
    story = told(Chapter.CLAIMED)
    given_role(story, transact(lambda db: person_called(db, "emil")), Role.VERIFIER)
    colleague = transact(lambda db: join_team(db, story.entry_id, "emil"))

    with pytest.raises(Refused, match="independent"):
        do(command, colleague, milestone_id=story.milestones[0], version=2, **more)


def test_a_finalist_who_is_asked_for_more_gives_more_and_is_verified(database: Given) -> None:
    story = told(Chapter.CLAIMED)
    target = {"milestone_id": story.milestones[0]}
    do(ask_for_more, story.verifier, **target, version=2, reason="Who signed the letter?")
    assert first(story).state is MilestoneState.MORE_ASKED

    do(give_evidence, story.entrant, **target, version=3, text="The owner herself.", claimed=Decimal(2))
    do(verify_milestone, story.verifier, **target, version=4, verified=Decimal(2), reason=REASON)

    shown = first(story)
    assert [item.text for item in shown.evidence] == ["The letter names the river.", "The owner herself."]
    assert [item.verdict.value for item in shown.verifications] == ["more asked", "accepted"]


def test_a_rejected_milestone_is_not_paid_and_its_result_is_not_shown(sqlite: Given) -> None:
    story = told(Chapter.CLAIMED)

    do(reject_milestone, story.verifier, milestone_id=story.milestones[0], version=2, reason="The river is dry.")

    shown = first(story)
    assert (shown.state, shown.payment) == (MilestoneState.REJECTED, PaymentState.PLANNED)
    assert ask(results_of_mission, story.owner, mission_id=story.mission_id) == ()


def test_a_verifier_whose_page_is_old_does_not_verify_what_they_have_not_seen(database: Given) -> None:
    story = told(Chapter.CLAIMED)
    target = {"milestone_id": story.milestones[0]}
    do(ask_for_more, story.verifier, **target, version=2, reason="Who signed the letter?")
    do(give_evidence, story.entrant, **target, version=3, text="Nobody did.", claimed=Decimal(0))

    with pytest.raises(Stale):
        do(verify_milestone, story.verifier, **target, version=2, verified=Decimal(1), reason=REASON)


def test_evidence_is_given_after_the_terms_are_accepted_and_once(database: Given) -> None:
    story = told(Chapter.OFFERED)
    evidence = {"milestone_id": story.milestones[0], "text": "A letter.", "claimed": Decimal(1)}
    with pytest.raises(Closed, match="Accept the grant terms"):
        do(give_evidence, story.entrant, **evidence, version=1)
    do(accept_terms, story.entrant, terms_id=story.terms_id, version=1)
    do(give_evidence, story.entrant, **evidence, version=1)

    with pytest.raises(Closed):
        do(give_evidence, story.entrant, **evidence, version=2)


def test_terms_are_accepted_once_and_by_the_finalist_alone(sqlite: Given) -> None:
    story = told(Chapter.OFFERED)
    for actor in (story.entrants["bela"], story.secretariat, story.judge):
        with pytest.raises(Refused):
            do(accept_terms, actor, terms_id=story.terms_id, version=1)
    do(accept_terms, story.entrant, terms_id=story.terms_id, version=1)

    with pytest.raises(Closed, match="accepted already"):
        do(accept_terms, story.entrant, terms_id=story.terms_id, version=2)
    [terms] = [ask(own_terms, story.entrant, entry_id=story.entry_id)]
    assert terms is not None
    assert terms.accepted_by == "Erin"


def test_terms_are_offered_to_those_who_were_given_a_place_and_after_release(sqlite: Given) -> None:
    story = told(Chapter.CONFIRMED)
    offer = {"text": "We pay what is verified.", "milestones": plans()}
    with pytest.raises(Closed, match="once decisions are released"):
        do(offer_terms, story.secretariat, entry_id=story.entry_id, **offer)


def test_terms_are_not_offered_to_an_entry_that_was_not_selected(sqlite: Given) -> None:
    story = told(Chapter.RELEASED)
    offer = {"text": "We pay what is verified.", "milestones": plans()}

    with pytest.raises(Closed, match="finalists and winners"):
        do(offer_terms, story.secretariat, entry_id=story.entries["bela"], **offer)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"due_on": date(2027, 1, 1)}, "due in the past"),
        ({"minor": -1}, "nothing or more"),
        ({"title": "x" * 201}, "too long"),
        ({"title": "an\u202edna"}, "reverses the direction"),
    ],
)
def test_an_offer_that_cannot_be_kept_is_refused_with_the_reason(
    sqlite: Given, change: dict[str, Any], words: str
) -> None:
    story = told(Chapter.RELEASED)
    offer = {"text": "We pay what is verified.", "milestones": (replace(plans()[0], **change),)}

    with pytest.raises(Invalid, match=words):
        do(offer_terms, story.secretariat, entry_id=story.entry_id, **offer)


def test_a_milestone_is_seen_by_those_who_deal_with_it(sqlite: Given) -> None:
    story = told(Chapter.CLAIMED)
    for actor in (story.entrant, story.verifier, story.approver, story.payer, story.secretariat):
        assert ask(milestone, actor, milestone_id=story.milestones[0]).finalist == "Acorn Labs"
    for actor in (story.entrants["bela"], story.judge, story.designer):
        with pytest.raises(Refused):
            ask(milestone, actor, milestone_id=story.milestones[0])


@pytest.mark.parametrize("chapter", [Chapter.ACCEPTED, Chapter.CLAIMED])
def test_an_owner_cancels_a_milestone_with_a_reason_and_its_payment_is_owed_no_longer(
    database: Given, chapter: Chapter
) -> None:
    story = told(chapter)
    cancelled = {"milestone_id": story.milestones[0], "reason": "The river was closed for works."}
    version = first(story).version

    do(cancel_milestone, story.owner, **cancelled, version=version)

    shown = first(story)
    assert (shown.state, shown.payment) == (MilestoneState.CANCELLED, PaymentState.CANCELLED)
    assert shown.cancelled_because == "The river was closed for works."
    assert ask(results_of_mission, story.owner, mission_id=story.mission_id) == ()
    [(recipient, text)] = database.sql("SELECT recipient, text FROM mail WHERE subject LIKE '%is cancelled'")
    assert (recipient, "The river was closed for works." in text) == ("erin@erin.example", True)
    with pytest.raises(Closed):
        do(give_evidence, story.entrant, milestone_id=shown.id, version=version + 1, text="Late.", claimed=Decimal(1))
    with pytest.raises(Closed):
        do(cancel_milestone, story.owner, **cancelled, version=version + 1)


def test_a_milestone_that_was_not_met_can_be_given_up_and_a_verified_one_cannot(sqlite: Given) -> None:
    story = told(Chapter.CLAIMED)
    do(reject_milestone, story.verifier, milestone_id=story.milestones[0], version=2, reason="The river is dry.")
    do(cancel_milestone, story.owner, milestone_id=story.milestones[0], version=3, reason="It was not met.")
    assert first(story).state is MilestoneState.CANCELLED

    verified = told(Chapter.VERIFIED, place="-elsewhere")
    with pytest.raises(Closed):
        do(cancel_milestone, verified.owner, milestone_id=verified.milestones[0], version=3, reason="Too dear.")


def test_nobody_but_an_owner_cancels_a_milestone_and_not_without_a_reason_or_unseen(sqlite: Given) -> None:
    story = told(Chapter.CLAIMED)
    cancelled = {"milestone_id": story.milestones[0], "version": 2, "reason": "Too dear."}
    for actor in (story.secretariat, story.verifier, story.payer, story.entrant):
        with pytest.raises(Refused):
            do(cancel_milestone, actor, **cancelled)
    with pytest.raises(Invalid):
        do(cancel_milestone, story.owner, **{**cancelled, "reason": " "})
    with pytest.raises(Stale):
        do(cancel_milestone, story.owner, **{**cancelled, "version": 1})

    assert first(story).state is MilestoneState.CLAIMED
