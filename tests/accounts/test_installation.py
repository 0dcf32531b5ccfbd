"""How the installation is doing, as its operator reads it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import prize.scopes  # noqa: F401 - says how prizes are called
from accounts.installation import stored, sweep_store, trail, verify_installation, work_state
from accounts.programmes import create_programme
from settings import get_settings
from storage.clock import now
from storage.database import reading, transact
from storage.files import StoredFile
from storage.jobs import begin_regular_jobs, enqueue, work_once
from storage.sealing import seal_rows
from storage.sweeping import SWEEP
from tests.databases import Clock, Given
from tests.stories import Chapter, told
from tests.world import World, ask, do


def test_jobs_that_should_be_done_by_now_say_that_no_worker_does_them(world: World, clock: Clock) -> None:
    transact(lambda db: enqueue(db, "send mail", {}))
    assert ask(work_state, world.operator).overdue == 0

    with reading() as db:
        due = now(db)
    clock.advance(timedelta(minutes=3))
    work = ask(work_state, world.operator)

    assert work.overdue == 1
    assert work.overdue_since is not None
    assert abs(work.overdue_since - due) < timedelta(seconds=5)


def test_a_job_that_failed_for_good_is_counted_until_it_is_started_again(database: Given, world: World) -> None:
    transact(lambda db: enqueue(db, "send mail", {}))
    database.sql("UPDATE job SET state = 'dead'")

    assert ask(work_state, world.operator).dead == 1


def test_what_is_stored_is_counted_by_prize_and_measured_against_its_limit(database: Given, world: World) -> None:
    story = told(Chapter.PUBLISHED)
    for size in (1_000, 500):
        row = StoredFile(
            folder=story.prize_id, sha256=uuid4().hex * 2, size=size, content_type="text/plain", stored_at=soon()
        )
        transact(lambda db, row=row: db.add(row))

    known = ask(stored, world.operator)

    [prize] = known.prizes
    assert (prize.name, prize.files, prize.stored) == ("the prize Clean rivers", 2, 1_500)
    assert prize.limit == get_settings().prize_bytes
    assert (known.files, known.stored) == (2, 1_500)
    assert 0 < known.free < known.disk


def soon() -> object:
    with reading() as db:
        return now(db)


def test_a_verification_that_was_asked_for_is_done_by_the_worker_and_shown(database: Given, world: World) -> None:
    do(create_programme, world.operator, name="Clean water")
    transact(seal_rows)
    do(verify_installation, world.operator)
    do(verify_installation, world.operator)
    assert ask(trail, world.operator).being_verified

    worked = 0
    while work_once():
        worked += 1

    known = ask(trail, world.operator)
    assert worked == 1
    assert not known.being_verified
    assert known.verified is not None
    assert known.verified.found == 0
    assert "Nothing is wrong." in known.verified.summary


def test_a_row_that_was_changed_behind_laurels_back_is_named_by_the_verification(database: Given, world: World) -> None:
    do(create_programme, world.operator, name="Clean water")
    transact(seal_rows)
    database.sql("UPDATE audit_row SET action = 'create a programm' WHERE action = 'create a programme'")

    do(verify_installation, world.operator)
    while work_once():
        pass

    seen = ask(trail, world.operator).verified
    assert seen is not None
    assert seen.found == 1
    assert len(seen.findings) == seen.found
    assert "Seal 1 does not fit its rows" in seen.findings[0]


def test_rows_that_wait_too_long_for_a_seal_are_said(database: Given, world: World, clock: Clock) -> None:
    do(create_programme, world.operator, name="Clean water")
    assert not ask(trail, world.operator).late

    clock.advance(timedelta(minutes=11))
    assert ask(trail, world.operator).late

    transact(seal_rows)
    known = ask(trail, world.operator)
    assert (known.late, known.unsealed, known.waits_since) == (False, 0, None)


def test_a_sweep_is_done_at_once_when_the_operator_wants_it(database: Given, world: World, clock: Clock) -> None:
    transact(begin_regular_jobs)
    while work_once():
        pass
    first = ask(stored, world.operator).swept
    clock.advance(timedelta(minutes=5))

    do(sweep_store, world.operator)
    [(due,)] = database.sql(f"SELECT count(*) FROM job WHERE kind = '{SWEEP}' AND state = 'waiting'")
    while work_once():
        pass

    second = ask(stored, world.operator).swept
    assert due == 1
    assert first is not None
    assert second is not None
    assert second.ended_at - first.ended_at >= timedelta(minutes=5)
    assert second.summary == "Nothing was left over."
