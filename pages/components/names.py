"""What the search for names found in an answer or file, in words."""

from __future__ import annotations

import streamlit as st

from pages.components.words import marked
from prize.entries.name_checks import NameCheckShown

MOST_SHOWN = 6


def draw_hits(check: NameCheckShown) -> None:
    """Each name with where it stands, how often, and the words around it; in one element."""
    lines, words = [], []
    for hit in check.hits[:MOST_SHOWN]:
        often = f", {hit.count} times" if hit.count > 1 else ""
        where = "" if hit.place == "answer" else f", {hit.place}"
        lines.append(f"- **{{}}** ({hit.tells.value}{where}{often})  \n  :gray[{{}}]")
        words += [hit.name, hit.excerpt]
    if len(check.hits) > MOST_SHOWN:
        lines.append(f"- and {len(check.hits) - MOST_SHOWN} more")
    if check.problem:
        lines.append("- {}")
        words.append(check.problem)
    st.markdown(marked("\n".join(lines), *words))
