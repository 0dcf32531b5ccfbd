"""Feedback letters: where they may name a judge, and each as its team will read it."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from judging.decisions import decisions
from judging.letters import CONDITION, REASON, NamedPassage, letter_preview, named_passages, settle_name
from judging.letters_printed import parts_of
from pages.components.acting import ask
from pages.components.badges import badge_of
from pages.components.forms import PROSE, Form
from pages.components.layout import columns_main_side, empty_list, heading, page_header, prose
from pages.components.places import link, present_stage
from pages.components.words import marked
from pages.secretariat.stages import AFTER_JUDGING
from prize.lifecycle import Phase
from storage.values import counted


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    if stage.phase not in AFTER_JUDGING:
        page_header(f"{prize.title} · {stage.name}", "Letters", badge=badge_of(stage.phase))
        empty_list(
            "No letter yet",
            "When judging has ended, each team's letter can be read here before it is released.",
            lambda: link("decisions", "Go to the decisions", prize=prize.id),
        )
        return
    passages = ask(named_passages, stage_id=stage.id)
    waiting = [line for line in passages if not line.settled]
    page_header(
        f"{prize.title} · {stage.name}", "Letters", badge=badge_of(stage.phase), facts=_facts(stage.phase, len(waiting))
    )
    main, side = columns_main_side()
    with main:
        _preview(stage.id)
    with side:
        heading("Where a judge may be named")
        if not passages:
            st.markdown(
                "Nowhere. Reasons, conditions and comments are searched for names and addresses of this stage's judges."
            )
        for line in passages:
            _passage(line, changes=stage.phase is not Phase.RELEASED)


def _facts(phase: Phase, waiting: int) -> str:
    if phase is Phase.RELEASED:
        return "Released: each team has its letter on the page of its entry."
    if waiting:
        return f"{counted(waiting, 'text waits', 'texts wait')} for your decision; nothing is released before."
    return "No judge is named. Teams read their letters when decisions are released."


def _preview(stage_id: UUID) -> None:
    lines = [line for line in ask(decisions, stage_id=stage_id).lines if line.outcome is not None]
    heading("As the team reads it", counted(len(lines), "letter"))
    if not lines:
        empty_list("Nothing is decided yet", "The letter of each entry that is decided can be read here.")
        return
    names = {line.entry_id: f"{line.organisation} ({line.code})" for line in lines}
    chosen = st.selectbox("Letter to", list(names), format_func=names.__getitem__, key="letter shown")
    letter = ask(letter_preview, entry_id=chosen) if chosen in names else None
    if letter is None:
        return
    with st.container(border=True, key=f"letter-{chosen}", gap="small"):
        st.caption(marked("{}, {} · Entry {}", letter.prize, letter.stage, letter.code))
        for head, texts in parts_of(letter):
            st.markdown(marked("**{}**", head))
            prose("\n".join(texts))


def _passage(line: NamedPassage, *, changes: bool) -> None:
    form = Form(f"passage-{line.entry_id}-{line.about}")
    form.fill(edited=line.edited or line.without)
    what = line.about if line.about.startswith(CONDITION) else "the reason" if line.about == REASON else "a comment"
    with st.container(border=True, key=f"passage-{line.entry_id}-{line.about}", gap="small"):
        st.markdown(marked("**{}**, {}: {}", line.code, what, ", ".join(line.names)))
        st.caption(marked("{}", line.excerpt))
        if line.settled:
            said = "It is no name" if line.no_name else "Edited"
            st.markdown(marked(":gray[{}, says {}.]", said, line.settled_by))
        if not changes:
            return
        form.text("edited", "What the team reads", limit=PROSE, rows=4)
        form.outcome()
        with st.container(horizontal=True, gap="small"):
            for words, edits in (("Save the edited text", True), ("It is no name", False)):
                st.button(
                    words, key=f"{words}-{line.entry_id}-{line.about}", on_click=_settle, args=(form, line, edits)
                )


def _settle(form: Form, line: NamedPassage, edits: bool) -> None:
    form.send(
        settle_name,
        said="On record. The text as it was written is kept.",
        entry_id=line.entry_id,
        about=line.about,
        seen=line.seen,
        edited=form["edited"].strip() if edits else "",
    )
