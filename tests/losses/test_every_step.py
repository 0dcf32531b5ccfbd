"""A process that is killed at any one step of its work leaves nothing by half, and whoever goes on loses nothing."""

from __future__ import annotations

import os
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, select

from judging.models import CopyPage, CopyState, JudgesCopy
from manage import import_bodies
from prize.entries.drafts import save_answer
from prize.entries.files import add_arrived, begin_upload, remove_file
from prize.entries.own import own_entry
from prize.entries.submission import submit_entry
from storage import jobs
from storage.clock import move_to
from storage.database import reading, transact
from storage.files import StoredFile
from storage.jobs import begin_regular_jobs, work_once
from storage.objects import blocks, delete_objects
from storage.receiving import Sending, how_far
from storage.stores import BLOCK, STEP
from storage.uploads import SILENCE
from tests.databases import Clock, Given
from tests.losses import checking
from tests.losses.people import Book
from tests.losses.steps import dying_at_each_step
from tests.mailserver import MailServer
from tests.stories import CLOSES, Chapter, attach, document_of, told
from tests.world import ask, do

A_MOMENT = timedelta(seconds=1)
SIZE = STEP + 300_000

pytestmark = [pytest.mark.prove, pytest.mark.timeout(300)]


@pytest.fixture(params=["embedded", "PostgreSQL and S3"])
def installed(request: pytest.FixtureRequest) -> Given:
    """The two pairs of a database and a store."""
    embedded = request.param == "embedded"
    import_bodies()
    given: Given = request.getfixturevalue("sqlite" if embedded else "postgresql")
    request.getfixturevalue("folder" if embedded else "bucket")
    return given


@pytest.fixture
def clock(installed: Given) -> Clock:
    return Clock()


def nothing_is_wrong(mails: MailServer | None = None) -> None:
    """Everything that is looked at after kills at random."""
    book = Book()
    for check in (checking.files, checking.submissions, checking.objects, checking.copies, checking.jobs):
        with reading() as db:
            assert list(check(db, book)) == []
    if mails is not None:
        with reading() as db:
            assert list(checking.posted(db, mails)) == []
    assert list(checking.trail()) == []


def send(person_id: UUID | None, upload_id: UUID, content: bytes) -> None:
    """What the route of uploads does with the bytes of one request."""
    shown = how_far(person_id, upload_id)
    if shown.offset == shown.length and not shown.waits:
        return
    sending = Sending(person_id, upload_id, shown.offset)
    for start in range(shown.offset, len(content), BLOCK):
        sending.write(content[start : start + BLOCK])
    sending.end()
    sending.arrive(lambda *arrived: transact(lambda db: add_arrived(db, *arrived)))


def test_an_upload_that_was_killed_at_any_step_goes_on_and_arrives_once(installed: Given, clock: Clock) -> None:
    story = told(Chapter.STARTED)
    installed.sql("UPDATE question SET size_limit = 209715200 WHERE size_limit IS NOT NULL")
    erin, entry_id, key = story.entrant, story.entry_id, story.questions["document"]
    contents: dict[int, bytes] = {}
    uploads: dict[int, UUID] = {}

    def announce(step: int) -> None:
        contents[step] = (b"%PDF-1.7\n" + os.urandom(SIZE))[:SIZE]
        uploads[step] = do(begin_upload, erin, entry_id=entry_id, question_key=key, name=f"{step}.pdf", length=SIZE).id

    steps = 0
    for step in dying_at_each_step(lambda step: send(erin.person_id, uploads[step], contents[step]), announce):
        steps += 1
        clock.advance(SILENCE + A_MOMENT)
        send(erin.person_id, uploads[step], contents[step])

        shown = how_far(erin.person_id, uploads[step])
        assert (shown.offset, shown.waits) == (SIZE, False), step
        [file] = ask(own_entry, erin, entry_id=entry_id).answers[2].files
        assert file.name == f"{step}.pdf"
        assert b"".join(blocks(f"{story.prize_id}/{file.sha256}")) == contents[step]
        do(remove_file, erin, entry_id=entry_id, question_key=key, file_id=file.id)
    assert steps > 15
    nothing_is_wrong()


