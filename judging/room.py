"""What a judge may see and do, without names until a reveal: the one module of Laurel's that judges' pages may import.

Nothing here is ordered by, or contains, a time of submission or a running number. Entries are known by their codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import query
from accounts.models import Role
from judging.availability import own_topic, tell_availability
from judging.blinding import BlindAnswer, BlindFile, blind_answers
from judging.judges import Seat, accept_terms, own_seats, state_conflicts
from judging.models import Assignment, CommentReader, Score, Scorecard
from judging.pace import Pace, pace_of
from judging.panel.meeting import join_meeting, leave_meeting
from judging.panel.models import MeetingState
from judging.panel.recusals import recuse_oneself
from judging.panel.revised import revise_score
from judging.panel.screens import MeetingShown, OwnScore, PresentItem, meeting_moves, panel_meeting, present_entry
from judging.policy import Action
from judging.practice import (
    PracticeAnswer,
    PracticeLine,
    PracticeScored,
    PracticeShown,
    compare_practice,
    practice_entry,
    practice_lines,
    save_practice_score,
)
from judging.reading_copies import ReadingState, order_reading_copy, reading_copy
from judging.results import weighted
from judging.revealing import RevealedAnswer, RevealedEntry, declare_conflict, reveal_entry, revealed_entry
from judging.scorecards import (
    CardShown,
    GateAnswered,
    OwnCard,
    Reveal,
    ScoreShown,
    answer_gate,
    card_shown,
    comments_of,
    finish_judging,
    own_cards,
    place_in_list,
    save_comment,
    save_score,
    scores_of,
    was_written_blind,
)
from prize.models import Prize, Seen, Stage
from prize.rubric import CriterionShown, GateShown, RubricShown, asked_of, rubric_of
from prize.stages import dates_of
from storage.database import one_matching
from storage.errors import Closed, Invalid, LaurelError, Refused, Stale
from storage.values import clock_words, time_words

__all__ = [
    "CANNOT_JUDGE",
    "JUDGES",
    "BlindAnswer",
    "BlindFile",
    "CardShown",
    "Closed",
    "CommentReader",
    "CommentShown",
    "CriterionShown",
    "EarlierCard",
    "EntryToJudge",
    "GateAnswered",
    "GateShown",
    "Invalid",
    "JudgesList",
    "LaurelError",
    "MeetingShown",
    "MeetingState",
    "OwnCard",
    "OwnScore",
    "Pace",
    "PracticeAnswer",
    "PracticeLine",
    "PracticeScored",
    "PracticeShown",
    "PresentItem",
    "ReadingState",
    "Refused",
    "Reveal",
    "RevealedAnswer",
    "RevealedEntry",
    "RubricShown",
    "ScoreShown",
    "Seat",
    "Seen",
    "Stale",
    "accept_terms",
    "answer_gate",
    "clock_words",
    "compare_practice",
    "declare_conflict",
    "earlier_cards",
    "entry_to_judge",
    "finish_judging",
    "join_meeting",
    "judges_list",
    "leave_meeting",
    "meeting_moves",
    "order_reading_copy",
    "own_card",
    "own_seats",
    "own_topic",
    "panel_meeting",
    "practice_entry",
    "practice_lines",
    "present_entry",
    "reading_copy",
    "recuse_oneself",
    "reveal_entry",
    "revise_score",
    "save_comment",
    "save_practice_score",
    "save_score",
    "state_conflicts",
    "tell_availability",
    "time_words",
]

CANNOT_JUDGE: Final = -1
"""In place of points, which are never below 0."""

JUDGES: Final = frozenset({Role.JUDGE})
"""Who finds the rooms of judges in their navigation."""


@dataclass(frozen=True)
class JudgesList:
    """What a judge is asked to score, by entry code; ``pace`` is how long they usually take for an entry.

    ``asked`` is how much is asked of each, in criteria and gate questions.
    """

    pace: Pace | None
    asked: int
    lines: tuple[OwnCard, ...]


@dataclass(frozen=True)
class CommentShown:
    reader: CommentReader
    text: str
    version: int
    saved_at: datetime | None
    editable: bool


@dataclass(frozen=True)
class EntryToJudge:
    """An entry beside the judge's own scorecard. ``position`` counts from 1 in the judge's list.

    ``revealed`` says who is behind it: in a stage that is judged blind, only when the judge has locked the blind part.
    ``comment_needed`` says whether each judge writes a comment for the entrant.
    """

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
    answers: tuple[BlindAnswer, ...]
    revealed: RevealedEntry | None
    rubric: RubricShown
    card: CardShown
    comment_needed: bool
    comments: tuple[CommentShown, ...]


@dataclass(frozen=True)
class EarlierCard:
    """What a judge has given another entry, in the order of criteria: steps of the scale, None where nothing is said,
    and ``CANNOT_JUDGE``; with their weighted mean in points, None where a criterion that counts has no score."""

    code: str
    points: tuple[int | None, ...]
    mean: float | None


@query(Action.SEE_ASSIGNMENTS)
def judges_list(db: Session, actor: Actor, stage_id: UUID) -> JudgesList:
    """The judge's own entries with how far each is scored, in the order of their codes."""
    criteria, gates = asked_of(db, stage_id)
    return JudgesList(
        pace_of(db, actor.person_id, stage_id, criteria), criteria + gates, own_cards(db, actor.person_id, stage_id)
    )


