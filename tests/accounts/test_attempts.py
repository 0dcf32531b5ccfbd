"""Guessing is slowed down, and nobody is shut out by somebody else's guesses."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from accounts.actors import STRANGER
from accounts.attempts import KEPT_FOR, LIMITS, count_attempt, forget_attempts
from accounts.models import AttemptKind, LinkPurpose
from accounts.signing_in import LINK_LIVES, ask_for_link, use_link
from storage.database import transact
from storage.errors import TooMany
from storage.jobs import begin_regular_jobs, work_once
from tests.accounts.signed_in import PASSWORD, link_to, signed_in_by_password, with_password
from tests.databases import Clock, Given
from tests.world import World, do

ADA = "ada@example.org"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


def knock(kind: AttemptKind = AttemptKind.SIGN_IN, *, email: str = ADA, network: str = HOME, times: int = 1) -> None:
    for _ in range(times):
        count_attempt(kind, network, email)


@pytest.mark.parametrize("kind", [AttemptKind.SIGN_IN, AttemptKind.LINK, AttemptKind.REGISTRATION])
def test_one_account_may_be_tried_so_often_from_wherever(database: Given, kind: AttemptKind) -> None:
    for number in range(LIMITS[kind].account):
        knock(kind, network=f"192.0.2.{number}")

    with pytest.raises(TooMany):
        knock(kind, network=ELSEWHERE)
    knock(kind, email="grace@example.org", network=ELSEWHERE)


@pytest.mark.parametrize("kind", list(AttemptKind))
def test_one_network_may_try_so_often_whatever_the_account(database: Given, kind: AttemptKind) -> None:
    for number in range(LIMITS[kind].network):
        knock(kind, email=f"{number}@example.org" if LIMITS[kind].account else "")

    with pytest.raises(TooMany):
        knock(kind, email=ADA if LIMITS[kind].account else "")
    knock(kind, email=ADA if LIMITS[kind].account else "", network=ELSEWHERE)


def test_the_words_say_when_to_try_again_and_it_works_then(database: Given, clock: Clock) -> None:
    clock.move_to(clock.now(), stand_still=True)
    knock()
    clock.advance(timedelta(minutes=5), stand_still=True)
    knock(times=LIMITS[AttemptKind.SIGN_IN].account - 1)

    with pytest.raises(TooMany, match=r"Try again in 10 minutes\. Or have a link sent to you\."):
        knock()
    clock.advance(timedelta(minutes=9, seconds=30), stand_still=True)
    with pytest.raises(TooMany, match=r"Try again in a minute\."):
        knock()
    clock.advance(timedelta(seconds=30), stand_still=True)
    knock()


def test_an_attempt_that_is_refused_makes_nobody_wait_longer(database: Given, clock: Clock) -> None:
    clock.move_to(clock.now(), stand_still=True)
    knock(times=LIMITS[AttemptKind.SIGN_IN].account)
    for _ in range(14):
        clock.advance(timedelta(minutes=1), stand_still=True)
        with pytest.raises(TooMany):
            knock()
    clock.advance(timedelta(minutes=1), stand_still=True)

    knock()


def test_an_address_that_nobody_has_is_counted_and_answered_the_same(world: World, clock: Clock) -> None:
    clock.move_to(clock.now(), stand_still=True)
    with_password(world, "ada")
    said = set()
    for email in (ADA, "nobody@example.org"):
        knock(email=email, times=LIMITS[AttemptKind.SIGN_IN].account)
        with pytest.raises(TooMany) as refused:
            knock(email=email)
        said.add(refused.value.words)

    assert len(said) == 1


def test_the_right_password_begins_the_accounts_own_count_again_and_not_the_networks(
    database: Given, world: World
) -> None:
    with_password(world, "ada")
    knock(times=LIMITS[AttemptKind.SIGN_IN].account)
    network = _counted(database)

    signed_in_by_password(ADA, PASSWORD)

    assert _counted(database) == network - LIMITS[AttemptKind.SIGN_IN].account
    knock(times=LIMITS[AttemptKind.SIGN_IN].account)


def test_however_an_address_is_written_it_is_one_account(database: Given) -> None:
    for email in (ADA, " Ada@Example.org ", "ADA@EXAMPLE.ORG"):
        knock(email=email, times=3)
    knock()

    with pytest.raises(TooMany):
        knock()


def test_who_cannot_try_a_password_any_more_can_have_a_link(world: World) -> None:
    with_password(world, "ada")
    knock(times=LIMITS[AttemptKind.SIGN_IN].account)

    knock(AttemptKind.LINK)
    do(ask_for_link, STRANGER, email=ADA)
    purpose, token = link_to(ADA)
    assert do(use_link, STRANGER, purpose=purpose, token=token).leads_to == "/"


def test_a_stranger_who_asks_for_links_all_the_time_leaves_one_that_is_good_in_the_mail(
    world: World, clock: Clock
) -> None:
    """Whoever is refused a link has had one within the time of the limit, which is shorter than a link's life."""
    world.person("ada")
    clock.move_to(clock.now(), stand_still=True)
    assert LIMITS[AttemptKind.LINK].within < LINK_LIVES[LinkPurpose.SIGN_IN]
    for _ in range(120):
        try:
            knock(AttemptKind.LINK, network=ELSEWHERE)
            do(ask_for_link, STRANGER, email=ADA)
        except TooMany:
            pass
        clock.advance(timedelta(seconds=30), stand_still=True)
    with pytest.raises(TooMany, match="use the newest: it is still good"):
        knock(AttemptKind.LINK, times=LIMITS[AttemptKind.LINK].account)

    purpose, token = link_to(ADA)
    assert do(use_link, STRANGER, purpose=purpose, token=token).leads_to == "/"


def test_many_attempts_at_the_same_moment_do_not_slip_past_the_limit(database: Given) -> None:
    together = threading.Barrier(8, timeout=60)

    def try_it(_: int) -> int:
        together.wait()
        done = 0
        for _ in range(4):
            try:
                knock()
            except TooMany:
                continue
            done += 1
        return done

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_it, range(8))) == LIMITS[AttemptKind.SIGN_IN].account


def test_neither_address_nor_network_stands_in_the_database(database: Given) -> None:
    knock()

    assert [row for row in database.sql("SELECT about FROM attempt") if ADA in row[0] or HOME in row[0]] == []


def test_attempts_are_forgotten_after_an_hour(database: Given, clock: Clock) -> None:
    knock()
    clock.advance(KEPT_FOR - timedelta(minutes=1))
    _worker_comes_by()
    assert _counted(database) == 2

    clock.advance(timedelta(minutes=11))
    _worker_comes_by()
    assert _counted(database) == 0
    assert max(limit.within for limit in LIMITS.values()) < KEPT_FOR


def test_an_account_begins_anew_for_one_kind_only(database: Given) -> None:
    knock(AttemptKind.LINK, times=5)
    transact(lambda db: forget_attempts(db, AttemptKind.SIGN_IN, ADA))

    with pytest.raises(TooMany):
        knock(AttemptKind.LINK)


def _counted(database: Given) -> int:
    return int(database.sql("SELECT count(*) FROM attempt")[0][0])


def _worker_comes_by() -> None:
    transact(begin_regular_jobs)
    while work_once():
        pass
