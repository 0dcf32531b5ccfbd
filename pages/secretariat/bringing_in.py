"""Entries that came on paper or from elsewhere, brought in from a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from pages.components.acting import ask
from pages.components.sheets import NO_EXTRAS, SheetImport
from prize.entries.importing import entry_columns, import_entries, planned_entries
from prize.lifecycle import Phase
from prize.stages import StageShown

REASON: Final = "why entries come late"


def draw_bringing_in(stage: StageShown) -> None:
    """A sheet of entries, while the stage takes them or is being screened."""
    late = stage.closed_at is not None and stage.phase in (Phase.CLOSED, Phase.SCREENING)
    if stage.position > 1 or not (late or stage.phase is Phase.OPEN):
        return
    label = "Bring entries in from a sheet"
    with st.expander(label, icon=":material/upload_file:", key="bring entries in", on_change="rerun"):
        st.caption(
            "For entries that came on paper or from another system. Each counts as submitted; its lead gets the "
            "receipt and a link to sign in. Answers have to fit the form, as those of everybody else."
        )
        wanted = ask(entry_columns, stage_id=stage.id)
        entries = SheetImport(f"entries-{stage.id}", wanted, "entry", "entries")
        entries.draw(planned_entries, import_entries, {"stage_id": stage.id}, _reason if late else lambda: NO_EXTRAS)


def _reason() -> Mapping[str, str]:
    said = st.text_input(
        "Why they come now",
        key=REASON,
        max_chars=200,
        placeholder="What kept them from coming in time",
        help="Entries have closed. The reason is kept on record, and the teams are told.",
    )
    return {"reason": said.strip()}
