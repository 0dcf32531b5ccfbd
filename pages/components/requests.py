"""What our own routes have in common: who asks, and work in a thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import anyio.to_thread
from starlette.requests import Request

from accounts.actors import STRANGER, Actor
from pages.edge.answers import SESSION_HEADER
from pages.edge.identity import ACCOUNT_HEADER

R = TypeVar("R")


def actor_of(request: Request, form: str = "") -> Actor:
    """Who asks: a person with a session, or a stranger with the token of a form."""
    if SESSION_HEADER in request.headers:
        return Actor(UUID(request.headers[ACCOUNT_HEADER]), UUID(request.headers[SESSION_HEADER]))
    return Actor(form=form) if form else STRANGER


async def in_thread(work: Callable[[], R]) -> R:
    """Run what waits for the database or the disk without holding everybody else up."""
    return await anyio.to_thread.run_sync(work)
