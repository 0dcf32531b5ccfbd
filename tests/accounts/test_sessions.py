"""A browser stays signed in for a fortnight, with a token that changes each hour, until it is signed out."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.programmes import own_account
from accounts.sessions import (
    LIFETIME,
    OLD_TOKEN_GOOD_FOR,
    ROTATE_AFTER,
    Identity,
    identify,
    open_sessions,
    revoke_session,
    sign_out,
)
from storage.errors import NOT_YOURS, Refused
from tests.accounts.signed_in import at_a_browser, cookie_of
from tests.databases import Clock, Given
from tests.world import World, ask, do

A_MOMENT = timedelta(seconds=1)


def fresh_token(cookie: str) -> str:
    identity = identify(cookie)
    assert identity is not None
    assert identity.fresh_token is not None
    return identity.fresh_token


def test_a_cookie_tells_who_is_there(world: World) -> None:
    ada = world.person("ada")

    identity = identify(cookie_of(world, "ada"))

    assert identity is not None
    assert (identity.person_id, identity.fresh_token) == (ada.person_id, None)


@pytest.mark.parametrize("cookie", ["", "rubbish", "a.b.c"])
def test_a_cookie_that_is_none_of_ours_tells_nothing(world: World, cookie: str) -> None:
    assert identify(cookie) is None


def test_after_an_hour_the_token_changes_and_the_old_one_is_good_for_a_minute(world: World, clock: Clock) -> None:
    old = cookie_of(world, "ada")
    clock.move_to(clock.now() + ROTATE_AFTER, stand_still=True)
    before = identify(old)
    assert before is not None
    new = before.fresh_token
    assert new is not None
    assert new != old

    still = identify(old)
    clock.advance(OLD_TOKEN_GOOD_FOR, stand_still=True)
    at_the_last_moment = identify(old)
    clock.advance(A_MOMENT, stand_still=True)

    same = Identity(before.session_id, before.person_id)
    assert (still, at_the_last_moment, identify(old), identify(new)) == (same, same, None, same)


def test_a_token_from_before_the_last_one_is_not_good(world: World, clock: Clock) -> None:
    oldest = cookie_of(world, "ada")
    clock.move_to(clock.now() + ROTATE_AFTER, stand_still=True)
    older = fresh_token(oldest)
    clock.advance(ROTATE_AFTER, stand_still=True)
    newest = fresh_token(older)

    assert identify(oldest) is None
    assert identify(older) is not None
    assert identify(newest) is not None


def test_every_token_that_is_handed_out_at_the_same_moment_stays_good(
    database: Given, world: World, clock: Clock
) -> None:
    cookie = cookie_of(world, "ada")
    clock.move_to(clock.now() + ROTATE_AFTER, stand_still=True)
    together = threading.Barrier(6)

    def request_a_page(_: int) -> Identity | None:
        together.wait(30)
        return identify(cookie)

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(request_a_page, range(6)))

    handed_out = [identity.fresh_token for identity in found if identity is not None and identity.fresh_token]
    assert len([identity for identity in found if identity is not None]) == 6
    assert len(handed_out) >= 1
    assert [token for token in handed_out if identify(token) is None] == []


def test_a_session_ends_after_a_fortnight(world: World, clock: Clock) -> None:
    cookie = cookie_of(world, "ada")
    ada = at_a_browser(cookie)
    clock.advance(LIFETIME)

    assert identify(cookie) is None
    with pytest.raises(Refused, match="You have been signed out"):
        ask(own_account, ada)


def test_the_next_step_in_a_tab_that_was_signed_out_is_refused(world: World) -> None:
    cookie = cookie_of(world, "ada")
    ada = at_a_browser(cookie)
    do(sign_out, ada)

    assert identify(cookie) is None
    with pytest.raises(Refused, match="You have been signed out"):
        ask(own_account, ada)
    with pytest.raises(Refused, match="You have been signed out"):
        do(sign_out, ada)


def test_a_session_in_another_browser_can_be_ended(world: World) -> None:
    here, there = at_a_browser(cookie_of(world, "ada")), at_a_browser(cookie_of(world, "ada"))
    assert [(one.id, one.this_one) for one in ask(open_sessions, here)] == [
        (there.session_id, False),
        (here.session_id, True),
    ]

    do(revoke_session, here, own_session_id=there.session_id)

    assert [one.id for one in ask(open_sessions, here)] == [here.session_id]
    with pytest.raises(Refused, match="You have been signed out"):
        ask(own_account, there)


def test_a_session_of_somebody_else_is_refused_like_one_that_does_not_exist(world: World) -> None:
    ada, grace = at_a_browser(cookie_of(world, "ada")), at_a_browser(cookie_of(world, "grace"))
    for session_id in (grace.session_id, uuid4()):
        with pytest.raises(Refused) as refused:
            do(revoke_session, ada, own_session_id=session_id)
        assert refused.value.words == NOT_YOURS

    assert ask(own_account, grace).person.name == "Grace"


def test_a_session_that_belongs_to_another_person_is_no_session(world: World) -> None:
    ada, grace = at_a_browser(cookie_of(world, "ada")), at_a_browser(cookie_of(world, "grace"))
    forged = type(ada)(person_id=ada.person_id, session_id=grace.session_id)

    with pytest.raises(Refused, match="You have been signed out"):
        ask(own_account, forged)
