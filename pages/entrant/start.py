"""Starting an entry: for which organisation, and whether it may enter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from accounts.models import OrganisationKind
from pages.components.acting import act, ask, complain
from pages.components.layout import heading, page_header, prose
from pages.components.places import go, link, parameter
from pages.components.words import one_line
from prize.eligibility import EligibilityAnswer, EligibilityQuestionShown
from prize.entries.drafts import start_entry
from prize.publication import public_prize, public_stage

_STARTED = "entry just started"
YES: Final = "Yes"
NO: Final = "No"


def draw() -> None:
    started = st.session_state.pop(_STARTED, None)
    if started:
        go("entry", entry=started)
    stage_id = parameter("stage")
    if stage_id is None:
        page_header("Entrant", "Start an entry")
        st.write("Choose a prize first: its public page has a button “Start an entry”.")
        link("my-entries", "My entries")
        return
    stage = ask(public_stage, stage_id=stage_id)
    asked = ask(public_prize, slug=stage.slug).asked.questions
    page_header(
        stage.prize, "Start an entry", facts="Everything is saved as you type. Nobody reads it before you submit."
    )
    with st.form("start", border=False):
        st.text_input(
            "Organisation that enters",
            key="organisation",
            max_chars=200,
            help=None,
        )
        prose("If you enter alone, write your own name. Judges who score without names do not see it.")
        st.selectbox("Kind of organisation", list(OrganisationKind), format_func=_kind, key="organisation kind")
        if asked:
            heading("May you enter?", words="Your answers are kept with the entry. The secretariat reads them.")
        for question in asked:
            st.radio(
                one_line(question.wording),
                (YES, NO),
                index=None,
                horizontal=True,
                key=_key(question),
            )
        st.form_submit_button("Start the entry", type="primary", on_click=_start, args=(asked,))


def _start(asked: Sequence[EligibilityQuestionShown]) -> None:
    stage_id = parameter("stage")
    chosen = {question.key: st.session_state[_key(question)] for question in asked}
    if None in chosen.values():
        complain("A question about who may enter has no answer yet. Answer each of them.")
        return
    entry_id = act(
        start_entry,
        stage_id=stage_id,
        organisation=st.session_state["organisation"],
        kind=st.session_state["organisation kind"],
        answers=tuple(EligibilityAnswer(key, word == YES) for key, word in chosen.items()),
    )
    if entry_id is not None:
        st.session_state[_STARTED] = entry_id


def _key(question: EligibilityQuestionShown) -> str:
    return f"eligible-{question.key}"


def _kind(kind: OrganisationKind) -> str:
    return kind.value.capitalize()
