"""More time for one entry, from the secretariat's list of entries."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st

from pages.components.forms import LINE, Form
from pages.components.layout import facts_table
from prize.entries.extensions import extend_entry
from prize.entries.models import EntryState
from prize.entries.screening import StageEntries
from prize.lifecycle import Phase
from storage.values import time_words, zone_words

SUGGESTED = timedelta(days=1)


def draw_extending(entries: StageEntries) -> None:
    """Who has more time, and a form that gives more; while the stage's closing has not been carried out."""
    stage = entries.stage
    lines = {line.id: line for line in entries.entries if line.state is not EntryState.WITHDRAWN}
    if stage.dates is None or stage.phase not in (Phase.OPEN, Phase.CLOSED, Phase.PAUSED) or not lines:
        return
    form = Form(f"extending-{stage.id}")
    zone = ZoneInfo(stage.zone)
    form.fill(
        entry_id=next(iter(lines)),
        closes_at=(stage.dates.closes_at + SUGGESTED).astimezone(zone).replace(tzinfo=None),
        reason="",
    )
    with form.drawer("Give an entry more time", icon=":material/more_time:"):
        extended = [(line.organisation, line.closes_at) for line in lines.values() if line.closes_at]
        if extended:
            facts_table(
                [(name, f"until {time_words(until, stage.zone, weekday=True)}") for name, until in extended],
                caption="Entries with more time",
            )
        with st.form(form.name, border=False):
            form.choice("entry_id", "Entry of", list(lines), lambda entry_id: lines[entry_id].organisation)
            form.moment_field(
                "closes_at",
                f"Closes ({zone_words(stage.zone)})",
                stage.zone,
                help="Codes and judges' copies wait for it. Only its team and the secretariat learn of it.",
            )
            form.line("reason", "Why", limit=LINE, help="Its team reads it. It is kept on record with your name.")
            form.outcome()
            st.form_submit_button("Give more time", on_click=_extend, args=(form, stage.zone))


def _extend(form: Form, zone: str) -> None:
    entry_id: UUID = form["entry_id"]
    form.send(
        extend_entry,
        said="The entry has more time, and its team has been told.",
        entry_id=entry_id,
        closes_at=form.moment("closes_at", "The closing time", zone),
        reason=form["reason"],
    )
