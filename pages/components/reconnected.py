"""After a lost connection the page is drawn again, so that it shows what is stored and nothing else."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_component = st.components.v2.component("laurel_reconnected", js=(HERE / "reconnected.js").read_text())


def draw_again_when_reconnected() -> None:
    """Ask for a new draw when the connection is back, and for one more when that is done. Streamlit alone would leave
    choices standing that it lost."""
    _component(key="reconnected", on_reconnected_change=lambda: None)
