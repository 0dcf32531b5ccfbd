"""A prize's design as steps in any order, with the public page beside them: on top how far every part is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from uuid import UUID

import streamlit as st

from pages.components.acting import ask
from pages.components.places import chosen_prize, link, page_at
from pages.components.public_page import public_page
from pages.components.words import marked
from pages.designer.comments import PATHS, draw_comments
from pages.designer.frame import BEING_DESIGNED, ON_PUBLIC_PAGE
from prize.models import PrizePart
from prize.prizes import PrizeLine, own_prizes
from prize.publication import preview
from prize.readiness import Check, readiness
from storage.canonical import digest

BESIDE: Final = "preview beside, as it was chosen"
HAS_ITS_OWN: Final = (PrizePart.FORM, PrizePart.RUBRIC)
"""Parts whose pages need all of their room, until somebody wants the public page beside them."""


def guided(part: PrizePart, draw: Callable[[], None]) -> Callable[[], None]:
    """A page about a part of a prize with its comments, and the way through all parts until it is published."""

    def drawn() -> None:
        prize = chosen_prize(ask(own_prizes))
        if prize is not None and prize.state in BEING_DESIGNED:
            _step(prize, part, draw)
            return
        draw()
        if prize is not None:
            draw_comments(prize, part)

    return drawn


def _step(prize: PrizeLine, part: PrizePart, draw: Callable[[], None]) -> None:
    parts = [one for one in PATHS if page_at(PATHS[one])]
    beside = _rail(prize.id, part, parts, ask(readiness, prize_id=prize.id))
    with st.container(key="design"):
        with st.container(key="design-part"):
            draw()
            _next(prize.id, parts[parts.index(part) + 1 :])
            draw_comments(prize, part)
        if part in ON_PUBLIC_PAGE:
            public_page(_preview(prize.id), ON_PUBLIC_PAGE[part], beside=beside)


def _rail(prize_id: UUID, part: PrizePart, parts: list[PrizePart], checks: tuple[Check, ...]) -> bool:
    """One line of links; on a phone the present step, which opens the others. Says whether to show the preview."""
    place = f"{parts.index(part) + 1} of {len(parts)} · {_title(part)}"

    def steps(present: str) -> None:
        for one in parts:
            if one is part:
                st.markdown(marked("**{}**", present), width="content")
            else:
                link(PATHS[one], f"{_title(one)}{_state(one, checks)}", prize=prize_id)

    with st.container(key="design-steps", horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(key="design-line", horizontal=True, vertical_alignment="center", gap="small"):
            steps(place)
        with st.popover(place, key=f"design-steps-{part.value}"), st.container(key="design-list", gap="xxsmall"):
            steps(f"{_title(part)}{_state(part, checks)}")
        beside = part in ON_PUBLIC_PAGE and _wanted_beside(part)
    wrong = [check.words for check in checks if check.place == PATHS[part] and not check.done]
    if wrong:
        st.caption(marked("{}", " ".join(wrong)))
    return beside


def _wanted_beside(part: PrizePart) -> bool:
    """Whether the public page stands beside the part; what is chosen once holds for all parts."""
    key = f"preview-of-{part.value}"
    st.session_state[key] = st.session_state.get(BESIDE, part not in HAS_ITS_OWN)
    return st.toggle("Preview", key=key, on_change=_choose_beside, args=(key,))


def _choose_beside(key: str) -> None:
    st.session_state[BESIDE] = st.session_state[key]


def _preview(prize_id: UUID) -> str:
    """The address of the public page as it would be with what is saved; another whenever that changes."""
    shown = ask(preview, prize_id=prize_id)
    at = shown.rules_published_at
    saved = digest(repr(replace(shown, rules_published_at=at, published_at=at)).replace(repr(at), ""))
    return f"/preview/{prize_id}?saved={saved[:16]}"


def _next(prize_id: UUID, later: list[PrizePart]) -> None:
    if later:
        link(PATHS[later[0]], f"Next: {_title(later[0])}", prize=prize_id)
    else:
        link("overview", "Next: Look over everything", prize=prize_id)


def _title(part: PrizePart) -> str:
    return part.value.capitalize()


def _state(part: PrizePart, checks: tuple[Check, ...]) -> str:
    """Whether a part is ready; nothing for one that a prize can do without."""
    of_part = [check for check in checks if check.place == PATHS[part]]
    if not of_part:
        return ""
    missing = sum(not check.done for check in of_part)
    return f" · {missing} to do" if missing else " · ready"
