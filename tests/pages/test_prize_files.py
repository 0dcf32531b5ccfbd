"""What can be taken away from a prize's public page: its dates for a calendar, and its entry form to draft in."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO

from docx import Document
from icalendar import Calendar, Event

from prize.form import add_question
from prize.models import Blueprint, Pays, QuestionKind, StageDates
from prize.prizes import edit_prize
from storage.database import transact
from tests.databases import Given
from tests.pages.public import get
from tests.prize.test_eligibility import published
from tests.stories import CLOSES, DECIDED, JUDGING_CLOSES, OPENS, SLUG, Chapter, prize_version, told
from tests.world import do

PAGE = f"/prizes/{SLUG}"


def events() -> dict[str, Event]:
    calendar = Calendar.from_ical(get(f"{PAGE}/calendar.ics").body)
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def test_the_calendar_holds_the_dates_of_the_stage_in_the_prizes_zone(sqlite: Given) -> None:
    told(Chapter.PUBLISHED)
    answer = get(f"{PAGE}/calendar.ics")

    assert answer.header("content-type") == "text/calendar; charset=utf-8"
    assert {name: event["dtstart"].dt for name, event in events().items()} == {
        "Entries open: Clean rivers": OPENS,
        "Entries close: Clean rivers": CLOSES,
        "Decision: Clean rivers": DECIDED,
    }
    assert "DTSTART;TZID=Europe/London:20270331T130000\r\n" in answer.body
    assert answer.body.count("BEGIN:VTIMEZONE\r\nTZID:Europe/London\r\n") == 1
    assert [line for line in answer.body.split("\r\n") if len(line.encode()) > 75] == []


def test_a_title_with_commas_and_long_words_comes_out_of_the_calendar_as_it_went_in(sqlite: Given) -> None:
    story = told(Chapter.READY)
    title = "Rivers, lakes; and “seas” \\ in " + "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch 🦫" * 2
    version = transact(lambda db: prize_version(db, story.prize_id))
    kind = {"blueprint": Blueprint.TESTBED, "pays": Pays.BEST_OF, "zone": "America/New_York"}
    do(edit_prize, story.designer, prize_id=story.prize_id, version=version, title=title, **kind)
    published(story)

    assert next(str(event["summary"]) for event in events().values()) == f"Entries open: {title}"
    assert events()[f"Entries close: {title}"]["dtstart"].dt.utcoffset().total_seconds() == -4 * 3600


def test_a_date_that_is_moved_stays_the_same_event_with_a_higher_number(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)
    before = events()["Entries close: Clean rivers"]
    later = datetime(2027, 4, 7, 12, tzinfo=UTC)
    moved = StageDates(
        stage_id=story.stage_id,
        number=2,
        opens_at=OPENS,
        closes_at=later,
        judging_closes_at=JUDGING_CLOSES,
        decision_at=DECIDED,
        published_at=OPENS,
    )
    transact(lambda db: db.add(moved))

    after = events()["Entries close: Clean rivers"]

    assert (after["uid"], after["dtstart"].dt) == (before["uid"], later)
    assert (before["sequence"], after["sequence"]) == (0, 1)


def test_the_entry_form_is_a_document_with_every_question_and_room_for_its_answer(sqlite: Given) -> None:
    story = told(Chapter.READY)
    where = {"prize_id": story.prize_id, "stage_id": story.stage_id}
    asked = {"wording": "Which river?", "help": "The main one.", "options": ("Thames", "Severn")}
    hidden = {"required": False, "reveals_identity": True}
    river = do(add_question, story.designer, **where, kind=QuestionKind.CHOICE, **asked, **hidden)
    funding = {"wording": "Is it funded?", "particulars": "By whom?", "word_limit": 30, "reveals_identity": True}
    after = {"only_if": river, "only_if_answers": ("Thames",)}
    do(add_question, story.designer, **where, kind=QuestionKind.DECLARATION, **funding, **after)
    do(add_question, story.designer, **where, kind=QuestionKind.MONEY, wording="What does it cost?")
    published(story)

    document = Document(BytesIO(_bytes(get(f"{PAGE}/form.docx").body)))

    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "1. How does it work?\nHas to be answered. Up to 50 words. Judges read this." in text
    assert "2. Who are you?\nHas to be answered. Judges do not see this." in text
    assert "Optional. A file of up to 1 MB. It is uploaded with the entry." in text
    assert "4. Which river?\nThe main one.\nOptional. Judges do not see this.\n☐ Thames\n☐ Severn" in text
    condition = "Only if you answered “Thames” to question 4"
    shape = "Yes or no; if yes, in up to 30 words: By whom?"
    assert f"Has to be answered. {condition}. {shape} Judges do not see this.\n☐ Yes\n☐ No" in text
    assert "6. What does it cost?\nHas to be answered. A sum in £. Judges read this." in text
    page = get(PAGE).body
    assert f'Is it funded? <span class="note">{condition}. {shape} Judges do not see this.</span>' in page
    assert "up to 5 questions, 1 document" in page
    assert "Closes Wednesday 31 March 2027, 13:00 (London)." in text
    assert len(document.tables) == 5


def test_the_same_form_gives_the_same_bytes(sqlite: Given) -> None:
    told(Chapter.PUBLISHED)

    assert get(f"{PAGE}/form.docx").body == get(f"{PAGE}/form.docx").body


def test_the_page_leads_to_both_and_nothing_of_a_draft_can_be_taken_away(sqlite: Given) -> None:
    told(Chapter.PUBLISHED)
    assert set(re.findall(rf'href="{PAGE}/([^"]*\.[^"]*)"', get(PAGE).body)) == {"calendar.ics", "form.docx"}

    for name in ("calendar.ics", "form.docx"):
        assert get(f"/prizes/nothing/{name}").status == 403


def _bytes(body: str) -> bytes:
    return body.encode("utf-8", "surrogateescape")
