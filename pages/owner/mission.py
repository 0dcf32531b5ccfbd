"""A mission: what it promises, how fast it moves, and what its prizes have shown."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import streamlit as st

from delivery.results import results_of_mission
from mission.missions import MissionLine, MissionShown, own_missions
from mission.missions import mission as mission_shown
from mission.policy import Action
from pages.components.acting import ask
from pages.components.badges import Badge
from pages.components.layout import empty_list, heading, page_header
from pages.components.permitted import may
from pages.components.places import link, parameter
from pages.components.words import marked
from pages.owner.editing import draw_create, draw_edit, draw_measuring, draw_new_target
from pages.owner.importing import draw_importing
from pages.owner.shown import draw_results
from pages.owner.target import draw_target

_MEASURING: Final = "adding a measurement"
_IMPORTING: Final = "importing measurements"


def draw() -> None:
    lines = ask(own_missions)
    if not lines:
        page_header("Mission", "No mission yet", facts="A mission is a long-term outcome that a programme commits to.")
        if not draw_create():
            empty_list("No mission yet", "The missions of your programmes appear here once their owner creates one.")
        return
    wanted = parameter("mission")
    mission = ask(mission_shown, mission_id=next((line.id for line in lines if line.id == wanted), lines[0].id))
    _header(mission)
    _others(lines, mission.id)
    if st.session_state.get(_MEASURING) == mission.id:
        draw_measuring(mission, close=_stop_measuring)
    if st.session_state.get(_IMPORTING) == mission.id:
        draw_importing(mission, close=_stop_importing)
    for target in mission.targets:
        draw_target(target)
    if not mission.targets:
        empty_list("No target yet", "What this mission promises to reach by when appears here as a chart.")
    draw_results(ask(results_of_mission, mission_id=mission.id), mission)
    if may(Action.EDIT_MISSION, mission_id=mission.id).allowed:
        heading("Change the mission")
        draw_new_target(mission)
        draw_edit(mission)
        draw_create()
    if mission.source:
        st.caption(marked("Source: {}", mission.source))


def _header(mission: MissionShown) -> None:
    count = len(mission.targets)
    measurable = [target for target in mission.targets if may(Action.RECORD_MEASUREMENT, target_id=target.id).allowed]
    page_header(
        "Mission",
        mission.title,
        badge=Badge(f"{count or 'No'} target{'' if count == 1 else 's'}", "gray", "flag"),
        facts=mission.statement,
        actions=(lambda: _offer_measuring(mission.id)) if measurable else None,
    )


def _offer_measuring(mission_id: UUID) -> None:
    st.button("Add a measurement", key="add-measurement", on_click=_start_measuring, args=(mission_id,))
    st.button("Import measurements", key="import-measurements", on_click=_start_importing, args=(mission_id,))


def _others(lines: tuple[MissionLine, ...], present: UUID) -> None:
    if len(lines) < 2:
        return
    with st.container(horizontal=True, key="other-missions", vertical_alignment="center"):
        st.caption("Other missions", width="content")
        for line in lines:
            if line.id != present:
                link("mission", line.title, mission=line.id)


def _start_measuring(mission_id: UUID) -> None:
    st.session_state[_MEASURING] = mission_id
    _stop_importing()


def _stop_measuring() -> None:
    st.session_state.pop(_MEASURING, None)


def _start_importing(mission_id: UUID) -> None:
    st.session_state[_IMPORTING] = mission_id
    _stop_measuring()


def _stop_importing() -> None:
    st.session_state.pop(_IMPORTING, None)
