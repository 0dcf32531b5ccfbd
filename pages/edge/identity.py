"""Who is asking: the cookie is checked here, and nobody else can set the headers that say so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import anyio
from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.edge.answers import SESSION_HEADER, message, wants_json
from pages.edge.cookies import read_cookie, set_cookie
from pages.edge.paths import canonical, is_below, way_back

ACCOUNT_HEADER = "x-laurel-account"
OURS = b"x-laurel-"
MACHINERY = ("/_stcore", "/static")
"""What only a page that is already open asks for: no way back leads there."""

SIGNED_OUT = "You are not signed in any longer.\nReload this page to sign in."
"""Streamlit shows this to whoever has the page still open, because it comes as JSON."""

SIGN_IN = "/sign-in"
CHECKS_AT_ONCE = 16
"""Threads of their own, so that a check never queues behind files that are being sent."""


class Identified(Protocol):
    """What is known about a session that lives."""

    @property
    def session_id(self) -> UUID: ...

    @property
    def person_id(self) -> UUID: ...

    @property
    def fresh_token(self) -> str | None: ...


class Identity:
    """Lets people with a session through, and strangers only to ``open_routes``.

    The session is looked up for each request, so that one that was ended is refused at once.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        identify: Callable[[str], Identified | None],
        cookie: str,
        secure: bool,
        lives: timedelta,
        open_routes: Sequence[BaseRoute],
    ) -> None:
        self.app = app
        self.identify = identify
        self.cookie = cookie
        self.secure = secure
        self.lives = lives
        self.open_routes = tuple(open_routes)
        self.limiter = anyio.CapacityLimiter(CHECKS_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        claimed = read_cookie(Headers(scope=scope), self.cookie)
        person = await to_thread.run_sync(self.identify, claimed, limiter=self.limiter) if claimed else None
        scope["headers"] = _with_identity(scope["headers"], person)
        if person is not None:
            await self.app(scope, receive, self._handing_out(person.fresh_token, send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4401})
        elif self._is_open(scope):
            await self.app(scope, receive, send)
        else:
            await self._turned_away(scope)(scope, receive, send)

    def _is_open(self, scope: Scope) -> bool:
        """Asks the routes themselves, so that this and the router cannot read an address differently.

        A route that knows the address but not the method does not count: the request would end in Streamlit.
        """
        return any(route.matches(scope)[0] is Match.FULL for route in self.open_routes)

    def _turned_away(self, scope: Scope) -> Response:
        """To sign-in with the way back, for whoever follows a link; a plain refusal for everything else."""
        path = scope["path"]
        followed = scope["method"] in ("GET", "HEAD") and not wants_json(Headers(scope=scope))
        if followed and path.endswith("/") and self._is_open({**scope, "path": path[:-1]}):
            return RedirectResponse(path[:-1], 308)
        if is_below(canonical(path), *MACHINERY):
            return JSONResponse(SIGNED_OUT, 401)
        if followed:
            back = way_back(path, scope.get("query_string", b"").decode("latin-1"))
            return RedirectResponse(f"{SIGN_IN}?next={back}", 303, headers={"Cache-Control": "no-store"})
        text = "You are not signed in, or not any longer. Sign in and do it again."
        return message(scope, 401, "Sign in first", text, next_step=("Sign in", SIGN_IN))

    def _handing_out(self, token: str | None, send: Send) -> Send:
        """The same ``send``, with the rotated cookie on the first answer, unless that sets the cookie itself."""
        if token is None:
            return send
        age = int(self.lives.total_seconds())
        cookie = set_cookie(self.cookie, token, secure=self.secure, max_age=age)

        async def send_with_cookie(event: Message) -> None:
            if event["type"] in ("http.response.start", "websocket.accept"):
                event.setdefault("headers", [])
                headers = MutableHeaders(scope=event)
                if not any(value.startswith(f"{self.cookie}=") for value in headers.getlist("set-cookie")):
                    headers.append("set-cookie", cookie)
            await send(event)

        return send_with_cookie


def _with_identity(headers: Sequence[tuple[bytes, bytes]], person: Identified | None) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if not name.lower().replace(b"_", b"-").startswith(OURS)]
    if person is not None:
        kept.append((SESSION_HEADER.encode(), str(person.session_id).encode()))
        kept.append((ACCOUNT_HEADER.encode(), str(person.person_id).encode()))
    return kept
