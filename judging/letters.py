"""Feedback letters: what each team is told, put together from the decision, its scores and the judges' comments.

Judges stay unnamed: the decision's reason, each condition of due diligence and each comment is searched for the names
of the stage's judges, and what is found is taken out, or said to be no name, before anything is released.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.people import person_card
from judging.analyses.fairness import CriterionTold, OwnPlace, own_place, own_scores
from judging.checks import conditions_of
from judging.decisions import decision_on
from judging.draws import must_not_be_shut_out
from judging.models import Assignment, Comment, CommentReader, Decision, Outcome, Scorecard
from judging.named_judges import judges_sought, only_names_gone, without_names
from judging.outcome_models import LetterEdit
from judging.policy import Action
from prize.entries.conflicts import kept_from
from prize.entries.models import Entry
from prize.entries.names import find_names
from prize.models import Prize, Stage, StageState
from storage.canonical import digest
from storage.clock import now
from storage.database import found, locked, matching
from storage.errors import Closed, Invalid, Stale
from storage.values import OptionalProse, Reference

REASON: Final = "reason"
CONDITION: Final = "condition: "
"""Before the check to which a condition belongs."""
ONLY_NAMES: Final = (
    "More than a judge's name was changed. Take out the name alone, or write […] in its place: the other words are the "
    "panel's and the sponsor's."
)
SETTLED_IN: Final = (StageState.DECIDING, StageState.CONFIRMED)
WRITTEN_IN: Final = (*SETTLED_IN, StageState.RELEASED)


@dataclass(frozen=True)
class Letter:
    """What a team is told. ``places`` is how many there were; place and scores are there as far as the rules tell them.

    ``released_at`` is None for a preview.
    """

    prize: str
    stage: str
    zone: str
    code: str
    outcome: Outcome
    reason: str
    conditions: tuple[str, ...]
    places: int
    own: OwnPlace | None
    scores: tuple[CriterionTold, ...]
    comments: tuple[str, ...]
    released_at: datetime | None


@dataclass(frozen=True)
class NamedPassage:
    """A text of a letter in which the name of a judge may stand.

    ``about`` is the reason, a condition or a comment's id. ``settled`` says what was decided: the text that the team
    reads, and whether it is no name. ``without`` is the text with “[…]” in the place of each name.
    """

    entry_id: UUID
    code: str
    about: str
    text: str
    names: tuple[str, ...]
    excerpt: str
    without: str
    seen: str
    settled: bool
    no_name: bool
    edited: str
    settled_by: str


@dataclass(frozen=True)
class _Passage:
    """A text as it was written, before anything is taken out of it."""

    entry_id: UUID
    about: str
    text: str

    @property
    def of_a_check(self) -> bool:
        return self.about.startswith(CONDITION)

    @property
    def digest(self) -> str:
        return digest([self.about, self.text])


@command(Action.SETTLE_NAME)
def settle_name(
    db: Session, actor: Actor, entry_id: UUID, about: Reference, seen: Reference, edited: OptionalProse = ""
) -> None:
    """Take a judge's name out of a text of a letter, or say that it is none: then ``edited`` is empty.

    Nothing else of the text changes, since the sponsor confirms it as it was written. What was written stays on record,
    and the latest decision counts. ``seen`` is the digest of the text that the page showed.

    Raises
    ------
    Invalid : nothing was found in such a text, a name still stands in what was edited, or more than names was changed.
    Closed : judging has not ended, or the letters are released.
    Stale : the text was changed meanwhile.
    """
    entry = found(db, Entry, entry_id)
    stage = locked(db, Stage, entry.stage_id)
    must_not_be_shut_out(db, actor.person_id, stage)
    if stage.state not in SETTLED_IN:
        raise Closed("Letters are put right after judging has ended and before they are released.")
    passage = next((each for each in _passages(db, stage.id, entry_id) if each.about == about), None)
    judges = judges_sought(db, stage.id)
    if passage is None or not find_names(passage.text, about, judges):
        raise Invalid("No name was found in this text, so there is nothing to decide.", "about")
    if passage.digest != seen:
        raise Stale("This text was changed after you opened the page. Look at what it says now.")
    if left := find_names(edited, about, judges):
        raise Invalid(f"“{left[0].name}” still stands in the text. Take it out, or say that it is no name.", "edited")
    if edited and not only_names_gone(passage.text, edited, judges):
        raise Invalid(ONLY_NAMES, "edited")
    assert actor.person_id is not None
    db.add(
        LetterEdit(
            entry_id=entry_id,
            about=about,
            number=1 + len(matching(db, LetterEdit, entry_id=entry_id, about=about)),
            text_digest=seen,
            no_name=not edited,
            edited=edited,
            decided_by=actor.person_id,
            decided_at=now(db),
        )
    )


@query(Action.SEE_LETTERS)
def named_passages(db: Session, actor: Actor, stage_id: UUID) -> tuple[NamedPassage, ...]:
    """Where the letters of a stage may name a judge: what waits for a decision first."""
    stage = db.get_one(Stage, stage_id)
    must_not_be_shut_out(db, actor.person_id, stage)
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    codes = {entry.id: str(entry.code) for entry in matching(db, Entry, stage_id=stage_id)}
    judges, lines = judges_sought(db, stage_id), []
    for passage in _passages(db, stage_id):
        hits = find_names(passage.text, passage.about, judges)
        if not hits or passage.entry_id in kept:
            continue
        edit = _edit(db, passage)
        lines.append(
            NamedPassage(
                passage.entry_id,
                codes[passage.entry_id],
                passage.about,
                passage.text,
                tuple(hit.name for hit in hits),
                hits[0].excerpt,
                without_names(passage.text, judges),
                passage.digest,
                edit is not None,
                edit is not None and edit.no_name,
                edit.edited if edit else "",
                person_card(db, edit.decided_by).name if edit else "",
            )
        )
    return tuple(sorted(lines, key=lambda line: (line.settled, line.code, line.text)))


@query(Action.PREVIEW_LETTER)
def letter_preview(db: Session, actor: Actor, entry_id: UUID) -> Letter | None:
    """The letter of an entry as its team would read it now; None while nothing is decided about it.

    Place and spread are those without the entries that the reader must not see.
    """
    entry = db.get_one(Entry, entry_id)
    stage = db.get_one(Stage, entry.stage_id)
    must_not_be_shut_out(db, actor.person_id, stage)
    row = decision_on(db, entry_id)
    if row is None or stage.state not in WRITTEN_IN:
        return None
    return letter_of(db, entry, row, kept_from(db, actor.person_id, stage_id=stage.id))


def letter_of(db: Session, entry: Entry, row: Decision, without: Set[UUID] = frozenset()) -> Letter:
    """The letter of an entry, computed as if entries ``without`` did not exist; callers have checked who asks."""
    stage = db.get_one(Stage, entry.stage_id)
    prize = db.get_one(Prize, stage.prize_id)
    texts = told_texts(db, stage.id, entry.id)
    return Letter(
        prize.title,
        stage.name,
        prize.zone,
        str(entry.code),
        row.outcome,
        texts.reason,
        texts.conditions,
        stage.places,
        own_place(db, stage, entry.id, without),
        own_scores(db, stage, entry.id, without),
        texts.comments,
        stage.released_at,
    )


@dataclass(frozen=True)
class ToldTexts:
    """What a team reads of what people wrote, judges unnamed."""

    reason: str
    conditions: tuple[str, ...]
    comments: tuple[str, ...]


def told_texts(db: Session, stage_id: UUID, entry_id: UUID) -> ToldTexts:
    """The texts of a letter, without what was taken out of them; comments in an order that tells no judge."""
    told = [replace(passage, text=_told(db, passage)) for passage in _passages(db, stage_id, entry_id)]
    reason = next((passage.text for passage in told if passage.about == REASON), "")
    conditions = tuple(passage.text for passage in told if passage.of_a_check)
    comments = (passage.text for passage in told if passage.about != REASON and not passage.of_a_check)
    return ToldTexts(reason, conditions, tuple(sorted(comments)))


def unsettled(db: Session, stage_id: UUID) -> frozenset[UUID]:
    """The entries of a stage in whose letter a judge may be named, and nobody has decided about it."""
    judges = judges_sought(db, stage_id)
    return frozenset(
        passage.entry_id
        for passage in _passages(db, stage_id)
        if find_names(passage.text, passage.about, judges) and _edit(db, passage) is None
    )


def _told(db: Session, passage: _Passage) -> str:
    edit = _edit(db, passage)
    return passage.text if edit is None or edit.no_name else edit.edited


def _edit(db: Session, passage: _Passage) -> LetterEdit | None:
    """What was decided last about a text as it stands."""
    rows = matching(db, LetterEdit, entry_id=passage.entry_id, about=passage.about, text_digest=passage.digest)
    return max(rows, key=lambda row: row.number, default=None)


def _passages(db: Session, stage_id: UUID, entry_id: UUID | None = None) -> Iterator[_Passage]:
    """The texts of a stage's letters, or of one."""
    decided = matching(db, Decision, **({"entry_id": entry_id} if entry_id else {"stage_id": stage_id}))
    for row in decided:
        yield _Passage(row.entry_id, REASON, row.reason)
    for about_entry, check, note in conditions_of(db, stage_id):
        if entry_id in (None, about_entry):
            yield _Passage(about_entry, f"{CONDITION}{check.value}", note)
    comments = (
        select(Assignment.entry_id, Comment.id, Comment.text)
        .join(Scorecard, col(Scorecard.assignment_id) == col(Assignment.id))
        .join(Comment, col(Comment.scorecard_id) == col(Scorecard.id))
        .where(
            col(Assignment.stage_id) == stage_id,
            col(Assignment.withdrawn_at).is_(None),
            col(Comment.reader) == CommentReader.ENTRANT,
        )
    )
    if entry_id is not None:
        comments = comments.where(col(Assignment.entry_id) == entry_id)
    for about_entry, comment_id, text in db.exec(comments).all():
        if text.strip():
            yield _Passage(about_entry, str(comment_id), text)
