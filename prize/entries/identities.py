"""What tells who is behind an entry: names of people, addresses, domains of their own, organisations.

No judge's page comes near this module: the contract in pyproject.toml lists who may import it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from publicsuffixlist import PublicSuffixList
from sqlmodel import Session, col, func, select

from accounts.models import EmailAddress, Membership, Organisation
from prize.entries.models import Answer, Entry, EntryVersion, TeamMember
from prize.entries.teams import team_of
from prize.models import EntryForm, Question, QuestionKind
from prize.questions import people_in
from storage.database import matching

UNSEEN = ("Mn", "Cf")
"""Categories of Unicode for accents that stand apart, and for what is written but not seen."""

LEGAL_FORMS = frozenset({"ltd", "limited", "plc", "llp", "inc", "gmbh", "cic", "ag", "bv", "sa", "sarl", "oy", "ab"})

PUBLIC_PROVIDERS = frozenset(Path(__file__).with_name("public_providers.txt").read_text().split())
"""Where anybody can have an address, so that sharing one tells nothing about two people."""


@dataclass(frozen=True)
class Identities:
    """What is known of the people behind an entry, or of somebody who might be close to them.

    ``words`` are parts of names, each of which tells a person by itself.
    """

    people: tuple[str, ...]
    addresses: tuple[str, ...]
    domains: tuple[str, ...]
    organisations: tuple[str, ...]
    words: tuple[str, ...] = ()


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


def identities_of_entry(db: Session, entry: Entry) -> Identities:
    """The team of an entry, and the people whom its answers name as being in it, drafted or submitted."""
    known = identities_of_team(db, entry.team_id)
    answers = _answers_about_the_team(db, entry)
    texts = [answer.text for answer in answers]
    for version in matching(db, EntryVersion, entry_id=entry.id):
        texts += [str(version.answers.get(str(answer.question_key), "")) for answer in answers]
    named = {person.name for text in texts for person in people_in(text) if person.name}
    return replace(known, people=tuple(sorted({*known.people, *named})))


def known_since(db: Session, entry: Entry) -> datetime:
    """When ``identities_of_entry`` last became others: somebody joined or was named, or names are asked for now."""
    times = [member.joined_at for member in matching(db, TeamMember, team_id=entry.team_id)]
    times += [answer.saved_at for answer in _answers_about_the_team(db, entry)]
    asked_since = (
        select(func.min(EntryForm.published_at))
        .join(Question, col(Question.form_id) == col(EntryForm.id))
        .where(col(EntryForm.stage_id) == entry.stage_id, col(Question.kind) == QuestionKind.TEAM)
        .group_by(col(Question.key))
    )
    times += [at for at in db.exec(asked_since).all() if at is not None]
    return max(times)


def _answers_about_the_team(db: Session, entry: Entry) -> list[Answer]:
    asked = (
        select(Question.key)
        .join(EntryForm, col(EntryForm.id) == col(Question.form_id))
        .where(col(EntryForm.stage_id) == entry.stage_id, col(Question.kind) == QuestionKind.TEAM)
    )
    keys = set(db.exec(asked).all())
    return [row for row in matching(db, Answer, entry_id=entry.id) if row.question_key in keys]


def identities_of_person(db: Session, person_id: UUID) -> Identities:
    """The verified addresses of somebody, and the organisations to which they belong. Names are left to others."""
    return identities_of_people(db, (person_id,))[person_id]


def identities_of_people(db: Session, person_ids: Collection[UUID]) -> dict[UUID, Identities]:
    """The same of several people, by person, in as many statements as for one."""
    addresses: dict[UUID, set[str]] = {person_id: set() for person_id in person_ids}
    organisations: dict[UUID, set[str]] = {person_id: set() for person_id in person_ids}
    known = select(EmailAddress.person_id, EmailAddress.address).where(col(EmailAddress.person_id).in_(person_ids))
    for person_id, address in db.exec(known).all():
        addresses[person_id].add(address)
    belong = (
        select(Membership.person_id, Organisation.name)
        .join(Organisation, col(Membership.organisation_id) == col(Organisation.id))
        .where(col(Membership.person_id).in_(person_ids))
    )
    for person_id, name in db.exec(belong).all():
        organisations[person_id].add(name)
    return {
        person_id: Identities(
            (),
            tuple(sorted(addresses[person_id])),
            tuple(sorted({domain for address in addresses[person_id] if (domain := own_domain(address))})),
            tuple(sorted(organisations[person_id])),
        )
        for person_id in person_ids
    }


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
