"""What arrives late, comes twice or comes in another order takes nothing away that was said to be saved."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from judging.models import CommentReader
from judging.scorecards import comments_of, save_comment
from prize.entries.drafts import save_answer
from prize.entries.own import own_entry
from prize.entries.submission import submit_entry
from storage.database import reading, transact
from storage.saves import Saved
from tests.databases import Given
from tests.losses import checking
from tests.losses.people import Book
from tests.stories import Chapter, assignments_of, attach, document_of, told
from tests.world import ask, do

TAB = "tab-of-this-test"

Save = Callable[[str, int], Saved]
Stands = Callable[[], str]


def an_answer() -> tuple[Save, Stands]:
    story = told(Chapter.STARTED)

    def save(text: str, number: int) -> Saved:
        key = story.questions["method"]
        return do(
            save_answer,
            story.entrant,
            entry_id=story.entry_id,
            question_key=key,
            text=text,
            base_version=min(number - 1, 1),
            tab=TAB,
            save_number=number,
        )

    return save, lambda: ask(own_entry, story.entrant, entry_id=story.entry_id).answers[0].text


def a_comment() -> tuple[Save, Stands]:
    story = told(Chapter.ASSIGNED)
    with reading() as db:
        assignment_id: UUID = assignments_of(db, story, story.judge)[0].id

    def save(text: str, number: int) -> Saved:
        return do(
            save_comment,
            story.judge,
            assignment_id=assignment_id,
            reader=CommentReader.PANEL,
            text=text,
            base_version=min(number - 1, 1),
            tab=TAB,
            save_number=number,
        )

    def stands() -> str:
        with reading() as db:
            return comments_of(db, assignment_id)[CommentReader.PANEL].text

    return save, stands


@pytest.mark.parametrize("text", [an_answer, a_comment])
def test_a_save_that_arrives_late_does_not_undo_a_text_that_was_changed_back(
    database: Given, text: Callable[[], tuple[Save, Stands]]
) -> None:
    save, stands = text()
    first = save("Mussels filter the water.", 1)

    again = save("Mussels filter the water.", 3)
    save("Mussels filter the water and", 2)

    assert again == first
    assert stands() == "Mussels filter the water."


def test_a_receipt_can_be_computed_again_in_whatever_order_its_files_came(database: Given) -> None:
    story = told(Chapter.WRITTEN)
    for name in ("2.pdf", "10.pdf", "1.pdf"):
        document = document_of(name)
        transact(
            lambda db, name=name, document=document: attach(  # type: ignore[misc]
                db, story.entrant, story.entry_id, story.questions["document"], document, name
            )
        )

    do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)

    with reading() as db:
        assert list(checking.submissions(db, Book())) == []
    assert not ask(own_entry, story.entrant, entry_id=story.entry_id).changed_since
