"""Reading begins at the top: scrolls the page and its panes up when the entry changes."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_component = st.components.v2.component("laurel_to_top", js=(HERE / "to_top.js").read_text())


def to_top(about: str) -> None:
    """Scroll up when ``about`` is another than at the last draw."""
    _component(key="to-top", data={"about": about})
