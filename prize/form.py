"""The entry form of a stage: its questions, written while nobody relies on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from prize.models import EntryForm, Prize, PrizeState, Question, QuestionKind, Stage
from prize.policy import Action
from prize.prizes import RUNNING
from prize.questions import Condition, QuestionShown, no_topic, what_does_not_hold
from prize.stages import own_stage
from storage.database import found, locked, matching, one_matching, unchanged
from storage.errors import Closed, Invalid
from storage.values import Line, OptionalHelp, OptionalLine, OptionalUnit

MOST_WORDS = 5_000
LARGEST_FILE = 200 * 1024 * 1024
MOST_QUESTIONS = 200


@command(Action.EDIT_PRIZE)
def add_question(
    db: Session,
    actor: Actor,
    prize_id: UUID,
    stage_id: UUID,
    kind: QuestionKind,
    wording: Line,
    help: OptionalHelp = "",  # noqa: A002 - the word that designers see
    required: bool = True,
    reveals_identity: bool = False,
    confidential: bool = False,
    word_limit: int | None = None,
    size_limit: int | None = None,
    unit: OptionalUnit = "",
    options: tuple[Line, ...] = (),
    particulars: OptionalLine = "",
    only_if: UUID | None = None,
    only_if_answers: tuple[Line, ...] = (),
    heading: OptionalLine = "",
    topic: bool = False,
) -> UUID:
    """Add a question at the end of a form; returns its key.

    Of money, the unit is the prize's currency. What names the team always reveals identity, and a declaration is always
    answered. ``only_if`` is the key of an earlier question, after whose ``only_if_answers`` alone this one is asked. A
    ``heading`` begins a section, to which the questions below belong. The ``topic`` is a choice that judges read.

    Raises
    ------
    Invalid : a limit is out of range, a choice has fewer than two options, the condition cannot be followed, or the
        form has another topic.
    Closed : the form is published, and no change of it has been begun.
    """
    form = form_being_written(db, prize_id, stage_id)
    last = max((row.position for row in _room(db, form)), default=0)
    row = Question(form_id=form.id, position=last + 1, kind=kind, wording=wording)
    _write(
        db,
        row,
        kind=kind,
        wording=wording,
        help=help,
        required=required,
        reveals_identity=reveals_identity,
        confidential=confidential,
        word_limit=word_limit,
        size_limit=size_limit,
        unit=unit,
        options=options,
        particulars=particulars,
        only_if=only_if,
        only_if_answers=only_if_answers,
        heading=heading,
        topic=topic,
    )
    _keep(db, form, [row])
    return row.key


@command(Action.EDIT_PRIZE)
def change_question(
    db: Session,
    actor: Actor,
    prize_id: UUID,
    stage_id: UUID,
    question_key: UUID,
    version: int,
    kind: QuestionKind,
    wording: Line,
    help: OptionalHelp = "",  # noqa: A002
    required: bool = True,
    reveals_identity: bool = False,
    confidential: bool = False,
    word_limit: int | None = None,
    size_limit: int | None = None,
    unit: OptionalUnit = "",
    options: tuple[Line, ...] = (),
    particulars: OptionalLine = "",
    only_if: UUID | None = None,
    only_if_answers: tuple[Line, ...] = (),
    heading: OptionalLine = "",
    topic: bool = False,
) -> int:
    """Change a question of a form, as if it were added like this; returns its new version.

    Raises
    ------
    Invalid : as for ``add_question``, the form has no such question, or another question depends on what it was.
    Closed : the form is published, and no change of it has been begun.
    Stale : somebody changed the question meanwhile.
    """
    form = form_being_written(db, prize_id, stage_id)
    row = question_row(db, form.id, question_key)
    unchanged(row, version)
    row.version += 1
    _write(
        db,
        row,
        kind=kind,
        wording=wording,
        help=help,
        required=required,
        reveals_identity=reveals_identity,
        confidential=confidential,
        word_limit=word_limit,
        size_limit=size_limit,
        unit=unit,
        options=options,
        particulars=particulars,
        only_if=only_if,
        only_if_answers=only_if_answers,
        heading=heading,
        topic=topic,
    )
    _keep(db, form, [row])
    return row.version


@command(Action.EDIT_PRIZE)
def copy_question(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, question_key: UUID) -> UUID:
    """Put a copy of a question below it in a form; returns the copy's key.

    Raises
    ------
    Invalid : the form has no such question, or no room for another.
    Closed : the form is published, and no change of it has been begun.
    """
    form = form_being_written(db, prize_id, stage_id)
    copied = question_row(db, form.id, question_key)
    below = [row for row in _room(db, form) if row.position > copied.position]
    for row in below:
        row.position += 1
    copy = Question(
        **copied.model_dump(exclude={"id", "key", "position", "heading", "topic", "version"}),
        position=copied.position + 1,
    )
    _keep(db, form, [*below, copy])
    return copy.key


@command(Action.EDIT_PRIZE)
def remove_question(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, question_key: UUID) -> None:
    """Take a question out of a form.

    Raises
    ------
    Invalid : the form has no such question, or another is asked only after certain answers to it.
    Closed : the form is published, and no change of it has been begun.
    """
    form = form_being_written(db, prize_id, stage_id)
    row = question_row(db, form.id, question_key)
    dependent = next(iter(matching(db, Question, form_id=form.id, only_if=question_key)), None)
    if dependent is not None:
        raise Invalid(
            f"“{dependent.wording}” is asked only after certain answers to this question. Change that first.",
            "question_key",
        )
    db.delete(row)
    _keep(db, form, [])


@command(Action.EDIT_PRIZE)
def move_question(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, question_key: UUID, up: bool) -> None:
    """Let a question change places with its neighbour.

    Raises
    ------
    Invalid : the form has no such question, or one would stand above the question on whose answer it depends.
    Closed : the form is published, and no change of it has been begun.
    """
    form = form_being_written(db, prize_id, stage_id)
    order = _rows(db, form.id)
    here = order.index(question_row(db, form.id, question_key))
    there = here + (-1 if up else 1)
    if 0 <= there < len(order):
        order[here].position, order[there].position = order[there].position, order[here].position
        _keep(db, form, order)


@query(Action.SEE_PRIZE)
def form(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID) -> tuple[QuestionShown, ...]:
    """The questions of a stage's form, in their order; while a change of it is being written, those that it has."""
    stage, prize = db.get(Stage, stage_id), db.get_one(Prize, prize_id)
    if stage is None or stage.prize_id != prize_id:
        return ()
    over = prize.state in (PrizeState.CLOSED, PrizeState.CANCELLED)
    return questions_of(db, (form_in_force if over else newest_form)(db, stage_id).id)


