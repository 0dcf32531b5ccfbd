"""Tests of the operator's rooms."""

from __future__ import annotations

from uuid import UUID

from streamlit.testing.v1 import AppTest

from accounts.attempts import LIMITS, count_attempt
from accounts.installation import trail
from accounts.models import AttemptKind
from accounts.programmes import create_programme
from accounts.sessions import identify
from storage.database import transact
from storage.jobs import enqueue, work_once
from storage.sealing import seal_rows
from tests.accounts.signed_in import cookie_of
from tests.databases import Given
from tests.pages.visiting import press, row_of, visit, words
from tests.world import World, ask, do


def test_what_needs_a_look_is_said_on_the_first_page_with_what_to_do(sqlite: Given) -> None:
    world = World()
    transact(lambda db: enqueue(db, "send mail", {}))
    sqlite.sql("UPDATE job SET state = 'dead', last_error = 'away'")

    page = visit(world.operator, "installation-health")

    assert row_of(page, "Jobs")[1:] == [
        "Needs a look",
        "1 job failed for good. Read why, and start again what still matters.",
    ]
    assert row_of(page, "Mail")[1:] == [
        "Needs a look",
        "No mail server is set, so that nothing is sent. Set SMTP_URL.",
    ]
    assert row_of(page, "Sign-ins")[1:] == ["Well", "1 person signed in, in 1 browser."]
    assert "2 parts need a look." in words(page)


def test_an_operator_signs_somebody_out_and_says_why(sqlite: Given) -> None:
    world = World()
    cookie = cookie_of(world, "ada")
    ada = world.person("ada").person_id
    page = visit(world.operator, "sign-ins")

    page = sign_out(page, ada)
    assert identify(cookie) is not None
    assert "is empty" in words(page)

    page.text_input(key=f"sign-out-{ada}-reason").input("A laptop was lost")
    page = sign_out(page, ada)
    assert identify(cookie) is None


def sign_out(page: AppTest, person_id: UUID | None) -> AppTest:
    """Press the button in somebody's drawer."""
    [button] = [button for button in page.button if str(button.key).startswith(f"FormSubmitter:sign-out-{person_id}")]
    return button.click().run()


def test_an_address_that_is_held_is_looked_up_and_let_go(sqlite: Given) -> None:
    world = World()
    for _ in range(LIMITS[AttemptKind.SIGN_IN].account):
        count_attempt(AttemptKind.SIGN_IN, "192.0.2.1", "ada@example.org")
    page = visit(world.operator, "sign-ins")

    page.text_input(key="sign-ins-address").input("ada@example.org").run()
    [button] = [button for button in page.button if button.label == "Let them try again"]
    assert not button.disabled
    button.click().run()

    count_attempt(AttemptKind.SIGN_IN, "192.0.2.1", "ada@example.org")


def test_a_verification_is_asked_for_and_its_result_stands_on_the_page(sqlite: Given) -> None:
    world = World()
    do(create_programme, world.operator, name="Clean water")
    transact(seal_rows)
    page = press(visit(world.operator, "audit-trail"), "Verify now")
    assert "Being verified." in words(page)

    while work_once():
        pass

    assert "Nothing is wrong" in words(visit(world.operator, "audit-trail"))
    assert ask(trail, world.operator).verified is not None