def test_a_submission_that_was_killed_at_any_step_is_there_as_a_whole_or_not_at_all(
    installed: Given, clock: Clock, smtp: MailServer
) -> None:
    story = told(Chapter.WRITTEN)
    erin, entry_id = story.entrant, story.entry_id
    transact(lambda db: attach(db, erin, entry_id, story.questions["document"], document_of("Acorn"), "plan.pdf"))

    counts = [0]
    for step in dying_at_each_step(lambda _: do(submit_entry, erin, entry_id=entry_id, accepts_rules=True) and None):
        receipt = ask(own_entry, erin, entry_id=entry_id).receipt
        counts.append(receipt.number if receipt else 0)
        nothing_is_wrong()
        assert counts[-1] - counts[-2] == (0 if step == 1 else 1)
    assert counts == [0, 0, 1]


def the_worker_works(_: int) -> None:
    while work_once():
        pass


def test_a_worker_that_was_killed_at_any_step_leaves_its_jobs_to_the_next(
    installed: Given, clock: Clock, smtp: MailServer
) -> None:
    """Mails are sent, rows are sealed and anchored, drafts are searched for names."""
    story = told(Chapter.WRITTEN)
    transact(begin_regular_jobs)
    erin, method = story.entrant, story.questions["method"]

    def change(step: int) -> None:
        do(
            save_answer,
            erin,
            entry_id=story.entry_id,
            question_key=method,
            text=f"Mussels filter the water in {step} places.",
            base_version=0,
            tab="tab-of-this-test",
            save_number=step,
        )
        do(submit_entry, erin, entry_id=story.entry_id, accepts_rules=True)
        clock.advance(timedelta(minutes=2))

    steps = 0
    for _ in dying_at_each_step(the_worker_works, change):
        steps += 1
        clock.advance(jobs.LEASE + A_MOMENT)
        the_worker_works(0)
        nothing_is_wrong(smtp)
    assert steps > 15


@pytest.mark.deep
@pytest.mark.timeout(1800)
def test_a_worker_that_was_killed_at_any_step_of_a_judges_copy_leaves_it_to_the_next(
    installed: Given, clock: Clock
) -> None:
    story = told(Chapter.WRITTEN)
    key = story.questions["document"]

    def enter(db: Session) -> None:
        attach(db, story.entrant, story.entry_id, key, document_of("Acorn Labs"), "plan.pdf")
        submit_entry(db, story.entrant, story.entry_id, True)
        move_to(db, CLOSES + timedelta(hours=1))

    transact(enter)
    the_worker_works(0)

    def as_if_none_were_made(_: int) -> None:
        made = "SELECT file_id FROM judges_copy UNION SELECT file_id FROM copy_page"
        made += " UNION SELECT zoom_file_id FROM copy_page"
        with reading() as db:
            named = {row.id: row.object_name for row in db.exec(select(StoredFile))}
        gone = {UUID(str(found)) for (found,) in installed.sql(made) if found}
        installed.sql("DELETE FROM copy_page")
        installed.sql("UPDATE judges_copy SET file_id = NULL, state = 'waiting'")
        installed.sql("UPDATE job SET state = 'waiting', attempts = 0, leased_until = NULL WHERE kind = 'clean copy'")
        transact(lambda db: [db.delete(db.get_one(StoredFile, found)) for found in gone])
        delete_objects(named[found] for found in gone)

    steps = 0
    for _ in dying_at_each_step(the_worker_works, as_if_none_were_made):
        steps += 1
        clock.advance(jobs.LEASE + A_MOMENT)
        the_worker_works(0)

        with reading() as db:
            assert [row.state for row in db.exec(select(JudgesCopy))] == [CopyState.CLEANED]
            assert sorted(row.number for row in db.exec(select(CopyPage))) == [1, 2]
        nothing_is_wrong()
    assert steps > 15
