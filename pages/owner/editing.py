"""The forms with which a mission, its targets and its measurements are added and changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import streamlit as st

from mission.missions import (
    MissionShown,
    add_target,
    create_mission,
    edit_mission,
    own_programmes,
    record_measurement,
)
from mission.models import Direction
from mission.policy import Action
from pages.components.acting import ask
from pages.components.forms import Form
from pages.components.layout import heading
from pages.components.permitted import may


def draw_measuring(mission: MissionShown, close: Callable[[], None]) -> None:
    """Add a measurement to one of the mission's targets."""
    form = Form(f"measurement-{mission.id}")
    targets = {
        target.id: target for target in mission.targets if may(Action.RECORD_MEASUREMENT, target_id=target.id).allowed
    }
    today = datetime.now(UTC).date()
    form.fill(target_id=next(iter(targets)), observed_on=today, value="", source="")
    with st.container(border=True, key="measuring"):
        heading("Add a measurement")
        with st.form(form.name, border=False):
            form.choice("target_id", "Target", list(targets), lambda key: targets[key].indicator)
            form.day("observed_on", "Measured on", last=today)
            form.line(
                "value",
                "Value",
                limit=40,
                help="In the target's unit: " + "; ".join(f"{t.indicator}, {t.unit}" for t in targets.values()) + ".",
            )
            form.line("source", "Source", help="Where anybody can check it: a publication, a table, a dated letter.")
            st.caption("A second value for the same day is kept as a revision of the first.")
            form.outcome()
            with st.container(horizontal=True):
                st.form_submit_button("Save measurement", type="primary", on_click=_measure, args=(form,))
                st.form_submit_button("Close", on_click=close, key="close-measuring")


def draw_new_target(mission: MissionShown) -> None:
    form = Form(f"target-{mission.id}")
    form.fill(
        indicator="",
        unit="",
        direction=Direction.UP,
        value="",
        due_on=date(datetime.now(UTC).year + 5, 12, 31),
        counter_indicator="",
        source="",
    )
    with form.drawer("Add a target", icon=":material/flag:"), st.form(form.name, border=False):
        form.line("indicator", "Indicator", help="What is measured, such as clean sources' share of generation.")
        form.line("unit", "Unit", limit=60, help="Such as %, MW, or hours a year.")
        form.choice("direction", "The target is", list(Direction), lambda direction: direction.value)
        form.line("value", "Value", limit=40)
        form.day("due_on", "To be reached by")
        form.line(
            "counter_indicator",
            "Counter-indicator (optional)",
            help="What might be sacrificed to hit the target, and what may not get worse.",
        )
        form.line("source", "Source (optional)", help="Where the promise is written.")
        form.outcome()
        st.form_submit_button("Add target", on_click=_add_target, args=(form, mission.id))


def draw_edit(mission: MissionShown) -> None:
    form = Form(f"mission-{mission.id}")
    with form.drawer("Change the words", icon=":material/edit:"):
        version = form.fill(mission.version, title=mission.title, statement=mission.statement, source=mission.source)
        with st.form(form.name, border=False):
            form.line("title", "Title")
            form.text("statement", "Statement", help="One sentence that people can repeat.")
            form.line("source", "Source (optional)")
            form.outcome()
            st.form_submit_button("Save words", on_click=_edit, args=(form, mission.id, version))


def draw_create() -> bool:
    """The form for a new mission; whether the person may fill it in at all."""
    programmes = {line.id: line.name for line in ask(own_programmes)}
    if not programmes:
        return False
    form = Form("new-mission")
    form.fill(programme_id=next(iter(programmes)), title="", statement="", source="")
    with form.drawer("Create a mission", icon=":material/add:"), st.form(form.name, border=False):
        if len(programmes) > 1:
            form.choice("programme_id", "Programme", list(programmes), lambda key: programmes[key])
        form.line("title", "Title", help="Short enough for a list, such as Clean power by 2030.")
        form.text("statement", "Statement", help="One sentence that people can repeat.")
        form.line("source", "Source (optional)", help="Where the commitment is written.")
        form.outcome()
        st.form_submit_button("Create mission", on_click=_create, args=(form,))
    return True


def _measure(form: Form) -> None:
    form.send(
        record_measurement,
        done="Measurement saved. The chart and the rates include it.",
        target_id=form["target_id"],
        observed_on=form.chosen_day("observed_on", "The day"),
        value=form.number("value", "The value"),
        source=form["source"],
    )


def _add_target(form: Form, mission_id: UUID) -> None:
    form.send(
        add_target,
        said="Target added.",
        done="Target added",
        mission_id=mission_id,
        indicator=form["indicator"],
        unit=form["unit"],
        direction=form["direction"],
        value=form.number("value", "The value"),
        due_on=form.chosen_day("due_on", "The date"),
        counter_indicator=form["counter_indicator"],
        source=form["source"],
    )


def _edit(form: Form, mission_id: UUID, version: int) -> None:
    form.send(
        edit_mission,
        mission_id=mission_id,
        version=version,
        title=form["title"],
        statement=form["statement"],
        source=form["source"],
    )


def _create(form: Form) -> None:
    mission_id = form.send(
        create_mission,
        said="Mission created.",
        done="Mission created",
        programme_id=form["programme_id"],
        title=form["title"],
        statement=form["statement"],
        source=form["source"],
    )
    if mission_id:
        st.query_params["mission"] = str(mission_id)
