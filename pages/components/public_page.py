"""A prize's public page beside what is written of it, or folded away where there is no room."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

HERE: Final = Path(__file__).parent

_component = st.components.v2.component(
    "laurel_public_page",
    html=(HERE / "public_page.html").read_text(),
    css=(HERE / "public_page.css").read_text(),
    js=(HERE / "public_page.js").read_text(),
)


def public_page(address: str, part: str, *, beside: bool) -> None:
    """Show the page at ``address``, which is another whenever what is saved is; ``part`` is the id to begin at.

    On a narrow screen, and where it is not wanted ``beside``, it loads when it is unfolded.
    """
    if not address.startswith("/") or address.startswith("//"):
        raise ValueError(f"A page comes from an address of ours: {address}")
    with st.container(key="public-page-beside" if beside else "public-page-folded"):
        _component(key="public-page", data={"address": address, "part": part, "beside": beside})
