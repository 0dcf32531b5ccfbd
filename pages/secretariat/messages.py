"""Writing to groups of a prize's people, and who was told what and when."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import streamlit as st

import judging.groups  # noqa: F401 - judges and teams with an outcome are groups
from pages.components.acting import ask
from pages.components.badges import Badge, Badges, badge_of
from pages.components.forms import PROSE, Form
from pages.components.layout import empty_list, heading, page_header, prose, table
from pages.components.places import present_stage
from pages.components.words import marked
from prize.group_messages import GroupMessageShown, GroupShown, groups, write_to_group
from prize.prizes import PrizeLine
from prize.prizes import prize as prize_shown
from prize.stages import StageShown
from prize.templates import COMMON
from prize.told import Told, ToldLine, told
from storage.mail import MailState
from storage.values import counted, time_words

SEARCH: Final = "told-search"
FIELDS: Final = ", ".join(f"{{{name}}}" for name in COMMON)
NOT_LISTED: Final = (
    "Not listed are mails from which a reader could learn too much: those to followers of the prize and to whoever "
    "asked a public question, those that tell judges of their entries, and those that tell of an appeal."
)
STATES: Final = MappingProxyType(
    {
        MailState.WAITING: Badges.MAIL_WAITS,
        MailState.SENT: Badges.MAIL_SENT,
        MailState.REFUSED: Badges.MAIL_REFUSED,
        MailState.REPLACED: Badges.MAIL_REPLACED,
        MailState.ERASED: Badges.MAIL_ERASED,
    }
)


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    search = str(st.session_state.get(SEARCH, "")).strip()
    known = ask(told, prize_id=prize.id, search=search)
    page_header(prize.title, "Messages", badge=badge_of(prize.state), facts=f"To people of {stage.name}.")
    write, log = st.tabs(["Write to a group", "Who was told what"])
    with write:
        _write(prize, stage)
        _written(known.to_groups, ask(prize_shown, prize_id=prize.id).zone)
    with log:
        _log(known, search, ask(prize_shown, prize_id=prize.id).zone)


def _write(prize: PrizeLine, stage: StageShown) -> None:
    known = {each.key: each for each in ask(groups, prize_id=prize.id, stage_id=stage.id)}
    form = Form(f"group-message-{stage.id}")
    form.fill(audience=next(iter(known)), subject="", text="")
    form.choice("audience", "To", list(known), lambda key: _to(known[key]))
    form.line("subject", "Subject")
    form.text("text", "Text", limit=PROSE, rows=8, help=f"Begins with “Dear …,”. You can use {FIELDS}.")
    form.outcome()
    chosen = known.get(form["audience"]) or next(iter(known.values()))
    people = counted(chosen.count, "person", "people")
    with st.popover(f"Send to {people}", type="primary", disabled=not chosen.count):
        st.markdown(marked("**{}**", form["subject"] or "(no subject yet)"))
        prose(f"Dear {COMMON['name']},\n\n{form['text']}")
        st.markdown(f"Each of the {people} gets it by mail, with their own name. It cannot be taken back.")
        st.button("Send it", on_click=_send, args=(form, prize, stage, chosen))


def _to(group: GroupShown) -> str:
    return f"{group.words[:1].upper()}{group.words[1:]} ({group.count:,})"


def _send(form: Form, prize: PrizeLine, stage: StageShown, chosen: GroupShown) -> None:
    form.send(
        write_to_group,
        said=f"The mails are being written to {counted(chosen.count, 'person', 'people')}.",
        done="Sent",
        called={"audience": "group"},
        prize_id=prize.id,
        stage_id=stage.id,
        audience=chosen.key,
        count=chosen.count,
        subject=form["subject"],
        text=form["text"],
    )


def _written(messages: tuple[GroupMessageShown, ...], zone: str) -> None:
    if not messages:
        return
    heading("Written before", "the latest on top, at most 20")
    for message in messages:
        with st.container(border=True, gap="xsmall"):
            st.markdown(marked("**{}**", message.subject))
            done = "" if message.written == message.count else f", {message.written:,} written so far"
            people = f"{message.audience}: {counted(message.count, 'person', 'people')}{done}."
            st.caption(marked("{}", f"{people} {time_words(message.at, zone, weekday=True)}"))
            prose(message.text)


def _log(known: Told, search: str, zone: str) -> None:
    st.text_input("Mail address or subject", key=SEARCH, max_chars=200, placeholder="All")
    st.caption(NOT_LISTED)
    if not known.lines:
        if search:
            empty_list("Nothing is found", f"No mail has “{search}” in its address or subject.")
        else:
            empty_list("Nothing was told yet", "Every mail about the prize appears here, with what became of it.")
        return
    if known.count > len(known.lines):
        st.caption(f"The latest {len(known.lines)} of {known.count:,}. Type an address to find others.")
    table(
        ("Who", "What", "When", "State"),
        [_line(line, zone) for line in known.lines],
        hide_on_phone={2},
        caption="Who was told what and when",
    )


def _line(line: ToldLine, zone: str) -> tuple[str, str, str, Badge]:
    who = f"{line.name}, {line.email}" if line.email else line.name
    return who, line.subject, time_words(line.sent_at or line.at, zone), STATES[line.state]
