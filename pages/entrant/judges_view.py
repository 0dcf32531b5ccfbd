"""One's own entry exactly as judges see it: the draft while it can be changed, then what was submitted."""

from __future__ import annotations

import streamlit as st

from judging.own_view import JudgesView, as_judges_see
from pages.components.acting import ask
from pages.components.asked import who_reads
from pages.components.badges import Badges
from pages.components.blind_entry import draw_answers
from pages.components.layout import columns_main_side, empty_list, heading, page_header
from pages.components.places import link, parameter
from pages.components.words import marked
from prize.models import Visibility


def draw() -> None:
    entry_id = parameter("entry")
    if entry_id is None:
        page_header("Entrant", "As judges see it")
        empty_list("No entry chosen", "Choose one of your entries.", lambda: link("my-entries", "My entries"))
        return
    view = ask(as_judges_see, entry_id=entry_id)
    page_header(
        view.prize,
        "As judges see it",
        badge=Badges.NAMES_HIDDEN if view.visibility is Visibility.BLIND else Badges.NAMES_SHOWN,
        facts=_facts(view),
        actions=lambda: link("entry", "To the entry", entry=entry_id),
    )
    main, side = columns_main_side()
    with main:
        if view.answers:
            with st.container(border=True, key="as-judges-see-it"):
                draw_answers("Answers", view.answers, lambda file: f"/own-copies/{file.id}")
        else:
            empty_list("Judges get nothing of this entry", "Only entries that were submitted are judged.")
    with side:
        _hidden(view)


def _organisation(view: JudgesView) -> str:
    if view.visibility is not Visibility.BLIND:
        return "Judges of this stage know your organisation."
    if view.revealed:
        return "A judge sees your organisation once they have locked what they score without names."
    return "Nor do they see your organisation."


def _facts(view: JudgesView) -> str:
    if view.closed:
        return "This is what was submitted, on the pages that judges are given."
    return "This is your draft, as if the stage closed now. What you submit last is what counts."


def _hidden(view: JudgesView) -> None:
    heading("What judges do not see")
    told = [
        f"“{question.wording}” {who}"
        for question in view.hidden
        if (who := who_reads(question, view.visibility, revealed=view.revealed))
    ]
    if told:
        st.markdown(marked("\n".join("- {}" for _ in told), *told))
    st.markdown(f"Who belongs to the team, the names of your files, and when you submitted. {_organisation(view)}")
    heading("“Being prepared”")
    st.markdown(
        "An answer is shown once it has been searched for your names; where one was found, once it is decided. A "
        "document is shown as a copy without its metadata"
        + (", once that is made." if view.closed else ", which is made when the stage closes.")
    )
