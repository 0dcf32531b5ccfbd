"""The entry form of a stage: its questions, and whether an answer fits one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from prize.models import EntryForm, Question, QuestionKind, Stage
from prize.policy import Action
from prize.prizes import draft_of_stage
from prize.stages import own_stage
from storage.errors import Invalid
from storage.values import Line, OptionalHelp, OptionalUnit

MOST_WORDS = 5_000
LARGEST_FILE = 200 * 1024 * 1024
CONSENT_GIVEN = "yes"


@dataclass(frozen=True)
class QuestionShown:
    """A question as entrants and the public see it. ``size_limit`` is in bytes."""

    key: UUID
    position: int
    kind: QuestionKind
    wording: str
    help: str
    required: bool
    reveals_identity: bool
    confidential: bool
    word_limit: int | None
    size_limit: int | None
    unit: str
    options: tuple[str, ...]


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
) -> UUID:
    """Add a question at the end of a draft prize's form; returns its key.

    Raises
    ------
    Invalid : a limit is out of range, or a choice has fewer than two options.
    Closed : the prize is no longer a draft.
    """
    own_stage(db, prize_id, draft_of_stage(db, stage_id))
    if word_limit is not None and not 1 <= word_limit <= MOST_WORDS:
        raise Invalid(f"A word limit lies between 1 and {MOST_WORDS:,}.", "word_limit")
    if size_limit is not None and not 1024 <= size_limit <= LARGEST_FILE:
        raise Invalid("A file may have between 1 KB and 200 MB.", "size_limit")
    if kind is QuestionKind.CHOICE and not 2 <= len(set(options)) == len(options) <= 50:
        raise Invalid("A choice needs between 2 and 50 different options.", "options")
    form = newest_form(db, stage_id)
    last = max((question.position for question in _rows(db, form.id)), default=0)
    row = Question(
        form_id=form.id,
        position=last + 1,
        kind=kind,
        wording=wording,
        help=help,
        required=required,
        reveals_identity=reveals_identity,
        confidential=confidential,
        word_limit=word_limit,
        size_limit=size_limit or (LARGEST_FILE if kind is QuestionKind.FILE else None),
        unit=unit,
        options=list(options),
    )
    db.add(row)
    form.version += 1
    db.add(form)
    db.flush()
    return row.key


@command(Action.EDIT_PRIZE)
def remove_question(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, question_key: UUID) -> None:
    """Take a question out of a draft prize's form.

    Raises
    ------
    Invalid : the form has no such question.
    Closed : the prize is no longer a draft.
    """
    own_stage(db, prize_id, draft_of_stage(db, stage_id))
    form = newest_form(db, stage_id)
    db.delete(question_row(db, form.id, question_key))
    form.version += 1
    db.add(form)


@command(Action.EDIT_PRIZE)
def move_question(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, question_key: UUID, up: bool) -> None:
    """Let a question change places with its neighbour.

    Raises
    ------
    Invalid : the form has no such question.
    Closed : the prize is no longer a draft.
    """
    own_stage(db, prize_id, draft_of_stage(db, stage_id))
    form = newest_form(db, stage_id)
    order = _rows(db, form.id)
    here = order.index(question_row(db, form.id, question_key))
    there = here + (-1 if up else 1)
    if 0 <= there < len(order):
        order[here].position, order[there].position = order[there].position, order[here].position
        form.version += 1
        db.add_all([*order, form])


@query(Action.SEE_PRIZE)
def form(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID) -> tuple[QuestionShown, ...]:
    """The questions of a stage's form, in their order."""
    stage = db.get(Stage, stage_id)
    return questions_of(db, newest_form(db, stage_id).id) if stage and stage.prize_id == prize_id else ()


def newest_form(db: Session, stage_id: UUID) -> EntryForm:
    rows = db.exec(select(EntryForm).where(col(EntryForm.stage_id) == stage_id)).all()
    return max(rows, key=lambda row: row.number)


def questions_of(db: Session, form_id: UUID) -> tuple[QuestionShown, ...]:
    """The questions of one version of a form, in their order."""
    return tuple(_shown(row) for row in _rows(db, form_id))


def question_row(db: Session, form_id: UUID, key: UUID) -> Question:
    """One question of a form.

    Raises
    ------
    Invalid : the form has no such question.
    """
    row = db.exec(select(Question).where(col(Question.form_id) == form_id, col(Question.key) == key)).one_or_none()
    if row is None:
        raise Invalid("The form no longer has this question. Reload the page.", "question_key")
    return row


def words_in(text: str) -> int:
    """How many words a text has, as entrants and limits count them."""
    return len(text.split())


def misfit(question: QuestionShown, text: str) -> str:
    """Why an answer cannot be submitted, in words; empty when it can. Files are looked at elsewhere."""
    name = f"“{question.wording}”"
    if not text.strip():
        return f"{name} has no answer yet." if question.required else ""
    if question.kind is QuestionKind.CONSENT and text != CONSENT_GIVEN:
        return f"{name} needs your consent." if question.required else ""
    if question.kind is QuestionKind.CHOICE and text not in question.options:
        return f"{name} needs one of its options."
    if question.kind in (QuestionKind.NUMBER, QuestionKind.BASELINE):
        try:
            if not Decimal(text.replace(",", "")).is_finite():
                return f"{name} needs a number."
        except InvalidOperation:
            return f"{name} needs a number in plain digits."
    over = words_in(text) - question.word_limit if question.word_limit else 0
    return (
        f"{name} is {over} word{'s' if over > 1 else ''} over its limit of {question.word_limit}." if over > 0 else ""
    )


def _rows(db: Session, form_id: UUID) -> list[Question]:
    rows = db.exec(select(Question).where(col(Question.form_id) == form_id)).all()
    return sorted(rows, key=lambda row: row.position)


def _shown(row: Question) -> QuestionShown:
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
    )
