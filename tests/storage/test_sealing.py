"""Audit rows are covered by a chain of seals, and each seal is named outside the database."""

from __future__ import annotations

import hashlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from storage import audit, sealing
from storage.audit import AuditRow
from storage.database import reading, transact
from storage.jobs import Job, JobState, begin_regular_jobs, work_once
from storage.sealing import ANCHOR_SEALS, EVERY, SEAL_TRAIL, Seal, anchor_file, merkle_root, seal_rows
from storage.verifying import verify
from tests.databases import Clock, Given


def add_rows(count: int) -> None:
    def add(db: Session) -> None:
        for number in range(count):
            audit.record(db, person_id=None, session_id=None, action="count", subject="", content={"number": number})

    transact(add)


def seals() -> list[Seal]:
    with reading() as db:
        return list(db.exec(select(Seal).order_by(col(Seal.number))))


def by_position() -> list[int | None]:
    """The number of each row's seal."""
    with reading() as db:
        return list(db.exec(select(AuditRow.seal).order_by(col(AuditRow.position))))


def anchors() -> list[dict[str, Any]]:
    return [json.loads(line) for line in anchor_file().read_text().splitlines()]


def regular_work() -> None:
    """What a worker does in a minute."""
    transact(begin_regular_jobs)
    while work_once():
        pass


@pytest.mark.parametrize("count", range(1, 18))
def test_a_root_is_that_of_rfc_6962(count: int) -> None:
    leaves = [hashlib.sha256(bytes([number])).digest() for number in range(count)]

    def tree(part: list[bytes]) -> bytes:
        if len(part) == 1:
            return part[0]
        half = 1 << (len(part) - 1).bit_length() - 1
        return hashlib.sha256(b"\x01" + tree(part[:half]) + tree(part[half:])).digest()

    assert merkle_root(leaves) == tree(leaves)


def test_rows_are_covered_by_seals_that_name_each_other(database: Given) -> None:
    add_rows(3)
    transact(seal_rows)
    add_rows(2)
    transact(seal_rows)
    transact(seal_rows)

    first, second = seals()
    assert (first.count, first.previous, second.count, second.previous) == (3, "", 2, first.digest)
    assert by_position() == [1, 1, 1, 2, 2]


def test_many_rows_are_covered_by_several_seals(database: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "LARGEST_SEAL", 4)
    add_rows(10)

    transact(seal_rows)

    assert [seal.count for seal in seals()] == [4, 4, 2]
    assert verify().findings == 0


def test_a_row_that_is_committed_late_is_covered_by_the_next_seal(postgresql: Given) -> None:
    added, sealed = threading.Event(), threading.Event()

    def slowly(db: Session) -> None:
        audit.record(db, person_id=None, session_id=None, action="slow", subject="", content={})
        added.set()
        assert sealed.wait(30)

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(transact, slowly)
        assert added.wait(30)
        add_rows(2)
        transact(seal_rows)
        sealed.set()
        slow.result()
    transact(seal_rows)

    assert by_position() == [2, 1, 1]
    assert verify().findings == 0


def test_two_workers_that_seal_at_once_make_one_chain(database: Given) -> None:
    add_rows(20)
    together = threading.Barrier(4, timeout=30)

    def seal(_: int) -> None:
        together.wait()
        transact(seal_rows)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(seal, range(4)))

    assert [seal.count for seal in seals()] == [20]
    assert verify().findings == 0


def test_the_place_of_a_row_that_was_removed_is_given_to_no_other(sqlite: Given) -> None:
    add_rows(2)
    sqlite.sql("DELETE FROM audit_content")
    sqlite.sql("DELETE FROM audit_row WHERE position = 2")

    add_rows(1)

    assert sqlite.sql("SELECT position FROM audit_row ORDER BY position") == [(1,), (3,)]


def test_a_worker_seals_and_anchors_every_minute(database: Given, clock: Clock) -> None:
    add_rows(1)
    regular_work()
    add_rows(1)
    regular_work()
    assert by_position() == [1, None]

    for _ in range(2):  # anchoring may come before sealing in its minute
        clock.advance(EVERY + timedelta(seconds=1))
        regular_work()

    assert by_position() == [1, 2]
    assert [(line["seal"], line["digest"]) for line in anchors()] == [(seal.number, seal.digest) for seal in seals()]


def test_a_regular_job_is_one_row_and_is_never_given_up(
    database: Given, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_rows(1)
    clock.move_to(clock.now(), stand_still=True)
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_seal_some", lambda db: 1 / 0)
        for _ in range(12):
            regular_work()
            clock.advance(timedelta(minutes=11), stand_still=True)
        [job] = _jobs(SEAL_TRAIL)
        assert (job.state, job.last_error) == (JobState.WAITING, "ZeroDivisionError: division by zero")

    regular_work()

    [job] = _jobs(SEAL_TRAIL)
    assert (job.state, job.last_error) == (JobState.WAITING, "")
    assert by_position() == [1]


def test_an_anchor_that_was_written_but_not_noted_is_not_written_again(database: Given, clock: Clock) -> None:
    for _ in range(2):
        add_rows(1)
        transact(seal_rows)
    regular_work()
    before = anchors()
    database.sql("UPDATE seal SET anchored_at = NULL")

    clock.advance(EVERY + timedelta(seconds=1))
    regular_work()

    assert [line["seal"] for line in before] == [1, 2]
    assert anchors() == before
    assert verify().findings == 0


def test_an_anchor_that_was_written_in_part_is_written_again(database: Given) -> None:
    add_rows(1)
    transact(seal_rows)
    anchor_file().parent.mkdir(parents=True, exist_ok=True)
    anchor_file().write_bytes(b'{"seal": 1, "dig')

    regular_work()

    assert anchor_file().read_bytes().splitlines()[0] == b'{"seal": 1, "dig'
    assert json.loads(anchor_file().read_bytes().splitlines()[1])["seal"] == 1


def _jobs(kind: str) -> list[Job]:
    with reading() as db:
        return list(db.exec(select(Job).where(col(Job.kind) == kind)))


def test_what_is_sealed_and_anchored_is_done_by_jobs_of_their_own(database: Given) -> None:
    transact(begin_regular_jobs)
    transact(begin_regular_jobs)

    assert [len(_jobs(kind)) for kind in (SEAL_TRAIL, ANCHOR_SEALS)] == [1, 1]
