"""What everybody reads of a prize's decisions."""

from __future__ import annotations

from datetime import timedelta

from accounts.actors import STRANGER
from accounts.erasure import erase_person
from judging.announced import Chosen, public_results
from judging.models import Outcome
from prize.models import Stage, Visibility
from storage.database import transact
from tests.databases import Given
from tests.modules import import_everything
from tests.pages.public import get
from tests.stories import DECIDED, SLUG, Chapter, Story, told
from tests.world import ask

import_everything()


def with_a_second_stage(story: Story, visibility: Visibility) -> None:
    transact(lambda db: db.add(Stage(prize_id=story.prize_id, position=2, name="Final", visibility=visibility)))


def test_nothing_is_told_before_decisions_are_released(sqlite: Given) -> None:
    told(Chapter.CONFIRMED)

    assert ask(public_results, STRANGER, slug=SLUG) == ()
    assert "Acorn Labs" not in get(f"/prizes/{SLUG}").body


def test_whoever_was_chosen_is_named_and_nobody_else(database: Given) -> None:
    told(Chapter.RELEASED)

    [result] = ask(public_results, STRANGER, slug=SLUG)

    assert (result.stage, result.released_at.date()) == ("First stage", (DECIDED + timedelta(days=1)).date())
    assert (result.count, result.chosen) == (1, (Chosen("Acorn Labs", Outcome.FINALIST),))


def test_the_page_names_who_was_chosen(sqlite: Given) -> None:
    told(Chapter.RELEASED)

    body = get(f"/prizes/{SLUG}").body

    assert "Acorn Labs" in body
    assert "Birch Works" not in body


def test_names_wait_while_a_later_stage_is_judged_without_them(sqlite: Given) -> None:
    story = told(Chapter.RELEASED)
    with_a_second_stage(story, Visibility.BLIND)

    [result] = ask(public_results, STRANGER, slug=SLUG)

    assert (result.held_back, result.count, result.chosen) == (True, 1, ())


def test_names_do_not_wait_for_a_later_stage_whose_judges_know_them(sqlite: Given) -> None:
    story = told(Chapter.RELEASED)
    with_a_second_stage(story, Visibility.NAMES_KNOWN)

    [result] = ask(public_results, STRANGER, slug=SLUG)

    assert [one.organisation for one in result.chosen] == ["Acorn Labs"]


def test_who_has_been_erased_is_counted_and_not_named(sqlite: Given) -> None:
    told(Chapter.RELEASED)
    transact(lambda db: erase_person(db, "erin@erin.example", "They asked for it."))

    [result] = ask(public_results, STRANGER, slug=SLUG)

    assert (result.count, result.chosen) == (1, ())
