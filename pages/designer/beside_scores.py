"""What a rubric has beside its criteria: an order that breaks ties, and gate questions."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import streamlit as st

from pages.components.acting import act
from pages.components.forms import LINE, Form
from pages.components.layout import heading
from pages.components.words import marked, one_line, plain
from pages.components.worked_example import tie_words
from pages.designer.frame import form_name, removing
from prize.gates import add_gate_question, remove_gate_question
from prize.models import RankedBy
from prize.rubric import GateShown, RubricShown, set_tie_break

UNUSED: Final = "The adjusted score orders this stage's entries, so nothing breaks ties of the weighted mean."


def draw_ties(place: tuple[UUID, UUID], shown: RubricShown, ranked_by: RankedBy, *, changes: bool) -> None:
    heading("When means are equal")
    if ranked_by is not RankedBy.MEAN:
        st.markdown(UNUSED)
        return
    st.markdown(plain(tie_words(shown) or "Entries with equal means share a place."))
    if not changes or not shown.criteria:
        return
    names = {criterion.key: criterion.name for criterion in shown.criteria}
    form = Form(f"{form_name('ties', place[1])}-{shown.version}", _set_ties, (*place, shown.version))
    form.fill(criterion_keys=[criterion.key for criterion in shown.breaking_ties])
    form.several(
        "criterion_keys",
        "Criteria that break ties, in this order",
        list(names),
        lambda key: one_line(names.get(key, "")),
    )
    form.outcome()


def draw_gates(place: tuple[UUID, UUID], shown: RubricShown, *, changes: bool) -> None:
    heading("Gate questions")
    st.markdown("Each judge answers yes or no beside the scores, such as “In scope?”. Answers are counted, in no mean.")
    for gate in shown.gates:
        _gate(place, gate, changes=changes)
    if not changes:
        return
    form = Form(form_name("gate", place[1]))
    form.fill(wording="")
    with st.form(form.name, border=False):
        form.line("wording", "Question", limit=LINE, help="So that yes or no answers it.")
        form.outcome()
        st.form_submit_button("Add gate question", on_click=_add_gate, args=(form, *place))


def _gate(place: tuple[UUID, UUID], gate: GateShown, *, changes: bool) -> None:
    with st.container(border=True, key=f"gate-{gate.key}", gap="xsmall"):
        st.markdown(marked("{}", gate.wording))
        if changes:
            lost = f"“{gate.wording}” is taken out of the rubric."
            removing(str(gate.key), lost, "Remove question", _remove_gate, (*place, gate.key))


def _set_ties(form: Form, prize_id: UUID, stage_id: UUID, version: int) -> None:
    form.send(
        set_tie_break,
        prize_id=prize_id,
        stage_id=stage_id,
        version=version,
        criterion_keys=tuple(form["criterion_keys"]),
    )


def _add_gate(form: Form, prize_id: UUID, stage_id: UUID) -> None:
    form.send(
        add_gate_question,
        done="Question added",
        called={"wording": "question"},
        prize_id=prize_id,
        stage_id=stage_id,
        wording=form["wording"],
    )


def _remove_gate(prize_id: UUID, stage_id: UUID, key: UUID) -> None:
    act(remove_gate_question, said="The question is removed.", prize_id=prize_id, stage_id=stage_id, gate_key=key)
