"""A prize's design as steps in any order: on top of each page how far every part is, at its foot the next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import streamlit as st

from pages.components.acting import ask
from pages.components.places import chosen_prize, link, page_at
from pages.components.words import marked
from pages.designer.comments import PATHS, with_comments
from prize.models import PrizePart, PrizeState
from prize.prizes import own_prizes
from prize.publication import preview
from prize.readiness import Check, readiness
from storage.canonical import digest

PUBLIC_PARTS = tuple(part for part in PATHS if part not in (PrizePart.MAILS, PrizePart.PEOPLE))
BEING_DESIGNED = (PrizeState.DRAFT, PrizeState.IN_REVIEW)


def guided(part: PrizePart, draw: Callable[[], None]) -> Callable[[], None]:
    """A page about a part of a prize, with the way through all parts while the prize is not published."""

    def drawn() -> None:
        prize = chosen_prize(ask(own_prizes))
        if prize is None or prize.state not in BEING_DESIGNED:
            draw()
            return
        parts = [one for one in PATHS if page_at(PATHS[one])]
        _rail(prize.id, part, parts, ask(readiness, prize_id=prize.id))
        draw()
        if part in PUBLIC_PARTS:
            _preview(prize.id)
        _next(prize.id, parts[parts.index(part) + 1 :])

    return with_comments(part, drawn)


def _rail(prize_id: UUID, part: PrizePart, parts: list[PrizePart], checks: tuple[Check, ...]) -> None:
    """One line of links; on a phone the present step alone."""
    with st.container(key="design-steps", horizontal=True, vertical_alignment="center", gap="small"):
        for at, one in enumerate(parts, 1):
            of_part = [check for check in checks if check.place == PATHS[one]]
            if one is part:
                st.markdown(marked("**{} of {} · {}**", str(at), str(len(parts)), _title(one)), width="content")
            else:
                link(PATHS[one], f"{_title(one)}{_state(of_part)}", prize=prize_id)
    wrong = [check.words for check in checks if check.place == PATHS[part] and not check.done]
    if wrong:
        st.caption(marked("{}", " ".join(wrong)))


def _preview(prize_id: UUID) -> None:
    """The public page as it would be with what is saved. It is loaded when it is opened, and anew when that changes."""
    drawer = st.expander(
        "The public page, as saved", icon=":material/visibility:", key=f"preview-{prize_id}", on_change="rerun"
    )
    if not drawer.open:
        return
    shown = ask(preview, prize_id=prize_id)
    at = shown.rules_published_at
    saved = digest(repr(replace(shown, rules_published_at=at, published_at=at)).replace(repr(at), ""))
    with drawer:
        st.iframe(f"/preview/{prize_id}?saved={saved[:16]}", height=640, alt="The public page, as saved")


def _next(prize_id: UUID, later: list[PrizePart]) -> None:
    if later:
        link(PATHS[later[0]], f"Next: {_title(later[0])}", prize=prize_id)
    else:
        link("overview", "Next: Look over everything", prize=prize_id)


def _title(part: PrizePart) -> str:
    return part.value.capitalize()


def _state(of_part: list[Check]) -> str:
    """Whether a part is ready; nothing for one that a prize can do without."""
    if not of_part:
        return ""
    missing = sum(not check.done for check in of_part)
    return f" · {missing} to do" if missing else " · ready"
