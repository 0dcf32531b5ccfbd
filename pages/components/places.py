"""The rooms of Laurel: which page is where, for whom, and which prize it is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import streamlit as st
from streamlit.navigation.page import Page

from accounts.models import Role
from pages.components.acting import ask
from pages.components.layout import empty_list, page_header
from pages.components.words import one_line
from prize.prizes import PrizeLine, own_prizes
from prize.stages import StageShown, stages

_PAGES: Final = "laurel pages"
_PRIZE: Final = "laurel prize"
_STAGE: Final = "laurel stage"
NO_ROLES: Final[frozenset[Role]] = frozenset()


@dataclass(frozen=True)
class Place:
    """A page of the application.

    ``roles`` have it; everybody who has signed in, when there are none. They find it in their navigation, or only
    those of them who are in ``listed_for``. One that is not ``listed`` is reached from another page. One that is
    ``about_prize`` carries the chosen prize in its address.
    """

    title: str
    path: str
    draw: Callable[[], None]
    section: str
    roles: frozenset[Role] = NO_ROLES
    listed: bool = True
    about_prize: bool = False
    listed_for: frozenset[Role] = NO_ROLES

    def is_listed(self, held: frozenset[Role]) -> bool:
        """Whether somebody with these roles finds it in their navigation."""
        found_by = self.listed_for or self.roles
        return self.listed and (not found_by or bool(found_by & held))


def keep_pages(pages: dict[str, Page]) -> None:
    """Remember this run's pages by their paths, for links between them."""
    st.session_state[_PAGES] = pages


def page_at(path: str) -> Page | None:
    """The page at a path, if this person has it."""
    pages: dict[str, Page] = st.session_state.get(_PAGES, {})
    return pages.get(path)


def link(path: str, label: str, **parameters: UUID | str) -> None:
    """A link to another page, with ids in its address; the words alone for somebody who does not have the page."""
    page = page_at(path)
    if page is None:
        st.markdown(one_line(label))
    else:
        st.page_link(page, label=one_line(label), query_params={name: str(value) for name, value in parameters.items()})


def go(path: str, **parameters: UUID | str) -> None:
    """Leave for another page. Not in a callback: after it."""
    page = page_at(path)
    if page is not None:
        st.switch_page(page, query_params={name: str(value) for name, value in parameters.items()})


def parameter(name: str) -> UUID | None:
    """The id that the address carries under ``name``; None when there is none, or when it is no id."""
    try:
        return UUID(st.query_params.get(name, ""))
    except ValueError:
        return None


def chosen_prize(prizes: Sequence[PrizeLine]) -> PrizeLine | None:
    """The prize in the address, else the one looked at before, else the first; None when the person has none."""
    by_id = {prize.id: prize for prize in prizes}
    wanted = parameter("prize") or st.session_state.get(_PRIZE)
    chosen = by_id.get(wanted) if wanted else None
    chosen = chosen or next(iter(prizes), None)
    if chosen is not None:
        st.session_state[_PRIZE] = chosen.id
    return chosen


def choose_prize(prize_id: UUID) -> None:
    """Look at another prize from the next draw on."""
    st.session_state[_PRIZE] = prize_id
    if "prize" in st.query_params:
        st.query_params["prize"] = str(prize_id)


def present_prize() -> PrizeLine | None:
    """The prize that a page is about. Where the person has none, the page says so and the answer is None."""
    prize = chosen_prize(ask(own_prizes))
    if prize is None:
        page_header("Prize", "No prize yet")
        empty_list("You have no part in a prize yet", "The prizes in which you have a part appear here.", _new_prize)
    return prize


def _new_prize() -> None:
    if page_at("new-prize"):
        link("new-prize", "Begin a new prize")


def chosen_stage(prize: PrizeLine) -> UUID:
    """The stage of a prize in the address, else the one looked at before, else the first that is not over."""
    wanted = parameter("stage") or st.session_state.get(_STAGE)
    by_id = {stage.id: stage for stage in prize.stages}
    if wanted in by_id:
        st.session_state[_STAGE] = wanted
        return wanted
    return next((stage.id for stage in prize.stages if not stage.over), prize.stages[-1].id)


def choose_stage(stage_id: UUID) -> None:
    """Look at another stage from the next draw on."""
    st.session_state[_STAGE] = stage_id
    if "stage" in st.query_params:
        st.query_params["stage"] = str(stage_id)


def present_stage() -> tuple[PrizeLine, StageShown] | None:
    """The prize that a page is about, and the stage that was chosen."""
    prize = present_prize()
    if prize is None:
        return None
    chosen = chosen_stage(prize)
    return prize, next(stage for stage in ask(stages, prize_id=prize.id) if stage.id == chosen)
