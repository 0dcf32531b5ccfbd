"""What a judge tells beforehand: topics that they know, how many entries they wish to take, and when they are away."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from judging.room import Seat, own_topic, tell_availability
from pages.components.acting import ask
from pages.components.availability import draw_fields, fill, typed
from pages.components.forms import Form
from pages.components.layout import heading


def draw_availability(seat: Seat) -> None:
    """A form, for a judge who scores entries and as long as judging has not ended."""
    if seat.judging_ended or not seat.scores:
        return
    heading("What you know, and when you are there")
    st.markdown(
        "Entries go to judges who know their topic, as far as the share of work and conflicts allow it, and the "
        "secretariat keeps to what you wish where it can. While you are away you get no reminder."
    )
    topic = ask(own_topic, stage_id=seat.stage_id)
    question, options = (topic.question, topic.options) if topic else ("", ())
    form = Form(f"availability-{seat.stage_id}")
    version = fill(form, seat.version, options, seat.knows, seat.load, seat.away_from, seat.away_until)
    with st.form(form.name, border=False):
        draw_fields(form, question, options, "you")
        form.outcome()
        st.form_submit_button("Save this", on_click=_tell, args=(form, seat.stage_id, version, options))


def _tell(form: Form, stage_id: UUID, version: int, options: tuple[str, ...]) -> None:
    form.send(tell_availability, stage_id=stage_id, version=version, **typed(form, options))
