"""The judge's own scorecard in the scoring room: criteria and gate questions, stored at every choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitInvalidLayoutContextError

from judging.room import (
    CardShown,
    CriterionShown,
    EntryToJudge,
    GateShown,
    LaurelError,
    Reveal,
    RubricShown,
    ScoreShown,
    answer_gate,
    own_card,
    save_score,
)
from pages.components.acting import act, ask, show_said
from pages.components.words import marked, nbsp_percent, plain
from pages.judge.revealing import LOCKED_ABOVE, draw_reveal_ahead, parts

CANNOT: Final = "Cannot judge"
YES, NO = "Yes", "No"
TAKING_BACK: Final = "taking-back"
JUST_READ: Final = "card was read with its entry"
JUST_SAVED: Final = "card as it was stored with the last score"
AGAIN: Final = "It was not saved: choose it again."


@st.fragment
def draw_card(entry: EntryToJudge, progress: DeltaGenerator) -> None:
    """The card as it is stored. A score draws this part alone again, not the entry beside it.

    What stands between two choices is one element, since each is a message that the server sends and the browser draws.
    """
    try:
        just_saved = st.session_state.pop(JUST_SAVED, None)
        if st.session_state.pop(JUST_READ, False):
            card = entry.card
        elif just_saved and just_saved[0] == entry.assignment_id:
            card = just_saved[1]
        else:
            card = ask(own_card, assignment_id=entry.assignment_id)
    except LaurelError:
        st.rerun()
    if (card.editable, card.reveal) != (entry.card.editable, entry.card.reveal):
        st.rerun()
    scores = {score.criterion_key: score for score in card.scores}
    answers = {answer.gate_key: answer.yes for answer in card.gates}
    place = st.container(key="scorecard", gap="xsmall")
    with place, show_said(place):
        if not card.editable:
            st.info(
                "This scorecard can no longer be changed: you had finished it, or judging has closed.",
                icon=":material/lock:",
            )
        above = _head(card, entry.zone)
        first, second = parts(entry.rubric, card.reveal)
        editable = card.editable and card.reveal is not Reveal.DONE
        for criterion in first:
            st.html(above + _asked(criterion))
            above = _criterion(entry, criterion, scores.get(criterion.key), editable=editable)
        for gate in entry.rubric.gates:
            st.html(above + _gate_asked(gate))
            above = ""
            _gate(entry, gate, answers.get(gate.key), editable=editable)
        if above:
            st.html(above)
            above = ""
        if card.reveal is Reveal.AHEAD:
            draw_reveal_ahead(entry, card)
        elif card.reveal is Reveal.DONE:
            above = LOCKED_ABOVE
            for criterion in second:
                st.html(above + _asked(criterion))
                above = _criterion(entry, criterion, scores.get(criterion.key), editable=card.editable)
            st.html(above)
        open_now = second if card.reveal is Reveal.DONE else first
        if card.editable and any(criterion.key in scores for criterion in open_now):
            _taking_back(entry, [criterion for criterion in open_now if criterion.key in scores])
    count = f"{len(scores) + len(answers)} of {entry.rubric.asked}"
    try:
        progress.html(
            f'<p class="laurel-progress"><button type="button" class="laurel-pane to-card">Score · {count}</button>'
            '<button type="button" class="laurel-pane to-entry">Read the entry</button>'
            f'<strong class="wide-only">{count} scored</strong> '
            '<button type="button" class="laurel-keys" aria-label="Keys">'
            '<span class="wide-only">Keys </span><kbd>?</kbd></button></p>'
        )
    except StreamlitInvalidLayoutContextError:  # the page was interrupted before it came here, so there is no place yet
        st.rerun()


def _head(card: CardShown, zone: str) -> str:
    """The card's heading, and whether what stands on it is kept."""
    saved_at = [score.saved_at for score in card.scores] + [answer.saved_at for answer in card.gates]
    last = max(saved_at, default=None)
    saved = "Nothing scored yet" if last is None else f"Saved {last.astimezone(ZoneInfo(zone)):%H:%M}"
    kind = "" if last is None else ' class="laurel-saved"'
    return f'<div class="laurel-heading"><h2 id="scorecard">Scorecard</h2><p{kind}>{saved}</p></div>'


def _asked(criterion: CriterionShown) -> str:
    weight = nbsp_percent(f"{criterion.weight} %")
    return (
        f'<p class="laurel-criterion"><strong>{escape(_title(criterion))}</strong> <span>· {escape(weight)}</span><br>'
        f"{escape(criterion.question)}</p>"
    )


def _title(criterion: CriterionShown) -> str:
    return f"{criterion.position}. {criterion.name}"


def _gate_asked(gate: GateShown) -> str:
    return (
        f'<p class="laurel-criterion"><strong>{escape(gate.wording)}</strong><br>'
        "<span>Your recommendation beside the scores; it is in no mean.</span></p>"
    )


