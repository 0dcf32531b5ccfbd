"""Stored files as answers: what a client that goes away, a damaged object and a crowd come to."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import anyio
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message

from pages.components import attachments
from pages.components.attachments import CutOff, Lanes, attached, tag_of
from pages.edge.errors import handlers
from prize.entries.files import FileToSend
from storage.objects import keep, object_name
from storage.stores import BLOCK
from storage.stores.folder import FolderStore
from tests.databases import Given
from tests.stores import GivenStore

PRIZE = UUID("6a3e6f1c-0000-4000-8000-000000000001")


def stored(content: bytes, folder: Path, name: str = "figures.pdf") -> FileToSend:
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / f"{uuid4()}.tmp"
    source.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    keep(source, PRIZE, sha256)
    return FileToSend(object_name(PRIZE, sha256), name, "application/pdf", len(content))


class Client:
    """One request to a route that answers with a file. It takes as many messages as it likes and then goes away."""

    def __init__(self, file: FileToSend, takes: int | None = None) -> None:
        self.file, self.takes = file, takes
        self.messages: list[Message] = []

    def ask(self) -> bytes:
        anyio.run(self._ask)
        return b"".join(message.get("body", b"") for message in self.messages)

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    async def _ask(self) -> None:
        gone = anyio.Event()

        async def receive() -> Message:
            if self.takes is None or len(self.messages) < self.takes:
                await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            self.messages.append(message)
            if self.takes is not None and len(self.messages) >= self.takes:
                gone.set()
                await anyio.sleep(0)

        async def route(request: Request) -> Response:
            return attached(request, self.file)

        app = Starlette(routes=[Route("/", route)], exception_handlers=handlers())
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [], "app": app}
        await app(scope, receive, send)


@contextmanager
def counting_open(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many objects are open, while they are."""
    opened = [0]
    really = FolderStore.read

    @contextmanager
    def read(self: FolderStore, name: str, start: int = 0, end: int | None = None) -> Iterator[Iterator[bytes]]:
        opened[0] += 1
        try:
            with really(self, name, start, end) as found:
                yield found
        finally:
            opened[0] -= 1

    monkeypatch.setattr(FolderStore, "read", read)
    yield opened


def test_a_client_that_goes_away_frees_everything(
    sqlite: Given, folder: GivenStore, installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = stored(os.urandom(40 * BLOCK), installation)
    with counting_open(monkeypatch) as opened:
        received = Client(file, takes=4).ask()

        assert 0 < len(received) < file.size
        assert opened == [0]
    assert attachments.LANES._busy == {}


def test_a_damaged_object_ends_short_and_is_cut_off(sqlite: Given, folder: GivenStore, installation: Path) -> None:
    content = os.urandom(3 * BLOCK)
    file = stored(content, installation)
    assert Client(file).ask() == content
    store = folder.store
    assert isinstance(store, FolderStore)
    store.path(file.object_name).chmod(0o640)
    store.path(file.object_name).write_bytes(b"forged" + content[6:])

    client = Client(file)
    with pytest.raises(CutOff):
        client.ask()
    assert client.status == 200
    assert sum(len(message.get("body", b"")) for message in client.messages) < len(content)


def test_more_than_one_person_s_share_waits_and_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "WAIT_SECONDS", 0.2)
    erin, bela = uuid4(), uuid4()

    async def crowd() -> list[str]:
        lanes, told = Lanes(at_once=3, for_one=2), []
        async with lanes.lane(erin), lanes.lane(erin), lanes.lane(bela):
            for person in (erin, bela):
                try:
                    async with lanes.lane(person):
                        told.append("sent")
                except attachments.Away as error:
                    told.append(error.words)
        async with lanes.lane(erin):
            told.append("sent")
        assert lanes._busy == {}
        return told

    assert anyio.run(crowd) == [attachments.CROWDED, attachments.CROWDED, "sent"]


def test_a_tag_is_the_same_for_the_same_bytes_and_is_no_hash_that_anybody_was_shown() -> None:
    sha256 = "ab" * 32
    first = FileToSend(f"{uuid4()}/{sha256}", "Acorn Labs.pdf", "application/pdf", 10)
    second = FileToSend(f"{uuid4()}/{sha256}", "OAK-1.pdf", "application/pdf", 10)

    assert tag_of(first) == tag_of(second)
    assert sha256[:8] not in tag_of(first)


def test_a_name_with_signs_of_any_kind_stays_one_header(sqlite: Given, folder: GivenStore, installation: Path) -> None:
    client = Client(stored(b"%PDF-1.7", installation, 'ä "quoted"; line.pdf'))
    client.ask()

    headers = dict(client.messages[0]["headers"])
    assert headers[b"content-disposition"] == (
        b"attachment; filename=\"_ _quoted_ line.pdf\"; filename*=UTF-8''%C3%A4%20%22quoted%22%3B%20line.pdf"
    )
