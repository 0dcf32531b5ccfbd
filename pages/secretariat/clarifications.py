"""Questions that anybody asked about a prize: answered to all, or declined with a reason to whoever asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import streamlit as st

from pages.components.acting import ask
from pages.components.badges import badge_of
from pages.components.forms import PROSE, STATEMENT, Form
from pages.components.layout import empty_list, heading, leave, page_header, prose
from pages.components.places import present_prize
from pages.components.words import marked
from prize.clarifications import ClarificationShown, answer_clarification, clarifications, decline_clarification
from prize.models import ClarificationState, PrizeState
from prize.prizes import PrizeLine
from prize.prizes import prize as prize_shown
from storage.values import counted, time_words

ON_A_PAGE: Final = (PrizeState.PUBLISHED, PrizeState.PAUSED, PrizeState.CLOSED)
EMPTY: Final = (
    "Anybody who has signed in can ask a question on the prize's public page. It waits here, without a name, until you "
    "answer it to all or decline it."
)


def draw() -> None:
    line = present_prize()
    if line is None:
        return
    zone = ask(prize_shown, prize_id=line.id).zone
    asked = ask(clarifications, prize_id=line.id)
    waiting = [row for row in asked if row.state is ClarificationState.WAITING]
    page_header(line.title, "Clarifications", badge=badge_of(line.state), facts=_facts(asked, waiting))
    if not asked:
        empty_list("No question yet", EMPTY)
    if waiting:
        heading("To answer", "the oldest first")
    for row in waiting:
        _waiting(row, zone)
    for title, state in (("Answered", ClarificationState.ANSWERED), ("Declined", ClarificationState.DECLINED)):
        if rows := [row for row in asked if row.state is state]:
            heading(title, "on the prize's page" if state is ClarificationState.ANSWERED else "told to whoever asked")
            for row in rows:
                _decided(row, zone)
    _public_page(line)


def _facts(asked: Sequence[ClarificationShown], waiting: Sequence[ClarificationShown]) -> str:
    if not asked:
        return ""
    answered = sum(row.state is ClarificationState.ANSWERED for row in asked)
    wait = f"{counted(len(waiting), 'question')} {'waits' if len(waiting) == 1 else 'wait'} for an answer"
    return f"{wait if waiting else 'No question waits'}, {answered} answered. Who asked is shown to nobody."


def _waiting(row: ClarificationShown, zone: str) -> None:
    form = Form(f"clarification-{row.id}")
    with st.container(border=True, key=f"waiting-{row.id}", gap="small"):
        st.markdown(marked(":gray[Asked on {}]", time_words(row.asked_at, zone, weekday=True)))
        prose(row.asked)
        form.fill(row.version, question=row.asked, answer="")
        form.text(
            "question",
            "The question as everybody will read it",
            limit=STATEMENT,
            rows=3,
            help="Take out whatever tells who asked, or what they are going to enter.",
        )
        form.text(
            "answer", "Answer", limit=PROSE, rows=4, help="Whoever asked and all who follow the prize get it by mail."
        )
        form.outcome()
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Publish answer",
                type="primary",
                key=f"publish-{row.id}",
                on_click=_answer,
                args=(form, row.id, row.version),
            )
            _declining(row)


def _declining(row: ClarificationShown) -> None:
    form = Form(f"declining-{row.id}")
    with st.popover("Decline", key=f"decline-{row.id}"):
        st.markdown("Nothing of it appears on the prize's page. Whoever asked gets your reason by mail.")
        form.fill(reason="")
        form.text("reason", "Reason", limit=STATEMENT, rows=3)
        form.outcome()
        st.button("Decline the question", key=f"declined-{row.id}", on_click=_decline, args=(form, row.id, row.version))


def _decided(row: ClarificationShown, zone: str) -> None:
    with st.container(border=True, key=f"decided-{row.id}", gap="xsmall"):
        prose(row.question or row.asked)
        prose(row.answer or row.reason)
        if row.decided_at:
            st.caption(time_words(row.decided_at, zone, weekday=True))


def _public_page(line: PrizeLine) -> None:
    if line.state in ON_A_PAGE:
        leave("The prize's page", f"/prizes/{line.slug}#clarifications")


def _answer(form: Form, clarification_id: UUID, version: int) -> None:
    form.send(
        answer_clarification,
        said="Answered on the prize's page. Whoever asked and all who follow the prize are told by mail.",
        clarification_id=clarification_id,
        version=version,
        question=form["question"],
        answer=form["answer"],
    )


def _decline(form: Form, clarification_id: UUID, version: int) -> None:
    form.send(
        decline_clarification,
        said="Declined. Whoever asked gets your reason by mail.",
        clarification_id=clarification_id,
        version=version,
        reason=form["reason"],
    )
