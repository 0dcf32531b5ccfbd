"""The demonstration while it is being played: who is who, and the moment from which everything is counted."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from pydantic import SecretStr
from sqlmodel import Session, col, select

from accounts.actors import STRANGER, Actor
from accounts.demonstration import DOMAIN, ENTRANT_DOMAIN
from accounts.models import LinkPurpose, Role
from accounts.people import find_person
from accounts.signing_in import use_link
from delivery.demonstration import content
from prize.entries.models import Entry
from prize.entries.teams import member_ids
from prize.models import Prize, Stage
from storage import clock
from storage.mail import Mail

SEED = 2030

STAFF: Mapping[str, Role] = MappingProxyType(
    {
        "owner": Role.OWNER,
        "designer": Role.DESIGNER,
        "sponsor": Role.SPONSOR,
        "secretariat": Role.SECRETARIAT,
        "casework": Role.SECRETARIAT,
        "verifier": Role.VERIFIER,
        "approver": Role.APPROVER,
        "payer": Role.PAYER,
    }
)
"""The programme's staff, by the first part of their address."""

ENTRANT = f"entrant@{ENTRANT_DOMAIN}"
Day = timedelta(days=1)


@dataclass
class Play:
    """The demonstration while it is being played: who is who, and the moment from which everything is counted."""

    db: Session
    today: datetime
    random: random.Random = field(default_factory=lambda: random.Random(SEED))
    people: dict[str, Actor] = field(default_factory=dict)
    names: int = 0

    def at(self, days: float) -> datetime:
        """Move the clock to a moment so many days from now, and return it."""
        moment = self.today + days * Day
        clock.move_to(self.db, moment, stand_still=True)
        return moment

    def name(self) -> str:
        """The next invented name."""
        first = content.FIRST_NAMES[self.names % len(content.FIRST_NAMES)]
        last = content.SURNAMES[(self.names * 7 + self.names // len(content.FIRST_NAMES)) % len(content.SURNAMES)]
        self.names += 1
        return f"{first} {last}"

    def find_people(self) -> None:
        """Know the programme's staff again."""
        for word in STAFF:
            person = find_person(self.db, f"{word}@{DOMAIN}")
            assert person is not None
            self.people[word] = Actor(person.id)

    def accept(self, email: str, purpose: LinkPurpose) -> Actor:
        """Use the newest link that was mailed to an address, as its owner would."""
        until_now = col(Mail.written_at) <= clock.now(self.db)  # prizes that are played before may lie in the future
        mails = self.db.exec(select(Mail).where(col(Mail.recipient) == email, until_now)).all()
        text = max(mails, key=lambda mail: mail.written_at).text
        token = next(line.rpartition("/")[2] for line in text.splitlines() if f"/links/{purpose.value}/" in line)
        use_link(self.db, STRANGER, purpose=purpose, token=SecretStr(token))
        person = find_person(self.db, email)
        assert person is not None
        return Actor(person.id)


def noon(moment: datetime) -> datetime:
    return moment.replace(hour=12, minute=0, second=0, microsecond=0)


def address(organisation: str) -> str:
    """Where a team is written to: at a domain of its own."""
    return f"post@{organisation.lower().replace(' ', '-').replace('&', 'and')}.example"


def member_of(db: Session, entry_id: UUID) -> Actor:
    """The first who was in the team of an entry."""
    return Actor(member_ids(db, db.get_one(Entry, entry_id).team_id)[0])


def stage_being_judged(db: Session) -> UUID:
    """The stage of the prize that is there at the first start."""
    return db.exec(select(Stage.id).join(Prize).where(col(Prize.slug) == "networks")).one()


def entrant_of(play: Play, organisation: int) -> Actor:
    """Whoever entered for an organisation, by its number."""
    person = find_person(play.db, address(content.ORGANISATIONS[organisation]))
    assert person is not None
    return Actor(person.id)
