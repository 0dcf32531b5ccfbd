"""Scores from paper score sheets: shown as they would be kept, then entered as a whole or not at all.

What a judge has saved on screen is never replaced unless that is asked for, and the judge is told. A score that was
entered is in the history like any other, and ``PaperScore`` says who entered it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import Person
from accounts.people import find_person
from judging import messages
from judging.importing import ENTRY
from judging.models import Assignment, Comment, CommentReader, CommentSave, GateAnswer, Score, Scorecard
from judging.paper_models import PaperScore
from judging.policy import Action, panel_member
from judging.scorecards import (
    Reveal,
    card_of,
    comments_of,
    keep_score,
    must_be_judging,
    reveal_of,
    scores_of,
    was_written_blind,
)
from prize.entries.conflicts import conflicts_of_stage, kept_from
from prize.entries.models import Entry
from prize.models import Prize, Seen, Stage
from prize.rubric import CriterionShown, GateShown, RubricShown, rubric_of
from prize.scoring import Scoring, scoring_of
from storage.clock import now
from storage.database import locked, matching, one_matching
from storage.sheets.columns import Problem
from storage.sheets.matching import Kind, Wanted, by_name
from storage.sheets.planning import (
    NOTHING_MATCHED,
    Fate,
    Imported,
    MatchedSheet,
    Plan,
    PlannedRow,
    done,
    misfits,
    must_be_as_shown,
    plan_of,
    read_matched,
)
from storage.values import OptionalProse, Reference

MOST_SCORES: Final = 5_000
PAPER: Final = "from paper"
"""Stands for the tab in which a comment was typed."""
CANNOT_JUDGE: Final = "cannot judge"
REPLACE: Final = "Say that what judges have saved is replaced, or delete the row."
COMMENTS: Final[Mapping[str, CommentReader]] = {"entrant": CommentReader.ENTRANT, "panel": CommentReader.PANEL}
WANTED_OF_SCORES: Final = (
    Wanted("email", "Judge", "The judge's mail address", Kind.EMAIL, called=("judge e-mail", "mail address", "email")),
    ENTRY,
    Wanted("item", "Criterion", "Its name, or a gate question", called=("question",)),
    Wanted("score", "Score", "Points, “cannot judge”, or yes or no", called=("points", "mark")),
    Wanted("entrant", "Comment for the entrant", "Once for an entry", otherwise="", called=("comment",)),
    Wanted("panel", "Comment for the panel", "Once for an entry", otherwise=""),
)

_NUMBER: Final = re.compile(r"-?[0-9]{1,6}(?:[.,][0-9]{1,6})?")
_COMMENT: Final[TypeAdapter[str]] = TypeAdapter(OptionalProse)


@dataclass(frozen=True)
class _Said:
    """What a sheet says of a criterion (``points`` in steps, or that the judge cannot) or of a gate question."""

    words: str
    points: int | None = None
    yes: bool | None = None

    @property
    def cannot(self) -> bool:
        return self.points is None and self.yes is None


@dataclass(frozen=True)
class _Row:
    """A row to enter. ``scores``: it says something else than what stands there.

    ``replaced`` is what the judge has saved on screen and would no longer stand: answers by key, comments by reader.
    """

    assignment: Assignment
    item: UUID
    said: _Said
    comments: Mapping[CommentReader, str]
    scores: bool
    fate: Fate
    replaced: frozenset[UUID | CommentReader]


@dataclass
class _Card:
    """What stands on a card now: an answer by criterion or gate question, and which of them came from paper."""

    card: Scorecard | None
    reveal: Reveal
    stands: dict[UUID, _Said] = field(default_factory=dict)
    from_paper: set[UUID] = field(default_factory=set)
    comments: dict[CommentReader, Comment] = field(default_factory=dict)
    told: dict[CommentReader, str] = field(default_factory=dict)


@query(Action.ENTER_SCORES)
def planned_scores(
    db: Session, actor: Actor, stage_id: UUID, given: MatchedSheet = NOTHING_MATCHED, replaces: bool = False
) -> Plan:
    """Which scores an import would enter. ``replaces``: also where the judge has saved another one on screen.

    Raises
    ------
    Invalid : there is no row, or there are more than 5,000.
    """
    return _planned(db, actor, db.get_one(Stage, stage_id), given, replaces)[0]


@command(Action.ENTER_SCORES)
def import_scores(
    db: Session, actor: Actor, stage_id: UUID, given: MatchedSheet, shown: Reference, replaces: bool = False
) -> Imported:
    """Enter what ``planned_scores`` has shown; ``shown`` is the digest of that plan.

    Raises
    ------
    Invalid : anything in the sheet is wrong.
    Stale : scores or comments have changed since the plan was shown.
    Closed : the stage is not being judged now.
    """
    stage = locked(db, Stage, stage_id)
    must_be_judging(db, stage)
    for assignment_id in sorted({row.assignment.id for row in _planned(db, actor, stage, given, replaces)[1]}):
        locked(db, Assignment, assignment_id)  # no judge saves between the plan and what comes of it
    db.expire_all()  # what was read before the locks may have changed since
    plan, rows = _planned(db, actor, stage, given, replaces)
    must_be_as_shown(plan, shown)
    for row in rows:
        if row.fate is not Fate.THERE:
            _enter(db, actor, row)
    _tell_judges(db, stage, rows)
    return done(plan)


def _tell_judges(db: Session, stage: Stage, rows: Sequence[_Row]) -> None:
    """Tell each judge how much of what they had saved on screen was replaced."""
    counts = Counter(
        judge_id
        for judge_id, *_ in {(row.assignment.judge_id, row.assignment.id, key) for row in rows for key in row.replaced}
    )
    prize, moment_now = db.get_one(Prize, stage.prize_id), now(db)
    for judge_id, count in counts.items():
        messages.paper_replaced(db, prize, stage, judge_id, count, at=moment_now)


def _enter(db: Session, actor: Actor, row: _Row) -> None:
    card = card_of(db, row.assignment, on_paper=True)
    if row.scores:
        if row.said.yes is None:
            score = one_matching(db, Score, scorecard_id=card.id, criterion_key=row.item)  # also one taken back
            saved_at = keep_score(db, card, score, row.item, row.said.points, row.said.cannot).saved_at
        else:
            given = matching(db, GateAnswer, scorecard_id=card.id, gate_key=row.item)
            number, saved_at = max((answer.number for answer in given), default=0) + 1, now(db)
            db.add(
                GateAnswer(scorecard_id=card.id, gate_key=row.item, number=number, yes=row.said.yes, saved_at=saved_at)
            )
        assert actor.person_id is not None
        db.add(PaperScore(scorecard_id=card.id, item_key=row.item, entered_by=actor.person_id, entered_at=saved_at))
    for reader, text in row.comments.items():
        _write(db, card, reader, text)
    db.flush()


def _write(db: Session, card: Scorecard, reader: CommentReader, text: str) -> None:
    """Keep a comment; the text that it replaces goes into the history."""
    comment = one_matching(db, Comment, scorecard_id=card.id, reader=reader)
    if comment is None:
        comment = Comment(scorecard_id=card.id, reader=reader, saved_at=now(db), version=0)
    elif comment.text == text:
        return
    else:
        db.add(
            CommentSave(
                comment_id=comment.id,
                text=comment.text,
                saved_at=comment.saved_at,
                tab=comment.tab,
                save_number=comment.save_number,
            )
        )
    comment.text, comment.saved_at, comment.tab, comment.save_number = text, now(db), PAPER, 0
    comment.version += 1
    db.add(comment)


def _planned(db: Session, actor: Actor, stage: Stage, given: MatchedSheet, replaces: bool) -> tuple[Plan, list[_Row]]:
    columns = ("Judge", "Entry", "Criterion", "Score", "Comments")
    read = read_matched(given, WANTED_OF_SCORES, MOST_SCORES)
    if read.problems:
        return plan_of(read, columns, ()), []
    rubric, scoring = rubric_of(db, stage.id), scoring_of(db, stage.id)
    scored: tuple[CriterionShown | GateShown, ...] = (*rubric.criteria, *rubric.gates)
    items = by_name((_name(item), item) for item in scored)
    kept = kept_from(db, actor.person_id, stage_id=stage.id)
    apart = conflicts_of_stage(db, stage.id)
    entries = {
        entry.code.casefold(): entry
        for entry in matching(db, Entry, stage_id=stage.id)
        if entry.code and entry.id not in kept
    }
    asked = {
        (row.judge_id, row.entry_id): row
        for row in matching(db, Assignment, stage_id=stage.id, withdrawn_at=None)
        if (row.judge_id, row.entry_id) not in apart
    }
    people: dict[str, Person | None] = {}
    cards: dict[UUID, _Card] = {}
    problems = [problem for key in COMMENTS for problem in misfits(read, key, "Comment", _COMMENT)]
    first: dict[tuple[UUID, UUID], int] = {}
    planned, rows, stands = [], [], []
    for one in read.rows:
        email = one.values["email"]
        if email not in people:
            person = find_person(db, email)
            people[email] = person if person and panel_member(db, person.id, stage.id) else None
        judge, entry = people[email], entries.get(one.values["code"].casefold())
        there = items(one.values["item"])
        assignment = asked.get((judge.id, entry.id)) if judge and entry else None
        if judge is None:
            problems.append(Problem(one.number, "Judge", "Nobody on this panel has this address. Check it."))
        elif entry is None:
            problems.append(Problem(one.number, "Entry", "No entry of this stage has this code. Check it."))
        elif not there:
            names = ", ".join(criterion.name for criterion in rubric.criteria)
            problems.append(Problem(one.number, "Criterion", f"The rubric has no such criterion. It has {names}."))
        elif len(there) > 1:
            names = " or ".join(f"“{_name(item)}”" for item in there)
            problems.append(Problem(one.number, "Criterion", f"It may be {names}. Write it exactly like one of them."))
        elif assignment is None:
            problems.append(Problem(one.number, "Entry", f"{judge.name} is not asked to score {entry.code}."))
        elif isinstance(said := _said(one.values["score"], item := there[0], rubric), str):
            problems.append(Problem(one.number, "Score", said))
        elif (earlier := first.setdefault((assignment.id, item.key), one.number)) != one.number:
            words = f"The same score stands in row {earlier} already. Keep one of them."
            problems.append(Problem(one.number, "Criterion", words))
        else:
            card = cards.get(assignment.id) or _card(db, assignment, scoring, rubric)
            cards[assignment.id] = card
            row = _row(card, assignment, item.key, said, one.values)
            seen = scoring.seen.get(item.key, Seen.BLIND)
            wrong = _closed(db, assignment, card, seen) or _unwanted(card, row, replaces)
            problems += [Problem(one.number, column, words) for column, words in wrong]
            before = card.stands.get(item.key) if row.scores else None
            was = f" (was {before.words})" if before else ""
            other = {
                reader: card.comments[reader].text for reader in row.comments if _differs(card, reader, row.comments)
            }
            noted = ", ".join(
                f"for the {reader.value}{' (replaces another)' if reader in other else ''}" for reader in row.comments
            )
            cells = (judge.name, str(entry.code), _name(item), said.words + was, noted)
            planned.append(PlannedRow(one.number, row.fate, cells))
            rows.append(row)
            stands.append([was, sorted(map(str, row.replaced)), other])
    return plan_of(read, columns, planned, problems, stands), rows


def _row(card: _Card, assignment: Assignment, item: UUID, said: _Said, values: Mapping[str, Any]) -> _Row:
    before = card.stands.get(item)
    comments = {reader: text for key, reader in COMMENTS.items() if (text := values[key].strip())}
    differ = any(reader not in card.comments or card.comments[reader].text != comments[reader] for reader in comments)
    scores = before != said
    fate = Fate.NEW if before is None else Fate.CHANGED if scores or differ else Fate.THERE
    replaced: set[UUID | CommentReader] = {
        reader for reader in comments if _differs(card, reader, comments) and card.comments[reader].tab != PAPER
    }
    if before is not None and scores and item not in card.from_paper:
        replaced.add(item)
    return _Row(assignment, item, said, comments, scores, fate, frozenset(replaced))


def _differs(card: _Card, reader: CommentReader, comments: Mapping[CommentReader, str]) -> bool:
    """Whether a comment stands on a card that says something else than the sheet's."""
    stands = card.comments.get(reader)
    return stands is not None and bool(stands.text.strip()) and stands.text != comments[reader]


