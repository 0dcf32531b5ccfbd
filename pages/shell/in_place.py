"""Links of a table turn the page without loading the application again, which takes a quarter of the time; and whoever
goes by keyboard finds themselves in the popover that they opened, and where they were when the page is drawn anew."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_component = st.components.v2.component("laurel_in_place", js=(HERE / "in_place.js").read_text())


def stay_in_place() -> None:
    """Follow a plain click on a link of ours in place, with a modifier key as the browser always does; keep the focus.

    Once, in the main script, so that it stays when the page turns.
    """
    _component(key="in-place")
