"""The only two ways from a page to what lies below: ``act`` changes something, ``ask`` reads something."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from accounts.actors import STRANGER, Actor
from pages.components.words import marked, one_line, plain
from storage.canonical import digest
from storage.database import reading, transact
from storage.errors import LaurelError, Refused

P = ParamSpec("P")
R = TypeVar("R")

SAME_CLICK_SECONDS = 2.0
"""The same command with the same arguments within this time is a doubled click, and is done once."""

_SAID = "laurel said"
_LAST = "laurel last act"


@dataclass
class _Said:
    """What the last act answered, and whether a draw that shows it has come to its end, or may still."""

    words: str
    wrong: bool = False
    shown: bool = False


def actor() -> Actor:
    """Who asks, from the request itself; never from a closure or from what the page remembers."""
    known = st.user.to_dict()
    try:
        return Actor(person_id=UUID(str(known["account"])), session_id=UUID(str(known["session"])))
    except (KeyError, ValueError, TypeError):
        return STRANGER


_drawing: ContextVar[tuple[Any, Actor] | None] = ContextVar("drawing", default=None)
"""The transaction in which a page is being drawn, and for whom; pages know nothing of what it is."""


@contextmanager
def one_state() -> Iterator[None]:
    """Let all that is asked within see one state of the database, in one transaction; around the draw of a page."""
    with reading() as db:
        drawing = _drawing.set((db, actor()))
        try:
            yield
        finally:
            _drawing.reset(drawing)


def ask(query: Callable[..., R], /, **arguments: Any) -> R:
    """The answer of a registered query to the person who looks at the page."""
    if (drawing := _drawing.get()) is not None:
        return query(*drawing, **arguments)
    with reading() as db:
        return query(db, actor(), **arguments)


def act(command: Callable[..., R], /, *, said: str = "", **arguments: Any) -> R | None:
    """Run a registered command in a transaction of its own, in a Streamlit callback.

    Returns the answer, or None when the command refused; then, and when ``said`` is given, the next draw shows the
    words. Never raises one of the four errors, since an exception in a callback wipes the page.
    """
    if _drawing.get() is not None:
        raise RuntimeError("A command belongs in a callback: what is being drawn would not show what it did.")
    key = _key(command, arguments)
    try:
        answer = transact(lambda db: command(db, actor(), key=key, **arguments))
    except LaurelError as error:
        complain(error.words)
        st.session_state.pop(_LAST, None)
        return None
    if said:
        say(said)
    return answer


def say(words: str) -> None:
    """Tell at the next draw what was done."""
    st.session_state[_SAID] = _Said(words)


def complain(words: str) -> None:
    """Tell at the next draw what is wrong and what to do: for what a page cannot even ask a command."""
    st.session_state[_SAID] = _Said(words, wrong=True)


@contextmanager
def show_said(place: DeltaGenerator) -> Iterator[None]:
    """Show once, in that place, what the last act answered; again when the draw of what is within is broken off.

    So it is when something on the page finds that the page is no longer true, or when somebody clicks.
    """
    said: _Said | None = st.session_state.get(_SAID)
    if said is None or said.shown:
        yield
        return
    if said.wrong:
        head, _, rest = said.words.partition(". ")
        place.error(marked("**{}.** {}", head.rstrip("."), rest), icon=":material/error:")
    else:
        place.success(one_line(said.words), icon=":material/check_circle:")
    said.shown = True
    try:
        yield
    except BaseException:  # so does Streamlit break off a draw
        said.shown = False
        raise


def refused_page(error: LaurelError, *, signed_out: bool = False) -> None:
    """What stands in place of a page that the person may not see, or no longer."""
    signed_out = signed_out or (isinstance(error, Refused) and not actor().signed_in)
    st.title("This page is not open to you", anchor=False)
    st.write(plain(error.words))
    if signed_out:
        st.link_button("Sign in", "/sign-in")


def _key(command: Callable[..., Any], arguments: dict[str, Any]) -> str:
    fingerprint = digest(
        {"command": getattr(command, "__qualname__", ""), "arguments": repr(sorted(arguments.items()))}
    )
    last = st.session_state.get(_LAST)
    at = time.monotonic()
    key = last[1] if last and last[0] == fingerprint and at - last[2] < SAME_CLICK_SECONDS else secrets.token_hex(16)
    st.session_state[_LAST] = (fingerprint, key, at)
    return key
