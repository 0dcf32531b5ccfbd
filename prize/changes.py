"""What changes about a prize after its publication: always with a reason, on its page, and told to who relies on it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command
from prize import messages
from prize.brief import newest_brief, newest_rules
from prize.closing import last_closing, schedule_closing
from prize.entries.models import Entry, EntryState
from prize.entries.teams import members_of
from prize.following import tell_followers
from prize.models import Brief, Prize, PrizeChange, PrizeState, Rules, Stage, StageDates, StageState
from prize.policy import Action
from prize.prizes import RUNNING
from prize.stages import dates_of, in_order, own_stage, stages_of, waits_for_earlier
from storage.clock import now
from storage.database import locked, matching, unchanged
from storage.errors import Closed, Invalid
from storage.values import Line, Prose, Summary, time_words

BEFORE_JUDGING: Final = (StageState.PLANNED, StageState.SCREENING)

Relying = Callable[[Session, UUID], Iterable[UUID]]
_relying: list[Relying] = []


def relies_on_prize(relying: Relying) -> Relying:
    """Register who besides the teams of entries is told when a prize changes."""
    _relying.append(relying)
    return relying


@dataclass(frozen=True)
class ChangeShown:
    """A dated line of a prize's page."""

    at: datetime
    what: str
    reason: str


@command(Action.CHANGE_PUBLISHED)
def change_dates(
    db: Session,
    actor: Actor,
    prize_id: UUID,
    stage_id: UUID,
    version: int,
    opens_at: datetime,
    closes_at: datetime,
    judging_closes_at: datetime,
    decision_at: datetime,
    reason: Line,
) -> int:
    """Move the dates of a published stage that are still to come; returns the number of the new version.

    Everybody who has begun an entry is told, and entries never close earlier than was announced.

    Raises
    ------
    Invalid : the dates are not in order, a time that has passed is moved, or entries would close earlier.
    Closed : the prize is not published, or the stage is over.
    Stale : somebody moved the dates meanwhile.
    """
    prize = must_be_running(db, prize_id)
    stage = own_stage(db, prize_id, locked(db, Stage, stage_id))
    if stage.state in (StageState.RELEASED, StageState.CANCELLED):
        raise Closed(f"{stage.name} is {stage.state.value}. Its dates stand.")
    old = dates_of(db, stage_id)
    assert old is not None  # a published stage has dates
    unchanged(old, version)
    in_order(opens_at, closes_at, judging_closes_at, decision_at)
    in_order(opens_at, max(closes_at, last_closing(db, stage_id)), judging_closes_at, decision_at)
    _must_fit_neighbours(db, stage, opens_at, decision_at)
    moved = [
        (label, before, after)
        for label, before, after in (
            ("opening", old.opens_at, opens_at),
            ("closing", old.closes_at, closes_at),
            ("end of judging", old.judging_closes_at, judging_closes_at),
            ("decision", old.decision_at, decision_at),
        )
        if before != after
    ]
    if not moved:
        raise Invalid("No date was changed.")
    _must_be_fair(db, prize, stage, moved)
    dates = StageDates(
        stage_id=stage_id,
        number=old.number + 1,
        opens_at=opens_at,
        closes_at=closes_at,
        judging_closes_at=judging_closes_at,
        decision_at=decision_at,
        reason=reason,
        published_at=now(db),
        version=old.version + 1,
    )
    db.add(dates)
    db.flush()
    if closes_at != old.closes_at:
        schedule_closing(db, stage)
    what = "; ".join(f"{label} now {time_words(after, prize.zone, weekday=True)}" for label, _, after in moved)
    announce(db, actor, prize, f"{stage.name}: {what}", reason)
    return dates.number


@command(Action.CHANGE_PUBLISHED)
def change_drawing(
    db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, version: int, may_draw: bool, reason: Line
) -> int:
    """Let the last places of a published stage be drawn by lot, or no longer; returns the stage's new version.

    Raises
    ------
    Invalid : it is so already.
    Closed : the prize is not published, or judging has begun.
    Stale : somebody changed the stage meanwhile.
    """
    prize = must_be_running(db, prize_id)
    stage = own_stage(db, prize_id, locked(db, Stage, stage_id))
    unchanged(stage, version)
    if stage.state not in BEFORE_JUDGING:
        raise Closed(f"{stage.name} is {stage.state.value}. How its places are given stands since judging began.")
    if stage.may_draw == may_draw:
        raise Invalid("Nothing was changed.", "may_draw")
    stage.may_draw = may_draw
    stage.version += 1
    db.add(stage)
    what = "may be drawn by lot" if may_draw else "are not drawn by lot"
    announce(db, actor, prize, f"{stage.name}: the last places {what}", reason)
    return stage.version


