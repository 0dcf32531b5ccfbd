"""What a prize says in the mails that Laurel writes by itself, with a preview and a trial."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import streamlit as st

import delivery.messages  # noqa: F401 - it declares mails
import judging.messages  # noqa: F401 - so does it
from pages.components.acting import act, ask
from pages.components.badges import badge_of
from pages.components.forms import PROSE, Form
from pages.components.layout import columns_main_side, facts_table, heading, page_header, prose
from pages.components.permitted import may
from pages.components.places import present_prize
from pages.components.words import marked
from pages.designer.frame import BEING_DESIGNED
from prize.message_texts import MessageText, message_texts, save_message_text, try_message_text, use_own_text
from prize.policy import Action
from prize.prizes import PrizeLine
from prize.templates import template_called
from storage.errors import Invalid

CHOICE: Final = "mail-text"


def draw() -> None:
    line = present_prize()
    if line is None:
        return
    texts = {text.key: text for text in ask(message_texts, prize_id=line.id)}
    own = sum(text.version > 0 for text in texts.values())
    facts = f"{len(texts)} mails that Laurel writes by itself; {own or 'none'} in your own words."
    page_header(line.title, "Mail texts", badge=badge_of(line.state), facts=facts)
    chosen = st.selectbox(
        "Mail", list(texts), format_func=lambda key: _called(texts[key]), key=CHOICE, label_visibility="collapsed"
    )
    changes = may(Action.EDIT_MESSAGE_TEXTS, prize_id=line.id).allowed
    main, side = columns_main_side()
    with main:
        subject, words = _writing(line, texts[chosen]) if changes else _reading(texts[chosen])
    with side:
        _preview(texts[chosen], subject, words)


def _called(text: MessageText) -> str:
    return f"{text.when} (your words)" if text.version else text.when


def _reading(text: MessageText) -> tuple[str, str]:
    heading("Text")
    st.markdown(marked("**{}**", text.subject))
    prose(text.text)
    return text.subject, text.text


def _writing(prize: PrizeLine, text: MessageText) -> tuple[str, str]:
    """Saved while it is typed as long as nobody is written to, else when it is whole: a mail may go out meanwhile."""
    given, by_itself = (prize.id, text.key), prize.state in BEING_DESIGNED
    form = Form(f"mail-text-{prize.id}-{text.key}", _save if by_itself else None, given)
    heading("Text", "your own words" if text.version else "Laurel's words")
    form.fill(text.version, subject=text.subject, text=text.text)
    form.line("subject", "Subject")
    form.text("text", "Text", limit=PROSE, rows=9, help="It begins with “Dear …,” by itself.")
    form.outcome()
    with st.container(horizontal=True, gap="small"):
        if not by_itself:
            st.button("Save text", type="primary", on_click=_save, args=(form, *given))
        st.button("Send it to me", on_click=_try, args=(form, *given))
        if text.version:
            st.button("Use Laurel's words", on_click=_reset, args=(Form(form.name), *given))
    return form["subject"], form["text"]


def _preview(text: MessageText, subject: str, words: str) -> None:
    heading("How it reads", "with samples")
    try:
        shown_subject, shown = template_called(text.key).previewed(subject, words, dict(text.fields))
    except Invalid as error:
        st.markdown(marked(":red[:material/error: {}]", error.words))
    else:
        with st.container(border=True, gap="xsmall"):
            st.markdown(marked("**{}**", shown_subject))
            prose(f"Dear {dict(text.fields)['name']},\n\n{shown}")
    heading("Fields", "needed: " + ", ".join(text.needed) if text.needed else "")
    facts_table([(f"{{{name}}}", sample) for name, sample in text.fields], caption="Fields and samples")


def _save(form: Form, prize_id: UUID, template: str) -> None:
    form.send(
        save_message_text,
        prize_id=prize_id,
        template=template,
        version=form.typed_on,
        subject=form["subject"],
        text=form["text"],
    )


def _try(form: Form, prize_id: UUID, template: str) -> None:
    """What was typed stays: nothing is saved."""
    act(
        try_message_text,
        said="The mail is on its way to you.",
        prize_id=prize_id,
        template=template,
        subject=form["subject"],
        text=form["text"],
    )


def _reset(form: Form, prize_id: UUID, template: str) -> None:
    form.send(use_own_text, done="Laurel's words again", prize_id=prize_id, template=template, version=form.typed_on)