def _name(item: CriterionShown | GateShown) -> str:
    return item.name if isinstance(item, CriterionShown) else item.wording


def _said(text: str, item: CriterionShown | GateShown, rubric: RubricShown) -> _Said | str:
    """What a cell says of a criterion or gate question, or why it cannot."""
    plain = text.strip().casefold()
    if isinstance(item, GateShown):
        return _Said(plain, yes=plain == "yes") if plain in ("yes", "no") else f"“{text}” is neither yes nor no."
    if plain == CANNOT_JUDGE:
        return _Said(CANNOT_JUDGE)
    kind = "whole" if rubric.steps_per_point == 1 else "whole or half"
    scale = f"A score is a {kind} number from {rubric.lowest} to {rubric.highest}, or “{CANNOT_JUDGE}”."
    if not _NUMBER.fullmatch(plain):
        return f"“{text}” is not a score. {scale}"
    steps = Decimal(plain.replace(",", ".")) * rubric.steps_per_point
    if steps != steps.to_integral_value() or int(steps) not in rubric.steps:
        return f"“{text}” is not on the scale. {scale}"
    return _Said(rubric.words(int(steps)), points=int(steps))


def _card(db: Session, assignment: Assignment, scoring: Scoring, rubric: RubricShown) -> _Card:
    held = one_matching(db, Scorecard, assignment_id=assignment.id)
    found = _Card(held, reveal_of(scoring, held))
    if held is None:
        return found
    paper = {(row.item_key, row.entered_at) for row in matching(db, PaperScore, scorecard_id=held.id)}
    for key, score in scores_of(db, (assignment.id,))[assignment.id].items():
        words = CANNOT_JUDGE if score.points is None else rubric.words(score.points)
        found.stands[key] = _Said(words, points=score.points)
        if (key, score.saved_at) in paper:
            found.from_paper.add(key)
    for answer in sorted(matching(db, GateAnswer, scorecard_id=held.id), key=lambda row: row.number):
        found.stands[answer.gate_key] = _Said("yes" if answer.yes else "no", yes=answer.yes)
        found.from_paper.discard(answer.gate_key)
        if (answer.gate_key, answer.saved_at) in paper:
            found.from_paper.add(answer.gate_key)
    found.comments = comments_of(db, assignment.id)
    return found


