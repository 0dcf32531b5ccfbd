"""What is found in an entry is shown to its team, and kept from judges until the secretariat has decided."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import col, select

from accounts.actors import LAUREL
from judging.copies import copy_to_read
from judging.models import JudgesCopy
from judging.planning import confirm_assignment, latest_plan, plan_assignment
from judging.room import BlindAnswer, entry_to_judge
from prize.closing import close_stage
from prize.entries import duplicates  # noqa: F401 - brings the job that looks for them
from prize.entries.drafts import SEARCH_DRAFT
from prize.entries.files import remove_file
from prize.entries.models import CheckState, EntryFile
from prize.entries.name_checks import NameCheckShown, decide_names
from prize.entries.names import Tells
from prize.entries.own import own_entry
from prize.entries.screening import screened_entry, stage_entries
from prize.entries.searching import search_submitted
from prize.entries.submission import submit_entry
from storage import clock
from storage.database import reading, transact
from storage.errors import Closed, Invalid, Refused
from storage.jobs import Job, JobState, work_once
from tests.databases import Given
from tests.documents import telling_pdf
from tests.stories import (
    CLOSES,
    DAY,
    SEED,
    Chapter,
    Story,
    _bind,
    _invite,
    _screen,
    assignments_of,
    attach,
    told,
    write,
)
from tests.world import ask, do

NAMING = "Acorn Labs counts mussels, and has done so for years."
PLAIN = "We count mussels, and have done so for years."


def answer_with(story: Story, text: str, number: int = 2) -> None:
    transact(lambda db: write(db, story.entrant, story.entry_id, {story.questions["method"]: text}, number=number))


def work(seconds: float = 10) -> None:
    """Let a while go by, and have the worker do what is due."""
    transact(lambda db: clock.move_to(db, clock.now(db) + timedelta(seconds=seconds)))
    while work_once():
        pass
    with reading() as db:
        assert [job.last_error for job in db.exec(select(Job).where(col(Job.last_error) != "")).all()] == []


def submit_and_close(story: Story) -> None:
    submit_all(story)
    work(0)


def submit_all(story: Story) -> None:
    """Each team submits, and the stage closes; what follows has still to be done."""
    for name, entry_id in story.entries.items():
        do(submit_entry, story.entrants[name], entry_id=entry_id, accepts_rules=True)
    transact(lambda db: clock.move_to(db, CLOSES + timedelta(seconds=1)))
    do(close_stage, LAUREL, stage_id=story.stage_id)


def names_seen_by_the_team(story: Story) -> tuple[NameCheckShown, ...]:
    return ask(own_entry, story.entrant, entry_id=story.entry_id).names


def begin_judging(story: Story) -> None:
    def prepare(db) -> None:
        _screen(db, story)
        _invite(db, story)
        _bind(db, story)

    transact(prepare)
    plan = do(plan_assignment, story.secretariat, stage_id=story.stage_id, seed=SEED)
    do(confirm_assignment, story.secretariat, stage_id=story.stage_id, plan_id=plan.id)
    transact(lambda db: clock.move_to(db, CLOSES + DAY))


def read_by_judge(story: Story, question: str = "method") -> BlindAnswer:
    with reading() as db:
        assignment = assignments_of(db, story, story.judge)[0]
        assert assignment.entry_id == story.entry_id
    wanted = ask(own_entry, story.entrant, entry_id=story.entry_id).answers
    wording = next(a.question.wording for a in wanted if a.question.key == story.questions[question])
    shown = ask(entry_to_judge, story.judge, assignment_id=assignment.id)
    return next(answer for answer in shown.answers if answer.wording == wording)


def decide(
    story: Story, *, withhold: bool, file_id: UUID | None = None, question: str = "method", seen: str | None = None
) -> None:
    do(
        decide_names,
        story.secretariat,
        entry_id=story.entry_id,
        question_key=story.questions[question],
        file_id=file_id,
        withhold=withhold,
        seen=shown_to_the_secretariat(story, question, file_id) if seen is None else seen,
    )


def shown_to_the_secretariat(story: Story, question: str = "method", file_id: UUID | None = None) -> str:
    names = ask(screened_entry, story.secretariat, entry_id=story.entry_id).names
    about = (story.questions[question], file_id)
    return next((check.digest for check in names if (check.question_key, check.file_id) == about), "nothing")


def test_a_team_is_shown_what_would_tell_judges_who_it_is_and_can_take_it_out(database: Given) -> None:
    story = told(Chapter.WRITTEN)
    answer_with(story, NAMING)
    work()
    (shown,) = names_seen_by_the_team(story)
    assert (shown.question_key, shown.state) == (story.questions["method"], CheckState.HELD)
    assert [(hit.tells, hit.name, hit.count) for hit in shown.hits] == [(Tells.ORGANISATION, "Acorn Labs", 1)]

    answer_with(story, PLAIN, number=3)
    work()

    assert names_seen_by_the_team(story) == ()


def test_typing_causes_one_search_and_not_one_for_each_save(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    for number in range(2, 9):
        answer_with(story, f"{NAMING} {number}", number)

    with reading() as db:
        jobs = db.exec(select(Job).where(col(Job.kind) == SEARCH_DRAFT, col(Job.state) == JobState.WAITING)).all()
        assert [job.about for job in jobs].count(f"entry {story.entry_id}") == 1


def test_a_name_that_still_stands_at_closing_is_kept_from_judges_until_the_secretariat_decides(database: Given) -> None:
    story = told(Chapter.WRITTEN)
    answer_with(story, NAMING)
    submit_and_close(story)
    entries = ask(stage_entries, story.secretariat, stage_id=story.stage_id).entries
    lines = {line.id: line.names_waiting for line in entries}
    assert lines == {story.entry_id: 1, story.entries["bela"]: 0}
    with pytest.raises(Invalid, match="1 answer or file may name their makers"):
        begin_judging(story)

    decide(story, withhold=False)
    plan = do(plan_assignment, story.secretariat, stage_id=story.stage_id, seed=SEED)
    do(confirm_assignment, story.secretariat, stage_id=story.stage_id, plan_id=plan.id)
    transact(lambda db: clock.move_to(db, CLOSES + DAY))
    assert read_by_judge(story).text == NAMING
    decide(story, withhold=True)

    answer = read_by_judge(story)

    assert (answer.text, answer.withheld) == ("", True)


def test_an_answer_that_was_not_searched_yet_is_not_shown_to_judges(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    assert read_by_judge(story).text
    sqlite.sql("DELETE FROM name_check")

    answer = read_by_judge(story)

    assert (answer.text, answer.ready, answer.withheld) == ("", False, False)


def test_an_answer_whose_text_is_not_the_one_that_was_searched_is_not_shown(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    sqlite.sql("UPDATE name_check SET content_digest = 'sha256:another'")

    assert read_by_judge(story).text == ""


def test_names_in_a_file_are_found_wherever_they_stand(sqlite: Given, tmp_path: Path) -> None:
    story = told(Chapter.WRITTEN)
    document = telling_pdf(tmp_path / "telling.pdf", "Acorn Labs", text="What Acorn Labs measured.").read_bytes()
    transact(lambda db: attach(db, story.entrant, story.entry_id, story.questions["document"], document, "Acorn.pdf"))
    work()

    (shown,) = [shown for shown in names_seen_by_the_team(story) if shown.file_id]

    assert {hit.place for hit in shown.hits} >= {"page 1", "page 2", "outline"}
    do(
        remove_file,
        story.entrant,
        entry_id=story.entry_id,
        question_key=story.questions["document"],
        file_id=shown.file_id,
    )
    work()
    assert names_seen_by_the_team(story) == ()


def test_a_file_with_a_name_is_kept_from_judges_by_every_way_until_it_is_let_pass(
    sqlite: Given, tmp_path: Path
) -> None:
    story = told(Chapter.WRITTEN)
    document = telling_pdf(tmp_path / "telling.pdf", "Acorn Labs", text="What Acorn Labs measured.").read_bytes()
    transact(lambda db: attach(db, story.entrant, story.entry_id, story.questions["document"], document, "Acorn.pdf"))
    submit_and_close(story)
    with reading() as db:
        file_id = db.exec(select(EntryFile.file_id)).one()
        copy_id = db.exec(select(JudgesCopy.id)).one()
    decide(story, withhold=False, file_id=file_id, question="document")
    begin_judging(story)
    assert [file.ready for file in read_by_judge(story, "document").files] == [True]
    assert ask(copy_to_read, story.judge, copy_id=copy_id, page=1)

    decide(story, withhold=True, file_id=file_id, question="document")

    (file,) = read_by_judge(story, "document").files
    assert (file.ready, file.withheld, file.ratios) == (False, True, ())
    for page in (None, 1):
        with pytest.raises(Refused):
            ask(copy_to_read, story.judge, copy_id=copy_id, page=page)


def test_judging_does_not_begin_while_a_file_is_still_searched_for_names(database: Given, tmp_path: Path) -> None:
    story = told(Chapter.WRITTEN)
    document = telling_pdf(tmp_path / "plain.pdf", "Nobody", text="What was measured.").read_bytes()
    transact(lambda db: attach(db, story.entrant, story.entry_id, story.questions["document"], document, "Plain.pdf"))
    submit_all(story)
    transact(lambda db: search_submitted(db, story.entry_id))

    with pytest.raises(Invalid, match="1 file is still searched for names"):
        begin_judging(story)

    waiting = ask(latest_plan, story.secretariat, stage_id=story.stage_id)
    assert waiting is not None
    assert waiting.searched == 1
    work(0)
    plan = ask(latest_plan, story.secretariat, stage_id=story.stage_id)
    assert plan == dataclasses.replace(waiting, searched=0)
    assert do(confirm_assignment, story.secretariat, stage_id=story.stage_id, plan_id=waiting.id) == 4


def test_names_are_decided_between_closing_and_the_end_of_judging_and_only_where_something_was_found(
    sqlite: Given,
) -> None:
    story = told(Chapter.WRITTEN)
    answer_with(story, NAMING)
    work()
    with pytest.raises(Closed, match="can still replace"):
        decide(story, withhold=True, seen="nothing yet")
    submit_and_close(story)
    with pytest.raises(Invalid, match="Nothing was found"):
        decide(story, withhold=True, question="document")
    decide(story, withhold=True)

    assert ask(screened_entry, story.secretariat, entry_id=story.entry_id).line.names_waiting == 0
