"""The fields in which it is told what a judge knows, how many entries they wish to take, and when they are away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from judging.availability import MOST_ENTRIES
from pages.components.forms import Form
from pages.components.words import marked


def fill(
    form: Form,
    version: int,
    options: Sequence[str],
    knows: Sequence[str],
    load: int | None,
    away_from: date | None,
    away_until: date | None,
) -> int:
    """Begin the fields with what is saved; returns the version that was typed on."""
    here = [one for one in knows if one in options]
    return form.fill(version, knows=here, load=load or 0, away_from=away_from, away_until=away_until)


def draw_fields(form: Form, question: str, options: Sequence[str], whose: str) -> None:
    """The fields, inside a form. ``whose`` begins what is asked: "Topics that you know", "Topics that they know"."""
    if options:
        st.caption(marked("Entrants are asked: “{}”", question))
        form.several("knows", f"Topics that {whose} know", list(options), placeholder="Choose topics")
    form.whole("load", f"Entries that {whose} wish to take at most", 0, MOST_ENTRIES, help="0 for no limit.")
    first, last = st.columns(2)
    with first:
        form.day("away_from", "Away from")
    with last:
        form.day("away_until", "Away until, that day included")


def typed(form: Form, options: Sequence[str]) -> dict[str, Any]:
    """What was typed, by the names that the commands give it."""
    return {
        "knows": tuple(form["knows"]) if options else (),
        "load": form["load"] or None,
        "away_from": form["away_from"],
        "away_until": form["away_until"],
    }
