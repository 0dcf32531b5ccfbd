"""Operators see what has not arrived, and send it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from accounts.actors import STRANGER
from accounts.models import LinkPurpose
from accounts.outbox import Outbox, outbox, send_mail_again
from accounts.signing_in import ask_for_link, register, use_link
from settings import get_settings
from storage.database import reading, transact
from storage.errors import Invalid, Refused
from storage.jobs import PATIENT, work_once
from storage.mail import Mail, MailState, send
from tests.accounts.outgoing import refused_mail, the_mail
from tests.accounts.signed_in import link_to
from tests.databases import Clock, Given
from tests.mailserver import MailServer
from tests.world import World, ask, do

ADA = "ada@example.org"


def write(event: str = "e", recipient: str = ADA) -> UUID:
    transact(lambda db: send(db, event=event, recipient=recipient, subject="Your receipt", text="Kept."))
    with reading() as db:
        return db.exec(select(Mail.id).where(col(Mail.event) == event, col(Mail.recipient) == recipient)).one()


def seen(world: World) -> Outbox:
    return ask(outbox, world.operator)


def work() -> None:
    while work_once():
        pass


def test_a_recipient_whom_the_server_refuses_is_shown_with_its_words_and_not_tried_again(
    world: World, smtp: MailServer, clock: Clock
) -> None:
    smtp.refuses_recipients_with = "550 5.1.1 No such user here"
    mail_id = write()
    work()
    clock.advance(timedelta(days=1))
    work()

    [line] = seen(world).lines
    assert (line.id, line.recipient, line.state, line.problem, line.given_up) == (
        mail_id,
        ADA,
        MailState.REFUSED,
        "550 5.1.1 No such user here",
        True,
    )
    assert (smtp.refusals, smtp.delivered) == (1, [])


def test_a_mail_that_is_tried_again_is_shown_with_what_the_server_said_last(
    world: World, smtp: MailServer, clock: Clock
) -> None:
    smtp.refuses_recipients_with = "450 4.2.0 Try again later"
    write()
    assert work_once()

    [line] = seen(world).lines
    assert (line.state, line.attempts, line.given_up) == (MailState.WAITING, 1, False)
    assert line.problem == "450 4.2.0 Try again later"
    assert line.next_at is not None

    smtp.refuses_recipients_with = ""
    clock.advance(timedelta(minutes=1))
    work()
    assert seen(world).lines == ()
    assert seen(world).sent == 1


def test_a_mail_outlasts_a_server_that_is_away_over_a_weekend(
    world: World, smtp: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:1")
    get_settings.cache_clear()
    write()
    clock.move_to(clock.now(), stand_still=True)
    for pause in PATIENT:
        work()
        [line] = seen(world).lines
        assert not line.given_up
        clock.advance(pause, stand_still=True)
    assert sum(PATIENT, timedelta()) > timedelta(days=3)

    monkeypatch.setenv("SMTP_URL", smtp.url)
    get_settings.cache_clear()
    work()

    assert seen(world).lines == ()
    assert len(smtp.delivered) == 1


def test_a_mail_that_was_given_up_is_sent_again(world: World, smtp: MailServer, clock: Clock) -> None:
    smtp.refuses_with = "451 Not now"
    mail_id = write()
    for _ in range(len(PATIENT) + 1):
        work()
        clock.advance(timedelta(days=2))
    [line] = seen(world).lines
    assert (line.given_up, line.attempts) == (True, len(PATIENT) + 1)

    smtp.refuses_with = ""
    do(send_mail_again, world.operator, mail_id=mail_id, recipient=ADA)
    work()

    assert [mail.recipients for mail in smtp.delivered] == [(ADA,)]
    assert smtp.delivered[0].message["Message-ID"] == the_mail(mail_id).message_id
    assert seen(world).lines == ()


def test_a_refused_mail_is_sent_again_to_the_same_address(world: World, smtp: MailServer) -> None:
    mail_id = refused_mail(world, "ada")
    do(send_mail_again, world.operator, mail_id=mail_id, recipient=ADA)
    work()

    assert the_mail(mail_id).state is MailState.SENT
    assert the_mail(mail_id).problem == ""


def test_a_mistyped_address_is_corrected_and_the_link_in_the_mail_is_good(world: World, smtp: MailServer) -> None:
    smtp.refuses_recipients_with = "550 5.1.1 No such user here"
    do(register, STRANGER, name="Ada", email=ADA)
    work()
    [line] = seen(world).lines
    smtp.refuses_recipients_with = ""

    do(send_mail_again, world.operator, mail_id=line.id, recipient="Ada@example.com")
    work()

    assert [mail.recipients for mail in smtp.delivered] == [("ada@example.com",)]
    assert the_mail(line.id).state is MailState.REPLACED
    assert seen(world).lines == ()
    purpose, token = link_to("ada@example.com")
    assert purpose is LinkPurpose.REGISTRATION
    do(use_link, STRANGER, purpose=purpose, token=token)


def test_an_address_that_its_owner_has_confirmed_is_not_corrected_by_others(world: World) -> None:
    world.person("ada")
    do(ask_for_link, STRANGER, email=ADA)
    with reading() as db:
        mail_id = db.exec(select(Mail.id)).one()

    with pytest.raises(Invalid, match="confirmed by its owner"):
        do(send_mail_again, world.operator, mail_id=mail_id, recipient="ada@example.com")


def test_an_address_is_not_corrected_to_somebody_elses(world: World) -> None:
    world.person("grace")
    mail_id = refused_mail(world, "ada")

    with pytest.raises(Invalid, match="belongs to somebody already"):
        do(send_mail_again, world.operator, mail_id=mail_id, recipient="grace@example.org")


def test_a_mail_that_was_sent_is_not_sent_again(world: World, smtp: MailServer) -> None:
    mail_id = write()
    work()

    with pytest.raises(Invalid, match="has been sent"):
        do(send_mail_again, world.operator, mail_id=mail_id, recipient=ADA)


def test_nobody_else_sees_the_mails(world: World) -> None:
    mail_id = refused_mail(world, "ada")
    for actor in (world.owner, STRANGER):
        with pytest.raises(Refused):
            ask(outbox, actor)
        with pytest.raises(Refused):
            do(send_mail_again, actor, mail_id=mail_id, recipient=ADA)


def test_without_a_mail_server_the_page_can_say_so(database: Given, world: World) -> None:
    write()

    assert (seen(world).server, seen(world).waiting) == (False, 1)


def test_what_merely_waits_for_a_worker_is_not_listed(world: World, smtp: MailServer) -> None:
    write()

    assert (seen(world).waiting, seen(world).lines) == (1, ())


def test_what_was_written_before_a_server_was_set_is_listed_and_can_be_sent(
    world: World, monkeypatch: pytest.MonkeyPatch, start_mail_server: Any
) -> None:
    mail_id = write()
    server: MailServer = start_mail_server()
    assert [(line.id, line.given_up) for line in seen(world).lines] == [(mail_id, True)]

    do(send_mail_again, world.operator, mail_id=mail_id, recipient=ADA)
    work()

    assert len(server.delivered) == 1
