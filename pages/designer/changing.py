"""Changes after publication: dates, brief and rules, each with a reason that everybody reads."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st

from pages.components.forms import LINE, PROSE, Form
from pages.components.permitted import may
from pages.designer.frame import form_name
from prize.brief import BriefShown, RulesShown
from prize.changes import change_brief, change_dates, change_drawing, change_rules
from prize.lifecycle import Phase
from prize.policy import Action
from prize.prizes import OVER, RUNNING, PrizeLine
from prize.stages import StageShown

SUMMARY: Final = 600
MOMENTS: Final = (
    ("opens_at", "Entries open", 28),
    ("closes_at", "Entries close", 88),
    ("judging_closes_at", "Judging ends", 123),
    ("decision_at", "Decision", 151),
)
"""Each moment of a stage with its name, and how many days from today it is suggested for."""
AFTER_BEGIN: Final = (Phase.JUDGING, Phase.DECIDING, Phase.CONFIRMED)


def moments_filled(stage: StageShown) -> dict[str, Any]:
    """The four moments of a stage in its zone: as they are saved, else as they are suggested."""
    zone = ZoneInfo(stage.zone)
    noon = datetime.combine(datetime.now(zone).date(), time(12))
    return {
        field: getattr(stage.dates, field).astimezone(zone).replace(tzinfo=None)
        if stage.dates
        else noon + timedelta(days=days)
        for field, _, days in MOMENTS
    }


def moments_drawn(form: Form, zone: str) -> None:
    """The fields of the four moments, two in a row."""
    for pair in (MOMENTS[:2], MOMENTS[2:]):
        for column, (field, label, _) in zip(st.columns(2), pair, strict=True):
            with column:
                form.moment_field(field, label, zone)


def moments_typed(form: Form, zone: str) -> dict[str, Any]:
    """The four moments as they were typed, in a callback."""
    return {field: form.moment(field, label, zone) for field, label, _ in MOMENTS}


def draw_changing_dates(prize: PrizeLine, stage: StageShown) -> None:
    """A way to move the dates of a published stage that are still to come."""
    if stage.dates is None or stage.phase.value in OVER or not _changes(prize):
        return
    form = Form(form_name("dates", stage.id))
    version = form.fill(
        stage.dates.version,
        called={field: label for field, label, _ in MOMENTS},
        reason="",
        **moments_filled(stage),
    )
    with form.drawer("Move the dates", icon=":material/edit_calendar:"), st.form(form.name, border=False):
        st.markdown("What has passed stays, and entries never close earlier than was announced.")
        moments_drawn(form, stage.zone)
        reason_field(form)
        form.outcome()
        st.form_submit_button("Publish the new dates", on_click=_dates, args=(form, prize.id, stage, version))


def draw_changing_drawing(prize: PrizeLine, stage: StageShown) -> None:
    """A way to let the last places be drawn by lot, or no longer, before judging begins."""
    if stage.phase.value in OVER or stage.phase in AFTER_BEGIN or not _changes(prize):
        return
    form = Form(form_name("drawing", stage.id))
    version = form.fill(stage.version, may_draw=stage.may_draw, reason="")
    with (
        form.drawer("Change how the last places are given", icon=":material/casino:"),
        st.form(form.name, border=False),
    ):
        form.tick("may_draw", "The last places may be drawn by lot")
        reason_field(form)
        form.outcome()
        st.form_submit_button("Publish the change", on_click=_drawing, args=(form, prize.id, stage.id, version))


def draw_changing_brief(prize: PrizeLine, written: BriefShown, terms: RulesShown) -> None:
    """Ways to publish a new version of a published prize's brief and of its rules."""
    if not _changes(prize):
        return
    form = Form(form_name("changed-brief", prize.id))
    saved = {"summary": written.summary, "problem": written.problem, "eligibility": written.eligibility}
    version = form.fill(written.version, called={}, reason="", **saved)
    with form.drawer("Change the brief", icon=":material/edit:"), st.form(form.name, border=False):
        form.text("summary", "Summary", limit=SUMMARY, rows=3)
        form.text("problem", "The problem", limit=PROSE, rows=8)
        form.text("eligibility", "Who may enter", limit=PROSE, rows=4)
        reason_field(form)
        form.outcome()
        st.form_submit_button("Publish the new brief", on_click=_brief, args=(form, prize.id, version))
    form = Form(form_name("changed-rules", prize.id))
    version = form.fill(terms.version, reason="", text=terms.text)
    with form.drawer("Change the rules", icon=":material/gavel:"), st.form(form.name, border=False):
        st.markdown("What was submitted stands under the version that its receipt names.")
        form.text("text", "Rules that entrants accept", limit=PROSE, rows=10)
        reason_field(form)
        form.outcome()
        st.form_submit_button("Publish the new rules", on_click=_rules, args=(form, prize.id, version))


def _changes(prize: PrizeLine) -> bool:
    return prize.state in RUNNING and may(Action.CHANGE_PUBLISHED, prize_id=prize.id).allowed


def reason_field(form: Form) -> None:
    form.line(
        "reason",
        "Why",
        limit=LINE,
        help="It stands on the prize's page with today's date, and everybody who has begun an entry is told by mail.",
    )


def _dates(form: Form, prize_id: UUID, stage: StageShown, version: int) -> None:
    form.send(
        change_dates,
        said="The new dates are published, and whoever has begun an entry has been told.",
        prize_id=prize_id,
        stage_id=stage.id,
        version=version,
        reason=form["reason"],
        **moments_typed(form, stage.zone),
    )


def _drawing(form: Form, prize_id: UUID, stage_id: UUID, version: int) -> None:
    form.send(
        change_drawing,
        said="The change is published, and whoever has begun an entry has been told.",
        prize_id=prize_id,
        stage_id=stage_id,
        version=version,
        may_draw=form["may_draw"],
        reason=form["reason"],
    )


def _brief(form: Form, prize_id: UUID, version: int) -> None:
    form.send(
        change_brief,
        said="The new brief is published, and whoever has begun an entry has been told.",
        prize_id=prize_id,
        version=version,
        summary=form["summary"],
        problem=form["problem"],
        eligibility=form["eligibility"],
        reason=form["reason"],
    )


def _rules(form: Form, prize_id: UUID, version: int) -> None:
    form.send(
        change_rules,
        said="The new rules are published, and whoever has begun an entry has been told.",
        prize_id=prize_id,
        version=version,
        text=form["text"],
        reason=form["reason"],
    )
