"""What is left over is listed, then deleted; what a row names never is. On both databases and both stores."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from manage import main
from prize.entries.files import remove_file
from prize.entries.own import own_entry
from storage import sweeping
from storage.database import transact
from storage.files import StoredFile
from storage.jobs import work_once
from storage.objects import blocks, keep, object_name, put_small, stored_file
from storage.receiving import Sending, receiving
from storage.stores import STEP
from storage.stores import store as present_store
from storage.sweeping import GRACE, Kind, Sweepable, delete, sweep, sweepable
from storage.tables import metadata
from storage.uploads import LIFETIME, begin, cancel
from tests.databases import Clock, Given
from tests.stores import GivenStore
from tests.stories import Chapter, Story, attach, document_of, told
from tests.world import World, ask, do

A_DAY_LATER = GRACE + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def nothing_in_memory() -> Iterator[None]:
    yield
    for upload_id in list(receiving._open):
        receiving.drop(upload_id)


def kept(content: bytes, folder: Path, prize: UUID) -> str:
    source = folder / f"{uuid4()}.tmp"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    keep(source, prize, sha256)
    return sha256


def rowed(prize: UUID, sha256: str) -> StoredFile:
    return transact(lambda db: stored_file(db, prize, sha256, 7, "application/pdf"))


def listed() -> list[tuple[Kind, str]]:
    return [(one.kind, one.name) for one in sweepable()]


def test_an_object_that_no_row_names_is_listed_after_a_day_and_deleted(
    database: Given, store: GivenStore, installation: Path, clock: Clock
) -> None:
    prize = uuid4()
    name = object_name(prize, kept(b"orphan!", installation, prize))
    put_small("anchors/1", b"not a file of a prize")
    assert sweepable() == ()
    clock.advance(A_DAY_LATER)

    assert sweepable() == (Sweepable(Kind.OBJECT, name, 7),)
    assert store.names() == ["anchors/1", name] or store.names() == [name, "anchors/1"]
    assert delete(sweepable()) == (Sweepable(Kind.OBJECT, name, 7),)
    assert store.names() == ["anchors/1"]


def test_a_file_that_a_draft_or_a_version_names_stays_and_one_that_was_removed_goes(
    database: Given, store: GivenStore, clock: Clock
) -> None:
    story = told(Chapter.WRITTEN)
    documents = [document_of(f"Team {number}") for number in (1, 2)]
    for document in documents:
        add(story, document, "figures.pdf")
    first, second = ask(own_entry, story.entrant, entry_id=story.entry_id).answers[2].files
    target = {"entry_id": story.entry_id, "question_key": story.questions["document"]}
    do(remove_file, story.entrant, **target, file_id=first.id)
    clock.advance(LIFETIME)
    sweep()
    sweep()

    assert store.names() == [object_name(story.prize_id, second.sha256)]
    assert b"".join(blocks(store.names()[0])) == documents[1]
    assert sweepable() == ()


def add(story: Story, document: bytes, name: str) -> None:
    key = story.questions["document"]
    transact(lambda db: attach(db, story.entrant, story.entry_id, key, document, name))


def test_every_table_that_refers_to_stored_files_is_asked() -> None:
    """A new table is covered by itself; this says which there are, so that a missing import is seen."""
    referring = {
        table.name
        for table in metadata().sorted_tables
        if any(key.column.table.name == "stored_file" for key in table.foreign_keys)
    }

    assert referring >= {"upload", "draft_file", "entry_file", "judges_copy", "copy_page", "evidence_file"}
    asked = str(sweeping._unreferenced())
    assert {name for name in referring if f"{name}." not in asked} == set()


def test_bytes_of_an_upload_go_a_day_after_it_is_over_and_not_before(
    sqlite: Given, store: GivenStore, clock: Clock
) -> None:
    world = World()
    person_id = world.person("erin").person_id
    assert person_id is not None
    begun = transact(lambda db: begin(db, person_id, uuid4(), "answer of a test", "a.pdf", 2 * STEP))
    sending = Sending(person_id, begun.id, 0)
    sending.write(b"%PDF-1.7" + bytes(STEP))
    sending.end()
    clock.advance(LIFETIME - timedelta(minutes=1))
    assert sweepable() == ()

    clock.advance(A_DAY_LATER)
    assert (Kind.UPLOAD, str(begun.id)) in listed()
    sweep()

    assert store.leftovers() == []
    assert sweepable() == ()


def test_bytes_without_a_row_go(sqlite: Given, store: GivenStore, clock: Clock) -> None:
    world = World()
    person_id = world.person("erin").person_id
    assert person_id is not None
    begun = transact(lambda db: begin(db, person_id, uuid4(), "answer of a test", "a.pdf", 2 * STEP))
    sending = Sending(person_id, begun.id, 0)
    sending.write(b"%PDF-1.7" + bytes(STEP))
    sending.end()
    transact(lambda db: cancel(db, person_id, begun.id))
    sqlite.sql("DELETE FROM upload")
    assert store.leftovers() == [str(begun.id)]
    clock.advance(A_DAY_LATER)

    sweep()

    assert store.leftovers() == []


@pytest.fixture
def short_day(monkeypatch: pytest.MonkeyPatch) -> float:
    """The store's own clock cannot be moved, so the day is cut short; returns after how many seconds it is over."""
    monkeypatch.setattr(sweeping, "GRACE", timedelta(seconds=2))
    return 3.1


