"""What is kept for a while only is forgotten in time, and not before."""

from __future__ import annotations

from datetime import timedelta

from accounts.actors import STRANGER
from accounts.programmes import create_programme
from accounts.sessions import identify, sign_out
from accounts.signing_in import ask_for_link
from storage.database import transact
from storage.jobs import begin_regular_jobs, work_once
from tests.accounts.signed_in import at_a_browser, cookie_of
from tests.databases import Clock, Given
from tests.world import World, do


def a_worker_comes_by() -> None:
    transact(begin_regular_jobs)
    while work_once():
        pass


def count(database: Given, table: str) -> int:
    return int(database.sql(f"SELECT count(*) FROM {table}")[0][0])


def test_replies_are_forgotten_after_a_week(database: Given, world: World, clock: Clock) -> None:
    do(create_programme, world.operator, name="Clean water", key="a click")
    clock.advance(timedelta(days=6))
    a_worker_comes_by()
    assert count(database, "reply") == 1

    clock.advance(timedelta(days=2))
    a_worker_comes_by()

    assert count(database, "reply") == 0


def test_links_and_sessions_are_forgotten_a_month_after_they_ended(database: Given, world: World, clock: Clock) -> None:
    ended, lives = cookie_of(world, "ada"), cookie_of(world, "grace")
    do(sign_out, at_a_browser(ended))
    clock.advance(timedelta(days=13))
    a_worker_comes_by()
    assert (count(database, "sign_in_session"), count(database, "one_use_link")) == (2, 2)
    assert identify(lives)

    clock.advance(timedelta(days=18))
    a_worker_comes_by()
    assert (count(database, "sign_in_session"), count(database, "one_use_link")) == (1, 0)

    clock.advance(timedelta(days=30))
    a_worker_comes_by()
    assert count(database, "sign_in_session") == 0


def test_a_link_that_was_just_sent_is_kept(database: Given, world: World) -> None:
    world.person("ada")
    do(ask_for_link, STRANGER, email="ada@example.org")
    a_worker_comes_by()

    assert count(database, "one_use_link") == 1
