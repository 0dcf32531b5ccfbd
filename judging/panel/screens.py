"""What is on the screens of a meeting: the agenda by codes, who is there, and the entry that is discussed, blind.

A member who must not see the entry is told that much and nothing else; their agenda is without it. Here is nothing that
names an entrant, and nothing that is ordered by a time of submission.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, or_, select

from accounts.actors import Actor
from accounts.commands import query
from accounts.permissions import decide
from judging.blinding import BlindAnswer, blind_answers
from judging.models import Assignment, Comment, CommentReader, Scorecard
from judging.panel.agenda import ItemShown, shown_items, visible_items
from judging.panel.members import MemberLine, knows_who, lines_of, members_of, present_at, voting_on
from judging.panel.minutes import MinuteShown, minute_shown, on_the_table, standing_minute, standing_minutes
from judging.panel.models import AgendaItem, Meeting, MeetingState, RevisedScore
from judging.panel.policy import Action
from judging.panel.sheet import SheetLine, sheet_lines
from judging.panel.standing import newest_meeting
from judging.policy import panel_member
from judging.results import cards_of
from prize.entries.conflicts import in_conflict, kept_from
from prize.models import Prize, Seen, Stage
from prize.rubric import RubricShown, rubric_of
from storage.canonical import digest
from storage.database import matching, one_matching


@dataclass(frozen=True)
class MeetingShown:
    """A meeting as one person sees it. ``away`` says that the panel discusses an entry that they must not see.

    ``item_id`` is the item that is discussed, None where there is none or the person is ``away``.
    """

    id: UUID
    stage_id: UUID
    prize: str
    stage: str
    zone: str
    state: MeetingState
    quorum: int
    opened_at: datetime | None
    closed_at: datetime | None
    version: int
    item_id: UUID | None
    away: bool
    meets: bool
    present: bool
    leads: bool
    members: tuple[MemberLine, ...]
    agenda: tuple[ItemShown, ...]


@dataclass(frozen=True)
class OwnScore:
    """What a member has given a criterion alone, if they have, and after the discussion, in steps of the scale."""

    criterion_key: UUID
    independent: int | None
    revised: int | None
    open: bool


@dataclass(frozen=True)
class PresentItem:
    """The entry that the panel discusses, as whoever takes part in that sees it.

    ``for_panel`` is without what was written by somebody who knew who is behind it. ``may_vote`` and ``recused`` count
    those present. ``own`` follows the rubric's criteria, and is empty for somebody
    who is not at the meeting. ``digest`` stands for what is on the table, of which it tells nothing.
    """

    item: ItemShown
    rubric: RubricShown
    answers: tuple[BlindAnswer, ...]
    line: SheetLine | None
    for_panel: tuple[str, ...]
    may_vote: int
    recused: int
    minute: MinuteShown | None
    own: tuple[OwnScore, ...]
    digest: str


@query(Action.SEE_MEETING)
def panel_meeting(db: Session, actor: Actor, stage_id: UUID) -> MeetingShown | None:
    """The newest meeting of a stage; None where none was prepared."""
    meeting = newest_meeting(db, stage_id)
    if meeting is None:
        return None
    stage = db.get_one(Stage, stage_id)
    prize = db.get_one(Prize, stage.prize_id)
    items = visible_items(db, meeting, actor.person_id)
    lines = sheet_lines(db, stage_id, kept_from(db, actor.person_id, stage_id=stage_id))
    now_discussed = next((row for row in items if row.entry_id == meeting.entry_id), None)
    seat = panel_member(db, actor.person_id, stage_id)
    leads = decide(db, actor, Action.OPEN_MEETING, {"meeting_id": meeting.id}).allowed
    return MeetingShown(
        meeting.id,
        stage_id,
        prize.title,
        stage.name,
        prize.zone,
        meeting.state,
        meeting.quorum,
        meeting.opened_at,
        meeting.closed_at,
        meeting.version,
        now_discussed.id if now_discussed else None,
        meeting.entry_id is not None and now_discussed is None,
        seat is not None and seat.duty.meets,
        actor.person_id in present_at(db, meeting),
        leads,
        lines_of(db, meeting),
        shown_items(db, items, lines, frozenset(standing_minutes(db, stage_id))),
    )


@query(Action.SEE_MEETING)
def present_entry(db: Session, actor: Actor, stage_id: UUID) -> PresentItem | None:
    """The entry that the panel discusses; None where there is none that the actor may see."""
    meeting = newest_meeting(db, stage_id)
    entry_id = meeting.entry_id if meeting else None
    if meeting is None or entry_id is None:
        return None
    if actor.person_id is None or in_conflict(db, actor.person_id, entry_id):
        return None
    item = one_matching(db, AgendaItem, meeting_id=meeting.id, entry_id=entry_id)
    assert item is not None
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    lines = sheet_lines(db, stage_id, kept)
    rubric = rubric_of(db, stage_id)
    voting = voting_on(db, meeting, entry_id)
    minute = standing_minute(db, entry_id)
    [shown] = shown_items(db, [item], lines, frozenset({entry_id} if minute else ()))
    return PresentItem(
        shown,
        rubric,
        blind_answers(db, entry_id),
        next((line for line in lines if line.entry_id == entry_id), None),
        _notes(db, entry_id),
        len(voting.may_vote),
        len(voting.recused),
        minute_shown(db, minute) if minute else None,
        _own(db, meeting, entry_id, actor.person_id, rubric) if actor.person_id in voting.may_vote else (),
        on_the_table(db, actor, entry_id),
    )


def _notes(db: Session, entry_id: UUID) -> tuple[str, ...]:
    """What judges wrote for the panel, in an order that tells none of them. What one of them wrote after seeing who is
    behind the entry is not among it: it might say so to those who have not."""
    rows = db.exec(
        select(Comment.text)
        .join(Scorecard, col(Scorecard.id) == col(Comment.scorecard_id))
        .join(Assignment, col(Assignment.id) == col(Scorecard.assignment_id))
        .where(
            col(Assignment.entry_id) == entry_id,
            col(Assignment.withdrawn_at).is_(None),
            col(Comment.reader) == CommentReader.PANEL,
            or_(col(Scorecard.revealed_at).is_(None), col(Comment.saved_at) <= col(Scorecard.revealed_at)),
        )
    ).all()
    return tuple(sorted(text for text in rows if text.strip()))


def _own(db: Session, meeting: Meeting, entry_id: UUID, person_id: UUID, rubric: RubricShown) -> tuple[OwnScore, ...]:
    alone = cards_of(db, meeting.stage_id, rubric).get(entry_id, {}).get(person_id, {})
    revised = {
        row.criterion_key: row.points for row in matching(db, RevisedScore, entry_id=entry_id, person_id=person_id)
    }
    knows = knows_who(db, person_id, entry_id)
    return tuple(
        OwnScore(
            criterion.key,
            int(alone[criterion.key] * rubric.steps_per_point) if criterion.key in alone else None,
            revised.get(criterion.key),
            criterion.seen is Seen.BLIND or knows,
        )
        for criterion in rubric.criteria
    )


@query(Action.SEE_MEETING)
def meeting_moves(db: Session, actor: Actor, stage_id: UUID) -> str:
    """What tells cheaply whether this person's screen would show anything else of the meeting than before."""
    meeting = newest_meeting(db, stage_id)
    if meeting is None:
        return ""
    items = visible_items(db, meeting, actor.person_id)
    here = any(item.entry_id == meeting.entry_id for item in items)
    minute = standing_minute(db, meeting.entry_id) if here and meeting.entry_id else None
    voting = voting_on(db, meeting, meeting.entry_id) if here and meeting.entry_id else None
    leads = decide(db, actor, Action.OPEN_MEETING, {"meeting_id": meeting.id}).allowed
    return digest(
        {
            "meeting": [str(meeting.id), meeting.state.value, meeting.quorum],
            "agenda": [[str(item.id), item.reason.value, item.words] for item in items],
            "discussed": str(meeting.entry_id) if here else meeting.entry_id is not None,
            "present": sorted(map(str, present_at(db, meeting))),
            "members": [[str(seat.person_id), seat.chairs] for seat in members_of(db, stage_id)],
            "voting": len(voting.may_vote) if voting else None,
            "minute": str(minute.id) if minute else None,
            "version": meeting.version if leads else None,
        }
    )
