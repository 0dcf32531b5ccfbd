"""What every command goes through: arguments, policy, the reply to a repeated request, and the audit trail."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from sqlmodel import col, select

from accounts.actors import STRANGER, Actor
from accounts.models import Role
from accounts.programmes import appoint_in_programme, create_programme, own_account, programme_name
from accounts.sessions import sign_out
from accounts.signing_in import ask_for_link, set_password
from storage.audit import AuditContent, AuditRow
from storage.canonical import digest
from storage.database import reading
from storage.errors import Invalid, Refused
from tests.accounts.signed_in import PASSWORD, mails_to, signed_in_by_password, with_password
from tests.databases import Given
from tests.world import World, ask, do

KEY = "0123456789abcdef"


def trail() -> list[tuple[str, UUID | None, str]]:
    with reading() as db:
        rows = db.exec(select(AuditRow).order_by(col(AuditRow.position))).all()
        return [(row.action, row.person_id, row.subject) for row in rows]


def programmes(database: Given) -> int:
    [(count,)] = database.sql("SELECT count(*) FROM programme")
    return int(count)


def test_a_request_that_is_sent_twice_is_done_once_and_answered_the_same(database: Given, world: World) -> None:
    first = do(create_programme, world.operator, key=KEY, name="Clean water")
    again = do(create_programme, world.operator, key=KEY, name="Clean water")

    assert isinstance(again, UUID)
    assert again == first
    assert programmes(database) == 1
    assert trail() == [("create a programme", world.operator.person_id, "")]


def test_an_answer_of_nothing_is_repeated_too(world: World) -> None:
    world.person("ada")
    visitor = Actor(form="the page's own token")
    for _ in range(2):
        assert do(ask_for_link, visitor, key=KEY, email="ada@example.org") is None

    assert len(mails_to("ada@example.org")) == 1


def test_two_requests_without_a_key_are_two(database: Given, world: World) -> None:
    for _ in range(2):
        do(create_programme, world.operator, name="Clean water")

    assert programmes(database) == 2


def test_a_key_belongs_to_one_person_or_one_form(database: Given, world: World) -> None:
    other = world.appointed(Role.OPERATOR, *_installation(), "another operator")
    answers = {do(create_programme, who, key=KEY, name="Clean water") for who in (world.operator, other)}
    world.person("ada")
    for form in ("one page", "another page", ""):
        do(ask_for_link, Actor(form=form), key=KEY, email="ada@example.org")
    do(ask_for_link, STRANGER, key=KEY, email="ada@example.org")

    assert len(answers) == programmes(database) == 2
    assert len(mails_to("ada@example.org")) == 4


def _installation() -> tuple[Any, None]:
    from accounts.models import ScopeKind

    return ScopeKind.INSTALLATION, None


def test_a_key_that_comes_back_with_other_content_is_refused(database: Given, world: World) -> None:
    do(create_programme, world.operator, key=KEY, name="Clean water")

    with pytest.raises(Invalid, match="sent before with other content"):
        do(create_programme, world.operator, key=KEY, name="Quiet streets")
    with pytest.raises(Invalid, match="sent before with other content"):
        do(sign_out, world.operator, key=KEY)

    assert programmes(database) == 1


def test_of_two_passwords_that_are_set_right_after_each_other_the_second_counts(database: Given, world: World) -> None:
    """Secrets are not told apart by what is kept of a request, so no earlier answer is given for them."""
    ada = with_password(world, "ada")
    do(set_password, ada, key=KEY, password=SecretStr("the first of two passwords"))
    do(set_password, ada, key=KEY, password=SecretStr("the second of two passwords"))

    assert signed_in_by_password("ada@example.org", "the second of two passwords").token


def test_a_request_that_was_refused_can_be_sent_again_with_the_same_key(database: Given, world: World) -> None:
    ada = world.person("ada")
    with pytest.raises(Refused):
        do(create_programme, ada, key=KEY, name="Clean water")
    world.appointed(Role.OPERATOR, *_installation(), "ada")

    assert isinstance(do(create_programme, ada, key=KEY, name="Clean water"), UUID)
    assert programmes(database) == 1


def test_a_key_that_is_far_too_long_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="key is too long"):
        do(create_programme, world.operator, key="a" * 101, name="Clean water")


def test_a_request_that_arrives_twice_at_the_same_moment_is_done_once(database: Given, world: World) -> None:
    operator = world.operator
    together = threading.Barrier(2)

    def send(_: int) -> UUID:
        together.wait(30)
        return do(create_programme, operator, key=KEY, name="Clean water")

    for _ in range(5):
        database.sql("DELETE FROM reply")
        database.sql("DELETE FROM programme")
        with ThreadPoolExecutor(2) as pool:
            answers = set(pool.map(send, range(2)))
        assert len(answers) == programmes(database) == 1


def test_what_is_done_is_written_down_with_who_did_it(world: World) -> None:
    programme_id, owner = world.programme_id, world.owner
    do(appoint_in_programme, owner, programme_id=programme_id, name="Ada", email="ada@example.org", role=Role.SPONSOR)

    assert trail()[-1] == ("appoint people in a programme", owner.person_id, f"programme_id {programme_id}")
    with reading() as db:
        row = db.exec(select(AuditRow).order_by(col(AuditRow.position).desc())).first()
        assert row is not None
        content = db.get_one(AuditContent, row.id)
        assert content.content["email"] == "ada@example.org"
        assert row.content_digest == digest(content.content, salt=content.salt)


def test_what_is_refused_leaves_no_trace(world: World) -> None:
    with pytest.raises(Refused):
        do(create_programme, world.person("ada"), name="Clean water")

    assert trail() == []


def test_a_password_is_written_down_nowhere(database: Given, world: World) -> None:
    with_password(world, "ada")
    signed_in_by_password("ada@example.org", PASSWORD, Actor(form="page"), key=KEY)

    written = json.dumps(database.sql("SELECT content FROM audit_content"), default=str) + json.dumps(
        database.sql("SELECT holder, key, command, arguments_digest, result FROM reply"), default=str
    )
    assert "(secret)" in written
    assert PASSWORD not in written


def test_the_token_of_a_session_is_written_down_nowhere(database: Given, world: World) -> None:
    with_password(world, "ada")
    signed_in = signed_in_by_password("ada@example.org", PASSWORD, Actor(form="page"), key=KEY)

    assert signed_in.token not in json.dumps(database.sql("SELECT result FROM reply"), default=str)


def test_a_reply_is_not_given_to_a_request_with_another_password(world: World) -> None:
    with_password(world, "ada")
    signed_in_by_password("ada@example.org", PASSWORD, Actor(form="page"), key=KEY)

    with pytest.raises((Invalid, Refused)):
        signed_in_by_password("ada@example.org", "a guess of Mallory", Actor(form="page"), key=KEY)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": 7}, "name"),
        ({"name": "a" * 201}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"email": "ada"}, "email"),
        ({"role": "owner"}, "role"),
        ({"role": Role.JUDGE}, "role"),
        ({"programme_id": "rubbish"}, "programme_id"),
        ({"programme_id": None}, "programme_id"),
        ({"unheard_of": 1}, ""),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_field_at_fault(
    sqlite: Given, changed: dict[str, Any], field: str
) -> None:
    world = World()
    good = {"programme_id": world.programme_id, "name": "Ada", "email": "ada@example.org", "role": Role.DESIGNER}
    with pytest.raises(Invalid) as refused:
        do(appoint_in_programme, world.owner, **{**good, **changed})

    assert refused.value.field == field
    assert mails_to("ada@example.org") == []


def test_what_is_missing_is_refused(sqlite: Given) -> None:
    with pytest.raises(Invalid, match="name"):
        do(create_programme, World().operator)


def test_a_query_asks_the_same_policy(world: World) -> None:
    assert ask(programme_name, world.owner, programme_id=world.programme_id) == "Clean water"
    with pytest.raises(Refused):
        ask(programme_name, world.stranger_to_all, programme_id=world.programme_id)
    with pytest.raises(Refused, match="Sign in first"):
        ask(own_account, STRANGER)
    with pytest.raises(Refused):
        ask(programme_name, world.owner, programme_id=uuid4())
