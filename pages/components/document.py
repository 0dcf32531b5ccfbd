"""A document beside the work on it: its pages with words that can be selected, and the same words as plain text.

The page is sent how many pages there are and of which shape; images and words come by our routes when they are needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import streamlit as st

HERE: Final = Path(__file__).parent

_component = st.components.v2.component(
    "laurel_document",
    html=(HERE / "document.html").read_text(),
    css=(HERE / "document.css").read_text(),
    js=(HERE / "document.js").read_text(),
)


def document(name: str, address: str, ratios: Sequence[float]) -> None:
    """Show a cleaned document. ``address`` is where it is downloaded; its pages, of these shapes, lie below it."""
    if not address.startswith("/") or address.startswith("//"):
        raise ValueError(f"A document comes from an address of ours: {address}")
    _component(
        key=f"document-{address.rpartition('/')[2]}",
        data={"name": name, "address": address, "ratios": list(ratios)},
    )
