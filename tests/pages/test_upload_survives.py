"""Uploads and what is killed under them: at most 8 MiB and what was on the way are sent again, and nothing is lost."""

from __future__ import annotations

import http.client
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from accounts.actors import Actor
from storage.clock import move_to
from storage.database import transact
from storage.stores import STEP
from storage.uploads import SILENCE
from tests.databases import Given
from tests.pages.test_upload import Place, document
from tests.server import RunningLaurel, running_laurel
from tests.stores import GivenStore
from tests.stories import CLOSES, Chapter, Story, told

MEGABYTE = 1024 * 1024
SIZE = 40 * MEGABYTE
ON_THE_WAY = 4 * MEGABYTE
"""What the sockets of two ends hold at most."""

pytestmark = pytest.mark.prove


@dataclass
class Sender:
    """Somebody who sends one file as a browser does: all that is missing in one request, then asks where to go on."""

    place: Place
    actor: Actor
    content: bytes
    address: str = ""
    sent: int = 0
    """Bytes that were handed to the network, from wherever they began."""

    offsets: list[int] = field(default_factory=list)

    def begin(self) -> None:
        client = self.place.uploader(self.actor, self.content, "figures.pdf")
        self.address = str(client.create_url()).removeprefix(self.place.laurel.url)

    def offset(self, laurel: RunningLaurel) -> int:
        answer = laurel.ask("HEAD", self.address, headers={**self._headers(laurel), "Tus-Resumable": "1.0.0"})
        assert answer.status == 200, answer
        self.offsets.append(int(answer.headers["upload-offset"]))
        return self.offsets[-1]

    def send(self, laurel: RunningLaurel, offset: int, stop: Callable[[int], bool] = lambda _: False) -> int:
        """Send the rest until the connection breaks, or ``stop`` says so; returns the status, or 0."""
        connection = http.client.HTTPConnection("127.0.0.1", laurel.port, timeout=30)
        try:
            connection.putrequest("PATCH", self.address)
            for name, value in self._headers(laurel).items():
                connection.putheader(name, value)
            connection.putheader("Tus-Resumable", "1.0.0")
            connection.putheader("Content-Type", "application/offset+octet-stream")
            connection.putheader("Upload-Offset", str(offset))
            connection.putheader("Content-Length", str(len(self.content) - offset))
            connection.endheaders()
            for start in range(offset, len(self.content), 64 * 1024):
                if stop(start):
                    return 0
                block = self.content[start : start + 64 * 1024]
                connection.send(block)
                self.sent += len(block)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def _headers(self, laurel: RunningLaurel) -> dict[str, str]:
        return {**self.place.headers(self.actor), "Origin": laurel.url}


def open_prize() -> Story:
    story = told(Chapter.STARTED)
    transact(lambda db: move_to(db, CLOSES - timedelta(hours=1)))
    return story


def with_large_files(given: Given) -> None:
    """Forms accept more than the stories ask for."""
    given.sql("UPDATE question SET size_limit = 209715200 WHERE size_limit IS NOT NULL")


def test_after_a_kill_of_the_server_a_file_goes_on_where_it_was_durable(
    sqlite: Given, store: GivenStore, installation: Path
) -> None:
    story = open_prize()
    with_large_files(sqlite)
    env = {"LAUREL_EMBEDDED_WORKER": "false", "LAUREL_FOLDER": str(installation), **store.environment}
    content = document(SIZE)
    sender: Sender | None = None
    killed_at: list[int] = []
    for kill_after in (11 * MEGABYTE, 23 * MEGABYTE, None):
        with running_laurel(env, installation) as laurel:
            if sender is None:
                sender = Sender(Place(laurel, story), story.entrant, content)
                sender.begin()
            else:
                time.sleep(SILENCE.total_seconds() + 0.5)  # until the killed one's turn is over
            offset = sender.offset(laurel)

            def stop(at: int, laurel: RunningLaurel = laurel, limit: int | None = kill_after) -> bool:
                if limit is None or at < limit:
                    return False
                time.sleep(0.5)
                os.kill(laurel.pid, signal.SIGKILL)
                killed_at.append(at)
                return True

            status = sender.send(laurel, offset, stop)
    assert sender is not None
    assert status == 204
    assert all(offset % STEP == 0 for offset in sender.offsets)
    for offset, at in zip(sender.offsets[1:], killed_at, strict=True):
        assert at - offset <= STEP + ON_THE_WAY
    assert sender.sent - SIZE <= 2 * (STEP + ON_THE_WAY)
    assert sender.place.files() == [("figures.pdf", content)]


def test_a_file_goes_on_at_another_replica_while_the_first_one_s_connection_hangs(
    postgresql: Given, bucket: GivenStore, installation: Path, tmp_path: Path
) -> None:
    story = open_prize()
    with_large_files(postgresql)
    content = document(SIZE)
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(
                running_laurel(
                    {
                        "LAUREL_EMBEDDED_WORKER": "false",
                        "LAUREL_FOLDER": str(tmp_path / name),
                        "DATABASE_URL": postgresql.address,
                        **bucket.environment,
                    },
                    made(tmp_path / name),
                )
            )
            for name in ("first", "second")
        )
        sender = Sender(Place(first, story), story.entrant, content)
        sender.begin()
        hanging, go_on = threading.Event(), threading.Event()
        statuses: list[int] = []

        def hang(at: int) -> bool:
            if at >= 20 * MEGABYTE and not go_on.is_set():
                hanging.set()
                go_on.wait(60)
            return False

        slow = Sender(sender.place, story.entrant, content, sender.address)
        thread = threading.Thread(target=lambda: statuses.append(slow.send(first, 0, hang)))
        thread.start()
        try:
            assert hanging.wait(60)
            status = 423
            until = time.monotonic() + 30
            while status in (0, 423) and time.monotonic() < until:  # refused unread, or told so
                time.sleep(0.5)
                status = sender.send(second, sender.offset(second))
        finally:
            go_on.set()
            thread.join(60)

        assert status == 204
        assert statuses[0] in (0, 204, 410, 423)
        assert sender.offsets[-1] in (STEP, 2 * STEP)
        assert sender.place.files() == [("figures.pdf", content)]


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder
