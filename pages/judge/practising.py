"""Practice: a made-up entry on one side, the judge's own scores on the other, and then the reference beside them."""

from __future__ import annotations

from html import escape
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st

from judging.room import (
    LaurelError,
    PracticeScored,
    PracticeShown,
    ScoreShown,
    Seat,
    compare_practice,
    practice_entry,
    practice_lines,
    save_practice_score,
)
from pages.components.acting import act, ask, show_said
from pages.components.blind_entry import quiet
from pages.components.layout import empty_list, heading, page_header, paragraphs, table
from pages.components.places import link
from pages.judge.card import criterion_row
from pages.judge.choices import CANNOT, NOTHING, Choice, Head, draw_choices
from pages.judge.panels import choose_panel, present_panel

TITLE: Final = "Practice"
WHICH: Final = "practice entry that is shown"
ABOUT: Final = (
    "A made-up entry. Score it as you would any other, then compare. Nobody but the secretariat sees your practice "
    "scores, and they count for nothing."
)


def draw() -> None:
    present = present_panel(TITLE)
    if present is None:
        return
    seat, seats = present
    page_header(f"{seat.prize} · {seat.stage}", TITLE, facts=ABOUT)
    choose_panel(seat, seats)
    if not (seat.accepted_at and seat.conflicts_stated_at):
        empty_list(
            "Two things come before",
            "Accept the terms and state your conflicts. Then you can practise.",
            lambda: link("how-to-judge", "Go to “How to judge”", stage=seat.stage_id),
        )
        return
    lines = ask(practice_lines, stage_id=seat.stage_id)
    if not lines:
        empty_list(
            "Nothing to practise on",
            "If the secretariat writes an entry for practice, it appears here.",
            lambda: link("judging", "Go to my entries", stage=seat.stage_id),
        )
        return
    numbers = {line.id: line.number for line in lines}
    if st.session_state.get(WHICH) not in numbers:
        st.session_state[WHICH] = next((line.id for line in lines if not line.compared), lines[0].id)
    if len(lines) > 1:
        st.selectbox("Practice entry", list(numbers), format_func=lambda key: f"Entry {numbers[key]}", key=WHICH)
    shown = ask(practice_entry, stage_id=seat.stage_id, practice_id=st.session_state[WHICH])
    if shown.compared:
        _compared(shown)
    reading, scoring = st.columns([1.15, 1], gap="small")
    with reading.container(border=True, key="practice-entry"):
        heading("Answers")
        st.html("".join(_answer(one.question, one.text) for one in shown.answers))
    with scoring.container(border=True):
        _card(seat, shown.id, compared=shown.compared)


def _answer(question: str, text: str) -> str:
    return f"<h3>{escape(question)}</h3>{paragraphs(text) if text else quiet('No answer.')}"


@st.fragment
def _card(seat: Seat, practice_id: UUID, *, compared: bool) -> None:
    """The card as it is stored. A score draws this part alone again."""
    try:
        shown = ask(practice_entry, stage_id=seat.stage_id, practice_id=practice_id)
    except LaurelError:
        st.rerun()
    if shown.compared is not compared:
        st.rerun()
    with show_said(st.container(key="practice-said")):
        last = max((score.saved_at for score in shown.scores if score.saved_at), default=None)
        saved = "Nothing scored yet" if last is None else f"Saved {last.astimezone(ZoneInfo(seat.zone)):%H:%M}"
        rows = [
            criterion_row(shown.rubric, score.criterion, _stored(score), editable=shown.open) for score in shown.scores
        ]
        draw_choices(
            "practice card",
            practice_id,
            rows,
            save=lambda choice: _save(seat.stage_id, choice),
            head=Head("Practice card", saved, kept=last is not None),
        )
        left = sum(score.saved_at is None for score in shown.scores)
        if shown.open:
            if left:
                st.caption(f"{left} to score before you can compare.")
            st.button(
                "Compare with the reference",
                type="primary",
                disabled=bool(left),
                on_click=_compare,
                args=(seat.stage_id, practice_id),
            )


def _stored(score: PracticeScored) -> ScoreShown | None:
    if score.saved_at is None:
        return None
    return ScoreShown(score.criterion.key, score.points, score.cannot_judge, score.saved_at)


def _compared(shown: PracticeShown) -> None:
    """The reference beside the judge's own levels."""
    heading("Beside the reference", "your practice scores stand as they are now")
    table(
        ("Criterion", "You", "Reference", "Why"),
        [
            (
                score.criterion.name,
                "cannot judge" if score.points is None else shown.rubric.words(score.points),
                "" if score.reference is None else shown.rubric.words(score.reference),
                score.why,
            )
            for score in shown.scores
        ],
        numbers={1, 2},
        caption="Your practice scores beside the reference",
    )
    link("judging", "Go to my entries")


def _save(stage_id: UUID, choice: Choice) -> None:
    if choice.value in (CANNOT, NOTHING) or choice.points is not None:
        act(
            save_practice_score,
            stage_id=stage_id,
            practice_id=choice.about,
            criterion_key=choice.row,
            points=choice.points,
            cannot_judge=choice.value == CANNOT,
        )


def _compare(stage_id: UUID, practice_id: UUID) -> None:
    act(compare_practice, said="Here is the reference.", stage_id=stage_id, practice_id=practice_id)
