"""The database's clock, and how the tests move it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from settings import get_settings
from storage.clock import move_to, now
from storage.database import reading, transact
from tests.databases import Clock, Given

SOON = datetime(2030, 3, 3, 12, tzinfo=UTC)


def test_the_clock_goes_on_within_a_transaction(database: Given) -> None:
    with reading() as db:
        earlier = now(db)
        time.sleep(0.02)
        later = now(db)

    assert earlier < later
    assert later.tzinfo is UTC


def test_a_moved_clock_goes_on_from_there(database: Given, clock: Clock) -> None:
    clock.move_to(SOON)
    first = clock.now()
    time.sleep(0.02)

    assert SOON <= first < clock.now() < SOON + timedelta(minutes=5)


def test_a_clock_that_stands_still_shows_the_same_time_until_it_is_moved(database: Given, clock: Clock) -> None:
    clock.move_to(SOON, stand_still=True)
    time.sleep(0.02)
    assert clock.now() == SOON

    clock.advance(timedelta(microseconds=1), stand_still=True)
    assert clock.now() == SOON + timedelta(microseconds=1)

    clock.advance(timedelta(days=400))
    time.sleep(0.02)
    assert clock.now() > SOON + timedelta(days=400, microseconds=1)


def test_the_clock_can_be_moved_back(database: Given, clock: Clock) -> None:
    clock.move_to(SOON)
    clock.move_to(SOON - timedelta(days=1000))

    assert clock.now() < SOON - timedelta(days=999)


def test_the_clock_cannot_be_moved_in_production(database: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAUREL_TEST_MODE", "false")
    get_settings.cache_clear()

    with pytest.raises(RuntimeError, match="test mode"):
        transact(lambda db: move_to(db, SOON))


def test_a_moved_clock_does_not_count_in_production(
    database: Given, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.move_to(SOON, stand_still=True)
    monkeypatch.setenv("LAUREL_TEST_MODE", "false")
    get_settings.cache_clear()

    assert clock.now() < SOON
