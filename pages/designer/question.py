"""One question of the entry form as it is written: its kind, its limits, who sees the answer, and when it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import streamlit as st

from pages.components.forms import LINE, Form
from pages.components.layout import heading
from pages.designer.frame import form_name
from prize.form import LARGEST_FILE, MOST_WORDS, add_question, change_question
from prize.models import QuestionKind
from prize.questions import NUMBERS, QuestionShown, answers_to_choose, choice_words
from storage.values import MEGABYTE

MOST_MEGABYTES: Final = LARGEST_FILE // MEGABYTE
HELP: Final = 1000
ALWAYS: Final = ""
"""When a question is asked that depends on no other. Streamlit would show None as if nothing were chosen."""

CALLED: Final[Mapping[str, str]] = MappingProxyType({"wording": "question"})

KINDS: Final = (
    (QuestionKind.TEXT, "Text", "an answer in words"),
    (QuestionKind.FILE, "File", "a document, table or picture"),
    (QuestionKind.NUMBER, "Number", "one figure in a unit"),
    (QuestionKind.MONEY, "Money", "a sum in the prize's currency"),
    (QuestionKind.DATE, "Date", "one day"),
    (QuestionKind.CHOICE, "Choice", "one of several options"),
    (QuestionKind.DECLARATION, "Declaration", "a yes or a no, with particulars where you ask for them"),
    (QuestionKind.CONSENT, "Consent", "a box that has to be ticked"),
    (QuestionKind.TEAM, "Team", "who takes part, each with a role"),
    (QuestionKind.BASELINE, "Baseline", "a figure as it is today, to compare results with later"),
)
EMPTY: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "kind": QuestionKind.TEXT,
        "reveals_identity": False,
        "wording": "",
        "help": "",
        "required": True,
        "confidential": False,
        "word_limit": 300,
        "size_limit": 25,
        "unit": "",
        "options": "",
        "topic": False,
        "particulars": "",
        "heading": "",
        "only_if": ALWAYS,
    }
)


def kind_name(kind: QuestionKind) -> str:
    return next(label for known, label, _ in KINDS if known is kind)


def draw_adding(prize_id: UUID, stage_id: UUID, questions: Sequence[QuestionShown]) -> None:
    """A form that adds a question below the others."""
    heading("Add a question")
    new = Form(form_name("question", stage_id))
    fields: dict[str, Any] = {**EMPTY, **{_after(question.key): [] for question in questions}}
    new.fill(called=CALLED, **fields)
    with st.container():  # one place for fields that come and go, so that the button below keeps the focus
        _outside(new, questions)
    with st.form(new.name, border=False):
        with st.container():
            _inside(new, questions)
        new.outcome()
        st.form_submit_button("Add question", type="primary", on_click=_add, args=(new, prize_id, stage_id))


def draw_changing(
    place: tuple[UUID, UUID, UUID], question: QuestionShown, earlier: Sequence[QuestionShown], changing: str
) -> None:
    """A form that changes a question where it stands; ``changing`` is forgotten when it is done."""
    form = Form(form_name("change", question.key))
    condition = question.condition
    after: dict[str, list[str]] = {_after(one.key): [] for one in earlier}
    if condition:
        after[_after(condition.question_key)] = list(condition.answers)
    version = form.fill(
        question.version,
        called=CALLED,
        kind=question.kind,
        reveals_identity=question.reveals_identity,
        wording=question.wording,
        help=question.help,
        required=question.required,
        confidential=question.confidential,
        word_limit=question.word_limit or 0,
        size_limit=(question.size_limit or 25 * MEGABYTE) // MEGABYTE or 1,
        unit=question.unit,
        options="\n".join(question.options),
        topic=question.topic,
        particulars=question.particulars,
        heading=question.heading,
        only_if=condition.question_key if condition else ALWAYS,
        **after,
    )
    _outside(form, earlier)
    with st.form(form.name, border=False):
        _inside(form, earlier)
        form.outcome()
        with st.container(horizontal=True, gap="small"):
            arguments = (form, *place, version, changing)
            st.form_submit_button("Save question", type="primary", on_click=_change, args=arguments)
            st.form_submit_button("Leave it as it was", on_click=_leave, args=(form, changing))


def _outside(form: Form, earlier: Sequence[QuestionShown]) -> None:
    """What decides which other fields there are, so that it stands outside the form that is sent."""
    form.choice("kind", "Kind of answer", [kind for kind, _, _ in KINDS], _kind_words)
    kind = form["kind"]
    if kind is QuestionKind.TEAM:
        st.markdown(":gray[The answer names people, so judges do not see it while they score without names.]")
    else:
        form.tick("reveals_identity", "The answer reveals who they are")
        st.markdown(f":gray[{_what_judges_see(kind, bool(form['reveals_identity']))}]")
    numbered = {question.key: f"{at}. {question.wording}" for at, question in enumerate(earlier, 1)}
    deciding = [question.key for question in earlier if answers_to_choose(question)]
    if form["only_if"] not in deciding:  # somebody has taken it out meanwhile
        st.session_state[form.key("only_if")] = ALWAYS
    if deciding:
        form.choice(
            "only_if",
            "When it is asked",
            [ALWAYS, *deciding],
            lambda key: f"After an answer to {numbered[key]}" if isinstance(key, UUID) else "Always",
        )


def _inside(form: Form, earlier: Sequence[QuestionShown]) -> None:
    before = next((question for question in earlier if question.key == form["only_if"]), None)
    if before is not None:
        answers, chosen = answers_to_choose(before), form.key(_after(before.key))
        st.session_state[chosen] = [answer for answer in st.session_state[chosen] if answer in answers]
        form.several(
            _after(before.key),
            "Asked only if the answer is",
            answers,
            lambda answer: choice_words(before, answer),
        )
    form.line(
        "heading",
        "Heading (optional)",
        limit=LINE,
        help="Begins a section, to which the questions below belong. Entrants see how far each section is.",
    )
    form.line("wording", "Question", limit=LINE)
    form.text("help", "Help (optional)", limit=HELP, rows=2, help="Stands under the question.")
    match form["kind"]:
        case QuestionKind.TEXT:
            form.whole("word_limit", "Most words", 0, MOST_WORDS, help="0 for no limit.")
        case QuestionKind.FILE:
            form.whole("size_limit", "Largest file, in MB", 1, MOST_MEGABYTES)
        case QuestionKind.NUMBER | QuestionKind.BASELINE:
            form.line("unit", "Unit", limit=60, help="Such as MW, homes, or £ a year.")
        case QuestionKind.CHOICE:
            form.text("options", "Options, one a line", rows=4)
            form.tick(
                "topic",
                "The answer says what the entry is about",
                help="Judges say which of the options they know, and entries go to judges who know theirs where loads "
                "allow it. A form has one such question, and judges see its answer.",
            )
        case QuestionKind.DECLARATION:
            form.line(
                "particulars",
                "What whoever says yes has to tell (optional)",
                limit=LINE,
                help="Such as: from whom, and how much?",
            )
            form.whole("word_limit", "Most words of that", 0, MOST_WORDS, help="0 for no limit.")
    if form["kind"] is not QuestionKind.DECLARATION:
        form.tick("required", "It has to be answered")
    form.tick("confidential", "Confidential: only the prize team sees the answer, never a judge")


def _kind_words(kind: QuestionKind) -> str:
    return next(f"{label}: {words}" for known, label, words in KINDS if known is kind)


def _what_judges_see(kind: QuestionKind, reveals: bool) -> str:
    if reveals:
        return "Judges who score without names see neither its wording nor the answer. Mark names like this."
    if kind is QuestionKind.FILE:
        return (
            "Judges will see a cleaned copy under a neutral name, without hidden data. The words inside stay, so ask "
            "entrants not to name themselves there."
        )
    return "Judges will read this answer word for word. If it could name the team, tick the box above."


def _after(key: UUID) -> str:
    """The field for the answers to an earlier question after which this one is asked."""
    return f"after {key}"


def _typed(form: Form) -> dict[str, Any]:
    """The question as it was typed; fields that its kind does not have are forgotten by Streamlit, and not read."""
    kind, only_if = form["kind"], st.session_state.get(form.key("only_if"))
    typed: dict[str, Any] = {
        "kind": kind,
        "heading": form["heading"],
        "wording": form["wording"],
        "help": form["help"],
        "required": kind is QuestionKind.DECLARATION or form["required"],
        "reveals_identity": kind is QuestionKind.TEAM or form["reveals_identity"],
        "confidential": form["confidential"],
    }
    if kind in (QuestionKind.TEXT, QuestionKind.DECLARATION):
        typed["word_limit"] = form["word_limit"] or None
    if kind is QuestionKind.DECLARATION:
        typed["particulars"] = form["particulars"]
    elif kind is QuestionKind.FILE:
        typed["size_limit"] = form["size_limit"] * MEGABYTE
    elif kind is QuestionKind.CHOICE:
        typed["options"] = tuple(line.strip() for line in form["options"].splitlines() if line.strip())
        typed["topic"] = form["topic"]
    elif kind in NUMBERS:
        typed["unit"] = form["unit"]
    if only_if:
        typed |= {"only_if": only_if, "only_if_answers": tuple(form[_after(only_if)])}
    return typed


def _add(new: Form, prize_id: UUID, stage_id: UUID) -> None:
    typed = {"prize_id": prize_id, "stage_id": stage_id, **_typed(new)}
    new.send(add_question, done="Question added at the end", called=CALLED, **typed)


def _change(form: Form, prize_id: UUID, stage_id: UUID, key: UUID, version: int, changing: str) -> None:
    typed = {"prize_id": prize_id, "stage_id": stage_id, "question_key": key, "version": version, **_typed(form)}
    if form.send(change_question, said="The question is changed.", called=CALLED, **typed) is not None:
        _leave(form, changing)


def _leave(form: Form, changing: str) -> None:
    form.forget()
    st.session_state.pop(changing, None)
