"""All of a judge's entries as one PDF, to read away from the screen."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import streamlit as st

from judging.room import ReadingState, order_reading_copy, reading_copy
from pages.components.acting import act, ask
from pages.components.layout import download, page_header, prose
from pages.judge.panels import choose_panel, present_panel

TITLE: Final = "Entries as one PDF"
ABOUT: Final = (
    "To read on a train: your entries without names, in the order of their codes, with a bookmark for each. "
    "It is made anew whenever your entries change."
)


def draw() -> None:
    present = present_panel(TITLE)
    if present is None:
        return
    seat, seats = present
    page_header(f"{seat.prize} · {seat.stage}", TITLE)
    choose_panel(seat, seats)
    prose(ABOUT)
    match ask(reading_copy, stage_id=seat.stage_id):
        case ReadingState.NOT_ASKED:
            st.button("Make the PDF", on_click=_order, args=(seat.stage_id,))
        case ReadingState.BEING_MADE:
            st.markdown("The PDF is being made. That takes a minute or two.")
            st.button("Look again")
        case ReadingState.READY:
            st.markdown("It shows what you may read now. Keep it to yourself, and delete it when you have finished.")
            download("Download all entries", f"/stages/{seat.stage_id}/entries-to-judge")


def _order(stage_id: UUID) -> None:
    act(order_reading_copy, stage_id=stage_id)
