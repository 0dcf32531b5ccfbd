"""What an entrant's team, and anybody who checks a receipt, can rely on."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pydantic import TypeAdapter
from sqlmodel import Session

from accounts.actors import LAUREL, STRANGER, Actor
from prize.closing import close_stage
from prize.entries.drafts import save_answer, start_entry
from prize.entries.models import EntryState
from prize.entries.own import own_entries, own_entry
from prize.entries.receipts import ReceiptCheck, check_receipt
from prize.entries.screening import stage_entries
from prize.entries.submission import submit_entry, withdraw_entry
from prize.models import Stage
from storage.database import transact
from storage.errors import Closed, Invalid, Refused
from storage.saves import Saved
from tests.databases import Clock, Given
from tests.stories import CLOSES, TEAMS, Chapter, Story, join_team, told
from tests.world import ask, do

NOBODY_S_CODE = "2222-3333-4444-5555-6666"


def save(story: Story, actor: Actor, text: str, base: int, tab: str, number: int) -> Saved:
    target = {"entry_id": story.entry_id, "question_key": story.questions["method"]}
    return do(save_answer, actor, **target, text=text, base_version=base, tab=tab, save_number=number)


def text_of(story: Story) -> str:
    return ask(own_entry, story.entrant, entry_id=story.entry_id).answers[0].text


def test_submitting_again_gives_version_2_and_another_receipt(database: Given) -> None:
    story = told(Chapter.SUBMITTED)
    first = story.receipts["erin"]
    save(story, story.entrant, "Reeds do it.", 1, "another-tab", 1)
    assert ask(own_entry, story.entrant, entry_id=story.entry_id).changed_since

    second = do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)

    assert (first.number, second.number) == (1, 2)
    assert first.code != second.code
    assert first.content_digest != second.content_digest
    entry = ask(own_entry, story.entrant, entry_id=story.entry_id)
    assert (entry.receipt, entry.changed_since) == (second, False)
    assert ask(check_receipt, STRANGER, code=first.code).number == 1


def test_two_clicks_on_submit_at_once_give_two_versions_and_never_one_number_twice(database: Given) -> None:
    story = told(Chapter.WRITTEN)

    with ThreadPoolExecutor(2) as both:
        clicks = [
            both.submit(do, submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True) for _ in (1, 2)
        ]
        numbers = sorted(click.result().number for click in clicks)

    assert numbers == [1, 2]


def test_an_entry_is_not_submitted_without_accepting_the_rules_or_with_answers_missing(sqlite: Given) -> None:
    story = told(Chapter.STARTED)
    with pytest.raises(Invalid, match="accept them"):
        do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=False)
    with pytest.raises(Invalid) as refusal:
        do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)

    assert refusal.value.words == "“How does it work?” has no answer yet. “Who are you?” has no answer yet."


def test_a_receipt_can_be_checked_by_anybody_and_names_nobody(database: Given) -> None:
    story = told(Chapter.SUBMITTED)
    receipt = story.receipts["erin"]

    typed_by_hand = receipt.code.lower().replace("-", " ")
    found = ask(check_receipt, STRANGER, code=typed_by_hand)

    assert found == ReceiptCheck(
        receipt.code, "Clean rivers", "Europe/London", 1, receipt.submitted_at, receipt.content_digest
    )
    said = json.dumps(TypeAdapter(ReceiptCheck).dump_python(found, mode="json")).lower()
    assert [name for name in (*TEAMS, *TEAMS.values(), "example.org") if name.lower() in said] == []
    assert str(story.entry_id) not in said


def test_a_code_that_is_no_receipt_s_is_refused_in_words(sqlite: Given) -> None:
    told(Chapter.SUBMITTED)

    with pytest.raises(Invalid, match="typing mistakes"):
        ask(check_receipt, STRANGER, code=NOBODY_S_CODE)


def test_a_withdrawn_entry_is_not_counted_and_can_be_submitted_again(database: Given, clock: Clock) -> None:
    story = told(Chapter.SUBMITTED)
    do(withdraw_entry, story.entrant, entry_id=story.entry_id)
    entry = ask(own_entry, story.entrant, entry_id=story.entry_id)
    assert (entry.state, entry.answers[0].text) == (
        EntryState.WITHDRAWN,
        "Mussels filter the water, and we count them.",
    )
    with pytest.raises(Closed):
        do(withdraw_entry, story.entrant, entry_id=story.entry_id)
    again = do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)
    assert again.number == 2
    do(withdraw_entry, story.entrant, entry_id=story.entry_id)
    clock.move_to(CLOSES + timedelta(seconds=1))

    assert do(close_stage, LAUREL, stage_id=story.stage_id) == 1

    lines = ask(stage_entries, story.secretariat, stage_id=story.stage_id).entries
    coded = {line.organisation: (line.code is not None, line.submitted_at is not None) for line in lines}
    assert coded == {"Acorn Labs": (False, False), "Birch Works": (True, True)}


def test_when_two_people_write_at_once_the_second_gets_both_texts_and_neither_is_lost(database: Given) -> None:
    story = told(Chapter.STARTED)
    colleague = transact(lambda db: join_team(db, story.entry_id, "emil"))
    assert save(story, story.entrant, "Mussels.", 0, "tab-of-erin", 1).version == 1

    answer = save(story, colleague, "Reeds.", 0, "tab-of-emil", 1)

    assert (answer.theirs, answer.version) == ("Mussels.", 1)
    assert text_of(story) == "Mussels."
    assert save(story, colleague, "Mussels and reeds.", 1, "tab-of-emil", 2).theirs is None
    assert text_of(story) == "Mussels and reeds."


def test_a_person_s_later_text_wins_and_the_earlier_one_is_kept(database: Given) -> None:
    story = told(Chapter.STARTED)
    save(story, story.entrant, "On the telephone.", 0, "tab-telephone", 1)

    answer = save(story, story.entrant, "At the desk.", 0, "tab-desk", 1)

    assert (answer.theirs, text_of(story)) == (None, "At the desk.")
    assert [text for (text,) in database.sql("SELECT text FROM answer_save")] == ["On the telephone."]


def test_a_save_that_arrives_late_changes_nothing(sqlite: Given) -> None:
    story = told(Chapter.STARTED)
    save(story, story.entrant, "Reeds.", 0, "tab-of-erin", 2)

    late = save(story, story.entrant, "Ree", 0, "tab-of-erin", 1)

    assert (late.version, late.theirs, text_of(story)) == (1, None, "Reeds.")


def test_a_team_sees_its_own_entries_and_nobody_else_s(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)

    assert [line.organisation for line in ask(own_entries, story.entrant)] == ["Acorn Labs"]
    with pytest.raises(Refused):
        ask(own_entry, story.entrant, entry_id=story.entries["bela"])


def test_starting_again_finds_the_entry_that_was_begun(database: Given) -> None:
    story = told(Chapter.STARTED)

    again = do(start_entry, story.entrant, stage_id=story.stage_id, organisation="Acorn Labs")

    assert again == story.entry_id


def test_a_team_enters_as_many_entries_as_the_rules_allow(database: Given) -> None:
    story = told(Chapter.STARTED)
    transact(lambda db: setattr(db.get_one(Stage, story.stage_id), "entries_per_team", 3))

    more = [do(start_entry, story.entrant, stage_id=story.stage_id, organisation="Acorn Labs") for _ in range(2)]

    assert len({story.entry_id, *more}) == 3
    assert [line.number for line in ask(own_entries, story.entrant)] == [1, 2, 3]
    with pytest.raises(Closed, match="has begun 3 entries"):
        do(start_entry, story.entrant, stage_id=story.stage_id, organisation="Acorn Labs")


def test_codes_are_dealt_at_closing_are_distinct_and_can_be_spoken(sqlite: Given, clock: Clock) -> None:
    story = told(Chapter.SUBMITTED)

    def enter_many(db: Session) -> None:
        for number in range(10):
            entrant = Actor(story.entrant.person_id)
            entry_id = start_entry(db, entrant, story.stage_id, f"Team {number}")
            for name in ("method", "team"):
                save_answer(db, entrant, entry_id, story.questions[name], "Reeds.", 0, "tab-of-erin", 1)
            submit_entry(db, entrant, entry_id, True)

    transact(enter_many)
    clock.move_to(CLOSES, stand_still=True)
    with pytest.raises(Closed):
        do(close_stage, LAUREL, stage_id=story.stage_id)
    clock.move_to(CLOSES + timedelta(milliseconds=1))

    assert do(close_stage, LAUREL, stage_id=story.stage_id) == 12
    lines = ask(stage_entries, story.secretariat, stage_id=story.stage_id).entries
    codes = [str(line.code) for line in lines]
    assert len(set(codes)) == 12
    speakable = r"[BDFGHJKLMNPRSTVWZ][AEIOU][BDFGHJKLMNPRSTVWZ][AEIOU]-[1-9][0-9]"
    assert [code for code in codes if not re.fullmatch(speakable, code)] == []
    assert do(close_stage, LAUREL, stage_id=story.stage_id) == 12
    assert [str(line.code) for line in ask(stage_entries, story.secretariat, stage_id=story.stage_id).entries] == codes
