"""Uploads through the real application, with a client of tus that is not ours."""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from tusclient import client as tus
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

from accounts.actors import Actor
from accounts.sessions import COOKIE, open_session
from prize.entries.own import own_entry
from storage.clock import move_to
from storage.database import transact
from storage.objects import blocks
from tests.databases import Clock, Given
from tests.server import RunningLaurel, running_laurel
from tests.stores import GivenStore
from tests.stories import CLOSES, Chapter, Story, told
from tests.world import ask

PATIENCE_SECONDS = 10.0
A_QUARTER = 256 * 1024


@dataclass(frozen=True)
class Place:
    """A running application with a prize that is open."""

    laurel: RunningLaurel
    story: Story

    def headers(self, actor: Actor) -> dict[str, str]:
        """What a signed-in browser sends with each request of a page of ours."""
        assert actor.person_id is not None
        person_id = actor.person_id
        token = transact(lambda db: open_session(db, person_id))
        return {"Cookie": f"{COOKIE}={token}", "Origin": self.laurel.url}

    def uploader(self, actor: Actor, content: bytes, name: str = "figures.pdf", **more: object) -> tus.Uploader:
        target = {"entry_id": str(self.story.entry_id), "question_key": str(self.story.questions["document"])}
        named = {"filename": name, "what": "answer", **target}
        asked = tus.TusClient(f"{self.laurel.url}/uploads", headers=self.headers(actor))
        return asked.uploader(file_stream=BytesIO(content), metadata=named, **more)  # type: ignore[arg-type]

    def files(self) -> list[tuple[str, bytes]]:
        """The files of the draft, with what is stored of them."""
        document = ask(own_entry, self.story.entrant, entry_id=self.story.entry_id).answers[2]
        folder = self.story.prize_id
        return [(file.name, b"".join(blocks(f"{folder}/{file.sha256}"))) for file in document.files]


@pytest.fixture
def place(sqlite: Given, store: GivenStore, installation: Path) -> Iterator[Place]:
    story = told(Chapter.STARTED)
    transact(lambda db: move_to(db, CLOSES - timedelta(hours=1)))
    env = {"LAUREL_EMBEDDED_WORKER": "false", "LAUREL_FOLDER": str(installation), **store.environment}
    with running_laurel(env, installation) as laurel:
        yield Place(laurel, story)


def document(size: int) -> bytes:
    """A document of so many bytes that holds no block twice."""
    return (b"%PDF-1.7\n" + os.urandom(size))[:size]


def words_of(error: TusCommunicationError) -> str:
    return bytes(error.response_content or b"").decode()


def test_files_come_in_and_what_is_not_accepted_is_told_why(place: Place, clock: Clock) -> None:
    erin, bela = place.story.entrant, place.story.entrants["bela"]
    figures = document(700_000)

    place.uploader(erin, figures, "my figures.pdf", chunk_size=A_QUARTER).upload()
    assert place.files() == [("my figures.pdf", figures)]

    goes_on_after_a_cut(place, erin)
    assert refused(lambda: place.uploader(erin, document(1024 * 1024 + 1)).upload()) == (422, "at most 1 MB")
    assert refused(lambda: place.uploader(erin, b"PK\x03\x04" * 50, "figures.pdf").upload()) == (422, "a ZIP archive")
    assert refused(lambda: place.uploader(bela, figures).upload()) == (403, "does not exist")
    somebody_else_s_upload_is_not_found(place, erin, bela)
    bytes_that_changed_on_their_way_are_sent_again(place, erin)
    what_arrived_is_said_to_have_arrived_however_often_it_is_asked(place, erin)
    who_lies_about_a_length_gets_nothing_in(place, erin)
    pieces_of_a_file_are_sent_and_no_more(place, erin)
    assert len(place.files()) == 4

    late = document(600_000)
    half = place.uploader(erin, late, "late.pdf", chunk_size=A_QUARTER)
    half.upload_chunk()
    clock.move_to(CLOSES + timedelta(milliseconds=1))
    rest = [place.uploader(erin, late, url=str(half.url)) for _ in ("the last bytes", "once more")]
    assert [refused(client.upload) for client in rest] == [(410, "has closed"), (410, "Choose the file again")]
    assert refused(lambda: place.uploader(erin, figures).upload()) == (410, "has closed")
    assert len(place.files()) == 4


