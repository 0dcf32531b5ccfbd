"""An appeal against the decision about one's own entry, within the days that the rules set."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final
from uuid import UUID

import streamlit as st

from judging.appeals import OwnAppeal, own_appeal, write_appeal
from judging.models import AppealState
from pages.components.acting import ask
from pages.components.forms import PROSE, Form
from pages.components.layout import heading, prose
from pages.components.words import marked
from storage.values import time_words

BECAME: Final = MappingProxyType(
    {
        AppealState.WAITING: "The secretariat has not answered yet.",
        AppealState.ACCEPTED: "Accepted. What follows for the decision is told to you separately.",
        AppealState.REJECTED: "Rejected. The decision stands.",
    }
)


def draw_appeal(entry_id: UUID) -> None:
    """Nothing before the release, and nothing where the rules allow no appeal."""
    shown = ask(own_appeal, entry_id=entry_id)
    if shown is None:
        return
    heading("Appeal")
    if shown.state is None and not shown.can_write:
        st.caption(marked("Your team could appeal until {}.", time_words(shown.until, shown.zone, weekday=True)))
        return
    if shown.state is None:
        _write(shown, entry_id)
        return
    with st.container(border=True, key="own-appeal", gap="small"):
        if shown.written_at:
            st.markdown(marked(":gray[Sent {}]", time_words(shown.written_at, shown.zone, weekday=True)))
        prose(shown.text)
        st.markdown(marked("**{}**", BECAME[shown.state]))
        if shown.reason:
            prose(shown.reason)


def _write(shown: OwnAppeal, entry_id: UUID) -> None:
    form = Form(f"appeal-{entry_id}")
    until = time_words(shown.until, shown.zone, weekday=True)
    with form.drawer("Appeal against the decision", icon=":material/balance:"):
        form.fill(text="")
        st.markdown(marked("Your team can appeal once, until {}. The secretariat answers with a reason.", until))
        form.text("text", "What was wrong, and what you ask for", limit=PROSE, rows=6)
        form.outcome()
        st.button("Send the appeal", type="primary", on_click=_send, args=(form, entry_id))


def _send(form: Form, entry_id: UUID) -> None:
    form.send(
        write_appeal,
        said="Your appeal is sent. The secretariat answers by mail and here.",
        called={"text": "appeal"},
        entry_id=entry_id,
        text=form["text"],
    )
