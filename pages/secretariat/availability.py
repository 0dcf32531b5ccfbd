"""What judges know, how many entries they wish to take and when they are away: seen, and entered for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import streamlit as st

from judging.availability import set_availability
from judging.expertise import Topic
from judging.judges import JudgeLine, topic_of_judges
from pages.components.acting import ask
from pages.components.availability import draw_fields, fill, typed
from pages.components.forms import Form
from pages.secretariat.stages import BEFORE_JUDGING
from prize.lifecycle import Phase
from prize.stages import StageShown
from storage.values import counted, date_words

OF_WHOM: Final = "judge whose topics and days are entered"


def told(line: JudgeLine) -> str:
    """What a judge has told, in short."""
    said = [f"knows {', '.join(line.knows)}"] if line.knows else []
    if line.load is not None:
        said.append(f"at most {counted(line.load, 'entry', 'entries')}")
    if line.away_from and line.away_until:
        when = "away until" if line.away_now else f"away {date_words(line.away_from)} to"
        said.append(f"{when} {date_words(line.away_until)}")
    return "; ".join(said)


def draw_availability(stage: StageShown, lines: Sequence[JudgeLine]) -> None:
    """Enter for a judge what they have told by letter or telephone."""
    if not lines or not (stage.phase is Phase.JUDGING or stage.phase in BEFORE_JUDGING):
        return
    by_id = {line.person_id: line for line in lines}
    if st.session_state.get(OF_WHOM) not in by_id:
        st.session_state.pop(OF_WHOM, None)
    with st.expander(
        "Enter what a judge knows and when they are away", icon=":material/edit:", key="availability", on_change="rerun"
    ):
        chosen = st.selectbox(
            "Whose",
            list(by_id),
            index=None,
            format_func=lambda key: by_id[key].name,
            key=OF_WHOM,
            placeholder="Choose a judge",
        )
        if chosen is not None:
            _enter(stage, by_id[chosen], ask(topic_of_judges, stage_id=stage.id))


def _enter(stage: StageShown, line: JudgeLine, topic: Topic | None) -> None:
    question, options = (topic.question, topic.options) if topic else ("", ())
    form = Form(f"availability-{line.person_id}-{stage.id}")
    version = fill(form, line.version, options, line.knows, line.load, line.away_from, line.away_until)
    with st.form(form.name, border=False):
        draw_fields(form, question, options, "they")
        form.outcome()
        st.form_submit_button(
            "Save for this judge", on_click=_set, args=(form, stage.id, line.person_id, version, options)
        )


def _set(form: Form, stage_id: UUID, person_id: UUID, version: int, options: tuple[str, ...]) -> None:
    form.send(set_availability, stage_id=stage_id, person_id=person_id, version=version, **typed(form, options))
