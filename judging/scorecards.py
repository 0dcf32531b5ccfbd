"""Scorecards: one judge's scores and comments on one entry, saved at every change."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

import sqlalchemy
from pydantic import Field
from sqlalchemy import BindParameter, ColumnElement, Uuid, bindparam, func
from sqlmodel import Session, and_, col, or_, select

from accounts.actors import Actor
from accounts.commands import command
from judging.models import Assignment, Comment, CommentReader, CommentSave, GateAnswer, Score, Scorecard, ScoreSave
from judging.paper_models import PaperScore
from judging.policy import Action, panel_member
from judging.practised import must_have_practised
from prize.entries.models import Conflict, ConflictState, Entry
from prize.gates import has_gate
from prize.models import Seen, Stage, StageDates, StageState
from prize.rubric import asked_of, newest_rubric, rubric_of
from prize.scoring import Scoring, scoring_of
from prize.stages import dates_of
from storage.clock import now
from storage.database import found, locked, matching, one_matching
from storage.errors import NOT_YOURS, Closed, Invalid, Refused
from storage.saves import Save, Saved, SaveNumber, Tab, save_text
from storage.values import tidy

LOCKED: Final = "You locked this part before you saw who is behind the entry. It stands as it is."

BLANKS: Final = "".join(filter(str.isspace, map(chr, range(1, 0x3001))))
"""What ``str.strip`` takes off, for databases."""

CommentText = Annotated[str, Field(max_length=20_000)]


@dataclass(frozen=True)
class OwnCard:
    """An entry that a judge is asked to score, by its code, with how much of what is asked is dealt with.

    ``needs_comment`` says that the judge has scored it on screen in a stage where each writes a comment for the
    entrant, and has written none.
    """

    assignment_id: UUID
    code: str
    scored: int
    needs_comment: bool


@dataclass(frozen=True)
class ScoreShown:
    criterion_key: UUID
    points: int | None
    cannot_judge: bool
    saved_at: datetime


@dataclass(frozen=True)
class GateAnswered:
    """What a judge has answered to a gate question."""

    gate_key: UUID
    yes: bool
    saved_at: datetime


class Reveal(StrEnum):
    """Whether a card has a second part, which is scored when its judge has seen who is behind the entry."""

    NOT_PLANNED = "not planned"
    AHEAD = "ahead"
    DONE = "done"


@dataclass(frozen=True)
class CardShown:
    """What stands on a judge's own card, and whether it may be changed now. Scores are in steps of the scale.

    Where the reveal is ahead, only what is scored blind may be changed; where it is done, only the rest.
    """

    editable: bool
    reveal: Reveal
    scores: tuple[ScoreShown, ...]
    gates: tuple[GateAnswered, ...]


@command(Action.JUDGE_ENTRY, audited=False)
def save_score(
    db: Session, actor: Actor, assignment_id: UUID, criterion_key: UUID, points: int | None, cannot_judge: bool = False
) -> CardShown:
    """Score a criterion, say that one cannot judge it, or take the score back. Returns the card as it then stands.

    ``points`` are counted in steps of the scale.

    Raises
    ------
    Invalid : the points are off the scale, or the rubric has no such criterion.
    Closed : judging has not begun or has closed, the judge has finished, or the criterion is on the other side of the
        reveal.
    """
    assignment = open_for_scoring(db, actor, assignment_id)
    scoring = scoring_of(db, assignment.stage_id)
    if criterion_key not in scoring.seen:
        raise Invalid("The rubric has no such criterion. Reload the page.", "criterion_key")
    if points is not None and (cannot_judge or points not in scoring.steps):
        rubric = rubric_of(db, assignment.stage_id)
        kind = "whole" if rubric.steps_per_point == 1 else "whole or half"
        raise Invalid(f"A score is a {kind} number from {rubric.lowest} to {rubric.highest}.", "points")
    card = card_of(db, assignment)
    reveal = reveal_of(scoring, card)
    _must_be_open(reveal, scoring.seen[criterion_key])
    scores = {score.criterion_key: score for score in matching(db, Score, scorecard_id=card.id)}
    score = scores.get(criterion_key)
    if score is not None and (score.points, score.cannot_judge) == (points, cannot_judge):
        return CardShown(True, reveal, _standing(scores.values()), _answered(db, scoring, card))
    scores[criterion_key] = keep_score(db, card, score, criterion_key, points, cannot_judge)
    return CardShown(True, reveal, _standing(scores.values()), _answered(db, scoring, card))


def keep_score(
    db: Session, card: Scorecard, score: Score | None, criterion_key: UUID, points: int | None, cannot_judge: bool
) -> Score:
    """Write a score in the place of the one that stands there, if any, and into the history."""
    moment_now = now(db)
    if score is None:
        score = Score(scorecard_id=card.id, criterion_key=criterion_key, saved_at=moment_now, version=0)
    score.points, score.cannot_judge, score.saved_at = points, cannot_judge, moment_now
    score.version += 1
    db.add(score)
    db.add(
        ScoreSave(
            scorecard_id=card.id,
            criterion_key=criterion_key,
            points=points,
            cannot_judge=cannot_judge,
            saved_at=moment_now,
        )
    )
    return score


@command(Action.JUDGE_ENTRY, audited=False)
def answer_gate(db: Session, actor: Actor, assignment_id: UUID, gate_key: UUID, yes: bool) -> CardShown:
    """Answer a gate question with yes or no, or change one's mind. Returns the card as it then stands.

    Raises
    ------
    Invalid : the rubric has no such question.
    Closed : judging has not begun or has closed, or the judge has finished, or has locked the blind part.
    """
    assignment = open_for_scoring(db, actor, assignment_id)
    if not has_gate(db, assignment.stage_id, gate_key):
        raise Invalid("The rubric has no such question. Reload the page.", "gate_key")
    card = card_of(db, assignment)
    scoring = scoring_of(db, assignment.stage_id)
    reveal = reveal_of(scoring, card)
    _must_be_open(reveal, Seen.BLIND)
    given = sorted(matching(db, GateAnswer, scorecard_id=card.id, gate_key=gate_key), key=lambda row: row.number)
    if not given or given[-1].yes is not yes:
        number = given[-1].number + 1 if given else 1
        db.add(GateAnswer(scorecard_id=card.id, gate_key=gate_key, number=number, yes=yes, saved_at=now(db)))
        db.flush()
    return CardShown(True, reveal, _standing(matching(db, Score, scorecard_id=card.id)), _answered(db, scoring, card))


@command(Action.JUDGE_ENTRY, audited=False)
def save_comment(
    db: Session,
    actor: Actor,
    assignment_id: UUID,
    reader: CommentReader,
    text: CommentText,
    base_version: int,
    tab: Tab,
    save_number: SaveNumber,
) -> Saved:
    """Save a comment as it is being typed. See ``storage.saves`` for which save counts.

    Raises
    ------
    Invalid : the text holds characters that cannot be shown.
    Closed : judging has not begun or has closed, or the judge has finished, or wrote it before the reveal.
    """
    assignment = open_for_scoring(db, actor, assignment_id)
    try:
        tidy(text, lines=True)
    except ValueError as error:
        raise Invalid(f"The comment {error}.", "text") from error
    text = text.replace("\r\n", "\n")
    card = card_of(db, assignment)
    moment_now = now(db)
    comment = one_matching(db, Comment, scorecard_id=card.id, reader=reader) or Comment(
        scorecard_id=card.id, reader=reader, saved_at=moment_now, version=0
    )
    if was_written_blind(card, comment):
        raise Closed(LOCKED)
    before = comment.version
    saved = save_text(
        comment,
        actor.person_id,
        matching(db, CommentSave, comment_id=comment.id),
        Save(actor.person_id, text, base_version, tab, save_number),
        at=moment_now,
        keep=lambda: db.add(
            CommentSave(
                comment_id=comment.id,
                text=comment.text,
                saved_at=comment.saved_at,
                tab=comment.tab,
                save_number=comment.save_number,
            )
        ),
    )
    if saved.version > before:
        db.add(comment)
        db.flush()
    return saved


@command(Action.FINISH_JUDGING)
def finish_judging(db: Session, actor: Actor, stage_id: UUID) -> None:
    """Say that all of one's cards are complete; from then on they cannot be changed.

    Raises
    ------
    Invalid : a card lacks a score, an answer to a gate question, or a comment for the entrant where it is needed.
    Closed : judging has not begun or has closed.
    """
    stage = locked(db, Stage, stage_id)
    must_be_judging(db, stage)
    seat = panel_member(db, actor.person_id, stage_id)
    if seat is None:
        raise Closed("You no longer sit on this panel.")
    asked = sum(asked_of(db, stage_id))
    cards = own_cards(db, actor.person_id, stage_id)
    open_cards = sum(card.scored < asked for card in cards)
    if open_cards:
        raise Invalid(
            f"{open_cards} of your entries {'is' if open_cards == 1 else 'are'} not scored to the end. "
            "Where you cannot judge a criterion, say so with “Cannot judge”."
        )
    if silent := [card.code for card in cards if card.needs_comment]:
        *others, last = silent
        lack = f"{', '.join(others)} and {last} lack" if others else f"{last} lacks"
        raise Invalid(
            f"{lack} your comment for the entrant. Open {'each' if others else 'it'}, write one, then finish."
        )
    seat.finished_at = seat.finished_at or now(db)
    seat.version += 1
    db.add(seat)


def own_assignments(db: Session, person_id: UUID | None, stage_id: UUID) -> tuple[Assignment, ...]:
    """What a judge is asked to score in a stage now; never an entry with which they are in conflict."""
    return tuple(db.exec(select(Assignment).where(*_own(person_id, stage_id))).all())


def own_cards(db: Session, person_id: UUID | None, stage_id: UUID) -> tuple[OwnCard, ...]:
    """The same with how far each is scored, in the order of entry codes, in one statement."""
    rows = db.execute(_own_cards(), {"person_id": person_id, "stage_id": stage_id}).all()
    cards = (OwnCard(key, str(code), scores + gates, needs) for key, code, scores, gates, needs in rows)
    return tuple(sorted(cards, key=lambda card: card.code))


@functools.cache  # it takes longer to put together than to carry out
def _own_cards() -> sqlalchemy.Select[Any]:
    dealt_with = or_(col(Score.points).is_not(None), col(Score.cannot_judge).is_(True))
    on_card = (col(Score.scorecard_id) == col(Scorecard.id), dealt_with)
    scores = sqlalchemy.select(func.count(col(Score.id))).where(*on_card).correlate(Scorecard)
    gates = sqlalchemy.select(func.count(func.distinct(col(GateAnswer.gate_key))))
    gates = gates.where(col(GateAnswer.scorecard_id) == col(Scorecard.id)).correlate(Scorecard)
    said = (scores.scalar_subquery(), gates.scalar_subquery())
    return (
        sqlalchemy.select(col(Assignment.id), col(Entry.code), *said, _needs_comment())
        .join(Entry, col(Entry.id) == col(Assignment.entry_id))
        .join(Stage, col(Stage.id) == col(Assignment.stage_id))
        .outerjoin(Scorecard, col(Scorecard.assignment_id) == col(Assignment.id))
        .where(*_own(bindparam("person_id"), bindparam("stage_id")))
    )


def lacking_comments(db: Session, stage_id: UUID) -> frozenset[UUID]:
    """The assignments of a stage that are scored and lack the comment for the entrant that the stage asks for."""
    return frozenset(
        db.exec(
            select(Assignment.id)
            .join(Stage, col(Stage.id) == col(Assignment.stage_id))
            .join(Scorecard, col(Scorecard.assignment_id) == col(Assignment.id))
            .where(col(Assignment.stage_id) == stage_id, col(Assignment.withdrawn_at).is_(None), _needs_comment())
        ).all()
    )


def _needs_comment() -> ColumnElement[bool]:
    return and_(col(Stage.comment_needed), _scored_on_screen(), ~_commented())


def _scored_on_screen() -> ColumnElement[bool]:
    """Whether a card has a score that its judge gave in the scoring room, and not on paper."""
    on_paper = select(PaperScore.id).where(
        col(PaperScore.scorecard_id) == col(Score.scorecard_id),
        col(PaperScore.item_key) == col(Score.criterion_key),
        col(PaperScore.entered_at) == col(Score.saved_at),
    )
    given = select(Score.id).where(
        col(Score.scorecard_id) == col(Scorecard.id), col(Score.points).is_not(None), ~on_paper.exists()
    )
    return given.correlate(Scorecard).exists()


def _commented() -> ColumnElement[bool]:
    """Whether a card has words for the entrant."""
    written = select(Comment.id).where(
        col(Comment.scorecard_id) == col(Scorecard.id),
        col(Comment.reader) == CommentReader.ENTRANT,
        func.trim(col(Comment.text), BLANKS) != "",
    )
    return written.correlate(Scorecard).exists()


@dataclass(frozen=True)
class PlaceInList:
    """Where an entry stands among those that its judge is asked to score, from 1, in the order of their codes."""

    assignment_id: UUID
    code: str
    position: int
    entries: int
    previous: UUID | None
    next: UUID | None


def place_in_list(db: Session, assignment: Assignment) -> PlaceInList:
    """The place of an entry in the order of ``own_cards``, without the others."""
    known = {"person_id": assignment.judge_id, "stage_id": assignment.stage_id, "assignment_id": assignment.id}
    return PlaceInList(*db.execute(_place_in_list(), known).one())


@functools.cache  # it takes longer to put together than to carry out
def _place_in_list() -> sqlalchemy.Select[Any]:
    key, code = col(Assignment.id), col(Entry.code)
    every = (
        sqlalchemy.select(
            key.label("assignment_id"),
            code.label("code"),
            func.row_number().over(order_by=code).label("position"),
            func.count().over().label("entries"),
            func.lag(key, type_=Uuid()).over(order_by=code).label("previous"),
            func.lead(key, type_=Uuid()).over(order_by=code).label("next"),
        )
        .join(Entry, col(Entry.id) == col(Assignment.entry_id))
        .where(*_own(bindparam("person_id"), bindparam("stage_id")))
        .subquery()
    )
    return sqlalchemy.select(every).where(every.c.assignment_id == bindparam("assignment_id"))


def _own(
    person_id: UUID | BindParameter[UUID] | None, stage_id: UUID | BindParameter[UUID]
) -> tuple[ColumnElement[bool], ...]:
    in_conflict = select(Conflict.id).where(
        col(Conflict.person_id) == person_id,
        col(Conflict.entry_id) == col(Assignment.entry_id),
        col(Conflict.state) == ConflictState.STANDS,
    )
    return (
        col(Assignment.stage_id) == stage_id,
        col(Assignment.judge_id) == person_id,
        col(Assignment.withdrawn_at).is_(None),
        ~in_conflict.exists(),
    )


def card_shown(db: Session, actor: Actor, stage: Stage, dates: StageDates | None, assignment_id: UUID) -> CardShown:
    """A judge's own card as it is stored; a locked one stands as it is, since its judge was asked for more later."""
    seat = panel_member(db, actor.person_id, stage.id)
    card = one_matching(db, Scorecard, assignment_id=assignment_id)
    may_score = seat is not None and seat.finished_at is None and (card is None or card.locked_at is None)
    scores = matching(db, Score, scorecard_id=card.id) if card else ()
    scoring = scoring_of(db, stage.id)
    gates = _answered(db, scoring, card) if card else ()
    return CardShown(may_score and is_open(db, stage, dates), reveal_of(scoring, card), _standing(scores), gates)


