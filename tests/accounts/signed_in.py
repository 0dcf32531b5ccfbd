"""Signing in as a browser would: by the mails that were sent and the cookies that were set."""

from __future__ import annotations

from dataclasses import replace

from pydantic import SecretStr
from sqlmodel import select

from accounts.actors import STRANGER, Actor
from accounts.models import LinkPurpose
from accounts.sessions import identify
from accounts.signing_in import SignedIn, ask_for_link, check_password, set_password, sign_in, use_link
from storage.database import reading
from storage.mail import Mail
from tests.world import World, do

PASSWORD = "three words in a row"


def mails_to(address: str) -> list[Mail]:
    with reading() as db:
        found = db.exec(select(Mail)).all()
        db.expunge_all()
    return sorted((mail for mail in found if mail.recipient == address), key=lambda mail: mail.written_at)


def link_to(address: str) -> tuple[LinkPurpose, SecretStr]:
    """The purpose and the token in the latest mail to an address."""
    text = mails_to(address)[-1].text
    [line] = [line for line in text.splitlines() if "/links/" in line]
    purpose, token = line.partition("/links/")[2].split("/")
    return LinkPurpose(purpose), SecretStr(token)


def with_password(world: World, name: str) -> Actor:
    actor = world.person(name)
    do(set_password, actor, password=SecretStr(PASSWORD))
    return actor


def signed_in_by_password(email: str, password: str, actor: Actor = STRANGER, *, key: str = "") -> SignedIn:
    """Fill in the form of the sign-in page."""
    proof = check_password(email, SecretStr(password))
    return do(sign_in, actor, key=key, email=email, proof=proof)


def cookie_of(world: World, name: str) -> str:
    """The cookie of a new browser in which somebody has signed in."""
    world.person(name)
    do(ask_for_link, STRANGER, email=world.address(name))
    purpose, token = link_to(world.address(name))
    return do(use_link, STRANGER, purpose=purpose, token=token).token


def at_a_browser(cookie: str) -> Actor:
    """Who acts there, as the edge finds out."""
    identity = identify(cookie)
    assert identity is not None
    return replace(STRANGER, person_id=identity.person_id, session_id=identity.session_id)
