"""Asks an ASGI application without a network, exactly as the server would hand it the request."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Scope

HOST = "laurel.test"
ORIGIN = f"http://{HOST}"
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What an application sent. ``status`` is 101 for an accepted WebSocket, else its close code."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def header(self, name: str) -> str | None:
        return next(iter(self.all_of(name)), None)

    def all_of(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.headers if key == name.lower())


def ask(
    app: ASGIApp, target: str, *, method: str = "GET", headers: Pairs = (), host: str = HOST, body: bytes = b""
) -> Answer:
    """One HTTP request to ``target``, an address as it stands in a request line."""
    return _exchange(app, {**_scope(target, headers, host), "type": "http", "method": method}, body)


def open_socket(app: ASGIApp, target: str, *, headers: Pairs = (), host: str = HOST) -> Answer:
    """One WebSocket handshake."""
    return _exchange(app, {**_scope(target, headers, host), "type": "websocket", "subprotocols": ["streamlit"]})


def _scope(target: str, headers: Pairs, host: str) -> Scope:
    path, _, query = target.partition("?")
    pairs = [("host", host), *headers]
    return {
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs],
        "client": ("127.0.0.1", 1),
        "server": (host, 80),
        "state": {},
    }


def _exchange(app: ASGIApp, scope: Scope, body: bytes = b"") -> Answer:
    sent: list[Message] = []
    waiting: list[Message] = [
        {"type": "http.request", "body": body, "more_body": False}
        if scope["type"] == "http"
        else {"type": "websocket.connect"}
    ]

    async def receive() -> Message:
        if not waiting:
            await asyncio.Event().wait()  # whoever asks stays until all has come
        return waiting.pop()

    async def send(event: Message) -> None:
        sent.append(event)

    asyncio.run(_run(app, scope, receive, send))
    first = sent[0]
    status = {"websocket.accept": 101, "websocket.close": first.get("code")}.get(first["type"], first.get("status"))
    headers = tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in first.get("headers", [])
    )
    content = b"".join(event.get("body", b"") for event in sent)
    return Answer(int(status or 0), headers, content.decode("utf-8", "surrogateescape"))


async def _run(app: ASGIApp, scope: Scope, receive: object, send: object) -> None:
    await app(scope, receive, send)  # type: ignore[arg-type]
