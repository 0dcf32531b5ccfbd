"""Invitations to teams: sent by the lead, accepted or declined by whoever got one.

The lead gets the same answer whoever has the address, and reads nothing but what the lead wrote, until somebody joins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import LinkPurpose, Organisation, Person
from accounts.people import find_or_add_person
from accounts.signing_in import LINK_LIVES, mail_link
from prize import messages
from prize.entries.conflicts import find_conflicts_of_entries, note_invited
from prize.entries.models import Entry, EntryState, InvitationState, Team, TeamInvitation, TeamMember
from prize.entries.searching import search_anew
from prize.entries.teams import lead_of, member_ids, team_of, team_words
from prize.lifecycle import INVITATION
from prize.models import Prize, Stage, StageState
from prize.policy import Action
from storage.clock import now
from storage.database import found, locked, matching, one_matching
from storage.errors import NOT_YOURS, Closed, Invalid, Refused
from storage.values import Email, Line

INVITATION_LIVES = LINK_LIVES[LinkPurpose.INVITATION]
MOST_IN_TEAM = 30
"""Members and open invitations of one team."""
MOST_A_DAY = 20
"""Invitations of one team, and of one person over all teams, in 24 hours."""


@dataclass(frozen=True)
class InvitationShown:
    """An open invitation as the team sees it: with the name and the address that the lead wrote."""

    id: UUID
    name: str
    email: str
    open_until: datetime


@dataclass(frozen=True)
class OwnInvitation:
    """An open invitation as it is shown to whoever got it."""

    id: UUID
    prize: str
    slug: str
    zone: str
    organisation: str
    invited_by: str
    open_until: datetime


@command(Action.INVITE_MEMBER)
def invite_member(db: Session, actor: Actor, entry_id: UUID, name: Line, email: Email) -> UUID:
    """Ask somebody by mail to join the entry's team. Returns the invitation's id, whoever has the address.

    Raises
    ------
    Invalid : the address belongs to the team or has an open invitation, the team is full, or there were too many today.
    Closed : the team's entry is with the judges.
    """
    team = locked(db, Team, found(db, Entry, entry_id).team_id)
    _not_being_judged(db, team.id)
    shown, waiting = team_of(db, team.id), open_invitations(db, team.id)
    if email in {member.email for member in shown.members}:
        raise Invalid("Somebody with this address belongs to your team already.", "email")
    if email in {invitation.email for invitation in waiting}:
        raise Invalid("This address has an open invitation. Withdraw it if you want to send another.", "email")
    if len(shown.members) + len(waiting) >= MOST_IN_TEAM:
        raise Invalid(f"A team has at most {MOST_IN_TEAM} people, with those who are invited.", "email")
    today = col(TeamInvitation.invited_at) > now(db) - timedelta(days=1)
    for whose in (col(TeamInvitation.team_id) == team.id, col(TeamInvitation.invited_by) == actor.person_id):
        if len(db.exec(select(TeamInvitation.id).where(whose, today)).all()) >= MOST_A_DAY:
            raise Invalid(f"You can send {MOST_A_DAY} invitations a day. Send this one tomorrow.", "email")
    assert actor.person_id is not None
    person = find_or_add_person(db, name, email)
    invitation = TeamInvitation(
        team_id=team.id, person_id=person.id, name=name, email=email, invited_by=actor.person_id, invited_at=now(db)
    )
    db.add(invitation)
    db.flush()
    for entry in matching(db, Entry, team_id=team.id):
        note_invited(db, person.id, entry)
    lead = db.get_one(Person, actor.person_id).name
    reason = f"{lead} asks you to join {team_words(db, team)}. You accept or decline under “My entries”."
    mail_link(db, person, LinkPurpose.INVITATION, "/my-entries", reason)
    return invitation.id


@command(Action.WITHDRAW_INVITATION)
def withdraw_invitation(db: Session, actor: Actor, entry_id: UUID, invitation_id: UUID) -> None:
    """Take an invitation back; whoever got it is told.

    Raises
    ------
    Closed : it was accepted, declined or withdrawn.
    """
    team = locked(db, Team, found(db, Entry, entry_id).team_id)
    invitation = found(db, TeamInvitation, invitation_id)
    if invitation.team_id != team.id:
        raise Refused(NOT_YOURS)
    db.refresh(invitation)
    _end(db, invitation, Action.WITHDRAW_INVITATION)
    messages.about_team(
        db,
        (invitation.person_id,),
        event=f"invitation {invitation.id} withdrawn",
        subject="An invitation to a team is withdrawn",
        text=f"You are no longer asked to join {team_words(db, team)}. You need do nothing.",
    )


@command(Action.ACCEPT_INVITATION)
def accept_invitation(db: Session, actor: Actor, invitation_id: UUID) -> None:
    """Join a team. Everybody who is appointed where its entries lie is compared with whoever joins.

    Raises
    ------
    Closed : the invitation is no longer open, or the team's entry is with the judges.
    """
    invitation = found(db, TeamInvitation, invitation_id)
    team = locked(db, Team, invitation.team_id)
    db.refresh(invitation)  # it was read before the team was held
    if now(db) > invitation.invited_at + INVITATION_LIVES:
        raise Closed("This invitation is too old. Ask the team's lead for a new one.")
    _not_being_judged(db, team.id)
    _end(db, invitation, Action.ACCEPT_INVITATION)
    assert actor.person_id is not None
    member = one_matching(db, TeamMember, team_id=team.id, person_id=actor.person_id)
    if member is not None and member.left_at is None:
        return  # invited by another address of theirs
    member = member or TeamMember(team_id=team.id, person_id=actor.person_id)
    member.joined_at, member.left_at, member.leads = now(db), None, False
    db.add(member)
    db.flush()
    for entry in matching(db, Entry, team_id=team.id):
        stage = db.get_one(Stage, entry.stage_id)
        find_conflicts_of_entries(db, stage, (entry.id,))
        if stage.closed_at is None:
            search_anew(db, entry.id)
    name = db.get_one(Person, actor.person_id).name
    messages.about_team(
        db,
        tuple(person_id for person_id in member_ids(db, team.id) if person_id != actor.person_id),
        event=f"invitation {invitation.id} accepted",
        subject=f"{name} has joined your team",
        text=f"{name} now belongs to {team_words(db, team)}, and sees and edits its entries.",
    )


@command(Action.DECLINE_INVITATION)
def decline_invitation(db: Session, actor: Actor, invitation_id: UUID) -> None:
    """Say that one does not join; the lead is told.

    Raises
    ------
    Closed : the invitation was accepted, declined or withdrawn.
    """
    invitation = found(db, TeamInvitation, invitation_id)
    team = locked(db, Team, invitation.team_id)
    db.refresh(invitation)  # it was read before the team was held
    _end(db, invitation, Action.DECLINE_INVITATION)
    messages.about_team(
        db,
        lead_of(db, team.id),
        event=f"invitation {invitation.id} declined",
        subject="An invitation to your team is declined",
        text=f"{invitation.name} ({invitation.email}) does not join {team_words(db, team)}.",
    )


@query(Action.LIST_INVITATIONS)
def own_invitations(db: Session, actor: Actor) -> tuple[OwnInvitation, ...]:
    """The open invitations that the actor has got, the oldest first."""
    rows = matching(db, TeamInvitation, person_id=actor.person_id, state=InvitationState.OPEN)
    shown = []
    for row in sorted(rows, key=lambda row: (row.invited_at, str(row.id))):
        if now(db) > row.invited_at + INVITATION_LIVES:
            continue
        team = db.get_one(Team, row.team_id)
        entries = matching(db, Entry, team_id=team.id)
        if any(_is_judged(db.get_one(Stage, entry.stage_id), entry) for entry in entries):
            continue  # whoever is asked may be one of its judges
        prize = db.get_one(Prize, team.prize_id)
        organisation = db.get_one(Organisation, team.organisation_id).name
        who = db.get_one(Person, row.invited_by).name
        until = row.invited_at + INVITATION_LIVES
        shown.append(OwnInvitation(row.id, prize.title, prize.slug, prize.zone, organisation, who, until))
    return tuple(shown)


def open_invitations(db: Session, team_id: UUID) -> tuple[InvitationShown, ...]:
    """The invitations of a team that can still be accepted, the oldest first."""
    rows = matching(db, TeamInvitation, team_id=team_id, state=InvitationState.OPEN)
    fresh = [row for row in rows if now(db) <= row.invited_at + INVITATION_LIVES]
    return tuple(
        InvitationShown(row.id, row.name, row.email, row.invited_at + INVITATION_LIVES)
        for row in sorted(fresh, key=lambda row: (row.invited_at, str(row.id)))
    )


def _end(db: Session, invitation: TeamInvitation, action: Action) -> None:
    INVITATION.move(db, invitation, action)
    invitation.ended_at = now(db)
    db.add(invitation)


def _not_being_judged(db: Session, team_id: UUID) -> None:
    """What judges read was searched for the names of those who belonged to the team when its stage closed."""
    for entry in sorted(matching(db, Entry, team_id=team_id), key=lambda row: str(row.stage_id)):
        if _is_judged(locked(db, Stage, entry.stage_id), entry):
            raise Closed("The team's entry is with the judges. Somebody can join again when decisions are released.")


def _is_judged(stage: Stage, entry: Entry) -> bool:
    over = stage.closed_at is None or stage.state in (StageState.RELEASED, StageState.CANCELLED)
    return entry.state is EntryState.SUBMITTED and not over
