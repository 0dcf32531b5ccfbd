"""Tests of entries that may be the same."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlmodel import Session

from accounts.actors import LAUREL, Actor
from accounts.models import Role, ScopeKind
from accounts.people import find_or_add_person
from accounts.programmes import appoint
from prize.entries.duplicates import Duplicates, SharedFile, duplicates, settle_duplicate
from prize.entries.screening import screen_entry, screened_entry
from prize.entries.submission import submit_entry
from storage.database import transact
from storage.errors import NOT_YOURS, Closed, Invalid, Refused
from tests.databases import Given
from tests.stories import Chapter, Story, attach, document_of, go_on, join_team, told, work_off, write
from tests.world import ask, do

METHOD = (
    "We plant mussels in long rows along the bank, count them each month with divers, and measure how clear the water "
    "is above, between and below the rows before and after rain, for two whole summers and one winter. "
    "What we learn is open to every town on the river."
)
LIKE_IT = METHOD.replace("long rows", "short rows").replace("two whole", "three whole")


def closed(*, method: str = "", file: bool = False, person: bool = False) -> Story:
    """A stage that has closed with two entries, which share what is asked for."""
    story = told(Chapter.WRITTEN)

    def share(db: Session) -> None:
        for name, text in (("erin", METHOD), ("bela", method or "Reeds.")):
            write(db, story.entrants[name], story.entries[name], {story.questions["method"]: text}, number=2)
        if file:
            document = document_of("Acorn Labs")
            for name in story.entries:
                attach(
                    db, story.entrants[name], story.entries[name], story.questions["document"], document, f"{name}.pdf"
                )
        if person:
            join_team(db, story.entries["erin"], "pat")
            join_team(db, story.entries["bela"], "pat")

    transact(share)
    go_on(story, Chapter.WRITTEN, Chapter.CLOSED)
    return story


def found(story: Story, actor: Actor | None = None) -> Duplicates:
    return ask(duplicates, actor or story.secretariat, stage_id=story.stage_id)


def test_two_entries_with_nearly_the_same_answer_are_found(database: Given) -> None:
    story = closed(method=LIKE_IT)
    assert found(story) == Duplicates((), searching=True)

    work_off()

    [pair] = found(story).pairs
    assert {pair.entry.organisation, pair.other.organisation} == {"Acorn Labs", "Birch Works"}
    assert (pair.files, pair.people, pair.settled, found(story).searching) == ((), (), False, False)
    [answer] = pair.answers
    assert {answer.text, answer.other_text} == {METHOD, LIKE_IT}
    assert (answer.question, 0.7 < answer.share < 0.9) == ("How does it work?", True)


def test_two_entries_that_share_a_file_and_a_person_are_found_once(database: Given) -> None:
    story = closed(file=True, person=True)

    work_off()
    work_off()

    [pair] = found(story).pairs
    names = {"Acorn Labs": "erin.pdf", "Birch Works": "bela.pdf"}
    assert pair.files == (SharedFile(names[pair.entry.organisation], names[pair.other.organisation]),)
    assert (pair.people, pair.answers) == (("Pat",), ())


def test_two_entries_that_share_nothing_are_no_pair(sqlite: Given) -> None:
    story = closed()

    work_off()

    assert found(story) == Duplicates((), searching=False)


def test_only_what_was_submitted_last_is_compared(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    question = story.questions["method"]
    for name in story.entries:
        transact(
            lambda db, name=name: write(db, story.entrants[name], story.entries[name], {question: METHOD}, number=2)
        )
        do(submit_entry, story.entrants[name], entry_id=story.entries[name], accepts_rules=True)
    bela = story.entrants["bela"]
    transact(lambda db: write(db, bela, story.entries["bela"], {question: "Reeds."}, number=3))
    go_on(story, Chapter.WRITTEN, Chapter.CLOSED)

    work_off()

    assert found(story).pairs == ()


def test_a_pair_is_settled_with_a_note(database: Given) -> None:
    story = closed(person=True)
    work_off()
    [pair] = found(story).pairs
    asked = {"stage_id": story.stage_id, "duplicate_id": pair.id}
    with pytest.raises(Invalid, match="Say how you know"):
        do(settle_duplicate, story.secretariat, **asked, note="")

    do(settle_duplicate, story.secretariat, **asked, note="Pat advises both.")

    [settled] = found(story).pairs
    assert (settled.note, settled.settled) == ("Pat advises both.", True)
    assert (settled.entry.eligible, settled.other.eligible) == (None, None)


def test_one_of_a_pair_is_found_ineligible_with_the_note_as_its_reason(sqlite: Given) -> None:
    story = closed(person=True)
    work_off()
    [pair] = found(story).pairs
    asked = {"stage_id": story.stage_id, "duplicate_id": pair.id, "note": "Pat entered twice."}
    with pytest.raises(Invalid, match="one of the two"):
        do(settle_duplicate, story.secretariat, **asked, ineligible_id=uuid4())

    do(settle_duplicate, story.secretariat, **asked, ineligible_id=story.entry_id)

    line = ask(screened_entry, story.secretariat, entry_id=story.entry_id).line
    assert (line.eligible, line.reason) == (False, "Pat entered twice.")
    assert ask(screened_entry, story.secretariat, entry_id=story.entries["bela"]).line.eligible is None


def test_a_pair_of_which_one_was_found_ineligible_by_itself_waits_no_longer(sqlite: Given) -> None:
    story = closed(person=True)
    work_off()

    do(screen_entry, story.secretariat, entry_id=story.entry_id, eligible=False, reason="No river.")

    [pair] = found(story).pairs
    assert (pair.settled, pair.note) == (True, "")


def test_when_judging_has_begun_no_entry_is_found_ineligible_and_a_note_can_still_be_made(sqlite: Given) -> None:
    story = closed(person=True)
    work_off()
    go_on(story, Chapter.CLOSED, Chapter.ASSIGNED)
    [pair] = found(story).pairs
    asked = {"stage_id": story.stage_id, "duplicate_id": pair.id, "note": "Pat advises both."}

    with pytest.raises(Closed):
        do(settle_duplicate, story.secretariat, **asked, ineligible_id=story.entry_id)
    do(settle_duplicate, story.secretariat, **asked)

    assert found(story).pairs[0].note == "Pat advises both."


def test_somebody_who_is_shut_out_from_one_entry_sees_nothing_of_the_pair(sqlite: Given) -> None:
    story = closed(person=True)
    work_off()
    [pair] = found(story).pairs

    def near(db: Session) -> Actor:
        person = find_or_add_person(db, "Somebody Near", "near@erin.example")
        appoint(db, LAUREL, person.id, Role.SECRETARIAT, ScopeKind.PROGRAMME, story.programme_id)
        return Actor(person.id)

    actor = transact(near)

    assert found(story, actor).pairs == ()
    for duplicate_id in (pair.id, uuid4()):
        with pytest.raises(Refused, match=NOT_YOURS):
            do(settle_duplicate, actor, stage_id=story.stage_id, duplicate_id=duplicate_id, note="Different.")


def test_a_pair_of_another_stage_is_as_unknown_as_one_that_is_not_there(sqlite: Given) -> None:
    story, other = closed(person=True), told(Chapter.CLOSED, place="-elsewhere")
    work_off()
    [pair] = found(story).pairs

    with pytest.raises(Refused, match=NOT_YOURS):
        do(settle_duplicate, other.secretariat, stage_id=other.stage_id, duplicate_id=pair.id, note="Different.")
