"""A published fund changed: what is added to it, and a new version of its awards, with a reason for everybody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import streamlit as st

from pages.components.forms import Form
from pages.components.permitted import may
from pages.components.words import marked
from pages.designer.changing import reason_field
from pages.designer.frame import form_name
from prize.fund import AwardShown, FundShown
from prize.fund_changes import ChangedAward, add_to_fund, change_awards
from prize.models import ContributionKind
from prize.policy import Action
from prize.prizes import RUNNING, PrizeLine

LABELS = (("name", "Name"), ("count", "Number"), ("each", "Amount"), ("gone", "Whether it goes"))
TOLD = "and whoever has begun an entry has been told."


def draw_changing_fund(prize: PrizeLine, shown: FundShown) -> None:
    """Ways to add to a published prize's fund and to change its awards; nothing for whoever may not."""
    if prize.state not in RUNNING or not may(Action.CHANGE_PUBLISHED, prize_id=prize.id).allowed:
        return
    _adding(prize.id)
    _changing(prize.id, shown)


def contribution_fields(form: Form) -> None:
    """What somebody gives: who, what, how much and when."""
    form.line("contributor", "Who gives it", help="The public page names them, with the amount and the date.")
    left, right = st.columns(2)
    with left:
        form.choice("kind", "What it is", list(ContributionKind), kind_words)
    with right:
        form.line("minor", "Amount in pounds", limit=20, help="The value in pounds, also of what is given in kind.")
    form.day("given_on", "Given on")
    form.line("note", "Note (optional)")


def contribution_typed(form: Form) -> dict[str, Any]:
    """The same as it was typed, in a callback."""
    return {
        "contributor": form["contributor"],
        "kind": form["kind"],
        "minor": form.pounds("minor", "The amount"),
        "given_on": form.chosen_day("given_on", "The day"),
        "note": form["note"],
    }


def contribution_empty() -> dict[str, Any]:
    """The same before anything is typed."""
    today = datetime.now(UTC).date()
    return {"contributor": "", "kind": ContributionKind.MONEY, "minor": "", "given_on": today, "note": ""}


def kind_words(kind: ContributionKind) -> str:
    return "Money" if kind is ContributionKind.MONEY else "In kind, such as computing time or a test site"


def _adding(prize_id: UUID) -> None:
    form = Form(form_name("added", prize_id))
    form.fill(reason="", **contribution_empty())
    with form.drawer("Add to the fund", icon=":material/add:"), st.form(form.name, border=False):
        contribution_fields(form)
        reason_field(form)
        form.outcome()
        st.form_submit_button("Publish the contribution", on_click=_add, args=(form, prize_id))


def _changing(prize_id: UUID, shown: FundShown) -> None:
    form = Form(form_name("changed-awards", prize_id))
    saved: dict[str, Any] = {"reason": "", "name": "", "kind": ContributionKind.MONEY, "count": 1, "each": ""}
    for award in shown.awards:
        saved |= {
            f"name {award.key}": award.name,
            f"count {award.key}": award.count,
            f"each {award.key}": _pounds(award.each.minor),
            f"gone {award.key}": False,
        }
    called = {f"{field} {row.key}": f"{label} of “{row.name}”" for row in shown.awards for field, label in LABELS}
    version = form.fill(shown.version, called=called, **saved)
    with form.drawer("Change the awards", icon=":material/edit:"), st.form(form.name, border=False):
        st.markdown(
            "Awards can always grow. They get smaller, fewer or another name only while entries can still be changed, "
            "and each team that has submitted is told by mail."
        )
        for award in shown.awards:
            st.markdown(marked("**{}**, {}", award.name, _in_words(award.kind)))
            _award_fields(form, f" {award.key}")
            form.tick(f"gone {award.key}", "Give it no longer")
        st.markdown("**Another award** (optional)")
        form.choice("kind", "What it is", list(ContributionKind), kind_words)
        _award_fields(form, "")
        reason_field(form)
        form.outcome()
        st.form_submit_button("Publish the new awards", on_click=_change, args=(form, prize_id, version, shown.awards))


def _award_fields(form: Form, of: str) -> None:
    form.line(f"name{of}", "Name")
    left, right = st.columns(2)
    with left:
        form.whole(f"count{of}", "How many", 1, 1000)
    with right:
        form.line(f"each{of}", "Each, in pounds", limit=20)


def _in_words(kind: ContributionKind) -> str:
    return "in kind" if kind is ContributionKind.IN_KIND else "in money"


def _pounds(minor: int) -> str:
    whole, pence = divmod(minor, 100)
    return f"{whole:,}.{pence:02}" if pence else f"{whole:,}"


def _add(form: Form, prize_id: UUID) -> None:
    form.send(
        add_to_fund,
        said=f"The contribution is published, {TOLD}",
        prize_id=prize_id,
        reason=form["reason"],
        **contribution_typed(form),
    )


def _change(form: Form, prize_id: UUID, version: int, published: tuple[AwardShown, ...]) -> None:
    awards = [
        ChangedAward(award.key, form[f"name {award.key}"], award.kind, *_typed(form, f" {award.key}"))
        for award in published
        if not form[f"gone {award.key}"]
    ]
    if form["name"].strip():
        awards.append(ChangedAward(None, form["name"], form["kind"], *_typed(form, "")))
    form.send(
        change_awards,
        said=f"The new awards are published, {TOLD}",
        prize_id=prize_id,
        version=version,
        awards=tuple(awards),
        reason=form["reason"],
    )


def _typed(form: Form, of: str) -> tuple[int, int]:
    return form[f"count{of}"], form.pounds(f"each{of}", "The amount")
