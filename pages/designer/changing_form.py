"""The entry form of a published prize: a new version begun, written aside, and published with its reason."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import streamlit as st

from pages.components.acting import act, ask
from pages.components.forms import Form
from pages.components.layout import heading
from pages.components.permitted import may
from pages.components.words import marked
from pages.designer.changing import reason_field
from pages.designer.frame import form_name
from prize.form_changes import (
    OPEN_TO_CHANGES,
    FormChange,
    begin_form_change,
    discard_form_change,
    form_change,
    publish_form_change,
)
from prize.policy import Action
from prize.prizes import RUNNING, PrizeLine
from prize.stages import StageShown

BEING_WRITTEN: Final = (
    "**This is version {} of the form, which only the prize team sees.** Until it is published with its reason, "
    "entrants are asked what the published version asks."
)


def change_begun(prize: PrizeLine, stage: StageShown) -> FormChange | None:
    """The change of the form that is being written; a box says what it is."""
    change = ask(form_change, prize_id=prize.id, stage_id=stage.id)
    if change:
        st.info(marked(BEING_WRITTEN, str(change.number)), icon=":material/edit:")
    return change


def changeable(prize: PrizeLine, stage: StageShown) -> bool:
    """Whether this person may write on it, while entries can still follow."""
    return stage.phase in OPEN_TO_CHANGES and may_throw_away(prize)


def may_throw_away(prize: PrizeLine) -> bool:
    return prize.state in RUNNING and may(Action.EDIT_PRIZE, prize_id=prize.id).allowed


def draw_beginning(prize: PrizeLine, stage: StageShown) -> None:
    """The button that begins a change, where entries can still follow it."""
    if changeable(prize, stage):
        st.button("Change the form", icon=":material/edit:", on_click=_begin, args=(prize.id, stage.id))


def draw_publishing(prize: PrizeLine, stage: StageShown, change: FormChange) -> None:
    """What is different so far, what that means for who has entered, and the ways on."""
    heading(f"Publish version {change.number}")
    if not change.differences:
        st.markdown("Nothing is different yet. Entrants see what you change when you publish it.")
    else:
        lines = "\n".join("- {}" for _ in change.differences)
        st.markdown(marked(lines, *(one.words for one in change.differences)))
        st.markdown(f":gray[{_meaning(change)}]")
    if stage.phase not in OPEN_TO_CHANGES:
        st.markdown("Entries can no longer be changed, so this version cannot be published any more.")
    elif may(Action.CHANGE_PUBLISHED, prize_id=prize.id).allowed:
        _publishing(prize.id, stage.id, change)
    if may_throw_away(prize):
        with st.popover("Throw the change away", type="tertiary", key=f"discard-{stage.id}"):
            st.markdown("What is different here is lost. The published form stands, and nobody is told.")
            st.button("Throw it away", on_click=_discard, args=(prize.id, stage.id, change.version))


def _publishing(prize_id: UUID, stage_id: UUID, change: FormChange) -> None:
    form = Form(form_name("changed-form", stage_id))
    form.fill(reason="")
    with st.form(form.name, border=False):
        reason_field(form)
        form.outcome()
        arguments = (form, prize_id, stage_id, change.version)
        st.form_submit_button(
            "Publish the new form", disabled=not change.differences, on_click=_publish, args=arguments
        )


def _meaning(change: FormChange) -> str:
    if not change.submitted:
        return "Nobody has submitted an entry yet. Whoever has begun one is told by mail, and keeps what they wrote."
    entries = "1 entry has" if change.submitted == 1 else f"{change.submitted} entries have"
    stands = "Each stands under the version in which it was submitted, and its team is told so by mail"
    if any(one.touches for one in change.differences):
        return f"{entries} been submitted. {stands}, with what is different and until when it can submit again."
    return f"{entries} been submitted. {stands}; it need not do anything."


def _begin(prize_id: UUID, stage_id: UUID) -> None:
    act(
        begin_form_change,
        said="Change what you need. Entrants see it when you publish it.",
        prize_id=prize_id,
        stage_id=stage_id,
    )


def _publish(form: Form, prize_id: UUID, stage_id: UUID, version: int) -> None:
    form.send(
        publish_form_change,
        said="The new form is published, and whoever has begun or submitted an entry has been told.",
        prize_id=prize_id,
        stage_id=stage_id,
        version=version,
        reason=form["reason"],
    )


def _discard(prize_id: UUID, stage_id: UUID, version: int) -> None:
    act(
        discard_form_change,
        said="The change is thrown away. The published form stands.",
        prize_id=prize_id,
        stage_id=stage_id,
        version=version,
    )
