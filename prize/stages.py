"""Stages: added, set up and removed, their dates, and whether they are open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from prize.entries.models import Extension
from prize.lifecycle import Phase, phase
from prize.models import (
    Criterion,
    EntryForm,
    GateQuestion,
    PlaceTold,
    Prize,
    PrizeComment,
    Question,
    RankedBy,
    Rubric,
    ScoresTold,
    Stage,
    StageDates,
    Visibility,
)
from prize.policy import Action
from prize.prizes import OVER, draft, draft_of_stage
from storage.clock import now
from storage.database import is_referred_to, locked, matching, one_matching, remove_all, unchanged
from storage.errors import NOT_YOURS, Closed, Invalid, Refused
from storage.values import Line

FIRST_YEAR, LAST_YEAR = 2000, 2200
MOST_STAGES = 10
MOST_APPEAL_DAYS = 60
MOST_ENTRIES_PER_TEAM = 20
MOST_CORRECTION_DAYS = 30


@dataclass(frozen=True)
class DatesShown:
    opens_at: datetime
    closes_at: datetime
    judging_closes_at: datetime
    decision_at: datetime
    number: int
    version: int


@dataclass(frozen=True)
class StageShown:
    """A stage with the dates that hold now."""

    id: UUID
    prize_id: UUID
    name: str
    position: int
    visibility: Visibility
    phase: Phase
    places: int
    scorecards_per_entry: int
    ranked_by: RankedBy
    place_told: PlaceTold
    scores_told: ScoresTold
    appeal_days: int
    may_draw: bool
    entries_per_team: int
    correction_days: int
    comment_needed: bool
    zone: str
    dates: DatesShown | None
    closed_at: datetime | None
    version: int


@command(Action.EDIT_PRIZE)
def add_stage(db: Session, actor: Actor, prize_id: UUID, name: Line) -> UUID:
    """Add a stage at the end of a draft prize; those chosen in the stage before enter it. Returns its id.

    Raises
    ------
    Invalid : the prize has as many stages as it may have.
    Closed : the prize is no longer a draft.
    """
    draft(db, prize_id)
    others = stages_of(db, prize_id)
    if len(others) >= MOST_STAGES:
        raise Invalid(f"A prize has at most {MOST_STAGES} stages.")
    stage = Stage(prize_id=prize_id, position=max((other.position for other in others), default=0) + 1, name=name)
    db.add(stage)
    db.flush()
    db.add_all([EntryForm(stage_id=stage.id), Rubric(stage_id=stage.id)])
    db.flush()
    return stage.id


@command(Action.EDIT_PRIZE)
def remove_stage(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID) -> None:
    """Take the last stage out of a draft prize, with its dates, entry form and rubric.

    Raises
    ------
    Invalid : it is the only stage or not the last, or somebody has begun to use it.
    Closed : the prize is no longer a draft.
    """
    stage = own_stage(db, prize_id, draft_of_stage(db, stage_id))
    others = stages_of(db, prize_id)
    if len(others) == 1:
        raise Invalid("A prize needs a stage. Change this one instead.")
    if stage is not others[-1]:
        raise Invalid("Only the last stage can be removed, since those chosen in one enter the next.")
    for form in matching(db, EntryForm, stage_id=stage_id):
        remove_all(db, [*matching(db, Question, form_id=form.id), form])
    for rubric in matching(db, Rubric, stage_id=stage_id):
        gates, criteria = matching(db, GateQuestion, rubric_id=rubric.id), matching(db, Criterion, rubric_id=rubric.id)
        remove_all(db, [*gates, *criteria, rubric])
    remove_all(db, [*matching(db, PrizeComment, stage_id=stage_id), *matching(db, StageDates, stage_id=stage_id)])
    if is_referred_to(db, stage):
        raise Invalid(f"{stage.name} is in use: judges were invited or a panel was planned. It has to stay.")
    remove_all(db, [stage])


@command(Action.EDIT_PRIZE)
def edit_stage(
    db: Session,
    actor: Actor,
    prize_id: UUID,
    stage_id: UUID,
    version: int,
    name: Line,
    places: int,
    scorecards_per_entry: int,
    opens_at: datetime,
    closes_at: datetime,
    judging_closes_at: datetime,
    decision_at: datetime,
    ranked_by: RankedBy = RankedBy.MEAN,
    place_told: PlaceTold = PlaceTold.NOTHING,
    visibility: Visibility = Visibility.BLIND,
    scores_told: ScoresTold = ScoresTold.NOTHING,
    appeal_days: int = 0,
    may_draw: bool = False,
    entries_per_team: int = 1,
    correction_days: int = 0,
    comment_needed: bool = False,
) -> int:
    """Set up a stage of a draft prize; returns its new version.

    Raises
    ------
    Invalid : the dates are not in order, or a number is out of range.
    Closed : the prize is no longer a draft.
    Stale : somebody changed the stage meanwhile.
    """
    stage = own_stage(db, prize_id, draft_of_stage(db, stage_id))
    unchanged(stage, version)
    set_up_stage(
        stage,
        name,
        places,
        scorecards_per_entry,
        ranked_by,
        place_told,
        visibility,
        scores_told,
        appeal_days,
        may_draw=may_draw,
        entries_per_team=entries_per_team,
        correction_days=correction_days,
        comment_needed=comment_needed,
    )
    set_dates(db, stage_id, opens_at, closes_at, judging_closes_at, decision_at)
    db.add(stage)
    return stage.version


def set_up_stage(
    stage: Stage,
    name: str,
    places: int,
    scorecards_per_entry: int,
    ranked_by: RankedBy,
    place_told: PlaceTold,
    visibility: Visibility,
    scores_told: ScoresTold,
    appeal_days: int,
    *,
    may_draw: bool,
    entries_per_team: int,
    correction_days: int,
    comment_needed: bool,
) -> None:
    """Change everything of a draft's stage but its dates.

    Raises
    ------
    Invalid : a number is out of range.
    """
    if not 1 <= places <= 1000:
        raise Invalid("A stage has between 1 and 1,000 places.", "places")
    if not 1 <= scorecards_per_entry <= 20:
        raise Invalid("An entry gets between 1 and 20 scorecards.", "scorecards_per_entry")
    if not 0 <= appeal_days <= MOST_APPEAL_DAYS:
        raise Invalid(
            f"Teams can appeal for up to {MOST_APPEAL_DAYS} days after the release; 0 for none.", "appeal_days"
        )
    stage.name, stage.places, stage.scorecards_per_entry = name, places, scorecards_per_entry
    stage.ranked_by, stage.place_told, stage.visibility = ranked_by, place_told, visibility
    if not 1 <= entries_per_team <= MOST_ENTRIES_PER_TEAM:
        raise Invalid(f"A team may enter 1 to {MOST_ENTRIES_PER_TEAM} entries.", "entries_per_team")
    if not 0 <= correction_days <= MOST_CORRECTION_DAYS:
        raise Invalid(
            f"What names a team can be corrected for up to {MOST_CORRECTION_DAYS} days after closing; 0 for never.",
            "correction_days",
        )
    stage.scores_told, stage.appeal_days, stage.may_draw = scores_told, appeal_days, may_draw
    stage.entries_per_team, stage.correction_days = entries_per_team, correction_days
    stage.comment_needed = comment_needed
    stage.version += 1


def set_dates(
    db: Session,
    stage_id: UUID,
    opens_at: datetime,
    closes_at: datetime,
    judging_closes_at: datetime,
    decision_at: datetime,
) -> None:
    """Set the dates of a draft's stage.

    Raises
    ------
    Invalid : they are not in order, have no time zone or lie far away.
    """
    in_order(opens_at, closes_at, judging_closes_at, decision_at)
    dates = dates_of(db, stage_id) or StageDates(
        stage_id=stage_id,
        opens_at=opens_at,
        closes_at=closes_at,
        judging_closes_at=judging_closes_at,
        decision_at=decision_at,
    )
    dates.opens_at, dates.closes_at = opens_at, closes_at
    dates.judging_closes_at, dates.decision_at = judging_closes_at, decision_at
    db.add(dates)


@query(Action.SEE_PRIZE)
def stages(db: Session, actor: Actor, prize_id: UUID) -> tuple[StageShown, ...]:
    """The stages of a prize, in their order."""
    prize = db.get_one(Prize, prize_id)
    return tuple(shown_stage(db, prize, stage) for stage in stages_of(db, prize_id))


def stages_of(db: Session, prize_id: UUID) -> list[Stage]:
    """The rows of a prize's stages, in their order."""
    return sorted(matching(db, Stage, prize_id=prize_id), key=lambda row: row.position)


