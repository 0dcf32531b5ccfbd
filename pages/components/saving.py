"""One line that says whether what was typed is kept."""

from datetime import datetime
from enum import Enum

import streamlit as st


class Saving(Enum):
    """What is known about the last change."""

    NOT_YET = "not yet"
    SAVING = "saving"
    SAVED = "saved"
    NO_CONNECTION = "no connection"
    CHANGED_ELSEWHERE = "changed elsewhere"


def saving_line(state: Saving, at: datetime | None = None) -> None:
    """Say it in text, in one place; ``at`` is the time of saving in the prize's zone."""
    st.markdown(saving_words(state, at))


def saving_words(state: Saving, at: datetime | None = None) -> str:
    """The same line as Markdown."""
    match state:
        case Saving.NOT_YET:
            return ":gray[:material/edit: Not saved yet]"
        case Saving.SAVING:
            return ":gray[:material/sync: Saving…]"
        case Saving.SAVED:
            return f":green[:material/check: Saved{f' {at:%H:%M}' if at else ''}]"
        case Saving.NO_CONNECTION:
            return ":orange[:material/cloud_off: No connection. Your text is kept here; trying again.]"
        case Saving.CHANGED_ELSEWHERE:
            return ":red[:material/error: Not saved: this was changed elsewhere.]"
