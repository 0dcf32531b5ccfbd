"""The reveal in the scoring room: what locks the blind part of a card, and who is then seen to be behind the entry."""

from __future__ import annotations

from html import escape
from typing import Final
from uuid import UUID

import streamlit as st

from judging.room import (
    CardShown,
    CriterionShown,
    EntryToJudge,
    Reveal,
    RubricShown,
    Seen,
    declare_conflict,
    reveal_entry,
)
from pages.components.acting import act, say
from pages.components.layout import paragraphs
from pages.components.words import marked
from pages.judge.choices import Parting

LOCK: Final = "Lock this part and see who is behind the entry"
KNOWS: Final = "I must not judge this entry"
LOCKED_ABOVE: Final = Parting(
    heading="Now that you see whose it is", before="Above is what you scored without names. It is locked."
)


def parts(rubric: RubricShown, reveal: Reveal) -> tuple[tuple[CriterionShown, ...], tuple[CriterionShown, ...]]:
    """The criteria that are scored without names, and those that are scored after the reveal, where one is planned."""
    if reveal is Reveal.NOT_PLANNED:
        return rubric.criteria, ()
    blind = tuple(criterion for criterion in rubric.criteria if criterion.seen is Seen.BLIND)
    return blind, tuple(criterion for criterion in rubric.criteria if criterion.seen is Seen.AFTER_REVEAL)


def draw_reveal_ahead(entry: EntryToJudge, card: CardShown) -> None:
    """What comes after the blind part, and the way there, which is asked for twice."""
    first, second = parts(entry.rubric, card.reveal)
    dealt_with = {score.criterion_key for score in card.scores}
    left = sum(criterion.key not in dealt_with for criterion in first) + len(entry.rubric.gates) - len(card.gates)
    st.markdown(marked("**Then, with names:** {}.", ", ".join(criterion.name for criterion in second)))
    if left:
        waiting = "1 thing above is" if left == 1 else f"{left} things above are"
        st.markdown(f":gray[{waiting} still to be scored. After that you lock it and see who is behind the entry.]")
    elif card.editable:
        with st.popover("See who is behind the entry", key="reveal"):
            st.markdown(
                "What you have scored, answered and written so far **can then never be changed**. Comments that are "
                "still empty stay open, and so does your own note."
            )
            st.button(LOCK, key="reveal-surely", on_click=_reveal, args=(entry.assignment_id,))


def draw_revealed(entry: EntryToJudge) -> None:
    """Who is behind the entry, where the judge may know, and a way out for whoever must not judge them."""
    revealed = entry.revealed
    if revealed is None:
        return
    written = [f"<h2>Who is behind it</h2><p><strong>{escape(revealed.organisation)}</strong></p>"]
    for answer in revealed.answers:
        written.append(f"<h3>{escape(answer.wording)}</h3>{paragraphs(answer.text or 'No answer.')}")
    st.html("".join(written))
    if entry.card.editable:
        with st.popover("I know them", key="know-them", type="tertiary"):
            st.markdown(
                "Family, an employer, a client, an investment, a close collaborator or a rival: then you must not "
                "judge this entry. It is given back, your scores on it do not count, and you do not see it again."
            )
            st.button(KNOWS, key="know-them-surely", on_click=_declare, args=(entry.stage_id, entry.assignment_id))


def _reveal(assignment_id: UUID) -> None:
    act(reveal_entry, assignment_id=assignment_id)


def _declare(stage_id: UUID, assignment_id: UUID) -> None:
    code = act(declare_conflict, stage_id=stage_id, assignment_id=assignment_id)
    if code is not None:
        say(f"{code} is given back. Thank you for saying so.")
        st.query_params.pop("entry")
