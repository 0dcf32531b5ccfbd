"""Practice entries as the secretariat writes them, each with its reference, and how far judges were from it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from pydantic import ConfigDict
from sqlmodel import Session, col, delete, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.people import person_card
from judging.judges import seats_of
from judging.policy import AFTER_JUDGING, Action
from judging.practice import (
    criteria_of_practice,
    own_practice,
    practice_entries,
    questions_of_practice,
    references_of,
)
from judging.practice_models import PracticeCard, PracticeEntry, PracticeReference, PracticeScore
from prize.models import Stage
from prize.questions import QuestionShown
from prize.rubric import CriterionShown, RubricShown, rubric_of
from storage.clock import now
from storage.database import locked, matching, remove_all, unchanged
from storage.errors import Closed, Invalid
from storage.values import OptionalProse, Statement

MOST_PRACTICE: Final = 5


@dataclass(frozen=True)
class Written:
    """What a practice entry says to a question of the form."""

    __pydantic_config__ = ConfigDict(strict=True, revalidate_instances="always")

    question_key: UUID
    text: OptionalProse


@dataclass(frozen=True)
class Level:
    """The reference for a criterion, in steps of the scale, and why."""

    __pydantic_config__ = ConfigDict(strict=True, revalidate_instances="always")

    criterion_key: UUID
    points: int
    why: Statement


@dataclass(frozen=True)
class PracticeWritten:
    """A practice entry as the secretariat reads it. Once judges, counted by ``scored_by``, have begun, it stands."""

    id: UUID
    number: int
    required: bool
    answers: tuple[Written, ...]
    reference: tuple[Level, ...]
    scored_by: int
    version: int


@dataclass(frozen=True)
class Practised:
    """How many practice entries a judge has compared, and by how many points they were above the reference.

    ``above`` has the mean for each criterion, less than 0 where they were below; None where nothing was compared.
    """

    person_id: UUID
    name: str
    compared: int
    above: tuple[float | None, ...]


@dataclass(frozen=True)
class Practice:
    """Everything about the practice of a stage, for the secretariat."""

    questions: tuple[QuestionShown, ...]
    rubric: RubricShown
    criteria: tuple[CriterionShown, ...]
    entries: tuple[PracticeWritten, ...]
    judges: tuple[Practised, ...]


@query(Action.WRITE_PRACTICE)
def practice(db: Session, actor: Actor, stage_id: UUID) -> Practice:
    """The practice entries of a stage with their references, and who has practised."""
    entries = [_written(db, number, row) for number, row in enumerate(practice_entries(db, stage_id), 1)]
    rubric, criteria = rubric_of(db, stage_id), criteria_of_practice(db, stage_id)
    return Practice(
        questions_of_practice(db, stage_id), rubric, criteria, tuple(entries), _practised(db, stage_id, entries)
    )


@command(Action.WRITE_PRACTICE)
def write_practice(
    db: Session,
    actor: Actor,
    stage_id: UUID,
    answers: tuple[Written, ...],
    reference: tuple[Level, ...],
    required: bool = False,
    practice_id: UUID | None = None,
    version: int = 0,
) -> UUID:
    """Write a practice entry with its reference, or change the one with this id; returns its id.

    Raises
    ------
    Refused : the stage has no such practice entry.
    Invalid : nothing is said in any answer, a question or criterion is none that is practised, a criterion lacks its
        reference or has it off the scale, or the stage has five practice entries.
    Stale : somebody has changed it meanwhile.
    Closed : judging has ended, or a judge has begun to score it.
    """
    stage = locked(db, Stage, stage_id)
    if stage.state in AFTER_JUDGING:
        raise Closed("Judging has ended, so there is nothing to practise for.")
    texts, levels = _checked(db, stage_id, answers, reference)
    if practice_id is None:
        row = _added(db, actor, stage_id)
    else:
        row = _held(db, stage_id, practice_id, version)
        if matching(db, PracticeCard, practice_entry_id=row.id):
            raise Closed("A judge has begun to score this practice entry, so it stands. Remove it and write another.")
        row.version += 1
    row.required, row.answers = required, texts
    assert actor.person_id is not None
    row.written_by, row.written_at = actor.person_id, now(db)
    db.add(row)
    db.flush()
    remove_all(db, matching(db, PracticeReference, practice_entry_id=row.id))
    for level in levels:
        db.add(
            PracticeReference(
                practice_entry_id=row.id, criterion_key=level.criterion_key, points=level.points, why=level.why
            )
        )
    db.flush()
    return row.id


@command(Action.WRITE_PRACTICE)
def remove_practice(db: Session, actor: Actor, stage_id: UUID, practice_id: UUID, version: int) -> None:
    """Take a practice entry away, with what judges have scored on it.

    Raises
    ------
    Refused : the stage has no such practice entry.
    Stale : somebody has changed it meanwhile.
    """
    locked(db, Stage, stage_id)
    row = _held(db, stage_id, practice_id, version)
    cards = matching(db, PracticeCard, practice_entry_id=row.id)
    db.exec(delete(PracticeScore).where(col(PracticeScore.practice_card_id).in_([card.id for card in cards])))
    remove_all(db, [*cards, *matching(db, PracticeReference, practice_entry_id=row.id), row])


def _held(db: Session, stage_id: UUID, practice_id: UUID, version: int) -> PracticeEntry:
    """The practice entry as the page showed it; nobody begins to score it until the transaction ends."""
    own_practice(db, stage_id, practice_id)
    row = locked(db, PracticeEntry, practice_id)
    unchanged(row, version)
    return row


def _added(db: Session, actor: Actor, stage_id: UUID) -> PracticeEntry:
    rows = practice_entries(db, stage_id)
    if len(rows) >= MOST_PRACTICE:
        raise Invalid(f"A stage has at most {MOST_PRACTICE} practice entries. Remove one first.")
    position = 1 + max((row.position for row in rows), default=0)
    assert actor.person_id is not None
    return PracticeEntry(
        stage_id=stage_id, position=position, answers={}, written_by=actor.person_id, written_at=now(db)
    )


def _checked(
    db: Session, stage_id: UUID, answers: Sequence[Written], reference: Sequence[Level]
) -> tuple[dict[str, str], tuple[Level, ...]]:
    """Answers by the key of their question, and the reference of each criterion that is practised."""
    asked = {one.key for one in questions_of_practice(db, stage_id)}
    if any(one.question_key not in asked for one in answers):
        raise Invalid("Judges read no such answer. Reload the page.", "answers")
    texts = {str(one.question_key): one.text for one in answers if one.text}
    if not texts:
        raise Invalid("The practice entry says nothing yet. Write at least one answer.", "answers")
    criteria, rubric = criteria_of_practice(db, stage_id), rubric_of(db, stage_id)
    given = {level.criterion_key: level for level in reference}
    if not criteria:
        raise Invalid("The rubric has no criterion that is scored without names, so there is nothing to practise.")
    if len(given) != len(reference) or given.keys() - {one.key for one in criteria}:
        raise Invalid("The rubric has no such criterion, or one stands there twice. Reload the page.", "reference")
    for one in criteria:
        if one.key not in given:
            raise Invalid(f"“{one.name}” has no reference yet. Choose a level and say why.", "reference")
        if given[one.key].points not in rubric.steps:
            raise Invalid(f"The reference of “{one.name}” is off the scale from {rubric.scale}.", "reference")
    return texts, tuple(given[one.key] for one in criteria)


def _written(db: Session, number: int, row: PracticeEntry) -> PracticeWritten:
    references = references_of(db, row.id)
    return PracticeWritten(
        row.id,
        number,
        row.required,
        tuple(Written(UUID(key), str(text)) for key, text in sorted(row.answers.items())),
        tuple(
            Level(key, one.points, one.why) for key, one in sorted(references.items(), key=lambda pair: str(pair[0]))
        ),
        len(matching(db, PracticeCard, practice_entry_id=row.id)),
        row.version,
    )


def _practised(db: Session, stage_id: UUID, entries: Sequence[PracticeWritten]) -> tuple[Practised, ...]:
    criteria, rubric = criteria_of_practice(db, stage_id), rubric_of(db, stage_id)
    references = {one.id: {level.criterion_key: level.points for level in one.reference} for one in entries}
    lines = []
    compared = _compared(db, references)
    for seat in (seat for seat in seats_of(db, stage_id) if seat.duty.scores):
        cards = compared.get(seat.person_id, {})
        above: dict[UUID, list[int]] = {one.key: [] for one in criteria}
        for card, scores in cards.items():
            for score in scores:
                reference = references[card].get(score.criterion_key)
                if score.points is not None and reference is not None and score.criterion_key in above:
                    above[score.criterion_key].append(score.points - reference)
        means = tuple(
            sum(steps) / len(steps) / rubric.steps_per_point if (steps := above[one.key]) else None for one in criteria
        )
        lines.append(Practised(seat.person_id, person_card(db, seat.person_id).name, len(cards), means))
    return tuple(sorted(lines, key=lambda line: (line.name, str(line.person_id))))


def _compared(db: Session, entries: Collection[UUID]) -> dict[UUID, dict[UUID, list[PracticeScore]]]:
    """What judges scored on practice entries and compared with the reference, by judge and by practice entry."""
    rows = db.exec(
        select(PracticeCard, PracticeScore)
        .outerjoin(PracticeScore, col(PracticeScore.practice_card_id) == col(PracticeCard.id))
        .where(col(PracticeCard.practice_entry_id).in_(entries), col(PracticeCard.compared_at).is_not(None))
    ).all()
    compared: dict[UUID, dict[UUID, list[PracticeScore]]] = {}
    for card, score in rows:
        scores = compared.setdefault(card.judge_id, {}).setdefault(card.practice_entry_id, [])
        if score is not None:
            scores.append(score)
    return compared