def _answered(db: Session, scoring: Scoring, card: Scorecard) -> tuple[GateAnswered, ...]:
    """The answers to gate questions that count, each the last one given."""
    if not scoring.has_gates:
        return ()
    rows = sorted(matching(db, GateAnswer, scorecard_id=card.id), key=lambda row: row.number)
    last = {row.gate_key: GateAnswered(row.gate_key, row.yes, row.saved_at) for row in rows}
    return tuple(last[key] for key in sorted(last, key=str))


def _standing(scores: Iterable[Score]) -> tuple[ScoreShown, ...]:
    """The scores without those that were taken back."""
    return tuple(
        ScoreShown(score.criterion_key, score.points, score.cannot_judge, score.saved_at)
        for score in sorted(scores, key=lambda score: str(score.criterion_key))
        if score.points is not None or score.cannot_judge
    )


def scores_of(db: Session, assignment_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, Score]]:
    """What stands on cards, by assignment in this order and by criterion."""
    rows = db.exec(
        select(Scorecard.assignment_id, Score)
        .join(Score, col(Score.scorecard_id) == col(Scorecard.id))
        .where(
            col(Scorecard.assignment_id).in_(assignment_ids),
            or_(col(Score.points).is_not(None), col(Score.cannot_judge).is_(True)),
        )
    ).all()
    found: dict[UUID, dict[UUID, Score]] = {key: {} for key in assignment_ids}
    for key, score in rows:
        found[key][score.criterion_key] = score
    return found


