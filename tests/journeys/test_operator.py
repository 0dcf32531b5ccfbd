"""The mail server goes away, a mail is given up, and the operator sends it once the server is back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from accounts.operator import create_admin
from storage.database import transact
from storage.jobs import PATIENT
from tests.accounts.signed_in import PASSWORD
from tests.databases import Clock, Given
from tests.journeys.visitors import Visitor, visitor, wait_until
from tests.mailserver import MailServer
from tests.server import RunningLaurel, running_laurel


@pytest.fixture
def laurel(sqlite: Given, smtp: MailServer, tmp_path: Path) -> Iterator[RunningLaurel]:
    with running_laurel({}, tmp_path) as running:
        yield running


@pytest.fixture
def operator(laurel: RunningLaurel, smtp: MailServer, browser: Browser, tmp_path: Path) -> Iterator[Visitor]:
    """The operator, signed in by password."""
    transact(lambda db: create_admin(db, "Oonagh", "operator@staff.example", PASSWORD))
    person = visitor(browser, laurel.url, smtp)
    sign_in(person)
    yield person
    person.page.screenshot(path=tmp_path / "operator.png", full_page=True)
    person.leave()


def sign_in(operator: Visitor) -> None:
    operator.page.goto(f"{operator.url}/sign-in")
    operator.page.get_by_label("Email address").first.fill("operator@staff.example")
    operator.page.get_by_label("Password", exact=True).fill(PASSWORD)
    operator.page.get_by_role("button", name="Sign in", exact=True).click()
    operator.settle()


def invite(operator: Visitor, name: str, email: str) -> None:
    operator.open("Programmes")
    if not operator.page.get_by_text("Appoint somebody").count():
        operator.fill("Name of the programme", "Clean power programme")
        operator.press("Create programme")
        operator.see("The programme is open.")
    operator.unfold("Appoint somebody")
    operator.fill("Name", name)
    operator.fill("Mail address", email)
    operator.press("Appoint and invite")
    operator.see(email)


def job_of_mail(database: Given) -> tuple[str, int]:
    [(state, attempts)] = database.sql("SELECT state, attempts FROM job WHERE kind = 'send mail'")
    return str(state), int(attempts)


@pytest.mark.timeout(240)
def test_a_mail_that_was_given_up_is_started_again_from_the_list_of_jobs(
    operator: Visitor, sqlite: Given, smtp: MailServer, clock: Clock
) -> None:
    smtp.refuses_with = "451 4.3.0 The mail server is away"
    invite(operator, "Olwen Alder", "owner@staff.example")
    for attempt in range(1, len(PATIENT) + 2):
        wait_until(lambda n=attempt: job_of_mail(sqlite)[1] >= n, f"no attempt {attempt}")  # type: ignore[misc]
        wait_until(lambda: job_of_mail(sqlite)[0] != "running", "the attempt does not end")
        if attempt <= len(PATIENT):
            clock.advance(PATIENT[attempt - 1] + timedelta(seconds=1))
    assert job_of_mail(sqlite) == ("dead", len(PATIENT) + 1)
    sign_in(operator)

    operator.open("Mail")
    operator.see("Given up")
    operator.see("The mail server is away")
    operator.open("Jobs")
    operator.see("Failed 13 times.")
    smtp.refuses_with = ""
    operator.press("Start again")
    operator.see("The job will run again.")

    wait_until(lambda: len(smtp.delivered) == 1, "the mail did not arrive")
    assert smtp.delivered[0].recipients == ("owner@staff.example",)
    assert "/links/invitation/" in smtp.delivered[0].text
    operator.open("Mail")
    operator.see("Nothing needs looking after")


def test_a_mistyped_address_is_corrected_and_the_invitation_arrives(
    operator: Visitor, smtp: MailServer, sqlite: Given
) -> None:
    smtp.refuses_recipients_with = "550 5.1.1 No such user here"
    invite(operator, "Olwen Alder", "owmer@staff.example")
    wait_until(lambda: smtp.refusals == 1, "the mail was not tried")
    wait_until(lambda: sqlite.sql("SELECT state FROM mail") == [("refused",)], "the refusal was not noted")

    operator.open("Mail")
    operator.see("Refused for good.")
    operator.see("550 5.1.1 No such user here")
    smtp.refuses_recipients_with = ""
    operator.fill("Mail address", "owner@staff.example")
    operator.press("Send again")

    owner_link = operator.new_mail("owner@staff.example")
    assert owner_link.startswith("/links/invitation/")
    operator.open("Mail")
    operator.see("Nothing needs looking after")
    operator.page.goto(operator.url + owner_link)
    operator.page.get_by_role("button", name="Accept the invitation").click()
    operator.settle()
    operator.see("Create a mission")


def test_an_operator_looks_up_who_may_do_what(operator: Visitor, sqlite: Given) -> None:
    invite(operator, "Olwen Alder", "owner@staff.example")

    operator.open("Permissions")
    operator.page.get_by_role("combobox").first.click()
    operator.page.get_by_role("option", name=re.compile("^Olwen Alder")).click()
    operator.settle()
    operator.see("Owner in the programme Clean power programme")
    operator.see("Appointed by Oonagh")
    operator.page.get_by_role("tab", name="Rules").click()
    operator.see("Appoint people in a programme")
