"""The agenda of the panel's meeting: first the undecided band, then what judges differ about most.

What is proposed, and every number in its reasons, comes from the entries that whoever looks may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command
from judging.analyses.shown import Standing
from judging.panel.minutes import standing_minutes
from judging.panel.models import AgendaItem, ItemReason, Meeting
from judging.panel.naming import must_name_nobody
from judging.panel.policy import Action
from judging.panel.sheet import SheetLine, sheet_lines
from judging.panel.standing import held, item_held
from prize.entries.conflicts import kept_from
from prize.entries.models import Entry, EntryState
from storage.clock import now
from storage.database import matching, one_matching, unchanged
from storage.errors import Closed, Invalid
from storage.values import Line, OptionalLine

MOST_DIFFERENT: Final = 5
"""How many entries outside the undecided band are proposed because judges differ about them."""
NO_SUCH_ENTRY: Final = "No submitted entry has this code. Look at the panel sheet for the codes."


@dataclass(frozen=True)
class Proposal:
    """An entry that is worth discussing, and why."""

    entry_id: UUID
    reason: ItemReason


@dataclass(frozen=True)
class ItemShown:
    """An item of the agenda, and why it is there in words. ``recorded`` says that minutes of the stage have it."""

    id: UUID
    entry_id: UUID
    code: str
    why: str
    withdrawn: bool
    recorded: bool


@command(Action.SET_AGENDA)
def propose_items(db: Session, actor: Actor, meeting_id: UUID) -> int:
    """Put on the agenda what the newest analysis proposes and is not on it yet; returns how many entries.

    Raises
    ------
    Closed : the meeting is closed, or the stage is not being decided.
    """
    meeting = held(db, meeting_id)
    return add_proposed(db, actor, meeting)


@command(Action.SET_AGENDA)
def add_item(db: Session, actor: Actor, meeting_id: UUID, code: Line, words: OptionalLine) -> UUID:
    """Put an entry on the agenda by its code, with the reason if there is one; returns the item.

    Raises
    ------
    Invalid : there is no such entry, it is on the agenda, or the words tell who is behind an entry.
    Closed : the meeting is closed, or the stage is not being decided.
    """
    meeting = held(db, meeting_id)
    entry = entry_by_code(db, actor.person_id, meeting.stage_id, code)
    item = one_matching(db, AgendaItem, meeting_id=meeting_id, entry_id=entry.id)
    if item is not None and item.removed_at is None:
        raise Invalid(f"{entry.code} is on the agenda already.", "code")
    must_name_nobody(db, actor, meeting, entry.id, words, "words")
    return _add(db, meeting, entry.id, ItemReason.ADDED, words).id


@command(Action.CHANGE_ITEM)
def remove_item(db: Session, actor: Actor, item_id: UUID) -> None:
    """Take an entry off the agenda.

    Raises
    ------
    Closed : it was presented already, the meeting is closed, or the stage is not being decided.
    """
    _, item = item_held(db, item_id)
    if item.presented_at is not None:
        raise Closed("The panel has discussed this entry, so it stays on the agenda.")
    item.removed_at = now(db)
    db.add(item)


@command(Action.CHANGE_ITEM)
def move_item(db: Session, actor: Actor, item_id: UUID, version: int, earlier: bool) -> None:
    """Discuss an entry before the one above it, or after the one below.

    Raises
    ------
    Closed : the meeting is closed, or the stage is not being decided.
    Stale : the agenda was changed, or another entry presented, since the page was drawn.
    """
    meeting, item = item_held(db, item_id)
    unchanged(meeting, version)
    rows = visible_items(db, meeting, actor.person_id)
    at = rows.index(item)
    beside = at - 1 if earlier else at + 1
    if not 0 <= beside < len(rows):
        return
    other = rows[beside]
    item.position, other.position = other.position, item.position
    meeting.version += 1
    db.add_all([item, other, meeting])


def add_proposed(db: Session, actor: Actor, meeting: Meeting) -> int:
    """Put at the end of the agenda what is proposed, not on it and not decided by the panel; how many entries."""
    known = {row.entry_id for row in matching(db, AgendaItem, meeting_id=meeting.id, removed_at=None)}
    known |= {key for key, minute in standing_minutes(db, meeting.stage_id).items() if minute.outcome}
    fresh = [each for each in proposals(db, actor.person_id, meeting.stage_id) if each.entry_id not in known]
    for each in fresh:
        _add(db, meeting, each.entry_id, each.reason)
    return len(fresh)


def proposals(db: Session, person_id: UUID | None, stage_id: UUID) -> tuple[Proposal, ...]:
    """What is worth discussing: the undecided band, the closest to even first; then the greatest disagreement."""
    kept = kept_from(db, person_id, stage_id=stage_id)
    lines = sheet_lines(db, stage_id, kept)
    band = [line for line in lines if line.standing is Standing.UNDECIDED]
    band.sort(key=lambda line: abs((line.chance or 0.0) - 0.5))
    rest = [line for line in lines if line.standing is not Standing.UNDECIDED and line.spread]
    rest.sort(key=lambda line: -(line.spread or 0.0))
    return (
        *(Proposal(line.entry_id, ItemReason.UNDECIDED) for line in band),
        *(Proposal(line.entry_id, ItemReason.DISAGREEMENT) for line in rest[:MOST_DIFFERENT]),
    )


def visible_items(db: Session, meeting: Meeting, person_id: UUID | None) -> list[AgendaItem]:
    """The agenda without what this person must not see, in its order."""
    kept = kept_from(db, person_id, stage_id=meeting.stage_id)
    every = matching(db, AgendaItem, meeting_id=meeting.id, removed_at=None)
    rows = [row for row in every if row.entry_id not in kept]
    return sorted(rows, key=lambda row: row.position)


def shown_items(
    db: Session, items: Sequence[AgendaItem], lines: Sequence[SheetLine], recorded: frozenset[UUID]
) -> tuple[ItemShown, ...]:
    """The items with their reasons in words, as the numbers stand for whoever looks."""
    by_entry = {line.entry_id: line for line in lines}
    shown = []
    for item in items:
        entry = db.get_one(Entry, item.entry_id)
        shown.append(
            ItemShown(
                item.id,
                entry.id,
                str(entry.code),
                _why(item, by_entry.get(entry.id)),
                entry.state is not EntryState.SUBMITTED,
                entry.id in recorded,
            )
        )
    return tuple(shown)


def entry_by_code(db: Session, person_id: UUID | None, stage_id: UUID, code: str) -> Entry:
    """The submitted entry of a stage with this code.

    Raises
    ------
    Invalid : there is none that this person may see.
    """
    entry = one_matching(db, Entry, stage_id=stage_id, code=code.upper())
    if entry is None or entry.state is not EntryState.SUBMITTED:
        raise Invalid(NO_SUCH_ENTRY, "code")
    if entry.id in kept_from(db, person_id, stage_id=stage_id):
        raise Invalid(NO_SUCH_ENTRY, "code")
    return entry


def _add(db: Session, meeting: Meeting, entry_id: UUID, reason: ItemReason, words: str = "") -> AgendaItem:
    rows = matching(db, AgendaItem, meeting_id=meeting.id)
    item = next((row for row in rows if row.entry_id == entry_id), None)
    item = item or AgendaItem(meeting_id=meeting.id, entry_id=entry_id, position=0, reason=reason)
    item.position = max((row.position for row in rows), default=0) + 1
    item.reason, item.words, item.removed_at = reason, words, None
    db.add(item)
    db.flush()
    return item


def _why(item: AgendaItem, line: SheetLine | None) -> str:
    match item.reason:
        case ItemReason.ADDED:
            return item.words or "Added by hand"
        case ItemReason.DISAGREEMENT:
            return "Judges differ" + (f" by {line.spread:.1f} points" if line and line.spread else "")
    if line is None or line.chance is None:
        return "Undecided"
    return f"Undecided: its chance of a place is {100 * line.chance:.0f} %"
