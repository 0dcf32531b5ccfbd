"""The entry form: what entrants are asked, in which order, and what judges will see of it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from pages.components import badges
from pages.components.acting import act, ask
from pages.components.asked import limits
from pages.components.badges import Badge, Badges, badge_of
from pages.components.layout import columns_main_side, empty_list, heading, page_header
from pages.components.places import present_stage
from pages.components.words import marked
from pages.components.worked_example import after_reveal
from pages.designer.changing_form import change_begun, changeable, draw_beginning, draw_publishing
from pages.designer.form_preview import draw_preview
from pages.designer.frame import editable, public_link, removing
from pages.designer.question import draw_adding, draw_changing, kind_name
from prize.form import copy_question, form, move_question, remove_question
from prize.models import PrizePart, QuestionKind
from prize.questions import QuestionShown
from prize.rubric import rubric

TOPIC = Badge("Says what the entry is about", "blue", "flag")
Place = tuple[UUID, UUID, UUID]
"""The ids of a prize and its stage, and the key of a question."""


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    questions = ask(form, prize_id=prize.id, stage_id=stage.id)
    hidden = sum(not question.read_by_judges for question in questions)
    facts = f"{len(questions)} question{'' if len(questions) == 1 else 's'}. Blind judges do not see {hidden} of them."
    page_header(
        prize.title,
        "Entry form",
        badge=badge_of(prize.state),
        facts=facts if questions else "",
        actions=public_link(prize, PrizePart.FORM),
    )
    change = change_begun(prize, stage)
    changes = changeable(prize, stage) if change else editable(prize)
    changing = f"changing-{stage.id}"
    main, side = columns_main_side()
    with main:
        heading("Questions")
        with st.container():  # one place however many there are, so that what stands below keeps the focus
            if not questions:
                empty_list(
                    "No questions yet", "What entrants are asked appears here, in the order in which they read it."
                )
            for at, question in enumerate(questions):
                place = (prize.id, stage.id, question.key)
                with st.container(border=True, key=f"question-{question.key}", gap="xsmall"):
                    if changes and st.session_state.get(changing) == question.key:
                        draw_changing(place, question, questions[:at], changing)
                    else:
                        _question(question, questions)
                        if changes:
                            _actions(place, question, at, len(questions), changing)
        if changes and st.session_state.get(changing) not in [question.key for question in questions]:
            draw_adding(prize.id, stage.id, questions)
    with side:
        if change:
            draw_publishing(prize, stage, change)
        elif not changes:
            draw_beginning(prize, stage)
        judged = ask(rubric, prize_id=prize.id, stage_id=stage.id)
        revealed = judged is not None and bool(after_reveal(judged, stage.visibility))
        draw_preview(questions, stage.visibility, revealed=revealed)


def _question(question: QuestionShown, questions: Sequence[QuestionShown]) -> None:
    if question.heading:
        st.markdown(marked(":gray[Begins the section] {}", question.heading))
    st.markdown(marked("**{}. {}**", str(1 + list(questions).index(question)), question.wording))
    if question.help:
        st.caption(marked("{}", question.help))
    facts = [f"{kind_name(question.kind)}, {'required' if question.required else 'optional'}."]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(marked(":gray[{}]", " ".join([*facts, *limits(question, questions)])), width="content")
        badges.show(_seen(question))
        if question.topic:
            badges.show(TOPIC)


def _actions(place: Place, question: QuestionShown, at: int, count: int, changing: str) -> None:
    key = question.key
    with st.container(horizontal=True, gap="small"):
        st.button("Change", key=f"change-{key}", on_click=_change, args=(changing, key))
        st.button("Move up", key=f"up-{key}", disabled=at == 0, on_click=_move, args=(*place, True))
        st.button("Move down", key=f"down-{key}", disabled=at == count - 1, on_click=_move, args=(*place, False))
        st.button("Copy", key=f"copy-{key}", on_click=_copy, args=place)
        lost = f"“{question.wording}” is taken out of the form, with its help and limits."
        removing(str(key), lost, "Remove question", _remove, place)


def _seen(question: QuestionShown) -> Badge:
    if question.reveals_identity:
        return Badge("Blind judges do not see it", "gray", Badges.NAMES_HIDDEN.icon)
    if question.confidential:
        return Badge("Confidential: only the prize team sees it", "gray", "lock")
    if question.kind is QuestionKind.FILE:
        return Badge("Judges see a cleaned copy", "blue", "visibility")
    return Badge("Judges see it", "blue", "visibility")


def _change(changing: str, key: UUID) -> None:
    st.session_state[changing] = key


def _move(prize_id: UUID, stage_id: UUID, key: UUID, up: bool) -> None:
    act(move_question, prize_id=prize_id, stage_id=stage_id, question_key=key, up=up)


def _copy(prize_id: UUID, stage_id: UUID, key: UUID) -> None:
    act(copy_question, said="The copy stands below.", prize_id=prize_id, stage_id=stage_id, question_key=key)


def _remove(prize_id: UUID, stage_id: UUID, key: UUID) -> None:
    act(remove_question, said="The question is removed.", prize_id=prize_id, stage_id=stage_id, question_key=key)
