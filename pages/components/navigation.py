"""Who sees which rooms: navigation along the side for staff, along the top for judges and entrants."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

import streamlit as st
from streamlit.navigation.page import Page

from accounts.programmes import own_roles
from pages import account, designer, entrant, finance, judge, operator, owner, secretariat, sponsor, verifier
from pages.components.acting import ask, refused_page
from pages.components.places import Place, choose_prize, choose_stage, chosen_prize, chosen_stage, keep_pages
from prize.prizes import own_prizes
from storage.errors import LaurelError, Refused

STAFF_PLACES: Final = (
    *owner.PLACES,
    *designer.PLACES,
    *secretariat.PLACES,
    *sponsor.PLACES,
    *verifier.PLACES,
    *finance.PLACES,
    *operator.PLACES,
)
PLACES: Final = (*STAFF_PLACES, *judge.PLACES, *entrant.PLACES, *account.PLACES)


def navigate() -> Page:
    """Set the navigation up for the person who looks, and return the page that they are on."""
    try:
        roles = frozenset(ask(own_roles))
    except LaurelError as error:
        return st.navigation([st.Page(_refusal(error), title="Signed out", default=True)], position="hidden")
    places = [place for place in PLACES if not place.roles or place.roles & roles]
    pages = {
        place.path: st.Page(
            _guarded(place.draw),
            title=place.title,
            url_path=place.path,
            visibility="visible" if place.is_listed(roles) else "hidden",
        )
        for place in places
    }
    keep_pages(pages)
    start = st.Page(lambda: st.switch_page(pages["home"]), title="Laurel", default=True, visibility="hidden")
    staff = any(place in STAFF_PLACES and place.is_listed(roles) for place in places)
    page = st.navigation([start, *pages.values()], position="hidden" if staff else "top")
    if staff:
        _sidebar([place for place in places if place.is_listed(roles)], pages)
    return page


def _guarded(draw: Callable[[], None]) -> Callable[[], None]:
    """The page, or what stands in its place when a query refuses."""

    def drawn() -> None:
        try:
            draw()
        except LaurelError as error:
            refused_page(error)

    return drawn


def _refusal(error: LaurelError) -> Callable[[], None]:
    """Nobody is refused their own account but strangers, and whoever has been signed out while this was open."""
    return lambda: refused_page(error, signed_out=isinstance(error, Refused))


def _sidebar(places: Sequence[Place], pages: dict[str, Page]) -> None:
    prizes = ask(own_prizes) if any(place.about_prize for place in places) else ()
    prize = chosen_prize(prizes)
    section = ""
    with st.sidebar:
        if prize and len(prizes) > 1:
            _choose("Prize", {line.id: line.title for line in prizes}, prize.id, choose_prize)
        if prize and len(prize.stages) > 1:
            _choose("Stage", {stage.id: stage.name for stage in prize.stages}, chosen_stage(prize), choose_stage)
        for place in places:
            if place.about_prize and (prize is None or not place.is_listed(frozenset(prize.roles))):
                continue
            if place.section != section:
                section = place.section
                if section:
                    st.caption(section)
            query = {"prize": str(prize.id)} if place.about_prize and prize else None
            st.page_link(pages[place.path], label=place.title, query_params=query)


def _choose(label: str, names: Mapping[UUID, str], present: UUID, choose: Callable[[UUID], None]) -> None:
    """A box that chooses what pages are about."""
    key = f"{label} in sidebar"
    st.session_state[key] = present
    st.selectbox(
        label, list(names), format_func=names.__getitem__, key=key, on_change=lambda: choose(st.session_state[key])
    )
