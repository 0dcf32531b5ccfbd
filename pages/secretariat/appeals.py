"""Appeals of teams against the decisions of a stage, and their answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import streamlit as st

from judging.appeals import AppealLine, answer_appeal, appeals
from judging.models import AppealState
from pages.components.acting import ask
from pages.components.badges import badge_of
from pages.components.forms import STATEMENT, Form
from pages.components.layout import empty_list, heading, page_header, prose
from pages.components.places import choose_stage, present_stage
from pages.components.words import marked
from prize.prizes import PrizeLine
from prize.stages import StageShown, stages
from storage.values import counted, time_words

SOMEBODY_ELSE: Final = (
    "You had a part in this decision, so somebody else of the secretariat answers the appeal. Where there is nobody "
    "else, the programme's owner can give somebody that role."
)


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    lines = ask(appeals, stage_id=stage.id)
    waiting = _waiting_in(lines)
    page_header(
        f"{prize.title} · {stage.name}", "Appeals", badge=badge_of(stage.phase), facts=_facts(stage, len(waiting))
    )
    _elsewhere(prize, stage)
    if not lines:
        empty_list("No appeal", "What teams have to say against released decisions waits here for your answer.")
    if waiting:
        heading("To answer", "the oldest first")
    for line in waiting:
        _waiting(line, stage.zone)
    if len(waiting) < len(lines):
        heading("Answered")
    for line in lines[len(waiting) :]:
        _answered(line, stage.zone)


def _elsewhere(prize: PrizeLine, stage: StageShown) -> None:
    """What waits in other stages of the prize: each team may appeal while the next stage has begun."""
    for other in ask(stages, prize_id=prize.id):
        waiting = _waiting_in(ask(appeals, stage_id=other.id)) if other.id != stage.id else []
        if waiting:
            wait = "waits" if len(waiting) == 1 else "wait"
            words = f"{counted(len(waiting), 'appeal')} of {other.name} {wait} for an answer"
            st.button(words, icon=":material/balance:", on_click=choose_stage, args=(other.id,))


def _waiting_in(lines: Sequence[AppealLine]) -> list[AppealLine]:
    return [line for line in lines if line.state is AppealState.WAITING]


def _facts(stage: StageShown, waiting: int) -> str:
    if not stage.appeal_days:
        return "The rules of this stage allow no appeals."
    days = counted(stage.appeal_days, "day")
    wait = f"{counted(waiting, 'appeal')} {'waits' if waiting == 1 else 'wait'}" if waiting else "No appeal waits"
    return f"Each team can appeal once, within {days} of the release. {wait} for an answer."


def _head(line: AppealLine, zone: str) -> None:
    st.markdown(marked("**{}** · {}", line.code, line.organisation))
    st.caption(marked("Sent {}", time_words(line.written_at, zone, weekday=True)))
    prose(line.text)


def _waiting(line: AppealLine, zone: str) -> None:
    form = Form(f"appeal-{line.id}")
    with st.container(border=True, key=f"waiting-{line.id}", gap="small"):
        _head(line, zone)
        if line.somebody_else:
            st.caption(SOMEBODY_ELSE)
            return
        form.fill(line.version, reason="")
        form.text(
            "reason",
            "Reason, which the team reads",
            limit=STATEMENT,
            rows=3,
            help="An accepted appeal changes no decision by itself. It is on record, and what follows is up to you.",
        )
        form.outcome()
        with st.container(horizontal=True, gap="small"):
            for words, accepted in (("Accept the appeal", True), ("Reject the appeal", False)):
                st.button(
                    words,
                    key=f"{'accept' if accepted else 'reject'}-{line.id}",
                    on_click=_answer,
                    args=(form, line.id, line.version, accepted),
                )


def _answered(line: AppealLine, zone: str) -> None:
    with st.container(border=True, key=f"answered-{line.id}", gap="xsmall"):
        _head(line, zone)
        when = time_words(line.decided_at, zone, weekday=True) if line.decided_at else ""
        st.markdown(marked("**{}** by {}, {}", line.state.value.capitalize(), line.answered_by, when))
        prose(line.reason)


def _answer(form: Form, appeal_id: UUID, version: int, accepted: bool) -> None:
    form.send(
        answer_appeal,
        said=f"{'Accepted' if accepted else 'Rejected'}. The team is told by mail, with the reason.",
        appeal_id=appeal_id,
        version=version,
        accepted=accepted,
        reason=form["reason"],
    )
