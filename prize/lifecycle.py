"""The lives of a prize, a stage, an entry and an invitation to a team: states and transitions as data."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from accounts.lifecycle import Lifecycle, Transition
from prize.entries.models import EntryState, InvitationState
from prize.models import Prize, PrizeState, Stage, StageDates, StageState
from prize.policy import Action
from storage.clock import now

CLOSE_STAGE = "close stage"
"""The job that carries out a stage's closing, scheduled in the transaction that sets the time."""


def _unready(db: Session, prize: Prize) -> tuple[str, ...]:
    from prize.readiness import readiness_of  # the list of checks reads every part, and each part knows this module

    return tuple(check.words for check in readiness_of(db, prize.id) if not check.done)


def _overdue(db: Session, prize: Prize) -> tuple[str, ...]:
    from prize.closing import last_closing  # which know this module
    from prize.stages import dates_of, stages_of

    obstacles = []
    for stage in stages_of(db, prize.id):
        dates = dates_of(db, stage.id)
        if stage.state is not StageState.PLANNED or stage.closed_at is not None or dates is None:
            continue
        for closes_at, words in (
            (dates.closes_at, f"{stage.name} would have closed meanwhile. Set a later closing time first."),
            (
                last_closing(db, stage.id),
                f"An entry with more time in {stage.name} would have closed meanwhile. Give it more time first.",
            ),
        ):
            if closes_at <= now(db) and not _closed_before_pause(prize, closes_at):
                obstacles.append(words)
                break
    return tuple(obstacles)


def _unfinished(db: Session, prize: Prize) -> tuple[str, ...]:
    from prize.stages import stages_of

    return tuple(
        f"{stage.name} is not released yet. Release its decisions or cancel it first."
        for stage in stages_of(db, prize.id)
        if stage.state not in (StageState.RELEASED, StageState.CANCELLED)
    )


PRIZE = Lifecycle(
    "prize",
    PrizeState,
    (
        Transition((PrizeState.DRAFT,), PrizeState.IN_REVIEW, Action.SEND_FOR_REVIEW, guard=_unready),
        Transition((PrizeState.IN_REVIEW,), PrizeState.DRAFT, Action.RETURN_TO_DRAFT),
        Transition(
            (PrizeState.IN_REVIEW,),
            PrizeState.PUBLISHED,
            Action.PUBLISH_PRIZE,
            guard=_unready,
            causes=(CLOSE_STAGE,),
        ),
        Transition((PrizeState.PUBLISHED,), PrizeState.PAUSED, Action.PAUSE_PRIZE),
        Transition(
            (PrizeState.PAUSED,), PrizeState.PUBLISHED, Action.RESUME_PRIZE, guard=_overdue, causes=(CLOSE_STAGE,)
        ),
        Transition((PrizeState.PUBLISHED, PrizeState.PAUSED), PrizeState.CLOSED, Action.CLOSE_PRIZE, guard=_unfinished),
        Transition(
            (PrizeState.DRAFT, PrizeState.IN_REVIEW, PrizeState.PUBLISHED, PrizeState.PAUSED),
            PrizeState.CANCELLED,
            Action.CANCEL_PRIZE,
        ),
    ),
)

STAGE = Lifecycle(
    "stage",
    StageState,
    (
        Transition((StageState.PLANNED, StageState.SCREENING), StageState.SCREENING, Action.SCREEN_ENTRY),
        Transition((StageState.SCREENING,), StageState.JUDGING, Action.BEGIN_JUDGING),
        Transition((StageState.JUDGING,), StageState.DECIDING, Action.END_JUDGING),
        Transition((StageState.DECIDING,), StageState.CONFIRMED, Action.CONFIRM_DECISIONS),
        Transition((StageState.CONFIRMED,), StageState.DECIDING, Action.CHECK_CHOSEN),
        Transition((StageState.CONFIRMED,), StageState.RELEASED, Action.RELEASE_DECISIONS),
        Transition(
            (
                StageState.PLANNED,
                StageState.SCREENING,
                StageState.JUDGING,
                StageState.DECIDING,
                StageState.CONFIRMED,
            ),
            StageState.CANCELLED,
            Action.CANCEL_STAGE,
        ),
    ),
)

ENTRY = Lifecycle(
    "entry",
    EntryState,
    (
        Transition(
            (EntryState.DRAFT, EntryState.SUBMITTED, EntryState.WITHDRAWN), EntryState.SUBMITTED, Action.SUBMIT_ENTRY
        ),
        Transition((EntryState.SUBMITTED,), EntryState.WITHDRAWN, Action.WITHDRAW_ENTRY),
    ),
)


INVITATION = Lifecycle(
    "invitation",
    InvitationState,
    (
        Transition((InvitationState.OPEN,), InvitationState.ACCEPTED, Action.ACCEPT_INVITATION),
        Transition((InvitationState.OPEN,), InvitationState.DECLINED, Action.DECLINE_INVITATION),
        Transition((InvitationState.OPEN,), InvitationState.WITHDRAWN, Action.WITHDRAW_INVITATION),
    ),
)


class Phase(StrEnum):
    """Where a stage is: what people decided, or before that what its dates and the clock say."""

    PLANNED = "planned"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"
    SCREENING = "screening"
    JUDGING = "judging"
    DECIDING = "deciding"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    CANCELLED = "cancelled"


def phase(
    prize: Prize, stage: Stage, dates: StageDates | None, moment: datetime, closes_at: datetime | None = None
) -> Phase:
    """The stage's phase at a moment, for whom it closes at ``closes_at``. Closing time itself is in time."""
    if stage.state is not StageState.PLANNED:
        return Phase(stage.state.value)
    if stage.closed_at is not None:
        return Phase.CLOSED
    if prize.state is PrizeState.PAUSED and (
        dates is None or not _closed_before_pause(prize, closes_at or dates.closes_at)
    ):
        return Phase.PAUSED
    if prize.state not in (PrizeState.PUBLISHED, PrizeState.PAUSED) or dates is None or moment < dates.opens_at:
        return Phase.PLANNED
    return Phase.OPEN if moment <= (closes_at or dates.closes_at) else Phase.CLOSED


def _closed_before_pause(prize: Prize, closes_at: datetime) -> bool:
    return prize.paused_at is not None and closes_at < prize.paused_at
