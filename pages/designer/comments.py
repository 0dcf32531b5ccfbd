"""Comments of colleagues, at the foot of each page of a prize."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final
from uuid import UUID

import streamlit as st

from pages.components.acting import act, ask
from pages.components.forms import STATEMENT, Form
from pages.components.layout import heading, prose
from pages.components.permitted import may
from pages.components.places import chosen_stage, link
from pages.components.words import marked
from pages.designer.frame import form_name
from prize.comments import OF_A_STAGE, PrizeCommentShown, comment_on_part, prize_comments, settle_comment
from prize.models import PrizePart
from prize.policy import Action
from prize.prizes import PrizeLine
from storage.values import time_words

PATHS: Final = MappingProxyType(
    {
        PrizePart.BRIEF: "brief",
        PrizePart.ELIGIBILITY: "eligibility",
        PrizePart.STAGE: "stage",
        PrizePart.FORM: "form",
        PrizePart.RUBRIC: "rubric",
        PrizePart.FUND: "fund",
        PrizePart.MAILS: "mail-texts",
        PrizePart.PEOPLE: "people",
    }
)


def draw_comments(prize: PrizeLine, part: PrizePart) -> None:
    """What colleagues have written about a part of a prize, for those who may read it."""
    if may(Action.COMMENT_ON_PRIZE, prize_id=prize.id).allowed:
        _comments(prize.id, part, chosen_stage(prize) if part in OF_A_STAGE else None)


def draw_open_comments(prize_id: UUID) -> None:
    """Where comments wait, for the overview."""
    if not may(Action.COMMENT_ON_PRIZE, prize_id=prize_id).allowed:
        return
    shown = ask(prize_comments, prize_id=prize_id)
    places = {(one.part, one.stage_id): one.stage for one in shown.comments if one.settled_at is None}
    if not places:
        return
    heading("Comments from colleagues")
    for (part, stage_id), stage in places.items():
        words = f"{part.value.capitalize()}{f', {stage}' if stage else ''}"
        about = {"stage": stage_id} if stage_id else {}
        link(PATHS[part], f"{words}: {shown.open_on(part, stage_id)} open", prize=prize_id, **about)


def _comments(prize_id: UUID, part: PrizePart, stage_id: UUID | None) -> None:
    shown = ask(prize_comments, prize_id=prize_id)
    is_open = shown.open_on(part, stage_id)
    form = Form(form_name(f"comment on {part.value}", stage_id or prize_id))
    with form.drawer(f"Comments from colleagues ({is_open} open)", icon=":material/forum:", expanded=bool(is_open)):
        for one in shown.comments:
            if (one.part, one.stage_id) == (part, stage_id):
                _one(prize_id, shown.zone, one)
        form.fill(0, called={"text": "Comment"}, text="")
        form.text("text", "To colleagues", limit=STATEMENT, rows=3, help="Everybody who sets up this prize reads it.")
        form.outcome()
        st.button("Write comment", key=form.key("write"), on_click=_write, args=(form, prize_id, part, stage_id))


def _one(prize_id: UUID, zone: str, one: PrizeCommentShown) -> None:
    with st.container(border=True, gap="xsmall", key=f"comment-{one.id}"):
        st.markdown(marked("**{}** · :gray[{}]", one.written_by, time_words(one.written_at, zone)))
        prose(one.text)
        if one.settled_at is None:
            st.button("Settled", key=f"settle-{one.id}", type="tertiary", on_click=_settle, args=(prize_id, one.id))
        else:
            st.caption(marked("Settled by {} on {}.", one.settled_by, time_words(one.settled_at, zone)))


def _write(form: Form, prize_id: UUID, part: PrizePart, stage_id: UUID | None) -> None:
    form.send(comment_on_part, done="Written", prize_id=prize_id, part=part, text=form["text"], stage_id=stage_id)


def _settle(prize_id: UUID, comment_id: UUID) -> None:
    act(settle_comment, said="Settled.", prize_id=prize_id, comment_id=comment_id)
