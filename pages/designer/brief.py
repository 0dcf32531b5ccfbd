"""What solvers are asked to solve and the terms that they accept; also the prize's name and kind."""

from __future__ import annotations

from uuid import UUID

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components.acting import ask
from pages.components.badges import badge_of
from pages.components.forms import PROSE, SOURCE, Form
from pages.components.layout import columns_main_side, facts_table, heading, page_header, prose
from pages.components.places import present_prize
from pages.designer.changing import SUMMARY, draw_changing_brief
from pages.designer.frame import editable, form_name, public_link, serves
from pages.designer.new_prize import blueprint_words, pays_words, zones
from prize.brief import BriefShown, RulesShown, brief, rules, save_brief, save_rules
from prize.models import Blueprint, Pays, PrizePart
from prize.prizes import PrizeShown, edit_prize, prize


def draw() -> None:
    line = present_prize()
    if line is None:
        return
    present = ask(prize, prize_id=line.id)
    page_header(
        present.title,
        "Brief and rules",
        badge=badge_of(present.state),
        facts=serves(present),
        actions=public_link(line, PrizePart.BRIEF),
    )
    written, terms = ask(brief, prize_id=line.id), ask(rules, prize_id=line.id)
    if editable(line):
        _edit_brief(line.id, written)
        _edit_rules(line.id, terms)
        _edit_prize(present)
    else:
        with _read(present, written, terms):
            draw_changing_brief(line, written, terms)


def _edit_brief(prize_id: UUID, written: BriefShown) -> None:
    form = Form(form_name("brief", prize_id), _save_brief, (prize_id,))
    main, side = columns_main_side()
    with main:
        heading("Brief")
        form.fill(
            written.version,
            called={"problem": "The problem", "eligibility": "Who may enter"},
            summary=written.summary,
            problem=written.problem,
            eligibility=written.eligibility,
        )
        form.text("summary", "Summary", limit=SUMMARY, rows=3, help="What the list of prizes shows, in two sentences.")
        form.text("problem", "The problem", limit=PROSE, rows=10, help="Each new line begins a paragraph.")
        form.text("eligibility", "Who may enter", limit=PROSE, rows=5)
        form.outcome()
    with side:
        heading("What makes a good brief")
        st.markdown(
            "Say what must change and for whom, not how. Give the numbers that you know and where they come from. "
            "Name what has been tried. Say what an entry has to show, so that a solver can tell in five minutes "
            "whether to enter."
        )


def _edit_rules(prize_id: UUID, terms: RulesShown) -> None:
    form = Form(form_name("rules", prize_id), _save_rules, (prize_id,))
    main, side = columns_main_side()
    with main:
        heading("Rules")
        form.fill(terms.version, called={"text": "Rules"}, text=terms.text)
        form.text("text", "Rules that entrants accept", limit=PROSE, rows=12)
        form.outcome()
    with side:
        heading("What rules settle")
        st.markdown(
            "Who owns what is entered, who sees it, how it is judged and by when, what a finalist accepts, and when "
            "fewer awards or none are made. Every receipt names the version of the rules that it was given under."
        )


def _edit_prize(present: PrizeShown) -> None:
    form = Form(form_name("prize", present.id), _save_prize, (present.id,))
    with form.drawer("Name and kind of the prize", icon=":material/edit:"):
        form.fill(
            present.version,
            title=present.title,
            blueprint=present.blueprint,
            pays=present.pays,
            zone=present.zone,
            source=present.source,
        )
        form.line("title", "Title", help=f"Its address stays /prizes/{present.slug}.")
        form.choice("blueprint", "What it is for", list(Blueprint), blueprint_words)
        form.choice("pays", "How it pays", list(Pays), pays_words)
        form.choice("zone", "Time zone", zones())
        form.text("source", "Sources (optional)", limit=SOURCE, rows=2)
        form.outcome()


def _read(present: PrizeShown, written: BriefShown, terms: RulesShown) -> DeltaGenerator:
    """What is published; returns the column that it stands in."""
    main, side = columns_main_side()
    with main:
        for title, text in (
            ("Summary", written.summary),
            ("The problem", written.problem),
            ("Who may enter", written.eligibility),
            ("Rules", terms.text),
        ):
            heading(title)
            prose(text or "Not written.")
    with side:
        heading("Kind")
        facts_table(
            [
                ("What it is for", present.blueprint.value),
                ("How it pays", present.pays.value),
                ("Time zone", present.zone),
                ("Brief", f"version {written.number}"),
                ("Rules", f"version {terms.number}"),
            ],
            caption="Kind of prize",
        )
    return main


def _save_brief(form: Form, prize_id: UUID) -> None:
    form.send(
        save_brief,
        done="Brief saved",
        prize_id=prize_id,
        version=form.typed_on,
        summary=form["summary"],
        problem=form["problem"],
        eligibility=form["eligibility"],
    )


def _save_rules(form: Form, prize_id: UUID) -> None:
    form.send(
        save_rules,
        done="Rules saved",
        called={"text": "text of the rules"},
        prize_id=prize_id,
        version=form.typed_on,
        text=form["text"],
    )


def _save_prize(form: Form, prize_id: UUID) -> None:
    form.send(
        edit_prize,
        done="Name and kind saved",
        prize_id=prize_id,
        version=form.typed_on,
        title=form["title"],
        blueprint=form["blueprint"],
        pays=form["pays"],
        zone=form["zone"],
        source=form["source"],
    )
