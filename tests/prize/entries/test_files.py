"""Files of drafts and of submitted versions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from prize.entries.files import add_arrived, begin_upload, file_of_entry, remove_file, unfinished_uploads
from prize.entries.own import own_entry
from prize.entries.submission import submit_entry
from settings import get_settings
from storage.cleaning.types import PDF
from storage.database import transact
from storage.errors import Invalid, Refused
from storage.objects import blocks
from storage.uploads import cancel, take_whole
from tests.databases import Given
from tests.stories import Chapter, Story, attach, document_of, told
from tests.world import ask, do


def add(story: Story, document: bytes, name: str) -> None:
    key = story.questions["document"]
    transact(lambda db: attach(db, story.entrant, story.entry_id, key, document, name))


def test_a_submitted_version_keeps_a_file_that_is_taken_out_of_the_draft(database: Given) -> None:
    story = told(Chapter.WRITTEN)
    document = document_of("Acorn Labs")
    add(story, document, "figures.pdf")
    [file] = ask(own_entry, story.entrant, entry_id=story.entry_id).answers[2].files
    receipt = do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)
    target = {"entry_id": story.entry_id, "question_key": story.questions["document"]}
    do(remove_file, story.entrant, **target, file_id=file.id)

    assert ask(own_entry, story.entrant, entry_id=story.entry_id).answers[2].files == ()
    assert receipt.files == (file,)
    sent = ask(file_of_entry, story.secretariat, entry_id=story.entry_id, file_id=file.id)
    assert b"".join(blocks(sent.object_name)) == document


def test_the_secretariat_does_not_read_the_files_of_a_draft(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    add(story, document_of("Acorn Labs"), "figures.pdf")
    [file] = ask(own_entry, story.entrant, entry_id=story.entry_id).answers[2].files

    with pytest.raises(Refused):
        ask(file_of_entry, story.secretariat, entry_id=story.entry_id, file_id=file.id)
    assert ask(file_of_entry, story.entrant, entry_id=story.entry_id, file_id=file.id).name == "figures.pdf"


def test_a_file_that_is_empty_too_large_one_too_many_or_for_another_question_is_refused(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    target = {"entry_id": story.entry_id, "question_key": story.questions["document"], "name": "figures.pdf"}
    for length, words in ((0, "empty"), (1024 * 1024 + 1, "at most 1 MB")):
        with pytest.raises(Invalid, match=words):
            do(begin_upload, story.entrant, **target, length=length)
    do(begin_upload, story.entrant, **target, length=1024 * 1024)
    with pytest.raises(Invalid, match="takes no file"):
        do(begin_upload, story.entrant, **{**target, "question_key": story.questions["method"]}, length=1)
    for number in range(5):
        add(story, document_of(f"Team {number}"), f"{number}.pdf")
    with pytest.raises(Invalid, match="at most 5 files"):
        do(begin_upload, story.entrant, **target, length=1)


def test_six_files_that_are_announced_at_once_do_not_all_arrive(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    target = {"entry_id": story.entry_id, "question_key": story.questions["document"], "name": "figures.pdf"}
    documents = [document_of(f"Team {number}") for number in range(6)]
    begun = [do(begin_upload, story.entrant, **target, length=len(document)) for document in documents]

    for upload, document in zip(begun[:5], documents[:5], strict=True):
        arrive(story, upload.id, document)

    with pytest.raises(Invalid, match="at most 5 files"):
        arrive(story, begun[5].id, documents[5])


def arrive(story: Story, upload_id: UUID, document: bytes) -> None:
    transact(lambda db: add_arrived(db, *take_whole(db, story.entrant.person_id, upload_id, document), PDF))


def test_the_files_of_a_draft_and_what_is_on_its_way_have_to_fit_the_team_s_room(database: Given) -> None:
    story = told(Chapter.WRITTEN)
    room = 1_000_000
    database.sql("UPDATE prize SET team_bytes = :room", room=room)
    target = {"entry_id": story.entry_id, "question_key": story.questions["document"], "name": "figures.pdf"}
    document = document_of("Acorn Labs")
    add(story, document, "first.pdf")
    left = room - len(document)

    with pytest.raises(Invalid, match=r"976 KB in all\. Remove a file or cancel an upload"):
        do(begin_upload, story.entrant, **target, length=left + 1)
    running = do(begin_upload, story.entrant, **target, length=left)
    with pytest.raises(Invalid, match="in all"):
        do(begin_upload, story.entrant, **target, length=1)
    transact(lambda db: cancel(db, story.entrant.person_id, running.id))
    do(begin_upload, story.entrant, **target, length=left)


def test_a_prize_takes_no_more_bytes_than_the_installation_allows(
    sqlite: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = told(Chapter.WRITTEN)
    document = document_of("Acorn Labs")
    monkeypatch.setenv("LAUREL_PRIZE_BYTES", str(len(document) + 10))
    get_settings.cache_clear()
    add(story, document, "first.pdf")
    target = {"entry_id": story.entry_id, "question_key": story.questions["document"], "name": "figures.pdf"}

    with pytest.raises(Invalid, match=r"room for files is full\. Tell its secretariat"):
        do(begin_upload, story.entrant, **target, length=11)
    do(begin_upload, story.entrant, **target, length=10)


def test_what_was_announced_before_there_was_less_room_is_counted_again_when_it_arrives(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    document = document_of("Acorn Labs")
    target = {"entry_id": story.entry_id, "question_key": story.questions["document"], "name": "figures.pdf"}
    begun = do(begin_upload, story.entrant, **target, length=len(document))
    sqlite.sql("UPDATE prize SET team_bytes = 1000")

    with pytest.raises(Invalid, match="in all"):
        arrive(story, begun.id, document)
    assert ask(own_entry, story.entrant, entry_id=story.entry_id).answers[2].files == ()


def test_a_team_sees_its_own_unfinished_uploads_and_nobody_else_does(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    target = {"entry_id": story.entry_id, "question_key": story.questions["document"]}
    begun = do(begin_upload, story.entrant, **target, name="figures.pdf", length=500)

    [shown] = ask(unfinished_uploads, story.entrant, **target)
    assert (shown.id, shown.name, shown.offset, shown.length) == (begun.id, "figures.pdf", 0, 500)
    with pytest.raises(Refused):
        ask(unfinished_uploads, story.entrants["bela"], **target)
    transact(lambda db: cancel(db, story.entrant.person_id, begun.id))
    assert ask(unfinished_uploads, story.entrant, **target) == ()


def test_files_that_arrive_at_the_same_moment_do_not_pass_a_limit_together(database: Given) -> None:
    story = told(Chapter.WRITTEN)
    target = {"entry_id": story.entry_id, "question_key": story.questions["document"], "name": "figures.pdf"}
    documents = [b"%PDF-1.7 " + str(number).encode() for number in range(8)]
    begun = [do(begin_upload, story.entrant, **target, length=len(document)) for document in documents]

    def come(number: int) -> bool:
        try:
            arrive(story, begun[number].id, documents[number])
        except Invalid:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        arrived = list(pool.map(come, range(8)))

    assert arrived.count(True) == len(ask(own_entry, story.entrant, entry_id=story.entry_id).answers[2].files) == 5
