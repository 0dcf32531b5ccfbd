"""Milestones to verify: what a finalist shows and claims, and somebody independent's judgement of it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from delivery.milestones import (
    MilestoneShown,
    ask_for_more,
    reject_milestone,
    to_verify,
    verify_milestone,
)
from delivery.models import MilestoneState, Verdict
from delivery.policy import Action
from pages.components.acting import ask
from pages.components.badges import badge_of
from pages.components.forms import Form
from pages.components.layout import (
    Link,
    columns_main_side,
    download,
    empty_list,
    facts_table,
    heading,
    page_header,
    prose,
    table,
)
from pages.components.permitted import may, why_not
from pages.components.places import link, parameter
from pages.components.words import marked, one_line
from storage.values import date_words, number_words, time_words


def draw() -> None:
    milestones = ask(to_verify)
    waiting = [row for row in milestones if row.state is MilestoneState.CLAIMED]
    wanted = parameter("milestone")
    present = next((row for row in milestones if row.id == wanted), None) or next(iter(waiting), None)
    count = f"{len(waiting)} {'milestone waits' if len(waiting) == 1 else 'milestones wait'} for you."
    if present is None:
        page_header("Delivery", "Verify", facts=count if milestones else "")
        empty_list(
            "Nothing waits to be verified",
            "When a finalist gives evidence for a milestone, it appears here with what is claimed.",
        )
        _all(milestones)
        return
    page_header(f"{present.prize} · {present.finalist}", present.title, badge=badge_of(present.state), facts=count)
    main, side = columns_main_side()
    with main:
        _milestone(present)
        if present.state is MilestoneState.CLAIMED:
            _judgement(present)
    with side:
        _waiting(waiting, present.id)
        _facts(present)
    _all(milestones)


def _milestone(present: MilestoneShown) -> None:
    heading("What was to be shown")
    prose(present.to_show)
    heading("What is claimed")
    claimed = present.result.claimed
    st.metric(
        one_line(present.result.quantity),
        number_words(claimed, present.result.unit) if claimed is not None else "nothing yet",
    )
    heading("Evidence")
    if not present.evidence:
        empty_list("No evidence yet", "What the finalist writes and uploads to show the milestone appears here.")
    for item in reversed(present.evidence):
        st.caption(marked("{}, {}", item.given_by, time_words(item.given_at, present.zone)))
        prose(item.text)
        for file in item.files:
            download(file.name, f"/milestones/{present.id}/files/{file.id}")
    if present.verifications:
        heading("What was judged before")
        for judged in reversed(present.verifications):
            st.markdown(marked("**{}** · {}", _verdict(judged.verdict), judged.verified_by))
            prose(judged.reason)
            st.caption(time_words(judged.verified_at, present.zone))


def _judgement(present: MilestoneShown) -> None:
    heading("Your judgement")
    answer = may(Action.VERIFY_MILESTONE, milestone_id=present.id)
    if not answer.allowed:
        st.markdown(one_line(why_not(answer, "A verifier of this prize judges the milestone.")))
        return
    form = Form(f"verify-{present.id}")
    form.fill(verified="", reason="")
    with st.form(form.name, border=False, enter_to_submit=False):
        form.line(
            "verified",
            f"Verified value, in {present.result.unit}",
            limit=40,
            help="What you have checked yourself, even when it is less than what is claimed. Needed to verify.",
        )
        form.text("reason", "Reason", rows=5, help="What you looked at, and why it shows the milestone or does not.")
        form.outcome()
        with st.container(horizontal=True):
            arguments = (form, present.id, present.version)
            st.form_submit_button("Verify milestone", type="primary", on_click=_verify, args=arguments)
            st.form_submit_button("Ask for more evidence", on_click=_ask_for_more, args=arguments)
            st.form_submit_button("Reject milestone", on_click=_reject, args=arguments)
        st.caption(
            f"Verifying makes the payment of {present.amount} due; two other people approve and pay it. "
            "Asking for more lets the finalist add evidence. Rejecting is final: nothing becomes due."
        )


def _waiting(waiting: Sequence[MilestoneShown], present: UUID) -> None:
    heading("Waiting", f"{len(waiting)} in all")
    if not waiting:
        st.markdown("Nothing else waits.")
    with st.container(key="step-list-waiting", gap="xsmall"):
        for row in waiting:
            if row.id == present:
                st.markdown(marked("**{}**, {}", row.title, row.finalist))
            else:
                link("verify", f"{row.title}, {row.finalist}", milestone=row.id)


def _facts(present: MilestoneShown) -> None:
    heading("Milestone")
    facts_table(
        [
            ("Finalist", present.finalist),
            ("Due", date_words(present.due_on)),
            ("Payment", str(present.amount)),
            ("Meant for the target", present.target or "none named"),
        ],
        caption="Milestone",
    )


def _all(milestones: Sequence[MilestoneShown]) -> None:
    if not milestones:
        return
    heading("All milestones", f"{len(milestones)} in all")
    table(
        ("Milestone", "Finalist", "Due", "Claimed", "Verified", "State"),
        [
            (
                Link(row.title, f"?milestone={row.id}"),
                row.finalist,
                date_words(row.due_on).replace(" ", "\u00a0"),
                number_words(row.result.claimed, row.result.unit) if row.result.claimed is not None else "",
                number_words(row.result.verified, row.result.unit) if row.result.verified is not None else "",
                badge_of(row.state),
            )
            for row in milestones
        ],
        numbers={3, 4},
        hide_on_phone={2, 3, 4},
        caption="All milestones of your prizes",
    )


def _verdict(verdict: Verdict) -> str:
    return "Verified" if verdict is Verdict.ACCEPTED else verdict.value.capitalize()


def _verify(form: Form, milestone_id: UUID, version: int) -> None:
    form.send(
        verify_milestone,
        said="Milestone verified. Its payment is due now; two other people approve and pay it.",
        milestone_id=milestone_id,
        version=version,
        verified=form.number("verified", "The verified value"),
        reason=form["reason"],
    )


def _ask_for_more(form: Form, milestone_id: UUID, version: int) -> None:
    form.send(
        ask_for_more,
        said="The finalist can add evidence now. The milestone comes back to you.",
        milestone_id=milestone_id,
        version=version,
        reason=form["reason"],
    )


def _reject(form: Form, milestone_id: UUID, version: int) -> None:
    form.send(
        reject_milestone,
        said="Milestone rejected. Its payment stays undue.",
        milestone_id=milestone_id,
        version=version,
        reason=form["reason"],
    )
