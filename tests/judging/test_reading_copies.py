"""All entries of a judge as one PDF: what stands in it, and when it is made anew."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from sqlmodel import col, select

from accounts.erasure import erase_person
from accounts.models import EmailAddress
from judging.judges import state_conflicts
from judging.models import ReadingCopy
from judging.reading_copies import ReadingState, order_reading_copy, reading_copy, reading_copy_to_send
from judging.room import judges_list
from storage.cleaning.types import PNG
from storage.database import reading, transact
from storage.errors import Closed, Invalid, Refused
from storage.jobs import begin_regular_jobs
from storage.objects import blocks
from tests.databases import Given
from tests.judging.test_copies import add
from tests.modules import import_everything
from tests.prize.entries.test_name_checks import NAMING, answer_with, begin_judging, decide, submit_and_close, work
from tests.storage.test_cleaning_images import telling_png
from tests.stories import Chapter, Story, attach, document_of, told
from tests.world import ask, do

NAME = "Acorn Labs"


@pytest.fixture
def story(sqlite: Given) -> Story:
    """Two entries to judge: one with a document of two pages that names nobody, and a picture."""
    story = told(Chapter.WRITTEN)
    content = document_of("Nobody")
    transact(lambda db: attach(db, story.entrant, story.entry_id, story.questions["document"], content, "Acorn.pdf"))
    add(story, telling_png(), "Acorn Labs.png", PNG)
    submit_and_close(story)
    work()
    begin_judging(story)
    return story


def made(story: Story) -> bytes:
    do(order_reading_copy, story.judge, stage_id=story.stage_id)
    work()
    assert ask(reading_copy, story.judge, stage_id=story.stage_id) is ReadingState.READY
    return sent(story)


def sent(story: Story) -> bytes:
    file = ask(reading_copy_to_send, story.judge, stage_id=story.stage_id)
    assert (file.name, file.content_type) == ("entries-to-judge.pdf", "application/pdf")
    return b"".join(blocks(file.object_name))


def pages_of(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def codes(story: Story) -> list[str]:
    return [line.code for line in ask(judges_list, story.judge, stage_id=story.stage_id).lines]


def test_each_entry_begins_on_a_page_of_its_own_with_its_code_as_heading_and_bookmark(story: Story) -> None:
    content = made(story)

    pages = pages_of(content)
    first, second = codes(story)
    assert "2 entries to judge" in pages[0]
    with pikepdf.open(BytesIO(content)) as pdf, pdf.open_outline() as outline:
        marks = [(item.title, [child.title for child in item.children]) for item in outline.root]
        of_the_entry = dict(marks)[max(marks, key=lambda mark: len(mark[1]))[0]]
        assert [title for title, _ in marks] == [first, second]
        assert len(of_the_entry) == 2
        assert "/Info" not in pdf.trailer
        assert "/Metadata" not in pdf.Root
    begins = [at for at, words in enumerate(pages) if words.startswith((first, second))]
    assert begins[0] == 1
    assert len(begins) == 2
    assert len(pages) == 1 + 2 + 2 + 1  # the cover, two entries, a document of two pages, a picture
    everything = content + " ".join(pages).encode()
    assert not [told for told in (b"Acorn", b"ReportLab", b"CreationDate", b"D:20") if told in everything]


def test_the_same_entries_give_the_same_bytes(story: Story) -> None:
    assert made(story) == made(story)
    with reading() as db:
        first = db.exec(select(ReadingCopy)).one().file_id
    transact(lambda db: db.delete(db.exec(select(ReadingCopy)).one()))

    made(story)

    with reading() as db:
        assert db.exec(select(ReadingCopy)).one().file_id == first


def test_an_entry_of_a_conflict_is_sent_no_more_and_the_pdf_is_made_anew_without_it(story: Story) -> None:
    made(story)
    before = codes(story)
    do(state_conflicts, story.judge, stage_id=story.stage_id, statements=(NAME,))

    assert ask(reading_copy, story.judge, stage_id=story.stage_id) is ReadingState.BEING_MADE
    with pytest.raises(Closed, match="being made"):
        sent(story)

    transact(begin_regular_jobs)
    work(61)
    [left] = codes(story)
    words = " ".join(pages_of(sent(story)))
    assert left in words
    assert not [code for code in before if code != left and code in words]


def test_what_may_not_be_read_is_not_in_it_and_comes_when_the_secretariat_lets_it_pass(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    answer_with(story, NAMING)
    submit_and_close(story)
    work()
    decide(story, withhold=True)
    begin_judging(story)
    words = " ".join(pages_of(made(story)))
    assert ("Withheld by the secretariat" in words, "counts mussels" in words) == (True, False)

    decide(story, withhold=False)
    transact(begin_regular_jobs)
    work(61)
    assert NAMING in " ".join(pages_of(sent(story)))


def test_what_is_left_of_an_erased_entrant_is_in_no_pdf(story: Story) -> None:
    made(story)
    import_everything()
    with reading() as db:
        who = col(EmailAddress.person_id) == story.entrant.person_id
        address = db.exec(select(EmailAddress.address).where(who)).one()

    transact(lambda db: erase_person(db, address, "They asked for it."))

    with reading() as db:
        assert db.exec(select(ReadingCopy)).all() == []


def test_only_a_judge_who_asked_gets_one_and_only_with_entries(story: Story) -> None:
    made(story)

    for actor in (story.judges["jo"], story.entrant, story.designer, story.secretariat):
        with pytest.raises(Refused):
            ask(reading_copy_to_send, actor, stage_id=story.stage_id)
    assert ask(reading_copy, story.judges["jo"], stage_id=story.stage_id) is ReadingState.NOT_ASKED


def test_a_judge_without_entries_is_told_so(sqlite: Given) -> None:
    story = told(Chapter.BOUND)

    with pytest.raises(Invalid, match="no entries yet"):
        do(order_reading_copy, story.judge, stage_id=story.stage_id)
