"""Practice scoring: a judge scores a made-up entry alone, and then sees the reference beside their own levels.

Practice scores lie in tables of their own. Nothing that counts reads them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from judging.policy import AFTER_JUDGING, Action
from judging.practice_models import PracticeCard, PracticeEntry, PracticeReference, PracticeScore
from prize.form import form_in_force, questions_of
from prize.models import QuestionKind, Seen, Stage
from prize.questions import QuestionShown, words_in
from prize.rubric import CriterionShown, RubricShown, rubric_of
from prize.scoring import scoring_of
from storage.clock import now
from storage.database import found, locked, matching, one_matching
from storage.errors import NOT_YOURS, Closed, Invalid, Refused

WORDS_A_MINUTE: Final = 200
MINUTES_A_CRITERION: Final = 1


@dataclass(frozen=True)
class PracticeLine:
    """A practice entry in a judge's list: how much of it is scored, and whether it was compared with the reference."""

    id: UUID
    number: int
    required: bool
    scored: int
    asked: int
    minutes: int
    compared: bool


@dataclass(frozen=True)
class PracticeAnswer:
    """What the made-up entry says to a question."""

    question: str
    text: str


@dataclass(frozen=True)
class PracticeScored:
    """A score in steps of the scale. Once it is compared, ``reference`` is the secretariat's, and ``why`` says why."""

    criterion: CriterionShown
    points: int | None
    cannot_judge: bool
    saved_at: datetime | None
    reference: int | None
    why: str


@dataclass(frozen=True)
class PracticeShown:
    """A practice entry beside the judge's own scores on it."""

    id: UUID
    number: int
    answers: tuple[PracticeAnswer, ...]
    rubric: RubricShown
    scores: tuple[PracticeScored, ...]
    compared: bool
    open: bool


@query(Action.PRACTISE)
def practice_lines(db: Session, actor: Actor, stage_id: UUID) -> tuple[PracticeLine, ...]:
    """The practice entries of a stage, with how far the judge has come in each."""
    entries = practice_entries(db, stage_id)
    if not entries or found(db, Stage, stage_id).state in AFTER_JUDGING:
        return ()
    criteria = criteria_of_practice(db, stage_id)
    lines = []
    for number, entry in enumerate(entries, 1):
        card = _card(db, actor, entry)
        words = sum(words_in(str(text)) for text in entry.answers.values())
        minutes = math.ceil(words / WORDS_A_MINUTE) + MINUTES_A_CRITERION * len(criteria)
        scored = sum(_is_dealt_with(score) for score in _scores(db, card).values())
        compared = card is not None and card.compared_at is not None
        lines.append(PracticeLine(entry.id, number, entry.required, scored, len(criteria), minutes, compared))
    return tuple(lines)


@query(Action.PRACTISE)
def practice_entry(db: Session, actor: Actor, stage_id: UUID, practice_id: UUID) -> PracticeShown:
    """A practice entry with the judge's own scores; the reference only once they have compared.

    Raises
    ------
    Refused : the stage has no such practice entry.
    """
    return _shown(db, actor, own_practice(db, stage_id, practice_id))


@command(Action.PRACTISE, audited=False)
def save_practice_score(
    db: Session,
    actor: Actor,
    stage_id: UUID,
    practice_id: UUID,
    criterion_key: UUID,
    points: int | None,
    cannot_judge: bool = False,
) -> PracticeShown:
    """Score a criterion of a practice entry, say that one cannot judge it, or take the score back.

    ``points`` are counted in steps of the scale. Returns the entry with the scores as they then stand.

    Raises
    ------
    Refused : the stage has no such practice entry.
    Invalid : the points are off the scale, or the criterion is none of those that are practised.
    Closed : judging has ended, or the judge has seen the reference.
    """
    entry, card = _open_card(db, actor, stage_id, practice_id)
    if criterion_key not in {criterion.key for criterion in criteria_of_practice(db, stage_id)}:
        raise Invalid("The rubric has no such criterion. Reload the page.", "criterion_key")
    if points is not None and (cannot_judge or points not in scoring_of(db, stage_id).steps):
        rubric = rubric_of(db, stage_id)
        raise Invalid(f"A score is on the scale from {rubric.scale}.", "points")
    score = one_matching(db, PracticeScore, practice_card_id=card.id, criterion_key=criterion_key)
    if score is None:
        score = PracticeScore(practice_card_id=card.id, criterion_key=criterion_key, saved_at=now(db))
    score.points, score.cannot_judge, score.saved_at = points, cannot_judge, now(db)
    db.add(score)
    db.flush()
    return _shown(db, actor, entry)


