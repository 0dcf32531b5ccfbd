"""A real mail server on loopback, which keeps what it is given."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from settings import get_settings


@dataclass(frozen=True)
class Delivered:
    """A message as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    encrypted: bool

    @property
    def text(self) -> str:
        return str(self.message.get_content())


@dataclass
class MailServer:
    """What the server has been given, and how it answers."""

    delivered: list[Delivered] = field(default_factory=list)
    refuses_with: str = ""
    """An answer such as ``451 try again later``, given to every message."""
    refuses_recipients_with: str = ""
    """An answer such as ``550 no such user``, given to every recipient."""
    refusals: int = 0
    """How many recipients were refused."""
    hangs: bool = False
    """Takes a message and never answers, as a server does that is cut off."""
    began: threading.Event = field(default_factory=threading.Event)
    """Set when the first message arrives."""
    url: str = ""

    async def handle_RCPT(  # noqa: N802 - its name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuses_recipients_with:
            self.refusals += 1
            return self.refuses_recipients_with
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        self.began.set()
        while self.hangs:
            await asyncio.sleep(0.02)
        if self.refuses_with:
            return self.refuses_with
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        message: Any = message_from_bytes(content, policy=policy.default)
        self.delivered.append(
            Delivered(envelope.mail_from or "", tuple(envelope.rcpt_tos), message, session.ssl is not None)
        )
        return "250 taken"


class _AnyPort(Controller):
    """A controller that listens where the system has a port free."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def running_mail_server(context: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    """A mail server on any port of loopback, with encryption if it is given a context."""
    handler = MailServer()
    controller = _AnyPort(handler, hostname="127.0.0.1", port=0, tls_context=context)
    controller.start()
    handler.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield handler
    finally:
        handler.hangs = False
        controller.stop()


@pytest.fixture
def start_mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Starts a mail server, with encryption if it is given a context, and points the settings to it."""
    with ExitStack() as running:

        def start(context: ssl.SSLContext | None = None) -> MailServer:
            server = running.enter_context(running_mail_server(context))
            monkeypatch.setenv("SMTP_URL", server.url)
            get_settings.cache_clear()
            return server

        yield start


@pytest.fixture
def smtp(start_mail_server: Any) -> MailServer:
    """A mail server to which the settings point."""
    server: MailServer = start_mail_server()
    return server
