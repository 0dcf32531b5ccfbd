"""What an entrant is told about how scores are combined, and of their own place as far as the rules say."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import query
from judging.analyses.kept import newest_analysis
from judging.analyses.shown import RankedEntry, Standing
from judging.models import PLACES, Decision
from judging.policy import Action
from judging.results import cards_of
from prize.entries.models import Entry
from prize.models import PlaceTold, Prize, RankedBy, ScoresTold, Stage, StageState, Visibility
from prize.rubric import RubricShown, rubric_of

FEWEST_JUDGES: Final = 2
"""Of whom a mean is told: one judge's score is nobody's to learn."""
FEWEST_ENTRIES: Final = 5
"""Over which a spread is pooled. That of one entry would, with its mean, tell single scores."""
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
class CriterionTold:
    """What a team learns of one criterion: the mean of its ``judges``, and how far judges of the panel differ in it.

    ``mean`` is None where fewer than two judges scored, since it would be one judge's score. ``spread`` is the standard
    deviation of judges within entries, pooled over the stage: in points, the same for every team, and None where the
    rules do not tell it or fewer than five entries have two scores.
    """

    name: str
    judges: int
    mean: float | None
    spread: float | None


@dataclass(frozen=True)
class HowJudged:
    """The published rules of judging a stage, and after release one's own place as far as they tell it.

    ``chosen`` is how many entries were given a place; None before the release. ``own`` is None where nothing is told,
    and while it is not known. ``own_scores`` are empty before the release and where the rules tell none.
    ``comment_needed`` says that each judge writes a comment for the entrant.
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
    scores_told: ScoresTold
    comment_needed: bool
    released: bool
    own: OwnPlace | None
    own_scores: tuple[CriterionTold, ...]


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
        stage.scores_told,
        stage.comment_needed,
        released,
        own_place(db, stage, entry_id) if released else None,
        own_scores(db, stage, entry_id) if released else (),
    )


def _chosen(db: Session, stage_id: UUID) -> int:
    given = select(func.count(col(Decision.id))).where(
        col(Decision.stage_id) == stage_id, col(Decision.outcome).in_(PLACES)
    )
    return db.exec(given).one()


def own_place(db: Session, stage: Stage, entry_id: UUID, without: Set[UUID] = frozenset()) -> OwnPlace | None:
    """Where an entry stands as far as the rules tell it, for callers that have checked when it is told.

    Entries ``without`` are left out, for a reader who must not see them.
    """
    newest = newest_analysis(db, stage.id, without) if stage.place_told is not PlaceTold.NOTHING else None
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


def own_scores(
    db: Session, stage: Stage, entry_id: UUID, without: Set[UUID] = frozenset()
) -> tuple[CriterionTold, ...]:
    """Means and spreads as far as the rules tell them, of all cards but those on entries ``without``.

    They are computed in fractions up to the square root.
    """
    if stage.scores_told is ScoresTold.NOTHING:
        return ()
    rubric = rubric_of(db, stage.id)
    cards = cards_of(db, stage.id, rubric, without)
    told = []
    for criterion in rubric.criteria:
        points = {key: _points(by_judge, criterion.key) for key, by_judge in cards.items()}
        own = points.get(entry_id, ())
        spread = _spread([each for each in points.values() if len(each) >= FEWEST_JUDGES])
        told.append(
            CriterionTold(
                criterion.name,
                len(own),
                float(sum(own, Fraction()) / len(own)) if len(own) >= FEWEST_JUDGES else None,
                spread if stage.scores_told is ScoresTold.SPREAD else None,
            )
        )
    return tuple(told)


def _points(by_judge: Mapping[UUID, Mapping[UUID, Fraction]], criterion_key: UUID) -> tuple[Fraction, ...]:
    return tuple(card[criterion_key] for card in by_judge.values() if criterion_key in card)


def _spread(entries: Sequence[tuple[Fraction, ...]]) -> float | None:
    """The standard deviation within entries, pooled over them."""
    if len(entries) < FEWEST_ENTRIES:
        return None
    squares = sum(sum((each - sum(points, Fraction()) / len(points)) ** 2 for each in points) for points in entries)
    return math.sqrt(squares / sum(len(points) - 1 for points in entries))