@command(Action.PRACTISE)
def compare_practice(db: Session, actor: Actor, stage_id: UUID, practice_id: UUID) -> None:
    """See the reference beside one's own scores, which can then no longer be changed.

    Raises
    ------
    Refused : the stage has no such practice entry.
    Invalid : a criterion has no score yet.
    Closed : judging has ended.
    """
    _, card = _open_card(db, actor, stage_id, practice_id)
    scores = _scores(db, card)
    left = [one for one in criteria_of_practice(db, stage_id) if not _is_dealt_with(scores.get(one.key))]
    if left:
        raise Invalid(f"“{left[0].name}” has no score yet. Where you cannot judge, choose “Cannot judge”.")
    card.compared_at = now(db)
    db.add(card)


def practice_entries(db: Session, stage_id: UUID) -> tuple[PracticeEntry, ...]:
    """The practice entries of a stage in their order."""
    return tuple(sorted(matching(db, PracticeEntry, stage_id=stage_id), key=lambda row: (row.position, str(row.id))))


def own_practice(db: Session, stage_id: UUID, practice_id: UUID) -> PracticeEntry:
    """A practice entry of this stage.

    Raises
    ------
    Refused : there is none.
    """
    entry = db.get(PracticeEntry, practice_id)
    if entry is None or entry.stage_id != stage_id:
        raise Refused(NOT_YOURS)
    return entry


def questions_of_practice(db: Session, stage_id: UUID) -> tuple[QuestionShown, ...]:
    """What a made-up entry answers: the questions whose answers judges read as text."""
    questions = questions_of(db, form_in_force(db, stage_id).id)
    return tuple(one for one in questions if one.read_by_judges and one.kind is not QuestionKind.FILE)


def criteria_of_practice(db: Session, stage_id: UUID) -> tuple[CriterionShown, ...]:
    """What is practised: the criteria that are scored without names."""
    seen = scoring_of(db, stage_id).seen
    return tuple(one for one in rubric_of(db, stage_id).criteria if seen.get(one.key) is Seen.BLIND)


def references_of(db: Session, practice_id: UUID) -> dict[UUID, PracticeReference]:
    """The reference of a practice entry, by criterion."""
    return {row.criterion_key: row for row in matching(db, PracticeReference, practice_entry_id=practice_id)}


def _open_card(db: Session, actor: Actor, stage_id: UUID, practice_id: UUID) -> tuple[PracticeEntry, PracticeCard]:
    stage = found(db, Stage, stage_id)
    own_practice(db, stage_id, practice_id)
    entry = locked(db, PracticeEntry, practice_id)
    if stage.state in AFTER_JUDGING:
        raise Closed("Judging has ended, so there is nothing to practise for.")
    card = _card(db, actor, entry)
    if card is not None and card.compared_at is not None:
        raise Closed("You have seen the reference, so your practice scores stand as they are.")
    if card is None:
        assert actor.person_id is not None
        card = PracticeCard(practice_entry_id=entry.id, judge_id=actor.person_id, opened_at=now(db))
        db.add(card)
        db.flush()
    return entry, card


def _card(db: Session, actor: Actor, entry: PracticeEntry) -> PracticeCard | None:
    return one_matching(db, PracticeCard, practice_entry_id=entry.id, judge_id=actor.person_id)


def _scores(db: Session, card: PracticeCard | None) -> Mapping[UUID, PracticeScore]:
    rows = matching(db, PracticeScore, practice_card_id=card.id) if card else ()
    return {row.criterion_key: row for row in rows}


def _is_dealt_with(score: PracticeScore | None) -> bool:
    return score is not None and (score.points is not None or score.cannot_judge)


def _shown(db: Session, actor: Actor, entry: PracticeEntry) -> PracticeShown:
    card = _card(db, actor, entry)
    compared = card is not None and card.compared_at is not None
    scores, references = _scores(db, card), references_of(db, entry.id) if compared else {}
    lines = []
    for criterion in criteria_of_practice(db, entry.stage_id):
        score, reference = scores.get(criterion.key), references.get(criterion.key)
        lines.append(
            PracticeScored(
                criterion,
                score.points if score else None,
                score is not None and score.cannot_judge,
                score.saved_at if score and _is_dealt_with(score) else None,
                reference.points if reference else None,
                reference.why if reference else "",
            )
        )
    texts = [
        (one.wording, str(entry.answers.get(str(one.key), ""))) for one in questions_of_practice(db, entry.stage_id)
    ]
    number = 1 + [row.id for row in practice_entries(db, entry.stage_id)].index(entry.id)
    return PracticeShown(
        entry.id,
        number,
        tuple(PracticeAnswer(wording, text) for wording, text in texts),
        rubric_of(db, entry.stage_id),
        tuple(lines),
        compared,
        not compared and found(db, Stage, entry.stage_id).state not in AFTER_JUDGING,
    )
