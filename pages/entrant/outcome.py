"""What became of an entry: the outcome, its reason, and the judges' comments."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from judging.release import OwnOutcome
from pages.components.badges import badge_of, show
from pages.components.layout import download, heading, prose
from pages.components.places import link
from storage.values import time_words


def draw_outcome(outcome: OwnOutcome, entry_id: UUID) -> None:
    """The outcome with everything that the team may read."""
    heading("Outcome", f"Entry {outcome.code}, released {time_words(outcome.released_at, outcome.zone)}")
    show(badge_of(outcome.outcome))
    prose(outcome.reason)
    download("Download the letter", f"/entries/{entry_id}/letter")
    link("how-judged", "How entries are judged, and what is told of your place", entry=entry_id)
    heading("What the judges wrote to you")
    if not outcome.comments:
        st.caption("No judge left a comment.")
    for number, comment in enumerate(outcome.comments, start=1):
        with st.container(border=True, key=f"comment-{number}"):
            prose(comment)
