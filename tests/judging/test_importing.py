"""Judges and conflicts from spreadsheets, as the secretariat imports them in the middle of a prize."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session

from judging.importing import import_conflicts, import_judges, planned_conflicts, planned_judges
from judging.judges import judges
from prize.entries.models import Conflict, ConflictOrigin, Entry
from storage.clock import now
from storage.database import reading, transact
from storage.errors import Closed, Invalid, Stale
from storage.sheets.planning import Fate, Imported
from tests.databases import Given
from tests.judging.examples import a_sheet
from tests.stories import Chapter, Story, told, with_a_topic
from tests.world import ask, do

JUDGES = ("name", "email")
CONFLICTS = ("email", "code", "reason")


def code_of(story: Story, name: str = "erin") -> str:
    with reading() as db:
        return str(db.get_one(Entry, story.entries[name]).code)


def imported(story: Story, planned: Any, command: Any, given: Any) -> Imported:
    arguments = {"stage_id": story.stage_id, "given": given}
    plan = ask(planned, story.secretariat, **arguments)
    answer: Imported = do(command, story.secretariat, **arguments, shown=plan.digest)
    return answer


def test_judges_of_a_sheet_are_invited_as_pasted_ones_are(database: Given) -> None:
    story = told(Chapter.INVITED)
    before = ask(judges, story.secretariat, stage_id=story.stage_id)
    mails = len(database.sql("SELECT id FROM mail"))
    given = a_sheet(JUDGES, ("Mara Alder", "Mara@Example.org"), (before[0].name, before[0].email))

    assert imported(story, planned_judges, import_judges, given) == Imported(added=1, changed=0, there=1)

    after = ask(judges, story.secretariat, stage_id=story.stage_id)
    assert {line.email for line in after} == {line.email for line in before} | {"mara@example.org"}
    assert len(database.sql("SELECT id FROM mail")) == mails + 1


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("Mara", "mara@example.org"), ("Jo", "jo at example")], "Row 3, Email: “jo at example” is not a mail"),
        ([("Mara", "mara@example.org"), ("Jo", "MARA@example.org")], "Row 3, Mail address: It stands in row 2"),
        ([("Mara", "mara@example.org"), ("", "jo@example.org")], "Row 3, Name: The cell is empty"),
        ([("Mara", "mara@example.org"), ("x" * 121, "jo@example.org")], "Row 3, Name: The name is too long"),
    ],
)
def test_nobody_is_invited_when_anything_is_wrong(sqlite: Given, rows: list[tuple[str, str]], words: str) -> None:
    story = told(Chapter.CLOSED)

    with pytest.raises(Invalid, match=words):
        imported(story, planned_judges, import_judges, a_sheet(JUDGES, *rows))

    assert ask(judges, story.secretariat, stage_id=story.stage_id) == ()


def test_a_judge_is_kept_from_an_entry_and_scores_given_before_no_longer_count(database: Given) -> None:
    story = told(Chapter.SCORED)
    email = ask(judges, story.secretariat, stage_id=story.stage_id)[0].email
    given = a_sheet(CONFLICTS, (email.upper(), code_of(story).lower(), "Former colleague"))

    assert imported(story, planned_conflicts, import_conflicts, given) == Imported(1, 0, 0)

    rows = database.sql("SELECT origin, state, reason, decided_by FROM conflict")
    assert [row[:3] for row in rows] == [("declared", "stands", "Former colleague")]
    assert database.sql("SELECT count(*) FROM assignment WHERE withdrawn_at IS NOT NULL") == [(1,)]
    plan = ask(planned_conflicts, story.secretariat, stage_id=story.stage_id, given=given)
    assert [row.fate for row in plan.rows] == [Fate.THERE]


def test_an_unknown_judge_or_code_records_nothing(sqlite: Given) -> None:
    story = told(Chapter.INVITED)
    email = ask(judges, story.secretariat, stage_id=story.stage_id)[0].email
    good = (email, code_of(story), "")
    for bad, words in (
        (("nobody@example.org", code_of(story), ""), "Row 3, Judge: Nobody on this panel"),
        ((email, "NONE-99", ""), "Row 3, Entry: No entry of this stage"),
        (good, "Row 3, Entry: It stands in row 2 already"),
        ((email, code_of(story, "bela"), "x" * 201), "Row 3, Reason: The reason is too long"),
    ):
        with pytest.raises(Invalid, match=words):
            imported(story, planned_conflicts, import_conflicts, a_sheet(CONFLICTS, good, bad))

    assert sqlite.sql("SELECT count(*) FROM conflict") == [(0,)]


def test_an_entry_that_the_secretariat_must_not_see_is_like_one_that_is_not_there(sqlite: Given) -> None:
    story = told(Chapter.INVITED)
    email = ask(judges, story.secretariat, stage_id=story.stage_id)[0].email
    hidden, unknown = (email, code_of(story), ""), (email, "NONE-99", "")

    def add(db: Session) -> None:
        person_id = story.secretariat.person_id
        assert person_id is not None
        db.add(Conflict(person_id=person_id, entry_id=story.entry_id, origin=ConflictOrigin.DETECTED, found_at=now(db)))

    transact(add)
    plans = [
        ask(planned_conflicts, story.secretariat, stage_id=story.stage_id, given=a_sheet(CONFLICTS, row))
        for row in (hidden, unknown)
    ]

    assert plans[0] == plans[1]


def test_what_was_previewed_is_what_is_recorded_and_late_is_late(sqlite: Given) -> None:
    story = told(Chapter.CONFIRMED)
    email = ask(judges, story.secretariat, stage_id=story.stage_id)[0].email
    given = a_sheet(CONFLICTS, (email, code_of(story), ""))
    plan = ask(planned_conflicts, story.secretariat, stage_id=story.stage_id, given=given)
    arguments = {"stage_id": story.stage_id, "given": given, "shown": plan.digest}
    with pytest.raises(Closed):
        do(import_conflicts, story.secretariat, **arguments)

    new = a_sheet(JUDGES, ("Mara", "mara@example.org"))
    shown = ask(planned_judges, story.secretariat, stage_id=story.stage_id, given=new).digest
    other = replace(new, sheet=a_sheet(JUDGES, ("Mara", "mara@example.com")).sheet)
    with pytest.raises(Stale):
        do(import_judges, story.secretariat, stage_id=story.stage_id, given=other, shown=shown)


def test_a_sheet_says_which_topics_judges_know(database: Given) -> None:
    story = told(Chapter.INVITED)
    transact(lambda db: with_a_topic(db, story, {}))
    sits, other = ask(judges, story.secretariat, stage_id=story.stage_id)
    rows = [
        ("Mara Alder", "mara@example.org", "lakes; Rivers"),
        (sits.name, sits.email, "Estuaries"),
        (other.name, other.email, ""),
    ]

    given = a_sheet((*JUDGES, "knows"), *rows)
    assert imported(story, planned_judges, import_judges, given) == Imported(added=1, changed=1, there=1)

    known = {line.email: line.knows for line in ask(judges, story.secretariat, stage_id=story.stage_id)}
    assert known == {"mara@example.org": ("Rivers", "Lakes"), sits.email: ("Estuaries",), other.email: ()}
    again = imported(story, planned_judges, import_judges, given)
    assert again == Imported(added=0, changed=0, there=3)


@pytest.mark.parametrize(
    ("with_topic", "words"),
    [
        (True, "Row 3, Knows: “Oceans” is not among the topics of the entry form, such as “Rivers”"),
        (False, "Row 2, Knows: The entry form has no question that says what an entry is about"),
    ],
)
def test_a_topic_that_entrants_are_not_asked_about_stops_the_import(
    sqlite: Given, with_topic: bool, words: str
) -> None:
    story = told(Chapter.CLOSED)
    if with_topic:
        transact(lambda db: with_a_topic(db, story, {}))
    given = a_sheet(
        (*JUDGES, "knows"), ("Mara", "mara@example.org", "Lakes"), ("Jo", "jo@example.org", "Lakes; Oceans")
    )

    with pytest.raises(Invalid, match=words):
        imported(story, planned_judges, import_judges, given)

    assert ask(judges, story.secretariat, stage_id=story.stage_id) == ()
