"""What the pages of one prize share: its badge, and whether it may still be changed."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Final
from uuid import UUID

import streamlit as st

from pages.components.layout import leave
from pages.components.permitted import may, why_not
from pages.components.words import marked, one_line
from prize.models import PrizePart, PrizeState
from prize.policy import Action
from prize.prizes import RUNNING, PrizeLine, PrizeShown

BEING_DESIGNED: Final = (PrizeState.DRAFT, PrizeState.IN_REVIEW)
ON_PUBLIC_PAGE: Final = MappingProxyType(
    {
        PrizePart.BRIEF: "",
        PrizePart.ELIGIBILITY: "eligibility",
        PrizePart.STAGE: "dates",
        PrizePart.FORM: "questions",
        PrizePart.RUBRIC: "judging",
        PrizePart.FUND: "fund",
    }
)
"""The parts of a prize that its public page shows, and the heading's id there; none for its beginning."""


def editable(prize: PrizeLine) -> bool:
    """Whether the prize may be changed by this person now; where not, a box says why."""
    if prize.state is not PrizeState.DRAFT:
        st.info(_why_fixed(prize), icon=":material/lock:")
        return False
    answer = may(Action.EDIT_PRIZE, prize_id=prize.id)
    if not answer.allowed:
        st.info(why_not(answer, "**You can read this.** Designers and the owner change it."), icon=":material/lock:")
    return answer.allowed


def _why_fixed(prize: PrizeLine) -> str:
    if prize.state is PrizeState.IN_REVIEW:
        return "**This prize is in review.** To change it, return it to its draft on the overview."
    if prize.state in RUNNING:
        return marked(
            "**This prize is {}.** Entrants rely on it: what it says changes with a reason, for everybody to read.",
            prize.state.value,
        )
    return marked("**This prize is {}.** It does not change any more.", prize.state.value)


def public_link(prize: PrizeLine, part: PrizePart) -> Callable[[], None] | None:
    """For the header of a part's page: the way to what everybody reads of it, once that is published."""
    if prize.state in BEING_DESIGNED:
        return None
    place = f"#{ON_PUBLIC_PAGE[part]}" if ON_PUBLIC_PAGE[part] else ""
    return lambda: leave("Public page", f"/prizes/{prize.slug}{place}")


def removing(key: str, lost: str, button: str, remove: Callable[..., None], arguments: tuple[object, ...]) -> None:
    """A way to remove something, which says first what will be lost."""
    with st.popover("Remove", type="tertiary", key=f"remove-{key}"):
        st.markdown(one_line(lost))
        st.button(button, key=f"surely-{key}", on_click=remove, args=arguments)


def serves(prize: PrizeShown) -> str:
    """The line of facts under a prize's title."""
    illustrative = "Illustrative. " if prize.illustrative else ""
    return f"{illustrative}Serves the mission “{prize.mission}”."


def form_name(page: str, about: UUID) -> str:
    """A form's name on the page of one prize or stage."""
    return f"{page}-{about}"
