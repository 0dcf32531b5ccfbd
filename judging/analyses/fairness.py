"""What an entrant is told about how scores are combined, and of their own place as far as the rules say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import query
from judging.analyses.kept import newest_analysis
from judging.analyses.shown import RankedEntry, Standing
from judging.decisions import PLACES
from judging.models import Decision
from judging.policy import Action
from prize.entries.models import Entry
from prize.models import PlaceTold, Prize, RankedBy, Stage, StageState, Visibility
from prize.rubric import RubricShown, rubric_of

PLACED: Final = (Standing.CLEAR, Standing.UNDECIDED, Standing.BELOW)


@dataclass(frozen=True)
class OwnPlace:
    """Where one's own entry stands, of ``entries`` with a place.

    ``standing`` alone is told where the rules say so; then the numbers are None. ``place`` is that by the adjusted
    score, ``low`` to ``high`` the places that are likely, and ``chance`` that of being truly among the best as many as
    there were places. ``mean_place`` is there where the rules let the weighted mean order entries. ``stopped_by`` names
    the criteria whose thresholds stopped the entry.
    """

    standing: Standing
    entries: int
    place: int | None = None
    low: int | None = None
    high: int | None = None
    chance: float | None = None
    mean_place: int | None = None
    stopped_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class HowJudged:
    """The published rules of judging a stage, and after release one's own place as far as they tell it.

    ``chosen`` is how many entries were given a place; None before the release. ``own`` is None where nothing is told,
    and while it is not known.
    """

    prize: str
    stage: str
    visibility: Visibility
    places: int
    chosen: int | None
    scorecards_per_entry: int
    rubric: RubricShown
    ranked_by: RankedBy
    place_told: PlaceTold
    released: bool
    own: OwnPlace | None


@query(Action.SEE_HOW_JUDGED)
def how_judged(db: Session, actor: Actor, entry_id: UUID) -> HowJudged:
    """How the scores of one's own entry are combined."""
    entry = db.get_one(Entry, entry_id)
    stage = db.get_one(Stage, entry.stage_id)
    released = stage.state is StageState.RELEASED
    return HowJudged(
        db.get_one(Prize, stage.prize_id).title,
        stage.name,
        stage.visibility,
        stage.places,
        _chosen(db, stage.id) if released else None,
        stage.scorecards_per_entry,
        rubric_of(db, stage.id),
        stage.ranked_by,
        stage.place_told,
        released,
        _own(db, stage, entry_id) if released and stage.place_told is not PlaceTold.NOTHING else None,
    )


def _chosen(db: Session, stage_id: UUID) -> int:
    given = select(func.count(col(Decision.id))).where(
        col(Decision.stage_id) == stage_id, col(Decision.outcome).in_(PLACES)
    )
    return db.exec(given).one()


def _own(db: Session, stage: Stage, entry_id: UUID) -> OwnPlace | None:
    newest = newest_analysis(db, stage.id)
    if newest is None:
        return None
    ranking = newest.shown.ranking
    entries = sum(each.standing in PLACED for each in ranking)
    line: RankedEntry | None = next((each for each in ranking if each.entry_id == entry_id), None)
    if line is None:
        return OwnPlace(Standing.UNSCORED, entries)
    if line.standing not in PLACED or stage.place_told is PlaceTold.BAND:
        return OwnPlace(line.standing, entries, stopped_by=line.stopped_by)
    return OwnPlace(
        line.standing,
        entries,
        line.place,
        line.place_low,
        line.place_high,
        line.chance,
        line.mean_place if stage.ranked_by is RankedBy.MEAN else None,
    )
