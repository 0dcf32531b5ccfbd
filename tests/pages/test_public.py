"""What a prize's public page says, and what anybody can do on it."""

from __future__ import annotations

import pytest

from prize.clarifications import answer_clarification, ask_clarification, clarifications
from prize.following import follow_prize, followed_prizes, tell_followers
from prize.messages import CHANGED_FOR_FOLLOWERS
from prize.models import Prize
from prize.running import pause_prize
from storage.database import transact
from tests.accounts.signed_in import mails_to
from tests.databases import Given
from tests.pages.public import get, post
from tests.stories import SLUG, Chapter, Story, told, with_comments_needed
from tests.world import World, ask, do

PAGE = f"/prizes/{SLUG}"


def answered(story: Story, world: World, question: str, answer: str) -> None:
    one = do(ask_clarification, world.person("ada"), prize_id=story.prize_id, question="Ada asks.")
    given = {"clarification_id": one, "version": 1, "question": question, "answer": answer}
    do(answer_clarification, story.secretariat, **given)


def test_answers_are_read_signed_out_with_their_day_and_without_who_asked(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.PUBLISHED)
    answered(story, world, "Is <b>salt</b> fine?", "Yes, *a little*. <script>alert(1)</script>")

    body = get(PAGE).body

    assert "Is &lt;b&gt;salt&lt;/b&gt; fine?" in body
    assert "Yes, <em>a little</em>." in body
    assert "<script>alert" not in body
    assert "Answered on 1 February 2027" in body
    assert "Ada" not in body


def test_a_question_is_sent_from_the_page_and_waits_for_the_secretariat(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.PUBLISHED)
    ada = world.person("ada")
    assert f'action="{PAGE}/questions' in get(PAGE, ada).body

    answer = post(f"{PAGE}/questions", ada, question="Does a canal count?")

    assert answer.status == 200
    assert "Your question is with the secretariat." in answer.body
    [row] = ask(clarifications, story.secretariat, prize_id=story.prize_id)
    assert row.asked == "Does a canal count?"
    assert "Does a canal count?" not in get(PAGE).body


def test_a_question_that_cannot_be_sent_stays_in_its_field(sqlite: Given) -> None:
    world = World()
    told(Chapter.PUBLISHED)
    long = "Why? " * 500

    answer = post(f"{PAGE}/questions", world.person("ada"), question=long)

    assert answer.status == 422
    assert "Use at most 2,000 characters" in answer.body
    assert long.strip() in answer.body


def test_a_stranger_is_led_to_signing_in_and_to_registering(sqlite: Given) -> None:
    told(Chapter.PUBLISHED)

    body = get(PAGE).body

    assert f"/sign-in?next={PAGE}" in body
    assert "<form" not in body
    assert "Register to ask or to follow" in get(f"{PAGE}/register").body


def test_whoever_follows_a_prize_stops_by_the_same_button(sqlite: Given) -> None:
    world = World()
    told(Chapter.PUBLISHED)
    ada = world.person("ada")

    followed = post(f"{PAGE}/follow", ada)

    assert (followed.status, followed.header("location")) == (303, PAGE)
    assert "Stop following" in get(PAGE, ada).body
    post(f"{PAGE}/stop-following", ada)
    assert ask(followed_prizes, ada) == ()
    assert "Follow by mail" in get(PAGE, ada).body


def test_looking_at_the_link_of_a_mail_stops_nothing_and_its_button_does(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.PUBLISHED)
    ada = world.person("ada")
    do(follow_prize, ada, prize_id=story.prize_id)
    words = {"change": "News", "reason": "None"}
    transact(lambda db: tell_followers(db, db.get_one(Prize, story.prize_id), CHANGED_FOR_FOLLOWERS, "one", **words))
    target = f"/stop-following/{mails_to(world.address('ada'))[0].text.partition('/stop-following/')[2].strip()}"

    assert "Stop following" in get(target).body
    assert len(ask(followed_prizes, ada)) == 1
    assert "No more mail about Clean rivers" in post(target).body
    assert ask(followed_prizes, ada) == ()
    assert get(target).status == 404


def test_there_is_nothing_to_ask_or_follow_where_no_prize_is_published(sqlite: Given) -> None:
    world = World()
    told(Chapter.READY)

    for target in ("questions", "follow", "stop-following"):
        assert post(f"{PAGE}/{target}", world.person("ada"), question="Is it there?").status == 403
    assert get(f"{PAGE}/register").status == 403


def test_what_changes_on_a_prizes_page_is_there_for_the_next_visitor(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)
    before = get(PAGE).body
    version = transact(lambda db: db.get_one(Prize, story.prize_id).version)
    do(pause_prize, story.secretariat, prize_id=story.prize_id, version=version, reason="Flood.")

    assert "Paused" not in before
    assert "Paused" in get(PAGE).body


@pytest.mark.parametrize("needed", [True, False])
def test_before_they_enter_people_read_whether_each_assessor_writes_them_a_comment(sqlite: Given, needed: bool) -> None:
    story = told(Chapter.PUBLISHED)
    if needed:
        transact(lambda db: with_comments_needed(db, story))

    words = "Each assessor writes you a comment, which you read when decisions are released."

    assert (words in get(PAGE).body) == needed
