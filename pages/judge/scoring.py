"""The scoring room: an entry on one side, without names until the reveal, the judge's own scorecard on the other."""

from __future__ import annotations

from uuid import UUID

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from judging.room import (
    CANNOT_JUDGE,
    CommentReader,
    EarlierCard,
    EntryToJudge,
    LaurelError,
    RubricShown,
    earlier_cards,
    entry_to_judge,
    time_words,
)
from pages.components.acting import ask
from pages.components.autosave import autosave
from pages.components.badges import Badge, Badges
from pages.components.blind_entry import draw_answers, quiet
from pages.components.layout import empty_list, page_header, table
from pages.components.places import go, link, parameter
from pages.judge.card import JUST_READ, draw_card
from pages.judge.panes import tend_panes
from pages.judge.revealing import draw_revealed

COMMENTS = (
    (
        CommentReader.ENTRANT,
        "Comment for the entrant",
        "The team reads it, without your name, once the outcome is released.",
    ),
    (
        CommentReader.PANEL,
        "Private note for the panel",
        "The team never reads it.",
    ),
)


def draw() -> None:
    assignment_id = parameter("entry")
    if assignment_id is None:
        page_header("Judging", "Scoring room")
        empty_list("No entry chosen", "Choose one of your entries.", lambda: link("judging", "Entries to judge"))
        return
    entry = ask(entry_to_judge, assignment_id=assignment_id)
    page_header(f"{entry.prize} · {entry.stage}", entry.code, badge=_names(entry), aside=_place(entry))
    progress = _bar(entry)
    reading, scoring = st.columns([1.15, 1], gap="small")
    with reading.container(border=True, key="pane-entry"):
        draw_revealed(entry)
        draw_answers("Answers", entry.answers, lambda file: f"/copies/{file.id}")
    with scoring.container(border=True, key="pane-card"):  # few levels, which are copied at each save
        st.session_state[JUST_READ] = True
        draw_card(entry, progress)
        _comments(entry)
        _for_oneself(entry)
    tend_panes(entry.code)


def _names(entry: EntryToJudge) -> Badge:
    return Badges.NAMES_HIDDEN if entry.revealed is None else Badges.NAMES_SHOWN


def _place(entry: EntryToJudge) -> str:
    words = f"Entry {entry.position} of {entry.entries}"
    if entry.closes_at:
        words += f" · closes {time_words(entry.closes_at, entry.zone, weekday=True)}"
    return words


def _comments(entry: EntryToJudge) -> None:
    for reader, label, help_words in COMMENTS:
        if entry.comment_needed and reader is CommentReader.ENTRANT:
            help_words = f"Needed for each entry that you score. {help_words}"
        _text_of(entry, reader, label, help_words, rows=4 if reader is CommentReader.ENTRANT else 2)


def _text_of(entry: EntryToJudge, reader: CommentReader, label: str, help_words: str, *, rows: int) -> None:
    [comment] = [comment for comment in entry.comments if comment.reader is reader]
    autosave(
        label,
        key=f"comment-{entry.assignment_id}-{reader.value}",
        what="comment",
        target={"assignment_id": entry.assignment_id, "reader": reader.value},
        text=comment.text,
        version=comment.version,
        saved_at=comment.saved_at,
        zone=entry.zone,
        help=help_words,
        rows=rows,
        disabled=not comment.editable,
    )


@st.fragment
def _for_oneself(entry: EntryToJudge) -> None:
    """What the judge alone reads, asked for when it is opened: a note, and their own scores on other entries."""
    drawer = st.expander("My note and earlier scores", key="for-oneself", on_change="rerun")
    if not drawer.open:
        return
    with drawer:
        try:
            note = ask(entry_to_judge, assignment_id=entry.assignment_id)
            cards = ask(earlier_cards, assignment_id=entry.assignment_id)
        except LaurelError:
            st.rerun()
        _text_of(note, CommentReader.JUDGE, "My note", "Nobody reads it but you.", rows=3)
        if not cards:
            st.html(quiet("When you have scored other entries, your scores on them stand here."))
            return
        table(
            ("Entry", *(str(criterion.position) for criterion in entry.rubric.criteria), "Mean"),
            [(card.code, *(_points(entry.rubric, each) for each in card.points), _mean(card)) for card in cards],
            numbers=set(range(1, len(entry.rubric.criteria) + 2)),
            caption="Your earlier scores by criterion, with their weighted mean",
            above=("Your earlier scores", "by criterion; × means that you could not judge it"),
        )


def _mean(card: EarlierCard) -> str:
    return "–" if card.mean is None else f"{card.mean:.2f}"


def _points(rubric: RubricShown, points: int | None) -> str:
    return "–" if points is None else "×" if points == CANNOT_JUDGE else rubric.words(points)


def _bar(entry: EntryToJudge) -> DeltaGenerator:
    """The bar at the foot, with an empty place for the card's progress."""
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="right"):
        progress = st.empty()
        st.button("Previous", disabled=entry.previous is None, on_click=_turn_to, args=(entry.previous,))
        if entry.next is not None:
            st.button("Next entry", type="primary", on_click=_turn_to, args=(entry.next,))
        elif st.button("To my entries", type="primary"):
            go("judging")
    return progress


def _turn_to(assignment_id: UUID) -> None:
    st.query_params["entry"] = str(assignment_id)
