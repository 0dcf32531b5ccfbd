"""Judges' copies: of files that judges may read, under names that tell the entry's code and nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait

from sqlmodel import select

from judging.copies import _follow_correction, _order_copies
from judging.models import CopyPage, CopyState, JudgesCopy
from prize.entries.corrections import submit_correction
from prize.entries.files import add_arrived, begin_upload
from prize.entries.models import Entry, EntryFile
from prize.entries.searching import search_submitted
from prize.models import Stage
from storage.cleaning.types import PDF, PNG
from storage.database import reading, transact, writing
from tests.databases import Given
from tests.documents import telling_jpeg
from tests.prize.entries.test_name_checks import NAMING, PLAIN, answer_with, submit_all, submit_and_close, work
from tests.storage.test_cleaning_images import telling_png
from tests.stories import Chapter, Story, take_whole, told
from tests.world import do


def add(story: Story, content: bytes, name: str, content_type: str) -> None:
    def arrive(db) -> None:
        actor = story.entrant
        upload = begin_upload(db, actor, story.entry_id, story.questions["document"], name, len(content))
        add_arrived(db, *take_whole(db, actor.person_id, upload.id, content), content_type)

    transact(arrive)


def copies() -> list[JudgesCopy]:
    with reading() as db:
        found = db.exec(select(JudgesCopy)).all()
        db.expunge_all()
    return sorted(found, key=lambda copy: copy.name)


def test_an_image_is_copied_under_the_code_of_its_entry_and_is_one_page(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    add(story, telling_png(), "Acorn Labs.png", PNG)
    submit_and_close(story)
    work()

    [copy] = copies()

    with reading() as db:
        code = db.get_one(Entry, story.entry_id).code
        pages = [(page.number, page.ratio, page.lines) for page in db.exec(select(CopyPage)).all()]
    assert (copy.name, copy.state) == (f"{code}-1.png", CopyState.CLEANED)
    assert pages == [(1, 0.75, [])]


def test_a_file_that_cannot_be_cleaned_is_said_to_be_so_and_the_others_are_cleaned(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    add(story, b"%PDF-1.7 and no more", "first.pdf", PDF)
    add(story, telling_jpeg("Acorn Labs") + b"more", "second.jpg", "image/jpeg")
    submit_and_close(story)
    work()

    states = {copy.name.partition("-")[2][-5:]: (copy.state, copy.problem) for copy in copies()}

    assert sorted(state for state, _ in states.values()) == [CopyState.CLEANED, CopyState.FAILED]
    assert {problem for _, problem in states.values()} == {
        "",
        "The document is damaged and cannot be read. Save it again as a PDF.",
    }


def test_files_of_answers_that_judges_do_not_read_are_not_copied_and_not_counted(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    add(story, telling_png(), "first.png", PNG)
    key = story.questions["document"].hex
    sqlite.sql(f"UPDATE question SET confidential = true WHERE key = '{key}'")
    submit_and_close(story)
    work()

    assert copies() == []


def test_a_correction_while_copies_are_ordered_leaves_one_copy_of_each_file(postgresql: Given) -> None:
    story = told(Chapter.WRITTEN)
    transact(lambda db: setattr(db.get_one(Stage, story.stage_id), "correction_days", 3))
    add(story, telling_png(), "Figures.png", PNG)
    answer_with(story, NAMING)
    submit_all(story)
    transact(lambda db: search_submitted(db, story.entry_id))
    answer_with(story, PLAIN, number=3)

    def order() -> None:
        transact(lambda db: _order_copies(db, {"stage_id": str(story.stage_id)}, None))

    def correct() -> None:
        do(submit_correction, story.entrant, entry_id=story.entry_id)
        transact(lambda db: _follow_correction(db, {"entry_id": str(story.entry_id)}, None))

    with ThreadPoolExecutor(2) as pool:
        with writing() as db:
            db.exec(select(EntryFile).with_for_update()).one()  # so that ordering stops when it has read the version
            both = [pool.submit(order)]
            wait(both, 0.5)
            both.append(pool.submit(correct))
            wait(both[1:], 0.5)
        for done in both:
            done.result(60)

    assert len(copies()) == 1
