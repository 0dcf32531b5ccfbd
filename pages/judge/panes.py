"""The two panes of the scoring room: reachable by keyboard, and at their top when another entry is shown."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_component = st.components.v2.component("laurel_panes", js=(HERE / "panes.js").read_text())


def tend_panes(about: str) -> None:
    """Look after the panes; they scroll up when ``about`` is another than at the last draw."""
    _component(key="tended", data={"about": about})
