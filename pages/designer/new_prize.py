"""A new prize: which mission it serves, what it is called, and what kind it is."""

from __future__ import annotations

from typing import Final
from zoneinfo import available_timezones

import streamlit as st

from mission.missions import own_missions
from pages.components.acting import ask, say
from pages.components.forms import SOURCE, Form
from pages.components.layout import columns_main_side, empty_list, heading, page_header
from pages.components.permitted import may
from pages.components.places import choose_prize, go
from pages.designer.begun_from import CREATED, draw_begun_from
from prize.copying import create_prize_from_blueprint
from prize.models import Blueprint, Pays
from prize.policy import Action
from prize.prizes import create_prize, slug_of

BLUEPRINTS: Final = (
    (Blueprint.BREAKTHROUGH, "a solution to a problem that nobody has solved"),
    (Blueprint.SCALING, "something that works, brought to many"),
    (Blueprint.START_UP, "new firms in a field that has few"),
    (Blueprint.COMMUNITY_CENTRED, "ideas from those who live with the problem"),
    (Blueprint.SPOTLIGHT, "attention for those who already do it well"),
    (Blueprint.TESTBED, "solutions tried in a place made for it"),
)
PAYS: Final = (
    (Pays.RECOGNITION, "honour and attention, no money"),
    (Pays.BEST_OF, "the best entries by a date"),
    (Pays.FIRST_TO_THE_POST, "the first to reach a stated goal"),
    (Pays.STAGED, "grants to finalists, then a final prize"),
)


def draw() -> None:
    if created := st.session_state.pop(CREATED, None):
        choose_prize(created)
        say("The draft is open. This page says what it still needs.")
        go("overview", prize=created)
    page_header("Prize", "New prize", facts="It begins as a draft that only its team sees.")
    missions = {
        line.id: line.title for line in ask(own_missions) if may(Action.CREATE_PRIZE, mission_id=line.id).allowed
    }
    if not missions:
        empty_list(
            "No mission to serve",
            "A prize serves a mission. The owner or a designer of a programme creates prizes for its missions.",
        )
        return
    form = Form("new-prize")
    form.fill(
        mission_id=next(iter(missions)),
        title="",
        slug="",
        blueprint=Blueprint.BREAKTHROUGH,
        pays=Pays.BEST_OF,
        filled=True,
        zone="Europe/London",
        illustrative=False,
        source="",
    )
    main, side = columns_main_side()
    with main:
        heading("What is it?")
        form.choice("mission_id", "Mission", list(missions), missions.__getitem__)
        form.line("title", "Title")
        form.line(
            "slug",
            "Address (optional)",
            limit=60,
            placeholder=slug_of(form["title"]),
            help="Its page will be at /prizes/ and this address, for ever. Small letters, digits and hyphens; without "
            "one it is made from the title.",
        )
        form.choice("blueprint", "What it is for", list(Blueprint), blueprint_words)
        form.tick(
            "filled",
            "Begin with model rules, and with questions and a rubric for what it is for",
            help="All of it can be changed. Without it the draft is empty.",
        )
        form.choice("pays", "How it pays", list(Pays), pays_words)
        form.choice("zone", "Time zone", zones(), help="Every date of the prize is shown in this zone.")
        form.tick("illustrative", "It is illustrative: made up to show how a prize looks")
        form.text("source", "Sources (optional)", limit=SOURCE, rows=2, help="Where the facts in it come from.")
        form.outcome()
        st.button("Create prize", type="primary", on_click=_create, args=(form,))
        draw_begun_from(missions)
    with side:
        heading("What follows")
        st.markdown(
            "You are appointed its designer. Then come the brief, the dates and the fund; rules, entry form and rubric "
            "are there to be changed. The overview says what is missing. Somebody other than you publishes it."
        )


def blueprint_words(blueprint: Blueprint) -> str:
    return next(f"{known.value.capitalize()}: {words}" for known, words in BLUEPRINTS if known is blueprint)


def pays_words(pays: Pays) -> str:
    return next(f"{known.value.capitalize()}: {words}" for known, words in PAYS if known is pays)


def zones() -> tuple[str, ...]:
    """The zones that are named after a place."""
    return tuple(
        sorted(
            zone
            for zone in available_timezones()
            if "/" in zone and not zone.startswith(("Etc/", "SystemV/", "US/", "posix/", "right/"))
        )
    )


def _create(form: Form) -> None:
    prize_id = form.send(
        create_prize_from_blueprint if form["filled"] else create_prize,
        called={"slug": "address"},
        mission_id=form["mission_id"],
        title=form["title"],
        slug=form["slug"] or slug_of(form["title"]),
        blueprint=form["blueprint"],
        pays=form["pays"],
        zone=form["zone"],
        illustrative=form["illustrative"],
        source=form["source"],
    )
    if prize_id:
        st.session_state[CREATED] = prize_id
