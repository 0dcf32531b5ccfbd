"""Who meets in a panel: its members by name, who is there, and who may vote on an entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from accounts.people import person_card
from judging.judges import seats_of
from judging.models import Assignment, PanelMember, Scorecard
from judging.panel.models import Meeting, MeetingPresence
from prize.entries.conflicts import conflicts_of_stage
from prize.entries.models import Entry
from prize.models import Stage, Visibility
from storage.database import matching, one_matching


@dataclass(frozen=True)
class MemberLine:
    """A member of the panel: who they are, and whether they are at the meeting now."""

    person_id: UUID
    name: str
    chairs: bool
    ready: bool
    present: bool


@dataclass(frozen=True)
class Voting:
    """Who is there when an entry is discussed: those who may vote on it, and those who must not see it."""

    may_vote: frozenset[UUID]
    recused: frozenset[UUID]


def members_of(db: Session, stage_id: UUID) -> tuple[PanelMember, ...]:
    """The seats of those who meet."""
    return tuple(seat for seat in seats_of(db, stage_id) if seat.duty.meets)


def present_at(db: Session, meeting: Meeting) -> frozenset[UUID]:
    """Who is at a meeting now. Whoever no longer sits on the panel, or no longer meets in it, is not."""
    there = {row.person_id for row in matching(db, MeetingPresence, meeting_id=meeting.id, left_at=None)}
    return frozenset(there & {seat.person_id for seat in members_of(db, meeting.stage_id)})


def voting_on(db: Session, meeting: Meeting, entry_id: UUID) -> Voting:
    """Who of those present may vote on an entry."""
    present = present_at(db, meeting)
    kept_apart = {person_id for person_id, key in conflicts_of_stage(db, meeting.stage_id) if key == entry_id}
    return Voting(present - kept_apart, present & kept_apart)


def lines_of(db: Session, meeting: Meeting) -> tuple[MemberLine, ...]:
    """The members by name."""
    present = present_at(db, meeting)
    return tuple(
        sorted(
            (
                MemberLine(
                    seat.person_id,
                    person_card(db, seat.person_id).name,
                    seat.chairs,
                    seat.accepted_at is not None and seat.conflicts_stated_at is not None,
                    seat.person_id in present,
                )
                for seat in members_of(db, meeting.stage_id)
            ),
            key=lambda line: (line.name, str(line.person_id)),
        )
    )


def knows_who(db: Session, person_id: UUID, entry_id: UUID) -> bool:
    """Whether this person may know who is behind an entry: the stage is not blind, or they came to the reveal."""
    entry = db.get_one(Entry, entry_id)
    if db.get_one(Stage, entry.stage_id).visibility is not Visibility.BLIND:
        return True
    assignment = one_matching(db, Assignment, entry_id=entry_id, judge_id=person_id)
    card = one_matching(db, Scorecard, assignment_id=assignment.id) if assignment else None
    return card is not None and card.revealed_at is not None


def names_of(db: Session, people: Iterable[UUID | str]) -> tuple[str, ...]:
    """The names of people by the alphabet; of somebody who was erased nothing is left but that they were there."""
    return tuple(sorted(person_card(db, UUID(str(person_id))).name for person_id in people))
