"""Tests of the pages of the panel's meeting: the shared screen and the members' own."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from judging.judges import invite_judges, set_duty
from judging.models import Duty, Outcome
from judging.panel.meeting import close_meeting, open_meeting
from judging.panel.minutes import minutes
from judging.panel.recusals import record_recusal, recuse_oneself
from judging.panel.screens import panel_meeting, present_entry
from tests.databases import Given
from tests.judging.meetings import Held, discussing, opened, prepared, record
from tests.pages.visiting import card, choose_on_card, press, row_of, said_on_card, tables, title, visit, words
from tests.stories import TEAMS, Chapter, told
from tests.world import ask, do

AWAY = "The panel discusses an entry that is not shown to you."


def led(held: Held, actor: Actor) -> AppTest:
    """The shared screen, as somebody comes to it from the panel's own page."""
    page = visit(actor, "meeting")
    page.query_params["stage"] = str(held.story.stage_id)
    return page.run()


def everything(page: AppTest) -> str:
    return words(page) + tables(page)


def test_before_judging_has_ended_there_is_nothing_to_prepare(sqlite: Given) -> None:
    story = told(Chapter.SCORED)

    assert "Judging has not ended" in words(visit(story.secretariat, "meeting"))
    assert "Judging has not ended" in words(visit(story.judge, "panel-meeting"))


def test_a_judge_of_two_panels_finds_the_meeting_before_the_panel_that_still_scores(sqlite: Given) -> None:
    scoring = told(Chapter.ASSIGNED)
    meeting = prepared(place="-meeting")
    invited = {"stage_id": scoring.stage_id, "pasted": "Jules <jules-meeting@example.org>"}
    do(invite_judges, scoring.secretariat, **invited)
    judge = Actor(meeting.chair.person_id)

    assert "Judging has not ended" not in words(visit(judge, "panel-meeting"))
    assert visit(judge, "judging").selectbox[0].value == scoring.stage_id


def test_the_secretariat_prepares_a_meeting_with_its_quorum(sqlite: Given) -> None:
    story = told(Chapter.JUDGED)
    page = visit(story.secretariat, "meeting")
    page.number_input[0].set_value(2)

    page = press(page, "Prepare the meeting")

    assert "Quorum 2 of 2 members. Not open yet." in words(page)
    meeting = ask(panel_meeting, story.secretariat, stage_id=story.stage_id)
    assert meeting is not None
    assert meeting.quorum == 2


def test_a_quorum_that_nobody_could_reach_is_refused_in_words(sqlite: Given) -> None:
    page = visit(told(Chapter.JUDGED).secretariat, "meeting")

    page = press(page, "Prepare the meeting")

    assert "at most 2" in page.error[0].value


def test_the_shared_screen_shows_the_present_entry_by_its_code_and_no_name(sqlite: Given) -> None:
    held = discussing()

    for page in (
        visit(held.story.secretariat, "meeting"),
        led(held, held.chair),
    ):
        assert title(page) == held.code()
        assert "2 members may vote: the quorum stands." in words(page)
        assert [name for name in TEAMS.values() if name in everything(page)] == []


def test_a_judge_who_does_not_chair_does_not_lead(sqlite: Given) -> None:
    held = discussing()

    page = led(held, held.member)

    assert held.code() not in everything(page)
    assert [button.label for button in page.button if "entry" in button.label] == []


def test_a_decision_is_recorded_on_the_shared_screen(sqlite: Given) -> None:
    held = discussing()
    page = led(held, held.chair)
    assert "Nothing is chosen" in press(page, "Record the decision").error[0].value
    page.selectbox[0].set_value(Outcome.FINALIST)
    page.text_area[0].input("Clearly the best.")

    page = press(page, "Record the decision")

    assert f"Recorded what the panel decided about {held.code()}. The secretariat looks" in page.success[0].value
    [minute] = ask(minutes, held.chair, stage_id=held.story.stage_id)[0].minutes
    assert (minute.outcome, minute.reason) == (Outcome.FINALIST, "Clearly the best.")


def test_without_the_quorum_the_screen_says_what_is_missing_and_has_no_form(sqlite: Given) -> None:
    held = discussing(quorum=2)
    do(recuse_oneself, held.member, stage_id=held.story.stage_id, code=held.code())

    page = led(held, held.chair)

    assert "1 member is recused." in words(page)
    assert "Nothing can be recorded before there are more." in words(page)
    assert [button.label for button in page.button if button.label == "Record the decision"] == []


def test_the_shared_screen_names_neither_who_was_recused_nor_who_was_left(sqlite: Given) -> None:
    held = discussing()
    do(recuse_oneself, held.member, stage_id=held.story.stage_id, code=held.code())
    record(held, outcome=None, reason="Not yet.")

    projected = visit(held.story.secretariat, "meeting")

    assert "1 member could vote; the quorum was 1. 1 member was recused. Recorded by Jules." in words(projected)
    assert [label for label in ("Could vote:", "Recused:") if label in words(projected)] == []
    do(close_meeting, held.chair, meeting_id=held.id, version=held.version)
    assert "Could vote: Jules. Recused: Jo." in words(visit(held.story.secretariat, "meeting"))
    assert "Jo." not in words(led(held, held.chair))


