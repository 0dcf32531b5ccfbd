"""The entry form changed after its publication: written aside, then published as a new version with a reason.

What was submitted stands under the version that it names, and a draft keeps its answers by question. Everybody who has
begun an entry is told; whoever has submitted one is told what it means for what they have sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from prize import messages
from prize.changes import announce, must_be_running
from prize.entries.models import Entry
from prize.entries.teams import member_ids
from prize.entries.versions import submitted_entries, submitted_version
from prize.form import form_in_force, newest_form, questions_of
from prize.form_differences import Difference, differences
from prize.lifecycle import Phase
from prize.models import EntryForm, Prize, PrizeChange, Question, Stage
from prize.policy import Action
from prize.prizes import RUNNING
from prize.readiness import must_stay_ready
from prize.stages import own_stage, shown_stage
from storage.clock import now
from storage.database import locked, matching, remove_all, unchanged
from storage.errors import Closed, Invalid
from storage.values import Line, time_words

OPEN_TO_CHANGES = (Phase.PLANNED, Phase.OPEN, Phase.PAUSED)


@dataclass(frozen=True)
class FormChange:
    """A version of a form that is being written after publication; ``submitted`` counts entries that were sent in."""

    number: int
    version: int
    differences: tuple[Difference, ...]
    submitted: int


@command(Action.EDIT_PRIZE)
def begin_form_change(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID) -> int:
    """Begin a new version of a published form, with the questions that it has; returns its number.

    Only the prize team sees it before it is published.

    Raises
    ------
    Closed : the prize is not published, or entries can no longer be changed.
    Invalid : a change has been begun already.
    """
    prize = must_be_running(db, prize_id)
    stage = _open_to_changes(db, prize, own_stage(db, prize_id, locked(db, Stage, stage_id)))
    old = newest_form(db, stage.id)
    if old.published_at is None:
        raise Invalid("A change of this form has been begun already. Reload the page.")
    new = EntryForm(stage_id=stage.id, number=old.number + 1)
    db.add(new)
    db.flush()
    for row in matching(db, Question, form_id=old.id):
        db.add(Question(**row.model_dump(exclude={"id", "form_id"}), form_id=new.id))
    return new.number


@command(Action.EDIT_PRIZE)
def discard_form_change(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, version: int) -> None:
    """Throw a version of a form away that is being written after publication. The published one stands.

    Raises
    ------
    Closed : the prize is not published, or no change has been begun.
    Stale : somebody has changed the questions meanwhile.
    """
    must_be_running(db, prize_id)
    form = _being_written(db, own_stage(db, prize_id, locked(db, Stage, stage_id)))
    unchanged(form, version)
    remove_all(db, [*matching(db, Question, form_id=form.id), form])


@command(Action.CHANGE_PUBLISHED)
def publish_form_change(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, version: int, reason: Line) -> int:
    """Publish the new version of a form; returns its number.

    Raises
    ------
    Closed : the prize is not published, entries can no longer be changed, or no change has been begun.
    Invalid : nothing was changed, or the form cannot be published like this.
    Stale : somebody has changed the questions meanwhile.
    """
    prize = must_be_running(db, prize_id)
    stage = _open_to_changes(db, prize, own_stage(db, prize_id, locked(db, Stage, stage_id)))
    form = _being_written(db, stage)
    unchanged(form, version)
    different = _different(db, stage.id, form)
    if not different:
        raise Invalid("Nothing was changed in the form.")
    must_stay_ready(db, prize_id, "form", stage.id)
    form.published_at = now(db)
    form.version += 1
    db.add(form)
    count = f"{len(different)} change{'' if len(different) == 1 else 's'}"
    what = f"{stage.name}: the entry form is now version {form.number}, with {count}"
    submitted = [(entry, member_ids(db, entry.team_id)) for entry in submitted_entries(db, stage.id)]
    change = announce(db, actor, prize, what, reason, but={one for _, members in submitted for one in members})
    for entry, members in submitted:
        _tell(db, prize, stage, change, entry, members, different)
    return form.number


@query(Action.SEE_PRIZE)
def form_change(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID) -> FormChange | None:
    """The change of a published form that is being written, if there is one."""
    stage = db.get(Stage, stage_id)
    prize = db.get_one(Prize, prize_id)
    if stage is None or stage.prize_id != prize_id or prize.state not in RUNNING:
        return None
    form = newest_form(db, stage_id)
    if form.published_at is not None:
        return None
    return FormChange(form.number, form.version, _different(db, stage_id, form), len(submitted_entries(db, stage_id)))


def _different(db: Session, stage_id: UUID, form: EntryForm) -> tuple[Difference, ...]:
    return differences(questions_of(db, form_in_force(db, stage_id).id), questions_of(db, form.id))


def _tell(
    db: Session,
    prize: Prize,
    stage: Stage,
    change: PrizeChange,
    entry: Entry,
    members: tuple[UUID, ...],
    different: tuple[Difference, ...],
) -> None:
    """Mail a team that has submitted what is different, and what it has to do."""
    dates, version = shown_stage(db, prize, stage, entry_id=entry.id).dates, submitted_version(db, entry.id)
    assert dates is not None  # the stage is published
    assert version is not None  # the entry is submitted
    messages.form_changed(
        db,
        prize,
        change,
        entry.id,
        members,
        different=[one.words for one in different],
        under=db.get_one(EntryForm, version.form_id).number,
        until=time_words(dates.closes_at, prize.zone, weekday=True),
        touched=any(one.touches for one in different),
    )


def _being_written(db: Session, stage: Stage) -> EntryForm:
    form = newest_form(db, stage.id)
    if form.published_at is not None:
        raise Closed("No change of this form has been begun.")
    return form


def _open_to_changes(db: Session, prize: Prize, stage: Stage) -> Stage:
    if shown_stage(db, prize, stage).phase not in OPEN_TO_CHANGES:
        raise Closed(f"Entries for {stage.name} can no longer be changed, so its form stands.")
    return stage
