"""Signing in by password and by link, registering, and being invited."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from pydantic import SecretStr

from accounts import people
from accounts.actors import STRANGER
from accounts.demonstration import demonstration_roles, sign_in_for_demonstration
from accounts.models import LinkPurpose, Role
from accounts.programmes import appoint_in_programme, own_account
from accounts.sessions import identify
from accounts.signing_in import (
    LINK_LIVES,
    ask_for_link,
    register,
    set_password,
    use_link,
)
from settings import get_settings
from storage.database import reading, transact
from storage.errors import Closed, Invalid, Refused
from tests.accounts.signed_in import (
    PASSWORD,
    at_a_browser,
    link_to,
    mails_to,
    signed_in_by_password,
    with_password,
)
from tests.databases import Clock, Given
from tests.world import World, ask, do

ADA = "ada@example.org"


def test_registering_sends_a_link_that_confirms_the_address_and_signs_in(world: World) -> None:
    do(register, STRANGER, name="Ada", email=ADA, leads_to="/prizes/clean-water")
    purpose, token = link_to(ADA)
    assert purpose is LinkPurpose.REGISTRATION

    signed_in = do(use_link, STRANGER, purpose=purpose, token=token)

    assert signed_in.leads_to == "/prizes/clean-water"
    account = ask(own_account, at_a_browser(signed_in.token))
    assert (account.person.name, account.person.email, account.roles) == ("Ada", ADA, ())


def test_registering_an_address_that_is_known_changes_nothing_and_answers_the_same(world: World) -> None:
    ada = world.person("ada")

    known = do(register, STRANGER, name="Mallory", email=ADA.upper())
    unknown = do(register, STRANGER, name="Mallory", email="mallory@example.org")

    assert (known, unknown) == (None, None)
    assert ask(own_account, ada).person.name == "Ada"
    assert link_to(ADA)[0] is LinkPurpose.SIGN_IN


def test_asking_for_a_link_does_not_tell_whether_there_is_an_account(world: World) -> None:
    world.person("ada")

    assert do(ask_for_link, STRANGER, email=ADA) is do(ask_for_link, STRANGER, email="nobody@example.org") is None

    assert len(mails_to(ADA)) == 1
    assert mails_to("nobody@example.org") == []


def test_a_link_is_used_once(world: World) -> None:
    world.person("ada")
    do(ask_for_link, STRANGER, email=ADA)
    purpose, token = link_to(ADA)
    do(use_link, STRANGER, purpose=purpose, token=token)

    with pytest.raises(Closed, match="has been used or is too old"):
        do(use_link, STRANGER, purpose=purpose, token=token)


def test_a_link_that_is_used_twice_at_the_same_moment_lets_one_in(world: World) -> None:
    world.person("ada")
    do(ask_for_link, STRANGER, email=ADA)
    purpose, token = link_to(ADA)
    together = threading.Barrier(4)

    def use(_: int) -> str:
        together.wait(30)
        try:
            return do(use_link, STRANGER, purpose=purpose, token=token).leads_to
        except Closed:
            return "closed"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == ["/", "closed", "closed", "closed"]


@pytest.mark.parametrize("late", [False, True])
def test_a_link_to_sign_in_is_good_for_half_an_hour(world: World, clock: Clock, late: bool) -> None:
    world.person("ada")
    clock.move_to(clock.now(), stand_still=True)
    do(ask_for_link, STRANGER, email=ADA)
    purpose, token = link_to(ADA)
    clock.advance(LINK_LIVES[purpose] - timedelta(seconds=0 if late else 1), stand_still=True)

    if late:
        with pytest.raises(Closed):
            do(use_link, STRANGER, purpose=purpose, token=token)
    else:
        assert do(use_link, STRANGER, purpose=purpose, token=token).leads_to == "/"


def test_an_invitation_is_good_for_thirteen_days_and_not_for_fifteen(world: World, clock: Clock) -> None:
    for name in ("ada", "grace"):
        do(
            appoint_in_programme,
            world.owner,
            programme_id=world.programme_id,
            name=name,
            email=world.address(name),
            role=Role.DESIGNER,
        )
    clock.advance(timedelta(days=13))
    purpose, token = link_to(ADA)
    do(use_link, STRANGER, purpose=purpose, token=token)
    clock.advance(timedelta(days=2))

    purpose, token = link_to("grace@example.org")
    assert purpose is LinkPurpose.INVITATION
    with pytest.raises(Closed):
        do(use_link, STRANGER, purpose=purpose, token=token)


def test_a_link_is_good_for_its_own_purpose_only(world: World) -> None:
    world.person("ada")
    do(ask_for_link, STRANGER, email=ADA)
    _, token = link_to(ADA)

    with pytest.raises(Closed):
        do(use_link, STRANGER, purpose=LinkPurpose.INVITATION, token=token)


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/prizes/clean-water?stage=1", "/prizes/clean-water?stage=1"),
        ("https://elsewhere.example", "/"),
        ("//elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\\elsewhere.example", "/"),
    ],
)
def test_a_link_leads_nowhere_but_to_laurel(world: World, wanted: str, leads_to: str) -> None:
    world.person("ada")
    do(ask_for_link, STRANGER, email=ADA, leads_to=wanted)
    purpose, token = link_to(ADA)

    assert do(use_link, STRANGER, purpose=purpose, token=token).leads_to == leads_to


def test_the_right_password_signs_in(world: World) -> None:
    ada = with_password(world, "ada")

    signed_in = signed_in_by_password(" Ada@Example.org", PASSWORD)

    identity = identify(signed_in.token)
    assert identity is not None
    assert identity.person_id == ada.person_id


def test_a_wrong_password_an_unknown_and_an_unconfirmed_address_are_not_told_apart(world: World) -> None:
    with_password(world, "ada")
    world.person("grace")
    do(register, STRANGER, name="Mallory", email="mallory@example.org")
    said = set()
    for email, password in [
        (ADA, "another password"),
        ("nobody@example.org", PASSWORD),
        ("grace@example.org", ""),
        ("mallory@example.org", PASSWORD),
    ]:
        with pytest.raises(Refused) as refused:
            signed_in_by_password(email, password)
        said.add(refused.value.words)

    assert len(said) == 1


def test_a_password_of_nobody_is_checked_with_the_same_effort() -> None:
    hasher = PasswordHasher()
    with pytest.raises(VerifyMismatchError):
        hasher.verify(people._NOBODYS_HASH, PASSWORD)

    assert not hasher.check_needs_rehash(people._NOBODYS_HASH)


def test_a_password_is_stored_as_an_argon2id_hash(database: Given, world: World) -> None:
    with_password(world, "ada")

    [(stored,)] = database.sql("SELECT secret FROM credential")
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


def test_a_new_password_takes_the_place_of_the_old_one(world: World) -> None:
    ada = with_password(world, "ada")
    do(set_password, ada, password=SecretStr("four other words in a row"))

    with pytest.raises(Refused):
        signed_in_by_password(ADA, PASSWORD)
    assert signed_in_by_password(ADA, "four other words in a row").leads_to == "/"


@pytest.mark.parametrize("password", ["", "eleven char", "a" * 201])
def test_a_password_that_is_too_short_or_too_long_is_refused(world: World, password: str) -> None:
    with pytest.raises(Invalid, match="at least 12 characters"):
        do(set_password, world.person("ada"), password=SecretStr(password))


def test_the_buttons_of_the_demonstration_work_in_a_demonstration_only(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refused):
        transact(lambda db: sign_in_for_demonstration(db, "designer"))
    monkeypatch.setenv("LAUREL_DEMONSTRATION", "true")
    get_settings.cache_clear()
    with pytest.raises(Refused):
        transact(lambda db: sign_in_for_demonstration(db, "designer"))
    with reading() as db:
        assert demonstration_roles(db) == ()
