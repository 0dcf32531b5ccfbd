"""Who belongs to a team: seen by its members, changed by its lead. One member leads, at any time."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import Person
from prize import messages
from prize.entries.invitations import InvitationShown, open_invitations
from prize.entries.models import Entry, Team, TeamMember
from prize.entries.teams import TeamShown, lead_of, team_of, team_words
from prize.models import Prize
from prize.policy import Action
from storage.clock import now
from storage.database import found, locked, one_matching
from storage.errors import NOT_YOURS, Closed, Invalid, Refused


@dataclass(frozen=True)
class OwnTeam:
    """A team as its members see it, with who is asking: ``you`` is the member's id, ``leads`` what they may do."""

    prize: str
    zone: str
    team: TeamShown
    you: UUID
    leads: bool
    invitations: tuple[InvitationShown, ...]


@query(Action.SEE_OWN_TEAM)
def own_team(db: Session, actor: Actor, entry_id: UUID) -> OwnTeam:
    """The members of an entry's team and its open invitations."""
    team = db.get_one(Team, found(db, Entry, entry_id).team_id)
    prize = db.get_one(Prize, team.prize_id)
    assert actor.person_id is not None
    leads = actor.person_id in lead_of(db, team.id)
    invitations = open_invitations(db, team.id)
    return OwnTeam(prize.title, prize.zone, team_of(db, team.id), actor.person_id, leads, invitations)


@command(Action.REMOVE_MEMBER)
def remove_member(db: Session, actor: Actor, entry_id: UUID, person_id: UUID) -> None:
    """Take a member's access to the team's entries away. What they wrote stays, and they are told.

    Raises
    ------
    Invalid : the lead names themselves.
    """
    team = locked(db, Team, found(db, Entry, entry_id).team_id)
    if person_id == actor.person_id:
        raise Invalid("You lead the team. Hand it over to somebody else, then you can leave.", "person_id")
    _leave(db, _member(db, team, person_id))
    messages.about_team(
        db,
        (person_id,),
        event=f"removed {uuid4()}",
        subject="You no longer belong to a team",
        text=(
            f"Its lead has removed you from {team_words(db, team)}. You no longer see its entries; what you wrote "
            "stays in them."
        ),
    )


@command(Action.HAND_OVER_LEAD)
def hand_over_lead(db: Session, actor: Actor, entry_id: UUID, person_id: UUID) -> None:
    """Have another member lead the team, who is told.

    Raises
    ------
    Invalid : this member leads already.
    """
    team = locked(db, Team, found(db, Entry, entry_id).team_id)
    if person_id == actor.person_id:
        raise Invalid("You lead the team already. Choose another member.", "person_id")
    assert actor.person_id is not None
    following, lead = _member(db, team, person_id), _member(db, team, actor.person_id)
    if not lead.leads:
        raise Closed("Somebody else leads the team now. Reload the page.")
    lead.leads, following.leads = False, True
    db.add_all([lead, following])
    messages.about_team(
        db,
        (person_id,),
        event=f"handed over {uuid4()}",
        subject="You lead a team now",
        text=f"You now lead {team_words(db, team)}. You invite and remove members, and can withdraw its entries.",
    )


@command(Action.LEAVE_TEAM)
def leave_team(db: Session, actor: Actor, entry_id: UUID) -> str:
    """Give up one's access to the team's entries; the lead is told. Returns the prize's title.

    Raises
    ------
    Closed : the actor leads the team.
    """
    team = locked(db, Team, found(db, Entry, entry_id).team_id)
    assert actor.person_id is not None
    member = _member(db, team, actor.person_id)
    if member.leads:
        raise Closed("You lead the team, and a team needs a lead. Hand it over to another member, then you can leave.")
    _leave(db, member)
    name = db.get_one(Person, actor.person_id).name
    messages.about_team(
        db,
        lead_of(db, team.id),
        event=f"left {uuid4()}",
        subject=f"{name} has left your team",
        text=f"{name} no longer belongs to {team_words(db, team)}, and no longer sees its entries.",
    )
    return db.get_one(Prize, team.prize_id).title


def _member(db: Session, team: Team, person_id: UUID) -> TeamMember:
    member = one_matching(db, TeamMember, team_id=team.id, person_id=person_id, left_at=None)
    if member is None:
        raise Refused(NOT_YOURS)
    db.refresh(member)  # it may have been read before the team was held
    if member.left_at is not None:
        raise Refused(NOT_YOURS)
    return member


def _leave(db: Session, member: TeamMember) -> None:
    member.left_at = now(db)
    db.add(member)
    db.flush()