def form_in_force(db: Session, stage_id: UUID) -> EntryForm:
    """The form that entrants fill in: the newest version that is published, in a draft prize the only one."""
    rows = matching(db, EntryForm, stage_id=stage_id)
    return max(rows, key=lambda row: (row.published_at is not None, row.number))


def newest_form(db: Session, stage_id: UUID) -> EntryForm:
    """The version of a form that its designers see, be it published or being written."""
    return max(matching(db, EntryForm, stage_id=stage_id), key=lambda row: row.number)


def questions_of(db: Session, form_id: UUID) -> tuple[QuestionShown, ...]:
    """The questions of one version of a form, in their order."""
    shown, section = [], ""
    for row in _rows(db, form_id):
        section = row.heading or section
        shown.append(_shown(row, section))
    return tuple(shown)


def questions_submitted(db: Session, form_id: UUID) -> tuple[QuestionShown, ...]:
    """The questions under which an entry was submitted. What a later version keeps from others is kept here.

    So is what is asked only after certain answers to such a question.
    """
    form = db.get_one(EntryForm, form_id)
    published = [
        question
        for later in matching(db, EntryForm, stage_id=form.stage_id)
        if later.published_at and later.number > form.number
        for question in questions_of(db, later.id)
    ]
    reveals = {question.key for question in published if question.reveals_identity}
    confidential = {question.key for question in published if question.confidential}
    kept: dict[UUID, QuestionShown] = {}
    for one in questions_of(db, form_id):
        on = kept.get(one.condition.question_key) if one.condition else None  # whether it is asked tells an answer
        kept[one.key] = replace(
            one,
            reveals_identity=one.reveals_identity or one.key in reveals or (on is not None and on.reveals_identity),
            confidential=one.confidential or one.key in confidential or (on is not None and on.confidential),
        )
    return tuple(kept.values())


