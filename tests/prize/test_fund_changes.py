"""The fund of a published prize: it grows with a reason, and awards shrink only while entries can be changed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.actors import STRANGER
from prize.fund import AwardShown, fund
from prize.fund_changes import ChangedAward, add_to_fund, change_awards
from prize.models import ContributionKind
from prize.prizes import prize
from prize.publication import public_prize
from prize.readiness import readiness
from prize.running import pause_prize
from storage.errors import Closed, Invalid, Stale
from storage.values import Money
from tests.databases import Given
from tests.stories import AWARD, FUND, SLUG, Chapter, Story, told
from tests.world import ask, do

MONEY, IN_KIND = ContributionKind.MONEY, ContributionKind.IN_KIND
WHY = "The water board gives more."
GIFT = {"contributor": "Boat club", "kind": MONEY, "minor": 20_000_00, "given_on": date(2027, 3, 4)}


def add(story: Story, **other: Any) -> None:
    do(add_to_fund, story.secretariat, prize_id=story.prize_id, reason=WHY, **{**GIFT, **other})


def awards(story: Story) -> tuple[AwardShown, ...]:
    return ask(fund, story.designer, prize_id=story.prize_id).awards


def winner(story: Story, minor_each: int = AWARD, **other: Any) -> ChangedAward:
    return ChangedAward(**{
        "key": awards(story)[0].key, "name": "Winner", "kind": MONEY, "count": 1, "minor_each": minor_each, **other
    })  # fmt: skip


def change(story: Story, *wanted: ChangedAward, version: int = 1) -> int:
    where = {"prize_id": story.prize_id, "version": version, "reason": WHY}
    return do(change_awards, story.secretariat, awards=wanted, **where)


def runners_up(minor_each: int) -> ChangedAward:
    return ChangedAward(None, "Runners-up", MONEY, 2, minor_each)


def mails(given: Given, words: str) -> list[str]:
    found = given.sql(f"SELECT recipient FROM mail WHERE text LIKE '%{words}%' ORDER BY recipient")
    return [address for (address,) in found]


def test_what_is_given_later_is_added_with_its_date_told_to_entrants_and_written_on_the_page(database: Given) -> None:
    story = told(Chapter.STARTED)

    add(story, note="For a boat")

    shown = ask(public_prize, STRANGER, slug=SLUG)
    assert [(row.contributor, row.given_on, row.note) for row in shown.fund.contributions] == [
        ("Water board", date(2027, 1, 4), ""),
        ("Boat club", date(2027, 3, 4), "For a boat"),
    ]
    assert (shown.fund.money.minor, shown.fund.left.minor) == (FUND + 20_000_00, FUND + 20_000_00 - AWARD)
    assert [(line.what, line.reason) for line in shown.changes] == [("The fund has £20,000 more, from Boat club", WHY)]
    assert mails(database, "£20,000 more") == ["bela@bela.example", "erin@erin.example"]


def test_an_award_grows_as_a_new_version_after_entries_have_closed(database: Given) -> None:
    story = told(Chapter.CLOSED)
    before = awards(story)[0].key

    assert change(story, winner(story, AWARD + 1_000_00), runners_up(5_000_00)) == 2

    grown, new = awards(story)
    assert (grown.key, grown.total.minor) == (before, AWARD + 1_000_00)
    assert (new.name, new.count, new.each.minor) == ("Runners-up", 2, 5_000_00)
    [line] = ask(public_prize, STRANGER, slug=SLUG).changes
    assert line.what == (
        "The awards are now version 2. “Winner” is £61,000 instead of £60,000; New: “Runners-up”, 2 × £5,000"
    )
    assert len(mails(database, "“Winner” is £61,000 instead")) == 2
    assert not mails(database, "What you have submitted stands as it is")
    assert database.sql("SELECT number, minor_each FROM award WHERE name = 'Winner' ORDER BY number") == [
        (1, AWARD),
        (2, AWARD + 1_000_00),
    ]


def test_never_more_is_promised_than_the_fund_holds(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)

    with pytest.raises(Invalid, match=r"More is awarded than the fund holds: £0\.01 too much"):
        change(story, winner(story, FUND + 1))
    with pytest.raises(Invalid, match="£5,000 in kind too much"):
        change(story, winner(story), ChangedAward(None, "A boat", IN_KIND, 1, 5_000_00))

    assert [row.total.minor for row in awards(story)] == [AWARD]
    assert ask(public_prize, STRANGER, slug=SLUG).changes == ()
    add(story, minor=1)
    assert change(story, winner(story, FUND + 1)) == 2


def test_a_smaller_award_is_told_to_each_team_that_has_submitted_while_it_can_still_withdraw(database: Given) -> None:
    story = told(Chapter.SUBMITTED)

    change(story, winner(story, AWARD - 1_000_00, name="First place"))

    assert mails(database, "until Wednesday 31 March 2027, 13:00 (London)%/entry?entry=") == [
        "bela@bela.example",
        "erin@erin.example",
    ]
    words = "- “First place” is £59,000 instead of “Winner”, £60,000"
    assert len(mails(database, words)) == 2
    assert not mails(database, "The awards are now version 2"), "nobody is told twice"


@pytest.mark.parametrize("wanted", ["smaller", "fewer", "otherwise named", "in kind", "gone"])
def test_once_entries_can_no_longer_be_changed_awards_only_grow(sqlite: Given, wanted: str) -> None:
    story = told(Chapter.CLOSED)
    add(story, kind=IN_KIND, minor=FUND)
    kept = {
        "smaller": (winner(story, AWARD - 1),),
        "fewer": (winner(story), runners_up(1_00)),
        "otherwise named": (winner(story, name="First"),),
        "in kind": (winner(story, kind=IN_KIND),),
        "gone": (runners_up(1_00),),
    }[wanted]
    version = 1
    if wanted == "fewer":
        version = change(story, winner(story, count=1), runners_up(1_00))
        kept = (winner(story), ChangedAward(awards(story)[1].key, "Runners-up", MONEY, 1, 2_00))

    with pytest.raises(Closed, match="From now on awards only grow"):
        change(story, *kept, version=version)


def test_a_pause_after_closing_does_not_let_awards_shrink(sqlite: Given) -> None:
    story = told(Chapter.CLOSED)
    version = ask(prize, story.owner, prize_id=story.prize_id).version
    do(pause_prize, story.owner, prize_id=story.prize_id, version=version, reason=WHY)

    with pytest.raises(Closed, match="only grow"):
        change(story, winner(story, AWARD - 1))


def test_a_division_that_is_half_done_out_of_date_or_unchanged_is_refused_with_what_to_do(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)
    for wanted, words in (
        ((winner(story),), "Nothing was changed"),
        ((), "between 1 and 50 kinds"),
        ((winner(story, 0),), "An award is more than nothing"),
        ((winner(story, count=0),), "between 1 and 1,000"),
        ((winner(story), winner(story)), "Reload the page"),
        ((winner(story, key=story.prize_id),), "Reload the page"),
        ((winner(story), *(runners_up(1) for _ in range(50))), "between 1 and 50 kinds"),
    ):
        with pytest.raises(Invalid, match=words):
            change(story, *wanted)
    with pytest.raises(Invalid, match="more than nothing"):
        add(story, minor=0)
    change(story, winner(story, AWARD + 1))
    with pytest.raises(Stale):
        change(story, winner(story, AWARD + 2))

    assert all(check.done for check in ask(readiness, story.designer, prize_id=story.prize_id))


def test_the_fund_of_a_draft_is_not_changed_this_way(sqlite: Given) -> None:
    story = told(Chapter.READY)
    with pytest.raises(Closed, match="This prize is draft"):
        add(story)
    with pytest.raises(Closed, match="This prize is draft"):
        change(story, winner(story, AWARD + 1))


def test_a_long_change_is_counted_on_the_page(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)
    many = tuple(ChangedAward(None, f"{'A long name ' * 10}{at}", MONEY, 1, 1_00) for at in range(9))

    change(story, winner(story), *many)

    assert ask(public_prize, STRANGER, slug=SLUG).changes[0].what == "The awards are now version 2, with 9 changes"
    assert awards(story)[1].total == Money(1_00, "GBP")
