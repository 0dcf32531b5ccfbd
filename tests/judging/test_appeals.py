"""A team appeals once, in time; the secretariat answers with a reason; no decision changes by that."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from accounts.actors import LAUREL
from accounts.erasure import erase_person
from accounts.models import Role, ScopeKind
from accounts.programmes import appoint
from judging.appeals import OwnAppeal, answer_appeal, appeals, own_appeal, write_appeal
from judging.models import AppealState
from judging.release import own_outcome
from prize.models import Stage
from storage import clock
from storage.database import transact
from storage.errors import NOT_YOURS, Closed, Refused, Stale
from storage.mail import Mail
from storage.values import time_words
from tests.accounts.signed_in import mails_to
from tests.databases import Given
from tests.judging.examples import another_secretary, appeals_are_allowed
from tests.judging.test_conflicted_staff import conflicted
from tests.modules import import_everything
from tests.pages.visiting import press, tables, visit, words
from tests.stories import DAY, Chapter, Story, told
from tests.world import ask, do

import_everything()

TEXT = "The samples of May were not read."
WHY = "They were left out by mistake."
SECRETARIAT = "secretariat@secretariat.example"


def released() -> Story:
    story = told(Chapter.RELEASED)
    appeals_are_allowed(story)
    return story


def appeal(story: Story) -> UUID:
    return do(write_appeal, story.entrant, entry_id=story.entry_id, text=TEXT)


def own(story: Story) -> OwnAppeal | None:
    return ask(own_appeal, story.entrant, entry_id=story.entry_id)


def test_an_appeal_is_written_answered_and_told_both_ways(database: Given) -> None:
    story = released()
    before = ask(own_outcome, story.entrant, entry_id=story.entry_id)

    appeal_id = appeal(story)

    [mail] = mails_to(SECRETARIAT)
    assert mail.subject.startswith("An appeal about entry ")
    assert (TEXT in mail.text, "Acorn" in mail.text) == (False, False)
    [line] = ask(appeals, story.secretariat, stage_id=story.stage_id)
    assert (line.id, line.organisation, line.text, line.state) == (appeal_id, "Acorn Labs", TEXT, AppealState.WAITING)
    second = another_secretary(story)
    do(answer_appeal, second, appeal_id=appeal_id, version=1, accepted=True, reason=WHY)
    shown = own(story)
    assert shown
    assert (shown.text, shown.state, shown.reason, shown.can_write) == (TEXT, AppealState.ACCEPTED, WHY, False)
    assert WHY in mails_to("erin@erin.example")[-1].text
    assert ask(own_outcome, story.entrant, entry_id=story.entry_id) == before
    for version, error in ((1, Stale), (2, Closed)):
        with pytest.raises(error):
            do(answer_appeal, second, appeal_id=appeal_id, version=version, accepted=False, reason=WHY)


def test_a_team_appeals_once_and_only_for_its_own_entry(sqlite: Given) -> None:
    story = released()
    appeal(story)

    with pytest.raises(Closed, match="has appealed already"):
        appeal(story)
    with pytest.raises(Refused) as refusal:
        do(write_appeal, story.entrants["bela"], entry_id=story.entry_id, text=TEXT)
    assert refusal.value.words == NOT_YOURS


def test_the_days_count_from_the_release_and_the_last_moment_is_in_time(database: Given) -> None:
    story = released()
    shown = own(story)
    assert shown
    outcome = ask(own_outcome, story.entrant, entry_id=story.entry_id)
    assert outcome
    assert (shown.until, shown.can_write) == (outcome.released_at + 14 * DAY, True)
    transact(lambda db: clock.move_to(db, shown.until + timedelta(milliseconds=1), stand_still=True))
    with pytest.raises(Closed, match=r"could appeal until .* \(London\)\. The decision stands"):
        appeal(story)
    assert own(story).can_write is False  # type: ignore[union-attr]

    transact(lambda db: clock.move_to(db, shown.until, stand_still=True))

    assert appeal(story)


def test_there_is_no_appeal_before_the_release_or_where_the_rules_allow_none(sqlite: Given) -> None:
    story = told(Chapter.CONFIRMED)
    appeals_are_allowed(story)
    without = told(Chapter.RELEASED, place="-without")

    for one in (story, without):
        assert own(one) is None
        with pytest.raises(Closed, match="nothing to appeal against"):
            appeal(one)


def test_somebody_of_the_secretariat_in_conflict_learns_nothing_of_it(sqlite: Given) -> None:
    story = released()
    near = conflicted(story, Role.SECRETARIAT)

    appeal_id = appeal(story)

    assert ask(appeals, near, stage_id=story.stage_id) == ()
    with pytest.raises(Refused):
        do(answer_appeal, near, appeal_id=appeal_id, version=1, accepted=False, reason=WHY)
    written = transact(lambda db: db.exec(select(Mail.person_id).where(col(Mail.event).like("appeal %"))).all())
    assert written == [story.secretariat.person_id]


def test_an_appeal_is_answered_by_somebody_who_neither_recorded_nor_confirmed_the_decision(
    database: Given,
) -> None:
    story = released()
    appeal_id = appeal(story)
    also_confirmed = story.sponsor
    transact(
        lambda db: appoint(
            db, LAUREL, also_confirmed.person_id, Role.SECRETARIAT, ScopeKind.PROGRAMME, story.programme_id
        )
    )

    for decider in (story.secretariat, also_confirmed):
        [line] = ask(appeals, decider, stage_id=story.stage_id)
        assert (line.text, line.somebody_else) == (TEXT, True)
        with pytest.raises(Refused, match="Somebody else of the secretariat answers it"):
            do(answer_appeal, decider, appeal_id=appeal_id, version=1, accepted=False, reason=WHY)
        assert "so somebody else of the secretariat answers the appeal" in words(visit(decider, "appeals"))

    second = another_secretary(story)
    assert [line.somebody_else for line in ask(appeals, second, stage_id=story.stage_id)] == [False]
    do(answer_appeal, second, appeal_id=appeal_id, version=1, accepted=False, reason=WHY)
    assert [line.answered_by for line in ask(appeals, story.secretariat, stage_id=story.stage_id)] == ["Sam"]


def test_an_appeal_that_waits_is_told_of_while_one_looks_at_the_next_stage(sqlite: Given) -> None:
    story = released()
    transact(lambda db: db.add(Stage(prize_id=story.prize_id, position=2, name="Final")))
    appeal(story)

    room = visit(another_secretary(story), "appeals")

    assert "Final" in words(room)
    assert TEXT not in tables(room)
    room = press(room, "1 appeal of First stage waits for an answer")
    assert TEXT in tables(room)


def test_a_team_that_comes_too_late_reads_until_when_it_could_have_appealed(sqlite: Given) -> None:
    story = released()
    shown = own(story)
    assert shown
    transact(lambda db: clock.move_to(db, shown.until + timedelta(minutes=1), stand_still=True))

    page = visit(story.entrant, "entry")
    page.query_params["entry"] = str(story.entry_id)
    page = page.run()

    assert f"Your team could appeal until {time_words(shown.until, shown.zone, weekday=True)}." in words(page)
    assert [button.label for button in page.button if "appeal" in button.label] == []


def test_what_a_team_wrote_is_erased_with_its_only_member(sqlite: Given) -> None:
    story = released()
    appeal(story)

    transact(lambda db: erase_person(db, "erin@erin.example", "They asked for it."))

    [line] = ask(appeals, story.secretariat, stage_id=story.stage_id)
    assert line.text == ""


def test_the_appeal_is_sent_on_the_entry_and_answered_in_the_secretariats_room(sqlite: Given) -> None:
    story = released()
    page = visit(story.entrant, "entry")
    page.query_params["entry"] = str(story.entry_id)
    page = page.run()
    page.text_area[0].input(TEXT)
    page = press(page, "Send the appeal")
    assert "The secretariat has not answered yet." in words(page)
    room = visit(another_secretary(story), "appeals")
    assert "1 appeal waits for an answer." in words(room)
    assert TEXT in tables(room)

    room = press(room, "Reject the appeal")
    assert "The reason is empty." in words(room)
    room.text_area[0].input(WHY)
    room = press(room, "Reject the appeal")

    assert "No appeal waits for an answer." in words(room)
    assert "**Rejected** by Sam," in words(room)
    page = page.run()
    assert "Rejected. The decision stands." in words(page)
    assert WHY in tables(page)
