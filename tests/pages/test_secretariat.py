"""Tests of the secretariat's rooms."""

from __future__ import annotations

import re
from datetime import date

from accounts.actors import Actor
from accounts.people import find_or_add_person
from delivery.milestones import delivery
from judging.availability import tell_availability
from judging.decisions import decide_entry, decisions, end_judging
from judging.judges import accept_terms, invite_judges, judges, state_conflicts
from judging.models import Outcome
from judging.planning import latest_plan
from judging.scorecards import answer_gate, finish_judging, save_score
from prize.entries.duplicates import duplicates
from prize.entries.screening import stage_entries
from prize.lifecycle import Phase
from prize.stages import stages
from storage.database import transact
from tests.databases import Given
from tests.pages.visiting import choose, press, row_of, tables, visit, words
from tests.stories import (
    Chapter,
    Story,
    assignments_of,
    go_on,
    join_team,
    told,
    with_a_gate,
    with_a_topic,
    with_comments_needed,
    work_off,
)
from tests.world import ask, do


def phase(story: Story) -> Phase:
    return ask(stages, story.secretariat, prize_id=story.prize_id)[0].phase


def test_while_a_stage_is_open_drafts_are_counted_and_nothing_of_them_is_shown(sqlite: Given) -> None:
    page = visit(told(Chapter.WRITTEN).secretariat, "entries")

    assert "0 submitted, 2 in draft." in words(page)
    assert "Acorn Labs" not in words(page) + tables(page)


def test_all_that_wait_are_marked_as_eligible_after_their_number_has_been_named(sqlite: Given) -> None:
    story = told(Chapter.CLOSED)
    page = visit(story.secretariat, "entries")
    assert "2 entries have not been screened." in words(page)

    page = press(page, "Mark 2 entries as eligible")

    assert [said.value for said in page.success] == ["2 entries are now eligible."]
    lines = ask(stage_entries, story.secretariat, stage_id=story.stage_id).entries
    assert [line.eligible for line in lines] == [True, True]


def test_several_entries_are_called_ineligible_for_one_reason_and_the_page_says_what_became_of_each(
    sqlite: Given,
) -> None:
    story = told(Chapter.CLOSED)
    page = visit(story.secretariat, "entries")
    page = choose(page, "which entries are decided", "Those that I choose")
    page = page.multiselect[0].set_value([story.entry_id]).run()
    page = press(page, "Not eligible: 1 entry")
    assert "There is no reason yet" in page.error[0].value
    [reason] = [field for field in page.text_input if field.label == "Why they are not eligible"]
    reason.input("Not a river.")

    page = press(page, "Not eligible: 1 entry")

    lines = ask(stage_entries, story.secretariat, stage_id=story.stage_id).entries
    assert {line.organisation: (line.eligible, line.reason) for line in lines} == {
        "Acorn Labs": (False, "Not a river."),
        "Birch Works": (None, ""),
    }
    code = next(line.code for line in lines if line.id == story.entry_id)
    [outcome] = [row for row in re.findall(r"<tr>.*?</tr>", tables(page)) if "Now not eligible." in row]
    assert code in outcome
    assert "Acorn Labs" in outcome


def test_an_entry_is_called_ineligible_with_a_reason(sqlite: Given) -> None:
    story = told(Chapter.CLOSED)
    page = visit(story.secretariat, "entries")
    page.query_params["entry"] = str(story.entry_id)
    page = press(page.run(), "Not eligible")
    assert "There is no reason yet" in page.error[0].value
    page.text_input[0].input("Not a river.")

    page = press(page, "Not eligible")

    assert "Marked as not eligible: Not a river." in words(page)


def test_a_list_of_judges_with_a_line_that_cannot_be_read_is_kept_and_invites_nobody(sqlite: Given) -> None:
    story = told(Chapter.SCREENED)
    page = visit(story.secretariat, "judges")
    pasted = "Jules <jules@example.org>\nsomebody"
    page.text_area[0].input(pasted)

    page = press(page, "Invite")

    assert "- somebody" in page.error[0].value
    assert page.text_area[0].value == pasted
    assert ask(judges, story.secretariat, stage_id=story.stage_id) == ()

    page.text_area[0].input(pasted.replace("somebody", "jo@example.org"))
    page = press(page, "Invite")

    assert page.success[0].value == "2 judges invited."
    assert page.text_area[0].value == ""


def test_a_plan_is_looked_at_before_judging_begins(sqlite: Given) -> None:
    story = told(Chapter.BOUND)
    page = press(visit(story.secretariat, "assignment"), "Make a plan")
    plan = ask(latest_plan, story.secretariat, stage_id=story.stage_id)
    assert plan is not None
    assert str(plan.seed) in tables(page)
    assert "So all scores can be compared." in words(page)
    assert phase(story) is Phase.SCREENING

    page = press(page, "Ask the judges")

    assert page.success[0].value == "Judging has begun. 4 scorecards have been asked for."
    assert phase(story) is Phase.JUDGING


