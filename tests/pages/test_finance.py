"""Tests of finance's room."""

from __future__ import annotations

from accounts.actors import LAUREL
from accounts.models import Role, ScopeKind
from accounts.programmes import appoint
from delivery.models import PaymentState
from delivery.payments import payments
from storage.database import transact
from tests.databases import Given
from tests.pages.visiting import press, visit, words
from tests.stories import Chapter, told
from tests.world import ask


def test_an_approver_approves_and_a_payer_records_the_payment(sqlite: Given) -> None:
    story = told(Chapter.VERIFIED)

    page = visit(story.approver, "payments")
    assert [button.label for button in page.button] == ["Approve payment"]
    press(page, "Approve payment")

    page = visit(story.payer, "payments")
    page.text_input(key=f"pay-{story.payments[0]}-reference").input("BACS 77")
    press(page, "Record as paid")

    [paid] = [line for line in ask(payments, story.payer) if line.id == story.payments[0]]
    assert (paid.state, paid.reference) == (PaymentState.PAID, "BACS 77")


def test_who_approved_a_payment_is_told_why_they_cannot_record_it(sqlite: Given) -> None:
    story = told(Chapter.APPROVED)
    approver = story.approver.person_id
    assert approver is not None
    transact(lambda db: appoint(db, LAUREL, approver, Role.PAYER, ScopeKind.PROGRAMME, story.programme_id))

    page = visit(story.approver, "payments")

    assert [button.label for button in page.button] == []
    assert "You approved this payment, so somebody else makes and records it." in words(page)


def test_the_secretariat_sees_payments_and_whom_they_wait_for(sqlite: Given) -> None:
    page = visit(told(Chapter.VERIFIED).secretariat, "payments")

    assert [button.label for button in page.button] == []
    assert "It waits for an approver." in words(page)


def test_a_payment_that_fails_or_comes_back_goes_round_again(sqlite: Given) -> None:
    story = told(Chapter.APPROVED)
    page = press(visit(story.payer, "payments"), "Record as sent to the bank")
    assert "Sent to the bank" in words(page)

    page.text_input(key=f"unpaid-{story.payments[0]}-reason").input("The account is closed.")
    page = press(page, "Record as failed")

    assert [button.label for button in page.button] == []
    assert "The account is closed." in words(page)
    press(visit(story.approver, "payments"), "Approve payment")
    page = visit(story.payer, "payments")
    page.text_input(key=f"pay-{story.payments[0]}-reference").input("BACS 78")
    page = press(page, "Record as paid")
    page = page.selectbox(key="payment that came back").set_value(story.payments[0]).run()
    page.text_input(key=f"unpaid-{story.payments[0]}-reason").input("Unknown beneficiary.")
    page = press(page, "Record as returned")

    assert not page.exception
    [back] = [line for line in ask(payments, story.payer) if line.id == story.payments[0]]
    assert (back.state, back.problem) == (PaymentState.RETURNED, "Unknown beneficiary.")


def test_an_owner_cancels_a_milestone_on_the_page_and_finance_sees_the_money_back(sqlite: Given) -> None:
    story = told(Chapter.ACCEPTED)
    page = visit(story.owner, "delivery")
    key = f"cancel-{story.terms_id}"
    page.selectbox(key=f"{key}-which").set_value(story.milestones[1])
    page.text_area(key=f"{key}-reason").input("The river was closed for works.")

    page = press(page, "Cancel the milestone")

    assert not page.exception
    assert "was cancelled: The river was closed for works." in words(page)
    stats = {stat.label: stat.value for stat in visit(story.payer, "payments").metric}
    assert stats["Back in the fund, from cancelled milestones"] == "£40,000"
    assert "Cancel a milestone" not in words(visit(story.secretariat, "delivery"))