def question_row(db: Session, form_id: UUID, key: UUID) -> Question:
    """One question of a form.

    Raises
    ------
    Invalid : the form has no such question.
    """
    row = one_matching(db, Question, form_id=form_id, key=key)
    if row is None:
        raise Invalid("The form no longer has this question. Reload the page.", "question_key")
    return row


def form_being_written(db: Session, prize_id: UUID, stage_id: UUID) -> EntryForm:
    """The version of a stage's form that may be changed, locked with its stage.

    Raises
    ------
    Closed : the prize is no longer a draft, and no change of the form has been begun.
    """
    prize = locked(db, Prize, found(db, Stage, stage_id).prize_id)
    own_stage(db, prize_id, locked(db, Stage, stage_id))
    form = newest_form(db, stage_id)
    if prize.state is PrizeState.DRAFT or (prize.state in RUNNING and form.published_at is None):
        return form
    if prize.state in RUNNING:
        raise Closed("This form is published. Begin a change of it, which is then published with its reason.")
    raise Closed(f"This prize is {prize.state.value} and cannot be edited. Return it to its draft first.")


def _room(db: Session, form: EntryForm) -> list[Question]:
    rows = _rows(db, form.id)
    if len(rows) >= MOST_QUESTIONS:
        raise Invalid(f"A form has at most {MOST_QUESTIONS} questions. Remove one first.")
    return rows


def _write(
    db: Session,
    row: Question,
    *,
    kind: QuestionKind,
    wording: str,
    help: str,  # noqa: A002
    required: bool,
    reveals_identity: bool,
    confidential: bool,
    word_limit: int | None,
    size_limit: int | None,
    unit: str,
    options: tuple[str, ...],
    particulars: str,
    only_if: UUID | None,
    only_if_answers: tuple[str, ...],
    heading: str,
    topic: bool,
) -> None:
    if word_limit is not None and not 1 <= word_limit <= MOST_WORDS:
        raise Invalid(f"A word limit lies between 1 and {MOST_WORDS:,}.", "word_limit")
    if size_limit is not None and not 1024 <= size_limit <= LARGEST_FILE:
        raise Invalid("A file may have between 1 KB and 200 MB.", "size_limit")
    if kind is QuestionKind.CHOICE and not 2 <= len(set(options)) == len(options) <= 50:
        raise Invalid("A choice needs between 2 and 50 different options.", "options")
    row.kind, row.wording, row.help, row.heading, row.topic = kind, wording, help, heading, topic
    row.required = required or kind is QuestionKind.DECLARATION
    row.reveals_identity = reveals_identity or kind is QuestionKind.TEAM
    row.confidential, row.word_limit = confidential, word_limit
    row.size_limit = size_limit or (LARGEST_FILE if kind is QuestionKind.FILE else None)
    row.unit = _currency(db, row) if kind is QuestionKind.MONEY else unit
    row.options = list(options)
    row.particulars = particulars if kind is QuestionKind.DECLARATION else ""
    row.only_if, row.only_if_answers = only_if, list(dict.fromkeys(only_if_answers)) if only_if else []


def _currency(db: Session, row: Question) -> str:
    stage = db.get_one(Stage, db.get_one(EntryForm, row.form_id).stage_id)
    return db.get_one(Prize, stage.prize_id).currency


def _keep(db: Session, form: EntryForm, rows: Iterable[Question]) -> None:
    """Keep a form whose questions have changed.

    Raises
    ------
    Invalid : a condition can no longer be followed, or what an entry is about cannot be told like this.
    """
    form.version += 1
    db.add_all([*rows, form])
    db.flush()
    questions = questions_of(db, form.id)
    if wrong := what_does_not_hold(questions):
        raise Invalid(wrong, "only_if")
    if wrong := no_topic(questions):
        raise Invalid(wrong, "topic")


def _rows(db: Session, form_id: UUID) -> list[Question]:
    return sorted(matching(db, Question, form_id=form_id), key=lambda row: row.position)


def _shown(row: Question, section: str) -> QuestionShown:
    return QuestionShown(
        row.key,
        row.position,
        row.kind,
        row.wording,
        row.help,
        row.required,
        row.reveals_identity,
        row.confidential,
        row.word_limit,
        row.size_limit,
        row.unit,
        tuple(row.options),
        row.particulars,
        Condition(row.only_if, tuple(row.only_if_answers)) if row.only_if else None,
        row.heading,
        section,
        row.topic,
        row.version,
    )
