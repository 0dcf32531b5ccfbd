"""Tests of due diligence: every check before the release, and a reserve that moves up when one fails."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Role
from delivery.exports.exporting import exported_table
from delivery.milestones import delivery, offer_terms
from judging.decisions import confirm_decisions, decide_entry, decisions, decisions_seen
from judging.due_diligence import Found, due_diligence, record_checks
from judging.letters import letter_preview, named_passages
from judging.models import Outcome
from judging.no_award import leave_places
from judging.outcome_models import Check, Finding
from judging.release import own_outcome, release_decisions
from judging.reserves import move_reserve_up
from judging.timed_release import release_preview
from prize.lifecycle import Phase
from storage.database import transact
from storage.errors import Closed, Invalid, Refused, Stale
from tests.databases import Given
from tests.judging.panels import two_reserves
from tests.judging.test_conflicted_staff import conflicted
from tests.stories import Chapter, Story, pass_checks, plans, told
from tests.world import ask, do

EVERY = tuple(Found(check, Finding.PASSES) for check in Check)
FAILED = (Found(Check.SANCTIONS, Finding.FAIL, "The owner stands on a list."),)


def with_a_reserve() -> Story:
    """The second team is the reserve, and the sponsor has confirmed it."""
    story = told(Chapter.DECIDED)
    reserve = {"entry_id": story.entries["bela"], "outcome": Outcome.RESERVE, "reason": "A close second."}
    do(decide_entry, story.secretariat, **reserve, version=1)
    confirm(story)
    return story


def confirm(story: Story) -> None:
    seen = ask(decisions_seen, story.sponsor, stage_id=story.stage_id)
    do(confirm_decisions, story.sponsor, stage_id=story.stage_id, seen=seen)


def record(story: Story, findings: tuple[Found, ...], version: int = 0, entry: str = "erin") -> Outcome:
    return do(record_checks, story.secretariat, entry_id=story.entries[entry], findings=findings, version=version)


def outcomes(story: Story) -> dict[str, Any]:
    names = {entry_id: name for name, entry_id in story.entries.items()}
    lines = ask(decisions, story.secretariat, stage_id=story.stage_id).lines
    return {names[line.entry_id]: line.outcome for line in lines}


def test_nothing_is_released_before_every_check_of_every_chosen_entry_is_there(database: Given) -> None:
    story = with_a_reserve()
    record(story, EVERY[:4])
    with pytest.raises(Invalid, match="1 chosen entry has not passed every check"):
        do(release_decisions, story.secretariat, stage_id=story.stage_id)

    record(story, (Found(Check.STANDING, Finding.NOT_NEEDED, "A public body."),), version=4)

    assert do(release_decisions, story.secretariat, stage_id=story.stage_id) == 2


def test_a_failed_check_lets_the_first_reserve_move_up_once_the_sponsor_has_confirmed_it(database: Given) -> None:
    story = with_a_reserve()

    assert record(story, FAILED) is Outcome.FAILED_CHECKS

    assert outcomes(story) == {"erin": Outcome.FAILED_CHECKS, "bela": Outcome.FINALIST}
    shown = ask(decisions, story.sponsor, stage_id=story.stage_id)
    assert (shown.stage.phase, shown.unconfirmed, shown.taken) == (Phase.DECIDING, 2, 1)
    with pytest.raises(Closed, match="deciding"):
        do(release_decisions, story.secretariat, stage_id=story.stage_id)
    back = {"entry_id": story.entry_id, "outcome": Outcome.RESERVE, "reason": "Rather.", "version": 2}
    with pytest.raises(Invalid, match="Due diligence failed: sanctions"):
        do(decide_entry, story.secretariat, **back)
    confirm(story)
    with pytest.raises(Invalid, match="1 chosen entry has not passed"):
        do(release_decisions, story.secretariat, stage_id=story.stage_id)
    transact(lambda db: pass_checks(db, story.secretariat, story.stage_id))
    do(release_decisions, story.secretariat, stage_id=story.stage_id)

    said = ask(own_outcome, story.entrant, entry_id=story.entry_id)
    assert said is not None
    assert (said.outcome, said.reason) == (
        Outcome.FAILED_CHECKS,
        "The checks before the announcement failed. Sanctions: The owner stands on a list.",
    )
    other = ask(own_outcome, story.entrants["bela"], entry_id=story.entries["bela"])
    assert other is not None
    assert other.outcome is Outcome.FINALIST


def test_where_there_is_no_reserve_the_place_stays_free(sqlite: Given) -> None:
    story = told(Chapter.CONFIRMED)
    record(story, FAILED)

    assert outcomes(story) == {"erin": Outcome.FAILED_CHECKS, "bela": Outcome.NOT_SELECTED}
    with pytest.raises(Invalid, match="0 of 1 place is given"):
        confirm(story)
    do(leave_places, story.secretariat, stage_id=story.stage_id, reason="Nobody else was ready.")
    confirm(story)
    assert do(release_decisions, story.secretariat, stage_id=story.stage_id) == 2


def test_every_finding_is_kept_and_the_newest_counts(database: Given) -> None:
    story = told(Chapter.CONFIRMED)
    record(story, (Found(Check.IDENTITY, Finding.CONDITIONS, "A certified copy is needed."),))
    with pytest.raises(Stale, match="Somebody recorded a check"):
        record(story, EVERY)
    record(story, (Found(Check.IDENTITY, Finding.PASSES, "The copy came."),), version=1)

    [line] = ask(due_diligence, story.secretariat, stage_id=story.stage_id).lines
    assert [(each.finding, each.note) for each in line.findings] == [(Finding.PASSES, "The copy came.")]
    assert [(each.finding, each.note) for each in line.earlier] == [(Finding.CONDITIONS, "A certified copy is needed.")]
    assert (line.version, line.findings[0].by) == (2, "Secretariat")


def test_a_fail_that_was_a_mistake_is_corrected_and_the_entry_decided_again(sqlite: Given) -> None:
    story = told(Chapter.CONFIRMED)
    record(story, FAILED)

    assert record(story, (Found(Check.SANCTIONS, Finding.PASSES, "Somebody else of that name."),), version=1)

    again = {"entry_id": story.entry_id, "outcome": Outcome.FINALIST, "reason": "The clearest.", "version": 2}
    do(decide_entry, story.secretariat, **again)
    assert outcomes(story)["erin"] is Outcome.FINALIST


def test_a_fail_that_is_corrected_after_the_sponsor_confirmed_it_is_decided_again_before_the_release(
    database: Given,
) -> None:
    story = with_a_reserve()
    record(story, FAILED)
    confirm(story)

    record(story, (Found(Check.SANCTIONS, Finding.PASSES, "Somebody else of that name."),), version=1)

    shown = ask(decisions, story.sponsor, stage_id=story.stage_id)
    assert (shown.stage.phase, shown.unconfirmed) == (Phase.DECIDING, 1)
    with pytest.raises(Invalid, match="1 entry stands as failed and no check fails any more"):
        confirm(story)
    versions = {line.entry_id: line.version for line in shown.lines}
    for name, outcome in (("bela", Outcome.RESERVE), ("erin", Outcome.FINALIST)):
        what = {"entry_id": story.entries[name], "outcome": outcome, "version": versions[story.entries[name]]}
        do(decide_entry, story.secretariat, **what, reason="As it was.")
    confirm(story)
    record(story, EVERY, version=2)
    do(release_decisions, story.secretariat, stage_id=story.stage_id)
    said = ask(own_outcome, story.entrant, entry_id=story.entry_id)
    assert said is not None
    assert said.outcome is Outcome.FINALIST


@pytest.mark.parametrize(
    ("findings", "words"),
    [
        ((), "Nothing was recorded"),
        ((Found(Check.IDENTITY, Finding.FAIL),), "needs a note"),
        ((Found(Check.IDENTITY, Finding.CONDITIONS),), "needs a note"),
        ((Found(Check.IDENTITY, Finding.NOT_NEEDED),), "needs a note"),
        ((EVERY[0], EVERY[0]), "Each check has one finding"),
    ],
)
def test_a_finding_that_says_too_little_is_refused(sqlite: Given, findings: tuple[Found, ...], words: str) -> None:
    story = told(Chapter.CONFIRMED)

    with pytest.raises(Invalid, match=words):
        record(story, findings)


def test_due_diligence_waits_for_the_confirmation_and_is_on_chosen_entries_and_reserves(sqlite: Given) -> None:
    decided = told(Chapter.DECIDED)
    with pytest.raises(Closed, match="from the confirmation to the release"):
        record(decided, EVERY)
    confirm(decided)
    with pytest.raises(Closed, match="chosen or reserves"):
        record(decided, EVERY, entry="bela")


@pytest.mark.parametrize("fails", ["erin", "bela"])
def test_somebody_shut_out_learns_nothing_of_a_check_that_fails_since_a_reserve_would_move_up(
    sqlite: Given, fails: str
) -> None:
    story = told(Chapter.DECIDED)
    staff, sponsor = conflicted(story, Role.SECRETARIAT), conflicted(story, Role.SPONSOR)
    reserve = {"entry_id": story.entries["bela"], "outcome": Outcome.RESERVE, "reason": "A close second."}
    do(decide_entry, story.secretariat, **reserve, version=1)
    assert len(ask(decisions, staff, stage_id=story.stage_id).lines) == 1
    about, stage = {"entry_id": story.entries["bela"]}, {"stage_id": story.stage_id}

    def refusals() -> set[str]:
        said = set()
        for call in (
            lambda: ask(decisions, staff, **stage),
            lambda: ask(decisions, sponsor, **stage),
            lambda: ask(decisions_seen, sponsor, **stage),
            lambda: ask(due_diligence, staff, **stage),
            lambda: ask(named_passages, staff, **stage),
            lambda: ask(letter_preview, staff, **about),
            lambda: ask(release_preview, staff, **stage),
            lambda: do(release_decisions, staff, **stage),
            lambda: do(record_checks, staff, **about, findings=FAILED),
            lambda: do(record_checks, staff, **about, findings=EVERY),
            lambda: do(decide_entry, staff, **reserve, version=2),
            lambda: do(confirm_decisions, sponsor, **stage, seen=""),
        ):
            with pytest.raises(Refused) as refused:
                call()
            said.add(refused.value.words)
        return said

    confirm(story)
    before = refusals()
    record(story, FAILED, entry=fails)

    assert refusals() == before
    assert len(before) == 1
    decided = {"prize_id": story.prize_id, "table": "decision"}
    assert len(ask(exported_table, staff, **decided).content.splitlines()) == 1
    confirm(story)
    transact(lambda db: pass_checks(db, story.secretariat, story.stage_id))
    do(release_decisions, story.secretariat, **stage)
    assert len(ask(decisions, staff, **stage).lines) == 1


def test_conditions_are_carried_into_the_grant_terms(sqlite: Given) -> None:
    story = told(Chapter.CONFIRMED)
    record(story, (*EVERY[:3], Found(Check.SUBSIDY, Finding.CONDITIONS, "Under the limit with other aid."), EVERY[4]))
    do(release_decisions, story.secretariat, stage_id=story.stage_id)

    offer = {"text": "We pay what is verified.", "milestones": plans(story.target_id)}
    do(offer_terms, story.secretariat, entry_id=story.entry_id, **offer)

    [terms] = ask(delivery, story.secretariat, prize_id=story.prize_id)
    assert terms.text.endswith("Conditions of due diligence:\n\nUnder the limit with other aid.")


def test_reserves_stand_in_the_order_in_which_they_were_chosen_until_one_is_moved_up(database: Given) -> None:
    story = two_reserves()

    def order() -> list[int | None]:
        lines = {line.entry_id: line for line in ask(decisions, story.secretariat, stage_id=story.stage_id).lines}
        return [lines[entry_id].reserve for entry_id in story.entries.values()]

    assert order() == [1, 2]
    with pytest.raises(Invalid, match="the first reserve already"):
        do(move_reserve_up, story.secretariat, entry_id=story.entry_id, version=1)

    do(move_reserve_up, story.secretariat, entry_id=story.entries["bela"], version=1)

    assert order() == [2, 1]
