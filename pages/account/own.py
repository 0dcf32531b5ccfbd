"""One's own account: name, password, the browsers in which one is signed in."""

from __future__ import annotations

import streamlit as st
from pydantic import SecretStr

from accounts.programmes import own_account
from accounts.sessions import open_sessions, revoke_session
from accounts.signing_in import PASSWORD_LENGTH, set_password
from pages.components.acting import act, ask
from pages.components.layout import columns_main_side, heading, leave, page_header
from storage.values import time_words


def draw() -> None:
    account = ask(own_account)
    roles = ", ".join(role.value for role in account.roles) or "entrant"
    page_header("Account", account.person.name, facts=f"{account.person.email} · {roles}", actions=_sign_out)
    main, side = columns_main_side()
    with main:
        heading("Where you are signed in")
        for session in ask(open_sessions):
            row = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
            words = "This browser" if session.this_one else "Another browser"
            row.write(f"{words}, since {time_words(session.created_at, 'UTC')}")
            if not session.this_one:
                row.button("Sign it out", key=f"revoke-{session.id}", on_click=_revoke, args=(session.id,))
    with side:
        heading("Password")
        st.write("You need none: a link by mail is enough. With one you sign in faster.")
        with st.form("password", clear_on_submit=True, border=False):
            st.text_input(f"New password, at least {PASSWORD_LENGTH} characters", type="password", key="new password")
            st.form_submit_button("Set password", on_click=_set_password)


def _sign_out() -> None:
    leave("Sign out", "/sign-out")


def _revoke(session_id: object) -> None:
    act(revoke_session, said="That browser is signed out.", own_session_id=session_id)


def _set_password() -> None:
    act(set_password, said="Your password is set.", password=SecretStr(st.session_state["new password"]))
