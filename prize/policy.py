"""Who may do what with prizes, entries and conflicts."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.models import Role
from accounts.permissions import Condition, Relation, Rule, Scope, Subject, adopt, scope_of
from mission import policy as _mission_policy  # noqa: F401 - it knows the scope of a mission
from prize.entries import conflicts as _conflicts  # noqa: F401 - it shuts out whoever is in conflict
from prize.entries.models import Entry, Team, TeamInvitation, TeamMember
from prize.models import Clarification, Prize, Stage


class Action(StrEnum):
    LIST_PRIZES = "list one's prizes"
    CREATE_PRIZE = "create a prize"
    EDIT_PRIZE = "edit a prize"
    COMMENT_ON_PRIZE = "comment on the parts of a prize"
    SEND_FOR_REVIEW = "send a prize for review"
    RETURN_TO_DRAFT = "return a prize to its draft"
    PUBLISH_PRIZE = "publish a prize"
    CHANGE_PUBLISHED = "change a published prize"
    PAUSE_PRIZE = "pause a prize"
    RESUME_PRIZE = "resume a prize"
    CLOSE_PRIZE = "close a prize"
    CANCEL_PRIZE = "cancel a prize"
    CANCEL_STAGE = "cancel a stage"
    SEE_PRIZE = "see a prize"
    SEE_PUBLIC_PRIZE = "see a published prize"
    APPOINT_IN_PRIZE = "appoint people in a prize"
    FOLLOW_PRIZE = "follow a prize"
    STOP_FOLLOWING = "stop following a prize"
    USE_STOP_LINK = "stop following a prize by a link"
    LIST_FOLLOWED = "list the prizes that one follows"
    ASK_CLARIFICATION = "ask a public question about a prize"
    SEE_CLARIFICATIONS = "see the questions about a prize"
    ANSWER_CLARIFICATION = "answer or decline a question about a prize"
    SEE_MESSAGE_TEXTS = "see what a prize says in its mails"
    EDIT_MESSAGE_TEXTS = "change what a prize says in its mails"
    WRITE_TO_GROUP = "write to a group of people of a prize"
    SEE_TOLD = "see who was told what"
    START_ENTRY = "start an entry"
    LIST_OWN_ENTRIES = "list one's own entries"
    SEE_OWN_TEAM = "see one's own team"
    INVITE_MEMBER = "invite somebody to a team"
    WITHDRAW_INVITATION = "withdraw an invitation to a team"
    LIST_INVITATIONS = "list the invitations to teams that one has"
    ACCEPT_INVITATION = "accept an invitation to a team"
    DECLINE_INVITATION = "decline an invitation to a team"
    REMOVE_MEMBER = "remove a member of a team"
    HAND_OVER_LEAD = "hand over the lead of a team"
    LEAVE_TEAM = "leave a team"
    EDIT_ENTRY = "edit an entry"
    SUBMIT_ENTRY = "submit an entry"
    WITHDRAW_ENTRY = "withdraw an entry"
    SEE_OWN_ENTRY = "see one's own entry"
    SEE_ENTRY_FILE = "download a file of an entry"
    CHECK_RECEIPT = "check a receipt"
    CLOSE_STAGE = "close a stage"
    EXTEND_ENTRY = "give an entry more time"
    SEE_ENTRIES = "see the entries of a stage"
    IMPORT_ENTRIES = "bring entries in from a spreadsheet"
    SCREEN_ENTRY = "screen an entry"
    SCREEN_ENTRIES = "screen several entries"
    SETTLE_DUPLICATE = "settle whether two entries are the same"
    DECIDE_NAMES = "decide about names that were found"
    BEGIN_JUDGING = "begin judging"
    END_JUDGING = "end judging"
    CONFIRM_DECISIONS = "confirm decisions"
    CHECK_CHOSEN = "record due diligence"
    RELEASE_DECISIONS = "release decisions"


@scope_of("prize_id")
def _prize(db: Session, prize_id: Any) -> Scope | None:
    prize = db.get(Prize, prize_id)
    return Scope(programme_id=prize.programme_id, prize_id=prize.id) if prize else None


@scope_of("clarification_id")
def _clarification(db: Session, clarification_id: Any) -> Scope | None:
    clarification = db.get(Clarification, clarification_id)
    return _prize(db, clarification.prize_id) if clarification else None


@scope_of("stage_id")
def _stage(db: Session, stage_id: Any) -> Scope | None:
    stage = db.get(Stage, stage_id)
    prize = _prize(db, stage.prize_id) if stage else None
    return Scope(prize.programme_id, prize.prize_id, stage_id) if prize else None


@scope_of("entry_id")
def _entry(db: Session, entry_id: Any) -> Scope | None:
    entry = db.get(Entry, entry_id)
    stage = _stage(db, entry.stage_id) if entry else None
    return replace(stage, entry_id=entry_id) if stage else None


@scope_of("invitation_id")
def _invitation(db: Session, invitation_id: Any) -> Scope | None:
    invitation = db.get(TeamInvitation, invitation_id)
    return _prize(db, db.get_one(Team, invitation.team_id).prize_id) if invitation else None


def _in_team(db: Session, actor: Actor, subject: Subject) -> bool:
    entry = db.get(Entry, subject["entry_id"])
    return entry is not None and is_member(db, actor, entry)


def is_member(db: Session, actor: Actor, entry: Entry) -> bool:
    """Whether the actor belongs to the entry's team now."""
    return _membership(db, actor, entry) is not None


