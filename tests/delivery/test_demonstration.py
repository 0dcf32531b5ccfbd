"""The demonstration: what is there at the first start, and what the worker adds to it."""

from __future__ import annotations

import time
from uuid import UUID

import pytest
from sqlmodel import col, select

from accounts.actors import STRANGER, Actor
from accounts.demonstration import DOMAIN
from accounts.people import find_person
from delivery.demonstration import load
from delivery.demonstration.play import ENTRANT
from judging.appeals import appeals
from judging.draws import draw_of
from judging.models import AppealState
from judging.panel.minutes import minutes
from judging.panel.models import MeetingState
from judging.panel.screens import panel_meeting
from prize.entries.models import Entry, EntryState
from prize.entries.near_same import near_same
from prize.entries.own import own_entries
from prize.entries.versions import submitted_version
from prize.models import Prize, Stage, StageState
from prize.publication import public_prizes
from prize.stages import stages_of
from storage.database import matching, reading
from storage.jobs import work_once
from tests.databases import Given
from tests.modules import import_everything
from tests.world import ask

import_everything()


SLUGS = ("heat", "networks", "storage")
LATER = ("turbines", "wind")


def slugs() -> tuple[str, ...]:
    return tuple(sorted(line.slug for line in ask(public_prizes, STRANGER)))


def stages(slug: str) -> list[Stage]:
    with reading() as db:
        prize = db.exec(select(Prize).where(col(Prize.slug) == slug)).one()
        return stages_of(db, prize.id)


def somebody(email: str) -> Actor:
    with reading() as db:
        person = find_person(db, email)
    assert person is not None
    return Actor(person.id)


def answers(slug: str) -> dict[UUID, list[str]]:
    """What was submitted to the first stage of a prize, by question."""
    found: dict[UUID, list[str]] = {}
    with reading() as db:
        for entry in db.exec(select(Entry).where(col(Entry.stage_id) == stages(slug)[0].id)).all():
            version = submitted_version(db, entry.id)
            for question, text in version.answers.items() if version else ():
                found.setdefault(question, []).append(text)
    return found


def add_the_others() -> None:
    """The worker's first jobs."""
    assert [work_once() for _ in LATER] == [True] * len(LATER)


@pytest.fixture
def loaded(sqlite: Given) -> float:
    """The demonstration as it is at the first start; how long that took, in seconds of processor."""
    began = time.process_time()
    assert load()
    return time.process_time() - began


def test_three_prizes_are_there_at_once_and_the_worker_adds_two(loaded: float) -> None:
    assert loaded < 10
    assert slugs() == SLUGS
    assert load() is False

    add_the_others()

    assert slugs() == tuple(sorted((*SLUGS, *LATER)))
    assert {(slug, stage.name): stage.state for slug in slugs() for stage in stages(slug)} == {
        ("heat", "First stage"): StageState.RELEASED,
        ("networks", "First stage"): StageState.JUDGING,
        ("storage", "First stage"): StageState.PLANNED,  # and open, by the clock
        ("turbines", "First stage"): StageState.RELEASED,
        ("turbines", "Finalists"): StageState.PLANNED,
        ("wind", "First stage"): StageState.DECIDING,
    }
    assert len({line.prize for line in ask(own_entries, somebody(ENTRANT))}) == 5


def test_a_panel_meets_with_a_minute_and_a_recusal_and_a_seed_is_committed_for_the_draw(loaded: float) -> None:
    add_the_others()
    [stage] = stages("wind")

    meeting = ask(panel_meeting, somebody(f"secretariat@{DOMAIN}"), stage_id=stage.id)

    assert meeting is not None
    assert meeting.state is MeetingState.OPEN
    assert (meeting.item_id is not None, len(meeting.agenda) > 3) == (True, True)
    [held] = ask(minutes, somebody(f"secretariat@{DOMAIN}"), stage_id=stage.id)
    assert sorted(len(minute.recused_names) for minute in held.minutes) == [0, 1]
    with reading() as db:
        draw = draw_of(db, stage.id)
    assert draw is not None
    assert (bool(draw.commitment), draw.frozen_at) == (True, None)


def test_one_appeal_waits_for_the_secretariat_and_one_has_its_answer(loaded: float) -> None:
    add_the_others()
    first, finals = stages("turbines")

    lines = ask(appeals, somebody(f"secretariat@{DOMAIN}"), stage_id=first.id)

    assert [line.state for line in lines] == [AppealState.WAITING, AppealState.REJECTED]
    assert [line.somebody_else for line in lines] == [False, False]
    with reading() as db:
        states = sorted(row.state for row in matching(db, Entry, stage_id=finals.id))
    assert states == [*[EntryState.DRAFT] * 3, EntryState.SUBMITTED]


def test_no_two_teams_write_the_same_but_for_one_that_took_over_a_method(loaded: float) -> None:
    add_the_others()

    alike = {slug: sum(len(near_same(texts)) for texts in answers(slug).values()) for slug in slugs()}

    assert alike == {"heat": 0, "networks": 1, "storage": 0, "turbines": 0, "wind": 0}
