"""A published prize is paused, resumed, closed or cancelled; always with a reason that its page gives."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command
from prize.changes import announce, must_be_running
from prize.closing import schedule_closing
from prize.lifecycle import PRIZE, STAGE
from prize.models import Prize, Stage, StageState
from prize.policy import Action
from prize.stages import stages_of
from storage.clock import now
from storage.database import found, locked, unchanged
from storage.values import Line


@command(Action.PAUSE_PRIZE)
def pause_prize(db: Session, actor: Actor, prize_id: UUID, version: int, reason: Line) -> int:
    """Take no entries until the prize is resumed; what is being judged goes on. Returns the prize's new version.

    Raises
    ------
    Closed : the prize is not published.
    Stale : somebody changed it meanwhile.
    """
    prize = _move(db, actor, prize_id, version, Action.PAUSE_PRIZE, "The prize is paused", reason)
    prize.paused_at = now(db)
    for stage in stages_of(db, prize_id):
        locked(db, Stage, stage.id)  # so that whoever submits meanwhile finds out
    return prize.version


@command(Action.RESUME_PRIZE)
def resume_prize(db: Session, actor: Actor, prize_id: UUID, version: int, reason: Line) -> int:
    """Go on with a paused prize; returns its new version.

    Raises
    ------
    Invalid : a stage would have closed meanwhile; it needs a later closing time first.
    Closed : the prize is not paused.
    Stale : somebody changed it meanwhile.
    """
    prize = _move(db, actor, prize_id, version, Action.RESUME_PRIZE, "The prize goes on", reason)
    for stage in stages_of(db, prize_id):
        if stage.state is StageState.PLANNED and stage.closed_at is None:
            schedule_closing(db, stage)
    return prize.version


@command(Action.CLOSE_PRIZE)
def close_prize(db: Session, actor: Actor, prize_id: UUID, version: int, reason: Line) -> int:
    """Say that a prize is over: all its stages are released or cancelled. Delivery goes on. Returns its new version.

    Raises
    ------
    Invalid : a stage is neither released nor cancelled.
    Closed : the prize is not published or paused.
    Stale : somebody changed it meanwhile.
    """
    return _move(db, actor, prize_id, version, Action.CLOSE_PRIZE, "The prize is closed", reason).version


@command(Action.CANCEL_PRIZE)
def cancel_prize(db: Session, actor: Actor, prize_id: UUID, version: int, reason: Line) -> int:
    """Give a prize up for good, with every stage that is not released yet. Returns its new version.

    Raises
    ------
    Closed : the prize is closed or cancelled already.
    Stale : somebody changed it meanwhile.
    """
    prize = _move(db, actor, prize_id, version, Action.CANCEL_PRIZE, "The prize is cancelled", reason)
    for stage in stages_of(db, prize_id):
        if Action.CANCEL_STAGE in STAGE.possible(stage):
            _cancel(db, locked(db, Stage, stage.id))
    return prize.version


@command(Action.CANCEL_STAGE)
def cancel_stage(db: Session, actor: Actor, stage_id: UUID, version: int, reason: Line) -> int:
    """Give one stage of a published prize up for good; returns its new version.

    Raises
    ------
    Closed : the stage is released or cancelled already, or the prize is not published.
    Stale : somebody changed it meanwhile.
    """
    prize = must_be_running(db, found(db, Stage, stage_id).prize_id)
    stage = locked(db, Stage, stage_id)
    unchanged(stage, version)
    _cancel(db, stage)
    announce(db, actor, prize, f"{stage.name} is cancelled", reason)
    return stage.version


def _move(db: Session, actor: Actor, prize_id: UUID, version: int, action: Action, what: str, reason: str) -> Prize:
    prize = locked(db, Prize, prize_id)
    unchanged(prize, version)
    PRIZE.move(db, prize, action)
    prize.version += 1
    db.add(prize)
    if prize.published_at is not None:
        announce(db, actor, prize, what, reason)
    return prize


def _cancel(db: Session, stage: Stage) -> None:
    STAGE.move(db, stage, Action.CANCEL_STAGE)
    stage.version += 1
    db.add(stage)
