"""After closing, a team can take out what names it while the rules allow that, and can change nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from judging.copies import copy_to_read
from judging.models import JudgesCopy
from prize.entries.corrections import submit_correction
from prize.entries.drafts import save_answer
from prize.entries.files import begin_upload, remove_file
from prize.entries.models import CheckState, EntryFile
from prize.entries.own import own_entry
from prize.entries.searching import CORRECTED
from prize.entries.submission import submit_entry
from prize.models import Stage
from storage import clock
from storage.database import reading, transact
from storage.errors import Closed, Invalid, Stale
from tests.accounts.signed_in import mails_to
from tests.databases import Given
from tests.documents import telling_pdf
from tests.prize.entries.test_name_checks import (
    NAMING,
    PLAIN,
    answer_with,
    begin_judging,
    decide,
    read_by_judge,
    shown_to_the_secretariat,
    submit_and_close,
    work,
)
from tests.stories import CLOSES, Chapter, Story, attach, told
from tests.world import ask, do

DAYS = 3


def closed_with_a_name(days: int = DAYS) -> Story:
    """An entry whose answer names its team, in a stage that has just closed."""
    story = told(Chapter.WRITTEN)
    transact(lambda db: setattr(db.get_one(Stage, story.stage_id), "correction_days", days))
    answer_with(story, NAMING)
    submit_and_close(story)
    return story


def shown(story: Story, question: str = "method") -> str:
    key = story.questions[question]
    answers = ask(own_entry, story.entrant, entry_id=story.entry_id).answers
    return next(answer.text for answer in answers if answer.question.key == key)


def correct(story: Story) -> None:
    do(submit_correction, story.entrant, entry_id=story.entry_id)
    work(0)


def written() -> Story:
    """An entry that is written, in a stage whose rules let teams correct what names them."""
    story = told(Chapter.WRITTEN)
    transact(lambda db: setattr(db.get_one(Stage, story.stage_id), "correction_days", DAYS))
    return story


def documents(folder: Path) -> tuple[bytes, bytes]:
    """One that names its team, and one that names nobody."""
    telling, clean = (
        telling_pdf(folder / f"{name}.pdf", name, text=f"What {name} measured.").read_bytes()
        for name in ("Acorn Labs", "Nobody")
    )
    return telling, clean


def test_nobody_decides_about_a_text_that_was_corrected_after_they_looked(database: Given) -> None:
    story = closed_with_a_name()
    seen = shown_to_the_secretariat(story)
    answer_with(story, PLAIN, number=3)
    correct(story)

    with pytest.raises(Stale, match="Read what stands there now"):
        decide(story, withhold=False, seen=seen)

    (check,) = ask(own_entry, story.entrant, entry_id=story.entry_id).names
    assert check.state is CheckState.HELD
    decide(story, withhold=False)


def test_what_a_team_takes_its_name_out_of_is_read_by_judges_when_somebody_has_looked(
    database: Given,
) -> None:
    story = closed_with_a_name()
    assert ask(own_entry, story.entrant, entry_id=story.entry_id).correctable == (story.questions["method"],)

    answer_with(story, PLAIN, number=3)
    correct(story)

    entry = ask(own_entry, story.entrant, entry_id=story.entry_id)
    assert entry.receipt is not None
    assert (entry.receipt.number, [(check.hits, check.state) for check in entry.names]) == (2, [((), CheckState.HELD)])
    with pytest.raises(Invalid, match="may name their makers"):
        begin_judging(story)
    decide(story, withhold=False)
    begin_judging(story)
    assert read_by_judge(story).text == PLAIN


def test_what_does_not_name_the_team_cannot_be_changed_after_closing(sqlite: Given) -> None:
    story = closed_with_a_name()
    saved = {"text": "Others.", "base_version": 1, "tab": "tab-of-erin", "save_number": 9}

    with pytest.raises(Closed):
        do(save_answer, story.entrant, entry_id=story.entry_id, question_key=story.questions["team"], **saved)
    document = {"question_key": story.questions["document"], "name": "A.pdf", "length": 100}
    with pytest.raises(Closed):
        do(begin_upload, story.entrant, entry_id=story.entry_id, **document)


def test_what_was_written_and_not_submitted_before_closing_does_not_come_in_by_a_correction(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    transact(lambda db: setattr(db.get_one(Stage, story.stage_id), "correction_days", DAYS))
    answer_with(story, NAMING)
    before = shown(story, "team")
    submit_and_close(story)
    sqlite.sql(f"UPDATE answer SET text = 'Later.' WHERE question_key = '{story.questions['team'].hex}'")
    answer_with(story, PLAIN, number=3)

    correct(story)

    assert (shown(story, "method"), shown(story, "team")) == (PLAIN, before)


def test_a_team_is_told_once_by_mail_until_when_it_can_take_its_name_out(sqlite: Given) -> None:
    closed_with_a_name()
    for _ in range(3):
        work()

    mails = [mail for mail in mails_to("erin@erin.example") if "tells who you are" in mail.subject]

    assert len(mails) == 1
    assert f"Until {(CLOSES + timedelta(days=DAYS)):%A}" in mails[0].text


def test_what_is_still_found_after_a_correction_can_be_corrected_again(sqlite: Given) -> None:
    story = closed_with_a_name()
    answer_with(story, f"{NAMING} Really.", number=3)

    correct(story)

    assert ask(own_entry, story.entrant, entry_id=story.entry_id).correctable == (story.questions["method"],)


def test_a_correction_that_changes_nothing_is_refused(sqlite: Given) -> None:
    story = closed_with_a_name()

    with pytest.raises(Invalid, match="Take out what names you first"):
        correct(story)


LONGER = f"{NAMING} They live in the Thames. We have counted them each month since 2019."


@pytest.mark.parametrize(
    ("written", "goes"),
    [
        ("We count mussels. They live in the Thames. We have counted them each month since 2019.", True),
        ("They live in the Thames. We have counted them each month since 2019.", True),
        ("We count mussels. They live in the Severn. We have counted them each month since 2019.", False),
        ("We count mussels. They live in the Thames.", False),
        (f"{PLAIN} They live in the Thames. {'We have counted them each month since 2019. ' * 3}", False),
    ],
)
def test_only_sentences_that_name_the_team_are_changed_and_none_becomes_longer(
    sqlite: Given, written: str, goes: bool
) -> None:
    story = told(Chapter.WRITTEN)
    transact(lambda db: setattr(db.get_one(Stage, story.stage_id), "correction_days", DAYS))
    answer_with(story, LONGER)
    submit_and_close(story)
    answer_with(story, written, number=3)

    if goes:
        correct(story)
    else:
        with pytest.raises(Invalid, match="only the sentences that name you"):
            correct(story)

    assert (shown(story) == written.strip()) is goes or not goes


def test_an_answer_that_is_asked_for_cannot_be_emptied(sqlite: Given) -> None:
    story = closed_with_a_name()
    answer_with(story, "", number=3)

    with pytest.raises(Invalid):
        correct(story)


def late(story: Story) -> None:
    transact(lambda db: clock.move_to(db, CLOSES + timedelta(days=DAYS, seconds=2)))


def decided(story: Story) -> None:
    decide(story, withhold=True)


@pytest.mark.parametrize("event", [late, decided])
def test_nothing_is_corrected_when_it_is_too_late_or_the_secretariat_has_decided(sqlite: Given, event) -> None:
    story = closed_with_a_name()
    event(story)

    assert ask(own_entry, story.entrant, entry_id=story.entry_id).correctable == ()
    with pytest.raises(Closed):
        answer_with(story, PLAIN, number=3)
    with pytest.raises(Closed):
        correct(story)


def test_nothing_is_corrected_where_the_rules_do_not_say_so(sqlite: Given) -> None:
    story = closed_with_a_name(days=0)

    with pytest.raises(Closed):
        answer_with(story, PLAIN, number=3)
    assert [mail for mail in mails_to("erin@erin.example") if "tells who you are" in mail.subject] == []


def test_a_file_that_names_its_team_is_replaced_and_judged_when_somebody_has_looked(
    sqlite: Given, tmp_path: Path
) -> None:
    story = written()
    question = story.questions["document"]
    telling, clean = documents(tmp_path)
    transact(lambda db: attach(db, story.entrant, story.entry_id, question, telling, "Acorn.pdf"))
    submit_and_close(story)
    with reading() as db:
        file_id, copy_id = db.exec(select(EntryFile.file_id)).one(), db.exec(select(JudgesCopy.id)).one()

    do(remove_file, story.entrant, entry_id=story.entry_id, question_key=question, file_id=file_id)
    transact(lambda db: attach(db, story.entrant, story.entry_id, question, clean, "Clean.pdf"))
    correct(story)

    with pytest.raises(Invalid, match="may name their makers"):
        begin_judging(story)
    with reading() as db:
        replaced = db.exec(select(EntryFile.file_id).where(col(EntryFile.name) == "Clean.pdf")).one()
    decide(story, withhold=False, file_id=replaced, question="document")
    begin_judging(story)
    (file,) = read_by_judge(story, "document").files
    assert file.ready
    assert file.id != copy_id
    assert "Nobody" not in file.name
    assert ask(copy_to_read, story.judge, copy_id=file.id, page=1)


def test_a_file_that_did_not_count_at_closing_is_looked_at_even_if_it_had_counted_before(
    sqlite: Given, tmp_path: Path
) -> None:
    story = written()
    question = story.questions["document"]
    telling, clean = documents(tmp_path)

    def replace_by(document: bytes) -> None:
        for answer in ask(own_entry, story.entrant, entry_id=story.entry_id).answers:
            for file in answer.files:
                there = {"entry_id": story.entry_id, "question_key": question, "file_id": file.id}
                do(remove_file, story.entrant, **there)
        transact(lambda db: attach(db, story.entrant, story.entry_id, question, document, "Plan.pdf"))

    replace_by(clean)
    do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)
    replace_by(telling)
    submit_and_close(story)
    replace_by(clean)

    correct(story)

    (check,) = ask(own_entry, story.entrant, entry_id=story.entry_id).names
    assert (check.hits, check.state, check.problem) == ((), CheckState.HELD, CORRECTED)


def test_copies_of_files_that_stay_are_not_made_again(sqlite: Given, tmp_path: Path) -> None:
    story = written()
    clean = telling_pdf(tmp_path / "clean.pdf", "Nobody", text="What was measured.").read_bytes()
    transact(lambda db: attach(db, story.entrant, story.entry_id, story.questions["document"], clean, "Clean.pdf"))
    answer_with(story, NAMING)
    submit_and_close(story)
    with reading() as db:
        copy_id = db.exec(select(JudgesCopy.id)).one()
    answer_with(story, PLAIN, number=3)

    correct(story)

    decide(story, withhold=False)
    begin_judging(story)
    assert [file.id for file in read_by_judge(story, "document").files] == [copy_id]
