"""What an entrant is told about how scores are combined, and of their own place as far as the rules say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import query
from judging.analyses.kept import newest_analysis
from judging.analyses.shown import RankedEntry, Standing
from judging.policy import Action
from prize.entries.models import Entry
from prize.models import PlaceTold, Prize, RankedBy, Stage, StageState
from prize.rubric import RubricShown, rubric_of

PLACED: Final = (Standing.CLEAR, Standing.UNDECIDED, Standing.BELOW)


@dataclass(frozen=True)
class OwnPlace:
    """Where one's own entry stands, of ``entries`` with a place.

    ``standing`` alone is told where the rules say so; then the numbers are None. ``chance`` is that of being truly
    among the best as many as there were places, and ``low`` to ``high`` the places that are likely.
    """

    standing: Standing
    entries: int
    place: int | None
    low: int | None
    high: int | None
    chance: float | None


@dataclass(frozen=True)
class HowJudged:
    """The published rules of judging a stage, and after release one's own place as far as they tell it."""

    prize: str
    stage: str
    places: int
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
        stage.places,
        stage.scorecards_per_entry,
        rubric_of(db, stage.id),
        stage.ranked_by,
        stage.place_told,
        released,
        _own(db, stage, entry_id) if released and stage.place_told is not PlaceTold.NOTHING else None,
    )


def _own(db: Session, stage: Stage, entry_id: UUID) -> OwnPlace | None:
    newest = newest_analysis(db, stage.id)
    if newest is None:
        return None
    ranking = newest.shown.ranking
    line: RankedEntry | None = next((each for each in ranking if each.entry_id == entry_id), None)
    if line is None or line.standing is Standing.UNSCORED:
        return None
    entries = sum(each.standing in PLACED for each in ranking)
    if stage.place_told is PlaceTold.BAND:
        return OwnPlace(line.standing, entries, None, None, None, None)
    return OwnPlace(line.standing, entries, line.place, line.place_low, line.place_high, line.chance)
