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
    assert "You approved this payment, so somebody else records it as paid." in words(page)


def test_the_secretariat_sees_payments_and_whom_they_wait_for(sqlite: Given) -> None:
    page = visit(told(Chapter.VERIFIED).secretariat, "payments")

    assert [button.label for button in page.button] == []
    assert "It waits for an approver." in words(page)