def closing_order(stage: StageShown) -> tuple[bool, datetime]:
    """Sorts stages by when they close; those without dates come last."""
    return stage.dates is None, stage.dates.closes_at if stage.dates else datetime.max.replace(tzinfo=UTC)


def waits_for_earlier(db: Session, stage: Stage) -> bool:
    """Whether nobody can have entered yet, since the stage before is not over."""
    before = one_matching(db, Stage, prize_id=stage.prize_id, position=stage.position - 1)
    return before is not None and before.state not in OVER


def next_stage(db: Session, stage: Stage) -> Stage | None:
    """The stage that those chosen in this one enter."""
    return one_matching(db, Stage, prize_id=stage.prize_id, position=stage.position + 1)


def shown_stage(db: Session, prize: Prize, stage: Stage, *, entry_id: UUID | None = None) -> StageShown:
    """A stage as it is shown, with its phase by the clock; for an entry, with the time that it has."""
    dates = dates_of(db, stage.id)
    closes_at = closing_of(db, stage, dates, entry_id) if dates else None
    return StageShown(
        stage.id,
        prize.id,
        stage.name,
        stage.position,
        stage.visibility,
        phase(prize, stage, dates, now(db), closes_at),
        stage.places,
        stage.scorecards_per_entry,
        stage.ranked_by,
        stage.place_told,
        stage.scores_told,
        stage.appeal_days,
        stage.may_draw,
        stage.entries_per_team,
        stage.correction_days,
        stage.comment_needed,
        prize.zone,
        DatesShown(
            dates.opens_at,
            closes_at or dates.closes_at,
            dates.judging_closes_at,
            dates.decision_at,
            dates.number,
            dates.version,
        )
        if dates
        else None,
        stage.closed_at,
        stage.version,
    )


