"""Colleagues comment on the parts of a prize."""

from __future__ import annotations

import pytest

from prize.comments import comment_on_part, prize_comments, settle_comment
from prize.models import PrizePart
from storage.errors import Closed, Invalid, Refused
from tests.databases import Given
from tests.pages.visiting import press, tables, visit, words
from tests.stories import Chapter, Story, told
from tests.world import ask, do

OPEN = "Comments from colleagues"


def written(story: Story, text: str = "Name the rivers.") -> None:
    do(comment_on_part, story.sponsor, prize_id=story.prize_id, part=PrizePart.BRIEF, text=text)


def test_open_comments_stand_before_those_that_are_settled(database: Given) -> None:
    story = told(Chapter.READY)
    for text in ("First.", "Second."):
        written(story, text)
    first, _ = ask(prize_comments, story.designer, prize_id=story.prize_id).comments
    do(settle_comment, story.designer, prize_id=story.prize_id, comment_id=first.id)

    shown = ask(prize_comments, story.designer, prize_id=story.prize_id)

    assert [one.text for one in shown.comments] == ["Second.", "First."]
    assert shown.open_on(PrizePart.BRIEF, None) == 1
    with pytest.raises(Closed):
        do(settle_comment, story.designer, prize_id=story.prize_id, comment_id=first.id)


def test_a_comment_on_a_rubric_says_of_which_stage(sqlite: Given) -> None:
    story = told(Chapter.READY)
    about = {"prize_id": story.prize_id, "text": "Too many levels."}

    with pytest.raises(Invalid, match="which stage"):
        do(comment_on_part, story.sponsor, **about, part=PrizePart.RUBRIC)
    with pytest.raises(Invalid, match="which stage"):
        do(comment_on_part, story.sponsor, **about, part=PrizePart.FUND, stage_id=story.stage_id)


def test_a_comment_is_settled_in_its_own_prize_alone(sqlite: Given) -> None:
    story, other = told(Chapter.READY), told(Chapter.READY, "-next-door")
    written(story)
    [one] = ask(prize_comments, story.designer, prize_id=story.prize_id).comments

    with pytest.raises(Refused):
        do(settle_comment, other.designer, prize_id=other.prize_id, comment_id=one.id)


def test_a_sponsor_comments_on_the_brief_and_a_designer_finds_it_and_settles_it(sqlite: Given) -> None:
    story = told(Chapter.READY)
    page = visit(story.sponsor, "brief")
    page.text_area[-1].input("Name the rivers.")
    press(page, "Write comment")

    assert OPEN in tables(visit(story.designer, "overview"))
    page = visit(story.designer, "brief")
    assert "Name the rivers." in tables(page)
    page = press(page, "Settled")
    assert "Settled by" in words(page)
    assert OPEN not in tables(visit(story.designer, "overview"))


def test_what_a_colleague_wrote_is_shown_as_it_was_typed(sqlite: Given) -> None:
    story = told(Chapter.READY)
    written(story, "<b>Bold</b> ![](https://other.example/x.png)")

    shown = tables(visit(story.designer, "brief"))

    assert "&lt;b&gt;Bold&lt;/b&gt; ![](https://other.example/x.png)" in shown
