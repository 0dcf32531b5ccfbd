"""A season in which everything happens at once: entries are written, judged, screened, decided, and a stage closes."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from judging.models import CommentReader
from prize.entries.drafts import start_entry
from prize.entries.submission import submit_entry
from prize.lifecycle import CLOSE_STAGE
from prize.models import StageDates
from storage.clock import move_to, now
from storage.database import transact
from storage.jobs import reschedule
from tests.databases import Given
from tests.losses.people import Decider, Person, Place, Scorer, Screener, Sender, Submitter, World, Writer
from tests.stories import (
    CLOSES,
    Chapter,
    Story,
    answers_of,
    assignments_of,
    attach,
    document_of,
    join_team,
    person_called,
    told,
    write,
)

MEGABYTE = 1024 * 1024
OPEN, CLOSING, JUDGED, SCREENED, DECIDED = "", "-closing", "-judged", "-screened", "-decided"


@dataclass
class Entrant:
    """A team's entry and the two people who write it."""

    entry_id: UUID
    leader: Actor
    second: Actor


@dataclass
class Season:
    """Five prizes, each at another point of its life."""

    stories: dict[str, Story] = field(default_factory=dict)
    entrants: list[Entrant] = field(default_factory=list)
    assignments: dict[str, list[UUID]] = field(default_factory=dict)

    @property
    def open(self) -> Story:
        return self.stories[OPEN]

    def people(self, world: World, seed: int, *, largest: int) -> list[Person]:
        """Who works: three for each team, two for each judge, two of the secretariat."""
        found: list[Person] = []
        document = self.open.questions["document"]
        for number, entrant in enumerate(self.entrants):
            places: list[Place] = [
                ("answer", entrant.entry_id, str(self.open.questions[name])) for name in ("method", "team")
            ]
            size = random.Random(f"{seed} {number}")
            found += [
                Writer(world, entrant.leader, f"{seed} leader {number}", places),
                Writer(world, entrant.second, f"{seed} second {number}", places),
                Sender(
                    world,
                    entrant.second,
                    f"{seed} sender {number}",
                    entrant.entry_id,
                    document,
                    lambda _, size=size: document_of_size(size.randint(1, largest)),  # type: ignore[misc]
                ),
                Submitter(world, entrant.leader, f"{seed} submitter {number}", entrant.entry_id),
            ]
        judged = self.stories[JUDGED]
        for name, judge in judged.judges.items():
            own = self.assignments[name]
            comments: list[Place] = [("comment", key, reader.value) for key in own for reader in CommentReader]
            found += [
                Scorer(world, judge, f"{seed} scores {name}", own, judged.criteria),
                Writer(world, judge, f"{seed} comments {name}", comments),
            ]
        for place, kind in ((SCREENED, Screener), (DECIDED, Decider)):
            story = self.stories[place]
            found.append(kind(world, story.secretariat, f"{seed} {place}", story.prize_id, [*story.entries.values()]))
        return found


def begin(given: Given, *, teams: int) -> Season:
    """Play all five prizes to where they are, on an empty database; the stage that closes does so in a moment."""
    season = Season()
    for place, chapter in (
        (CLOSING, Chapter.WRITTEN),
        (SCREENED, Chapter.CLOSED),
        (JUDGED, Chapter.ASSIGNED),
        (DECIDED, Chapter.DECIDED),
        (OPEN, Chapter.STARTED),
    ):
        season.stories[place] = told(chapter, place)
    given.sql("UPDATE question SET size_limit = 209715200 WHERE size_limit IS NOT NULL")

    def fill(db: Session) -> None:
        move_to(db, CLOSES - timedelta(hours=1))
        _open_longer(db, season.open.stage_id, timedelta(days=60))
        for number in range(teams):
            leader = person_called(db, f"leader{number}")
            entry_id = start_entry(db, leader, season.open.stage_id, f"Team {number}")
            write(db, leader, entry_id, answers_of(season.open, f"Team {number}"))
            season.entrants.append(Entrant(entry_id, leader, join_team(db, entry_id, f"second{number}")))
        closing = season.stories[CLOSING]
        for name, entry_id in closing.entries.items():
            actor, key = closing.entrants[name], closing.questions["document"]
            for copy in range(3):
                attach(db, actor, entry_id, key, document_of(f"{name} {copy}"), f"plan-{copy}.pdf")
            submit_entry(db, actor, entry_id, True)
        for name, judge in season.stories[JUDGED].judges.items():
            season.assignments[name] = [row.id for row in assignments_of(db, season.stories[JUDGED], judge)]
        move_to(db, CLOSES + timedelta(hours=1))

    transact(fill)
    return season


def _open_longer(db: Session, stage_id: UUID, by: timedelta) -> None:
    """As an extension does: another closing time, and the job that waits for it."""
    row = db.exec(select(StageDates).where(col(StageDates.stage_id) == stage_id)).one()
    for name in ("closes_at", "judging_closes_at", "decision_at"):
        setattr(row, name, getattr(row, name) + by)
    db.add(row)
    assert reschedule(db, CLOSE_STAGE, f"stage {stage_id}", row.closes_at + timedelta(milliseconds=1)) == 1


def close_all(season: Season) -> None:
    """Let the time come at which the prize closes that was open."""
    transact(lambda db: move_to(db, max(now(db), CLOSES + timedelta(days=61))))


def document_of_size(size: int) -> bytes:
    """A document of so many bytes that holds no block twice."""
    return (b"%PDF-1.7\n" + os.urandom(size))[:size]
