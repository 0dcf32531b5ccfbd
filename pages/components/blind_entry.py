"""The answers of an entry as judges read them: in the scoring room, and for the team that wants to know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Final

import streamlit as st

from judging.room import BlindAnswer, BlindFile
from pages.components.document import document
from pages.components.layout import paragraphs

WITHHELD: Final = "Withheld by the secretariat, since it tells who made the entry."


def draw_answers(title: str, answers: Sequence[BlindAnswer], address: Callable[[BlindFile], str]) -> None:
    """The answers, those between two documents as one element, since the browser pays for each.

    ``address`` says where the copy of a file is downloaded by whoever looks.
    """
    written = [f"<h2>{escape(title)}</h2>"]
    for answer in answers:
        written += [f"<h3>{escape(answer.wording)}</h3>", _text(answer)]
        for file in answer.files:
            if file.ready:
                if written:  # nothing stands between two documents of one answer
                    st.html("".join(written))
                    written.clear()
                document(file.name, address(file), file.ratios)
            else:
                written.append(quiet(_why_not_shown(file)))
    if written:
        st.html("".join(written))


def quiet(words: str) -> str:
    return f'<p class="laurel-quiet">{escape(words)}</p>'


def _text(answer: BlindAnswer) -> str:
    if answer.text:
        return paragraphs(answer.text)
    if answer.withheld:
        return quiet(WITHHELD)
    if not answer.ready:
        return quiet("Being prepared")
    return "" if answer.files else quiet("No answer.")


def _why_not_shown(file: BlindFile) -> str:
    if file.withheld:
        return WITHHELD
    return f"{file.name} could not be read." if file.failed else f"{file.name}, being prepared"
