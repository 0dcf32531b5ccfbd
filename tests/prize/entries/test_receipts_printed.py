"""A receipt as a PDF says what the receipt says, and is the same each time."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pypdfium2
import pytest

from prize.entries.receipts_printed import own_receipt
from prize.entries.submission import submit_entry
from storage.database import transact
from storage.errors import Invalid, Refused
from storage.values import time_words
from tests.databases import Given
from tests.stories import Chapter, attach, document_of, told
from tests.world import ask, do


def words_of(content: bytes) -> str:
    pdf = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def test_a_receipt_is_printed_with_everything_that_proves_the_submission(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    content = document_of("Acorn Labs")
    transact(
        lambda db: attach(db, story.entrant, story.entry_id, story.questions["document"], content, "Größe & <b>.pdf")
    )
    receipt = do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)

    printed = ask(own_receipt, story.entrant, entry_id=story.entry_id)

    said = words_of(printed.content)
    assert (printed.name, printed.content_type) == (f"receipt-{receipt.code}.pdf", "application/pdf")
    for words in (
        receipt.code,
        "Clean rivers, First stage",
        "Acorn Labs",
        time_words(receipt.submitted_at, "Europe/London", weekday=True),
        receipt.content_digest,
        "Größe & <b>.pdf",
        receipt.files[0].sha256,
    ):
        assert words in said
    assert ask(own_receipt, story.entrant, entry_id=story.entry_id) == printed
    with pikepdf.open(BytesIO(printed.content)) as pdf:
        assert "2000" in str(pdf.docinfo.get("/CreationDate", "2000"))


def test_what_was_not_submitted_has_no_receipt_and_others_get_none(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)

    with pytest.raises(Invalid, match="has no receipt"):
        ask(own_receipt, story.entrant, entry_id=story.entry_id)
    with pytest.raises(Refused):
        ask(own_receipt, story.entrants["bela"], entry_id=story.entry_id)
