"""Who may do what, and what they are told."""

from __future__ import annotations

from uuid import uuid4

import pytest

from accounts.actors import LAUREL, STRANGER, Actor
from accounts.models import Role
from accounts.permissions import Answer, Rule, adopt, decide, rules
from accounts.policy import Action
from accounts.programmes import (
    appoint_in_programme,
    create_programme,
    own_account,
    programme_name,
)
from storage.database import reading
from storage.errors import NOT_YOURS, Refused
from tests.databases import Given
from tests.world import World, ask, do


def answer(actor: Actor, action: Action, **subject: object) -> Answer:
    with reading() as db:
        return decide(db, actor, action, subject)


def test_an_answer_carries_its_reason(world: World) -> None:
    about = {"programme_id": world.programme_id}

    assert answer(world.owner, Action.APPOINT_IN_PROGRAMME, **about) == Answer(True, "You are owner here.")
    assert answer(world.operator, Action.APPOINT_IN_PROGRAMME, **about) == Answer(True, "You are operator here.")
    assert answer(LAUREL, Action.APPOINT_IN_PROGRAMME, **about) == Answer(True, "Laurel does this by itself.")
    assert answer(STRANGER, Action.SIGN_IN) == Answer(True, "Anybody may.")
    assert answer(world.owner, Action.SIGN_OUT) == Answer(True, "Everybody who has signed in may.")


def test_a_refusal_says_the_same_whether_a_thing_exists_or_not(world: World) -> None:
    passer_by = world.stranger_to_all
    said = {
        answer(passer_by, Action.SEE_PROGRAMME, programme_id=programme_id)
        for programme_id in (world.programme_id, uuid4())
    }

    assert said == {Answer(False, NOT_YOURS)}
    assert answer(STRANGER, Action.SEE_PROGRAMME, programme_id=world.programme_id) == Answer(False, "Sign in first.")
    assert answer(STRANGER, Action.SEE_PROGRAMME, programme_id=uuid4()) == Answer(False, "Sign in first.")


@pytest.mark.parametrize("role", [Role.DESIGNER, Role.SECRETARIAT, Role.SPONSOR, Role.APPROVER, Role.PAYER])
def test_staff_see_their_programme_and_appoint_nobody(world: World, role: Role) -> None:
    actor = world.staff(role)

    assert answer(actor, Action.SEE_PROGRAMME, programme_id=world.programme_id).allowed
    assert not answer(actor, Action.APPOINT_IN_PROGRAMME, programme_id=world.programme_id).allowed
    assert not answer(actor, Action.CREATE_PROGRAMME).allowed
    assert not answer(actor, Action.RUN_INSTALLATION).allowed


def test_nothing_of_one_programme_is_visible_in_another(world: World) -> None:
    owner, elsewhere = world.owner, world.other_programme_id
    for programme_id in (elsewhere, uuid4()):
        with pytest.raises(Refused) as seen:
            ask(programme_name, owner, programme_id=programme_id)
        with pytest.raises(Refused) as appointed:
            do(
                appoint_in_programme,
                owner,
                programme_id=programme_id,
                name="Ada",
                email="ada@example.org",
                role=Role.OWNER,
            )
        assert {seen.value.words, appointed.value.words} == {NOT_YOURS}


def test_an_appointment_that_has_ended_counts_no_more(database: Given, world: World) -> None:
    owner = world.owner
    assert answer(owner, Action.SEE_PROGRAMME, programme_id=world.programme_id).allowed
    database.sql("UPDATE appointment SET ended_at = '2026-01-01 00:00:00' WHERE role = 'owner'")

    assert not answer(owner, Action.SEE_PROGRAMME, programme_id=world.programme_id).allowed
    assert ask(own_account, owner).roles == ()


def test_somebody_who_is_appointed_gets_an_invitation_and_may_then_do_it(world: World) -> None:
    for _ in range(2):
        person_id = do(
            appoint_in_programme,
            world.owner,
            programme_id=world.programme_id,
            name="Ada",
            email="ada@example.org",
            role=Role.OWNER,
        )
    ada = Actor(person_id=person_id)

    assert ask(own_account, ada).roles == (Role.OWNER,)
    assert len(ask(own_account, ada).appointments) == 1
    assert ask(programme_name, ada, programme_id=world.programme_id) == "Clean water"
    with pytest.raises(Refused):
        do(create_programme, ada, name="Another")


def test_two_rules_for_one_action_and_a_rule_about_something_unknown_are_refused() -> None:
    with pytest.raises(ValueError, match="two packages have an action"):
        adopt({Action.SIGN_IN: Rule("Sign in once more")})
    with pytest.raises(ValueError, match="whose scope nobody knows"):
        adopt({"a new action": Rule("Do it", about="unheard_of_id")})

    assert rules()[Action.SIGN_IN].does == "Sign in with a password, or ask for a link by mail"
