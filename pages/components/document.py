"""A document beside the work on it: its pages as images, with their words for those who read those instead."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from pages.components.layout import download, prose


def document(name: str, address: str, texts: Sequence[str]) -> None:
    """Show a cleaned document page by page. ``address`` is where it is downloaded; pages lie below it."""
    if not address.startswith("/") or address.startswith("//"):
        raise ValueError(f"A document comes from an address of ours: {address}")
    pages = "".join(
        f'<figure><img src="{escape(address)}/pages/{number}" loading="lazy" alt="Page {number} of {escape(name)}. '
        f'Its words are below, under “Read as text”."><figcaption>Page {number} of {len(texts)}</figcaption></figure>'
        for number in range(1, len(texts) + 1)
    )
    st.html(f'<div class="laurel-document">{pages}</div>')
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Read as text", type="tertiary", width="content"):
            prose("\n\n".join(texts) or "The document holds no text.")
        download(f"Download {name}", address)