@command(Action.CHANGE_PUBLISHED)
def change_brief(
    db: Session,
    actor: Actor,
    prize_id: UUID,
    version: int,
    summary: Summary,
    problem: Prose,
    eligibility: Prose,
    reason: Line,
) -> int:
    """Publish a new version of the brief; returns its number.

    Raises
    ------
    Invalid : nothing was changed.
    Closed : the prize is not published.
    Stale : somebody changed the brief meanwhile.
    """
    prize = must_be_running(db, prize_id)
    old = newest_brief(db, prize_id)
    unchanged(old, version)
    if (old.summary, old.problem, old.eligibility) == (summary, problem, eligibility):
        raise Invalid("Nothing was changed in the brief.")
    new = Brief(
        prize_id=prize_id,
        number=old.number + 1,
        summary=summary,
        problem=problem,
        eligibility=eligibility,
        published_at=now(db),
        version=old.version + 1,
    )
    db.add(new)
    announce(db, actor, prize, f"The brief is now version {new.number}", reason)
    return new.number


@command(Action.CHANGE_PUBLISHED)
def change_rules(db: Session, actor: Actor, prize_id: UUID, version: int, text: Prose, reason: Line) -> int:
    """Publish a new version of the rules; returns its number. What was submitted stands under the version it names.

    Raises
    ------
    Invalid : nothing was changed.
    Closed : the prize is not published.
    Stale : somebody changed the rules meanwhile.
    """
    prize = must_be_running(db, prize_id)
    old = newest_rules(db, prize_id)
    unchanged(old, version)
    if old.text == text:
        raise Invalid("Nothing was changed in the rules.")
    new = Rules(prize_id=prize_id, number=old.number + 1, text=text, published_at=now(db), version=old.version + 1)
    db.add(new)
    announce(db, actor, prize, f"The rules are now version {new.number}", reason)
    return new.number


def announce(
    db: Session, actor: Actor, prize: Prize, what: str, reason: str, *, but: Collection[UUID] = ()
) -> PrizeChange:
    """Put a dated line on the prize's page, and tell by mail everybody who relies on it or follows it.

    ``but`` are people whom the caller tells in other words.
    """
    assert actor.person_id is not None
    change = PrizeChange(prize_id=prize.id, what=what, reason=reason, made_by=actor.person_id, made_at=now(db))
    db.add(change)
    db.flush()
    stages = select(Stage.id).where(col(Stage.prize_id) == prize.id)
    told = members_of(db, col(Entry.stage_id).in_(stages), col(Entry.state) != EntryState.WITHDRAWN)
    told |= {person_id for relying in _relying for person_id in relying(db, prize.id)}
    messages.changed(db, prize, change, sorted(told - set(but), key=str))
    event = f"prize change {change.id}"
    tell_followers(db, prize, messages.CHANGED_FOR_FOLLOWERS, event, but=told, change=what, reason=reason)
    return change


def changes_of(db: Session, prize_id: UUID) -> tuple[ChangeShown, ...]:
    """The dated lines of a prize's page, the newest first."""
    rows = matching(db, PrizeChange, prize_id=prize_id)
    lines = (ChangeShown(row.made_at, row.what, row.reason) for row in rows)
    return tuple(sorted(lines, key=lambda line: (line.at, line.what), reverse=True))


def must_be_running(db: Session, prize_id: UUID) -> Prize:
    """The prize, locked, while it is published or paused.

    Raises
    ------
    Closed : it is neither.
    """
    prize = locked(db, Prize, prize_id)
    if prize.state not in RUNNING:
        raise Closed(f"This prize is {prize.state.value}. This can be done while it is published or paused.")
    return prize


def _must_be_fair(db: Session, prize: Prize, stage: Stage, moved: list[tuple[str, datetime, datetime]]) -> None:
    present = now(db)
    stood_still_since = prize.paused_at if prize.state is PrizeState.PAUSED else None
    for label, before, after in moved:
        passed = before <= present and not (stood_still_since and before >= stood_still_since)
        if label == "closing":
            passed = stage.closed_at is not None or (passed and not waits_for_earlier(db, stage))
        if passed:
            raise Invalid(f"The {label} has passed and cannot be moved.")
        if after <= present:
            raise Invalid(f"The {label} would lie in the past. Choose a later one.")
        if label == "closing" and after < before:
            raise Invalid("Entries cannot close earlier than was announced: entrants rely on it. Choose a later time.")


def _must_fit_neighbours(db: Session, stage: Stage, opens_at: datetime, decision_at: datetime) -> None:
    for other in stages_of(db, stage.prize_id):
        dates = dates_of(db, other.id)
        if dates is None or other.state is StageState.CANCELLED:
            continue
        if other.position == stage.position - 1 and opens_at < dates.decision_at:
            raise Invalid(f"{stage.name} would open before {other.name} is decided. Choose a later opening.")
        if other.position == stage.position + 1 and dates.opens_at < decision_at:
            raise Invalid(
                f"{other.name} would open before {stage.name} is decided. Move the dates of {other.name} first."
            )
