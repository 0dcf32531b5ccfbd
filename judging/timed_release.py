"""A release that is held until a set time: planned, moved, cancelled, carried out when everything is still ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session

from accounts.actors import LAUREL, Actor
from accounts.commands import command, query
from accounts.people import person_card
from judging import messages
from judging.decisions import decisions_of
from judging.draws import must_not_be_shut_out
from judging.models import PLACES
from judging.outcome_models import PlannedRelease
from judging.release import obstacles, release_decisions
from judging.staff import secretariat_of
from prize import messages as told
from prize.entries.conflicts import kept_from
from prize.entries.models import Entry
from prize.entries.teams import member_ids
from prize.entries.versions import submitted_entries
from prize.lifecycle import STAGE
from prize.models import Prize, PrizeState, Stage, StageState
from prize.policy import Action as PrizeAction
from prize.stages import next_stage
from prize.templates import Template, common, words_of
from storage.clock import now
from storage.database import locked, one_matching
from storage.errors import Invalid, Stale
from storage.jobs import enqueue, job, reschedule

RELEASE: Final = "release decisions at a set time"
LONGEST: Final = timedelta(days=366)
NOT_CONFIRMED: Final = "The decisions are not confirmed any longer, since something was changed."
CHANGED: Final = "Somebody changed the time after you opened the page. Look at what it says now."


@dataclass(frozen=True)
class MailToSend:
    """A mail that a release sends: to how many people, and how it reads, with a sample in place of each name."""

    to: str
    people: int
    subject: str
    text: str


@dataclass(frozen=True)
class ReleasePreview:
    """What a release would do now, what stands in its way, and for when it is set.

    ``held_at`` is when a set time came and the release did nothing, since something was not ready.
    """

    teams: int
    mails: tuple[MailToSend, ...]
    obstacles: tuple[str, ...]
    release_at: datetime | None
    set_by: str
    held_at: datetime | None
    version: int


@command(PrizeAction.RELEASE_DECISIONS)
def plan_release(db: Session, actor: Actor, stage_id: UUID, release_at: datetime, version: int = 0) -> int:
    """Hold the release until a moment, or move it; returns the version. ``version`` is 0 where none is set.

    When the time comes and something is not ready or the prize is paused, nothing is released and the secretariat is
    told.

    Raises
    ------
    Refused : the actor is shut out from an entry of the stage.
    Invalid : the moment is past, more than a year away or without a zone.
    Closed : the decisions are not confirmed.
    Stale : somebody set another time meanwhile.
    """
    stage = locked(db, Stage, stage_id)
    must_not_be_shut_out(db, actor.person_id, stage)
    STAGE.transition(stage, PrizeAction.RELEASE_DECISIONS)
    if release_at.tzinfo is None:
        raise Invalid("A time needs a zone. Choose it again.", "release_at")
    if not now(db) < release_at <= now(db) + LONGEST:
        raise Invalid("Choose a time from now on, within a year.", "release_at")
    row = _as_seen(db, stage_id, version)
    assert actor.person_id is not None
    if row is None:
        row = PlannedRelease(stage_id=stage_id, set_by=actor.person_id, set_at=now(db), version=0)
    row.release_at, row.set_by, row.set_at, row.held_at = release_at, actor.person_id, now(db), None
    row.version += 1
    db.add(row)
    about = f"stage {stage_id}"
    if not reschedule(db, RELEASE, about, release_at):
        enqueue(db, RELEASE, {"stage_id": str(stage_id)}, run_at=release_at, about=about)
    return row.version


@command(PrizeAction.RELEASE_DECISIONS)
def cancel_release(db: Session, actor: Actor, stage_id: UUID, version: int) -> int:
    """Take back the set time: nothing is released until somebody does it or sets another. Returns the version.

    Raises
    ------
    Refused : the actor is shut out from an entry of the stage.
    Invalid : no time is set.
    Stale : somebody set another time meanwhile.
    """
    must_not_be_shut_out(db, actor.person_id, locked(db, Stage, stage_id))
    row = _as_seen(db, stage_id, version)
    if row is None or row.release_at is None:
        raise Invalid("No time is set for the release.")
    row.release_at, row.held_at = None, None
    row.version += 1
    db.add(row)
    return row.version


@query(PrizeAction.RELEASE_DECISIONS)
def release_preview(db: Session, actor: Actor, stage_id: UUID) -> ReleasePreview:
    """What will be sent to whom, without entries that the reader must not see."""
    stage = db.get_one(Stage, stage_id)
    must_not_be_shut_out(db, actor.person_id, stage)
    prize = db.get_one(Prize, stage.prize_id)
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    entries = [entry for entry in submitted_entries(db, stage_id) if entry.id not in kept]
    mails = [_mail(db, prize, "The teams of all entries", entries, messages.RELEASED, {})]
    following = next_stage(db, stage)
    if following is not None and following.state is not StageState.CANCELLED:
        placed = {row.entry_id for row in decisions_of(db, stage_id, kept) if row.outcome in PLACES}
        chosen = [entry for entry in entries if entry.id in placed]
        mails.append(_mail(db, prize, "The teams that go on", chosen, told.CHOSEN, {"stage": following.name}))
    row = one_matching(db, PlannedRelease, stage_id=stage_id)
    return ReleasePreview(
        len(entries),
        tuple(mails),
        obstacles(db, actor.person_id, stage) if stage.state is StageState.CONFIRMED else (),
        row.release_at if row else None,
        person_card(db, row.set_by).name if row else "",
        row.held_at if row else None,
        row.version if row else 0,
    )


@job(RELEASE)
def _release_by_clock(db: Session, arguments: Mapping[str, Any], _: None) -> None:
    """Release when the set time has come; a time that was moved or taken back meanwhile is not this one.

    While the prize is paused nothing is released, and what was cancelled has no set time any longer.
    """
    stage = locked(db, Stage, UUID(arguments["stage_id"]))
    row = one_matching(db, PlannedRelease, stage_id=stage.id)
    if row is None or row.release_at is None or row.held_at is not None or stage.state is StageState.RELEASED:
        return
    prize = db.get_one(Prize, stage.prize_id)  # whoever pauses it locks its stages
    ready = prize.state is not PrizeState.PAUSED and stage.state is StageState.CONFIRMED
    if stage.state is StageState.CANCELLED:
        row.release_at = None
        row.version += 1
        db.add(row)
    elif now(db) < row.release_at:
        enqueue(db, RELEASE, arguments, run_at=row.release_at, about=f"stage {stage.id}")
    elif ready and not obstacles(db, None, stage):
        release_decisions(db, LAUREL, stage.id)
    else:
        row.held_at = now(db)
        row.version += 1
        db.add(row)
        messages.release_held(db, prize, stage, f"{row.id} {row.version}", secretariat_of(db, prize, stage))


def _as_seen(db: Session, stage_id: UUID, version: int) -> PlannedRelease | None:
    row = one_matching(db, PlannedRelease, stage_id=stage_id)
    if (row.version if row else 0) != version:
        raise Stale(CHANGED)
    return row


def _mail(
    db: Session, prize: Prize, to: str, entries: list[Entry], template: Template, values: Mapping[str, str]
) -> MailToSend:
    people = {person_id for entry in entries for person_id in member_ids(db, entry.team_id)}
    subject, text = words_of(db, prize.id, template, values)
    return MailToSend(to, len(people), *template.previewed(subject, text, {**common(prize), **values}))