@query(Action.JUDGE_ENTRY)
def entry_to_judge(db: Session, actor: Actor, assignment_id: UUID) -> EntryToJudge:
    """An assigned entry with the judge's own scores and comments; blind until the judge has come to the reveal."""
    assignment = db.get_one(Assignment, assignment_id)
    stage = db.get_one(Stage, assignment.stage_id)
    prize = db.get_one(Prize, stage.prize_id)
    dates = dates_of(db, stage.id)
    place = place_in_list(db, assignment)
    comments = comments_of(db, assignment_id)
    row = one_matching(db, Scorecard, assignment_id=assignment_id)
    card = card_shown(db, actor, stage, dates, assignment_id)
    return EntryToJudge(
        assignment_id,
        stage.id,
        prize.title,
        stage.name,
        prize.zone,
        place.code,
        place.position,
        place.entries,
        place.previous,
        place.next,
        dates.judging_closes_at if dates else None,
        blind_answers(db, assignment.entry_id),
        revealed_entry(db, stage, assignment, row),
        rubric_of(db, stage.id),
        card,
        stage.comment_needed,
        tuple(
            CommentShown(
                reader,
                comments[reader].text if reader in comments else "",
                comments[reader].version if reader in comments else 0,
                comments[reader].saved_at if reader in comments else None,
                card.editable and not was_written_blind(row, comments.get(reader)),
            )
            for reader in CommentReader
        ),
    )


@query(Action.JUDGE_ENTRY)
def own_card(db: Session, actor: Actor, assignment_id: UUID) -> CardShown:
    """The judge's own scores on an entry as they are stored, for drawing the card again after each score."""
    stage = db.get_one(Stage, db.get_one(Assignment, assignment_id).stage_id)
    return card_shown(db, actor, stage, dates_of(db, stage.id), assignment_id)


@query(Action.JUDGE_ENTRY)
def earlier_cards(db: Session, actor: Actor, assignment_id: UUID) -> tuple[EarlierCard, ...]:
    """The judge's own cards on other entries of the stage on which something stands, in the order of codes."""
    stage_id = db.get_one(Assignment, assignment_id).stage_id
    rubric = rubric_of(db, stage_id)
    own = {
        card.assignment_id: card
        for card in own_cards(db, actor.person_id, stage_id)
        if card.scored and card.assignment_id != assignment_id
    }
    return tuple(_earlier(rubric, own[key].code, scores) for key, scores in scores_of(db, tuple(own)).items())


def _earlier(rubric: RubricShown, code: str, scores: Mapping[UUID, Score]) -> EarlierCard:
    standing = [scores.get(criterion.key) for criterion in rubric.criteria]
    mean = weighted(
        rubric.criteria,
        [None if score is None or score.points is None else rubric.in_points(score.points) for score in standing],
    )
    return EarlierCard(
        code,
        tuple(None if each is None else CANNOT_JUDGE if each.cannot_judge else each.points for each in standing),
        None if mean is None else float(mean),
    )
