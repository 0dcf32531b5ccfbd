"""The store for files is away: what needs it says so, everything else works, and what waited catches up."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from prize.entries.own import own_entry
from storage.clock import move_to
from storage.database import transact
from storage.errors import Away
from storage.jobs import JobState, enqueue, job, work_once
from storage.objects import blocks, put_small
from tests.databases import Clock, Given
from tests.objects import Swift, with_bucket
from tests.pages.test_upload import Place, document, refused
from tests.server import running_laurel
from tests.stores import in_bucket
from tests.stories import CLOSES, Chapter, told
from tests.world import ask

PUT_LATER = "put something into the store, in a test"


@job(PUT_LATER, before=lambda arguments: put_small(arguments["name"], b"bytes"))
def _put(*_: object) -> None:
    pass


@pytest.mark.prove
def test_an_upload_waits_for_the_store_and_goes_on_when_it_is_back(
    sqlite: Given, own_swift: Swift, installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = told(Chapter.STARTED)
    transact(lambda db: move_to(db, CLOSES - timedelta(hours=1)))
    store = in_bucket(with_bucket(own_swift.s3), monkeypatch)
    env = {"LAUREL_EMBEDDED_WORKER": "false", "LAUREL_FOLDER": str(installation), **store.environment}
    with running_laurel(env, installation) as laurel:
        place = Place(laurel, story)
        first, second = document(300_000), document(400_000)
        place.uploader(story.entrant, first, "first.pdf").upload()
        [file] = ask(own_entry, story.entrant, entry_id=story.entry_id).answers[2].files
        address = f"/entries/{story.entry_id}/files/{file.id}"
        headers = place.headers(story.entrant)
        own_swift.stop()

        client = place.uploader(story.entrant, second, "second.pdf", chunk_size=100_000)
        status, words = refused(client.upload)
        assert status == 503
        assert "Files cannot be reached just now" in words
        answer = laurel.ask("GET", address, headers=headers)
        assert answer.status == 503
        assert "Nothing that was saved is lost" in answer.body
        assert laurel.ask("GET", "/readyz").status == 200
        assert laurel.ask("GET", "/account", headers=headers).status == 200

        own_swift.start()
        place.uploader(story.entrant, second, "second.pdf", url=str(client.url)).upload()
        assert [name for name, _ in place.files()] == ["first.pdf", "second.pdf"]
        answer = laurel.ask("GET", address, headers=headers)
        assert answer.status == 200
    assert hashlib.sha256(b"".join(blocks(f"{story.prize_id}/{file.sha256}"))).hexdigest() == file.sha256


def test_a_job_that_needs_the_store_is_done_when_it_is_back_however_often_it_was_tried(
    sqlite: Given, own_swift: Swift, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = in_bucket(with_bucket(own_swift.s3), monkeypatch)
    task_id = transact(lambda db: enqueue(db, PUT_LATER, {"name": "anchors/1"}))
    own_swift.stop()
    with pytest.raises(Away):
        put_small("anchors/1", b"bytes")
    for _ in range(7):
        assert work_once()
        clock.advance(timedelta(minutes=1))
    assert sqlite.sql("SELECT state FROM job WHERE id = :id", id=task_id.hex) == [(JobState.WAITING.value,)]

    own_swift.start()
    assert work_once()

    assert store.names() == ["anchors/1"]