def test_the_room_is_not_told_why_something_is_not_proposed_and_the_secretariat_sees_that_it_is_not(
    sqlite: Given,
) -> None:
    held = discussing()
    record(held, outcome=Outcome.FINALIST, reason="Clear.")
    held.present("bela")
    page = led(held, held.chair)
    page.selectbox[0].set_value(Outcome.FINALIST)
    page.text_area[0].input("Clear as well.")

    page = press(page, "Record the decision")

    assert "The secretariat looks at the proposal." in page.success[0].value
    assert (list(page.error), "places" in words(page)) == ([], False)
    do(close_meeting, held.chair, meeting_id=held.id, version=held.version)
    other = "The decision on record is no longer this one."
    assert words(visit(held.story.secretariat, "meeting")).count(other) == 1
    assert other not in words(led(held, held.chair))


def test_a_minute_that_another_meeting_corrected_is_said_to_be_corrected_later(sqlite: Given) -> None:
    held = discussing()
    first = record(held, outcome=None, reason="Not yet.")
    record(held, outcome=None, reason="Never.", corrects=first)

    page = words(visit(held.story.secretariat, "meeting"))

    assert "corrected later" in page
    assert "below" not in page


def test_the_screen_of_a_recused_member_says_that_and_nothing_else(sqlite: Given) -> None:
    held = discussing()
    do(recuse_oneself, held.member, stage_id=held.story.stage_id, code=held.code())

    page = visit(held.member, "panel-meeting")

    assert [element.value for element in page.markdown] == [AWAY]
    assert (list(page.button), list(page.caption), held.code() in everything(page)) == ([], [], False)


def test_a_chair_who_is_recused_leads_the_rest_without_it(sqlite: Given) -> None:
    held = discussing()
    who = {"stage_id": held.story.stage_id, "person_id": held.chair.person_id}
    do(record_recusal, held.story.secretariat, **who, code=held.code(), reason="An investment")

    page = led(held, held.chair)

    assert "The panel discusses an entry that is not shown to you." in page.info[0].value
    assert held.code() not in everything(page)
    press(page, "Present the first entry")
    assert held.as_seen_by(held.chair).item_id == held.items["bela"]


def test_a_member_revises_a_score_and_takes_it_back(sqlite: Given) -> None:
    held = discussing()
    page = visit(held.member, "panel-meeting")
    assert "alone: 5" in said_on_card(page)
    label = card(page)[0].label

    page = choose_on_card(page, label, "3")
    assert _own(held) == [3, None]
    choose_on_card(page, label, "As alone")

    assert _own(held) == [None, None]


def _own(held: Held) -> list[int | None]:
    shown = ask(present_entry, held.member, stage_id=held.story.stage_id)
    assert shown is not None
    return [own.revised for own in shown.own]


def test_a_member_joins_and_then_sees_what_is_discussed(sqlite: Given) -> None:
    held = prepared()
    page = visit(held.member, "panel-meeting")
    assert "The meeting has not begun." in words(page)
    assert "erin was asked for" in tables(page)

    held = opened_again(held)
    page = press(visit(held.member, "panel-meeting"), "Join the meeting")

    assert title(page) == held.code()


def opened_again(held: Held) -> Held:
    do(open_meeting, held.chair, meeting_id=held.id, version=held.version)
    held.present("erin")
    return held


def test_whoever_scores_alone_is_told_that_they_do_not_meet(sqlite: Given) -> None:
    held = opened()
    who = {"stage_id": held.story.stage_id, "person_id": held.member.person_id}
    do(set_duty, held.story.secretariat, **who, duty=Duty.SCORES)

    page = visit(held.member, "panel-meeting")

    assert "You score alone" in words(page)
    assert held.code() not in everything(page)


def test_after_the_meeting_scores_stand_beside_each_other_and_it_is_said_what_cannot_be_told(sqlite: Given) -> None:
    held = discussing()
    page = led(held, held.chair)
    page.selectbox[0].set_value(page.selectbox[0].options[-1])
    page.text_area[0].input("Not yet.")
    press(page, "Record the decision")
    do(close_meeting, held.chair, meeting_id=held.id, version=held.version)

    page = visit(held.story.secretariat, "meeting")

    assert "Whether discussion helped cannot be told" in tables(page)
    assert ["5.00 · 5.00", "–", "–"] in [row_of_after(page, held.code())]


def row_of_after(page: AppTest, code: str) -> list[str]:
    body = next(part for part in tables(page).split("<table") if "Scores before and after" in part)
    [row] = [row for row in re.findall(r"<tr>(.*?)</tr>", body) if code in row]
    return re.findall(r"<td.*?>(.*?)</td>", row)


def test_judges_are_invited_to_meet_alone_once_entries_are_dealt(sqlite: Given) -> None:
    story = told(Chapter.JUDGED)
    page = visit(story.secretariat, "judges")
    page.text_area[0].input("Pat Palm <pat@example.org>")

    page = press(page, "Invite")

    assert row_of(page, "Pat Palm")[-1] == "Meets in the panel"
