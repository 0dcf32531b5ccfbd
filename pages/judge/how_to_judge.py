"""How to judge: the terms in plain words, and the names that one must not judge."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from judging.room import Seat, accept_terms, state_conflicts, time_words
from pages.components.acting import act, say
from pages.components.badges import Badges
from pages.components.layout import columns_main_side, heading, page_header
from pages.components.places import go
from pages.components.words import marked
from pages.judge.availability import draw_availability
from pages.judge.panels import choose_panel, present_panel

TITLE = "How to judge"
NAMES = "names that one must not judge"

TERMS = (
    (
        "Keep what you read to yourself.",
        "Entries are confidential, before and after the decision. Do not copy them, pass them on, or discuss them "
        "outside the panel.",
    ),
    (
        "Judge alone, and from the entry alone.",
        "Do not search for who is behind it. Give no part of it to anybody, nor to an AI tool or any other service.",
    ),
    (
        "Do not write to entrants, and do not answer them.",
        "If an entrant writes to you about the prize, tell the secretariat.",
    ),
    (
        "State your conflicts.",
        "Family, friends, employers, clients, investments, close collaborators of the last three years, rivals: "
        "whoever's entry you could not judge as you would a stranger's.",
    ),
    (
        "Score each criterion by its levels.",
        "Read the words of each level, and use the whole scale. Where you lack the knowledge, choose “Cannot judge”: "
        "the entry is not marked down for it.",
    ),
    (
        "Write to help.",
        "Your comment reaches the team without your name. Say what convinced you and what was missing. "
        "You can come back to earlier entries until you have finished.",
    ),
)


def draw() -> None:
    present = present_panel(TITLE)
    if present is None:
        return
    seat, seats = present
    ready = bool(seat.accepted_at and seat.conflicts_stated_at)
    page_header(
        f"{seat.prize} · {seat.stage}",
        TITLE,
        badge=Badges.NAMES_HIDDEN,
        facts=_facts(seat),
        actions=_to_entries if ready else None,
    )
    choose_panel(seat, seats)
    main, side = columns_main_side()
    with main:
        heading("The terms")
        for number, (rule, why) in enumerate(TERMS, start=1):
            st.markdown(marked("**{}. {}** {}", str(number), rule, why))
        if seat.accepted_at is None:
            st.button("Accept the terms", type="primary", on_click=_accept, args=(seat.stage_id,))
        else:
            st.markdown(marked(":gray[You accepted the terms on {}.]", time_words(seat.accepted_at, seat.zone)))
            draw_availability(seat)
    with side:
        _conflicts(seat)


def _facts(seat: Seat) -> str:
    if seat.accepted_at is None:
        return "Read the terms and accept them. Then state your conflicts."
    if seat.conflicts_stated_at is None:
        return "You have accepted the terms. Now state your conflicts, or say that you have none."
    return "You have accepted the terms and stated your conflicts. Names can be added at any time."


def _to_entries() -> None:
    if st.button("Go to my entries", type="primary"):
        go("judging")


def _conflicts(seat: Seat) -> None:
    heading("Your conflicts")
    st.markdown(
        "Write the people and organisations whom you must not judge, one on each line. An entry of theirs will not be "
        "shown to you. You are not told whether a name belongs to an entry."
    )
    waits = seat.accepted_at is not None and seat.conflicts_stated_at is None
    with st.form("conflicts", border=False):
        st.text_area(
            "People and organisations",
            key=NAMES,
            height=160,
            placeholder="A person\nAn organisation",
        )
        st.form_submit_button(
            "State these names",
            type="primary" if waits else "secondary",
            on_click=_state,
            args=(seat.stage_id,),
        )
    if seat.conflicts_stated_at is None:
        st.button("I have none", on_click=_none, args=(seat.stage_id,))
    elif not seat.statements:
        st.markdown(
            marked(":gray[On {} you stated that you have none.]", time_words(seat.conflicts_stated_at, seat.zone))
        )
    if seat.statements:
        st.markdown("**On record**")
        st.markdown(marked("\n".join("- {}" for _ in seat.statements), *seat.statements))


def _accept(stage_id: UUID) -> None:
    act(accept_terms, said="You have accepted the terms.", stage_id=stage_id)


def _state(stage_id: UUID) -> None:
    names = tuple(line.strip() for line in (st.session_state[NAMES] or "").splitlines() if line.strip())
    recorded = act(state_conflicts, stage_id=stage_id, statements=names)
    if recorded is None:
        return
    st.session_state[NAMES] = ""
    count = {0: "No name is", 1: "1 name is"}.get(recorded, f"{recorded} names are")
    say(f"Thank you. {count} on record.")


def _none(stage_id: UUID) -> None:
    act(state_conflicts, said="Thank you. It is on record that you have none.", stage_id=stage_id, statements=())
