"""Mail that has not arrived: what the server said, and what to do about it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from accounts.outbox import Undelivered, outbox, send_mail_again
from pages.components.acting import ask
from pages.components.forms import Form
from pages.components.layout import empty_list, page_header
from pages.components.words import marked
from storage.mail import MailState
from storage.values import time_words

HELP: Final = "Correct it if it was mistyped. One that its owner has confirmed can only be changed by them."


def draw() -> None:
    box = ask(outbox)
    facts = f"{box.sent:,} sent, {box.refused:,} refused, {box.waiting:,} waiting."
    page_header("Installation", "Mail", facts=facts)
    if not box.server:
        st.warning("No mail server is set, so that nothing is sent. Set SMTP_URL, then send what waits.")
    elif not box.lines:
        empty_list(
            "Nothing needs looking after", "Mail that a server refuses, or that cannot be sent for now, appears here."
        )
    for line in box.lines:
        _mail(line, can_send=box.server)


def _mail(line: Undelivered, *, can_send: bool) -> None:
    form = Form(f"mail-{line.id}")
    with st.container(border=True, key=f"mail-line-{line.id}"):
        st.markdown(marked("**{}** · {}", line.recipient, line.subject))
        st.markdown(_what_happened(line))
        st.caption(f"Written {time_words(line.written_at, 'UTC')}")
        if can_send:
            form.fill(recipient=line.recipient)
            with st.form(form.name, border=False):
                form.line("recipient", "Mail address", limit=320, help=HELP)
                form.outcome()
                st.form_submit_button("Send again", on_click=_send, args=(form, line))


def _what_happened(line: Undelivered) -> str:
    if line.state is MailState.REFUSED:
        return marked(
            ":red[:material/block: Refused for good.] The server said: {} Ask for another address, then send it again.",
            _sentence(line.problem),
        )
    if line.given_up and line.attempts:
        return marked(
            ":red[:material/error: Given up] after {} attempts. The last said: {} "
            "Look at the mail server, then send it again.",
            str(line.attempts),
            _sentence(line.problem),
        )
    if line.problem:
        when = f"The next is at {time_words(line.next_at, 'UTC')}." if line.next_at else "It is being tried just now."
        return marked(
            ":orange[:material/schedule: Not sent yet.] The last attempt said: {} {}", _sentence(line.problem), when
        )
    return marked(":orange[:material/error: Written while no mail server was set.] Send it now, if it still matters.")


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!")) else f"{words}."


def _send(form: Form, line: Undelivered) -> None:
    form.send(
        send_mail_again,
        said="The mail will be sent.",
        done="Sent again",
        called={"recipient": "mail address"},
        mail_id=line.id,
        recipient=form["recipient"],
    )
