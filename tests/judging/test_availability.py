"""What judges tell of how many entries they wish to take and when they are away, and what follows from it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.erasure import erase_person
from judging.availability import set_availability, tell_availability
from judging.judges import JudgeLine, judges
from judging.models import PanelMember
from judging.planning import confirm_assignment
from judging.room import own_seats
from prize.group_messages import groups
from storage import clock
from storage.database import matching, reading, transact
from storage.errors import Closed, Invalid, Stale
from tests.databases import Given
from tests.judging.test_expertise import a_topic, plan, tell
from tests.judging.test_leaving import leave, live, proposed, with_new_judge
from tests.stories import CLOSES, DAY, JUDGING_CLOSES, Chapter, Story, told
from tests.world import ask, do

BEGINS, LAST = CLOSES.date(), JUDGING_CLOSES.date()


def line_of(story: Story, name: str) -> JudgeLine:
    return next(line for line in ask(judges, story.secretariat, stage_id=story.stage_id) if line.name == name)


def enter(story: Story, name: str, **said: Any) -> None:
    """The secretariat enters this for a judge."""
    line = line_of(story, name)
    asked = {"stage_id": story.stage_id, "person_id": line.person_id, "version": line.version}
    do(set_availability, story.secretariat, **asked, **said)


def test_what_a_judge_tells_is_seen_by_the_secretariat_which_may_change_it(database: Given) -> None:
    story = a_topic(Chapter.INVITED)
    away = {"away_from": date(2027, 4, 1), "away_until": date(2027, 4, 9)}
    said = {"version": 1, "knows": ("Lakes", "Rivers"), "load": 12, **away}

    do(tell_availability, story.judge, stage_id=story.stage_id, **said)

    line = line_of(story, "Jules")
    assert (line.knows, line.load, line.away_from, line.away_until) == (("Rivers", "Lakes"), 12, *away.values())
    enter(story, "Jules", load=3)
    [seat] = ask(own_seats, story.judge)
    assert (seat.knows, seat.load, seat.away_from, seat.away_until, seat.version) == ((), 3, None, None, 3)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"knows": ("Oceans",)}, "“Oceans” is not among the topics"),
        ({"load": 0}, "between 1 and 1,000"),
        ({"load": 1001}, "between 1 and 1,000"),
        ({"away_from": BEGINS}, "Give both"),
        ({"away_until": BEGINS}, "Give both"),
        ({"away_from": BEGINS, "away_until": BEGINS - timedelta(1)}, "The last day away is before the first"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_of_it_is_kept(
    sqlite: Given, said: dict[str, Any], words: str
) -> None:
    story = a_topic(Chapter.INVITED)
    before = ask(own_seats, story.judge)

    with pytest.raises(Invalid, match=words):
        do(tell_availability, story.judge, stage_id=story.stage_id, version=1, **{"load": 5, **said})

    assert ask(own_seats, story.judge) == before


def test_whoever_tells_second_sees_first_what_the_other_has_told(sqlite: Given) -> None:
    story = told(Chapter.INVITED)
    enter(story, "Jules", load=3)

    with pytest.raises(Stale):
        do(tell_availability, story.judge, stage_id=story.stage_id, version=1, load=9)

    assert line_of(story, "Jules").load == 3


def test_nothing_is_told_once_judging_has_ended(sqlite: Given) -> None:
    story = told(Chapter.JUDGED)
    [seat] = ask(own_seats, story.judge)

    with pytest.raises(Closed, match="Judging has ended"):
        do(tell_availability, story.judge, stage_id=story.stage_id, version=seat.version, load=9)


def test_nobody_is_dealt_more_than_they_wish_where_others_can_take_it(sqlite: Given) -> None:
    story = a_topic(Chapter.BOUND, per_entry=1)
    enter(story, "Jules", load=1)
    with_new_judge(story)
    enter(story, "Mara", load=1)

    for seed in range(4):
        shown = plan(story, seed)
        assert shown.short == 0
        assert [judge.beyond for judge in shown.judges] == [0, 0, 0]


def test_a_plan_says_who_is_dealt_more_than_they_wish_where_nobody_else_can_take_it(database: Given) -> None:
    story = told(Chapter.BOUND)
    enter(story, "Jules", load=1)

    shown = plan(story)

    assert shown.short == 0
    assert [(judge.name, judge.entries, judge.wishes, judge.beyond) for judge in shown.judges] == [
        ("Jo", 2, None, 0),
        ("Jules", 2, 1, 1),
    ]


def test_a_judge_who_is_away_until_judging_closes_is_dealt_nothing(sqlite: Given) -> None:
    story = a_topic(Chapter.BOUND, per_entry=1)
    enter(story, "Jules", away_from=BEGINS, away_until=LAST)
    enter(story, "Jo", away_from=BEGINS, away_until=LAST - timedelta(1))

    shown = plan(story)

    assert [(judge.name, judge.entries, judge.has_time) for judge in shown.judges] == [
        ("Jo", 2, True),
        ("Jules", 0, False),
    ]


def test_a_plan_made_before_a_judge_told_more_is_not_carried_out(sqlite: Given) -> None:
    story = a_topic(Chapter.BOUND)
    shown = plan(story)
    tell(story, "jules", "Lakes")

    with pytest.raises(Stale, match="Make a new one"):
        do(confirm_assignment, story.secretariat, stage_id=story.stage_id, plan_id=shown.id)


def test_no_reminder_goes_to_a_judge_who_is_away(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    today = transact(clock.now).date()
    enter(story, "Jules", away_from=today, away_until=today + timedelta(2))

    def behind() -> int:
        shown = ask(groups, story.secretariat, prize_id=story.prize_id, stage_id=story.stage_id)
        return next(group.count for group in shown if group.key == "judges behind")

    assert behind() == 1
    assert line_of(story, "Jules").away_now

    transact(lambda db: clock.move_to(db, clock.now(db) + 3 * DAY))

    assert behind() == 2
    assert not line_of(story, "Jules").away_now


def test_the_entries_of_a_judge_who_leaves_go_to_those_who_are_there_and_wish_for_more(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    for name in ("mara", "nell", "otto"):
        with_new_judge(story, name)
    enter(story, "Mara", away_from=BEGINS, away_until=LAST)
    enter(story, "Nell", load=1)

    found = proposed(story, story.judge)

    assert {line.name: len(line.codes) for line in found.takes_over} == {"Nell": 1, "Otto": 1}
    assert found.short == 0


def test_where_nobody_wishes_for_more_somebody_is_asked_all_the_same_and_it_is_said(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    mara = with_new_judge(story)
    enter(story, "Mara", load=1)

    found = proposed(story, story.judge)
    leave(story, story.judge)

    assert [(line.name, len(line.codes), line.wishes) for line in found.takes_over] == [("Mara", 2, 1)]
    assert len([pair for pair in live(story) if pair[1] == mara.person_id]) == 2


def test_what_a_judge_has_told_goes_when_they_are_erased(database: Given) -> None:
    story = a_topic(Chapter.BOUND)
    tell(story, "jules", "Lakes")
    enter(story, "Jules", knows=("Lakes",), load=3, away_from=BEGINS, away_until=LAST)
    email = line_of(story, "Jules").email

    transact(lambda db: erase_person(db, email, "They asked for it."))

    assert database.sql("SELECT count(*) FROM panel_member WHERE away_from IS NOT NULL") == [(0,)]
    with reading() as db:
        assert [seat.knows for seat in matching(db, PanelMember, stage_id=story.stage_id)] == [[], []]
