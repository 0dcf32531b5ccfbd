"""Operators see who is signed in, sign somebody out, and let an address be tried again."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from accounts.actors import STRANGER
from accounts.attempts import LIMITS, count_attempt
from accounts.models import AttemptKind
from accounts.sessions import identify
from accounts.sign_ins import attempts_with, end_sessions, let_try_again, sign_ins
from accounts.signing_in import ask_for_link, use_link
from storage.database import reading
from storage.errors import Closed, Invalid, TooMany
from storage.mail import Mail
from tests.accounts.signed_in import cookie_of, link_to
from tests.databases import Given
from tests.world import World, ask, do


def test_somebody_who_is_signed_in_twice_is_one_person_in_two_browsers(world: World) -> None:
    for name in ("ada", "ada", "bea"):
        cookie_of(world, name)

    known = ask(sign_ins, world.operator)

    assert (known.browsers, known.people_in_all, known.fitting) == (3, 2, 2)
    assert {(person.email, person.browsers) for person in known.people} == {
        (world.address("ada"), 2),
        (world.address("bea"), 1),
    }


def test_a_person_is_found_by_a_part_of_their_name_or_address_to_the_letter(world: World) -> None:
    for name in ("ada", "bea"):
        cookie_of(world, name)

    def found(search: str) -> set[str]:
        return {person.email for person in ask(sign_ins, world.operator, search=search).people}

    assert found("BEA") == {world.address("bea")}
    assert found("bea@") == {world.address("bea")}
    assert found("%") == set()


def test_somebody_who_is_signed_out_everywhere_is_told_why_and_has_to_sign_in_again(world: World) -> None:
    cookies = [cookie_of(world, "ada") for _ in range(2)]
    other = cookie_of(world, "bea")
    ada = world.person("ada").person_id

    assert do(end_sessions, world.operator, person_id=ada, reason="A laptop was lost") == 2

    assert [identify(cookie) for cookie in cookies] == [None, None]
    assert identify(other) is not None
    with reading() as db:
        mail = db.exec(select(Mail).where(col(Mail.subject) == "You were signed out")).one()
    assert mail.recipient == world.address("ada")
    assert "A laptop was lost" in mail.text
    with pytest.raises(Invalid, match="is not signed in any longer"):
        do(end_sessions, world.operator, person_id=ada, reason="Once more")


def test_a_link_that_went_to_a_stranger_lets_nobody_in_once_its_owner_is_signed_out(world: World) -> None:
    ada = world.person("ada")
    do(ask_for_link, STRANGER, email=world.address("ada"))
    purpose, token = link_to(world.address("ada"))

    assert do(end_sessions, world.operator, person_id=ada.person_id, reason="A link went astray") == 0

    with pytest.raises(Closed):
        do(use_link, STRANGER, purpose=purpose, token=token)


def test_an_address_that_was_tried_too_often_can_be_tried_again_at_once(database: Given, world: World) -> None:
    email = "ada@example.org"
    for _ in range(LIMITS[AttemptKind.SIGN_IN].account):
        count_attempt(AttemptKind.SIGN_IN, "192.0.2.1", email)
    with pytest.raises(TooMany):
        count_attempt(AttemptKind.SIGN_IN, "192.0.2.1", email)
    held = {one.kind: one for one in ask(attempts_with, world.operator, email="Ada@example.org")}
    assert held[AttemptKind.SIGN_IN].made == held[AttemptKind.SIGN_IN].most
    assert held[AttemptKind.SIGN_IN].free_again is not None
    assert held[AttemptKind.LINK].free_again is None

    do(let_try_again, world.operator, email=email)

    count_attempt(AttemptKind.SIGN_IN, "192.0.2.1", email)
    [made] = [one.made for one in ask(attempts_with, world.operator, email=email) if one.kind is AttemptKind.SIGN_IN]
    assert made == 1


def test_everybodys_attempts_are_counted_once_each(world: World) -> None:
    for email in ("ada@example.org", "bea@example.org"):
        count_attempt(AttemptKind.LINK, "192.0.2.1", email)

    tried = {one.kind: one.made for one in ask(sign_ins, world.operator).attempts}

    assert tried[AttemptKind.LINK] == 2
    assert tried[AttemptKind.SIGN_IN] == 0
