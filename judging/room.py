"""What a judge may see and do, without names: the only module of Laurel's that judges' pages may import.

Nothing here is ordered by, or contains, a time of submission or a running number. Entries are known by their codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import query
from judging.blinding import BlindAnswer, blind_answers
from judging.judges import Seat, accept_terms, own_seats, state_conflicts
from judging.models import Assignment, CommentReader
from judging.policy import Action, panel_member
from judging.scorecards import comments_of, finish_judging, own_assignments, save_comment, save_score, scores_of
from prize.models import Entry, Prize, Stage, StageState
from prize.rubric import CriterionShown, RubricShown, rubric_of
from prize.stages import dates_of
from storage.errors import Closed, Invalid, LaurelError, Refused, Stale

__all__ = [
    "AssignmentLine",
    "BlindAnswer",
    "Closed",
    "CommentReader",
    "CommentShown",
    "CriterionShown",
    "EntryToJudge",
    "Invalid",
    "JudgesList",
    "LaurelError",
    "Refused",
    "RubricShown",
    "ScoreShown",
    "Seat",
    "Stale",
    "accept_terms",
    "entry_to_judge",
    "finish_judging",
    "judges_list",
    "own_seats",
    "save_comment",
    "save_score",
    "state_conflicts",
]


@dataclass(frozen=True)
class AssignmentLine:
    """An entry in a judge's list."""

    assignment_id: UUID
    code: str
    scored: int
    criteria: int


@dataclass(frozen=True)
class JudgesList:
    """What a judge is asked to score, by entry code."""

    stage_id: UUID
    prize: str
    stage: str
    zone: str
    judging: bool
    closes_at: datetime | None
    finished_at: datetime | None
    lines: tuple[AssignmentLine, ...]


@dataclass(frozen=True)
class ScoreShown:
    criterion_key: UUID
    points: int | None
    cannot_judge: bool
    saved_at: datetime


@dataclass(frozen=True)
class CommentShown:
    reader: CommentReader
    text: str
    version: int
    saved_at: datetime | None


@dataclass(frozen=True)
class EntryToJudge:
    """An entry without names beside the judge's own scorecard. ``position`` counts from 1 in the judge's list."""

    assignment_id: UUID
    stage_id: UUID
    prize: str
    stage: str
    zone: str
    code: str
    position: int
    entries: int
    previous: UUID | None
    next: UUID | None
    closes_at: datetime | None
    editable: bool
    answers: tuple[BlindAnswer, ...]
    rubric: RubricShown
    scores: tuple[ScoreShown, ...]
    comments: tuple[CommentShown, ...]


@query(Action.SEE_ASSIGNMENTS)
def judges_list(db: Session, actor: Actor, stage_id: UUID) -> JudgesList:
    """The judge's own entries with how far each is scored, in the order of their codes."""
    stage = db.get_one(Stage, stage_id)
    prize = db.get_one(Prize, stage.prize_id)
    dates = dates_of(db, stage_id)
    seat = panel_member(db, actor.person_id, stage_id)
    criteria = len(rubric_of(db, stage_id).criteria)
    lines = [
        AssignmentLine(assignment.id, code, len(scores_of(db, assignment.id)), criteria)
        for code, assignment in _in_code_order(db, actor, stage_id)
    ]
    return JudgesList(
        stage_id,
        prize.title,
        stage.name,
        prize.zone,
        stage.state is StageState.JUDGING,
        dates.judging_closes_at if dates else None,
        seat.finished_at if seat else None,
        tuple(lines),
    )


@query(Action.JUDGE_ENTRY)
def entry_to_judge(db: Session, actor: Actor, assignment_id: UUID) -> EntryToJudge:
    """An assigned entry, blind, with the judge's own scores and comments."""
    assignment = db.get_one(Assignment, assignment_id)
    stage = db.get_one(Stage, assignment.stage_id)
    prize = db.get_one(Prize, stage.prize_id)
    dates = dates_of(db, stage.id)
    seat = panel_member(db, actor.person_id, stage.id)
    order = [row.id for _, row in _in_code_order(db, actor, stage.id)]
    here = order.index(assignment_id)
    scores = scores_of(db, assignment_id)
    comments = comments_of(db, assignment_id)
    return EntryToJudge(
        assignment_id,
        stage.id,
        prize.title,
        stage.name,
        prize.zone,
        str(db.get_one(Entry, assignment.entry_id).code),
        here + 1,
        len(order),
        order[here - 1] if here else None,
        order[here + 1] if here + 1 < len(order) else None,
        dates.judging_closes_at if dates else None,
        stage.state is StageState.JUDGING and seat is not None and seat.finished_at is None,
        blind_answers(db, assignment.entry_id),
        rubric_of(db, stage.id),
        tuple(ScoreShown(row.criterion_key, row.points, row.cannot_judge, row.saved_at) for row in scores.values()),
        tuple(
            CommentShown(
                reader,
                comments[reader].text if reader in comments else "",
                comments[reader].version if reader in comments else 0,
                comments[reader].saved_at if reader in comments else None,
            )
            for reader in CommentReader
        ),
    )


def _in_code_order(db: Session, actor: Actor, stage_id: UUID) -> list[tuple[str, Assignment]]:
    rows = [(str(db.get_one(Entry, row.entry_id).code), row) for row in own_assignments(db, actor.person_id, stage_id)]
    return sorted(rows, key=lambda pair: pair[0])
