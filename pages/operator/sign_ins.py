"""Who is signed in, signing somebody out everywhere, and addresses that were tried too often."""

from __future__ import annotations

from typing import Final

import streamlit as st

from accounts.attempts import Attempts
from accounts.sign_ins import PersonSignedIn, SignIns, attempts_with, end_sessions, let_try_again, sign_ins
from pages.components.acting import ask
from pages.components.forms import Form
from pages.components.layout import empty_list, heading, page_header, table
from pages.components.words import marked
from storage.values import counted, time_words

SEARCH: Final = "sign-ins-search"
ADDRESS: Final = "sign-ins-address"
WHAT_TO_DO: Final = (
    "Sign somebody out when a computer was lost, or a link went to a stranger. Their open pages stop at their next "
    "step, links that were mailed before are used up, and what they saved stays."
)
LIMITS: Final = (
    "They stop programs that guess. A person who was too quick waits, or uses the newest link in their mail; nobody "
    "can lock another out of that. They are the same for every installation."
)


def draw() -> None:
    search = str(st.session_state.get(SEARCH, "")).strip()
    known = ask(sign_ins, search=search)
    people = counted(known.people_in_all, "person", "people")
    page_header("Installation", "Sign-ins", facts=f"{people} signed in, in {counted(known.browsers, 'browser')}.")
    _people(known, search)
    _limits(known)
    _address()


def _people(known: SignIns, search: str) -> None:
    heading("Signed in now", words=WHAT_TO_DO)
    st.text_input("Name or mail address", key=SEARCH, max_chars=200, placeholder="All")
    if not known.people:
        empty_list("Nobody is found", f"Nobody who is signed in has “{search}” in their name or address.")
    elif known.fitting > len(known.people):
        st.caption(f"The latest {len(known.people)} of {known.fitting:,}. Type a name to find somebody else.")
    for person in known.people:
        _person(person)


def _person(person: PersonSignedIn) -> None:
    form = Form(f"sign-out-{person.person_id}")
    with form.drawer(marked("{} · {}", person.name, counted(person.browsers, "browser")), icon=":material/person:"):
        st.markdown(marked(":gray[{}]", person.email or "No mail address"))
        st.caption(f"Used within the hour after {time_words(person.used_at, 'UTC')}")
        form.fill(reason="")
        with st.form(form.name, border=False):
            form.line("reason", "Reason, which they are told by mail")
            form.outcome()
            st.form_submit_button("Sign out everywhere", on_click=_sign_out, args=(form, person))


def _sign_out(form: Form, person: PersonSignedIn) -> None:
    form.send(
        end_sessions,
        said=f"{person.name} is signed out everywhere.",
        person_id=person.person_id,
        reason=form["reason"],
    )


def _limits(known: SignIns) -> None:
    heading("Limits", words=LIMITS)
    table(
        ("What", "Within", "An address", "A network", "Tried by all"),
        [
            (
                one.kind.value.capitalize(),
                _minutes(one),
                f"{one.most:,}" if one.most else "–",
                f"{one.most_of_network:,}",
                f"{one.made:,}",
            )
            for one in known.attempts
        ],
        numbers={1, 2, 3, 4},
        hide_on_phone={3},
        caption="How often somebody may try",
    )


def _minutes(one: Attempts) -> str:
    return f"{one.within.seconds // 60} minutes"


def _address() -> None:
    heading("An address that was tried too often")
    st.text_input("Mail address", key=ADDRESS, max_chars=200, placeholder="name@example.org")
    email = str(st.session_state.get(ADDRESS, "")).strip()
    if not email:
        st.caption("Its attempts appear here, and a button that begins their count again.")
        return
    attempts = ask(attempts_with, email=email)
    table(
        ("What", "Tried", "Of", "Again from"),
        [
            (
                one.kind.value.capitalize(),
                f"{one.made:,}",
                f"{one.most:,}",
                time_words(one.free_again, "UTC") if one.free_again else "now",
            )
            for one in attempts
        ],
        numbers={1, 2},
        caption="Attempts with this address",
    )
    form = Form("try-again")
    form.fill()
    form.outcome()
    st.button("Let them try again", on_click=_let, args=(form, email), disabled=not any(one.made for one in attempts))


def _let(form: Form, email: str) -> None:
    form.send(let_try_again, said="The address can be tried again.", email=email)
