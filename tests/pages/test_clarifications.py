"""The secretariat's room of questions about a prize."""

from __future__ import annotations

from accounts.actors import STRANGER
from prize.clarifications import ask_clarification, public_clarifications
from tests.accounts.signed_in import mails_to
from tests.databases import Given
from tests.pages.visiting import press, tables, visit, words
from tests.stories import SLUG, Chapter, told
from tests.world import World, ask, do


def test_an_empty_room_says_where_questions_come_from(sqlite: Given) -> None:
    page = visit(told(Chapter.PUBLISHED).secretariat, "clarifications")

    assert "Anybody who has signed in can ask a question on the prize's public page." in words(page)


def test_a_question_is_answered_in_another_wording(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.PUBLISHED)
    asked = {"prize_id": story.prize_id, "question": "Does Ada’s canal count?"}
    do(ask_clarification, world.person("ada"), **asked)
    page = visit(story.secretariat, "clarifications")
    assert "1 question waits for an answer, 0 answered." in words(page)
    assert page.text_area[0].value == "Does Ada’s canal count?"

    page = press(page, "Publish answer")

    assert "The answer is empty. Fill it in." in words(page)
    page.text_area[0].input("Does a canal count?")
    page.text_area[1].input("Yes.")
    page = press(page, "Publish answer")

    assert "Answered on the prize's page." in page.success[0].value
    [shown] = ask(public_clarifications, STRANGER, slug=SLUG).answered
    assert (shown.question, shown.answer) == ("Does a canal count?", "Yes.")
    assert "No question waits, 1 answered." in words(page)


def test_a_question_is_declined_with_a_reason_for_whoever_asked(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.PUBLISHED)
    do(ask_clarification, world.person("ada"), prize_id=story.prize_id, question="Will I win?")
    page = visit(story.secretariat, "clarifications")

    page.text_area[2].input("Nobody knows before the panel has met.")
    page = press(page, "Decline the question")

    assert "Declined." in page.success[0].value
    assert "Nobody knows before the panel has met." in mails_to(world.address("ada"))[0].text
    assert "Nobody knows before the panel has met." in tables(page)
