"""Measurements of a target imported from a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from mission.importing import import_measurements, planned_measurements, wanted_of_measurements
from mission.missions import MissionShown
from mission.policy import Action
from pages.components.layout import heading
from pages.components.permitted import may
from pages.components.sheets import SheetImport


def draw_importing(mission: MissionShown, close: Callable[[], None]) -> None:
    """Choose a target and a file, see what the file would do, and import it."""
    targets = {
        target.id: target for target in mission.targets if may(Action.RECORD_MEASUREMENT, target_id=target.id).allowed
    }
    with st.container(border=True, key="importing"):
        heading("Import measurements")
        chosen = st.selectbox(
            "Target",
            list(targets),
            format_func=lambda key: f"{targets[key].indicator}, in {targets[key].unit}",
            key=f"import-target-{mission.id}",
        )
        name = f"measurements-{chosen}"
        importing = SheetImport(
            name, wanted_of_measurements(targets[chosen].unit), "measurement", "measurements", "revised"
        )
        importing.draw(planned_measurements, import_measurements, {"target_id": chosen}, lambda: _source(name))
        st.button("Close", on_click=close, key="close-importing")


def _source(name: str) -> Mapping[str, str]:
    source = st.text_input(
        "Source of rows that name none", max_chars=200, key=f"{name}-of-all", persist_state="session"
    )
    st.caption("A value for a day that is measured already is kept as a revision, with its own source.")
    return {"source": source}
