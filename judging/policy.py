"""Who may do what in judging."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.models import Role
from accounts.permissions import Condition, Relation, Rule, Scope, Subject, adopt, scope_of
from judging.models import Appeal, Assignment, Decision, JudgesCopy, PanelMember
from judging.panel.models import Meeting, MeetingPresence, MeetingState
from prize.entries.conflicts import in_conflict
from prize.entries.models import Conflict, Entry, EntryFile
from prize.entries.name_checks import about_file, checks_of, may_be_read
from prize.models import Prize, Stage, StageState
from prize.policy import MEMBER, is_member
from storage.database import matching, one_matching


class Action(StrEnum):
    INVITE_JUDGES = "invite judges"
    SEE_JUDGES = "see the judges of a stage"
    SEE_PANELS = "see the panels on which one sits"
    ACCEPT_TERMS = "accept the terms of judging"
    STATE_CONFLICTS = "state conflicts"
    TELL_AVAILABILITY = "tell what one knows, how many entries one takes and when one is away"
    DECIDE_CONFLICT = "decide about a possible conflict"
    RECORD_CONFLICTS = "record conflicts of judges"
    SEE_ASSIGNMENTS = "see one's own assignments"
    JUDGE_ENTRY = "read and score an assigned entry"
    PRACTISE = "score practice entries"
    WRITE_PRACTICE = "write practice entries"
    REVEAL_ENTRY = "lock the blind part of a scorecard and see who is behind the entry"
    READ_COPY = "read a judge's copy"
    READ_OWN_COPY = "read a judge's copy of one's own entry"
    ORDER_READING_COPY = "have one's entries made into one PDF"
    FINISH_JUDGING = "finish one's own judging"
    REPLACE_JUDGE = "let a judge leave and ask others for their entries"
    ENTER_SCORES = "enter scores from paper score sheets"
    PLAN_ASSIGNMENT = "plan who judges what"
    SEE_RESULTS = "see scores and results"
    SEE_HOW_JUDGES_SCORE = "see how judges score"
    ASK_FOR_SCORECARDS = "ask judges for further scorecards"
    PLAN_PANEL = "plan how large a panel is"
    SEE_HOW_JUDGED = "see how one's own entry is judged"
    SEE_AS_JUDGES_DO = "see one's own entry as judges see it"
    SEE_READERS = "see who has read one's own entry"
    DECIDE = "decide what becomes of an entry"
    SEE_DECISIONS = "see proposed decisions"
    DECIDE_NO_AWARD = "leave places of a stage free"
    SEE_LETTERS = "see where letters may name a judge"
    PREVIEW_LETTER = "preview the letter about an entry"
    SETTLE_NAME = "take a judge's name out of a letter"
    SEE_CHECKS = "see due diligence"
    DRAW_PLACES = "draw last places by lot"
    APPEAL = "appeal against a decision"
    SEE_APPEALS = "see the appeals of a stage"
    ANSWER_APPEAL = "answer an appeal"
    SEE_OUTCOME = "see the outcome of one's own entry"


AFTER_JUDGING: Final = (StageState.DECIDING, StageState.CONFIRMED, StageState.RELEASED)


@scope_of("assignment_id")
def _assignment(db: Session, assignment_id: Any) -> Scope | None:
    row = db.get(Assignment, assignment_id)
    stage = db.get(Stage, row.stage_id) if row else None
    return Scope(prize_id=stage.prize_id, stage_id=stage.id, entry_id=row.entry_id) if row and stage else None


@scope_of("copy_id")
def _copy(db: Session, copy_id: Any) -> Scope | None:
    row = db.get(JudgesCopy, copy_id)
    entry = db.get(Entry, row.entry_id) if row else None
    stage = db.get(Stage, entry.stage_id) if entry else None
    return Scope(prize_id=stage.prize_id, stage_id=stage.id, entry_id=entry.id) if entry and stage else None


@scope_of("conflict_id")
def _conflict(db: Session, conflict_id: Any) -> Scope | None:
    row = db.get(Conflict, conflict_id)
    entry = db.get(Entry, row.entry_id) if row else None
    stage = db.get(Stage, entry.stage_id) if entry else None
    prize = db.get(Prize, stage.prize_id) if stage else None
    return Scope(prize.programme_id, prize.id, stage.id, entry.id) if prize and stage and entry else None


@scope_of("appeal_id")
def _appeal(db: Session, appeal_id: Any) -> Scope | None:
    row = db.get(Appeal, appeal_id)
    entry = db.get(Entry, row.entry_id) if row else None
    stage = db.get(Stage, entry.stage_id) if entry else None
    prize = db.get(Prize, stage.prize_id) if stage else None
    return Scope(prize.programme_id, prize.id, stage.id, entry.id) if prize and stage and entry else None


def panel_member(db: Session, person_id: UUID | None, stage_id: UUID) -> PanelMember | None:
    """The person's seat on the panel of a stage, if they have one. It is looked up once in a transaction."""
    key = ("panel member", person_id, stage_id)
    known: PanelMember | None = db.info.get(key)
    if known is not None and known.left_at is None:
        return known
    seat = one_matching(db, PanelMember, stage_id=stage_id, person_id=person_id, left_at=None)
    db.info[key] = seat
    return seat


