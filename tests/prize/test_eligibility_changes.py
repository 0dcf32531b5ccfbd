"""The eligibility questions of a published prize: changed with a reason, for those who begin later."""

from __future__ import annotations

from uuid import UUID

import pytest

from accounts.actors import STRANGER
from prize.eligibility import EligibilityAnswer, eligibility_questions
from prize.eligibility_changes import ChangedEligibilityQuestion, change_eligibility
from prize.entries.drafts import start_entry
from prize.entries.eligible import eligibility_answered
from prize.models import Otherwise
from prize.publication import public_prize
from storage import clock
from storage.database import reading, transact
from storage.errors import Closed, Invalid, Stale
from tests.databases import Given
from tests.prize.test_eligibility import AGE, STATE, asked, published, started
from tests.stories import OPENS, SLUG, Chapter, Story, told
from tests.world import World, ask, do

WHY = "Two people asked from which age."
OLDER = ChangedEligibilityQuestion("Are you over 18?", True, Otherwise.DECIDES, "Whoever enters is over 18.")


def change(story: Story, version: int, *questions: ChangedEligibilityQuestion) -> int:
    where = {"prize_id": story.prize_id, "version": version, "reason": WHY}
    return do(change_eligibility, story.secretariat, questions=questions, **where)


def keys(story: Story) -> list[UUID]:
    return [row.key for row in ask(eligibility_questions, story.designer, prize_id=story.prize_id).questions]


def test_an_entry_keeps_the_questions_under_which_it_began_and_the_next_is_asked_the_new_ones(
    database: Given, world: World
) -> None:
    story = told(Chapter.READY)
    age, state = asked(story)
    published(story)
    first = started(story, world.person("ada"), (age, True), (state, True))
    version = ask(eligibility_questions, story.designer, prize_id=story.prize_id).version

    assert change(story, version, OLDER, ChangedEligibilityQuestion(*STATE)) == 2

    older, same = keys(story)
    assert same == state, "a question that is as it was keeps its key"
    assert older != age
    with pytest.raises(Invalid, match="Answer each question"):
        started(story, world.person("bela"), (age, True), (state, False))
    with pytest.raises(Invalid, match=r"not eligible.*over 18"):
        started(story, world.person("bela"), (older, False), (state, False))
    second = started(story, world.person("bela"), (older, True), (state, False))
    with reading() as db:
        assert [(row.wording, bool(row.referred)) for row in eligibility_answered(db, first)] == [
            (AGE[0], False),
            (STATE[0], True),
        ]
        assert [row.wording for row in eligibility_answered(db, second)] == ["Are you over 18?", STATE[0]]
    [line] = ask(public_prize, STRANGER, slug=SLUG).changes
    assert (line.what, line.reason) == (
        "Who may enter: the questions are now version 2. Entries that have begun stand as they are",
        WHY,
    )
    told_to = database.sql("SELECT recipient FROM mail WHERE text LIKE '%the questions are now version 2%'")
    assert len(told_to) == 1


def test_a_prize_without_questions_gets_some_and_loses_them_again(sqlite: Given, world: World) -> None:
    story = told(Chapter.PUBLISHED)

    assert change(story, 0, OLDER) == 1
    assert [row.wording for row in ask(public_prize, STRANGER, slug=SLUG).asked.questions] == ["Are you over 18?"]

    assert change(story, 1) == 2
    transact(lambda db: clock.move_to(db, OPENS))
    do(start_entry, world.person("ada"), stage_id=story.stage_id, organisation="Ada’s mussels", answers=())


def test_what_is_unchanged_alike_too_much_or_out_of_date_is_refused(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)
    many = tuple(ChangedEligibilityQuestion(f"Is it {at}?", True, Otherwise.REFERS, "Tell us.") for at in range(31))
    for wanted, words in (((), "Nothing was changed"), ((OLDER, OLDER), "alike"), (many, "30 questions are the most")):
        with pytest.raises(Invalid, match=words):
            change(story, 0, *wanted)
    change(story, 0, OLDER)
    with pytest.raises(Invalid, match="Nothing was changed"):
        change(story, 1, OLDER)
    with pytest.raises(Stale):
        change(story, 0, ChangedEligibilityQuestion(*AGE))


def test_an_answer_that_came_back_from_the_old_page_is_not_taken_for_the_new_question(
    sqlite: Given, world: World
) -> None:
    story = told(Chapter.PUBLISHED)
    change(story, 0, OLDER)
    [old] = keys(story)

    change(story, 1, ChangedEligibilityQuestion(OLDER.wording, False, OLDER.otherwise, OLDER.told))

    transact(lambda db: clock.move_to(db, OPENS))
    with pytest.raises(Invalid, match="Answer each question"):
        do(
            start_entry,
            world.person("ada"),
            stage_id=story.stage_id,
            organisation="Ada’s mussels",
            answers=(EligibilityAnswer(old, True),),
        )


def test_who_may_enter_stands_once_nobody_can_begin(sqlite: Given) -> None:
    with pytest.raises(Closed, match="can no longer be begun"):
        change(told(Chapter.CLOSED), 0, OLDER)


def test_who_may_enter_a_draft_is_not_changed_this_way(sqlite: Given) -> None:
    with pytest.raises(Closed, match="This prize is draft"):
        change(told(Chapter.READY), 0, OLDER)
