"""Signing in by password and by one-use link, registering, and being invited."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from pydantic import SecretStr
from sqlmodel import Session, col, select

from accounts import messages, tokens
from accounts.actors import Actor
from accounts.attempts import forget_attempts
from accounts.commands import command
from accounts.models import AttemptKind, Credential, EmailAddress, LinkPurpose, OneUseLink, Person
from accounts.people import (
    address_of,
    find_or_add_person,
    find_person,
    hash_of,
    keep_password,
    password_fits,
    password_of,
    verify_address,
)
from accounts.policy import Action
from accounts.sessions import open_session
from settings import get_settings
from storage.clock import now
from storage.database import reading
from storage.errors import Closed, Invalid, Refused
from storage.values import Email, Line

LINK_LIVES = {
    LinkPurpose.SIGN_IN: timedelta(minutes=30),
    LinkPurpose.REGISTRATION: timedelta(hours=24),
    LinkPurpose.INVITATION: timedelta(days=14),
}
PASSWORD_LENGTH = 12
_OWN_ADDRESS = re.compile(r"/(?:[A-Za-z0-9?][A-Za-z0-9/?=&._~%-]*)?")
"""An address of ours and of nobody else: browsers read a second slash or a backslash as the way to another host."""

PROOF = "password"
PROOF_LIVES = timedelta(minutes=1)
NOT_RIGHT = "The address or the password is not right. Try again, or have a link sent to you."
SPENT = "This link has been used or is too old. Ask for a new one on the sign-in page."


@dataclass(frozen=True)
class SignedIn:
    """A cookie's token, and the page that the person wanted."""

    token: str
    leads_to: str


def check_password(email: str, password: SecretStr) -> SecretStr:
    """Proof that a password is right, good for a minute and for ``sign_in`` alone.

    Comparing takes 50 ms, in which nobody else could write if it were done in the command's transaction; so this opens
    its own to read, and compares outside of it.

    Raises
    ------
    Refused : it is not right, or there is no such account; not told apart, and each takes as long.
    """
    with reading() as db:
        credential = password_of(db, find_person(db, email.strip()))
        moment_now = now(db)
    if not password_fits(credential, password.get_secret_value()) or credential is None:
        raise Refused(NOT_RIGHT)
    return SecretStr(tokens.make(PROOF, _proven(credential), moment_now, moment_now + PROOF_LIVES))


@command(Action.SIGN_IN, replies=False)
def sign_in(db: Session, actor: Actor, email: Email, proof: SecretStr) -> SignedIn:
    """Open a session by a password that ``check_password`` has found right, and begin the account's attempts again.

    Raises
    ------
    Refused : the proof is not of this account, too old, or of an earlier password; or the address is not verified.
    """
    person = find_person(db, email)
    credential = password_of(db, person)
    proven = tokens.read(PROOF, proof.get_secret_value(), now(db))
    if person is None or credential is None or proven != _proven(credential) or not _verified(db, email):
        raise Refused(NOT_RIGHT)
    forget_attempts(db, AttemptKind.SIGN_IN, email)
    return SignedIn(open_session(db, person.id), "/")


def _proven(credential: Credential) -> str:
    return f"{credential.id} {hashlib.sha256(credential.secret.encode()).hexdigest()}"


@command(Action.SIGN_IN)
def ask_for_link(db: Session, actor: Actor, email: Email, leads_to: Line = "/") -> None:
    """Mail a one-use link, if the address belongs to somebody. The answer does not tell whether it does."""
    person = find_person(db, email)
    if person is not None:
        mail_link(db, person, LinkPurpose.SIGN_IN, leads_to)


@command(Action.REGISTER)
def register(db: Session, actor: Actor, name: Line, email: Email, leads_to: Line = "/") -> None:
    """Begin an account; the mailed link completes it. Somebody who has one gets a link to sign in."""
    person = find_person(db, email)
    if person is None:
        mail_link(db, find_or_add_person(db, name, email), LinkPurpose.REGISTRATION, leads_to)
    else:
        mail_link(db, person, LinkPurpose.SIGN_IN, leads_to)


@command(Action.USE_LINK, replies=False)
def use_link(db: Session, actor: Actor, purpose: LinkPurpose, token: SecretStr) -> SignedIn:
    """Sign in by a link that was mailed, once.

    Raises
    ------
    Closed : it has been used, is too old, or was never ours.
    """
    moment_now = now(db)
    token_id = tokens.read(purpose.value, token.get_secret_value(), moment_now)
    link = db.exec(select(OneUseLink).where(col(OneUseLink.token_id) == token_id).with_for_update()).one_or_none()
    if token_id is None or link is None or link.used_at or link.expires_at <= moment_now or link.purpose is not purpose:
        raise Closed(SPENT)
    link.used_at = moment_now
    db.add(link)
    verify_address(db, link.address)
    return SignedIn(open_session(db, link.person_id), link.leads_to)


@command(Action.SET_PASSWORD, replies=False)
def set_password(db: Session, actor: Actor, password: SecretStr) -> None:
    """Choose a password, or another one.

    Raises
    ------
    Invalid : it has fewer than 12 characters or more than 200.
    """
    chosen = password.get_secret_value()
    if not PASSWORD_LENGTH <= len(chosen) <= 200:
        raise Invalid(
            f"A password needs at least {PASSWORD_LENGTH} characters. Three words in a row do well.", "password"
        )
    assert actor.person_id is not None
    keep_password(db, actor.person_id, hash_of(chosen))


def mail_link(db: Session, person: Person, purpose: LinkPurpose, leads_to: str, reason: str = "") -> None:
    """Write a one-use link into a mail to a person. ``reason`` says in a sentence why they get it."""
    leads_to = leads_to if _OWN_ADDRESS.fullmatch(leads_to) else "/"
    moment_now, recipient = now(db), address_of(db, person.id)
    link = OneUseLink(
        token_id=tokens.new_token_id(),
        purpose=purpose,
        person_id=person.id,
        address=recipient,
        leads_to=leads_to[:300],
        created_at=moment_now,
        expires_at=moment_now + LINK_LIVES[purpose],
    )
    db.add(link)
    db.flush()
    token = tokens.make(purpose.value, link.token_id, link.created_at, link.expires_at)
    address = f"{get_settings().public_url}/links/{purpose.value}/{token}"
    messages.link(db, person, recipient, purpose, address, reason, event=f"link {uuid4()}")


def _verified(db: Session, email: str) -> bool:
    address = db.exec(select(EmailAddress).where(col(EmailAddress.address) == email)).one_or_none()
    return address is not None and address.verified_at is not None
