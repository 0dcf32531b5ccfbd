"""Who may enter, as questions: for strangers, for whoever starts an entry, and for the secretariat that screens."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from accounts.actors import STRANGER, Actor
from prize.eligibility import (
    EligibilityAnswer,
    Standing,
    Verdict,
    add_eligibility_question,
    eligibility_questions,
    remove_eligibility_question,
    verdict,
)
from prize.entries.drafts import start_entry
from prize.entries.eligible import EligibilityAnswered, eligibility_answered
from prize.entries.models import Entry
from prize.entries.own import own_entry
from prize.models import Otherwise
from prize.publication import public_prize, publish_prize, send_for_review
from storage import clock
from storage.database import reading, transact
from storage.errors import Closed, Invalid
from tests.databases import Given
from tests.stories import OPENS, SLUG, Chapter, Story, prize_version, told
from tests.world import World, ask, do

AGE = ("Are you over 16?", True, Otherwise.DECIDES, "Whoever enters is over 16.")
STATE = ("Do you work for the state?", False, Otherwise.REFERS, "Tell us where you work.")


def asked(story: Story) -> tuple[UUID, UUID]:
    """Two eligibility questions, one that decides and one that refers; returns their keys."""
    fields = ("wording", "needed", "otherwise", "told")
    age, state = (
        do(
            add_eligibility_question,
            story.designer,
            prize_id=story.prize_id,
            **dict(zip(fields, words, strict=True)),
        )
        for words in (AGE, STATE)
    )
    return age, state


def published(story: Story) -> None:
    def version() -> int:
        return transact(lambda db: prize_version(db, story.prize_id))

    do(send_for_review, story.designer, prize_id=story.prize_id, version=version())
    do(publish_prize, story.sponsor, prize_id=story.prize_id, version=version())
    transact(lambda db: clock.move_to(db, OPENS))


def started(story: Story, actor: Actor, *answers: tuple[UUID, bool]) -> UUID:
    given = tuple(EligibilityAnswer(key, yes) for key, yes in answers)
    return do(start_entry, actor, stage_id=story.stage_id, organisation="Ada’s mussels", answers=given)


def test_answers_come_to_one_of_three_ends(sqlite: Given) -> None:
    story = told(Chapter.READY)
    age, state = asked(story)
    questions = ask(eligibility_questions, story.designer, prize_id=story.prize_id).questions

    assert [verdict(questions, {age: one, state: two}) for one, two in ((True, False), (True, True))] == [
        Verdict(Standing.ELIGIBLE, ()),
        Verdict(Standing.REFERRED, ("Tell us where you work.",)),
    ]
    assert verdict(questions, {age: False, state: True}) == Verdict(
        Standing.NOT_ELIGIBLE, ("Whoever enters is over 16.",)
    )
    for answers in ({age: True}, {}, {age: True, state: False, uuid4(): True}):
        with pytest.raises(Invalid, match="Answer each question"):
            verdict(questions, answers)


def test_questions_are_published_with_the_prize_and_do_not_change_any_more(database: Given) -> None:
    story = told(Chapter.READY)
    age, _ = asked(story)
    published(story)

    shown = ask(public_prize, STRANGER, slug=SLUG).asked

    assert (shown.number, [question.wording for question in shown.questions]) == (1, [AGE[0], STATE[0]])
    with pytest.raises(Closed):
        asked(story)
    with pytest.raises(Closed):
        do(remove_eligibility_question, story.designer, prize_id=story.prize_id, question_key=age)


def test_whoever_is_not_eligible_is_told_at_once_and_starts_no_entry(database: Given, world: World) -> None:
    story = told(Chapter.READY)
    age, state = asked(story)
    published(story)

    with pytest.raises(Invalid, match=r"not eligible, so no entry was started\. Whoever enters is over 16\."):
        started(story, world.person("ada"), (age, False), (state, False))

    with reading() as db:
        assert db.exec(select(Entry).where(col(Entry.stage_id) == story.stage_id)).all() == []


def test_a_question_without_an_answer_or_with_two_starts_no_entry(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.READY)
    age, state = asked(story)
    published(story)

    for answers in ([(age, True)], [(age, True), (age, True), (state, False)], []):
        with pytest.raises(Invalid, match="Answer each question"):
            started(story, world.person("ada"), *answers)


def test_what_was_answered_is_kept_and_what_is_referred_is_said(database: Given, world: World) -> None:
    story = told(Chapter.READY)
    age, state = asked(story)
    published(story)

    entry_id = started(story, world.person("ada"), (age, True), (state, True))

    with reading() as db:
        assert eligibility_answered(db, entry_id) == (
            EligibilityAnswered(AGE[0], True, ""),
            EligibilityAnswered(STATE[0], True, STATE[3]),
        )
    assert ask(own_entry, world.person("ada"), entry_id=entry_id).referred == (STATE[3],)
    assert started(story, world.person("ada")) == entry_id


def test_a_prize_without_questions_asks_none(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.READY)
    published(story)

    with pytest.raises(Invalid):
        started(story, world.person("ada"), (uuid4(), True))
    entry_id = started(story, world.person("ada"))

    with reading() as db:
        assert eligibility_answered(db, entry_id) == ()
