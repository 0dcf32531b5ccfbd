"""Scores that members revise when an entry is discussed, beside the independent ones, and whether it helped agreement.

An independent score is never changed. Revised ones are in no ranking: the panel decides, and its minutes say why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from judging.panel.members import knows_who, present_at
from judging.panel.minutes import standing_minutes
from judging.panel.models import RevisedScore
from judging.panel.policy import Action
from judging.panel.standing import discussed_now, present_meeting
from judging.results import card_totals, cards_of, result_lines
from prize.entries.conflicts import conflicts_of_stage, kept_from
from prize.entries.models import Entry, EntryState
from prize.models import Seen
from prize.rubric import RubricShown, rubric_of
from storage.clock import now
from storage.database import matching, one_matching
from storage.errors import Closed, Invalid

ENOUGH: Final = 3
"""Among how many members' totals one member's is not to be told apart."""
Points = Mapping[UUID, Fraction]
"""What one member gives an entry, by criterion."""


class Helped(StrEnum):
    """What can be said of a discussion."""

    NOBODY_TWICE = "nobody scored the same entries before and after"
    TOO_FEW = "too few entries to tell"
    OPEN = "the change is within what other entries could bring"
    CLOSER = "closer"
    APART = "further apart"


@dataclass(frozen=True)
class Agreed:
    """Krippendorff's alpha with the ends of its interval, where it has one."""

    alpha: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class RevisedEntry:
    """An entry that was discussed: the totals of those who scored it alone, and of the panel after discussing it.

    Both are the highest first. A member who revised nothing keeps their independent score, if they have one. Where
    fewer than ``ENOUGH`` of those present have scored it there is no ``revised``: who was there is known.
    """

    code: str
    independent: tuple[float, ...]
    revised: tuple[float, ...]
    changed: int


@dataclass(frozen=True)
class RevisedScores:
    """The entries that were discussed, in the order of codes, and how agreement among those who scored them both alone
    and after the discussion has moved; ``entries`` have two such members or more."""

    lines: tuple[RevisedEntry, ...]
    helped: Helped
    entries: int
    before: Agreed
    after: Agreed
    change: Agreed


@command(Action.REVISE_SCORE, audited=False)
def revise_score(db: Session, actor: Actor, item_id: UUID, criterion_key: UUID, points: int | None) -> None:
    """Give a criterion another score after discussing the entry; without ``points``, take the revision back.

    ``points`` are counted in steps of the scale.

    Raises
    ------
    Invalid : the points are off the scale, or the rubric has no such criterion.
    Closed : the entry is not discussed now, the member is not at the meeting, or the criterion cannot be scored by
        somebody who has not seen who is behind the entry.
    """
    meeting, item = discussed_now(db, item_id)
    assert actor.person_id is not None
    if actor.person_id not in present_at(db, meeting):
        raise Closed("Join the meeting first. Scores are revised by those who are there.")
    if db.get_one(Entry, item.entry_id).state is not EntryState.SUBMITTED:
        raise Closed("This entry has been withdrawn.")
    rubric = rubric_of(db, meeting.stage_id)
    criterion = next((each for each in rubric.criteria if each.key == criterion_key), None)
    if criterion is None:
        raise Invalid("The rubric has no such criterion. Reload the page.", "criterion_key")
    if criterion.seen is Seen.AFTER_REVEAL and not knows_who(db, actor.person_id, item.entry_id):
        raise Closed("This is scored by those who have seen who is behind the entry. The panel meets without names.")
    if points is not None and points not in rubric.steps:
        kind = "whole" if rubric.steps_per_point == 1 else "whole or half"
        raise Invalid(f"A score is a {kind} number from {rubric.lowest} to {rubric.highest}.", "points")
    row = one_matching(
        db, RevisedScore, entry_id=item.entry_id, person_id=actor.person_id, criterion_key=criterion_key
    ) or RevisedScore(
        meeting_id=meeting.id,
        entry_id=item.entry_id,
        person_id=actor.person_id,
        rubric_id=rubric.id,
        criterion_key=criterion_key,
        saved_at=now(db),
        version=0,
    )
    row.points, row.meeting_id, row.rubric_id, row.saved_at = points, meeting.id, rubric.id, now(db)
    row.version += 1
    db.add(row)


@query(Action.SEE_MEETING)
def revised_scores(db: Session, actor: Actor, stage_id: UUID) -> RevisedScores | None:
    """Independent beside revised scores of the entries about which something was recorded; None while the panel meets.

    Nobody sees what others revise before the meeting is over.
    """
    if present_meeting(db, stage_id) is not None:
        return None
    rubric = rubric_of(db, stage_id)
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    independent = cards_of(db, stage_id, rubric, kept)
    alone = {line.entry_id: line.totals for line in result_lines(db, stage_id, kept)}
    kept_apart = conflicts_of_stage(db, stage_id)
    lines, before, after = [], [], []
    for entry_id, minute in standing_minutes(db, stage_id).items():
        if entry_id in kept:
            continue
        there = {UUID(key) for key in minute.present}
        own = {key: card for key, card in independent.get(entry_id, {}).items() if key in there}
        changed = {
            person_id: points
            for person_id, points in revisions_of(db, entry_id, rubric).items()
            if person_id in there and (person_id, entry_id) not in kept_apart
        }
        revised = {key: {**own.get(key, {}), **changed.get(key, {})} for key in own.keys() | changed.keys()}
        both = sorted((key for key in own if _total(rubric, own[key]) is not None), key=str)
        before.append(tuple(_total(rubric, own[key]) or 0.0 for key in both))
        after.append(tuple(_total(rubric, revised[key]) or 0.0 for key in both))
        totals = tuple(map(float, card_totals(rubric.criteria, revised)))
        code = str(db.get_one(Entry, entry_id).code)
        told = totals if len(totals) >= ENOUGH else ()
        lines.append(RevisedEntry(code, alone.get(entry_id, ()), told, len(changed) if told else 0))
    return _compared(tuple(sorted(lines, key=lambda line: line.code)), before, after)


def revisions_of(db: Session, entry_id: UUID, rubric: RubricShown) -> dict[UUID, dict[UUID, Fraction]]:
    """What members have revised of an entry: member → criterion → points of the scale."""
    found: dict[UUID, dict[UUID, Fraction]] = {}
    for row in matching(db, RevisedScore, entry_id=entry_id):
        if row.points is not None:
            found.setdefault(row.person_id, {})[row.criterion_key] = rubric.in_points(row.points)
    return found


def _total(rubric: RubricShown, card: Points) -> float | None:
    totals = card_totals(rubric.criteria, {rubric.id: card})
    return float(totals[0]) if totals else None


def _compared(
    lines: tuple[RevisedEntry, ...], before: Sequence[tuple[float, ...]], after: Sequence[tuple[float, ...]]
) -> RevisedScores:
    from judging.statistics.discussion import moved_by_discussion  # numpy is not for pages that need none

    moved = moved_by_discussion(tuple(before), tuple(after))
    if moved.entries == 0:
        helped = Helped.NOBODY_TWICE
    elif moved.low is None or moved.high is None:
        helped = Helped.TOO_FEW
    elif moved.low <= 0 <= moved.high:
        helped = Helped.OPEN
    else:
        helped = Helped.CLOSER if moved.low > 0 else Helped.APART
    return RevisedScores(
        lines,
        helped,
        moved.entries,
        Agreed(moved.before.estimate, moved.before.low, moved.before.high),
        Agreed(moved.after.estimate, moved.after.low, moved.after.high),
        Agreed(moved.change, moved.low, moved.high),
    )
