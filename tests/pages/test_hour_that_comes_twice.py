"""Dates in the hour that comes twice, on the night on which clocks go back: whoever types one says which is meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from streamlit.testing.v1 import AppTest

from prize.stages import stages
from tests.databases import Given
from tests.pages.visiting import visit, words
from tests.stories import Chapter, Story, told
from tests.world import ask

TYPED = datetime(2027, 10, 31, 1, 30)  # noqa: DTZ001 - as it is typed, by the clock of London
FIRST = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
SECOND = FIRST + timedelta(hours=1)
CHOICE = "Which 01:30 that night: clocks go back after the first"


def decided(story: Story) -> datetime:
    [stage] = ask(stages, story.designer, prize_id=story.prize_id)
    assert stage.dates is not None
    return stage.dates.decision_at


def save(page: AppTest, story: Story, typed: datetime) -> AppTest:
    return page.datetime_input(key=f"stage-{story.stage_id}-decision_at").set_value(typed).run()


def choices(page: AppTest) -> list[str]:
    return [box.label for box in page.selectbox if box.label.startswith("Which")]


def test_such_a_time_is_not_saved_before_it_is_said_which_is_meant(sqlite: Given) -> None:
    story = told(Chapter.READY)
    before = decided(story)
    page = visit(story.designer, "stage")
    assert choices(page) == []

    page = save(page, story, TYPED)

    assert "Decision comes twice, since the clocks go back that night." in words(page)
    assert decided(story) == before
    [box] = [box for box in page.selectbox if box.label == CHOICE]
    assert box.options == ["31 October 2027, 01:30 (London, BST)", "31 October 2027, 01:30 (London, GMT)"]
    box.select(1).run()
    assert decided(story) == SECOND


def test_the_second_stays_the_second_when_something_else_is_saved(sqlite: Given) -> None:
    story = told(Chapter.READY)
    page = save(visit(story.designer, "stage"), story, TYPED)
    next(box for box in page.selectbox if box.label == CHOICE).select(1).run()

    page = visit(story.designer, "stage")
    page = page.number_input(key=f"stage-{story.stage_id}-places").set_value(3).run()

    assert ask(stages, story.designer, prize_id=story.prize_id)[0].places == 3
    assert decided(story) == SECOND
    next(box for box in page.selectbox if box.label == CHOICE).select(0).run()
    assert decided(story) == FIRST


def test_another_time_asks_nothing(sqlite: Given) -> None:
    story = told(Chapter.READY)

    page = save(visit(story.designer, "stage"), story, TYPED + timedelta(hours=1))

    assert choices(page) == []
    assert decided(story) == SECOND + timedelta(hours=1)
