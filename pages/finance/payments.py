"""Payments: what is due, who approves and who pays, and why a button is not offered to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import streamlit as st

from delivery.lifecycle import PAYMENT
from delivery.models import PaymentState, Verdict
from delivery.payments import PaymentLine, approve_payment, payments, record_payment
from delivery.policy import Action
from pages.components import badges
from pages.components.acting import act, ask
from pages.components.forms import Form
from pages.components.layout import columns_main_side, empty_list, heading, nbsp, page_header, stat, table
from pages.components.permitted import may, why_not
from pages.components.words import marked, one_line
from storage.values import Money, date_words, number_words

REFERENCE: Final = 100


def draw() -> None:
    lines = ask(payments)
    waiting = [line for line in lines if {Action.APPROVE_PAYMENT, Action.PAY} & set(PAYMENT.possible(line))]
    due = sum(line.state is PaymentState.DUE for line in waiting)
    facts = f"{due} to approve, {len(waiting) - due} to pay."
    page_header("Delivery", "Payments", facts=facts if lines else "")
    if not lines:
        empty_list(
            "No payments yet",
            "The payments that finalists were promised appear here. Each becomes due when its milestone is verified.",
        )
        return
    main, side = columns_main_side()
    with main:
        heading("Waiting", f"{len(waiting)} in all")
        if not waiting:
            empty_list("Nothing waits", "A payment appears here when its milestone has been verified.")
        for line in waiting:
            _waiting(line)
    with side:
        heading("In all")
        _totals(lines)
        st.caption(
            "A milestone's verifier, the approver of its payment and its payer are three different people. Laurel "
            "records payments; the money moves at the bank."
        )
    heading("All payments", f"{len(lines)} in all")
    _all(lines)


def _waiting(line: PaymentLine) -> None:
    milestone = line.milestone
    with st.container(border=True, key=f"payment-{line.id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
            st.markdown(marked("**{}** to {}", str(milestone.amount), milestone.finalist), width="content")
            badges.show(badges.badge_of(line.state))
        st.markdown(marked(":gray[{}, {}.]", milestone.title, milestone.prize))
        st.markdown(marked("{}", nbsp(_who(line))))
        if Action.APPROVE_PAYMENT in PAYMENT.possible(line):
            _approving(line)
        else:
            _paying(line)


def _who(line: PaymentLine) -> str:
    result = line.milestone.result
    verifier = verifier_of(line)
    said = f"Verified by {verifier}" if verifier else "Verified"
    if result.verified is not None:
        said += f": {result.quantity}, {number_words(result.verified, result.unit)}"
    approved = f" Approved by {line.approved_by}." if line.approved_by else ""
    return f"{said}.{approved}"


def _approving(line: PaymentLine) -> None:
    answer = may(Action.APPROVE_PAYMENT, payment_id=line.id)
    if answer.allowed:
        st.button("Approve payment", key=f"approve-{line.id}", on_click=_approve, args=(line.id, line.version))
    else:
        st.caption(one_line(why_not(answer, "It waits for an approver.")))


def _paying(line: PaymentLine) -> None:
    answer = may(Action.PAY, payment_id=line.id)
    if not answer.allowed:
        st.caption(one_line(why_not(answer, "It waits for a payer.")))
        return
    form = Form(f"pay-{line.id}")
    form.fill(reference="")
    with st.form(form.name, border=False):
        form.line("reference", "The bank's reference", limit=REFERENCE)
        form.outcome()
        st.form_submit_button("Record as paid", on_click=_pay, args=(form, line.id, line.version))


def _totals(lines: Sequence[PaymentLine]) -> None:
    for label, states in (
        ("Paid", (PaymentState.PAID,)),
        ("Due or approved", (PaymentState.DUE, PaymentState.APPROVED, PaymentState.EXPORTED)),
        ("Depends on milestones still to come", (PaymentState.PLANNED,)),
    ):
        sums = [line.milestone.amount for line in lines if line.state in states]
        by_currency = {amount.currency: 0 for amount in (line.milestone.amount for line in lines)}
        for amount in sums:
            by_currency[amount.currency] += amount.minor
        stat(label, " and ".join(str(Money(minor, currency)) for currency, minor in sorted(by_currency.items())))


def _all(lines: Sequence[PaymentLine]) -> None:
    table(
        ("Finalist", "Milestone", "Due", "Amount", "State", "Who", "Reference"),
        [
            (
                line.milestone.finalist,
                line.milestone.title,
                date_words(line.milestone.due_on).replace(" ", "\u00a0"),
                str(line.milestone.amount),
                badges.badge_of(line.state),
                _hands(line),
                line.reference,
            )
            for line in lines
        ],
        numbers={3},
        hide_on_phone={2, 5, 6},
        caption="All payments",
    )


def _hands(line: PaymentLine) -> str:
    hands = (("verified", verifier_of(line)), ("approved", line.approved_by), ("paid", line.paid_by))
    return ", ".join(f"{did} by {name}" for did, name in hands if name)


def verifier_of(line: PaymentLine) -> str:
    """Who accepted the milestone's evidence; empty while nobody has."""
    accepted = [said for said in line.milestone.verifications if said.verdict is Verdict.ACCEPTED]
    return accepted[-1].verified_by if accepted else ""


def _approve(payment_id: UUID, version: int) -> None:
    act(
        approve_payment,
        said="Payment approved. Somebody other than you pays it.",
        payment_id=payment_id,
        version=version,
    )


def _pay(form: Form, payment_id: UUID, version: int) -> None:
    form.send(
        record_payment,
        said="Recorded as paid.",
        payment_id=payment_id,
        version=version,
        reference=form["reference"],
    )
