"""Bytes of uploads: what is durable, what is sent again after a kill, and how they become objects; on both stores."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from storage.database import reading, transact
from storage.errors import Closed, Invalid, Stale
from storage.files import Upload
from storage.objects import blocks, object_name, stored_file
from storage.receiving import Sending, give_up_own, how_far, receiving
from storage.stores import BLOCK, STEP
from storage.uploads import Busy, Turn, begin, finish
from tests.databases import Given
from tests.stores import GivenStore
from tests.world import World

PDF = b"%PDF-1.7\n"


def document(size: int) -> bytes:
    return (PDF + os.urandom(size))[:size]


@dataclass
class Client:
    """Somebody who sends one file, in the process of the test."""

    content: bytes
    person_id: UUID
    prize: UUID
    upload_id: UUID
    arrived: list[tuple[str, str]] = field(default_factory=list)

    def send(self, offset: int, end: int | None = None) -> Sending:
        """Send some bytes in blocks, and end the turn."""
        sending = Sending(self.person_id, self.upload_id, offset)
        try:
            for start in range(offset, end or len(self.content), BLOCK):
                sending.write(self.content[start : min(start + BLOCK, end or len(self.content))])
        finally:
            sending.end()
        return sending

    def arrive(self, sending: Sending | None = None) -> None:
        sending = sending or Sending(self.person_id, self.upload_id, len(self.content))
        sending.arrive(self.add)

    def add(self, turn: Turn, sha256: str, content_type: str) -> None:
        def write(db: Session) -> None:
            finish(db, turn, stored_file(db, turn.folder, sha256, turn.length, content_type).id)

        transact(write)
        self.arrived.append((sha256, content_type))

    def row(self) -> Upload:
        with reading() as db:
            return db.get_one(Upload, self.upload_id)

    def offset(self) -> int:
        return how_far(self.person_id, self.upload_id).offset

    def stored(self) -> bytes:
        return b"".join(blocks(object_name(self.prize, hashlib.sha256(self.content).hexdigest())))


def client_of(world: World, content: bytes) -> Client:
    person_id = world.person("erin").person_id
    assert person_id is not None
    prize = uuid4()
    begun = transact(lambda db: begin(db, person_id, prize, "answer of a test", "figures.pdf", len(content)))
    return Client(content, person_id, prize, begun.id)


@pytest.fixture(autouse=True)
def nothing_in_memory() -> Iterator[None]:
    yield
    killed()


def killed() -> None:
    """Forget what a process has in memory, as a kill does."""
    for upload_id in list(receiving._open):
        receiving.drop(upload_id)


@pytest.mark.parametrize("size", [9, 300_000, STEP, STEP + 5])
def test_bytes_that_all_came_are_one_object_with_their_type(sqlite: Given, store: GivenStore, size: int) -> None:
    client = client_of(World(), document(size))

    client.arrive(client.send(0))

    assert client.stored() == client.content
    assert client.arrived == [(hashlib.sha256(client.content).hexdigest(), "application/pdf")]
    assert client.row().finished_at is not None
    assert store.leftovers() == []


@pytest.mark.parametrize(
    ("head", "content_type"),
    [(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg")],
)
def test_images_are_taken_too(head: bytes, content_type: str, sqlite: Given, folder: GivenStore) -> None:
    client = client_of(World(), head.ljust(5000, b"."))

    client.arrive(client.send(0))

    assert [kind for _, kind in client.arrived] == [content_type]


def test_who_goes_on_in_the_same_process_sends_nothing_again(sqlite: Given, store: GivenStore) -> None:
    client = client_of(World(), document(STEP + 900_000))
    client.send(0, 500_000)
    assert client.offset() == 500_000
    client.send(500_000, STEP + 300_000)
    assert client.offset() == STEP + 300_000

    client.arrive(client.send(STEP + 300_000))

    assert client.stored() == client.content


def test_after_a_kill_at_most_eight_megabytes_are_sent_again(sqlite: Given, store: GivenStore) -> None:
    client = client_of(World(), document(2 * STEP + 900_000))
    client.send(0, 2 * STEP - 1)
    killed()
    assert client.offset() == STEP
    client.send(STEP, 2 * STEP + 600_000)
    killed()
    assert client.offset() == 2 * STEP

    client.arrive(client.send(2 * STEP))

    assert client.stored() == client.content


@pytest.mark.parametrize("when", ["settle", "forget"])
def test_a_kill_while_a_file_becomes_an_object_costs_nothing(
    when: str, sqlite: Given, store: GivenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(World(), document(STEP + 5))
    sending = client.send(0)
    really = getattr(type(store.store), when)

    class Killed(BaseException):
        pass

    def kill(*arguments: object) -> None:
        if when == "settle":
            really(*arguments)
        raise Killed

    monkeypatch.setattr(type(store.store), when, kill)
    with pytest.raises(Killed):
        client.arrive(sending)
    monkeypatch.setattr(type(store.store), when, really)
    killed()
    transact(lambda db: _others_may_send(db, client))

    shown = how_far(client.person_id, client.upload_id)
    assert shown.offset == len(client.content)
    assert shown.waits == (when == "settle")
    if shown.waits:
        client.arrive()
    assert client.stored() == client.content


def _others_may_send(db: Session, client: Client) -> None:
    db.get_one(Upload, client.upload_id).sending = False


def test_what_was_never_written_down_as_arrived_is_finished_by_whoever_asks(
    sqlite: Given, store: GivenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the last byte was safe and before anything became of it, and begun by another process."""
    client = client_of(World(), document(2 * STEP))
    client.send(0, STEP)
    killed()
    sending = client.send(STEP)
    monkeypatch.setattr(Sending, "_kept", lambda _: (_ for _ in ()).throw(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        client.arrive(sending)
    monkeypatch.undo()
    if store.environment:
        for name, value in store.environment.items():
            monkeypatch.setenv(name, value)
    killed()
    assert how_far(client.person_id, client.upload_id).waits

    client.arrive()

    assert client.stored() == client.content


def test_another_process_takes_over_and_what_the_first_one_sends_no_longer_counts(
    database: Given, world: World, store: GivenStore
) -> None:
    client = client_of(world, document(STEP + 700_000))
    first = Sending(client.person_id, client.upload_id, 0)
    first.write(client.content[:BLOCK])
    with pytest.raises(Busy):
        Sending(client.person_id, client.upload_id, BLOCK)
    first.pause()  # it has been silent for a while
    memory = receiving._open.copy()
    receiving._open.clear()  # the memory of another process
    transact(lambda db: _others_may_send(db, client))

    client.send(0, STEP + 100_000)

    receiving._open.update(memory)
    with pytest.raises(Busy, match="goes on with this file"):
        first.write(b"forged" * 1000)
    receiving.drop(client.upload_id)
    client.arrive(client.send(STEP))
    assert client.stored() == client.content


def test_more_bytes_than_announced_are_refused(sqlite: Given, store: GivenStore) -> None:
    client = client_of(World(), document(1000))
    sending = Sending(client.person_id, client.upload_id, 0)

    with pytest.raises(Invalid, match="More bytes came than were announced"):
        sending.write(client.content + b"!")
    assert client.offset() == 0


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"PK\x03\x04", "ZIP archive. Unpack it"),
        (b"<!DOCTYPE html>", "a web page"),
        (b"MZ\x90\x00", "a program"),
        (b"\x1f\x8b\x08", "an archive"),
        (b"GIF89a", "a GIF image"),
    ],
)
def test_what_is_not_accepted_is_refused_by_its_first_bytes_and_given_up(
    head: bytes, words: str, sqlite: Given, folder: GivenStore
) -> None:
    client = client_of(World(), head.ljust(STEP + 1, b"!"))
    sending = Sending(client.person_id, client.upload_id, 0)

    with pytest.raises(Invalid, match=words):
        sending.write(client.content[:2000])
    sending.abandon()

    with pytest.raises(Closed, match="Choose the file again"):
        client.offset()
    assert folder.leftovers() == folder.names() == []


