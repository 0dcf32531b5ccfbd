"""The fund: what was given, how it is divided into awards, and what is left."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

import streamlit as st

from pages.components.acting import act, ask
from pages.components.badges import badge_of
from pages.components.forms import Form
from pages.components.layout import columns_main_side, empty_list, heading, page_header
from pages.components.places import present_prize
from pages.components.words import marked
from pages.designer.changing_fund import (
    contribution_empty,
    contribution_fields,
    contribution_typed,
    draw_changing_fund,
    kind_words,
)
from pages.designer.frame import editable, form_name, public_link, removing
from pages.designer.overview import draw_fund
from prize.fund import FundShown, add_award, add_contribution, fund, remove_award, remove_contribution
from prize.models import ContributionKind, PrizePart
from storage.values import date_words


def draw() -> None:
    prize = present_prize()
    if prize is None:
        return
    shown = ask(fund, prize_id=prize.id)
    page_header(
        prize.title, "Fund", badge=badge_of(prize.state), facts=_left(shown), actions=public_link(prize, PrizePart.FUND)
    )
    changes = editable(prize)
    main, side = columns_main_side()
    with main:
        heading("Contributions")
        _contributions(prize.id, shown, changes=changes)
        if changes:
            _add_contribution(prize.id, first=not shown.contributions)
        heading("Awards")
        _awards(prize.id, shown, changes=changes)
        if changes:
            _add_award(prize.id, shown)
        draw_changing_fund(prize, shown)
    with side:
        heading("The fund")
        draw_fund(shown)
        if shown.in_kind.minor:
            left = f", of which {shown.left_in_kind} is not divided" if shown.left_in_kind.minor else ""
            st.caption(f"Besides {shown.in_kind} in kind{left}. Value in kind is never paid out as money.")


def _left(shown: FundShown) -> str:
    if not shown.money.minor and not shown.in_kind.minor:
        return "Nothing has been given yet."
    if not shown.left.minor and not shown.left_in_kind.minor:
        return f"{shown.money}, divided to the last penny."
    kind = f" and {shown.left_in_kind} in kind" if shown.left_in_kind.minor else ""
    return f"{shown.money}, of which {shown.left}{kind} is not divided yet."


def _contributions(prize_id: UUID, shown: FundShown, *, changes: bool) -> None:
    if not shown.contributions:
        empty_list("No contribution yet", "Money and value in kind appear here with who gave it and when.")
    for row in shown.contributions:
        kind = " in kind" if row.kind is ContributionKind.IN_KIND else ""
        note = f" {row.note}" if row.note else ""
        lost = f"The contribution of {row.amount}{kind} from {row.contributor} is taken out of the fund."
        _line(
            f"contribution-{row.id}",
            marked(f"**{{}}{kind}** from {{}}", str(row.amount), row.contributor),
            marked("Given {}.{}", date_words(row.given_on), note),
            partial(removing, str(row.id), lost, "Remove contribution", _remove_contribution, (prize_id, row.id))
            if changes
            else None,
        )


def _awards(prize_id: UUID, shown: FundShown, *, changes: bool) -> None:
    if not shown.awards:
        empty_list("No award yet", "How the fund is divided appears here, and what entrants can win.")
    for row in shown.awards:
        kind = " in kind" if row.kind is ContributionKind.IN_KIND else ""
        each = f"{row.count} of {row.each}{kind} each, {row.total} together." if row.count > 1 else "One award."
        lost = f"“{row.name}” is taken out of the division. Its {row.total}{kind} can be divided again."
        _line(
            f"award-{row.id}",
            marked(f"**{{}}** {{}}{kind}", row.name, str(row.total)),
            marked("{}", each),
            partial(removing, str(row.id), lost, "Remove award", _remove_award, (prize_id, row.id))
            if changes
            else None,
        )


def _line(key: str, head: str, facts: str, remove: Callable[[], None] | None) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key=key, gap="small"
    ):
        with st.container(gap=None, width="content"):
            st.markdown(head)
            st.caption(facts)
        if remove:
            remove()


def _add_contribution(prize_id: UUID, *, first: bool) -> None:
    form = Form(form_name("contribution", prize_id))
    form.fill(**contribution_empty())
    with form.drawer("Add a contribution", expanded=first, icon=":material/add:"), st.form(form.name, border=False):
        contribution_fields(form)
        form.outcome()
        st.form_submit_button("Add contribution", on_click=_send_contribution, args=(form, prize_id))


def _add_award(prize_id: UUID, shown: FundShown) -> None:
    form = Form(form_name("award", prize_id))
    form.fill(name="", kind=ContributionKind.MONEY, count=1, minor_each="")
    kind_left = f" and {shown.left_in_kind} in kind" if shown.in_kind.minor else ""
    first = bool(shown.contributions) and not shown.awards
    with form.drawer("Add an award", expanded=first, icon=":material/add:"), st.form(form.name, border=False):
        form.line("name", "Name", help="What the public page calls it, such as Grand prize or Finalist's grant.")
        form.choice("kind", "What it is", list(ContributionKind), kind_words)
        left, right = st.columns(2)
        with left:
            form.whole("count", "How many", 1, 1000)
        with right:
            form.line("minor_each", "Each, in pounds", limit=20, help=f"{shown.left}{kind_left} is left to divide.")
        form.outcome()
        st.form_submit_button("Add award", on_click=_send_award, args=(form, prize_id))


def _send_contribution(form: Form, prize_id: UUID) -> None:
    form.send(add_contribution, done="Contribution added", prize_id=prize_id, **contribution_typed(form))


def _send_award(form: Form, prize_id: UUID) -> None:
    form.send(
        add_award,
        done="Award added",
        prize_id=prize_id,
        name=form["name"],
        kind=form["kind"],
        count=form["count"],
        minor_each=form.pounds("minor_each", "The amount"),
    )


def _remove_contribution(prize_id: UUID, contribution_id: UUID) -> None:
    act(remove_contribution, said="The contribution is removed.", prize_id=prize_id, contribution_id=contribution_id)


def _remove_award(prize_id: UUID, award_id: UUID) -> None:
    act(remove_award, said="The award is removed.", prize_id=prize_id, award_id=award_id)
