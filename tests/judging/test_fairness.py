"""What entrants read of how entries are judged, and of their own place as far as the rules tell it."""

from __future__ import annotations

import pytest
from sqlmodel import Session, col, select

from judging.analyses.fairness import CriterionTold, HowJudged, OwnPlace, _spread, how_judged
from judging.analyses.shown import RankedEntry, Standing
from judging.models import Assignment, Score, Scorecard
from prize.models import PlaceTold, RankedBy, ScoresTold, Stage
from storage.clock import now
from storage.database import transact
from storage.errors import Refused
from tests.databases import Given
from tests.judging.panels import newest, work
from tests.modules import import_everything
from tests.stories import Chapter, Story, told
from tests.world import ask

import_everything()


def rules(story: Story, place_told: PlaceTold, ranked_by: RankedBy = RankedBy.MEAN) -> None:
    """As if the published rules had said so."""

    def choose(db: Session) -> None:
        stage = db.get_one(Stage, story.stage_id)
        stage.place_told, stage.ranked_by = place_told, ranked_by
        db.add(stage)

    transact(choose)


def read(story: Story) -> HowJudged:
    return ask(how_judged, story.entrant, entry_id=story.entry_id)


def own_line(story: Story) -> RankedEntry:
    return next(line for line in newest(story).shown.ranking if line.entry_id == story.entry_id)


def every_score_is_the_lowest(story: Story) -> None:
    def lower(db: Session) -> None:
        rows = db.exec(
            select(Score)
            .join(Scorecard, col(Scorecard.id) == col(Score.scorecard_id))
            .join(Assignment, col(Assignment.id) == col(Scorecard.assignment_id))
            .where(col(Assignment.entry_id) == story.entry_id)
        ).all()
        assert rows
        for row in rows:
            row.points, row.version = 1, row.version + 1
            db.add(row)

    transact(lower)


def no_judge_is_asked(story: Story) -> None:
    def withdraw(db: Session) -> None:
        for row in db.exec(select(Assignment).where(col(Assignment.entry_id) == story.entry_id)).all():
            row.withdrawn_at = now(db)
            db.add(row)

    transact(withdraw)


def test_the_published_rules_can_be_read_from_the_first_draft(database: Given) -> None:
    story = told(Chapter.STARTED)

    shown = read(story)

    assert (shown.prize, shown.stage, shown.places, shown.chosen) == ("Clean rivers", "First stage", 1, None)
    assert [criterion.name for criterion in shown.rubric.criteria] == ["Need", "Method"]
    assert (shown.ranked_by, shown.place_told) == (RankedBy.MEAN, PlaceTold.NOTHING)


@pytest.mark.parametrize("place_told", PlaceTold)
def test_before_the_release_nothing_is_told_of_ones_place(database: Given, place_told: PlaceTold) -> None:
    story = told(Chapter.CONFIRMED)
    work()
    rules(story, place_told)

    shown = read(story)

    assert (shown.released, shown.own, shown.chosen) == (False, None, None)


def test_where_the_rules_tell_nothing_nothing_is_told_after_it(database: Given) -> None:
    story = told(Chapter.RELEASED)
    work()

    shown = read(story)

    assert (shown.released, shown.own, shown.chosen) == (True, None, 1)


def test_where_the_rules_tell_clear_close_or_below_no_number_of_ones_own_is_told(database: Given) -> None:
    story = told(Chapter.RELEASED)
    work()
    rules(story, PlaceTold.BAND)

    assert read(story).own == OwnPlace(own_line(story).standing, 2)
    assert own_line(story).place == 1


@pytest.mark.parametrize("ranked_by", RankedBy)
def test_where_the_rules_tell_the_place_it_comes_with_how_sure_it_is(database: Given, ranked_by: RankedBy) -> None:
    story = told(Chapter.RELEASED)
    work()
    rules(story, PlaceTold.PLACE, ranked_by)

    line = own_line(story)
    assert read(story).own == OwnPlace(
        line.standing,
        2,
        1,
        line.place_low,
        line.place_high,
        line.chance,
        mean_place=1 if ranked_by is RankedBy.MEAN else None,
    )
    assert line.chance is not None


@pytest.mark.parametrize("place_told", PlaceTold)
def test_a_threshold_that_stopped_the_entry_is_told_where_anything_is(database: Given, place_told: PlaceTold) -> None:
    story = told(Chapter.RELEASED)
    every_score_is_the_lowest(story)
    work()
    rules(story, place_told)

    told_of = read(story).own

    expected = OwnPlace(Standing.STOPPED, 1, stopped_by=("Method",))
    assert told_of == (None if place_told is PlaceTold.NOTHING else expected)


def test_an_entry_that_nobody_has_scored_has_no_place(database: Given) -> None:
    story = told(Chapter.RELEASED)
    no_judge_is_asked(story)
    work()
    rules(story, PlaceTold.PLACE)

    assert read(story).own == OwnPlace(Standing.UNSCORED, 1)


def test_until_scores_are_analysed_ones_place_is_not_known(database: Given) -> None:
    story = told(Chapter.RELEASED)
    rules(story, PlaceTold.PLACE)

    assert read(story).own is None


def test_another_team_is_refused(database: Given) -> None:
    story = told(Chapter.RELEASED)

    with pytest.raises(Refused):
        ask(how_judged, story.entrants["bela"], entry_id=story.entry_id)


def scores_are_told(story: Story, scores_told: ScoresTold) -> tuple[CriterionTold, ...]:
    """What is told when the published rules had said so."""

    def choose(db: Session) -> None:
        stage = db.get_one(Stage, story.stage_id)
        stage.scores_told = scores_told
        db.add(stage)

    transact(choose)
    return read(story).own_scores


@pytest.mark.parametrize("scores_told", ScoresTold)
def test_before_the_release_nothing_is_told_of_ones_scores(sqlite: Given, scores_told: ScoresTold) -> None:
    assert scores_are_told(told(Chapter.CONFIRMED), scores_told) == ()


def test_after_the_release_the_means_are_told_where_the_rules_say_so(database: Given) -> None:
    story = told(Chapter.RELEASED)

    assert scores_are_told(story, ScoresTold.NOTHING) == ()
    means = (CriterionTold("Need", 2, 5.0, None), CriterionTold("Method", 2, 5.0, None))
    assert scores_are_told(story, ScoresTold.MEANS) == means
    assert scores_are_told(story, ScoresTold.SPREAD) == means  # of two entries no spread is told


def test_a_mean_of_one_judge_is_not_told(sqlite: Given) -> None:
    story = told(Chapter.RELEASED)

    def withdraw_one(db: Session) -> None:
        row = db.exec(select(Assignment).where(col(Assignment.entry_id) == story.entry_id)).first()
        assert row is not None
        row.withdrawn_at = now(db)
        db.add(row)

    transact(withdraw_one)

    assert [(each.judges, each.mean) for each in scores_are_told(story, ScoresTold.MEANS)] == [(1, None), (1, None)]


def test_how_far_judges_differ_is_that_of_the_panel_and_of_no_single_entry() -> None:
    assert _spread([(1, 3), (2, 4), (3, 5), (1, 3)]) is None
    assert _spread([(1, 3), (2, 4), (3, 5), (1, 3), (5, 5, 5)]) == pytest.approx((8 / 6) ** 0.5)
