"""Which of one's panels a page is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from judging.room import Seat, own_seats
from pages.components.acting import ask
from pages.components.layout import empty_list, page_header
from pages.components.places import parameter
from pages.components.words import one_line

_PANEL: Final = "laurel panel"
_CHOICE: Final = "choice of panel"


def present_panel(
    title: str, waits: Callable[[Seat], bool] = lambda seat: seat.finished_at is None
) -> tuple[Seat, tuple[Seat, ...]] | None:
    """The panel in the address, else the one chosen before, else the first that ``waits``; and all of this judge's.

    A judge without a panel is told so under the page's title, and the answer is None.
    """
    seats = ask(own_seats)
    if not seats:
        page_header("Judging", title)
        empty_list("No panel yet", "When you have been invited to judge, the panel appears here.")
        return None
    here = f"{_PANEL} of {title}"
    wanted = parameter("stage") or st.session_state.get(_PANEL) or st.session_state.get(here)
    waiting = next((seat for seat in seats if waits(seat)), seats[0])
    chosen = next((seat for seat in seats if seat.stage_id == wanted), waiting)
    st.session_state[_PANEL if parameter("stage") == chosen.stage_id else here] = chosen.stage_id
    return chosen, seats


def choose_panel(present: Seat, seats: Sequence[Seat]) -> None:
    """Let a judge who sits on several panels change between them."""
    if len(seats) < 2:
        return
    names = {seat.stage_id: name_of(seat, seats) for seat in seats}
    st.session_state[_CHOICE] = present.stage_id
    st.selectbox("Panel", list(names), format_func=names.__getitem__, key=_CHOICE, on_change=_chosen)


def name_of(seat: Seat, seats: Sequence[Seat]) -> str:
    """The prize's title, with the stage where one judges several of its stages."""
    twice = sum(other.prize == seat.prize for other in seats) > 1
    return one_line(f"{seat.prize} · {seat.stage}" if twice else seat.prize)


def _chosen() -> None:
    st.session_state[_PANEL] = st.session_state[_CHOICE]
    st.query_params.pop("stage", None)