def goes_on_after_a_cut(place: Place, erin: Actor) -> None:
    """A connection breaks in the middle of a piece; what came is kept, and another client goes on from there."""
    content = document(800_000)
    first = place.uploader(erin, content, "cut.pdf", chunk_size=A_QUARTER)
    first.upload_chunk()
    address = str(first.url)
    connection = http.client.HTTPConnection("127.0.0.1", place.laurel.port, timeout=10)
    connection.putrequest("PATCH", address.removeprefix(place.laurel.url))
    for name, value in place.headers(erin).items():
        connection.putheader(name, value)
    connection.putheader("Tus-Resumable", "1.0.0")
    connection.putheader("Content-Type", "application/offset+octet-stream")
    connection.putheader("Upload-Offset", str(A_QUARTER))
    connection.putheader("Content-Length", str(len(content) - A_QUARTER))
    connection.endheaders(content[A_QUARTER : A_QUARTER + 300_000])
    time.sleep(0.3)
    assert connection.sock is not None
    connection.sock.shutdown(socket.SHUT_RDWR)
    connection.close()

    second = place.uploader(erin, content, "cut.pdf", url=address)
    until = time.monotonic() + PATIENCE_SECONDS
    while (offset := second.get_offset()) == A_QUARTER and time.monotonic() < until:
        time.sleep(0.1)
    assert A_QUARTER < offset <= A_QUARTER + 300_000
    second.offset = offset
    second.upload()

    assert place.files()[-1] == ("cut.pdf", content)


def somebody_else_s_upload_is_not_found(place: Place, erin: Actor, bela: Actor) -> None:
    own = place.uploader(erin, document(600_000), chunk_size=A_QUARTER)
    own.upload_chunk()
    address = str(own.url).removeprefix(place.laurel.url)
    theirs = {**place.headers(bela), "Tus-Resumable": "1.0.0"}
    sends = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(A_QUARTER)}

    assert place.laurel.ask("HEAD", address, headers=theirs).status == 403
    assert place.laurel.ask("PATCH", address, headers={**theirs, **sends}, body="bytes").status == 403
    assert place.laurel.ask("DELETE", address, headers=theirs).status == 403
    without_origin = {"Cookie": place.headers(erin)["Cookie"], **sends}
    assert place.laurel.ask("PATCH", address, headers=without_origin, body="bytes").status == 403
    assert own.get_offset() == A_QUARTER


def bytes_that_changed_on_their_way_are_sent_again(place: Place, erin: Actor) -> None:
    """With the checksum that the other client sends; a wrong one leaves the upload where it was."""
    content = document(300_000)
    client = place.uploader(erin, content, "checked.pdf", chunk_size=100_000, upload_checksum=True)
    client.upload_chunk()
    assert client.get_offset() == 100_000
    sends = {
        **place.headers(erin),
        "Tus-Resumable": "1.0.0",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": "100000",
        "Upload-Checksum": f"sha256 {base64.b64encode(hashlib.sha256(b'other bytes').digest()).decode()}",
    }
    address = str(client.url).removeprefix(place.laurel.url)
    assert place.laurel.ask("PATCH", address, headers=sends, body="these bytes").status == 460
    assert client.get_offset() == 0  # nothing of it was durable yet
    assert place.laurel.ask("PATCH", address, headers={**sends, "Upload-Checksum": "crc32 AAAA"}).status == 422

    place.uploader(erin, content, "checked.pdf", chunk_size=100_000, url=client.url, upload_checksum=True).upload()

    assert place.files()[-1] == ("checked.pdf", content)


