"""Who follows a prize gets its mails, and stops them by one button."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlmodel import select

from accounts.actors import STRANGER
from accounts.erasure import erase_person
from prize.following import (
    STOPPED,
    follow_prize,
    followed_by_link,
    followed_prizes,
    stop_by_link,
    stop_following,
    tell_followers,
)
from prize.messages import CHANGED_FOR_FOLLOWERS
from prize.models import Following, Prize
from storage.database import transact
from storage.errors import NOT_YOURS, Refused
from tests.accounts.signed_in import mails_to
from tests.databases import Given
from tests.modules import import_everything
from tests.stories import SLUG, Chapter, Story, told
from tests.world import World, ask, do

import_everything()


def tell(story: Story, event: str = "the dates of clean rivers 2") -> int:
    words = {"change": "Entries close a week later", "reason": "A holiday"}
    return transact(
        lambda db: tell_followers(db, db.get_one(Prize, story.prize_id), CHANGED_FOR_FOLLOWERS, event, **words)
    )


def test_who_follows_a_prize_is_told_of_an_event_once(database: Given, world: World) -> None:
    story = told(Chapter.PUBLISHED)
    do(follow_prize, world.person("ada"), prize_id=story.prize_id)
    do(follow_prize, world.person("ada"), prize_id=story.prize_id)

    assert (tell(story), tell(story)) == (1, 1)

    [mail] = mails_to(world.address("ada"))
    assert mail.subject == "Clean rivers has changed"
    assert "Entries close a week later.\n\nThe reason: A holiday\n\nhttp" in mail.text
    assert f"/prizes/{SLUG}\n" in mail.text


def test_who_stops_following_is_not_told(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.PUBLISHED)
    ada = world.person("ada")
    do(follow_prize, ada, prize_id=story.prize_id)
    assert [prize.slug for prize in ask(followed_prizes, ada)] == [SLUG]

    do(stop_following, ada, prize_id=story.prize_id)

    assert (tell(story), ask(followed_prizes, ada), mails_to(world.address("ada"))) == (0, (), [])


def test_the_link_in_a_mail_stops_the_mails_without_signing_in(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.PUBLISHED)
    do(follow_prize, world.person("ada"), prize_id=story.prize_id)
    do(follow_prize, world.person("ben"), prize_id=story.prize_id)
    tell(story)
    [mail] = mails_to(world.address("ada"))
    following_id = transact(
        lambda db: next(row.id for row in db.exec(select(Following)).all() if f"/stop-following/{row.id}" in mail.text)
    )
    assert ask(followed_by_link, STRANGER, following_id=following_id).title == "Clean rivers"

    do(stop_by_link, STRANGER, following_id=following_id)

    assert tell(story, "another event") == 1
    assert len(mails_to(world.address("ada"))) == 1
    for link in (following_id, uuid4()):
        with pytest.raises(Refused) as refusal:
            do(stop_by_link, STRANGER, following_id=link)
        assert refusal.value.words == STOPPED


def test_a_prize_that_is_not_published_cannot_be_followed_and_does_not_say_that_it_is_there(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.READY)

    for command in (follow_prize, stop_following):
        for prize_id in (story.prize_id, uuid4()):
            with pytest.raises(Refused) as refusal:
                do(command, world.person("ada"), prize_id=prize_id)
            assert refusal.value.words == NOT_YOURS


def test_who_is_erased_gets_no_more_mail(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.PUBLISHED)
    do(follow_prize, world.person("ada"), prize_id=story.prize_id)

    transact(lambda db: erase_person(db, world.address("ada"), "They asked for it."))

    assert tell(story) == 0
