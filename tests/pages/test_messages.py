"""Tests of the pages for messages and for the texts of mails."""

from __future__ import annotations

from tests.databases import Given
from tests.pages.visiting import press, tables, visit, words
from tests.stories import Chapter, told, work_off


def test_a_group_is_written_to_after_a_look_at_how_many_it_reaches(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)
    form = f"group-message-{story.stage_id}"
    page = visit(story.secretariat, "messages")
    page.selectbox(key=f"{form}-audience").set_value("submitted").run()
    page.text_input(key=f"{form}-subject").input("A word of thanks").run()
    page.text_area(key=f"{form}-text").input("Dear {all} of {prize}").run()

    page = press(page, "Send it")
    assert "There is no field {all} here." in "".join(error.value for error in page.error)
    assert page.text_input(key=f"{form}-subject").value == "A word of thanks"

    page.text_area(key=f"{form}-text").input("You are part of {prize}.").run()
    page = press(page, "Send it")
    assert not page.error
    assert page.text_input(key=f"{form}-subject").value == ""
    work_off()

    log = tables(visit(story.secretariat, "messages"))
    assert log.count("A word of thanks") >= 1


def test_a_preview_follows_what_is_typed_and_says_what_is_wrong(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)
    page = visit(story.designer, "mail-texts")
    page.selectbox(key="mail-text").set_value("extended").run()
    form = f"mail-text-{story.prize_id}-extended"

    page.text_area(key=f"{form}-text").input("Until {untill}").run()
    assert "There is no field {untill} here." in words(page)

    page = page.text_area(key=f"{form}-text").input("Take until {until}.").run()
    assert "<p>Take until Monday 20 January 2025, 12:00 (London).</p>" in tables(page)
    assert "none in your own words" in words(page)
    page = press(page, "Save text")
    assert "1 in your own words" in words(page)
    page = press(page, "Use Laurel's words")
    assert "none in your own words" in words(page)


def test_the_texts_of_a_draft_save_themselves_since_nobody_is_written_to(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    page = visit(story.designer, "mail-texts")
    page.selectbox(key="mail-text").set_value("extended").run()

    page = page.text_input(key=f"mail-text-{story.prize_id}-extended-subject").input("A day more").run()

    assert "1 in your own words" in words(page)