def comments_of(db: Session, assignment_id: UUID) -> dict[CommentReader, Comment]:
    """The comments of a card by who reads them."""
    rows = db.exec(
        select(Comment)
        .join(Scorecard, col(Scorecard.id) == col(Comment.scorecard_id))
        .where(col(Scorecard.assignment_id) == assignment_id)
    ).all()
    return {row.reader: row for row in rows}


def reveal_of(scoring: Scoring, card: Scorecard | None) -> Reveal:
    """Where a card stands with the planned reveal."""
    if not scoring.has_reveal:
        return Reveal.NOT_PLANNED
    return Reveal.AHEAD if card is None or card.revealed_at is None else Reveal.DONE


def was_written_blind(card: Scorecard | None, comment: Comment | None) -> bool:
    """Whether a comment stands as it was written before the reveal. A note that the judge alone reads stays open."""
    return (
        card is not None
        and card.revealed_at is not None
        and comment is not None
        and comment.reader is not CommentReader.JUDGE
        and bool(comment.text.strip())
        and comment.saved_at <= card.revealed_at
    )


def _must_be_open(reveal: Reveal, seen: Seen) -> None:
    if reveal is Reveal.AHEAD and seen is Seen.AFTER_REVEAL:
        raise Closed("This is scored when you have locked the first part and seen who is behind the entry.")
    if reveal is Reveal.DONE and seen is Seen.BLIND:
        raise Closed(LOCKED)


