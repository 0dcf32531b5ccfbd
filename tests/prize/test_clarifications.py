"""Questions about a prize are asked by anybody and answered to all, and nobody learns who asked."""

from __future__ import annotations

from uuid import UUID

import pytest

from accounts.actors import STRANGER, Actor
from prize.clarifications import (
    MOST_WAITING,
    answer_clarification,
    ask_clarification,
    clarifications,
    decline_clarification,
    public_clarifications,
)
from prize.following import follow_prize
from prize.models import ClarificationState, Prize, PrizeState
from storage.database import transact
from storage.errors import NOT_YOURS, Closed, Invalid, Refused
from tests.accounts.signed_in import mails_to
from tests.databases import Given
from tests.stories import SLUG, Chapter, Story, told
from tests.world import World, ask, do

QUESTION = "Does a canal count?"


def asked(story: Story, actor: Actor, question: str = QUESTION) -> UUID:
    return do(ask_clarification, actor, prize_id=story.prize_id, question=question)


def answered(story: Story, clarification_id: UUID, question: str = QUESTION, answer: str = "Yes.") -> int:
    given = {"clarification_id": clarification_id, "version": 1, "question": question, "answer": answer}
    return do(answer_clarification, story.secretariat, **given)


def in_state(story: Story, state: PrizeState) -> None:
    def put(db: object) -> None:
        prize = db.get_one(Prize, story.prize_id)  # type: ignore[attr-defined]
        prize.state = state
        db.add(prize)  # type: ignore[attr-defined]

    transact(put)


def test_an_answer_is_read_by_everybody_in_the_wording_of_the_secretariat(database: Given, world: World) -> None:
    story = told(Chapter.PUBLISHED)
    one = asked(story, world.person("ada"), "Does Ada’s canal count?")
    assert ask(public_clarifications, STRANGER, slug=SLUG).answered == ()

    answered(story, one, answer="Yes, when *fish* live in it.")

    [shown] = ask(public_clarifications, STRANGER, slug=SLUG).answered
    assert (shown.question, shown.answer) == (QUESTION, "Yes, when *fish* live in it.")


def test_answers_stand_in_the_order_in_which_they_were_given(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.PUBLISHED)
    first, second = asked(story, world.person("ada"), "First?"), asked(story, world.person("ben"), "Second?")

    answered(story, second, "Second?")
    answered(story, first, "First?")

    assert [row.question for row in ask(public_clarifications, STRANGER, slug=SLUG).answered] == ["Second?", "First?"]


def test_the_secretariat_sees_what_waits_first_and_never_who_asked(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.PUBLISHED)
    first, second = asked(story, world.person("ada"), "First?"), asked(story, world.person("ben"), "Second?")
    answered(story, first, "First?")

    rows = ask(clarifications, story.secretariat, prize_id=story.prize_id)

    assert [(row.id, row.state) for row in rows] == [
        (second, ClarificationState.WAITING),
        (first, ClarificationState.ANSWERED),
    ]
    people = [str(world.person(name).person_id) for name in ("ada", "ben")]
    assert [word for word in (*people, "ada", "ben", "Ada", "Ben", "example.org") if word in repr(rows)] == []


def test_whoever_asked_and_everybody_who_follows_are_told_of_an_answer_once(database: Given, world: World) -> None:
    story = told(Chapter.PUBLISHED)
    ada, ben = world.person("ada"), world.person("ben")
    for actor in (ada, ben):
        do(follow_prize, actor, prize_id=story.prize_id)

    count = answered(story, asked(story, ada))

    assert count == 2
    [to_ada], [to_ben] = mails_to(world.address("ada")), mails_to(world.address("ben"))
    assert to_ada.subject == "Your question about Clean rivers is answered"
    assert to_ben.subject == "A question about Clean rivers is answered"
    assert f"{QUESTION}\n\nThe answer:\n\nYes." in to_ada.text
    assert f"{QUESTION}\n\nThe answer:\n\nYes." in to_ben.text
    assert "/stop-following/" in to_ben.text
    assert "Ada" not in to_ben.text


def test_only_whoever_asked_is_told_why_a_question_is_declined(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.PUBLISHED)
    do(follow_prize, world.person("ben"), prize_id=story.prize_id)
    one = asked(story, world.person("ada"))

    reason = "The brief says so already."
    do(decline_clarification, story.secretariat, clarification_id=one, version=1, reason=reason)

    [mail] = mails_to(world.address("ada"))
    assert QUESTION in mail.text
    assert reason in mail.text
    assert mails_to(world.address("ben")) == []
    assert ask(public_clarifications, STRANGER, slug=SLUG).answered == ()
    with pytest.raises(Closed, match="declined already"):
        do(
            answer_clarification,
            story.secretariat,
            clarification_id=one,
            version=2,
            question=QUESTION,
            answer="Yes.",
        )


def test_a_prize_that_is_not_published_takes_no_questions_and_does_not_say_that_it_is_there(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.IN_REVIEW)

    with pytest.raises(Refused) as refusal:
        asked(story, world.person("ada"))

    assert refusal.value.words == NOT_YOURS


def test_a_prize_that_has_closed_keeps_its_answers_and_takes_no_more_questions(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.PUBLISHED)
    answered(story, asked(story, world.person("ada")))
    in_state(story, PrizeState.CLOSED)

    with pytest.raises(Closed, match="no more questions"):
        asked(story, world.person("ben"))

    shown = ask(public_clarifications, STRANGER, slug=SLUG)
    assert (shown.can_ask, len(shown.answered)) == (False, 1)


def test_nobody_fills_the_secretariat_s_list_alone(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.PUBLISHED)
    ada = world.person("ada")
    for number in range(MOST_WAITING):
        asked(story, ada, f"Question {number}?")

    with pytest.raises(Invalid, match="wait for an answer"):
        asked(story, ada, "One more?")
    with pytest.raises(Invalid, match="asked this already"):
        asked(story, world.person("ben")) and asked(story, world.person("ben"))
