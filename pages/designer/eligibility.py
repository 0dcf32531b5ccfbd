"""Who may enter, as questions that anybody can answer for themselves before they start."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from pages.components.acting import act, ask
from pages.components.badges import Badge, badge_of, show
from pages.components.forms import Form
from pages.components.layout import columns_main_side, empty_list, heading, page_header
from pages.components.places import present_prize
from pages.components.words import marked
from pages.designer.changing_eligibility import (
    draw_changing_eligibility,
    needed_words,
    question_empty,
    question_fields,
)
from pages.designer.frame import editable, form_name, public_link, removing
from prize.eligibility import (
    EligibilityQuestionShown,
    add_eligibility_question,
    eligibility_questions,
    remove_eligibility_question,
)
from prize.models import Otherwise, PrizePart


def draw() -> None:
    prize = present_prize()
    if prize is None:
        return
    asked = ask(eligibility_questions, prize_id=prize.id)
    count = len(asked.questions)
    facts = f"{count} question{'' if count == 1 else 's'}, version {asked.number}." if count else ""
    page_header(
        prize.title,
        "Eligibility",
        badge=badge_of(prize.state),
        facts=facts,
        actions=public_link(prize, PrizePart.ELIGIBILITY),
    )
    changes = editable(prize)
    main, side = columns_main_side()
    with main:
        heading("Questions about who may enter")
        if not count:
            empty_list(
                "No questions yet",
                "Each is answered with yes or no: by strangers on the prize's page, where nothing is kept, and by "
                "whoever starts an entry. A prize can do without.",
            )
        for question in asked.questions:
            _question(prize.id, question, changes=changes)
        draw_changing_eligibility(prize, asked)
    with side:
        if changes:
            _add(prize.id)
        else:
            heading("Who answers them")
            st.markdown(
                "Strangers on the prize's page, where nothing is kept; and whoever starts an entry, whose answers you "
                "read when you screen it."
            )


def _question(prize_id: UUID, question: EligibilityQuestionShown, *, changes: bool) -> None:
    with st.container(border=True, key=f"question-{question.key}", gap="xsmall"):
        st.markdown(marked("**{}**", question.wording))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":gray[Has to be answered with {needed_words(question.needed).lower()}.]", width="content")
            show(_badge(question.otherwise))
        st.caption(marked("Otherwise they read: {}", question.told))
        if changes:
            lost = f"“{question.wording}” is taken out, with what is told to those who answer otherwise."
            removing(str(question.key), lost, "Remove question", _remove, (prize_id, question.key))


def _badge(otherwise: Otherwise) -> Badge:
    if otherwise is Otherwise.DECIDES:
        return Badge("Otherwise not eligible", "red", "block")
    return Badge("Otherwise the secretariat looks at it", "orange", "contact_support")


def _add(prize_id: UUID) -> None:
    heading("Add a question")
    new = Form(form_name("eligibility", prize_id))
    new.fill(**question_empty())
    with st.form(new.name, border=False):
        question_fields(new)
        new.outcome()
        st.form_submit_button("Add question", type="primary", on_click=_send, args=(new, prize_id))


def _send(new: Form, prize_id: UUID) -> None:
    new.send(
        add_eligibility_question,
        done="Question added at the end",
        called={"told": "sentence that they are told", "wording": "question"},
        prize_id=prize_id,
        wording=new.joined("wording"),
        needed=new["needed"],
        otherwise=new["otherwise"],
        told=new.joined("told"),
    )


def _remove(prize_id: UUID, question_key: UUID) -> None:
    act(remove_eligibility_question, said="The question is removed.", prize_id=prize_id, question_key=question_key)
