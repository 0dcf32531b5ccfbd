"""An entrant reads how entries are judged, and after release what is told of their own place."""

from __future__ import annotations

import pytest
from sqlmodel import Session
from streamlit.testing.v1 import AppTest

from prize.models import PlaceTold, RankedBy, ScoresTold, Stage
from storage.database import transact
from tests.databases import Given
from tests.judging.panels import newest, work
from tests.judging.test_fairness import every_score_is_the_lowest, rules, scores_are_told
from tests.pages.visiting import row_of, tables, visit, words
from tests.stories import Chapter, Story, told, with_comments_needed


def page_of(story: Story) -> AppTest:
    return at_entry(story, "how-judged")


def at_entry(story: Story, path: str, team: str = "erin") -> AppTest:
    page = visit(story.entrants[team], path)
    page.query_params["entry"] = str(story.entry_id)
    return page.run()


def everything(page: AppTest) -> str:
    return words(page) + tables(page)


def released(place_told: PlaceTold, ranked_by: RankedBy = RankedBy.MEAN) -> Story:
    story = told(Chapter.RELEASED)
    work()
    rules(story, place_told, ranked_by)
    return story


def test_an_entrant_reads_who_scores_what_and_how_it_becomes_one_number(sqlite: Given) -> None:
    page = page_of(told(Chapter.STARTED))

    assert "Two judges are asked to score each entry. Each scores alone. They do not learn whose it is" in words(page)
    assert "How good is the method? At least 2 of 5 is needed." in words(page)
    assert "Level 5" in tables(page)
    assert "means of 4 and 3 with the weights above give 4 × 40\u00a0% + 3 × 60\u00a0% = **3\\.40**." in words(page)
    assert "An entry whose mean for Method is below its minimum is out, whatever its total." in words(page)


@pytest.mark.parametrize("ranked_by", RankedBy)
def test_the_page_says_which_score_orders_entries(sqlite: Given, ranked_by: RankedBy) -> None:
    story = told(Chapter.STARTED)
    rules(story, PlaceTold.NOTHING, ranked_by)

    assert f"The **{ranked_by.value}** puts entries in order for the panel." in words(page_of(story))


def test_the_entry_leads_to_how_entries_are_judged_before_and_after_release(sqlite: Given) -> None:
    for chapter in (Chapter.STARTED, Chapter.RELEASED):
        story = told(chapter, place=chapter.name.lower())
        page = at_entry(story, "entry")
        links = [link.proto for link in page.get("page_link") if link.proto.page == "how-judged"]
        assert [link.query_string for link in links] == [f"entry={story.entry_id}"]


def test_without_an_entry_in_the_address_one_is_asked_to_choose(sqlite: Given) -> None:
    assert "No entry chosen" in words(visit(told(Chapter.STARTED).entrant, "how-judged"))


def test_another_teams_entry_is_not_open(sqlite: Given) -> None:
    story = told(Chapter.RELEASED)

    page = at_entry(story, "how-judged", "bela")

    assert [title.value for title in page.title] == ["This page is not open to you"]


@pytest.mark.parametrize("chapter", [Chapter.CONFIRMED, Chapter.RELEASED])
def test_nothing_is_said_of_ones_place_before_release_or_where_the_rules_tell_none(
    sqlite: Given, chapter: Chapter
) -> None:
    story = told(chapter)
    work()
    rules(story, PlaceTold.PLACE if chapter is Chapter.CONFIRMED else PlaceTold.NOTHING)

    page = page_of(story)

    assert "Who reads your entry</h2>" in tables(page)
    assert "the cut</h2>" not in tables(page)
    assert "truly among" not in everything(page)
    assert len(page.get("vega_lite_chart")) == 0


def test_clear_close_or_below_comes_without_a_number(sqlite: Given) -> None:
    story = released(PlaceTold.BAND)
    assert newest(story).shown.ranking[0].entry_id == story.entry_id

    page = page_of(story)

    assert "the cut</h2>" in tables(page)
    assert "The chance that it is truly" not in everything(page)
    assert "Place by" not in everything(page)
    assert len(page.get("vega_lite_chart")) == 0


@pytest.mark.parametrize("ranked_by", RankedBy)
def test_the_place_is_drawn_with_how_sure_it_is(sqlite: Given, ranked_by: RankedBy) -> None:
    story = released(PlaceTold.PLACE, ranked_by)

    page = page_of(story)

    assert "The chance that it is truly among the best one is" in words(page)
    assert "Place by the adjusted score</th><td>1 of 2" in tables(page)
    assert ("Place by the weighted mean</th><td>1 of 2" in tables(page)) == (ranked_by is RankedBy.MEAN)
    assert len(page.get("vega_lite_chart")) == 1
    assert "1 entry was chosen; there was 1 place." in words(page)


def test_where_each_has_a_place_no_chance_of_one_is_told(sqlite: Given) -> None:
    story = released(PlaceTold.PLACE)
    more_places(story, 10)

    page = page_of(story)

    assert "There is a place for each entry" in tables(page)
    assert "2 entries have a place by score, and up to 10 could be chosen." in words(page)
    assert "Place by the adjusted score</th><td>1 of 2" in tables(page)
    assert "among the best" not in everything(page)


def more_places(story: Story, places: int) -> None:
    def change(db: Session) -> None:
        stage = db.get_one(Stage, story.stage_id)
        stage.places = places
        db.add(stage)

    transact(change)


def test_a_threshold_that_stopped_the_entry_is_named(sqlite: Given) -> None:
    story = told(Chapter.RELEASED)
    every_score_is_the_lowest(story)
    work()
    rules(story, PlaceTold.BAND)

    page = page_of(story)

    assert "A threshold stopped your entry" in tables(page)
    assert "Method: the mean of its judges was below the minimum, 2 of 5." in words(page)


def test_a_place_that_is_not_known_yet_is_said_to_be_coming(sqlite: Given) -> None:
    story = told(Chapter.RELEASED)
    rules(story, PlaceTold.PLACE)

    assert "Your place is not known yet" in tables(page_of(story))


def test_the_own_means_are_shown_where_the_rules_tell_them(sqlite: Given) -> None:
    story = told(Chapter.RELEASED)
    assert "Your scores" not in everything(page_of(story))
    scores_are_told(story, ScoresTold.SPREAD)

    page = page_of(story)

    assert row_of(page, "Need") == ["Need", "2", "5.0", "not told"]
    assert row_of(page, "What you learn of your scores")[1] == ScoresTold.SPREAD.value
    assert "What one judge gave is never told." in words(page)


@pytest.mark.parametrize("needed", [True, False])
def test_the_page_says_whether_each_judge_writes_a_comment(sqlite: Given, needed: bool) -> None:
    story = told(Chapter.STARTED)
    if needed:
        transact(lambda db: with_comments_needed(db, story))

    assert ("Each judge writes you a comment." in words(page_of(story))) == needed
