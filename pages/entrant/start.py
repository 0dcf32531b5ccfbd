"""Starting an entry: for which organisation."""

from __future__ import annotations

import streamlit as st

from accounts.models import OrganisationKind
from pages.components.acting import act, ask
from pages.components.layout import page_header, prose
from pages.components.places import go, link, parameter
from prize.entries.drafts import start_entry
from prize.publication import public_stage

_STARTED = "entry just started"


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
        prose("If you enter alone, write your own name. Judges do not see it.")
        st.selectbox("Kind of organisation", list(OrganisationKind), format_func=_kind, key="organisation kind")
        st.form_submit_button("Start the entry", type="primary", on_click=_start)


def _start() -> None:
    stage_id = parameter("stage")
    entry_id = act(
        start_entry,
        stage_id=stage_id,
        organisation=st.session_state["organisation"],
        kind=st.session_state["organisation kind"],
    )
    if entry_id is not None:
        st.session_state[_STARTED] = entry_id


def _kind(kind: OrganisationKind) -> str:
    return kind.value.capitalize()
