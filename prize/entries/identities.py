"""What tells who is behind an entry: names of people, addresses, domains of their own, organisations.

No judge's page comes near this module: the contract in pyproject.toml lists who may import it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from publicsuffixlist import PublicSuffixList
from sqlmodel import Session, col, select

from accounts.models import EmailAddress, Membership, Organisation
from prize.entries.teams import team_of

UNSEEN = ("Mn", "Cf")
"""Categories of Unicode for accents that stand apart, and for what is written but not seen."""

LEGAL_FORMS = frozenset({"ltd", "limited", "plc", "llp", "inc", "gmbh", "cic", "ag", "bv", "sa", "sarl", "oy", "ab"})

PUBLIC_PROVIDERS = frozenset(Path(__file__).with_name("public_providers.txt").read_text().split())
"""Where anybody can have an address, so that sharing one tells nothing about two people."""


@dataclass(frozen=True)
class Identities:
    """What is known of the people behind an entry, or of somebody who might be close to them."""

    people: tuple[str, ...]
    addresses: tuple[str, ...]
    domains: tuple[str, ...]
    organisations: tuple[str, ...]


def identities_of_team(db: Session, team_id: UUID) -> Identities:
    """A team's organisation and whoever belongs or belonged to it, in an order that depends on nothing but them."""
    team = team_of(db, team_id, ever=True)
    members = [member for member in team.members if member.email]  # somebody who was erased has none
    return Identities(
        tuple(sorted({member.name for member in members})),
        tuple(sorted({member.email for member in members})),
        tuple(sorted({domain for member in members if (domain := own_domain(member.email))})),
        (team.organisation,),
    )


def identities_of_person(db: Session, person_id: UUID) -> Identities:
    """The verified addresses of somebody, and the organisations to which they belong. Names are left to others."""
    addresses = db.exec(select(EmailAddress.address).where(col(EmailAddress.person_id) == person_id)).all()
    organisations = db.exec(
        select(Organisation.name)
        .join(Membership, col(Membership.organisation_id) == col(Organisation.id))
        .where(col(Membership.person_id) == person_id)
    ).all()
    return Identities(
        (),
        tuple(sorted(addresses)),
        tuple(sorted({domain for address in addresses if (domain := own_domain(address))})),
        tuple(sorted(organisations)),
    )


def own_domain(address: str) -> str:
    """The domain that an address's organisation registered; empty for a public mail provider's.

    ``cs.ox.ac.uk`` and ``ox.ac.uk`` are one organisation's; ``ac.uk`` is nobody's.
    """
    host = address.rpartition("@")[2].strip().strip(".").lower()
    domain = _suffixes().privatesuffix(host) if host else None
    return "" if domain is None or domain in PUBLIC_PROVIDERS else str(domain)


def folded(name: str) -> str:
    """A name for comparison: without case, accents, punctuation and legal forms."""
    text = without_marks(name)
    if "@" in text:
        return text.strip()
    return " ".join(word for word in re.findall(r"[^\W_]+", text) if word not in LEGAL_FORMS)


def without_marks(text: str) -> str:
    """Text in small letters without accents, and without what is written but not seen."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(
        letter for letter in apart if not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf"
    )


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    """The public suffix list (publicsuffix.org) that came with the package; nothing is fetched."""
    return PublicSuffixList()
