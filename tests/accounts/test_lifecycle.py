"""A table of states and transitions enforces, shows the buttons and draws the diagram."""

from __future__ import annotations

from enum import StrEnum

import pytest
from sqlmodel import Session

from accounts.lifecycle import Lifecycle, Transition
from storage.clock import now
from storage.database import transact
from storage.errors import Closed, Invalid
from storage.jobs import Job, JobState
from tests.databases import Given


class Act(StrEnum):
    TAKE = "take it"
    FINISH = "finish it"
    GIVE_UP = "give it up"


def not_without_a_worker(db: Session, row: Job) -> tuple[str, ...]:
    return () if row.attempts else ("Nobody has tried it.", "Let somebody try.")


LIFE = Lifecycle(
    "job",
    JobState,
    (
        Transition((JobState.WAITING,), JobState.RUNNING, Act.TAKE, causes=("a mail",)),
        Transition((JobState.RUNNING,), JobState.DONE, Act.FINISH, guard=not_without_a_worker),
        Transition((JobState.WAITING, JobState.RUNNING), JobState.DEAD, Act.GIVE_UP),
    ),
)


def test_a_thing_moves_along_its_table(sqlite: Given) -> None:
    def work(db: Session) -> tuple[JobState, tuple[str, ...]]:
        row = Job(kind="x", arguments={}, run_at=now(db))
        taken = LIFE.move(db, row, Act.TAKE)
        return row.state, taken.causes

    assert transact(work) == (JobState.RUNNING, ("a mail",))


def test_a_state_that_does_not_allow_it_says_which_do(sqlite: Given) -> None:
    with pytest.raises(Closed, match=r"The job is done\. This can be done while it is running or waiting\."):
        transact(lambda db: LIFE.move(db, Job(kind="x", state=JobState.DONE), Act.GIVE_UP))


def test_what_stands_in_the_way_is_said_and_the_state_stays(sqlite: Given) -> None:
    row = Job(kind="x", state=JobState.RUNNING)

    with pytest.raises(Invalid, match=r"Nobody has tried it\. Let somebody try\."):
        transact(lambda db: LIFE.move(db, row, Act.FINISH))
    assert row.state is JobState.RUNNING


def test_the_buttons_are_what_the_state_allows() -> None:
    assert LIFE.possible(Job(kind="x", state=JobState.WAITING)) == (Act.TAKE, Act.GIVE_UP)
    assert LIFE.possible(Job(kind="x", state=JobState.DONE)) == ()


def test_the_diagram_shows_every_transition() -> None:
    assert LIFE.diagram().splitlines() == [
        "stateDiagram-v2",
        "    WAITING: waiting",
        "    RUNNING: running",
        "    DONE: done",
        "    DEAD: dead",
        "    [*] --> WAITING",
        "    WAITING --> RUNNING: take it",
        "    RUNNING --> DONE: finish it",
        "    WAITING --> DEAD: give it up",
        "    RUNNING --> DEAD: give it up",
    ]