def test_a_document_of_word_is_called_so_when_it_has_arrived(sqlite: Given, store: GivenStore) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", "figures " * 1000)
    client = client_of(World(), packed.getvalue())

    with pytest.raises(Invalid, match=r"This is a Word document\. Save it as a PDF"):
        client.arrive(client.send(0))

    assert store.leftovers() == store.names() == []


def test_a_request_whose_bytes_were_wrong_leaves_what_was_durable_before_it(sqlite: Given, store: GivenStore) -> None:
    client = client_of(World(), document(2 * STEP + 100))
    client.send(0, STEP + 50)
    wrong = Sending(client.person_id, client.upload_id, STEP + 50)
    wrong.write(b"x" * STEP)
    wrong.undo()
    wrong.end()
    assert client.offset() == STEP

    client.arrive(client.send(STEP))

    assert client.stored() == client.content


def test_a_cancelled_upload_leaves_nothing_behind(sqlite: Given, store: GivenStore) -> None:
    client = client_of(World(), document(STEP + 100))
    client.send(0, STEP + 50)
    assert store.leftovers() == [str(client.upload_id)]

    give_up_own(client.person_id, client.upload_id)

    assert store.leftovers() == []
    with pytest.raises(Closed):
        client.send(STEP)


def test_an_upload_that_nobody_goes_on_with_is_closed_and_the_rest_of_its_step_sent_again(
    sqlite: Given, store: GivenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(World(), document(900_000))
    client.send(0, 500_000)
    monkeypatch.setattr("storage.receiving.IDLE_SECONDS", -1.0)

    receiving.close_idle()

    assert client.offset() == 0
    with pytest.raises(Stale):
        client.send(500_000)
    client.arrive(client.send(0))
    assert client.stored() == client.content


def test_who_has_just_begun_is_not_idle(sqlite: Given, folder: GivenStore) -> None:
    world = World()
    first, second = (client_of(world, document(1000)) for _ in range(2))
    sending = Sending(first.person_id, first.upload_id, 0)
    second.send(0)

    sending.write(first.content)

    assert first.offset() == 1000


def test_a_part_that_is_gone_is_said_so(sqlite: Given, store: GivenStore) -> None:
    client = client_of(World(), document(STEP + 100))
    client.send(0, STEP + 50)
    killed()
    store.store.forget(client.upload_id, client.row().multipart)

    with pytest.raises(Closed, match="Choose the file again"):
        client.arrive(client.send(STEP))
