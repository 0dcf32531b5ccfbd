"""The planned reveal: a judge locks what is scored blind, and only then sees who is behind the entry."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command
from accounts.permissions import decide
from judging.identities import RevealedAnswer, RevealedEntry, identity_of
from judging.judges import withdraw_conflicted
from judging.models import Assignment, GateAnswer, Score, Scorecard
from judging.policy import Action
from judging.scorecards import Reveal, card_of, open_for_scoring, reveal_of
from prize.entries.conflicts import record_conflict
from prize.entries.models import Entry
from prize.models import Seen, Stage, Visibility
from prize.rubric import rubric_of
from prize.scoring import scoring_of
from storage.clock import now
from storage.database import found, matching, one_matching
from storage.errors import NOT_YOURS, Invalid, Refused

__all__ = ["RevealedAnswer", "RevealedEntry", "declare_conflict", "reveal_entry", "revealed_entry"]

SEEN_WHOSE_IT_IS = "Declared by the judge, who has seen whose entry it is"


@command(Action.REVEAL_ENTRY)
def reveal_entry(db: Session, actor: Actor, assignment_id: UUID) -> None:
    """Lock the blind scores, answers and comments of one's own card for good, and see who is behind the entry.

    Raises
    ------
    Invalid : the rubric plans no reveal, or something of the blind part is not scored.
    Closed : judging has not begun or has closed, or the judge has finished.
    """
    assignment = open_for_scoring(db, actor, assignment_id)
    card = card_of(db, assignment)
    reveal = reveal_of(scoring_of(db, assignment.stage_id), card)
    if reveal is Reveal.NOT_PLANNED:
        raise Invalid("Nothing of this stage is scored after a reveal.")
    if reveal is Reveal.DONE:
        return
    if left := _left_of_blind_part(db, assignment, card):
        raise Invalid(
            f"{left} of the first part {'is' if left == 1 else 'are'} not scored. Score all of it, then lock it. Where "
            "you cannot judge a criterion, say so with “Cannot judge”."
        )
    card.revealed_at = now(db)
    card.version += 1
    db.add(card)


@command(Action.STATE_CONFLICTS)
def declare_conflict(db: Session, actor: Actor, stage_id: UUID, assignment_id: UUID) -> str:
    """Say that one must not judge an entry, having seen whose it is. It is given back, and its scores do not count.

    Returns the entry's code.

    Raises
    ------
    Refused : the judge is not asked to judge such an entry in this stage.
    Invalid : the judge has not seen whose entry it is.
    Closed : judging has not begun or has closed, or the judge has finished.
    """
    if not decide(db, actor, Action.JUDGE_ENTRY, {"assignment_id": assignment_id}).allowed:
        raise Refused(NOT_YOURS)
    assignment = open_for_scoring(db, actor, assignment_id)
    if assignment.stage_id != stage_id:
        raise Refused(NOT_YOURS)
    stage = found(db, Stage, stage_id)
    if not _knows(stage, one_matching(db, Scorecard, assignment_id=assignment.id)):
        raise Invalid("You have not seen whose entry this is. State names that you must not judge on “How to judge”.")
    record_conflict(db, assignment.judge_id, assignment.entry_id, SEEN_WHOSE_IT_IS, None)
    withdraw_conflicted(db, stage_id, assignment.judge_id)
    return str(found(db, Entry, assignment.entry_id).code)


def revealed_entry(db: Session, stage: Stage, assignment: Assignment, card: Scorecard | None) -> RevealedEntry | None:
    """Who is behind an entry, as far as its judge may know: nothing is looked up before they may."""
    return identity_of(db, assignment.entry_id) if _knows(stage, card) else None


def _knows(stage: Stage, card: Scorecard | None) -> bool:
    return stage.visibility is not Visibility.BLIND or (card is not None and card.revealed_at is not None)


def _left_of_blind_part(db: Session, assignment: Assignment, card: Scorecard) -> int:
    rubric = rubric_of(db, assignment.stage_id)
    blind = {criterion.key for criterion in rubric.criteria if criterion.seen is Seen.BLIND}
    scores = matching(db, Score, scorecard_id=card.id)
    dealt_with = {score.criterion_key for score in scores if score.points is not None or score.cannot_judge}
    answered = {answer.gate_key for answer in matching(db, GateAnswer, scorecard_id=card.id)}
    return len(blind - dealt_with) + len({gate.key for gate in rubric.gates} - answered)
