"""Payments: what is due, who approves and who pays, and why a button is not offered to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import streamlit as st

from delivery.lifecycle import PAYMENT
from delivery.models import PaymentState, Verdict
from delivery.payments import (
    UNDER_WAY,
    PaymentLine,
    approve_payment,
    payments,
    record_payment,
    record_unpaid,
    send_payment,
)
from delivery.policy import Action
from pages.components import badges
from pages.components.acting import act, ask
from pages.components.forms import Form
from pages.components.layout import columns_main_side, empty_list, heading, nbsp, page_header, stat, table
from pages.components.permitted import may, why_not
from pages.components.words import marked, one_line
from storage.values import Money, date_words, number_words

REFERENCE: Final = 100
CAME_BACK: Final = "payment that came back"


def draw() -> None:
    lines = ask(payments)
    waiting = [line for line in lines if line.state in UNDER_WAY]
    to_approve = sum(Action.APPROVE_PAYMENT in PAYMENT.possible(line) for line in waiting)
    facts = f"{to_approve} to approve, {len(waiting) - to_approve} to pay."
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
    _returning([line for line in lines if line.state is PaymentState.PAID])


def _waiting(line: PaymentLine) -> None:
    milestone = line.milestone
    with st.container(border=True, key=f"payment-{line.id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
            st.markdown(marked("**{}** to {}", str(milestone.amount), milestone.finalist), width="content")
            badges.show(badges.badge_of(line.state))
        st.markdown(marked(":gray[{}, {}.]", milestone.title, milestone.prize))
        st.markdown(marked("{}", nbsp(_who(line))))
        if line.problem:
            st.markdown(marked(":orange[:material/error: {}]", line.problem))
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
    if Action.SEND_PAYMENT in PAYMENT.possible(line):
        st.button("Record as sent to the bank", key=f"send-{line.id}", on_click=_send, args=(line.id, line.version))
    form = Form(f"pay-{line.id}")
    form.fill(reference="")
    with st.form(form.name, border=False):
        form.line("reference", "The bank's reference", limit=REFERENCE)
        form.outcome()
        st.form_submit_button("Record as paid", on_click=_pay, args=(form, line.id, line.version))
    if line.state is PaymentState.EXPORTED:
        with st.popover("The bank could not make it", type="tertiary"):
            _unpaid(line, "Why it was not made", "Record as failed")


def _unpaid(line: PaymentLine, label: str, button: str) -> None:
    form = Form(f"unpaid-{line.id}")
    form.fill(reason="")
    with st.form(form.name, border=False):
        form.line("reason", label)
        form.outcome()
        st.caption("It is then approved and made again.")
        st.form_submit_button(button, on_click=_record_unpaid, args=(form, line.id, line.version))


def _returning(paid: Sequence[PaymentLine]) -> None:
    """For a payment that was made and came back, for those who may record it."""
    mine = {line.id: line for line in paid if may(Action.RECORD_UNPAID, payment_id=line.id).allowed}
    if not mine:
        return
    with st.expander("A payment came back"):
        chosen = st.selectbox(
            "Which payment", list(mine), index=None, key=CAME_BACK, placeholder="Choose the payment",
            format_func=lambda key: f"{mine[key].milestone.finalist}, {mine[key].milestone.title}",
        )  # fmt: skip
        if chosen in mine:
            _unpaid(mine[chosen], "Why it came back", "Record as returned")


def _totals(lines: Sequence[PaymentLine]) -> None:
    totals: list[tuple[str, tuple[PaymentState, ...]]] = [
        ("Paid", (PaymentState.PAID,)),
        ("Owed and not paid yet", UNDER_WAY),
        ("Depends on milestones still to come", (PaymentState.PLANNED,)),
    ]
    if any(line.state is PaymentState.CANCELLED for line in lines):
        totals.append(("Back in the fund, from cancelled milestones", (PaymentState.CANCELLED,)))
    for label, states in totals:
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


def _send(payment_id: UUID, version: int) -> None:
    act(
        send_payment,
        said="Sent to the bank. Record it as paid when the bank has made it.",
        payment_id=payment_id,
        version=version,
    )


def _record_unpaid(form: Form, payment_id: UUID, version: int) -> None:
    form.send(
        record_unpaid,
        said="Recorded. It waits for an approver, and can then be made again.",
        payment_id=payment_id,
        version=version,
        reason=form["reason"],
    )


def _pay(form: Form, payment_id: UUID, version: int) -> None:
    form.send(
        record_payment,
        said="Recorded as paid.",
        payment_id=payment_id,
        version=version,
        reference=form["reference"],
    )
