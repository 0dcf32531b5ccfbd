"""What a page says of what was done there."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

SAID = "Entry submitted."


def page() -> None:
    """Says something, finds in its first draw that it is no longer true, and draws itself again."""
    import streamlit as st

    from pages.components.acting import say, show_said

    def submit() -> None:
        say("Entry submitted.")
        st.session_state["changed by somebody else"] = True

    with show_said(st.container()):
        st.button("Submit", on_click=submit)
        st.button("Something else")
        if st.session_state.pop("changed by somebody else", False):
            st.rerun()


def test_what_was_done_is_said_though_the_page_changed_while_it_was_drawn() -> None:
    shown = AppTest.from_function(page).run()
    shown.button[0].click().run()
    assert [said.value for said in shown.success] == [SAID]


def test_what_was_done_is_said_once() -> None:
    shown = AppTest.from_function(page).run()
    shown.button[0].click().run()
    shown.button[1].click().run()
    assert not shown.success
