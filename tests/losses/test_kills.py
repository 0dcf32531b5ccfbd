"""Processes are killed at random while many people save, send, submit, score and decide: nothing is lost."""

from __future__ import annotations

import random
import secrets
import threading
import time
from pathlib import Path

import pytest

from tests.databases import Given
from tests.losses.checking import losses, settle
from tests.losses.killing import Killer
from tests.losses.people import Book, Moments, World, at_work
from tests.losses.processes import running
from tests.losses.season import begin, close_all
from tests.mailserver import MailServer
from tests.stores import GivenStore

MEGABYTE = 1024 * 1024
SEED = 20270331
SHORT, LONG = 12, 200


def lose_nothing(
    given: Given, store: GivenStore, mails: MailServer, folder: Path, *, apart: bool, kills: int, seed: int, teams: int
) -> None:
    """Work, kill, close the stage that was open, wait until all is done, and look."""
    print(f"\nseed {seed}, {kills} kills")
    began = time.monotonic()
    season = begin(given, teams=teams)
    env = {"DATABASE_URL": given.address, **store.environment} if apart else {}
    book, moments = Book(), Moments()
    with running(env, folder, replicas=2 if apart else 1, workers=2 if apart else 0) as installation:
        world = World(installation.url, book, moments, threading.Event())
        killer = Killer(installation, given, mails, moments, random.Random(seed))
        with at_work(season.people(world, seed, largest=20 * MEGABYTE), world):
            killer.run(kills, calm=(0.2, 1.2))
        worked = time.monotonic()
        close_all(season)
        settle(given)
    found = losses(book, mails)
    print(book.summary())
    print(f"{sum(killer.kills.values())} kills: {dict(killer.kills)}")
    print(f"{worked - began:.0f} s of work, {time.monotonic() - worked:.0f} s until all was done and looked at")
    print(f"refused: {dict(book.refusals)}")
    print(f"no answer: {dict(book.broken)}")
    assert found == []
    assert sum(killer.kills.values()) == kills
    assert min(len(book.saved), len(book.arrived), len(book.receipts), len(book.scores), len(book.decisions)) > 0
    assert "Traceback" not in "".join(web.log() for web in installation.webs)


@pytest.mark.prove
@pytest.mark.timeout(400)
def test_nothing_that_was_acknowledged_is_lost_on_one_machine(
    sqlite: Given, folder: GivenStore, smtp: MailServer, tmp_path: Path
) -> None:
    lose_nothing(sqlite, folder, smtp, tmp_path, apart=False, kills=SHORT, seed=SEED, teams=3)


@pytest.mark.prove
@pytest.mark.timeout(400)
def test_nothing_that_was_acknowledged_is_lost_with_replicas(
    postgresql: Given, bucket: GivenStore, smtp: MailServer, tmp_path: Path
) -> None:
    lose_nothing(postgresql, bucket, smtp, tmp_path, apart=True, kills=SHORT, seed=SEED, teams=3)


@pytest.mark.deep
@pytest.mark.timeout(7200)
def test_nothing_is_lost_on_one_machine_however_often_it_is_killed(
    sqlite: Given, folder: GivenStore, smtp: MailServer, tmp_path: Path
) -> None:
    lose_nothing(sqlite, folder, smtp, tmp_path, apart=False, kills=LONG, seed=secrets.randbits(32), teams=4)


@pytest.mark.deep
@pytest.mark.timeout(7200)
def test_nothing_is_lost_with_replicas_however_often_they_are_killed(
    postgresql: Given, bucket: GivenStore, smtp: MailServer, tmp_path: Path
) -> None:
    lose_nothing(postgresql, bucket, smtp, tmp_path, apart=True, kills=LONG, seed=secrets.randbits(32), teams=4)
