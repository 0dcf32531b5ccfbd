"""Asking the addresses that need no page of Streamlit, as a stranger or as somebody who has signed in."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from sqlmodel import Session, col, select
from starlette.applications import Starlette

from accounts.actors import Actor
from accounts.models import SignInSession
from accounts.sessions import open_session
from pages.edge import errors
from pages.edge.answers import SESSION_HEADER
from pages.edge.identity import ACCOUNT_HEADER
from pages.public.routes import ROUTES, SIGNED_IN_ROUTES
from storage.database import transact
from tests.edge import asgi

APP = Starlette(routes=[*ROUTES, *SIGNED_IN_ROUTES], exception_handlers=errors.handlers())


def get(target: str, actor: Actor | None = None) -> asgi.Answer:
    return asgi.ask(APP, target, headers=_headers(actor))


def post(target: str, actor: Actor | None = None, **fields: str) -> asgi.Answer:
    """Send a form, without a token: every one is another."""
    body = urlencode(fields).encode()
    sent = [("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", str(len(body)))]
    return asgi.ask(APP, target, method="POST", headers=[*_headers(actor), *sent], body=body)


def _headers(actor: Actor | None) -> list[tuple[str, str]]:
    accept = ("Accept", "text/html")
    if actor is None or actor.person_id is None:
        return [accept]
    session_id = transact(lambda db: _session_of(db, actor.person_id))
    return [accept, (SESSION_HEADER, str(session_id)), (ACCOUNT_HEADER, str(actor.person_id))]


def _session_of(db: Session, person_id: UUID | None) -> UUID:
    assert person_id is not None
    open_session(db, person_id)
    rows = db.exec(select(SignInSession).where(col(SignInSession.person_id) == person_id)).all()
    return max(rows, key=lambda row: row.created_at).id