def _sits(db: Session, actor: Actor, subject: Subject) -> bool:
    return panel_member(db, actor.person_id, subject["stage_id"]) is not None


def _chairs(db: Session, actor: Actor, subject: Subject) -> bool:
    seat = panel_member(db, actor.person_id, subject["stage_id"])
    return seat is not None and seat.chairs and db.get_one(Stage, seat.stage_id).state in AFTER_JUDGING


def _judges(db: Session, actor: Actor, subject: Subject) -> bool:
    row = db.get(Assignment, subject["assignment_id"])
    return (
        row is not None
        and actor.person_id is not None
        and row.judge_id == actor.person_id
        and row.withdrawn_at is None
        and panel_member(db, actor.person_id, row.stage_id) is not None
        and not in_conflict(db, actor.person_id, row.entry_id)
    )


def _judges_copy(db: Session, actor: Actor, subject: Subject) -> bool:
    copy = db.get(JudgesCopy, subject["copy_id"])
    row = (
        db.exec(
            select(Assignment).where(
                col(Assignment.entry_id) == copy.entry_id, col(Assignment.judge_id) == actor.person_id
            )
        ).one_or_none()
        if copy
        else None
    )
    if copy is None or row is None or not _judges(db, actor, {"assignment_id": row.id}):
        return False
    return _is_read(db, copy)


def _discusses_copy(db: Session, actor: Actor, subject: Subject) -> bool:
    """Whether the copy is of the entry that the panel discusses now, in a meeting that the actor is at."""
    copy = db.get(JudgesCopy, subject["copy_id"])
    meeting = one_matching(db, Meeting, entry_id=copy.entry_id, state=MeetingState.OPEN) if copy else None
    if copy is None or meeting is None or actor.person_id is None:
        return False
    seat = panel_member(db, actor.person_id, meeting.stage_id)
    there = matching(db, MeetingPresence, meeting_id=meeting.id, person_id=actor.person_id, left_at=None)
    deciding = db.get_one(Stage, meeting.stage_id).state is StageState.DECIDING
    takes_part = deciding and seat is not None and seat.duty.meets and bool(there)
    return takes_part and not in_conflict(db, actor.person_id, copy.entry_id) and _is_read(db, copy)


def _own_copy(db: Session, actor: Actor, subject: Subject) -> bool:
    copy = db.get(JudgesCopy, subject["copy_id"])
    return copy is not None and is_member(db, actor, db.get_one(Entry, copy.entry_id)) and _is_read(db, copy)


def _is_read(db: Session, copy: JudgesCopy) -> bool:
    """Whether judges read a copy: no name was found in it, or the secretariat has let it pass."""
    original = db.get_one(EntryFile, copy.entry_file_id)
    return may_be_read(checks_of(db, copy.entry_id).get(about_file(copy.question_key, original.file_id)))


