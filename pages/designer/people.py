"""Who does what in a prize, and inviting those who are to."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import streamlit as st

from accounts.models import Role, ScopeKind
from pages.components.acting import ask
from pages.components.badges import badge_of
from pages.components.forms import Form
from pages.components.layout import columns_main_side, empty_list, heading, page_header, table
from pages.components.permitted import may
from pages.components.places import present_prize
from pages.designer.frame import form_name
from prize.policy import Action
from prize.prizes import IN_PRIZE, appoint_in_prize, appointed_people

DOES: Final = (
    (Role.OWNER, "answers for the programme"),
    (Role.DESIGNER, "configures the prize"),
    (Role.SECRETARIAT, "runs it day by day"),
    (Role.SPONSOR, "may publish it, and confirms decisions"),
    (Role.VERIFIER, "verifies milestones"),
    (Role.APPROVER, "approves payments"),
    (Role.PAYER, "records payments"),
)


def draw() -> None:
    prize = present_prize()
    if prize is None:
        return
    people = ask(appointed_people, prize_id=prize.id)
    several = len({line.person.id for line in people})
    facts = f"{several} {'person' if several == 1 else 'people'}. Judges are invited by the secretariat."
    page_header(prize.title, "People", badge=badge_of(prize.state), facts=facts)
    main, side = columns_main_side()
    with main:
        heading("Who does what")
        if people:
            table(
                ("Name", "Role", "Address", "Where"),
                [
                    (
                        line.person.name,
                        line.role.value.capitalize(),
                        line.person.email,
                        "This prize" if line.scope_kind is ScopeKind.PRIZE else "Whole programme",
                    )
                    for line in people
                ],
                hide_on_phone={2},
                caption="People of this prize",
            )
        else:
            empty_list("Nobody yet", "Those whom you appoint appear here with their role.")
        missing = [role for role in IN_PRIZE if role not in {line.role for line in people}]
        if missing:
            st.caption(f"Nobody yet: {', '.join(role.value for role in missing)}.")
    with side:
        if may(Action.APPOINT_IN_PRIZE, prize_id=prize.id).allowed:
            _appoint(prize.id)


def _appoint(prize_id: UUID) -> None:
    form = Form(form_name("person", prize_id))
    form.fill(name="", email="", role=Role.SECRETARIAT)
    heading("Appoint somebody")
    with st.form(form.name, border=False):
        form.line("name", "Name")
        form.line(
            "email",
            "Mail address",
            limit=320,
            type="email",
            placeholder="name@example.org",
            help="An invitation goes there. It needs no password.",
        )
        form.choice("role", "Role", list(IN_PRIZE), _role_words)
        st.caption("Verifier, approver and payer of one payment are three different people.")
        form.outcome()
        st.form_submit_button("Appoint and invite", type="primary", on_click=_send, args=(form, prize_id))


def _role_words(role: Role) -> str:
    return next(f"{known.value.capitalize()}: {words}" for known, words in DOES if known is role)


def _send(form: Form, prize_id: UUID) -> None:
    form.send(
        appoint_in_prize,
        done=f"Appointed. An invitation goes to {form['email'].strip()}.",
        called={"email": "mail address"},
        prize_id=prize_id,
        name=form["name"],
        email=form["email"],
        role=form["role"],
    )