def _criterion(entry: EntryToJudge, criterion: CriterionShown, score: ScoreShown | None, *, editable: bool) -> str:
    """The choices, and what is to stand under them."""
    rubric = entry.rubric
    steps = {rubric.words(step): step for step in rubric.steps}

    def save(chosen: str) -> None:
        _save_score(entry.assignment_id, criterion.key, steps.get(chosen), cannot_judge=chosen == CANNOT)

    draw_choice(
        f"score-{entry.assignment_id}-{criterion.key}",
        f"{_title(criterion)}: {criterion.question}",
        [*steps, CANNOT],
        None if score is None else CANNOT if score.points is None else rubric.words(score.points),
        save,
        editable=editable,
    )
    if score is not None:
        return _chosen(score, rubric, criterion.levels)
    return _levels(rubric, criterion.levels) if criterion.levels else ""


def _gate(entry: EntryToJudge, gate: GateShown, yes: bool | None, *, editable: bool) -> None:
    def save(chosen: str) -> None:
        card = act(answer_gate, assignment_id=entry.assignment_id, gate_key=gate.key, yes=chosen == YES)
        _stored(entry.assignment_id, card)

    draw_choice(
        f"gate-{entry.assignment_id}-{gate.key}",
        gate.wording,
        [YES, NO],
        None if yes is None else YES if yes else NO,
        save,
        editable=editable,
    )


def draw_choice(
    key: str, label: str, options: Sequence[str], stored: str | None, save: Callable[[str], None], *, editable: bool
) -> None:
    """One choice that is stored when it is made. What the browser shows may never have been saved."""
    fresh = key not in st.session_state
    if not fresh:
        st.session_state[key] = stored  # the database decides
    shown = st.segmented_control(
        label,
        options,
        key=key,
        default=stored if fresh else None,
        required=True,
        on_change=_chose,
        args=(key, save),
        label_visibility="collapsed",
        width="stretch",
        disabled=not editable,
    )
    if fresh and shown != stored:
        st.session_state[_unsaved(key)] = shown
        st.rerun()
    if lost := st.session_state.get(_unsaved(key)):
        st.markdown(marked(":orange[:material/warning: You chose “{}” while there was no connection. {}]", lost, AGAIN))


def _chosen(score: ScoreShown, rubric: RubricShown, levels: Sequence[str]) -> str:
    """What was chosen in words, behind which all levels open. A half point stands between two levels."""
    if score.points is None:
        words = "Left out of the mean of this criterion; the entry is not marked down for it."
    else:
        below = rubric.in_points(score.points).__floor__() - rubric.lowest
        between = levels[below : below + (1 if score.points % rubric.steps_per_point == 0 else 2)]
        words = f"{rubric.words(score.points)}: {' – '.join(filter(None, between))}".rstrip(": ")
    if not levels:
        return f"<p>{escape(words)}</p>"
    more = '<span class="laurel-more">All levels</span>'
    opened = _levels(rubric, levels)
    return f'<details class="laurel-levels"><summary>{escape(words)} {more}</summary>{opened}</details>'


def _levels(rubric: RubricShown, levels: Sequence[str]) -> str:
    rows = "".join(
        f'<li value="{point}">{escape(words)}</li>' for point, words in zip(rubric.points, levels, strict=False)
    )
    return f'<ol class="laurel-levels">{rows}</ol>'


def _taking_back(entry: EntryToJudge, criteria: Sequence[CriterionShown]) -> None:
    """A choice cannot be unmade where it was made, so that no second click undoes a score by mistake."""
    titles = {criterion.key: _title(criterion) for criterion in criteria}
    st.menu_button(
        "Take a score back",
        list(titles),
        format_func=lambda key: plain(titles[key]),
        key=TAKING_BACK,
        type="tertiary",
        on_click=_take_back,
        args=(entry.assignment_id,),
    )


def _unsaved(key: str) -> str:
    """Where the page keeps what a reconnected browser showed without its having been saved."""
    return f"unsaved {key}"


def _chose(key: str, save: Callable[[str], None]) -> None:
    chosen = st.session_state[key]
    st.session_state.pop(_unsaved(key), None)
    if chosen:
        save(chosen)


def _take_back(assignment_id: UUID) -> None:
    _save_score(assignment_id, st.session_state[TAKING_BACK], None)


def _save_score(assignment_id: UUID, criterion_key: UUID, points: int | None, *, cannot_judge: bool = False) -> None:
    card = act(
        save_score,
        assignment_id=assignment_id,
        criterion_key=criterion_key,
        points=points,
        cannot_judge=cannot_judge,
    )
    _stored(assignment_id, card)


def _stored(assignment_id: UUID, card: CardShown | None) -> None:
    """Keep the card as it is now stored for the draw that follows."""
    st.session_state[JUST_SAVED] = None if card is None else (assignment_id, card)
