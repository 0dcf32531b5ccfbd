"""The judge's own scorecard in the scoring room: criteria and gate questions, stored at every choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
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
from pages.components.words import nbsp_percent
from pages.judge.choices import CANNOT, NO, NOTHING, YES, Asked, Choice, Head, Parting, draw_choices
from pages.judge.revealing import LOCKED_ABOVE, draw_reveal_ahead, parts

JUST_READ: Final = "card was read with its entry"
JUST_SAVED: Final = "card as it was stored with the last score"
SCORE, GATE = "score", "gate"


@st.fragment
def draw_card(entry: EntryToJudge, progress: DeltaGenerator) -> None:
    """The card as it is stored. A score draws this part alone again, not the entry beside it."""
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
    with show_said(st.container(key="card-said")):
        if not card.editable:
            st.info(
                "This scorecard can no longer be changed: you had finished it, or judging has closed.",
                icon=":material/lock:",
            )
        last = max([score.saved_at for score in card.scores] + [answer.saved_at for answer in card.gates], default=None)
        saved = "Nothing scored yet" if last is None else f"Saved {last.astimezone(ZoneInfo(entry.zone)):%H:%M}"
        head = Head("Scorecard", saved, kept=last is not None)
        draw_choices("scorecard", entry.assignment_id, _rows(entry.rubric, card), save=_save, head=head)
        if card.reveal is Reveal.AHEAD:
            draw_reveal_ahead(entry, card)
    count = f"{len(card.scores) + len(card.gates)} of {entry.rubric.asked}"
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


def _rows(rubric: RubricShown, card: CardShown) -> list[Asked | Parting]:
    """All that is asked now, in its order, with what is stored of it."""
    scores = {score.criterion_key: score for score in card.scores}
    answers = {answer.gate_key: answer.yes for answer in card.gates}
    revealed = card.reveal is Reveal.DONE
    first, second = parts(rubric, card.reveal)
    rows: list[Asked | Parting] = [
        criterion_row(rubric, criterion, scores.get(criterion.key), editable=card.editable and not revealed)
        for criterion in first
    ]
    rows += [_gate(gate, answers.get(gate.key), editable=card.editable and not revealed) for gate in rubric.gates]
    if revealed:
        rows.append(LOCKED_ABOVE)
        rows += [
            criterion_row(rubric, criterion, scores.get(criterion.key), editable=card.editable) for criterion in second
        ]
    return rows


def criterion_row(rubric: RubricShown, criterion: CriterionShown, score: ScoreShown | None, *, editable: bool) -> Asked:
    """What is asked about a criterion, with what is stored of it."""
    title = f"{criterion.position}. {criterion.name}"
    return Asked(
        key=str(criterion.key),
        kind=SCORE,
        title=title,
        aside=f"· {nbsp_percent(f'{criterion.weight} %')}",
        question=criterion.question,
        label=f"{title}: {criterion.question}",
        options=[*((str(step), rubric.words(step)) for step in rubric.steps), (CANNOT, "Cannot judge")],
        stored=NOTHING if score is None else CANNOT if score.points is None else str(score.points),
        words="" if score is None else _chosen(score, rubric, criterion.levels),
        levels=list(zip(rubric.points, criterion.levels, strict=False)),
        editable=editable,
        takes_back=True,
    )


def _gate(gate: GateShown, yes: bool | None, *, editable: bool) -> Asked:
    return Asked(
        key=str(gate.key),
        kind=GATE,
        title=gate.wording,
        question="Your recommendation beside the scores; it is in no mean.",
        label=gate.wording,
        options=[(YES, "Yes"), (NO, "No")],
        stored=NOTHING if yes is None else YES if yes else NO,
        editable=editable,
    )


def _chosen(score: ScoreShown, rubric: RubricShown, levels: Sequence[str]) -> str:
    """What was chosen in words. A half point stands between two levels."""
    if score.points is None:
        return "Left out of the mean of this criterion; the entry is not marked down for it."
    below = rubric.in_points(score.points).__floor__() - rubric.lowest
    between = levels[below : below + (1 if score.points % rubric.steps_per_point == 0 else 2)]
    return f"{rubric.words(score.points)}: {' – '.join(filter(None, between))}".rstrip(": ")


def _save(choice: Choice) -> None:
    """Store what was chosen, and keep the card as it then is for the draw that follows."""
    card = None
    if choice.kind == GATE and choice.value in (YES, NO):
        card = act(answer_gate, assignment_id=choice.about, gate_key=choice.row, yes=choice.value == YES)
    elif choice.kind == SCORE and (choice.value in (CANNOT, NOTHING) or choice.points is not None):
        card = act(
            save_score,
            assignment_id=choice.about,
            criterion_key=choice.row,
            points=choice.points,
            cannot_judge=choice.value == CANNOT,
        )
    st.session_state[JUST_SAVED] = None if card is None else (choice.about, card)