def what_arrived_is_said_to_have_arrived_however_often_it_is_asked(place: Place, erin: Actor) -> None:
    content = document(200_000)
    client = place.uploader(erin, content, "once.pdf")
    client.upload()
    address = str(client.url).removeprefix(place.laurel.url)
    sends = {**place.headers(erin), "Tus-Resumable": "1.0.0"}
    more = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "200000"}

    for _ in range(2):
        assert place.laurel.ask("HEAD", address, headers=sends).headers["upload-offset"] == "200000"
        assert place.laurel.ask("PATCH", address, headers={**sends, **more}).status == 204
    assert place.laurel.ask("DELETE", address, headers=sends).status == 410
    assert [name for name, _ in place.files()].count("once.pdf") == 1


def who_lies_about_a_length_gets_nothing_in(place: Place, erin: Actor) -> None:
    before = place.files()
    client = place.uploader(erin, document(1000), "small.pdf", chunk_size=500)
    client.upload_chunk()
    address = str(client.url).removeprefix(place.laurel.url)
    sends = {
        **place.headers(erin),
        "Tus-Resumable": "1.0.0",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": "500",
    }

    assert place.laurel.ask("PATCH", address, headers=sends, body="x" * 501).status == 422
    assert refused(lambda: place.uploader(erin, document(1000), url=str(client.url)).upload())[0] == 410
    assert place.files() == before


def pieces_of_a_file_are_sent_and_no_more(place: Place, erin: Actor) -> None:
    """What a download manager asks for, and what a reader of one page of a long document does."""
    answers = ask(own_entry, place.story.entrant, entry_id=place.story.entry_id).answers
    file = answers[2].files[0]
    content = place.files()[0][1]
    address = f"/entries/{place.story.entry_id}/files/{file.id}"

    def got(method: str = "GET", **asked: str) -> tuple[int, Mapping[str, str], bytes]:
        headers = {**place.headers(erin), **{name.replace("_", "-"): value for name, value in asked.items()}}
        request = urllib.request.Request(f"{place.laurel.url}{address}", headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    status, headers, whole = got()
    assert (status, whole) == (200, content)
    assert headers["Content-Length"] == str(len(content))
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Last-Modified"] is None
    assert file.sha256 not in str(headers)
    tag = headers["ETag"]
    assert got("HEAD")[0] == 200
    assert got("HEAD")[2] == b""
    for asked, start, end in (
        ("bytes=0-9", 0, 10),
        ("bytes=699990-", 699_990, 700_000),
        ("bytes=-7", 699_993, 700_000),
        ("bytes=10-99999999", 10, 700_000),
    ):
        status, headers, piece = got(Range=asked)
        assert (status, piece) == (206, content[start:end])
        assert headers["Content-Range"] == f"bytes {start}-{end - 1}/700000"
        assert (status, piece) == got(Range=asked, If_Range=tag)[::2]
    assert got(Range="bytes=0-9", If_Range='"another"')[::2] == (200, content)
    for odd in ("bytes=5-2", "bytes=0-1,4-5", "lines=1-2", "bytes=-", "bytes=a-b"):
        assert got(Range=odd)[::2] == (200, content)
    for nowhere in ("bytes=700000-", "bytes=-0"):
        status, headers, _ = got(Range=nowhere)
        assert (status, headers["Content-Range"]) == (416, "bytes */700000")


def refused(work: Callable[[], object]) -> tuple[int, str]:
    """The status of a refusal, and those of our words in it that a test knows."""
    try:
        work()
    except (TusCommunicationError, TusUploadFailed) as error:
        known = ("at most 1 MB", "a ZIP archive", "does not exist", "has closed", "Choose the file again")
        said = words_of(error)
        return error.status_code, next((words for words in known if words in said), said)
    return 200, ""
