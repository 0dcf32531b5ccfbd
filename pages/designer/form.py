"""The entry form: what entrants are asked, in which order, and what judges will see of it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import streamlit as st

from pages.components import badges
from pages.components.acting import act, ask
from pages.components.badges import Badge, Badges, badge_of
from pages.components.forms import LINE, Form
from pages.components.layout import columns_main_side, empty_list, heading, page_header
from pages.components.places import present_stage
from pages.components.words import marked
from pages.designer.frame import editable, form_name, removing
from prize.form import LARGEST_FILE, MOST_WORDS, add_question, form, move_question, remove_question
from prize.models import QuestionKind
from prize.questions import QuestionShown

MEGABYTE: Final = 1024 * 1024
MOST_MEGABYTES: Final = LARGEST_FILE // MEGABYTE
HELP: Final = 1000

KINDS: Final = (
    (QuestionKind.TEXT, "Text", "an answer in words"),
    (QuestionKind.FILE, "File", "a document, table or picture"),
    (QuestionKind.NUMBER, "Number", "one figure in a unit"),
    (QuestionKind.CHOICE, "Choice", "one of several options"),
    (QuestionKind.CONSENT, "Consent", "a box that has to be ticked"),
    (QuestionKind.BASELINE, "Baseline", "a figure as it is today, to compare results with later"),
    (QuestionKind.MONEY, "Money", "a sum in the prize's currency"),
    (QuestionKind.DATE, "Date", "one day"),
    (QuestionKind.TEAM, "Team", "who takes part, each with a role"),
    (QuestionKind.DECLARATION, "Declaration", "a yes or a no, with particulars where you ask for them"),
)


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    questions = ask(form, prize_id=prize.id, stage_id=stage.id)
    hidden = sum(question.reveals_identity for question in questions)
    facts = f"{len(questions)} question{'' if len(questions) == 1 else 's'}. Judges do not see {hidden} of them."
    page_header(prize.title, "Entry form", badge=badge_of(prize.state), facts=facts if questions else "")
    changes = editable(prize)
    main, side = columns_main_side()
    with main:
        heading("Questions")
        if not questions:
            empty_list("No questions yet", "What entrants are asked appears here, in the order in which they read it.")
        for at, question in enumerate(questions):
            _question(prize.id, stage.id, question, at, len(questions), changes=changes)
    with side:
        if changes:
            _add(prize.id, stage.id)
        else:
            heading("What judges see")
            st.markdown("They read the answers that do not reveal identity, and cleaned copies of files.")


def _question(prize_id: UUID, stage_id: UUID, question: QuestionShown, at: int, count: int, *, changes: bool) -> None:
    with st.container(border=True, key=f"question-{question.key}", gap="xsmall"):
        st.markdown(marked("**{}. {}**", str(at + 1), question.wording))
        if question.help:
            st.caption(marked("{}", question.help))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(marked(":gray[{}]", _facts(question)), width="content")
            badges.show(_seen(question))
        if not changes:
            return
        with st.container(horizontal=True, gap="small"):
            place = (prize_id, stage_id, question.key)
            st.button("Move up", key=f"up-{question.key}", disabled=at == 0, on_click=_move, args=(*place, True))
            st.button(
                "Move down", key=f"down-{question.key}", disabled=at == count - 1, on_click=_move, args=(*place, False)
            )
            lost = f"“{question.wording}” is taken out of the form, with its help and limits."
            removing(str(question.key), lost, "Remove question", _remove, place)


def _facts(question: QuestionShown) -> str:
    facts = [next(label for kind, label, _ in KINDS if kind is question.kind)]
    if question.word_limit:
        facts.append(f"up to {question.word_limit:,} words")
    if question.size_limit:
        facts.append(f"up to {question.size_limit // MEGABYTE:,} MB")
    if question.unit:
        facts.append(f"in {question.unit}")
    if question.options:
        facts.append(" / ".join(question.options))
    facts.append("required" if question.required else "optional")
    return ", ".join(facts) + "."


def _seen(question: QuestionShown) -> Badge:
    if question.reveals_identity:
        return Badge("Judges do not see it", "gray", Badges.NAMES_HIDDEN.icon)
    if question.confidential:
        return Badge("Confidential: only the prize team sees it", "gray", "lock")
    if question.kind is QuestionKind.FILE:
        return Badge("Judges see a cleaned copy", "blue", "visibility")
    return Badge("Judges see it", "blue", "visibility")


def _add(prize_id: UUID, stage_id: UUID) -> None:
    heading("Add a question")
    new = Form(form_name("question", stage_id))
    new.fill(
        kind=QuestionKind.TEXT,
        reveals_identity=False,
        wording="",
        help="",
        required=True,
        confidential=False,
        word_limit=300,
        size_limit=25,
        unit="",
        options="",
    )
    new.choice("kind", "Kind of answer", [kind for kind, _, _ in KINDS], _kind_words)
    new.tick("reveals_identity", "The answer reveals who they are")
    st.markdown(f":gray[{_what_judges_see(new['kind'], bool(new['reveals_identity']))}]")
    with st.form(new.name, border=False):
        new.line("wording", "Question", limit=LINE)
        new.text("help", "Help (optional)", limit=HELP, rows=2, help="Stands under the question.")
        match new["kind"]:
            case QuestionKind.TEXT:
                new.whole("word_limit", "Most words", 1, MOST_WORDS)
            case QuestionKind.FILE:
                new.whole("size_limit", "Largest file, in MB", 1, MOST_MEGABYTES)
            case QuestionKind.NUMBER | QuestionKind.BASELINE:
                new.line("unit", "Unit", limit=60, help="Such as MW, homes, or £ a year.")
            case QuestionKind.CHOICE:
                new.text("options", "Options, one a line", rows=4)
        new.tick("required", "It has to be answered")
        new.tick("confidential", "Confidential: only the prize team sees the answer, never a judge")
        new.outcome()
        st.form_submit_button("Add question", type="primary", on_click=_send, args=(new, prize_id, stage_id))


def _kind_words(kind: QuestionKind) -> str:
    return next(f"{label}: {words}" for known, label, words in KINDS if known is kind)


def _what_judges_see(kind: QuestionKind, reveals: bool) -> str:
    if reveals:
        return "Judges will see nothing of this question: neither its wording nor the answer. Mark names like this."
    if kind is QuestionKind.FILE:
        return (
            "Judges will see a cleaned copy under a neutral name, without hidden data. The words inside stay, so ask "
            "entrants not to name themselves there."
        )
    return "Judges will read this answer word for word. If it could name the team, tick the box above."


def _send(new: Form, prize_id: UUID, stage_id: UUID) -> None:
    kind = new["kind"]
    counted = kind in (QuestionKind.NUMBER, QuestionKind.BASELINE)
    new.send(
        add_question,
        done="Question added at the end",
        called={"wording": "question"},
        prize_id=prize_id,
        stage_id=stage_id,
        kind=kind,
        wording=new["wording"],
        help=new["help"],
        required=new["required"],
        reveals_identity=new["reveals_identity"],
        confidential=new["confidential"],
        word_limit=new["word_limit"] if kind is QuestionKind.TEXT else None,
        size_limit=new["size_limit"] * MEGABYTE if kind is QuestionKind.FILE else None,
        unit=new["unit"] if counted else "",
        options=tuple(line.strip() for line in new["options"].splitlines() if line.strip())
        if kind is QuestionKind.CHOICE
        else (),
    )


def _move(prize_id: UUID, stage_id: UUID, key: UUID, up: bool) -> None:
    act(move_question, prize_id=prize_id, stage_id=stage_id, question_key=key, up=up)


def _remove(prize_id: UUID, stage_id: UUID, key: UUID) -> None:
    act(remove_question, said="The question is removed.", prize_id=prize_id, stage_id=stage_id, question_key=key)
