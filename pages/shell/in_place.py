"""Links of a table turn the page without loading the application again, which takes a quarter of the time."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_component = st.components.v2.component("laurel_in_place", js=(HERE / "in_place.js").read_text())


def follow_in_place() -> None:
    """Let a plain click on a link of ours be followed in place; with a modifier key the browser opens it as always.

    Once, in the main script, so that it stays when the page turns.
    """
    _component(key="in-place")
