"""Who has read one's own entry, by role."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from accounts.models import Role
from judging.readers import Readers, own_readers
from pages.components.acting import ask
from pages.components.layout import facts_table, heading
from storage.values import counted, date_words


def draw_readers(entry_id: UUID, *, released: bool) -> None:
    """Nothing before somebody has read it."""
    readers = ask(own_readers, entry_id=entry_id)
    if not readers:
        return
    heading("Who has read it")
    facts_table([(_role(each), _words(each)) for each in readers], caption="Who has read it")
    if released:
        st.caption("Which judges they were is not told.")
    else:
        st.caption("How many judges have scored it is told with the outcome.")


def _role(readers: Readers) -> str:
    return "Judges" if readers.role is Role.JUDGE else readers.role.value.capitalize()


def _words(readers: Readers) -> str:
    if readers.of is not None:
        return f"{readers.people} of {readers.of} who were asked have scored it"
    since = f", since {date_words(readers.since)}" if readers.since else ""
    return f"{counted(readers.people, 'person', 'people')}{since}"
