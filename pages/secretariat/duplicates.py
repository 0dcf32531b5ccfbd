"""Entries that may be the same: the pairs of a stage, and two entries beside each other."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import streamlit as st

from pages.components.acting import act, complain
from pages.components.badges import Badge
from pages.components.layout import Link, facts_table, heading, page_header, prose, table
from pages.components.words import marked
from prize.entries.duplicates import DuplicateLine, Duplicates, settle_duplicate
from prize.entries.near_same import NEAR, SHORTEST, TOGETHER
from prize.entries.screening import EntryLine
from prize.prizes import PrizeLine
from prize.stages import StageShown
from storage.values import counted, time_words

TO_SETTLE: Final = Badge("To settle", "orange", "flag")
SETTLED: Final = Badge("Settled", "gray", "task_alt")
HOW_FOUND: Final = (
    "Entries of this stage are compared when it closes, and again when one is corrected or found not eligible. Two "
    "stand here when a file of both has the same content, when somebody belongs to both teams, or when both have "
    "answered a question in nearly the same words: of all runs of three words in the two answers, at least "
    f"{NEAR:.0%} stand in both. Answers of fewer than {SHORTEST} words are not compared. Where more than {TOGETHER} "
    "entries share the same, each is shown beside the first by code that may still be judged, and of a file or a "
    "person only one of each team. Two of one team come last."
)


def draw_pairs(prize: PrizeLine, stage_id: UUID, found: Duplicates, *, screens: bool) -> None:
    """The pairs of a stage, and how they were found; folded away when entries are no longer screened."""
    if not found.pairs:
        if found.searching:
            st.caption("Entries are being compared with each other. Those that may be the same will be listed here.")
        return
    if found.searching:
        st.caption("Entries are being compared once more. What is new will be listed here.")
    waiting = sum(not pair.settled for pair in found.pairs)
    state = f"{waiting} to settle" if waiting else "all settled"
    if screens:
        heading("May be the same", state)
        _table(prize, stage_id, found)
    else:
        with st.expander(f"May be the same: {counted(len(found.pairs), 'pair')}, {state}"):
            _table(prize, stage_id, found)


def _table(prize: PrizeLine, stage_id: UUID, found: Duplicates) -> None:
    table(
        ("Entries", "Organisations", "They share", "State"),
        [
            (
                Link(
                    f"{_name(pair.entry)} and {_name(pair.other)}",
                    f"/entries?prize={prize.id}&stage={stage_id}&pair={pair.id}",
                ),
                f"{pair.entry.organisation} and {pair.other.organisation}",
                _shared(pair),
                SETTLED if pair.settled else TO_SETTLE,
            )
            for pair in found.pairs
        ],
        hide_on_phone={1},
        caption="Entries that may be the same",
    )
    st.caption(HOW_FOUND)


def draw_pair(prize: PrizeLine, stage: StageShown, pair: DuplicateLine, *, screens: bool) -> None:
    """Two entries beside each other, and what is said of them. ``screens``: entries are still screened."""
    page_header(
        f"{prize.title} · Entries",
        f"{_name(pair.entry)} and {_name(pair.other)}",
        badge=SETTLED if pair.settled else TO_SETTLE,
        facts=f"They share {_shared(pair)}.",
    )
    st.button("All entries", type="tertiary", icon=":material/arrow_back:", on_click=_close)
    both = (pair.entry, pair.other)
    for place, line in zip(st.columns(2), both, strict=True):
        with place:
            heading(_name(line), "not eligible" if line.eligible is False else "")
            facts_table(
                (
                    ("Entered by", line.organisation),
                    ("Submitted", time_words(line.submitted_at, stage.zone) if line.submitted_at else ""),
                    ("Entry", Link("Open it", f"/entries?prize={prize.id}&stage={stage.id}&entry={line.id}")),
                ),
                caption=f"The entry {_name(line)}",
            )
    if pair.people:
        heading("In both teams")
        st.markdown(marked("{}", ", ".join(pair.people)))
    if pair.files:
        heading("The same file")
        table(
            (_name(pair.entry), _name(pair.other)),
            [(file.name, file.other_name) for file in pair.files],
            caption="Files with the same content",
        )
    for answer in pair.answers:
        heading(answer.question, f"{answer.share:.0%} the same")
        for place, text in zip(st.columns(2), (answer.text, answer.other_text), strict=True):
            with place:
                prose(text)
    _settle(stage.id, pair, screens=screens)


def _settle(stage_id: UUID, pair: DuplicateLine, *, screens: bool) -> None:
    heading("Are they the same?")
    if pair.note:
        st.markdown(marked("Noted: {}", pair.note))
    note = f"note-{pair.id}"
    with st.form(f"settle-{pair.id}", border=False):
        st.text_input("How you know", key=note, max_chars=200, placeholder="What you found when you compared them")
        if screens:
            st.caption("The team of an entry that you call not eligible reads this when decisions are released.")
        with st.container(horizontal=True, gap="small"):
            st.form_submit_button("Not the same", type="primary", on_click=_say, args=(stage_id, pair.id, note, None))
            for line in (pair.entry, pair.other) if screens else ():
                st.form_submit_button(
                    f"{_name(line)} is not eligible", on_click=_say, args=(stage_id, pair.id, note, line.id)
                )


def _say(stage_id: UUID, duplicate_id: UUID, key: str, ineligible_id: UUID | None) -> None:
    note = st.session_state[key].strip()
    if not note:
        complain("There is no note yet. Say how you know; whoever looks at these two entries later reads it.")
        return
    act(
        settle_duplicate,
        said="Marked as not eligible, and noted." if ineligible_id else "Noted that they are not the same.",
        stage_id=stage_id,
        duplicate_id=duplicate_id,
        note=note,
        ineligible_id=ineligible_id,
    )


def _close() -> None:
    st.query_params.pop("pair", None)


def _name(line: EntryLine) -> str:
    return line.code or line.organisation


def _shared(pair: DuplicateLine) -> str:
    parts = []
    if pair.people:
        parts.append(counted(len(pair.people), "person", "people"))
    if pair.files:
        parts.append(counted(len(pair.files), "file"))
    if pair.answers:
        alike = max(answer.share for answer in pair.answers)
        parts.append(f"{counted(len(pair.answers), 'answer')} ({alike:.0%} the same)")
    return ", ".join(parts) or "nothing any more"
