"""A question of an entry with the field in which it is answered, which saves itself at every change."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any
from uuid import UUID

import streamlit as st

from pages.components.acting import act, ask, complain
from pages.components.autosave import autosave
from pages.components.layout import download, prose
from pages.components.upload import upload
from pages.components.words import marked, plain
from prize.entries.drafts import AnswerShown, save_answer
from prize.entries.files import remove_file, unfinished_uploads
from prize.entries.own import OwnEntry, own_entry
from prize.lifecycle import Phase
from prize.models import QuestionKind, Visibility
from prize.questions import (
    CONSENT_GIVEN,
    FIRST_DAY,
    LAST_DAY,
    NO,
    YES,
    QuestionShown,
    answer_words,
    choice_words,
    day_in,
    given,
    particulars_in,
)
from storage.values import currency_sign, size_words

_TAB = "laurel tab"


def draw_answer(entry: OwnEntry, answer: AnswerShown) -> None:
    question = answer.question
    if entry.stage.phase is not Phase.OPEN and question.key not in entry.correctable:
        st.markdown(marked("**{}**", question.wording))
        if question.kind is QuestionKind.FILE:
            _files(entry, answer, editable=False)
        else:
            prose(answer_words(question, answer.text) or "No answer.")
        return
    key = f"answer-{question.key}"
    label, notes = marked("**{}**", question.wording), _notes(question, entry.stage.visibility)
    chosen: dict[str, Any] = {"key": key, "on_change": _chosen, "args": (entry.id, question.key)}
    match question.kind:
        case QuestionKind.CHOICE:
            st.session_state[key] = answer.text if answer.text in question.options else None
            st.radio(label, question.options, **chosen)
            _said_below(notes)
        case QuestionKind.CONSENT:
            st.session_state[key] = answer.text == CONSENT_GIVEN
            st.checkbox(plain(question.wording), **chosen)
            _said_below(notes)
        case QuestionKind.DATE:
            st.session_state[key] = day_in(answer.text)
            st.date_input(label, value=None, format="DD/MM/YYYY", min_value=FIRST_DAY, max_value=LAST_DAY, **chosen)
            _said_below(notes)
        case QuestionKind.DECLARATION:
            said = given(question, answer.text)
            st.session_state[key] = said if said in (YES, NO) else None
            st.radio(label, (YES, NO), format_func=lambda one: choice_words(question, one), horizontal=True, **chosen)
            _said_below(notes)
            if said == YES and question.particulars:
                _written(entry, answer, what="particulars", label=question.particulars, rows=3, notes="")
        case QuestionKind.FILE:
            upload(
                question.wording,
                key=key,
                what="answer",
                target={"entry_id": entry.id, "question_key": question.key},
                size_limit=question.size_limit or 0,
                unfinished=ask(unfinished_uploads, entry_id=entry.id, question_key=question.key),
                help=notes,
            )
            _files(entry, answer, editable=True)
        case _:
            _written(entry, answer, what="answer", label=question.wording, rows=_rows(question), notes=notes)


def _said_below(notes: str) -> None:
    if notes:
        st.caption(plain(notes))


def _notes(question: QuestionShown, visibility: Visibility) -> str:
    """What stands under the field: how to answer, and who reads it."""
    notes = [_how(question)] if _how(question) else []
    if question.help:
        notes.append(question.help)
    if question.reveals_identity and visibility is Visibility.BLIND:
        notes.append("Judges do not see this answer while they score without names.")
    if question.confidential:
        notes.append("Only the prize team reads this answer.")
    if not question.required:
        notes.append("Optional.")
    return " ".join(notes)


def _how(question: QuestionShown) -> str:
    match question.kind:
        case QuestionKind.FILE:
            limit = size_words(question.size_limit or 0)
            return f"PDF, PNG or JPEG, up to {limit} each. Judges get a copy without its metadata."
        case QuestionKind.NUMBER | QuestionKind.BASELINE if question.unit:
            return f"A number in {question.unit}."
        case QuestionKind.MONEY:
            return f"A sum in {currency_sign(question.unit)}, in plain digits, such as 250,000 or 99.50."
        case QuestionKind.TEAM:
            return "One person a line: the name, a comma, and the role, such as “Sam Okoro, engineer”."
    return ""


def _written(entry: OwnEntry, answer: AnswerShown, *, what: str, label: str, rows: int, notes: str) -> None:
    """A text that saves itself as it is typed: the answer, or what follows the "yes" of a declaration."""
    question = answer.question
    autosave(
        label,
        key=f"{what}-{question.key}",
        what=what,
        target={"entry_id": entry.id, "question_key": question.key},
        text=answer.text if what == "answer" else particulars_in(answer.text),
        version=answer.version,
        saved_at=answer.saved_at,
        zone=entry.stage.zone,
        help=notes,
        word_limit=question.word_limit,
        rows=rows,
    )


def _rows(question: QuestionShown) -> int:
    if question.kind is QuestionKind.TEAM:
        return 4
    return max(2, min(12, (question.word_limit or 100) // 25)) if question.kind is QuestionKind.TEXT else 1


def _files(entry: OwnEntry, answer: AnswerShown, *, editable: bool) -> None:
    if not answer.files and not editable:
        st.caption("No file.")
    for file in answer.files:
        with st.container(horizontal=True, vertical_alignment="center"):
            download(file.name, f"/entries/{entry.id}/files/{file.id}")
            st.caption(f"{max(1, file.size // 1024):,} KB", width="content")
            if editable:
                st.button(
                    "Remove",
                    key=f"remove-{answer.question.key}-{file.id}",
                    type="tertiary",
                    on_click=_remove,
                    args=(entry.id, answer.question.key, file.id),
                )


def _remove(entry_id: UUID, question_key: UUID, file_id: UUID) -> None:
    act(remove_file, entry_id=entry_id, question_key=question_key, file_id=file_id)


def _chosen(entry_id: UUID, question_key: UUID) -> None:
    tab = st.session_state.setdefault(_TAB, secrets.token_hex(8))
    number = st.session_state.get("laurel saves", 0) + 1
    st.session_state["laurel saves"] = number
    answers = ask(own_entry, entry_id=entry_id).answers
    present = next((answer for answer in answers if answer.question.key == question_key), None)
    if present is None:
        complain("This question is no longer asked. Look at what the form asks now.")
        return
    act(
        save_answer,
        entry_id=entry_id,
        question_key=question_key,
        text=_as_text(st.session_state[f"answer-{question_key}"]),
        base_version=present.version,
        tab=tab,
        save_number=number,
    )


def _as_text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else CONSENT_GIVEN if value else ""
