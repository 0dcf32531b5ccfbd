"""Entries of a stage that may be the same, since they share a file, a person or an answer.

They are compared when it has closed, and again when one of them is corrected or found not eligible.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import Person
from prize.closing import FIND_DUPLICATES
from prize.entries.conflicts import kept_from
from prize.entries.models import Duplicate, Entry, EntryFile, EntryState, EntryVersion, TeamMember
from prize.entries.near_same import TOGETHER, near_same, paired
from prize.entries.screening import NOT_SUBMITTED, EntryLine, decide_eligibility, entry_lines
from prize.entries.versions import last_number, texts_submitted
from prize.models import EntryForm, Question, QuestionKind, Stage
from prize.policy import Action
from storage.clock import now
from storage.database import locked, matching, reading
from storage.errors import NOT_YOURS, Closed, Invalid, Refused
from storage.files import StoredFile
from storage.jobs import is_unfinished, job
from storage.values import OptionalLine

Pair = tuple[UUID, UUID]
_BOTH = (Duplicate.entry_id, Duplicate.other_id)


@dataclass(frozen=True)
class SharedFile:
    """The same file in two entries, under the names that it has in each."""

    name: str
    other_name: str


@dataclass(frozen=True)
class SharedAnswer:
    """Answers to one question that are nearly the same. ``share`` is of the runs of three words that stand in both."""

    question: str
    share: float
    text: str
    other_text: str


@dataclass(frozen=True)
class DuplicateLine:
    """Two entries that may be the same, and what they share. ``note`` is what the secretariat said of them last."""

    id: UUID
    entry: EntryLine
    other: EntryLine
    files: tuple[SharedFile, ...]
    people: tuple[str, ...]
    answers: tuple[SharedAnswer, ...]
    note: str
    settled: bool


@dataclass(frozen=True)
class Duplicates:
    """The pairs of a stage: those that wait for a decision first, those of one team last. ``searching``: they are still
    being looked for."""

    pairs: tuple[DuplicateLine, ...]
    searching: bool


@dataclass(frozen=True)
class _Found:
    """Pairs of entries and, by question, how alike their answers are."""

    pairs: Mapping[Pair, tuple[tuple[str, float], ...]]


@query(Action.SEE_ENTRIES)
def duplicates(db: Session, actor: Actor, stage_id: UUID) -> Duplicates:
    """The entries of a stage that may be the same. A pair with an entry that the actor must not see is left out."""
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    paired_up = or_(*(col(Entry.id).in_(select(one).where(col(Duplicate.stage_id) == stage_id)) for one in _BOTH))
    lines = {
        line.id: line
        for line in entry_lines(db, paired_up)
        if line.state is EntryState.SUBMITTED and line.id not in kept
    }
    files, people, texts = _files(db, paired_up), _people(db, paired_up), texts_submitted(db, paired_up)
    teams = _teams(db, paired_up)
    names = dict(db.exec(select(Person.id, Person.name).where(col(Person.id).in_(_in_two(people)))).all())
    wordings = _wordings(db, stage_id)
    shown = []

    def in_order(pair: DuplicateLine) -> tuple[bool, bool, str, str]:
        of_one_team = teams[pair.entry.id] == teams[pair.other.id]
        return pair.settled, of_one_team, pair.entry.code or "", pair.other.code or ""

    for row in matching(db, Duplicate, stage_id=stage_id):
        if row.entry_id not in lines or row.other_id not in lines:
            continue
        own, others = (files[one] for one in (row.entry_id, row.other_id))
        said, others_said = (texts.get(one, {}) for one in (row.entry_id, row.other_id))
        entry, other = lines[row.entry_id], lines[row.other_id]
        shared = people[row.entry_id] & people[row.other_id] if teams[entry.id] != teams[other.id] else ()
        shown.append(
            DuplicateLine(
                row.id,
                entry,
                other,
                tuple(SharedFile(name, others[sha256]) for sha256, name in own.items() if sha256 in others),
                tuple(sorted(names[one] for one in shared)),
                tuple(
                    SharedAnswer(wordings[key], share, said.get(key, ""), others_said.get(key, ""))
                    for key, share in row.alike
                ),
                row.note,
                row.decided_at is not None or entry.eligible is False or other.eligible is False,
            )
        )
    return Duplicates(
        tuple(sorted(shown, key=in_order)),
        is_unfinished(db, FIND_DUPLICATES, f"stage {stage_id}"),
    )


@command(Action.SETTLE_DUPLICATE)
def settle_duplicate(
    db: Session,
    actor: Actor,
    stage_id: UUID,
    duplicate_id: UUID,
    note: OptionalLine,
    ineligible_id: UUID | None = None,
) -> None:
    """Say of two entries that they are not the same, or that one of them is not eligible; the latest word counts.

    ``note`` says why; the team of an entry that is found ineligible reads it.

    Raises
    ------
    Refused : the stage has no such pair that the actor may see.
    Invalid : there is no note, or the entry that is found ineligible is neither of the two, or not submitted.
    Closed : an entry is found ineligible when the stage's judging has begun.
    """
    stage = locked(db, Stage, stage_id)
    row = db.get(Duplicate, duplicate_id)
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    if row is None or row.stage_id != stage_id or kept & {row.entry_id, row.other_id}:
        raise Refused(NOT_YOURS)
    if not note:
        raise Invalid("Say how you know. Whoever looks at these two entries later reads it.", "note")
    if ineligible_id is not None:
        if ineligible_id not in (row.entry_id, row.other_id):
            raise Invalid("Choose one of the two entries.", "ineligible_id")
        entry = db.get_one(Entry, ineligible_id)
        if entry.state is not EntryState.SUBMITTED:
            raise Invalid(NOT_SUBMITTED, "ineligible_id")
        if stage.closed_at is None:
            raise Closed("Entries are screened after the stage has closed.")
        decide_eligibility(db, actor, stage, entry, False, note)
    row.note, row.decided_by, row.decided_at = note, actor.person_id, now(db)
    db.add(row)


def _compare(arguments: Mapping[str, Any]) -> _Found:
    """Find the pairs of a stage, outside of any transaction that others wait for."""
    stage_id = UUID(arguments["stage_id"])
    submitted = (col(Entry.stage_id) == stage_id) & (col(Entry.state) == EntryState.SUBMITTED)
    with reading() as db:
        files, people, texts = _files(db, submitted), _people(db, submitted), texts_submitted(db, submitted)
        questions = sorted(_wordings(db, stage_id))
        known = [(row.entry_id, row.other_id) for row in matching(db, Duplicate, stage_id=stage_id)]
        lines, teams = entry_lines(db, submitted), _teams(db, submitted)
    # Those who are out come last: where each is paired with the first alone, it is one that may still be judged.
    lines.sort(key=lambda line: (line.eligible is False, line.code or "", str(line.id)))
    ordered = [line.id for line in lines]
    having: dict[Any, list[UUID]] = defaultdict(list)
    for entry_id in ordered:
        for shared in (*files.get(entry_id, ()), *people.get(entry_id, ())):
            having[shared].append(entry_id)
    pairs: dict[Pair, list[tuple[str, float]]] = {}
    for shared, entries in having.items():
        for one, other in paired(_one_a_team(entries, teams)):
            if isinstance(shared, str) or teams[one] != teams[other]:  # a file; that a team has its own people is known
                pairs[one, other] = []
    for question in questions:
        answered = [entry_id for entry_id in ordered if question in texts.get(entry_id, {})]
        place = {entry_id: at for at, entry_id in enumerate(answered)}
        answered_by_both = ([place[one] for one in pair] for pair in known if place.keys() >= set(pair))
        before = [(min(both), max(both)) for both in answered_by_both]
        for alike in near_same([texts[entry_id][question] for entry_id in answered], before):
            pair = (answered[alike.one], answered[alike.other])
            pairs.setdefault(pair, []).append((question, round(alike.share, 3)))
    return _Found({pair: tuple(alike) for pair, alike in pairs.items()})


@job(FIND_DUPLICATES, before=_compare)
def _keep(db: Session, arguments: Mapping[str, Any], found: _Found) -> None:
    """Keep the pairs that were found. What the secretariat has said of one stays; a pair never goes away."""
    stage_id = UUID(arguments["stage_id"])
    locked(db, Stage, stage_id)
    known = {frozenset((row.entry_id, row.other_id)): row for row in matching(db, Duplicate, stage_id=stage_id)}
    for row in known.values():
        row.alike = []
    for (entry_id, other_id), alike in found.pairs.items():
        row = known.get(frozenset((entry_id, other_id))) or Duplicate(
            stage_id=stage_id, entry_id=entry_id, other_id=other_id, alike=[], found_at=now(db)
        )
        row.alike = [list(one) for one in alike]
        db.add(row)


def _one_a_team(entries: list[UUID], teams: Mapping[UUID, UUID]) -> list[UUID]:
    """Of many entries the first of each team, so that those of one team do not stand in the way of others."""
    if len(entries) <= TOGETHER:
        return entries
    first: dict[UUID, UUID] = {}
    for entry_id in entries:
        first.setdefault(teams[entry_id], entry_id)
    return list(first.values())


def _teams(db: Session, which: ColumnElement[bool]) -> dict[UUID, UUID]:
    return dict(db.exec(select(Entry.id, Entry.team_id).where(which)).all())


def _files(db: Session, which: ColumnElement[bool]) -> dict[UUID, dict[str, str]]:
    """The files of what counts of each entry: the digest of the content, and the name."""
    rows = db.exec(
        select(EntryVersion.entry_id, StoredFile.sha256, EntryFile.name)
        .join(EntryFile, col(EntryFile.entry_version_id) == col(EntryVersion.id))
        .join(StoredFile, col(StoredFile.id) == col(EntryFile.file_id))
        .join(Entry, col(Entry.id) == col(EntryVersion.entry_id))
        .where(which, col(EntryVersion.number) == last_number())
        .order_by(col(EntryFile.name))
    ).all()
    found: dict[UUID, dict[str, str]] = defaultdict(dict)
    for entry_id, sha256, name in rows:
        found[entry_id].setdefault(sha256, name)
    return found


def _people(db: Session, which: ColumnElement[bool]) -> dict[UUID, set[UUID]]:
    """Who belongs to the team of each entry now. An address belongs to one person, so that one of them is enough."""
    rows = db.exec(
        select(Entry.id, TeamMember.person_id)
        .join(TeamMember, col(TeamMember.team_id) == col(Entry.team_id))
        .where(which, col(TeamMember.left_at).is_(None))
    ).all()
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for entry_id, person_id in rows:
        found[entry_id].add(person_id)
    return found


def _in_two(people: Mapping[UUID, set[UUID]]) -> list[UUID]:
    """The people of more than one of some entries."""
    seen: set[UUID] = set()
    twice: set[UUID] = set()
    for own in people.values():
        twice |= own & seen
        seen |= own
    return sorted(twice)


def _wordings(db: Session, stage_id: UUID) -> dict[str, str]:
    """The questions that a stage has answered in text, each as it was worded last."""
    rows = db.exec(
        select(Question.key, Question.wording)
        .join(EntryForm, col(EntryForm.id) == col(Question.form_id))
        .where(col(EntryForm.stage_id) == stage_id, col(Question.kind) == QuestionKind.TEXT)
        .order_by(col(EntryForm.number))
    ).all()
    return {str(key): wording for key, wording in rows}
