"""What a demonstration is for who looks at it: one sign-in button per role, and how much of it is still being made.

Only an installation on loopback can be one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, select

from accounts.models import EmailAddress
from accounts.people import find_person
from accounts.sessions import open_session
from accounts.signing_in import SignedIn
from settings import get_settings
from storage.errors import Refused
from storage.jobs import is_unfinished

DOMAIN = "demonstration.example"
ENTRANT_DOMAIN = "entrant.example"
"""Another one: whoever shares a domain with a team is in conflict with its entry."""

PLAY: Final = "play a part of the demonstration"
"""The job with which the worker goes on after the first start, and what it is about."""


@dataclass(frozen=True)
class DemonstrationRole:
    """A button of the sign-in page. ``value`` is the part of the person's address before the @."""

    value: str
    label: str
    note: str
    domain: str = DOMAIN

    @property
    def address(self) -> str:
        return f"{self.value}@{self.domain}"


ROLES = (
    DemonstrationRole("owner", "Programme owner", "asks whether the mission moves"),
    DemonstrationRole("designer", "Designer", "configures prizes"),
    DemonstrationRole("sponsor", "Sponsor", "publishes and confirms"),
    DemonstrationRole("secretariat", "Secretariat", "runs the prizes day by day"),
    DemonstrationRole("judge", "Judge", "scores entries without names"),
    DemonstrationRole("entrant", "Entrant", "has an entry in each prize", ENTRANT_DOMAIN),
    DemonstrationRole("verifier", "Verifier", "checks what finalists show"),
    DemonstrationRole("approver", "Finance: approver", "approves payments"),
    DemonstrationRole("payer", "Finance: payer", "pays"),
    DemonstrationRole("operator", "Operator", "keeps the installation running"),
)


def demonstration_roles(db: Session) -> tuple[DemonstrationRole, ...]:
    """The roles whose people are there, once the demonstration has been loaded."""
    addresses = [role.address for role in ROLES]
    known = db.exec(select(EmailAddress.address).where(col(EmailAddress.address).in_(addresses))).all()
    return tuple(role for role in ROLES if role.address in known)


def is_being_made(db: Session) -> bool:
    """Whether the worker has still to make prizes of the demonstration."""
    return is_unfinished(db, PLAY, PLAY)


def sign_in_for_demonstration(db: Session, value: str) -> SignedIn:
    """Open a session for a role's person.

    Raises
    ------
    Refused : this is no demonstration, or it has no such person.
    """
    role = next((role for role in ROLES if role.value == value), None)
    person = find_person(db, role.address) if role else None
    if not get_settings().demonstration or person is None:
        raise Refused("There is no such button here. Go back to the sign-in page.")
    return SignedIn(open_session(db, person.id), "/")
