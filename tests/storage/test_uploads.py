"""Files on their way in: what is durable, whose turn it is, and where to go on after something broke."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from accounts.actors import Actor
from storage.database import transact
from storage.errors import Closed, LaurelError, Refused, Stale
from storage.uploads import (
    LIFETIME,
    SILENCE,
    Busy,
    Turn,
    UploadShown,
    advance,
    begin,
    cancel,
    end_turn,
    finish,
    progress,
    take_turn,
)
from tests.databases import Clock, Given
from tests.world import World

MILLISECOND = timedelta(milliseconds=1)


def begun(person: Actor, length: int = 100) -> UploadShown:
    assert person.person_id is not None
    person_id = person.person_id
    return transact(lambda db: begin(db, person_id, uuid4(), "answer of a test", "figures.pdf", length))


def turn_of(person: Actor, upload_id: UUID, offset: int = 0) -> Turn:
    return transact(lambda db: take_turn(db, person.person_id, upload_id, offset))


def offset_of(person: Actor, upload_id: UUID) -> int:
    return transact(lambda db: progress(db, person.person_id, upload_id)).offset


def refusal(work: Callable[[], object]) -> type[LaurelError] | None:
    try:
        work()
    except LaurelError as error:
        return type(error)
    return None


def test_one_sends_at_a_time_and_another_takes_over_after_a_silence(
    database: Given, world: World, clock: Clock
) -> None:
    erin = world.person("erin")
    upload = begun(erin)
    clock.move_to(clock.now(), stand_still=True)
    first = turn_of(erin, upload.id)
    clock.advance(SILENCE - MILLISECOND, stand_still=True)
    with pytest.raises(Busy, match="another tab"):
        turn_of(erin, upload.id)
    clock.advance(MILLISECOND, stand_still=True)

    second = turn_of(erin, upload.id)

    with pytest.raises(Busy, match="goes on with this file"):
        transact(lambda db: advance(db, first, 50))
    with pytest.raises(Busy, match="goes on with this file"):
        transact(lambda db: finish(db, first, uuid4()))
    transact(lambda db: end_turn(db, first))
    transact(lambda db: advance(db, second, 40))
    assert offset_of(erin, upload.id) == 40


def test_whoever_goes_on_sending_is_not_taken_over(database: Given, world: World, clock: Clock) -> None:
    erin = world.person("erin")
    upload = begun(erin)
    clock.move_to(clock.now(), stand_still=True)
    turn = turn_of(erin, upload.id)
    for sent in (10, 20, 30):
        clock.advance(SILENCE - MILLISECOND, stand_still=True)
        transact(lambda db, sent=sent: advance(db, turn, sent))  # type: ignore[misc]

    assert refusal(lambda: turn_of(erin, upload.id, 30)) is Busy
    transact(lambda db: end_turn(db, turn))
    assert turn_of(erin, upload.id, 30).offset == 30


def test_bytes_are_taken_from_where_the_upload_is_and_from_nowhere_else(sqlite: Given) -> None:
    erin = World().person("erin")
    upload = begun(erin)
    turn = turn_of(erin, upload.id)
    transact(lambda db: advance(db, turn, 40))
    transact(lambda db: end_turn(db, turn))

    assert [refusal(lambda offset=offset: turn_of(erin, upload.id, offset)) for offset in (0, 39, 41, 100)] == [
        Stale
    ] * 4  # type: ignore[misc]
    assert turn_of(erin, upload.id, 40).offset == 40


def test_somebody_else_s_upload_does_not_exist(database: Given, world: World) -> None:
    upload = begun(world.person("erin"))
    bela = world.person("bela")

    tries = (
        lambda: turn_of(bela, upload.id),
        lambda: offset_of(bela, upload.id),
        lambda: transact(lambda db: cancel(db, bela.person_id, upload.id)),
        lambda: turn_of(world.person("erin"), uuid4()),
        lambda: offset_of(Actor(), upload.id),
    )

    assert [refusal(attempt) for attempt in tries] == [Refused] * 5


def test_an_upload_that_was_given_up_or_is_too_old_is_closed(sqlite: Given, clock: Clock) -> None:
    erin = World().person("erin")
    given_up, too_old = begun(erin), begun(erin)
    transact(lambda db: cancel(db, erin.person_id, given_up.id))
    assert refusal(lambda: offset_of(erin, given_up.id)) is Closed
    clock.advance(LIFETIME + timedelta(seconds=1))

    assert refusal(lambda: turn_of(erin, too_old.id)) is Closed