def _closed(db: Session, assignment: Assignment, card: _Card, seen: Seen) -> list[tuple[str, str]]:
    """Why nothing can be entered on a card, or on this side of its reveal."""
    seat = panel_member(db, assignment.judge_id, assignment.stage_id)
    if seat is None or seat.finished_at is not None or (card.card is not None and card.card.locked_at is not None):
        return [("Judge", "This judge has finished, so these scores stand as they are.")]
    if card.reveal is Reveal.AHEAD and seen is Seen.AFTER_REVEAL:
        return [("Criterion", "It is scored after the reveal, which the judge passes on screen.")]
    if card.reveal is Reveal.DONE and seen is Seen.BLIND:
        return [("Criterion", "The judge has locked this part of the card. It stands as it is.")]
    return []


def _unwanted(card: _Card, row: _Row, replaces: bool) -> list[tuple[str, str]]:
    """Comments that rows of one card say differently, that are locked, and what would be replaced unasked."""
    wrong = []
    for reader, text in row.comments.items():
        column = f"Comment for the {reader.value}"
        if card.told.setdefault(reader, text) != text:
            wrong.append((column, "An earlier row has another comment on the same entry. Write it once."))
        if not _differs(card, reader, row.comments):
            continue
        if was_written_blind(card.card, card.comments[reader]):
            wrong.append((column, "The judge has locked this comment. It stands as it is."))
        elif reader in row.replaced and not replaces:
            wrong.append((column, f"The judge has written another one on screen. {REPLACE}"))
    if row.item in row.replaced and not replaces:
        wrong.append(("Score", f"The judge has saved {card.stands[row.item].words} on screen. {REPLACE}"))
    return wrong
