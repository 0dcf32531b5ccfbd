"""What the operator sees and does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.actors import STRANGER, Actor
from accounts.models import Role
from accounts.operator import create_admin, inbox, retry_job, unfinished_jobs
from accounts.programmes import own_account
from accounts.sessions import identify
from accounts.signing_in import ask_for_link
from storage.clock import now
from storage.database import reading, transact
from storage.errors import Refused
from storage.jobs import enqueue
from tests.accounts.signed_in import PASSWORD, signed_in_by_password
from tests.databases import Given
from tests.world import World, ask, do


def test_the_first_operator_can_sign_in_with_the_password_that_was_given(world: World) -> None:
    person_id = transact(lambda db: create_admin(db, "Ada", "Ada@example.org", PASSWORD))

    identity = identify(signed_in_by_password("ada@example.org", PASSWORD).token)

    assert identity is not None
    assert ask(own_account, Actor(person_id=identity.person_id)).roles == (Role.OPERATOR,)
    assert identity.person_id == person_id


def test_an_operator_sees_what_is_not_done_and_starts_what_has_failed_again(database: Given, world: World) -> None:
    transact(lambda db: enqueue(db, "close a stage", {}, run_at=now(db) + timedelta(days=2)))
    dead = transact(lambda db: enqueue(db, "send mail", {}, run_at=now(db) + timedelta(days=1)))
    done = transact(lambda db: enqueue(db, "send mail", {}))
    database.sql(
        "UPDATE job SET state = 'dead', attempts = 5, last_error = 'away' WHERE id = :id", id=_id(database, dead)
    )
    database.sql("UPDATE job SET state = 'done' WHERE id = :id", id=_id(database, done))

    jobs = ask(unfinished_jobs, world.operator)
    assert [(line.id, line.attempts, line.last_error) for line in jobs.dead] == [(dead, 5, "away")]
    assert jobs.dead_in_all == 1
    assert [(kind.kind, kind.count, kind.running) for kind in jobs.waiting] == [("close a stage", 1, 0)]
    do(retry_job, world.operator, job_id=dead)
    jobs = ask(unfinished_jobs, world.operator)
    assert not jobs.dead
    assert [kind.kind for kind in jobs.waiting] == ["send mail", "close a stage"]


def _id(database: Given, row_id: object) -> str:
    return str(row_id).replace("-", "") if database.kind == "sqlite" else str(row_id)


def test_nobody_else_sees_jobs_or_starts_them(world: World) -> None:
    dead = transact(lambda db: enqueue(db, "send mail", {}))
    for actor in (world.owner, STRANGER):
        with pytest.raises(Refused):
            ask(unfinished_jobs, actor)
        with pytest.raises(Refused):
            do(retry_job, actor, job_id=dead)


def test_the_inbox_shows_the_latest_mails_first(world: World) -> None:
    for name in ("ada", "grace"):
        world.person(name)
        do(ask_for_link, STRANGER, email=world.address(name))
    with reading() as db:
        assert [line.recipient for line in inbox(db)] == ["grace@example.org", "ada@example.org"]
        assert [line.recipient for line in inbox(db, limit=1)] == ["grace@example.org"]
