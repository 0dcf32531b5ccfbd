"""Tests of choices that depart from the published rules, and of places that are left free."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from accounts.actors import STRANGER
from accounts.models import Role, ScopeKind
from accounts.programmes import appoint
from judging.announced import public_results
from judging.decisions import DecisionLine, confirm_decisions, decide_entry, decisions, decisions_seen
from judging.models import Outcome
from judging.no_award import leave_places
from judging.release import release_decisions
from judging.scorecards import answer_gate, save_score
from storage.database import transact
from storage.errors import Closed, Invalid, Refused, Stale
from tests.databases import Given
from tests.pages.public import get
from tests.pages.visiting import press, tables, visit, words
from tests.stories import SLUG, Chapter, Story, assignments_of, go_on, pass_checks, told, with_a_gate
from tests.world import ask, do


def decide(story: Story, entry: str, outcome: Outcome, version: int = 0, override: str = "") -> None:
    what = {"outcome": outcome, "reason": "The panel compared both.", "version": version, "override": override}
    do(decide_entry, story.secretariat, entry_id=story.entries[entry], **what)


def confirm(story: Story) -> int:
    seen = ask(decisions_seen, story.sponsor, stage_id=story.stage_id)
    return do(confirm_decisions, story.sponsor, stage_id=story.stage_id, seen=seen)


def line_of(story: Story, entry: str) -> DecisionLine:
    lines = ask(decisions, story.sponsor, stage_id=story.stage_id).lines
    return next(line for line in lines if line.entry_id == story.entries[entry])


def out_of_order() -> Story:
    """The second team is chosen, whose mean is lower."""
    story = told(Chapter.JUDGED)
    decide(story, "erin", Outcome.NOT_SELECTED)
    decide(story, "bela", Outcome.FINALIST)
    return story


def test_a_choice_below_one_that_is_not_chosen_needs_a_reason_of_its_own(database: Given) -> None:
    story = out_of_order()
    assert line_of(story, "bela").departs == ("It stands below an entry that is not chosen.",)
    with pytest.raises(Invalid, match="1 choice departs from the published rules without a reason"):
        confirm(story)

    decide(story, "bela", Outcome.FINALIST, version=1, override="The panel saw it work.")

    assert line_of(story, "bela").override == "The panel saw it work."
    assert confirm(story) == 2


def test_a_choice_that_keeps_to_the_order_needs_none(sqlite: Given) -> None:
    story = told(Chapter.DECIDED)

    assert [line.departs for line in ask(decisions, story.sponsor, stage_id=story.stage_id).lines] == [(), ()]


def test_an_override_stays_only_with_a_choice(sqlite: Given) -> None:
    story = out_of_order()
    decide(story, "bela", Outcome.FINALIST, version=1, override="The panel saw it work.")

    decide(story, "bela", Outcome.RESERVE, version=2, override="The panel saw it work.")

    assert (line_of(story, "bela").override, line_of(story, "bela").departs) == ("", ())


def test_a_choice_below_a_threshold_or_with_a_gate_answered_no_departs_too(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    gate = transact(lambda db: with_a_gate(db, story))
    for judge in story.judges.values():
        first, second = transact(lambda db, judge=judge: assignments_of(db, story, judge))  # type: ignore[misc]
        for assignment, yes in ((first, False), (second, True)):
            do(answer_gate, judge, assignment_id=assignment.id, gate_key=gate, yes=yes)
        do(save_score, judge, assignment_id=second.id, criterion_key=story.criteria["method"], points=1)
    go_on(story, Chapter.SCORED, Chapter.JUDGED)

    decide(story, "erin", Outcome.FINALIST)
    assert line_of(story, "erin").departs == ("Judges answer “In scope?” with no.",)

    decide(story, "erin", Outcome.NOT_SELECTED, version=1)
    decide(story, "bela", Outcome.FINALIST)
    assert line_of(story, "bela").departs == ("It is below the minimum for Method.",)


def test_places_that_are_left_free_need_a_reason_that_the_public_result_says(database: Given) -> None:
    story = told(Chapter.JUDGED)
    for name in story.entries:
        decide(story, name, Outcome.NOT_SELECTED)
    with pytest.raises(Invalid, match="0 of 1 place is given"):
        confirm(story)
    do(leave_places, story.secretariat, stage_id=story.stage_id, reason="No river was clean enough.")
    with pytest.raises(Stale, match="Somebody changed this"):
        do(leave_places, story.secretariat, stage_id=story.stage_id, reason="Another.")

    assert confirm(story) == 2

    with pytest.raises(Closed, match="before the decisions are confirmed"):
        do(leave_places, story.secretariat, stage_id=story.stage_id, reason="Another.", version=1)
    transact(lambda db: pass_checks(db, story.secretariat, story.stage_id))
    do(release_decisions, story.secretariat, stage_id=story.stage_id)
    [result] = ask(public_results, STRANGER, slug=SLUG)
    assert (result.count, result.places, result.no_award) == (0, 1, "No river was clean enough.")
    body = get(f"/prizes/{SLUG}").body
    assert "No award was made." in body
    assert "No river was clean enough." in body


def test_whoever_leaves_places_free_does_not_confirm_it_and_a_new_reason_is_read_first(sqlite: Given) -> None:
    story = told(Chapter.JUDGED)
    for name in story.entries:
        decide(story, name, Outcome.NOT_SELECTED)
    seen = ask(decisions_seen, story.sponsor, stage_id=story.stage_id)
    person = story.sponsor.person_id
    transact(lambda db: appoint(db, story.owner, person, Role.SECRETARIAT, ScopeKind.PRIZE, story.prize_id))
    do(leave_places, story.sponsor, stage_id=story.stage_id, reason="No river was clean enough.")

    with pytest.raises(Stale, match="A decision has changed"):
        do(confirm_decisions, story.sponsor, stage_id=story.stage_id, seen=seen)
    with pytest.raises(Refused, match="made none of them"):
        confirm(story)


def test_the_secretariat_gives_the_reason_on_its_page_and_the_sponsor_sees_it_as_such(sqlite: Given) -> None:
    story = out_of_order()
    page = visit(story.secretariat, "decisions")
    [box] = [box for box in page.text_area if box.label.startswith("Why it is chosen all the same")]
    box.input("The panel saw it work.")

    _save_beside(page, box.key)

    assert line_of(story, "bela").override == "The panel saw it work."
    seen = visit(story.sponsor, "confirm")
    assert "It stands below an entry that is not chosen." in words(seen)
    assert "The panel saw it work." in tables(seen)


def _save_beside(page: AppTest, key: str | None) -> None:
    """Press the button of the form in which a field stands."""
    entry = str(key).removeprefix("override-").rpartition("-")[0]
    [button] = [one for one in page.button if one.label == "Save the change" and entry in str(one.proto.form_id)]
    button.click().run()


def test_the_reason_for_free_places_is_given_on_the_page_of_decisions(sqlite: Given) -> None:
    story = told(Chapter.JUDGED)
    for name in story.entries:
        decide(story, name, Outcome.NOT_SELECTED)
    page = visit(story.secretariat, "decisions")
    next(box for box in page.text_area if box.label.startswith("Why; the public")).input("No river was clean enough.")

    press(page, "Save the reason")

    assert ask(decisions, story.sponsor, stage_id=story.stage_id).no_award == "No river was clean enough."
    assert "No river was clean enough." in tables(visit(story.sponsor, "confirm"))