def test_a_file_that_is_kept_again_while_a_sweep_runs_is_not_lost(
    database: Given, store: GivenStore, installation: Path, short_day: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each point between listing and deleting, somebody keeps the same content once more and adds its row."""
    prize = uuid4()
    contents = {moment: moment.encode() for moment in ("before its row goes", "before it goes", "after")}
    named = {object_name(prize, kept(content, installation, prize)): content for content in contents.values()}
    for name in named:
        rowed(prize, name.rpartition("/")[2])
    time.sleep(short_day)
    plan = sweepable()
    assert sorted(one.name for one in plan) == sorted(named)
    assert {one.kind for one in plan} == {Kind.ROW}

    kept(contents["before its row goes"], installation, prize)
    really = sweeping._delete_object

    def kept_meanwhile(one: Sweepable) -> bool:
        if named[one.name] == contents["before it goes"]:
            kept(named[one.name], installation, prize)
        return really(one)

    monkeypatch.setattr(sweeping, "_delete_object", kept_meanwhile)
    delete(plan)
    assert len(store.names()) == 2
    kept(contents["after"], installation, prize)
    for name, content in named.items():
        rowed(prize, name.rpartition("/")[2])
        assert b"".join(blocks(name)) == content


def test_a_reference_that_is_being_added_holds_a_file_against_the_sweep(
    postgresql: Given, folder: GivenStore, installation: Path, clock: Clock
) -> None:
    prize = uuid4()
    sha256 = kept(b"figures", installation, prize)
    rowed(prize, sha256)
    clock.advance(A_DAY_LATER)
    plan = sweepable()

    def while_held(db: Session) -> tuple[Sweepable, ...]:
        stored_file(db, prize, sha256, 7, "application/pdf")
        return delete(plan)

    assert transact(while_held) == ()
    assert len(folder.names()) == 1


@pytest.mark.prove
def test_what_is_kept_while_sweeps_run_one_after_the_other_is_there_at_the_end(
    database: Given, store: GivenStore, installation: Path, short_day: float
) -> None:
    prize = uuid4()
    contents = [f"document {number}".encode() for number in range(4)]
    for content in contents:
        kept(content, installation, prize)
    time.sleep(short_day)
    stopping = threading.Event()
    swept: list[Sweepable] = []

    def sweep_on() -> None:
        while not stopping.is_set():
            swept.extend(sweep())

    thread = threading.Thread(target=sweep_on)
    thread.start()
    try:
        for content in contents:
            rowed(prize, kept(content, installation, prize))
    finally:
        stopping.set()
        thread.join()

    for content in contents:
        assert b"".join(blocks(object_name(prize, hashlib.sha256(content).hexdigest()))) == content


def test_the_command_lists_and_deletes_only_when_it_is_told_to(
    sqlite: Given, folder: GivenStore, installation: Path, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep"]) == 0
    assert "Nothing is left over." in capsys.readouterr().out
    prize = uuid4()
    kept(b"orphan!", installation, prize)
    clock.advance(A_DAY_LATER)

    assert main(["sweep"]) == 0
    said = capsys.readouterr().out
    assert "object without a record" in said
    assert "1 can go. Nothing was deleted" in said
    assert len(folder.names()) == 1
    assert main(["sweep", "--delete"]) == 0
    assert "Deleted 1 of 1" in capsys.readouterr().out
    assert folder.names() == []


def test_a_folder_of_a_cleaning_that_was_killed_goes(
    sqlite: Given, folder: GivenStore, installation: Path, clock: Clock
) -> None:
    left = installation / "cleaning" / "tmp1"
    left.mkdir(parents=True)
    (left / "original").write_bytes(b"%PDF")
    assert sweepable() == ()
    clock.advance(A_DAY_LATER)

    assert sweep() == (Sweepable(Kind.CLEANING, "tmp1"),)
    assert not left.exists()


def test_a_worker_sweeps_once_a_day(sqlite: Given, folder: GivenStore, installation: Path, clock: Clock) -> None:
    from storage.jobs import begin_regular_jobs

    transact(begin_regular_jobs)
    prize = uuid4()
    kept(b"orphan!", installation, prize)
    for _ in range(2):
        clock.advance(A_DAY_LATER)
        while work_once():
            pass

    assert folder.names() == []
    assert present_store().look("anchors/1") is None