def _is_bound(db: Session, actor: Actor, subject: Subject) -> bool:
    stage_id = subject.get("stage_id") or db.get_one(Assignment, subject["assignment_id"]).stage_id
    seat = panel_member(db, actor.person_id, stage_id)
    return seat is not None and seat.accepted_at is not None and seat.conflicts_stated_at is not None


def took_part_in_decision(db: Session, person_id: UUID | None, entry_id: UUID) -> bool:
    """Whether somebody recorded or confirmed what became of an entry."""
    row = one_matching(db, Decision, entry_id=entry_id)
    return row is not None and person_id in (row.decided_by, row.confirmed_by)


def _took_no_part(db: Session, actor: Actor, subject: Subject) -> bool:
    appeal = db.get_one(Appeal, subject["appeal_id"])
    return not took_part_in_decision(db, actor.person_id, appeal.entry_id)


ON_PANEL = Relation("sit on the panel of this stage", _sits)
CHAIRS = Relation("chair the panel of this stage, whose judging has ended", _chairs)
ASSIGNED = Relation("are asked to judge this entry", _judges)
ASSIGNED_COPY = Relation("are asked to judge the entry that it belongs to", _judges_copy)
DISCUSSED_COPY = Relation("are at the meeting that discusses the entry that it belongs to", _discusses_copy)
OWN_COPY = Relation("belong to the team of the entry, of which judges read it", _own_copy)
BOUND = Condition(
    "who has accepted the terms and stated conflicts",
    _is_bound,
    "Accept the terms and state your conflicts first. The page “How to judge” leads through both.",
)
NOT_THE_DECIDER = Condition(
    "other than whoever recorded or confirmed the decision",
    _took_no_part,
    "You had a part in the decision that this appeal is against. Somebody else of the secretariat answers it.",
)

