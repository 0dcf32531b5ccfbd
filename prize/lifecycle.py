"""The lives of a prize, a stage and an entry: states and transitions as data."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from accounts.lifecycle import Lifecycle, Transition
from prize.entries.models import EntryState
from prize.models import Prize, PrizeState, Stage, StageDates, StageState
from prize.policy import Action

CLOSE_STAGE = "close stage"
"""The job that carries out a stage's closing, scheduled in the transaction that sets the time."""


def _unready(db: Session, prize: Prize) -> tuple[str, ...]:
    from prize.readiness import readiness_of  # the list of checks reads every part, and each part knows this module

    return tuple(check.words for check in readiness_of(db, prize.id) if not check.done)


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
        Transition((StageState.CONFIRMED,), StageState.RELEASED, Action.RELEASE_DECISIONS),
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


class Phase(StrEnum):
    """Where a stage is: what people decided, or before that what its dates and the clock say."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    SCREENING = "screening"
    JUDGING = "judging"
    DECIDING = "deciding"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    CANCELLED = "cancelled"


def phase(prize: Prize, stage: Stage, dates: StageDates | None, moment: datetime) -> Phase:
    """The stage's phase at a moment. Closing time itself is in time."""
    if stage.state is not StageState.PLANNED:
        return Phase(stage.state.value)
    if prize.state is not PrizeState.PUBLISHED or dates is None or moment < dates.opens_at:
        return Phase.PLANNED
    return Phase.OPEN if moment <= dates.closes_at else Phase.CLOSED
