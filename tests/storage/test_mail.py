"""A mail is sent for every event, once, by whatever server there is."""

from __future__ import annotations

import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlmodel import Session, select

from settings import get_settings
from storage.database import reading, transact
from storage.jobs import work_once
from storage.mail import Mail, MailState, send
from tests.databases import Clock, Given
from tests.mailserver import MailServer


def write(event: str = "submission 1", recipient: str = "ada@example.org") -> None:
    transact(
        lambda db: send(
            db, event=event, recipient=recipient, subject="Größe of your entry", text="Kept.\n\nThank you.\n"
        )
    )


def the_mail() -> Mail:
    with reading() as db:
        mail = db.exec(select(Mail)).one()
        db.expunge(mail)
        return mail


def test_a_mail_arrives_as_it_was_written(database: Given, smtp: MailServer) -> None:
    write()
    assert the_mail().state is MailState.WAITING

    assert work_once()

    [arrived] = smtp.delivered
    assert arrived.recipients == ("ada@example.org",)
    assert arrived.sender == "laurel@localhost"
    assert arrived.message["Subject"] == "Größe of your entry"
    assert arrived.text.replace("\r\n", "\n") == "Kept.\n\nThank you.\n"
    assert the_mail().state is MailState.SENT


def test_nobody_is_told_of_the_same_event_twice(database: Given, smtp: MailServer) -> None:
    write()
    write()
    write(recipient="grace@example.org")
    write(event="submission 2")
    while work_once():
        pass

    assert sorted((mail.recipients, mail.message["Message-ID"]) for mail in smtp.delivered) == sorted(
        {(mail.recipients, mail.message["Message-ID"]) for mail in smtp.delivered}
    )
    assert sorted(mail.recipients[0] for mail in smtp.delivered) == ["ada@example.org"] * 2 + ["grace@example.org"]


def test_two_transactions_that_tell_of_the_same_event_write_one_mail(database: Given, smtp: MailServer) -> None:
    together = threading.Barrier(2, timeout=30)
    met = threading.Event()

    def work(db: Session) -> None:
        if database.kind == "postgresql" and not met.is_set():
            together.wait()
            met.set()
        send(db, event="submission 1", recipient="ada@example.org", subject="Receipt", text="Kept.")

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(transact, work) for _ in range(2)]:
            future.result()

    assert database.sql("SELECT count(*) FROM mail") == [(1,)]


def test_a_mail_has_the_same_message_id_at_every_attempt(database: Given, clock: Clock, smtp: MailServer) -> None:
    write()
    smtp.refuses_with = "451 try again later"
    assert work_once()
    assert smtp.delivered == []

    smtp.refuses_with = ""
    clock.advance(timedelta(minutes=1))
    assert work_once()

    assert [mail.message["Message-ID"] for mail in smtp.delivered] == [the_mail().message_id]
    assert the_mail().message_id.endswith("@127.0.0.1>")


@pytest.mark.parametrize("answer", ["550 5.1.1 No such user here", "554 5.7.1 Refused by policy"])
@pytest.mark.parametrize("at", ["refuses_recipients_with", "refuses_with"])
def test_a_mail_that_is_refused_for_good_keeps_the_servers_words_and_is_not_tried_again(
    database: Given, clock: Clock, smtp: MailServer, at: str, answer: str
) -> None:
    write()
    setattr(smtp, at, answer)
    assert work_once()
    clock.advance(timedelta(days=1))

    assert not work_once()
    assert (the_mail().state, the_mail().problem, the_mail().sent_at) == (MailState.REFUSED, answer, None)


@pytest.mark.parametrize("at", ["refuses_recipients_with", "refuses_with"])
def test_a_mail_that_is_refused_for_now_is_tried_again_and_names_nobody_in_its_job(
    database: Given, clock: Clock, smtp: MailServer, at: str
) -> None:
    write()
    setattr(smtp, at, "451 4.7.1 Greylisted, try again later")
    assert work_once()
    assert the_mail().state is MailState.WAITING
    [(said,)] = database.sql("SELECT last_error FROM job")
    assert "Greylisted" in said
    assert "ada@example.org" not in said

    setattr(smtp, at, "")
    clock.advance(timedelta(minutes=1))
    assert work_once()

    assert [mail.message["Message-ID"] for mail in smtp.delivered] == [the_mail().message_id]


def test_a_mail_waits_while_the_server_is_away(
    database: Given, clock: Clock, smtp: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:1")
    get_settings.cache_clear()
    write()
    assert work_once()
    assert the_mail().state is MailState.WAITING

    monkeypatch.setenv("SMTP_URL", smtp.url)
    get_settings.cache_clear()
    clock.advance(timedelta(minutes=1))
    assert work_once()

    assert len(smtp.delivered) == 1
    assert the_mail().state is MailState.SENT


def test_without_a_mail_server_a_mail_waits_in_the_inbox(database: Given) -> None:
    write()

    assert not work_once()
    assert the_mail().state is MailState.WAITING


def _certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context, and the file that a client has to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail server of the tests")])
    moment = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    trusted = folder / "trusted.pem"
    trusted.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    file.write_bytes(
        trusted.read_bytes()
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, trusted


def test_a_server_that_offers_encryption_gets_nothing_in_the_clear(
    sqlite: Given, start_mail_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, trusted = _certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    server = start_mail_server(context)
    write()

    assert work_once()

    assert [mail.encrypted for mail in server.delivered] == [True]


def test_a_server_whose_certificate_is_not_trusted_gets_nothing(
    sqlite: Given, start_mail_server: Any, tmp_path: Path
) -> None:
    context, _ = _certificate(tmp_path)
    server = start_mail_server(context)
    write()

    assert work_once()

    assert server.delivered == []
    assert the_mail().state is MailState.WAITING
