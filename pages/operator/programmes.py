"""Programmes: opening one, and appointing the people who run it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from accounts.models import Role
from accounts.programmes import ProgrammeLine, all_programmes, appoint_in_programme, create_programme
from pages.components.acting import ask
from pages.components.forms import Form
from pages.components.layout import columns_main_side, empty_list, heading, page_header
from pages.components.words import marked

ROLES: Final = (
    Role.OWNER,
    Role.DESIGNER,
    Role.SECRETARIAT,
    Role.SPONSOR,
    Role.VERIFIER,
    Role.APPROVER,
    Role.PAYER,
)


def draw() -> None:
    programmes = ask(all_programmes)
    page_header("Installation", "Programmes", facts="Nothing is visible from one programme in another.")
    main, side = columns_main_side()
    with main:
        heading("All programmes", f"{len(programmes)} in all")
        if not programmes:
            empty_list("No programme yet", "Missions and prizes lie in programmes. Create the first one to begin.")
        for programme in programmes:
            _programme(programme)
    with side:
        _create()


def _programme(programme: ProgrammeLine) -> None:
    form = Form(f"appoint-{programme.id}")
    with st.container(border=True, key=f"programme-{programme.id}"):
        st.markdown(marked("**{}**", programme.name))
        for line in programme.people:
            st.markdown(marked("{} · :gray[{}, {}]", line.name, line.role.value, line.email))
        form.fill(name="", email="", role=Role.OWNER)
        with form.drawer("Appoint somebody", icon=":material/person_add:"), st.form(form.name, border=False):
            form.line("name", "Name")
            form.line(
                "email", "Mail address", limit=320, help="They get a link that signs them in, without a password."
            )
            form.choice("role", "Role", ROLES, lambda role: role.value.capitalize())
            form.outcome()
            st.form_submit_button("Appoint and invite", on_click=_appoint, args=(form, programme))


def _create() -> None:
    heading("New programme")
    form = Form("programme")
    form.fill(name="")
    with st.form(form.name, border=False):
        form.line("name", "Name of the programme")
        form.outcome()
        st.form_submit_button("Create programme", type="primary", on_click=_send, args=(form,))


def _send(form: Form) -> None:
    form.send(create_programme, said="The programme is open. Appoint its owner now.", done="Created", name=form["name"])


def _appoint(form: Form, programme: ProgrammeLine) -> None:
    form.send(
        appoint_in_programme,
        done="Invited by mail",
        called={"email": "mail address"},
        programme_id=programme.id,
        name=form["name"],
        email=form["email"],
        role=form["role"],
    )
