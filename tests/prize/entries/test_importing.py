"""Tests of entries that are brought in from spreadsheets, in the middle of a prize."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlmodel import Session

from accounts.actors import LAUREL, Actor
from accounts.models import Role, ScopeKind
from accounts.people import find_or_add_person, find_person
from accounts.programmes import appoint
from prize.entries.importing import A_COLLEAGUE, TOO_MANY, entry_columns, import_entries, planned_entries
from prize.entries.models import CheckState, Conflict, EntryState, NameCheck
from prize.entries.own import own_entries
from prize.entries.screening import screened_entry, stage_entries
from prize.entries.submission import submit_entry
from prize.form import add_question
from prize.models import QuestionKind, Stage
from storage import clock
from storage import database as storage_database
from storage.database import matching, reading, transact
from storage.errors import Closed, Invalid, Stale
from storage.sheets.columns import problem_words
from storage.sheets.matching import matched
from storage.sheets.planning import Fate, Imported, MatchedSheet, Plan
from storage.sheets.reading import read_sheet
from tests.databases import Given
from tests.stories import DAY, OPENS, Chapter, Story, go_on, told, work_off
from tests.world import ask, do

TWICE = "It stands in row 3 already. Keep one of them."
HEADING = "Organisation;Lead;Mail address;How does it work?;Who are you?"
CEDAR = "Cedar Mill;Cora Fir;cora@cora.example;A mill turns.;We are Cedar Mill."
DOGWOOD = "Dogwood;Dora Elm;dora@dora.example;A dam.;We are Dogwood."


def sheet_of(story: Story, *rows: str, heading: str = HEADING) -> MatchedSheet:
    sheet = read_sheet("\n".join((heading, *rows)).encode())
    wanted = ask(entry_columns, story.secretariat, stage_id=story.stage_id)
    return MatchedSheet(sheet, matched(sheet.header, wanted))


def plan_of(story: Story, given: MatchedSheet, actor: Actor | None = None) -> Plan:
    return ask(planned_entries, actor or story.secretariat, stage_id=story.stage_id, given=given)


def bring_in(story: Story, given: MatchedSheet, **more: Any) -> Imported:
    shown = plan_of(story, given).digest
    return do(import_entries, story.secretariat, stage_id=story.stage_id, given=given, shown=shown, **more)


def lines(story: Story) -> dict[str, Any]:
    return {line.organisation: line for line in ask(stage_entries, story.secretariat, stage_id=story.stage_id).entries}


def test_entries_are_brought_in_while_the_stage_is_open_and_count_as_submitted(database: Given) -> None:
    story = told(Chapter.STARTED)
    given = sheet_of(story, CEDAR, DOGWOOD)
    plan = plan_of(story, given)
    assert [(row.number, row.fate, row.cells) for row in plan.rows] == [
        (2, Fate.NEW, ("Cedar Mill", "Cora Fir <cora@cora.example>", "2 of 3")),
        (3, Fate.NEW, ("Dogwood", "Dora Elm <dora@dora.example>", "2 of 3")),
    ]
    assert set(lines(story)) == {"Acorn Labs", "Birch Works"}

    assert bring_in(story, given) == Imported(2, 0, 0)

    found = lines(story)
    assert [found[name].state for name in ("Cedar Mill", "Dogwood")] == [EntryState.SUBMITTED] * 2
    entry = ask(screened_entry, story.secretariat, entry_id=found["Cedar Mill"].id)
    assert [answer.text for answer in entry.answers] == ["A mill turns.", "We are Cedar Mill.", ""]
    assert [(member.name, member.leads) for member in entry.team.members] == [("Cora Fir", True)]
    told_to_cora = database.sql("SELECT text FROM mail WHERE recipient = 'cora@cora.example'")
    assert len([text for (text,) in told_to_cora if "Receipt: " in text]) == 1
    assert len([text for (text,) in told_to_cora if "/links/" in text and "has brought in" in text]) == 1


def test_the_lead_of_an_entry_that_was_brought_in_can_go_on_with_it(sqlite: Given) -> None:
    story = told(Chapter.STARTED)
    bring_in(story, sheet_of(story, CEDAR))
    cora = transact(lambda db: Actor(_found(db, "cora@cora.example")))

    [own] = ask(own_entries, cora)

    assert do(submit_entry, cora, entry_id=own.id, accepts_rules=True).number == 2


def test_the_same_sheet_again_changes_nothing(database: Given) -> None:
    story = told(Chapter.STARTED)
    given = sheet_of(story, CEDAR, DOGWOOD)
    bring_in(story, given)
    mails = database.sql("SELECT count(*) FROM mail")

    assert bring_in(story, given) == Imported(0, 0, 2)

    assert database.sql("SELECT count(*) FROM entry_version") == [(2,)]
    assert database.sql("SELECT count(*) FROM mail") == mails


def test_an_entry_that_is_there_with_other_answers_is_left_as_it_is(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)
    given = sheet_of(story, "Acorn Labs;Erin;erin@erin.example;Mussels.;Acorns.", DOGWOOD)

    plan = plan_of(story, given)

    [said] = problem_words(plan.problems)
    assert said.startswith("Row 2, Organisation: It has an entry in this stage already, with other answers")
    with pytest.raises(Invalid, match="Nothing was imported"):
        bring_in(story, given)
    assert "Dogwood" not in lines(story)


def test_after_closing_entries_come_with_a_reason_and_get_a_code_of_their_own(database: Given) -> None:
    story = told(Chapter.CLOSED)
    given = sheet_of(story, CEDAR)
    with pytest.raises(Invalid, match="Say why these come now"):
        bring_in(story, given)
    assert "Cedar Mill" not in lines(story)

    bring_in(story, given, reason="The post was late.")
    work_off()

    line = lines(story)["Cedar Mill"]
    assert line.code
    assert line.code not in {lines(story)[name].code for name in ("Acorn Labs", "Birch Works")}
    with reading() as db:
        assert {check.state for check in matching(db, NameCheck, entry_id=line.id)} == {CheckState.CLEAR}
    [words] = [
        text
        for (text,) in database.sql("SELECT text FROM mail WHERE recipient = 'cora@cora.example'")
        if "/links/" in text
    ]
    assert "It came after the closing time: The post was late." in words


@pytest.mark.parametrize("chapter", [Chapter.READY, Chapter.ASSIGNED, Chapter.JUDGED])
def test_no_entry_comes_before_the_stage_opens_or_after_it_was_screened(sqlite: Given, chapter: Chapter) -> None:
    story = told(chapter)

    with pytest.raises(Closed):
        bring_in(story, sheet_of(story, CEDAR), reason="The post was late.")


def test_what_has_changed_since_it_was_shown_is_not_imported(sqlite: Given) -> None:
    story = told(Chapter.STARTED)
    given = sheet_of(story, CEDAR)
    shown = plan_of(story, given).digest
    bring_in(story, given)

    with pytest.raises(Stale):
        do(import_entries, story.secretariat, stage_id=story.stage_id, given=given, shown=shown)


def with_every_kind() -> Story:
    """A stage that is open and asks for a number with a unit, money, a day, a choice and a consent."""
    story = told(Chapter.READY)

    def ask_more(db: Session) -> None:
        asked: tuple[tuple[QuestionKind, str, dict[str, Any]], ...] = (
            (QuestionKind.NUMBER, "Length of river", {"unit": "km"}),
            (QuestionKind.MONEY, "Costs", {}),
            (QuestionKind.DATE, "Start", {}),
            (QuestionKind.CHOICE, "Kind of river", {"options": ("Stream", "Canal")}),
            (QuestionKind.CONSENT, "We agree to a visit", {}),
        )
        for kind, wording, more in asked:
            add_question(db, story.designer, story.prize_id, story.stage_id, kind, wording, **more)

    transact(ask_more)
    go_on(story, Chapter.READY, Chapter.PUBLISHED)
    transact(lambda db: clock.move_to(db, OPENS + DAY))
    return story


WIDE = f"{HEADING};Length of river (km);Costs;Start;Kind of river;We agree to a visit"


def test_numbers_money_days_choices_and_consents_are_kept_as_the_form_would_keep_them(sqlite: Given) -> None:
    story = with_every_kind()

    bring_in(story, sheet_of(story, f"{CEDAR};1,250.5 km;£12,000.00;31 March 2027;canal;Yes", heading=WIDE))

    entry = ask(screened_entry, story.secretariat, entry_id=lines(story)["Cedar Mill"].id)
    said = {answer.question.wording: answer.text for answer in entry.answers}
    assert [said[one] for one in ("Length of river", "Costs", "Start", "Kind of river", "We agree to a visit")] == [
        "1250.5",
        "12000.00",
        "2027-03-31",
        "Canal",
        "yes",
    ]


def test_mixed_units_days_in_three_ways_and_money_below_nothing_are_each_named_and_nothing_is_kept(
    database: Given,
) -> None:
    story = with_every_kind()
    rows = (
        f"{CEDAR};12 km;5000;2027-03-31;Canal;yes",
        f"{DOGWOOD};12 mi;5000;2027-04-30;Canal;yes",
        "Elder;Ed Ash;ed@ed.example;A weir.;Elder.;13;-20;31/05/2027;Canal;yes",
        "Fir;Fay Oak;fay@fay.example;A lock.;Fir.;14;20.555;June 3, 2027;Lake;no",
        f"Gorse;Gus Yew;gus;{'word ' * 51};Gorse.;15;20;2027-07-01;Canal;yes",
        CEDAR + ";12 km;5000;2027-03-31;Canal;yes",
    )
    given = sheet_of(story, *rows, heading=WIDE)

    said = "\n".join(problem_words(plan_of(story, given).problems))

    for row, column, words in (
        (3, "Length of river (km)", "“12 mi” is in mi, and km is wanted"),
        (4, "Costs", "“-20” is less than nothing"),
        (4, "Start", "“31/05/2027” is written day first, and other cells of this column are written year first"),
        (5, "Start", "“June 3, 2027” is written with the name of the month"),
        (5, "Kind of river", "“Lake” is none of Stream, Canal"),
        (6, "Mail address", "“gus” is not a mail address"),
    ):
        assert f"Row {row}, {column}: {words}" in said
    with pytest.raises(Invalid, match="Nothing was imported"):
        bring_in(story, given)
    assert lines(story) == {}

    mended = sheet_of(
        story,
        "Fir;Fay Oak;fay@fay.example;A lock.;Fir.;14;20.555;2027-06-03;Canal;no",
        f"Gorse;Gus Yew;gus@gus.example;{'word ' * 51};Gorse.;15;20;2027-07-01;Canal;yes",
        *[CEDAR + ";12 km;5000;2027-03-31;Canal;yes"] * 2,
        heading=WIDE,
    )
    said = "\n".join(problem_words(plan_of(story, mended).problems))
    for row, words in (
        (2, "“Costs” has more than two decimals"),
        (2, "“We agree to a visit” needs your consent"),
        (3, "“How does it work?” is 1 word over its limit of 50"),
        (5, "It stands in row 4 already"),
    ):
        assert any(line.startswith(f"Row {row},") and words in line for line in said.splitlines()), words


def test_a_form_that_needs_a_file_takes_no_entry_from_a_sheet(sqlite: Given) -> None:
    story = told(Chapter.READY)
    transact(
        lambda db: add_question(
            db, story.designer, story.prize_id, story.stage_id, QuestionKind.FILE, "A drawing", required=True
        )
    )
    go_on(story, Chapter.READY, Chapter.PUBLISHED)
    transact(lambda db: clock.move_to(db, OPENS + DAY))

    [said] = problem_words(plan_of(story, sheet_of(story, CEDAR)).problems)

    assert said.startswith("Row 1, A drawing: It asks for a file, and a sheet holds none.")


def test_somebody_who_is_shut_out_from_an_entry_does_not_learn_from_a_sheet_that_it_is_there(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)

    def near(db: Session) -> Actor:
        person = find_or_add_person(db, "Somebody Near", "near@erin.example")
        appoint(db, LAUREL, person.id, Role.SECRETARIAT, ScopeKind.PROGRAMME, story.programme_id)
        return Actor(person.id)

    actor = transact(near)
    method, team = "Mussels filter the water, and we count them.", "We are Acorn Labs."
    sheets = [
        sheet_of(story, f"{organisation};Erin;erin@erin.example;{text};{team}")
        for organisation, text in (("Acorn Labs", method), ("Acorn Labs", "Else."), ("Acorn Farms", method))
    ]

    plans = [plan_of(story, given, actor) for given in sheets]

    assert [(plan.problems, plan.rows[0].fate) for plan in plans] == [((), Fate.NEW)] * 3
    with pytest.raises(Invalid, match=A_COLLEAGUE):
        do(import_entries, actor, stage_id=story.stage_id, given=sheets[1], shown=plans[1].digest)
    assert set(lines(story)) == {"Acorn Labs", "Birch Works"}


def test_a_team_s_further_entries_are_brought_in_as_far_as_it_may_enter_them(database: Given) -> None:
    story = told(Chapter.SUBMITTED)
    transact(lambda db: setattr(db.get_one(Stage, story.stage_id), "entries_per_team", 3))
    second, third, fourth = (f"Acorn Labs;Erin;erin@erin.example;Way {n}.;We are Acorn Labs." for n in (2, 3, 4))
    found = problem_words(plan_of(story, sheet_of(story, second, third, fourth, third)).problems)
    assert found == (
        f"Row 4, Organisation: {TOO_MANY}",
        f"Row 5, Organisation: {TWICE}",
        f"Row 5, Organisation: {TOO_MANY}",
    )

    assert bring_in(story, sheet_of(story, second)) == Imported(1, 0, 0)
    assert bring_in(story, sheet_of(story, second, third)) == Imported(1, 0, 1)

    own = ask(own_entries, story.entrant)
    assert sorted((entry.organisation, entry.number) for entry in own) == [("Acorn Labs", n) for n in (1, 2, 3)]


def test_conflicts_with_entries_that_are_brought_in_are_looked_for_once_for_all(database: Given) -> None:
    story = told(Chapter.STARTED)
    transact(
        lambda db: appoint(
            db,
            LAUREL,
            find_or_add_person(db, "Somebody Near", "near@dora.example").id,
            Role.SECRETARIAT,
            ScopeKind.PROGRAMME,
            story.programme_id,
        )
    )
    looked = []

    def heard(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "FROM conflict_statement" in statement:
            looked.append(statement)

    given = sheet_of(story, CEDAR, DOGWOOD)
    event.listen(storage_database.engine(), "after_cursor_execute", heard)
    try:
        bring_in(story, given)
    finally:
        event.remove(storage_database.engine(), "after_cursor_execute", heard)

    assert len(looked) == 1
    with reading() as db:
        [conflict] = matching(db, Conflict)
    assert conflict.entry_id == lines(story)["Dogwood"].id


def _found(db: Session, address: str) -> UUID:
    person = find_person(db, address)
    assert person is not None
    return person.id


def test_an_answer_to_a_question_that_is_not_asked_is_named(sqlite: Given) -> None:
    story = told(Chapter.READY)

    def ask_more(db: Session) -> None:
        ids = (story.prize_id, story.stage_id)
        asked = {"options": ("Stream", "Canal")}
        first = add_question(db, story.designer, *ids, QuestionKind.CHOICE, "Kind of river", **asked)
        asked_after = {"only_if": first, "only_if_answers": ("Canal",)}
        add_question(db, story.designer, *ids, QuestionKind.TEXT, "Which locks?", **asked_after)

    transact(ask_more)
    go_on(story, Chapter.READY, Chapter.PUBLISHED)
    transact(lambda db: clock.move_to(db, OPENS + DAY))
    heading = f"{HEADING};Kind of river;Which locks?"
    given = sheet_of(story, f"{CEDAR};Stream;Two", f"{DOGWOOD};Canal;", heading=heading)

    found = problem_words(plan_of(story, given).problems)

    assert found == (
        "Row 2, Which locks?: Only if they answered “Canal” to question 4, this is asked. Empty the cell, or mend the "
        "other answer.",
        "Row 3, Which locks?: “Which locks?” has no answer yet.",
    )
