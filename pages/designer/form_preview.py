"""A form as its readers will meet it: what entrants are asked, and what of their answers a judge sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from pages.components.asked import limits, who_reads
from pages.components.layout import heading, prose
from pages.components.words import marked
from prize.models import QuestionKind, Visibility
from prize.questions import YES, QuestionShown, answer_words, condition_words

SAMPLE_DAY: Final = "2027-03-03"
SAMPLE_SUM: Final = "250000"
SAMPLE_FIGURE: Final = "42"


def draw_preview(questions: Sequence[QuestionShown], visibility: Visibility, *, revealed: bool) -> None:
    """``revealed``: judges of the stage see names when they have scored the rest."""
    heading("How it reads")
    asked, seen = st.tabs(["What entrants are asked", "What a judge sees"])
    with asked:
        if not questions:
            st.markdown("Nothing yet.")
        for number, question in enumerate(questions, 1):
            if question.heading:
                heading(question.heading)
            _asked(number, question, questions, who_reads(question, visibility, revealed=revealed))
    with seen:
        st.markdown(":gray[With made-up answers. An entry has a code, and no name.]")
        for question in questions:
            _seen(question, questions)


def _asked(number: int, question: QuestionShown, questions: Sequence[QuestionShown], who: str) -> None:
    optional = [] if question.required else ["Optional."]
    notes = [*limits(question, questions), *([question.help] if question.help else []), *optional, who]
    with st.container(gap="xxsmall"):
        st.markdown(marked("**{}. {}**", str(number), question.wording))
        if said := " ".join(notes).strip():
            st.caption(marked("{}", said))


def _seen(question: QuestionShown, questions: Sequence[QuestionShown]) -> None:
    with st.container(gap="xxsmall"):
        if not question.read_by_judges:
            why = "it reveals identity" if question.reveals_identity else "it is confidential"
            st.markdown(
                marked(":gray[:material/visibility_off: Kept from judges, since {}: “{}”]", why, question.wording)
            )
            return
        st.markdown(marked("**{}**", question.wording))
        if condition := condition_words(question, questions, "the team"):
            st.caption(marked("{}.", condition))
        prose(answer_words(question, _made_up(question)))


def _made_up(question: QuestionShown) -> str:
    """An answer that fits a question, and says no more than that."""
    match question.kind:
        case QuestionKind.NUMBER | QuestionKind.BASELINE:
            return SAMPLE_FIGURE
        case QuestionKind.MONEY:
            return SAMPLE_SUM
        case QuestionKind.DATE:
            return SAMPLE_DAY
        case QuestionKind.CHOICE:
            return question.options[0]
        case QuestionKind.CONSENT:
            return YES
        case QuestionKind.DECLARATION:
            return f"{YES}\nWhat the team tells of “{question.particulars}”" if question.particulars else YES
        case QuestionKind.FILE:
            return "The pages of a cleaned copy, called by the entry's code."
    most = f", in up to {question.word_limit:,} words" if question.word_limit else ""
    return f"What the team answers to “{question.wording}”{most}."
