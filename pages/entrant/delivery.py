"""A finalist's grant terms and milestones: accept, and show what has been done."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from uuid import UUID

import streamlit as st

from delivery.evidence import LARGEST_FILE, remove_evidence_file, unfinished_evidence, waiting_files
from delivery.milestones import MilestoneShown, TermsShown, accept_terms, give_evidence, own_terms
from delivery.models import MilestoneState
from pages.components.acting import act, ask, complain
from pages.components.badges import badge_of, show
from pages.components.layout import download, facts_table, heading, prose
from pages.components.upload import upload
from pages.components.words import marked
from storage.values import date_words, number_words, time_words


def draw_delivery(entry_id: UUID) -> None:
    """The grant terms of an entry, if any have been offered."""
    terms = ask(own_terms, entry_id=entry_id)
    if terms is None:
        return
    heading("Grant terms")
    if terms.accepted_at is None:
        st.markdown("Read the terms and the milestones below, then accept them for your team.")
        prose(terms.text)
        _milestones(terms, editable=False)
        st.button("Accept the terms", type="primary", on_click=_accept, args=(terms.id, terms.version))
        return
    st.caption(f"Accepted {time_words(terms.accepted_at, terms.zone)} by {terms.accepted_by}.")
    with st.expander("The terms"):
        prose(terms.text)
    _milestones(terms, editable=True)


def _milestones(terms: TermsShown, *, editable: bool) -> None:
    heading("Milestones")
    for milestone in terms.milestones:
        with st.container(border=True, key=f"milestone-{milestone.id}"):
            _milestone(milestone)
            if editable and milestone.state in (MilestoneState.PLANNED, MilestoneState.MORE_ASKED):
                _evidence_form(milestone)


def _milestone(milestone: MilestoneShown) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(marked("**{}. {}**", str(milestone.position), milestone.title))
        show(badge_of(milestone.state))
    prose(milestone.to_show)
    result = milestone.result
    rows = [
        ("Due", date_words(milestone.due_on)),
        ("Payment", f"{milestone.amount}, {badge_of(milestone.payment).word.lower()}"),
        ("Measured", f"{result.quantity}, in {result.unit}"),
    ]
    if result.claimed is not None:
        rows.append(("Claimed", number_words(result.claimed, result.unit)))
    if result.verified is not None:
        rows.append(("Verified", number_words(result.verified, result.unit)))
    facts_table(rows, caption=milestone.title)
    for evidence in milestone.evidence:
        for file in evidence.files:
            download(file.name, f"/milestones/{milestone.id}/files/{file.id}")
    if milestone.cancelled_because:
        st.markdown(marked("**Cancelled**: {}", milestone.cancelled_because))
    for verification in milestone.verifications:
        st.markdown(marked("**{}**: {}", verification.verdict.value.capitalize(), verification.reason))


def _evidence_form(milestone: MilestoneShown) -> None:
    key = f"evidence-{milestone.id}"
    upload(
        "Documents that show it",
        key=f"{key}-files",
        what="evidence",
        target={"milestone_id": milestone.id},
        size_limit=LARGEST_FILE,
        unfinished=ask(unfinished_evidence, milestone_id=milestone.id),
        help="PDF, PNG or JPEG, sent with the evidence below. Only those who verify, approve and pay read them.",
    )
    for file in ask(waiting_files, milestone_id=milestone.id):
        with st.container(horizontal=True, vertical_alignment="center"):
            download(file.name, f"/milestones/{milestone.id}/files/{file.id}")
            st.button("Remove", key=f"{key}-{file.id}", type="tertiary", on_click=_remove, args=(milestone.id, file.id))
    with st.form(f"form-{key}", border=False):
        st.text_area("What you have done, and how it was measured", key=f"{key}-text", max_chars=2000)
        st.text_input(f"{milestone.result.quantity}, in {milestone.result.unit}", key=f"{key}-value")
        st.form_submit_button("Send the evidence", on_click=_send, args=(milestone.id, milestone.version))


def _remove(milestone_id: UUID, file_id: UUID) -> None:
    act(remove_evidence_file, milestone_id=milestone_id, file_id=file_id)


def _send(milestone_id: UUID, version: int) -> None:
    key = f"evidence-{milestone_id}"
    try:
        claimed = Decimal(st.session_state[f"{key}-value"].strip().replace(",", ""))
    except InvalidOperation:
        complain("The result is not a number. Write it in plain digits, such as 42 or 3.5.")
        return
    act(
        give_evidence,
        said="Evidence sent. An independent verifier looks at it.",
        milestone_id=milestone_id,
        version=version,
        text=st.session_state[f"{key}-text"],
        claimed=claimed,
    )


def _accept(terms_id: UUID, version: int) -> None:
    act(accept_terms, said="The terms are accepted.", terms_id=terms_id, version=version)