def dates_of(db: Session, stage_id: UUID) -> StageDates | None:
    """The newest version of a stage's dates."""
    return max(matching(db, StageDates, stage_id=stage_id), key=lambda row: row.number, default=None)


def own_stage(db: Session, prize_id: UUID, stage: Stage) -> Stage:
    """The stage, if it is one of the prize's.

    Raises
    ------
    Refused : it belongs to another prize.
    """
    if stage.prize_id != prize_id:
        raise Refused(NOT_YOURS)
    return stage


def closing_of(db: Session, stage: Stage, dates: StageDates, entry_id: UUID | None) -> datetime:
    """When a stage closes for an entry: later than for the others where it was given more time."""
    if entry_id is None or stage.closed_at is not None:
        return dates.closes_at
    return max([dates.closes_at, *(row.closes_at for row in matching(db, Extension, entry_id=entry_id))])


def must_be_open(db: Session, stage_id: UUID, entry_id: UUID | None = None) -> Stage:
    """The stage, locked, if entries may be changed now, or this one may.

    Raises
    ------
    Closed : it has not opened yet, has closed, or is paused.
    """
    stage = locked(db, Stage, stage_id)
    prize = db.get_one(Prize, stage.prize_id, populate_existing=True)  # it may have been paused while this waited
    dates = dates_of(db, stage_id)
    closes_at = closing_of(db, stage, dates, entry_id) if dates else None
    match phase(prize, stage, dates, now(db), closes_at):
        case Phase.OPEN:
            return stage
        case Phase.PLANNED:
            raise Closed("This stage is not open yet. The prize's page says when it opens.")
        case Phase.PAUSED:
            raise Closed("This prize is paused. What you had saved is kept; the prize's page says when it goes on.")
        case Phase.CANCELLED:
            raise Closed("This stage was cancelled. What you had saved is kept.")
        case _:
            raise Closed("This stage has closed. What you had saved is kept, and nothing more can be sent in.")


def in_order(*moments: datetime) -> None:
    """Refuse the four moments of a stage unless each comes after the one before.

    Raises
    ------
    Invalid : they are not in order, have no time zone or lie far away.
    """
    names = ("opening", "closing", "end of judging", "decision")
    for moment in moments:
        if moment.tzinfo is None:
            raise Invalid("A date needs a time zone. Choose it again.")
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise Invalid(f"A date lies outside {FIRST_YEAR} to {LAST_YEAR}. Check the year.")
    for earlier, later, first, second in zip(moments, moments[1:], names, names[1:], strict=False):
        if later <= earlier:
            raise Invalid(f"The {second} is not after the {first}. Choose a later {second}.")
