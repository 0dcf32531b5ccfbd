"""Tests of entries that may be the same."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlmodel import Session

from accounts.actors import LAUREL, Actor
from accounts.models import Role, ScopeKind
from accounts.people import find_or_add_person
from accounts.programmes import appoint
from prize.entries.corrections import submit_correction
from prize.entries.drafts import start_entry
from prize.entries.duplicates import Duplicates, SharedFile, duplicates, settle_duplicate
from prize.entries.near_same import TOGETHER
from prize.entries.screening import screen_entry, screened_entry
from prize.entries.submission import submit_entry
from prize.models import Stage
from storage.database import transact
from storage.errors import NOT_YOURS, Closed, Invalid, Refused
from tests.databases import Given
from tests.stories import (
    Chapter,
    Story,
    answers_of,
    attach,
    document_of,
    go_on,
    join_team,
    person_called,
    told,
    work_off,
    write,
)
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


@pytest.mark.prove
def test_of_many_with_one_file_the_others_still_wait_when_the_first_is_out(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    document = document_of("Nobody")

    def enter(db: Session) -> None:
        for number in range(TOGETHER - 1):
            name, organisation = f"team{number}", f"Team {number}"
            actor = story.entrants[name] = person_called(db, name)
            story.entries[name] = start_entry(db, actor, story.stage_id, organisation)
            write(db, actor, story.entries[name], answers_of(story, organisation))
        for name, entry_id in story.entries.items():
            attach(db, story.entrants[name], entry_id, story.questions["document"], document, f"{name}.pdf")

    transact(enter)
    go_on(story, Chapter.WRITTEN, Chapter.CLOSED)
    work_off()
    shown = found(story).pairs
    assert {pair.entry.id for pair in shown} == {shown[0].entry.id}
    assert len(shown) == TOGETHER

    do(screen_entry, story.secretariat, entry_id=shown[0].entry.id, eligible=False, reason="A copy.")
    assert found(story).searching
    work_off()

    waiting = [pair for pair in found(story).pairs if not pair.settled]
    assert {line.id for pair in waiting for line in (pair.entry, pair.other)} == set(story.entries.values()) - {
        shown[0].entry.id
    }


def test_entries_of_one_team_are_no_pair_for_its_people_and_come_last_for_a_file(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    document = document_of("Nobody")

    def enter(db: Session) -> None:
        db.get_one(Stage, story.stage_id).entries_per_team = 3
        for number in (2, 3):
            name = f"erin {number}"
            story.entrants[name] = story.entrant
            story.entries[name] = start_entry(db, story.entrant, story.stage_id, "Acorn Labs")
            write(db, story.entrant, story.entries[name], answers_of(story, "Acorn Labs"))
        for name in ("erin 2", "erin 3", "bela"):
            attach(db, story.entrants[name], story.entries[name], story.questions["document"], document, f"{name}.pdf")

    transact(enter)
    go_on(story, Chapter.WRITTEN, Chapter.CLOSED)
    work_off()

    pairs = found(story).pairs

    assert [len({pair.entry.organisation, pair.other.organisation}) for pair in pairs] == [2, 2, 1]
    assert [pair.people for pair in pairs] == [()] * 3


def test_what_a_correction_has_changed_is_compared_again(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    transact(lambda db: setattr(db.get_one(Stage, story.stage_id), "correction_days", 3))
    method = story.questions["method"]
    naming = METHOD.replace("What we learn is", "What Acorn Labs learns is").replace(" on the river", "")
    transact(lambda db: write(db, story.entrant, story.entry_id, {method: naming}, number=2))
    transact(lambda db: write(db, story.entrants["bela"], story.entries["bela"], {method: METHOD}, number=2))
    go_on(story, Chapter.WRITTEN, Chapter.CLOSED)
    work_off()
    [before] = found(story).pairs
    transact(lambda db: write(db, story.entrant, story.entry_id, {method: METHOD}, number=3))

    do(submit_correction, story.entrant, entry_id=story.entry_id)
    work_off()

    [after] = found(story).pairs
    assert before.answers[0].share < after.answers[0].share == 1


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
