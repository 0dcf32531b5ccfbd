"""A payment goes through three hands, and they belong to three people."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.actors import LAUREL, Actor
from accounts.models import Role, ScopeKind
from accounts.programmes import appoint
from delivery.models import PaymentState
from delivery.payments import (
    PaymentLine,
    approve_payment,
    payments,
    record_payment,
    record_unpaid,
    send_payment,
)
from storage.database import transact
from storage.errors import Closed, Invalid, Refused, Stale
from tests.databases import Given
from tests.stories import Chapter, Story, told
from tests.world import ask, do


def with_every_role(story: Story, actor: Actor) -> Actor:
    """Somebody whom a small organisation has given all three roles."""
    person_id = actor.person_id
    assert person_id is not None
    for role in (Role.VERIFIER, Role.APPROVER, Role.PAYER):
        transact(lambda db, role=role: appoint(db, LAUREL, person_id, role, ScopeKind.PRIZE, story.prize_id))  # type: ignore[misc]
    return actor


def test_verifying_approving_and_paying_take_three_people(database: Given) -> None:
    story = told(Chapter.VERIFIED)
    payment = {"payment_id": story.payments[0]}
    for actor in (story.verifier, story.approver, story.payer):
        with_every_role(story, actor)

    with pytest.raises(Refused, match="You verified this milestone"):
        do(approve_payment, story.verifier, **payment, version=2)
    do(approve_payment, story.approver, **payment, version=2)
    with pytest.raises(Refused, match="You verified this milestone"):
        do(record_payment, story.verifier, **payment, version=3, reference="CR-1")
    with pytest.raises(Refused, match="You approved this payment"):
        do(record_payment, story.approver, **payment, version=3, reference="CR-1")
    do(record_payment, story.payer, **payment, version=3, reference="CR-1")

    paid = next(line for line in ask(payments, story.payer) if line.id == story.payments[0])
    assert (paid.state, paid.approved_by, paid.paid_by, paid.reference) == (
        PaymentState.PAID,
        "Approver",
        "Payer",
        "CR-1",
    )


def test_a_payment_is_not_approved_before_its_milestone_is_verified(sqlite: Given) -> None:
    story = told(Chapter.CLAIMED)

    with pytest.raises(Closed):
        do(approve_payment, story.approver, payment_id=story.payments[0], version=1)


def test_a_payment_is_not_recorded_before_it_is_approved_nor_twice(database: Given) -> None:
    story = told(Chapter.VERIFIED)
    payment = {"payment_id": story.payments[0], "reference": "CR-1"}
    with pytest.raises(Closed):
        do(record_payment, story.payer, **payment, version=2)
    do(approve_payment, story.approver, payment_id=story.payments[0], version=2)
    do(record_payment, story.payer, **payment, version=3)

    with pytest.raises(Stale):
        do(record_payment, story.payer, **payment, version=3)
    with pytest.raises(Closed):
        do(record_payment, story.payer, **payment, version=4)


def test_whoever_has_no_part_in_paying_sees_no_payment(sqlite: Given) -> None:
    story = told(Chapter.VERIFIED)

    assert [line.state for line in ask(payments, story.approver)] == [PaymentState.DUE, PaymentState.PLANNED]
    for actor in (story.entrant, story.judge, story.designer):
        assert ask(payments, actor) == ()


def sent(story: Story) -> dict[str, Any]:
    do(send_payment, story.payer, payment_id=story.payments[0], version=3)
    return {"payment_id": story.payments[0]}


def line_of(story: Story) -> PaymentLine:
    return next(line for line in ask(payments, story.payer) if line.id == story.payments[0])


def test_a_payment_that_the_bank_could_not_make_is_approved_and_made_again(database: Given) -> None:
    story = told(Chapter.APPROVED)
    payment = sent(story)
    assert line_of(story).state is PaymentState.EXPORTED

    do(record_unpaid, story.payer, **payment, version=4, reason="The account is closed.")

    assert (line_of(story).state, line_of(story).problem) == (PaymentState.FAILED, "The account is closed.")
    with pytest.raises(Closed):
        do(record_payment, story.payer, **payment, version=5, reference="CR-1")
    do(approve_payment, story.approver, **payment, version=5)
    do(record_payment, story.payer, **payment, version=6, reference="CR-2")
    paid = line_of(story)
    assert (paid.state, paid.reference, paid.problem) == (PaymentState.PAID, "CR-2", "")


def test_a_payment_that_came_back_waits_for_an_approver_again(database: Given) -> None:
    story = told(Chapter.APPROVED)
    payment = sent(story)
    do(record_payment, story.payer, **payment, version=4, reference="CR-1")

    do(record_unpaid, story.payer, **payment, version=5, reason="Unknown beneficiary.")

    back = line_of(story)
    assert (back.state, back.problem, back.reference) == (PaymentState.RETURNED, "Unknown beneficiary.", "CR-1")
    with pytest.raises(Refused, match="You verified this milestone"):
        do(approve_payment, with_every_role(story, story.verifier), **payment, version=6)
    do(approve_payment, story.approver, **payment, version=6)


def test_only_what_was_sent_or_paid_can_fail(sqlite: Given) -> None:
    story = told(Chapter.APPROVED)
    failed = {"payment_id": story.payments[0], "reason": "The account is closed."}
    with pytest.raises(Closed):
        do(record_unpaid, story.payer, **failed, version=3)
    with pytest.raises(Refused, match="You approved this payment"):
        do(send_payment, with_every_role(story, story.approver), payment_id=story.payments[0], version=3)
    sent(story)
    with pytest.raises(Closed):
        do(send_payment, story.payer, payment_id=story.payments[0], version=4)
    with pytest.raises(Stale):
        do(record_unpaid, story.payer, **failed, version=3)
    with pytest.raises(Invalid):
        do(record_unpaid, story.payer, **{**failed, "reason": " "}, version=4)