def _leads(db: Session, actor: Actor, subject: Subject) -> bool:
    entry = db.get(Entry, subject["entry_id"])
    membership = _membership(db, actor, entry) if entry else None
    return membership is not None and membership.leads


def _membership(db: Session, actor: Actor, entry: Entry) -> TeamMember | None:
    statement = select(TeamMember).where(
        col(TeamMember.team_id) == entry.team_id,
        col(TeamMember.person_id) == actor.person_id,
        col(TeamMember.left_at).is_(None),
    )
    return db.exec(statement).first()


def _is_invited(db: Session, actor: Actor, subject: Subject) -> bool:
    invitation = db.get(TeamInvitation, subject["invitation_id"])
    return invitation is not None and invitation.person_id == actor.person_id


def _not_the_author(db: Session, actor: Actor, subject: Subject) -> bool:
    prize = db.get_one(Prize, subject["prize_id"])
    return actor.person_id not in (prize.created_by, prize.sent_for_review_by)


PRIZE_TEAM = (Role.OWNER, Role.DESIGNER, Role.SECRETARIAT, Role.SPONSOR)
MEMBER = Relation("belong to the entry's team", _in_team)
LEAD = Relation("lead the entry's team", _leads)
INVITED = Relation("are invited by it", _is_invited)
NOT_THE_AUTHOR = Condition(
    "somebody other than the author",
    _not_the_author,
    "A prize is published by somebody who neither created it nor sent it for review. Ask a colleague to publish it.",
)

