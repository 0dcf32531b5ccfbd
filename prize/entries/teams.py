"""Teams: who has access to an entrant's entries."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from accounts.models import Membership, Organisation, OrganisationKind, Person
from accounts.people import address_of
from prize.entries.models import Entry, Team, TeamMember
from prize.models import Prize
from storage.clock import now
from storage.database import matching


@dataclass(frozen=True)
class MemberShown:
    person_id: UUID
    name: str
    email: str
    leads: bool


@dataclass(frozen=True)
class TeamShown:
    """A team as its members and the secretariat see it. Never shown to judges of a blind stage."""

    id: UUID
    organisation: str
    members: tuple[MemberShown, ...]


def open_team(db: Session, prize: Prize, person_id: UUID, organisation: str, kind: OrganisationKind) -> Team:
    """The person's team for a prize and an organisation, made when there is none."""
    own = db.exec(
        select(Organisation)
        .join(Membership, col(Membership.organisation_id) == col(Organisation.id))
        .where(
            col(Membership.person_id) == person_id,
            col(Organisation.programme_id) == prize.programme_id,
            col(Organisation.name) == organisation,
        )
    ).first()
    if own is None:
        own = Organisation(programme_id=prize.programme_id, name=organisation, kind=kind, created_at=now(db))
        db.add(own)
        db.flush()
        db.add(Membership(person_id=person_id, organisation_id=own.id))
    team = db.exec(
        select(Team)
        .join(TeamMember, col(TeamMember.team_id) == col(Team.id))
        .where(
            col(Team.prize_id) == prize.id,
            col(Team.organisation_id) == own.id,
            col(TeamMember.person_id) == person_id,
            col(TeamMember.left_at).is_(None),
        )
    ).first()
    if team is None:
        team = Team(prize_id=prize.id, organisation_id=own.id, created_at=now(db))
        db.add(team)
        db.flush()
        db.add(TeamMember(team_id=team.id, person_id=person_id, leads=True, joined_at=now(db)))
        db.flush()
    return team


def team_of(db: Session, team_id: UUID, *, ever: bool = False) -> TeamShown:
    """A team with its organisation and members, the lead first; with those who ``ever`` belonged to it, or now."""
    team = db.get_one(Team, team_id)
    found = select(TeamMember, Person).join(Person, col(Person.id) == col(TeamMember.person_id))
    found = found.where(col(TeamMember.team_id) == team_id)
    rows = db.exec(found if ever else found.where(col(TeamMember.left_at).is_(None))).all()
    members = [MemberShown(person.id, person.name, address_of(db, person.id), member.leads) for member, person in rows]
    return TeamShown(
        team.id,
        db.get_one(Organisation, team.organisation_id).name,
        tuple(sorted(members, key=lambda member: (not member.leads, member.name))),
    )


def team_words(db: Session, team: Team) -> str:
    """How a team is spoken of in a mail: ``the team of Acorn Labs for Clean rivers``."""
    organisation = db.get_one(Organisation, team.organisation_id).name
    return f"the team of {organisation} for {db.get_one(Prize, team.prize_id).title}"


def lead_of(db: Session, team_id: UUID) -> tuple[UUID, ...]:
    """Who leads a team; nobody where the last member was erased."""
    return tuple(row.person_id for row in matching(db, TeamMember, team_id=team_id, leads=True, left_at=None))


def members_of(db: Session, *entries: ColumnElement[bool]) -> set[UUID]:
    """Who belongs now to the teams of the entries that meet conditions."""
    found = select(TeamMember.person_id).join(Entry, col(Entry.team_id) == col(TeamMember.team_id))
    return set(db.exec(found.where(col(TeamMember.left_at).is_(None), *entries).distinct()).all())


def member_ids(db: Session, team_id: UUID) -> tuple[UUID, ...]:
    """Who belongs to a team now."""
    return tuple(
        db.exec(
            select(TeamMember.person_id).where(col(TeamMember.team_id) == team_id, col(TeamMember.left_at).is_(None))
        ).all()
    )