def open_for_scoring(db: Session, actor: Actor, assignment_id: UUID) -> Assignment:
    """The judge's assignment, locked, while they may change its scorecard.

    Raises
    ------
    Refused : it was given back or taken from the judge meanwhile.
    Closed : judging has not begun or has closed, or the judge has finished.
    """
    assignment = locked(db, Assignment, assignment_id)
    if assignment.withdrawn_at is not None:
        raise Refused(NOT_YOURS)
    must_be_judging(db, found(db, Stage, assignment.stage_id))
    seat = panel_member(db, actor.person_id, assignment.stage_id)
    if seat is None or seat.finished_at is not None:
        raise Closed("You have finished judging, so scores can no longer be changed. Write to the secretariat.")
    return assignment


def is_open(db: Session, stage: Stage, dates: StageDates | None) -> bool:
    """Whether the stage takes scores now."""
    return stage.state is StageState.JUDGING and dates is not None and now(db) <= dates.judging_closes_at


def must_be_judging(db: Session, stage: Stage) -> None:
    """
    Raises
    ------
    Closed : judging has not begun or has closed.
    """
    dates = dates_of(db, stage.id)
    if stage.state is not StageState.JUDGING or dates is None:
        raise Closed("This stage is not being judged now.")
    if now(db) > dates.judging_closes_at:
        raise Closed("Judging has closed. What you had saved is kept.")


def card_of(db: Session, assignment: Assignment, *, on_paper: bool = False) -> Scorecard:
    """The card of an assignment, opened now if it was not. What was scored ``on_paper`` is not kept back for practice.

    Raises
    ------
    Closed : the judge had finished it before they were asked for more, or has to practise first.
    """
    card = one_matching(db, Scorecard, assignment_id=assignment.id)
    if card is None:
        if not on_paper:
            must_have_practised(db, assignment.judge_id, assignment.stage_id)
        card = Scorecard(
            assignment_id=assignment.id, rubric_id=newest_rubric(db, assignment.stage_id).id, opened_at=now(db)
        )
        db.add(card)
        db.flush()
    if card.locked_at is not None:
        raise Closed("You had finished this entry before you were asked for more. Its scores stand as they are.")
    return card
