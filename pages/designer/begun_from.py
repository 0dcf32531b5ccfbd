"""A new prize begun from another one, or from the YAML file of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import streamlit as st

from pages.components.acting import ask
from pages.components.forms import Form
from pages.components.layout import leave
from prize.copying import copy_prize, create_prize_from_file
from prize.document import LONGEST
from prize.prizes import own_prizes

CREATED: Final = "prize that was just created"
COPY, FILE = "Another prize", "A file"


def draw_begun_from(missions: Mapping[UUID, str]) -> None:
    """A drawer with both ways; what is begun is a draft like any other."""
    prizes = {line.id: line.title for line in ask(own_prizes)}
    form = Form("prize-begun-from")
    form.fill(
        source=COPY if prizes else FILE,
        mission_id=next(iter(missions)),
        copied_id=next(iter(prizes), None),
        title="",
        slug="",
        text="",
    )
    with form.drawer("Begin from another prize or from a file", icon=":material/file_copy:"):
        form.choice("source", "Begin from", [COPY, FILE] if prizes else [FILE])
        copied = form["source"] == COPY
        with st.form(form.name, border=False):
            form.choice("mission_id", "Mission", list(missions), missions.__getitem__)
            if copied:
                form.choice("copied_id", "Prize", list(prizes), prizes.__getitem__, help="All of it but its dates.")
                form.line("title", "Title of the new prize")
            form.line("slug", "Address", limit=60, help="Small letters, digits and hyphens.")
            if not copied:
                form.text(
                    "text",
                    "The file's text, in YAML",
                    limit=LONGEST,
                    rows=10,
                    help="Each prize's overview offers its file. All of it is taken, or nothing.",
                )
            form.outcome()
            st.form_submit_button("Begin the prize", on_click=_begin, args=(form,))
        leave("What such a file may hold (JSON Schema)", "/schemas/prize.json")


def _begin(form: Form) -> None:
    named: dict[str, Any] = {"mission_id": form["mission_id"], "slug": form["slug"]}
    called = {"slug": "address"}
    if form["source"] == COPY:
        begun = form.send(copy_prize, called=called, copied_id=form["copied_id"], title=form["title"], **named)
    else:
        begun = form.send(create_prize_from_file, called=called, text=form["text"], **named)
    if begun:
        st.session_state[CREATED] = begun
