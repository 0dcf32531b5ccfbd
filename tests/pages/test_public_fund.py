"""What a prize's public page says of the fund: every award, and what is in it."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

from prize.fund import add_award, add_contribution, remove_award
from prize.models import ContributionKind
from tests.databases import Given
from tests.pages.public import get
from tests.prize.test_eligibility import published
from tests.stories import SLUG, Chapter, Story, told
from tests.world import do

MONEY, IN_KIND = ContributionKind.MONEY, ContributionKind.IN_KIND


def shown() -> str:
    """The words of the page, with single spaces."""
    body = get(f"/prizes/{SLUG}").body
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def award(story: Story, name: str, kind: ContributionKind, count: int, minor_each: int) -> None:
    what = {"name": name, "kind": kind, "count": count, "minor_each": minor_each}
    do(add_award, story.designer, prize_id=story.prize_id, **what)


def given(story: Story, contributor: str, kind: ContributionKind, minor: int) -> None:
    what = {"contributor": contributor, "kind": kind, "minor": minor, "given_on": date(2027, 1, 5), "note": "Inside."}
    do(add_contribution, story.designer, prize_id=story.prize_id, **what)


def test_the_page_says_what_each_place_gets_what_is_in_kind_and_who_gives_it(sqlite: Given) -> None:
    story = told(Chapter.READY)
    given(story, "Boat club", IN_KIND, 9_000_00)
    award(story, "Runners-up", MONEY, 2, 15_000_00)
    award(story, "A boat for a summer", IN_KIND, 3, 2_500_00)
    published(story)

    page = shown()

    assert "Awards £90,000 6 awards, and £7,500 in kind" in page
    assert "Winner £60,000 Runners-up 2 × £15,000, £30,000 together" in page
    assert "A boat for a summer 3 × £2,500 in kind, £7,500 together" in page
    assert "The fund holds £100,000 in money and £9,000 in kind. Not awarded yet: £10,000 and £1,500 in kind." in page
    assert "never paid out as money" in page
    assert "Water board £100,000 given on 4 January 2027 Boat club £9,000 in kind given on 5 January 2027" in page
    assert "Inside." not in page, "a note is for the prize's team"


def test_a_fund_of_one_award_is_said_in_few_words(sqlite: Given) -> None:
    story = told(Chapter.READY)
    award(story, "Second", MONEY, 1, 40_000_00)
    published(story)

    page = shown()

    assert "Awards £100,000 2 awards" in page
    assert "The fund holds £100,000 in money. All is awarded." in page
    assert "in kind" not in page


def test_a_prize_that_gives_value_in_kind_alone_does_not_call_it_money(sqlite: Given) -> None:
    story = told(Chapter.READY)
    given(story, "Boat club", IN_KIND, 9_000_00)
    do(remove_award, story.designer, prize_id=story.prize_id, award_id=story.award_id)
    award(story, "A boat", IN_KIND, 1, 9_000_00)
    published(story)

    assert "Awards £9,000 in kind: A boat" in shown()