adopt(
    {
        Action.LIST_PRIZES: Rule("List the prizes in which one has a part", signed_in=True),
        Action.CREATE_PRIZE: Rule("Create a prize", about="mission_id", roles=(Role.OWNER, Role.DESIGNER)),
        Action.EDIT_PRIZE: Rule(
            "Edit a prize while it is a draft, and a new version of its form",
            about="prize_id",
            roles=(Role.DESIGNER, Role.OWNER),
        ),
        Action.COMMENT_ON_PRIZE: Rule(
            "Comment on the parts of a prize, for colleagues", about="prize_id", roles=PRIZE_TEAM
        ),
        Action.SEND_FOR_REVIEW: Rule("Send a prize for review", about="prize_id", roles=(Role.DESIGNER, Role.OWNER)),
        Action.RETURN_TO_DRAFT: Rule(
            "Return a prize to its draft", about="prize_id", roles=(Role.DESIGNER, Role.OWNER, Role.SPONSOR)
        ),
        Action.PUBLISH_PRIZE: Rule(
            "Publish a prize",
            about="prize_id",
            roles=(Role.OWNER, Role.DESIGNER, Role.SPONSOR),
            provided=(NOT_THE_AUTHOR,),
        ),
        Action.CHANGE_PUBLISHED: Rule(
            "Change what a published prize says, with the reason",
            about="prize_id",
            roles=(Role.DESIGNER, Role.OWNER, Role.SECRETARIAT),
        ),
        Action.PAUSE_PRIZE: Rule("Pause a prize", about="prize_id", roles=(Role.OWNER, Role.SECRETARIAT, Role.SPONSOR)),
        Action.RESUME_PRIZE: Rule("Resume a paused prize", about="prize_id", roles=(Role.OWNER, Role.SECRETARIAT)),
        Action.CLOSE_PRIZE: Rule("Close a prize that is over", about="prize_id", roles=(Role.OWNER, Role.SECRETARIAT)),
        Action.CANCEL_PRIZE: Rule("Cancel a prize", about="prize_id", roles=(Role.OWNER, Role.SPONSOR)),
        Action.CANCEL_STAGE: Rule("Cancel a stage", about="stage_id", roles=(Role.OWNER, Role.SPONSOR)),
        Action.SEE_PRIZE: Rule("See how a prize is set up", about="prize_id", roles=PRIZE_TEAM),
        Action.SEE_PUBLIC_PRIZE: Rule("See published prizes", anybody=True),
        Action.APPOINT_IN_PRIZE: Rule(
            "Appoint people in a prize", about="prize_id", roles=(Role.OWNER, Role.DESIGNER, Role.SECRETARIAT)
        ),
        Action.FOLLOW_PRIZE: Rule("Follow a published prize by mail", about="prize_id", signed_in=True),
        Action.STOP_FOLLOWING: Rule("Stop following a prize", about="prize_id", signed_in=True),
        Action.USE_STOP_LINK: Rule("Stop following a prize by the link in a mail", anybody=True),
        Action.LIST_FOLLOWED: Rule("List the prizes that one follows", signed_in=True),
        Action.ASK_CLARIFICATION: Rule(
            "Ask a public question about a published prize", about="prize_id", signed_in=True
        ),
        Action.SEE_CLARIFICATIONS: Rule(
            "See the questions that were asked about a prize", about="prize_id", roles=(Role.SECRETARIAT,)
        ),
        Action.ANSWER_CLARIFICATION: Rule(
            "Answer a question about a prize to all, or decline it",
            about="clarification_id",
            roles=(Role.SECRETARIAT,),
        ),
        Action.SEE_MESSAGE_TEXTS: Rule(
            "See what a prize says in its mails", about="prize_id", roles=(Role.DESIGNER, Role.OWNER, Role.SECRETARIAT)
        ),
        Action.EDIT_MESSAGE_TEXTS: Rule(
            "Change what a prize says in its mails, and have one sent to oneself",
            about="prize_id",
            roles=(Role.DESIGNER, Role.OWNER, Role.SECRETARIAT),
        ),
        Action.WRITE_TO_GROUP: Rule(
            "Write to a group of people of a prize", about="prize_id", roles=(Role.SECRETARIAT,)
        ),
        Action.SEE_TOLD: Rule("See who was told what and when", about="prize_id", roles=(Role.SECRETARIAT,)),
        Action.START_ENTRY: Rule("Start an entry", about="stage_id", signed_in=True),
        Action.LIST_OWN_ENTRIES: Rule("List the entries of one's teams", signed_in=True),
        Action.SEE_OWN_TEAM: Rule("See who belongs to one's team", about="entry_id", relations=(MEMBER,)),
        Action.INVITE_MEMBER: Rule("Invite somebody to one's team", about="entry_id", relations=(LEAD,)),
        Action.WITHDRAW_INVITATION: Rule("Withdraw an invitation to one's team", about="entry_id", relations=(LEAD,)),
        Action.LIST_INVITATIONS: Rule("List the invitations to teams that one has", signed_in=True),
        Action.ACCEPT_INVITATION: Rule("Join a team by its invitation", about="invitation_id", relations=(INVITED,)),
        Action.DECLINE_INVITATION: Rule("Decline an invitation to a team", about="invitation_id", relations=(INVITED,)),
        Action.REMOVE_MEMBER: Rule("Remove a member of one's team", about="entry_id", relations=(LEAD,)),
        Action.HAND_OVER_LEAD: Rule("Hand over the lead of one's team", about="entry_id", relations=(LEAD,)),
        Action.LEAVE_TEAM: Rule("Leave one's team", about="entry_id", relations=(MEMBER,)),
        Action.EDIT_ENTRY: Rule("Edit the draft of an entry", about="entry_id", relations=(MEMBER,)),
        Action.SUBMIT_ENTRY: Rule("Submit an entry", about="entry_id", relations=(MEMBER,)),
        Action.WITHDRAW_ENTRY: Rule("Withdraw an entry", about="entry_id", relations=(LEAD,)),
        Action.SEE_OWN_ENTRY: Rule("See the entry of one's team", about="entry_id", relations=(MEMBER,)),
        Action.SEE_ENTRY_FILE: Rule(
            "Download a file of an entry", about="entry_id", roles=(Role.SECRETARIAT,), relations=(MEMBER,)
        ),
        Action.CHECK_RECEIPT: Rule("Check a receipt by its code", anybody=True),
        Action.CLOSE_STAGE: Rule("Carry out the closing of a stage", about="stage_id"),
        Action.EXTEND_ENTRY: Rule("Give an entry a later closing time", about="entry_id", roles=(Role.SECRETARIAT,)),
        Action.SEE_ENTRIES: Rule("See the entries of a stage", about="stage_id", roles=(Role.SECRETARIAT,)),
        Action.IMPORT_ENTRIES: Rule(
            "Bring entries into a stage from a spreadsheet", about="stage_id", roles=(Role.SECRETARIAT,)
        ),
        Action.SCREEN_ENTRY: Rule("Decide whether an entry is eligible", about="entry_id", roles=(Role.SECRETARIAT,)),
        Action.SCREEN_ENTRIES: Rule(
            "Decide of several entries of a stage whether they are eligible",
            about="stage_id",
            roles=(Role.SECRETARIAT,),
        ),
        Action.SETTLE_DUPLICATE: Rule(
            "Say whether two entries of a stage are the same", about="stage_id", roles=(Role.SECRETARIAT,)
        ),
        Action.DECIDE_NAMES: Rule(
            "Decide whether judges read what may name its makers", about="entry_id", roles=(Role.SECRETARIAT,)
        ),
        Action.BEGIN_JUDGING: Rule("Begin judging", about="stage_id", roles=(Role.SECRETARIAT,)),
        Action.END_JUDGING: Rule("End judging", about="stage_id", roles=(Role.SECRETARIAT,)),
        Action.CONFIRM_DECISIONS: Rule("Confirm decisions", about="stage_id", roles=(Role.SPONSOR,)),
        Action.CHECK_CHOSEN: Rule(
            "Record what due diligence found about who is chosen", about="entry_id", roles=(Role.SECRETARIAT,)
        ),
        Action.RELEASE_DECISIONS: Rule("Release decisions", about="stage_id", roles=(Role.SECRETARIAT,)),
    }
)