adopt(
    {
        Action.INVITE_JUDGES: Rule("Invite judges to a stage", about="stage_id", roles=(Role.SECRETARIAT,)),
        Action.SEE_JUDGES: Rule("See a stage's judges and their progress", about="stage_id", roles=(Role.SECRETARIAT,)),
        Action.SEE_PANELS: Rule("See the panels on which one sits", signed_in=True),
        Action.ACCEPT_TERMS: Rule("Accept the terms of judging", about="stage_id", relations=(ON_PANEL,)),
        Action.STATE_CONFLICTS: Rule("State one's conflicts", about="stage_id", relations=(ON_PANEL,)),
        Action.TELL_AVAILABILITY: Rule(
            "Tell what one knows, how many entries one wishes to take and when one is away",
            about="stage_id",
            relations=(ON_PANEL,),
        ),
        Action.DECIDE_CONFLICT: Rule(
            "Decide whether a name that is close to an entrant's is a conflict",
            about="conflict_id",
            roles=(Role.SECRETARIAT,),
        ),
        Action.RECORD_CONFLICTS: Rule(
            "Record conflicts that judges have told the secretariat", about="stage_id", roles=(Role.SECRETARIAT,)
        ),
        Action.SEE_ASSIGNMENTS: Rule(
            "See one's own assignments", about="stage_id", relations=(ON_PANEL,), provided=(BOUND,)
        ),
        Action.JUDGE_ENTRY: Rule(
            "Read and score an assigned entry, without names",
            about="assignment_id",
            relations=(ASSIGNED,),
            provided=(BOUND,),
        ),
        Action.PRACTISE: Rule(
            "Score practice entries, which count for nothing",
            about="stage_id",
            relations=(ON_PANEL,),
            provided=(BOUND,),
        ),
        Action.WRITE_PRACTICE: Rule(
            "Write practice entries, and see how far judges were from their reference",
            about="stage_id",
            roles=(Role.SECRETARIAT,),
        ),
        Action.REVEAL_ENTRY: Rule(
            "Lock the blind part of one's own scorecard, and then see who is behind the entry",
            about="assignment_id",
            relations=(ASSIGNED,),
            provided=(BOUND,),
        ),
        Action.READ_COPY: Rule(
            "Read a judge's copy of a file", about="copy_id", relations=(ASSIGNED_COPY, DISCUSSED_COPY)
        ),
        Action.READ_OWN_COPY: Rule(
            "Read a judge's copy of a file of one's own entry", about="copy_id", relations=(OWN_COPY,)
        ),
        Action.ORDER_READING_COPY: Rule(
            "Have one's own entries made into one PDF", about="stage_id", relations=(ON_PANEL,), provided=(BOUND,)
        ),
        Action.FINISH_JUDGING: Rule(
            "Say that one has finished", about="stage_id", relations=(ON_PANEL,), provided=(BOUND,)
        ),
        Action.REPLACE_JUDGE: Rule(
            "Let a judge leave, and ask others for the entries that they had open",
            about="stage_id",
            roles=(Role.SECRETARIAT,),
        ),
        Action.ENTER_SCORES: Rule("Enter scores from paper score sheets", about="stage_id", roles=(Role.SECRETARIAT,)),
        Action.PLAN_ASSIGNMENT: Rule("Plan who judges what", about="stage_id", roles=(Role.SECRETARIAT,)),
        Action.SEE_RESULTS: Rule("See scores and results", about="stage_id", roles=(Role.SECRETARIAT,)),
        Action.SEE_HOW_JUDGES_SCORE: Rule(
            "See how severely and how evenly judges score",
            about="stage_id",
            roles=(Role.SECRETARIAT,),
            relations=(CHAIRS,),
        ),
        Action.ASK_FOR_SCORECARDS: Rule(
            "Ask judges for further scorecards", about="stage_id", roles=(Role.SECRETARIAT,)
        ),
        Action.PLAN_PANEL: Rule("Plan how large a panel is", about="stage_id", roles=(Role.DESIGNER,)),
        Action.SEE_HOW_JUDGED: Rule(
            "See how one's own entry is judged, and its place as far as it is told",
            about="entry_id",
            relations=(MEMBER,),
        ),
        Action.SEE_AS_JUDGES_DO: Rule("See one's own entry as judges see it", about="entry_id", relations=(MEMBER,)),
        Action.SEE_READERS: Rule("See by role who has read one's own entry", about="entry_id", relations=(MEMBER,)),
        Action.DECIDE: Rule("Decide what becomes of an entry", about="entry_id", roles=(Role.SECRETARIAT,)),
        Action.SEE_DECISIONS: Rule("See proposed decisions", about="stage_id", roles=(Role.SECRETARIAT, Role.SPONSOR)),
        Action.DECIDE_NO_AWARD: Rule(
            "Say why places of a stage are left free", about="stage_id", roles=(Role.SECRETARIAT,)
        ),
        Action.SEE_LETTERS: Rule("See where letters may name a judge", about="stage_id", roles=(Role.SECRETARIAT,)),
        Action.PREVIEW_LETTER: Rule(
            "See the letter about an entry before its team", about="entry_id", roles=(Role.SECRETARIAT,)
        ),
        Action.SETTLE_NAME: Rule(
            "Take a judge's name out of a letter, or say that it is none", about="entry_id", roles=(Role.SECRETARIAT,)
        ),
        Action.SEE_CHECKS: Rule("See due diligence on who is chosen", about="stage_id", roles=(Role.SECRETARIAT,)),
        Action.DRAW_PLACES: Rule(
            "Draw a stage's last places by lot, where the rules allow it", about="stage_id", roles=(Role.SECRETARIAT,)
        ),
        Action.APPEAL: Rule("Appeal against the decision about one's own entry", about="entry_id", relations=(MEMBER,)),
        Action.SEE_APPEALS: Rule("See the appeals of a stage", about="stage_id", roles=(Role.SECRETARIAT,)),
        Action.ANSWER_APPEAL: Rule(
            "Answer an appeal", about="appeal_id", roles=(Role.SECRETARIAT,), provided=(NOT_THE_DECIDER,)
        ),
        Action.SEE_OUTCOME: Rule("See the outcome of one's own entry", about="entry_id", relations=(MEMBER,)),
    }
)
