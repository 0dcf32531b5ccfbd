"""What became of an entry: the outcome, its reason, and the judges' comments."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import streamlit as st

from judging.decisions import OwnOutcome
from judging.models import Outcome
from pages.components.badges import Badge, Badges, show
from pages.components.layout import heading, prose
from storage.values import time_words

BADGES: Final = MappingProxyType(
    {
        Outcome.FINALIST: Badges.FINALIST,
        Outcome.WINNER: Badges.WINNER,
        Outcome.RESERVE: Badges.RESERVE,
        Outcome.NOT_SELECTED: Badges.NOT_SELECTED,
        Outcome.THRESHOLD_NOT_MET: Badges.THRESHOLD_NOT_MET,
        Outcome.INELIGIBLE: Badges.INELIGIBLE,
        Outcome.WITHDRAWN: Badges.WITHDRAWN,
        Outcome.FAILED_CHECKS: Badges.FAILED_CHECKS,
        Outcome.NO_AWARD: Badges.NO_AWARD,
    }
)


def badge_of(outcome: Outcome) -> Badge:
    return BADGES[outcome]


def draw_outcome(outcome: OwnOutcome) -> None:
    """The outcome with everything that the team may read."""
    heading("Outcome", f"Entry {outcome.code}, released {time_words(outcome.released_at, outcome.zone)}")
    show(badge_of(outcome.outcome))
    prose(outcome.reason)
    heading("What the judges wrote to you")
    if not outcome.comments:
        st.caption("No judge left a comment.")
    for number, comment in enumerate(outcome.comments, start=1):
        with st.container(border=True, key=f"comment-{number}"):
            prose(comment)
