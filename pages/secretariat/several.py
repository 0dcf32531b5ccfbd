"""Several entries decided at once: chosen from those that are shown, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import streamlit as st

from pages.components.acting import act, complain, say
from pages.components.layout import table
from prize.entries.screening import EntryLine, screen_entries
from storage.values import counted

BECAME: Final = "several entries were decided"
WHICH: Final = "which entries are decided"
CHOSEN: Final = "entries to decide"
REASON: Final = "reason for several entries"
ALL_SHOWN: Final = "All that are shown"
SOME: Final = "Those that I choose"


def draw_several(stage_id: UUID, shown: Sequence[EntryLine]) -> None:
    """Choose entries, or take all that are shown, and call them eligible or not."""
    with st.expander("Decide about several at once", icon=":material/checklist:", key="several", on_change="rerun"):
        which = st.segmented_control(
            "Which entries",
            (ALL_SHOWN, SOME),
            key=WHICH,
            default=ALL_SHOWN,
            required=True,
            label_visibility="collapsed",
        )
        lines = list(shown) if which == ALL_SHOWN else _chosen(shown)
        entries = counted(len(lines), "entry", "entries")
        st.caption(
            "Each entry is decided by itself, as on its own page, and what became of each is listed here. You can "
            "change any of them until judging begins."
        )
        st.button(
            f"Eligible: {entries}",
            key="several eligible",
            disabled=not lines,
            on_click=decide_several,
            args=(stage_id, lines, True),
        )
        with st.form("several not eligible", border=False):
            st.text_input(
                "Why they are not eligible",
                key=REASON,
                max_chars=200,
                placeholder="Which rule they do not meet, and how",
            )
            st.caption("Each team reads this reason when decisions are released.")
            st.form_submit_button(
                f"Not eligible: {entries}",
                disabled=not lines,
                on_click=_not_eligible,
                args=(stage_id, lines),
            )


def decide_several(stage_id: UUID, lines: Sequence[EntryLine], eligible: bool, reason: str = "") -> None:
    """Call entries eligible or not, in a callback."""
    ids = tuple(line.id for line in lines)
    became = act(screen_entries, stage_id=stage_id, entry_ids=ids, eligible=eligible, reason=reason)
    if became is None:
        return
    st.session_state[REASON] = ""
    labels = {line.id: (line.code or "", line.organisation) for line in lines}
    word = "eligible" if eligible else "not eligible"
    st.session_state[BECAME] = (stage_id, [(*labels[one.entry_id], one.problem or f"Now {word}.") for one in became])
    done = sum(not one.problem for one in became)
    if done == len(became):
        say(f"{counted(done, 'entry is', 'entries are')} now {word}.")
    elif done:
        say(f"{counted(done, 'entry is', 'entries are')} now {word}. {len(became) - done} could not be decided.")
    else:
        complain("None of the entries could be decided. The list says why.")


def _chosen(shown: Sequence[EntryLine]) -> list[EntryLine]:
    by_id = {line.id: line for line in shown}
    before = st.session_state.get(CHOSEN, [])
    st.session_state[CHOSEN] = [one for one in before if one in by_id]  # what is no longer shown is no longer chosen
    chosen = st.multiselect(
        "Entries",
        list(by_id),
        format_func=lambda one: f"{by_id[one].code or ''} · {by_id[one].organisation}",
        key=CHOSEN,
        placeholder="Type a code or an organisation",
    )
    return [by_id[one] for one in chosen]


def _not_eligible(stage_id: UUID, lines: Sequence[EntryLine]) -> None:
    reason = st.session_state[REASON].strip()
    if not reason:
        complain("There is no reason yet. Say why the entries are not eligible; their teams will read it.")
    else:
        decide_several(stage_id, lines, False, reason)


def draw_became(stage_id: UUID) -> None:
    """What became of the entries that were decided last, until it is put away."""
    stage, became = st.session_state.get(BECAME, (None, []))
    if stage != stage_id:
        return
    with st.expander(f"What became of {counted(len(became), 'entry', 'entries')}", expanded=True):
        table(("Code", "Organisation", "What became of it"), became, caption="What became of the entries")
        st.button("Put this list away", on_click=_put_away)


def _put_away() -> None:
    st.session_state.pop(BECAME, None)
