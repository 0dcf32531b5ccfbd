"""What the addresses for strangers have in common: who asks, what was typed, commands and queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from accounts.actors import Actor
from accounts.attempts import count_attempt
from accounts.models import AttemptKind
from pages.components.requests import actor_of, in_thread
from pages.edge.network import network_of
from pages.public.rendering import page
from settings import get_settings
from storage.database import reading, transact
from storage.errors import Invalid

R = TypeVar("R")

LARGEST_FORM: Final = 64 * 1024


async def act(command: Callable[..., R], actor: Actor, **arguments: Any) -> R:
    """Run a command in a transaction of its own, in a thread."""
    return await in_thread(lambda: transact(lambda db: command(db, actor, **arguments)))


async def count(request: Request, kind: AttemptKind, email: str = "") -> None:
    """Count an attempt before it is made, so that it stays counted when it fails."""
    network = network_of(request.scope)
    await in_thread(lambda: count_attempt(kind, network, email))


async def ask(query: Callable[..., R], *positional: Any, **arguments: Any) -> R:
    def read() -> R:
        with reading() as db:
            return query(db, *positional, **arguments)

    return await in_thread(read)


class OneState:
    """One state of the database, and who asks about it."""

    def __init__(self, db: Any, actor: Actor) -> None:
        self._db = db
        self.actor = actor

    def ask(self, query: Callable[..., R], **arguments: Any) -> R:
        return query(self._db, self.actor, **arguments)

    def read(self, found: Callable[[Any], R]) -> R:
        """What is the same whoever asks."""
        return found(self._db)


async def ask_together(actor: Actor, work: Callable[[OneState], R]) -> R:
    """Run several queries on one state of the database, in a thread."""

    def read() -> R:
        with reading() as db:
            return work(OneState(db, actor))

    return await in_thread(read)


async def form_of(request: Request) -> FormData:
    """The fields of a form of ours, which are few and short."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > LARGEST_FORM:
        raise Invalid("The form is too large. Go back and fill it in again.")
    return await request.form(max_files=0, max_fields=30)


def text_of(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def actor_with(request: Request, form: FormData | None = None) -> Actor:
    """Who asks: a person with a session, or a stranger with the token of the form."""
    return actor_of(request, text_of(form, "form_token")[:64] if form else "")


def look_at_your_mail(request: Request, email: str) -> Response:
    words = [
        f"If {email} is a mail address that we know or can register, a link is on its way to it.",
        "It works once. Look into your spam folder if it does not arrive.",
    ]
    onward = ("Read the mails of this demonstration", "/inbox") if get_settings().demonstration else None
    return page(request, "message.html", heading="Look at your mail", words=words, kind="good", next=onward)