def test_how_far_each_judge_has_come_stands_beside_their_name_once_judging_has_begun(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    assignment = transact(lambda db: assignments_of(db, story, story.judge)[0].id)
    for key in story.criteria.values():
        do(save_score, story.judge, assignment_id=assignment, criterion_key=key, points=4)

    page = visit(story.secretariat, "judges")

    assert row_of(page, "Jules")[2] == "1 of 2"
    assert row_of(page, "Jo")[2] == "0 of 2"
    assert "To comment" not in tables(page)

    transact(lambda db: with_comments_needed(db, story))
    page = visit(story.secretariat, "judges")

    assert (row_of(page, "Jules")[3], row_of(page, "Jo")[3]) == ("1", "")
    assert "To comment: scored entries whose comment for the entrant is missing" in words(page)


def test_judging_that_cannot_end_yet_says_why_and_goes_on(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    page = visit(story.secretariat, "ranking")
    assert "2 judges have not finished." in words(page)

    page = press(page, "Take no more scores")

    assert "2 judges have not finished" in page.error[0].value
    assert phase(story) is Phase.JUDGING


def _fields(story: Story, version: int) -> tuple[str, str]:
    return f"outcome-{story.entry_id}-{version}", f"reason-{story.entry_id}-{version}"


def test_a_decision_is_saved_with_its_reason(sqlite: Given) -> None:
    story = told(Chapter.JUDGED)
    page = visit(story.secretariat, "decisions")
    outcome, reason = _fields(story, 0)
    next(group for group in page.get("button_group") if group.key == outcome).set_value(Outcome.FINALIST)
    page.text_area(key=reason).input("The mussels.")

    page = next(button for button in page.button if button.label == "Save").click().run()

    assert "1 of 1 place taken; 1 entry is not decided yet." in words(page)
    assert [
        (line.outcome, line.reason)
        for line in ask(decisions, story.secretariat, stage_id=story.stage_id).lines
        if line.outcome
    ] == [(Outcome.FINALIST, "The mussels.")]


def test_who_decides_reads_how_judges_answered_the_gate_question(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    gate_key = transact(lambda db: with_a_gate(db, story))
    for judge, answers in ((story.judges["jules"], (True, True)), (story.judges["jo"], (True, False))):
        rows = transact(lambda db, judge=judge: assignments_of(db, story, judge))  # type: ignore[misc]
        for row, yes in zip(rows, answers, strict=True):
            do(answer_gate, judge, assignment_id=row.id, gate_key=gate_key, yes=yes)
        do(finish_judging, judge, stage_id=story.stage_id)
    do(end_judging, story.secretariat, stage_id=story.stage_id)

    page = visit(story.secretariat, "decisions")

    assert "“In scope?” 2 yes, 0 no" in words(page)
    assert "“In scope?” 1 yes, 1 no" in words(page)


def test_who_decides_second_sees_both_and_loses_nothing(sqlite: Given) -> None:
    story = told(Chapter.JUDGED)
    page = visit(story.secretariat, "decisions")
    outcome, reason = _fields(story, 0)
    next(group for group in page.get("button_group") if group.key == outcome).set_value(Outcome.RESERVE)
    page.text_area(key=reason).input("What I wrote.")
    do(decide_entry, story.secretariat, entry_id=story.entry_id, outcome=Outcome.FINALIST, reason="Quicker.")

    page = next(button for button in page.button if button.label == "Save").click().run()

    assert "Somebody decided this entry" in page.error[0].value
    assert "Quicker." in page.warning[0].value
    assert page.text_area(key=_fields(story, 1)[1]).value == "What I wrote."


def test_decisions_are_released_after_it_was_said_what_will_be_sent(sqlite: Given) -> None:
    story = told(Chapter.CHECKED)
    page = visit(story.secretariat, "decisions")
    assert "2 teams will be written to at the same moment." in words(page)

    page = press(page, "Release to 2 teams")

    assert page.success[0].value == "Released. 2 teams are being told by mail."
    assert phase(story) is Phase.RELEASED


def test_terms_are_offered_with_their_milestones_and_a_refused_form_keeps_its_content(sqlite: Given) -> None:
    story = told(Chapter.RELEASED)
    page = visit(story.secretariat, "delivery")
    page.number_input[0].set_value(1).run()
    page.text_area(key="grant terms").input("We pay what is verified.")
    page = press(page, "Offer the terms")
    assert page.error[0].value == "**Milestone 1 lacks a name.** Fill it in, then offer again."
    assert page.text_area(key="grant terms").value == "We pay what is verified."
    for field, text in (("title", "A river"), ("amount", "20,000"), ("quantity", "Rivers"), ("unit", "rivers")):
        page.text_input(key=f"milestone 1 {field}").input(text)
    page.text_area(key="milestone 1 show").input("Samples of a summer.")
    page.date_input(key="milestone 1 due").set_value(date(2028, 9, 1))

    page = press(page, "Offer the terms")

    [terms] = ask(delivery, story.secretariat, prize_id=story.prize_id)
    assert [(line.title, str(line.amount), line.due_on) for line in terms.milestones] == [
        ("A river", "£20,000", date(2028, 9, 1))
    ]
    assert "0 of 1 offer accepted." in words(page)


def test_entries_that_may_be_the_same_are_shown_beside_each_other_and_settled_with_a_note(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)
    for entry_id in story.entries.values():
        transact(lambda db, entry_id=entry_id: join_team(db, entry_id, "pat"))
    go_on(story, Chapter.SUBMITTED, Chapter.CLOSED)
    assert "Entries are being compared with each other." in words(visit(story.secretariat, "entries"))
    work_off()
    assert "1 person" in tables(visit(story.secretariat, "entries"))
    [pair] = ask(duplicates, story.secretariat, stage_id=story.stage_id).pairs
    page = visit(story.secretariat, "entries")
    page.query_params["pair"] = str(pair.id)
    page = page.run()
    assert "Pat" in words(page)
    page = press(page, "Not the same")
    assert "There is no note yet" in page.error[0].value
    page.text_input[0].input("Pat advises both.")

    page = press(page, f"{pair.other.code} is not eligible")

    assert "Noted: Pat advises both." in words(page)
    lines = {line.id: line for line in ask(stage_entries, story.secretariat, stage_id=story.stage_id).entries}
    assert (lines[pair.other.id].eligible, lines[pair.other.id].reason) == (False, "Pat advises both.")
    assert lines[pair.entry.id].eligible is None


def test_a_judge_leaves_after_it_was_shown_who_is_asked_instead(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    do(invite_judges, story.secretariat, stage_id=story.stage_id, pasted="Mara <mara@example.org>")
    mara = transact(lambda db: Actor(find_or_add_person(db, "Mara", "mara@example.org").id))
    do(accept_terms, mara, stage_id=story.stage_id)
    do(state_conflicts, mara, stage_id=story.stage_id, statements=())
    page = visit(story.secretariat, "judges")
    [leaver] = [box for box in page.selectbox if box.label == "Who leaves"]

    page = leaver.set_value(story.judge.person_id).run()

    assert "**Jules** has finished 0 scorecards. 2 entries are given back." in words(page)
    assert '<td class="number">0</td><td class="number">2</td>' in tables(page)
    page = press(page, "Let Jules leave and ask for 2 scorecards")
    assert [said.value for said in page.success] == [
        "Jules has left the panel. Whoever is asked instead has been written to."
    ]
    left = {line.name for line in ask(judges, story.secretariat, stage_id=story.stage_id)}
    assert left == {"Jo", "Mara"}


def test_the_secretariat_enters_what_a_judge_has_told_and_reads_it_beside_the_name(sqlite: Given) -> None:
    story = told(Chapter.BOUND)
    transact(lambda db: with_a_topic(db, story, {}))
    page = visit(story.secretariat, "judges")
    [whose] = [box for box in page.selectbox if box.label == "Whose"]
    page = whose.set_value(story.judge.person_id).run()
    form = f"availability-{story.judge.person_id}-{story.stage_id}"
    page.multiselect(key=f"{form}-knows").select("Lakes").select("Rivers")
    page.number_input(key=f"{form}-load").set_value(1)
    page.date_input(key=f"{form}-away_from").set_value(date(2027, 3, 30))
    page.date_input(key=f"{form}-away_until").set_value(date(2027, 4, 3))

    page = press(page, "Save for this judge")

    assert not page.exception
    assert row_of(page, "Jules")[-1] == "knows Rivers, Lakes; at most 1 entry; away until 3 April 2027"


def test_a_plan_says_whose_wishes_it_passes_and_how_many_entries_have_a_judge_who_knows_them(sqlite: Given) -> None:
    story = told(Chapter.BOUND)
    transact(lambda db: with_a_topic(db, story, {"erin": "Rivers", "bela": "Lakes"}))
    do(tell_availability, story.judge, stage_id=story.stage_id, version=1, knows=("Lakes",), load=1)

    page = press(visit(story.secretariat, "assignment"), "Make a plan")

    assert "Jules: 1 more than they wish" in words(page)
    assert "1 of 2 entries that say what they are about have a judge who knows it." in words(page)


def test_an_entry_is_given_by_hand_and_later_all_are_dealt_at_random_again(sqlite: Given) -> None:
    story = told(Chapter.BOUND)
    page = press(visit(story.secretariat, "assignment"), "Make a plan")
    [entry] = [box for box in page.selectbox if box.label == "Entry"]
    page = entry.set_value(story.entry_id).run()
    [chosen] = [box for box in page.multiselect if box.label == "Judges"]
    assert {*chosen.value} == {judge.person_id for judge in story.judges.values()}

    page = press(page, "Give it to them")

    assert "1 entry was given by hand. Another plan keeps that." in words(page)
    page = press(page, "Deal all at random")
    assert "entry was given by hand" not in words(page)
