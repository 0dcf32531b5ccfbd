"""The two panes of the scoring room: worked by keyboard alone, and at their top when another entry is shown."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "laurel_panes",
    html=(HERE / "keys.html").read_text(),
    css=(HERE / "keys.css").read_text(),
    js="\n".join((HERE / name).read_text() for name in ("keys.js", "panes.js")),  # one element, since each costs
)


def tend_panes(about: str) -> None:
    """Look after the panes and the keys; the panes scroll up when ``about`` is another than at the last draw."""
    _component(key="tended", data={"about": about})
