"""The entries of one's teams, those that close first on top."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import streamlit as st

from pages.components.acting import ask
from pages.components.badges import Badge, Badges, show
from pages.components.layout import download, empty_list, page_header
from pages.components.places import link
from pages.components.words import marked
from pages.entrant.team import draw_invitation
from prize.entries.invitations import own_invitations
from prize.entries.models import EntryState
from prize.entries.own import OwnEntryLine, own_entries
from prize.lifecycle import Phase
from prize.stages import StageShown
from storage.values import time_words

AFTER_CLOSING: Final = MappingProxyType(
    {
        Phase.PAUSED: "The stage is paused.",
        Phase.CLOSED: "The stage is closed.",
        Phase.SCREENING: "The secretariat checks who may take part.",
        Phase.JUDGING: "Judges are scoring.",
        Phase.DECIDING: "The panel is deciding.",
        Phase.CONFIRMED: "The decisions are made, and will be released.",
        Phase.RELEASED: "The decisions are released.",
        Phase.CANCELLED: "The stage is cancelled.",
    }
)
"""What becomes of an entry that can no longer be changed."""


def draw() -> None:
    lines = ask(own_entries)
    still_open = sum(line.stage.phase is Phase.OPEN for line in lines)
    facts = f"{still_open} can still be changed." if still_open else ""
    page_header("Entrant", "My entries", facts=facts, actions=_export if lines else None)
    invitations = ask(own_invitations)
    for invitation in invitations:
        draw_invitation(invitation)
    if not lines and not invitations:
        empty_list(
            "No entry yet",
            "What you enter for a prize appears here. Each prize's public page has a button “Start an entry”.",
            _to_prizes,
        )
    for line in lines:
        _line(line)


def _export() -> None:
    download("Export all of it", "/exports/my-entries")


def _to_prizes() -> None:
    st.html('<a href="/" target="_self">See all prizes</a>')


def _line(line: OwnEntryLine) -> None:
    with st.container(border=True, key=f"entry-{line.id}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            link("entry", line.prize, entry=line.id)
            show(badge_of(line.state, line.stage.phase))
        st.markdown(marked("{} · {}", entrant_words(line.organisation, line.number, line.stage), line.stage.name))
        if line.stage.dates and line.stage.phase is Phase.OPEN:
            closes = time_words(line.stage.dates.closes_at, line.stage.zone, weekday=True)
            st.caption(f"{line.answered} of {line.questions} answered. Closes {closes}.")
        elif line.stage.dates and line.stage.phase is Phase.PLANNED:
            st.caption(f"Opens {time_words(line.stage.dates.opens_at, line.stage.zone, weekday=True)}.")
        else:
            st.caption(AFTER_CLOSING[line.stage.phase])


def entrant_words(organisation: str, number: int, stage: StageShown) -> str:
    """Whose entry it is, and which of theirs where the rules allow several."""
    return f"{organisation}, entry {number}" if stage.entries_per_team > 1 or number > 1 else organisation


def badge_of(state: EntryState, phase: Phase) -> Badge:
    """An entry's badge: what its team has done, and after the closing what became of a draft."""
    if state is EntryState.SUBMITTED:
        return Badges.RELEASED if phase is Phase.RELEASED else Badges.SUBMITTED
    if state is EntryState.WITHDRAWN:
        return Badges.WITHDRAWN
    return Badges.DRAFT if phase in (Phase.PLANNED, Phase.OPEN, Phase.PAUSED) else Badges.NOT_SUBMITTED
