"""Files on their way in: what is durable, whose turn it is, and where to go on after something broke."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from accounts.actors import Actor
from storage.database import transact
from storage.errors import Closed, LaurelError, Refused, Stale
from storage.objects import blocks, keep, object_folder, part_path, stored_file
from storage.uploads import (
    LIFETIME,
    SILENCE,
    Busy,
    Part,
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

    with pytest.raises(Busy, match="taken this upload over"):
        transact(lambda db: advance(db, first, 50))
    with pytest.raises(Busy, match="taken this upload over"):
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


def test_what_was_not_acknowledged_is_cut_off_and_sent_again(sqlite: Given) -> None:
    erin = World().person("erin")
    upload = begun(erin, 10)
    turn = turn_of(erin, upload.id)
    part = Part(turn)
    part.write(b"01234")
    part.sync()
    transact(lambda db: advance(db, turn, 5))
    part.write(b"lost!")
    part.close()
    transact(lambda db: end_turn(db, turn))
    assert part_path(upload.id).read_bytes() == b"01234lost!"

    again = Part(turn_of(erin, upload.id, 5))
    again.write(b"56789")
    again.sync()
    again.close()

    assert again.path.read_bytes() == b"0123456789"
    assert again.sha256 == hashlib.sha256(b"0123456789").hexdigest()


def test_an_upload_whose_bytes_are_gone_is_closed_in_words(sqlite: Given) -> None:
    erin = World().person("erin")
    upload = begun(erin)
    turn = turn_of(erin, upload.id)
    transact(lambda db: advance(db, turn, 40))
    transact(lambda db: end_turn(db, turn))

    turn = turn_of(erin, upload.id, 40)
    with pytest.raises(Closed, match="Choose the file again"):
        Part(turn)


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


def test_a_file_that_arrived_whole_is_kept_under_its_content_s_name_and_is_never_overwritten(sqlite: Given) -> None:
    erin = World().person("erin")
    content = b"%PDF-1.7 figures"
    kept = []
    folder = uuid4()
    for _ in (1, 2):
        upload = begun(erin, len(content))
        part = Part(turn_of(erin, upload.id))
        part.write(content)
        part.sync()
        part.close()
        keep(part.path, folder, part.sha256)
        assert not part.path.exists()
        kept.append(transact(lambda db, sha=part.sha256: stored_file(db, folder, sha, len(content), "application/pdf")))  # type: ignore[misc]

    assert kept[0].id == kept[1].id
    assert b"".join(blocks(kept[0].object_name)) == content


def test_an_object_that_has_changed_on_the_disk_is_not_read_to_its_end(sqlite: Given) -> None:
    folder = uuid4()
    source = part_path(uuid4())
    source.write_bytes(b"figures")
    sha256 = hashlib.sha256(b"figures").hexdigest()
    keep(source, folder, sha256)
    stored = object_folder() / str(folder) / sha256
    stored.chmod(0o640)
    stored.write_bytes(b"forged!")

    with pytest.raises(OSError, match="not what it was"):
        list(blocks(f"{folder}/{sha256}"))
