"""The bytes of uploads in this process: hashed as they come, made durable step by step, kept when all are here."""

from __future__ import annotations

import hashlib
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog

from storage.cleaning.types import HEAD, described, type_of
from storage.database import reading, transact
from storage.errors import Away, Closed, Invalid
from storage.objects import object_name, stay
from storage.stores import STEP, Durable, Part, store
from storage.uploads import (
    TAKEN,
    Busy,
    InMemory,
    Turn,
    UploadShown,
    advance,
    cancel,
    end_turn,
    give_up,
    go_back,
    progress,
    still,
    take_turn,
)

BEAT_SECONDS: Final = 1.5
"""How often who sends is noted, well within the silence after which another may take over."""

HELD_SECONDS: Final = 2.0
IDLE_SECONDS: Final = 300.0
MOST_IN_MEMORY: Final = 300

ARCHIVE: Final = b"PK"
"""Office documents begin like any ZIP archive, and their contents are listed at the end."""

TOO_MANY: Final = "More bytes came than were announced. Choose the file again."
NO_ROOM: Final = (
    "There is no room for files on our side just now. Try again later, or tell the people who run this site."
)

log = structlog.get_logger("laurel.uploads")


@dataclass
class Open:
    """An upload that this process has received bytes of, and may receive more of. Guarded by ``lock``."""

    turn: Turn
    part: Part
    offset: int
    durable: int
    held: bool = False
    caught_up: bool = False
    beaten_at: float = 0.0
    used_at: float = field(default_factory=time.monotonic)
    head: bytearray = field(default_factory=bytearray)
    lock: threading.RLock = field(default_factory=threading.RLock)


class Receiving:
    """The uploads that this process has open."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._open: dict[UUID, Open] = {}

    def memory(self, upload_id: UUID) -> InMemory | None:
        with self._guard:
            known = self._open.get(upload_id)
        return InMemory(known.turn.token, known.offset) if known else None

    def get(self, upload_id: UUID) -> Open | None:
        with self._guard:
            return self._open.get(upload_id)

    def put(self, opened: Open) -> None:
        with self._guard:
            self._open[opened.turn.upload_id] = opened

    def drop(self, upload_id: UUID) -> None:
        with self._guard:
            known = self._open.pop(upload_id, None)
        if known is not None:
            with known.lock:
                known.part.close()

    def close_idle(self) -> None:
        """Close what nobody has sent to for a while; what was not durable of it is sent again."""
        at = time.monotonic()
        with self._guard:
            by_age = sorted(self._open.items(), key=lambda item: item[1].used_at)
            too_many = max(0, len(by_age) - MOST_IN_MEMORY)
            idle = [
                upload_id
                for number, (upload_id, known) in enumerate(by_age)
                if not known.held and (number < too_many or at - known.used_at > IDLE_SECONDS)
            ]
        for upload_id in idle:
            self.drop(upload_id)


receiving: Final = Receiving()


def how_far(person_id: UUID | None, upload_id: UUID) -> UploadShown:
    """How far an upload is, with what this process has in memory of it."""
    with reading() as db:
        return progress(db, person_id, upload_id, receiving.memory(upload_id))


class Sending:
    """One request's turn to send. Its methods wait for the disk and the database: call them in a thread.

    Raises
    ------
    Stale, Busy, Closed : as ``take_turn``.
    """

    def __init__(self, person_id: UUID | None, upload_id: UUID, offset: int) -> None:
        receiving.close_idle()
        memory = receiving.memory(upload_id)
        self.turn = transact(lambda db: take_turn(db, person_id, upload_id, offset, memory))
        self.offset = offset
        known = receiving.get(upload_id)
        if known is not None and self.turn.goes_on and known.offset == offset:
            with known.lock:
                known.turn, known.used_at = self.turn, time.monotonic()
        else:
            receiving.drop(upload_id)
            known = Open(self.turn, store().part(self.turn.durable), offset, offset)
            receiving.put(known)
        self._open = known

    def write(self, block: bytes | bytearray) -> None:
        """Take bytes, and make each step durable that they fill.

        Raises
        ------
        Invalid : these are more than were announced, or the file is of a type that is not accepted.
        Busy : somebody else has taken over.
        Away : the store cannot be reached, or is full.
        """
        if self.offset + len(block) > self.turn.length:
            raise Invalid(TOO_MANY)
        with self._exactly():
            self._look_at_head(block)
            view = memoryview(block)
            while view:
                size = min(len(view), self._open.durable + STEP - self.offset)
                self._open.part.write(view[:size])
                view = view[size:]
                self.offset += size
                self._open.offset = self.offset
                if self.offset == self._open.durable + STEP and self.offset < self.turn.length:
                    self._make_durable()
            self._beat()

    def pause(self) -> None:
        """Nothing has come for a while: let another process take over if it wants to."""
        with self._open.lock:
            if self._is_mine() and self._open.held:
                self._open.part.release()
                self._open.held = False

    def undo(self) -> None:
        """Keep nothing of what came in this turn."""
        transact(lambda db: go_back(db, self.turn))
        receiving.drop(self.turn.upload_id)

    def end(self) -> None:
        """Let others send. What is not durable yet stays in memory for whoever goes on here."""
        self.pause()
        self._open.used_at = time.monotonic()
        transact(lambda db: end_turn(db, self.turn))

    def arrive(self, add: Callable[[Turn, str, str], None]) -> None:
        """All bytes are here: keep them under their content's name, and ``add`` the file to what it was sent for.

        Each step finds out whether it was done before, so that whoever asks after a kill goes on from there.

        Raises
        ------
        Invalid, Closed : the file cannot be used, or no longer; it is given up.
        Away : the store cannot be reached.
        """
        try:
            if self._open.durable < self.turn.length:
                with self._exactly():
                    self._make_durable()
            sha256, content_type = self._kept()
            add(self.turn, sha256, content_type)
        except (Invalid, Closed) as error:
            if not isinstance(error, Busy):
                self.abandon()
            raise
        receiving.drop(self.turn.upload_id)
        store().forget(self.turn.upload_id)

    def abandon(self) -> None:
        """Give the upload up, with its bytes."""
        transact(lambda db: give_up(db, self.turn))
        receiving.drop(self.turn.upload_id)
        _forget(self.turn.upload_id, self._open.part.multipart)

    def _kept(self) -> tuple[str, str]:
        """The SHA-256 and the type of the object that the bytes have become."""
        turn, files = self.turn, store()
        row = transact(lambda db: still(db, turn))
        sha256, durable = row.sha256, Durable(row.id, row.offset, row.multipart, tuple(row.marks))
        if sha256 and stay(object_name(turn.folder, sha256)):
            with files.read(object_name(turn.folder, sha256), 0, min(HEAD, turn.length)) as found:
                content_type = type_of(b"".join(found))
        else:
            files.assemble(durable, turn.length)
            with files.read_whole(turn.upload_id, min(HEAD, turn.length)) as found:
                content_type = type_of(b"".join(found))
        if content_type is None:
            with files.read_whole(turn.upload_id, min(turn.length, STEP)) as found:
                raise Invalid(_words_for(found))
        if not sha256:
            sha256 = self._hashed()
            transact(lambda db: advance(db, turn, turn.length, sha256=sha256))
        if not stay(object_name(turn.folder, sha256)):
            files.settle(turn.upload_id, object_name(turn.folder, sha256))
        return sha256, content_type

    def _hashed(self) -> str:
        """The SHA-256 of bytes whose beginning came through another process."""
        hashed = hashlib.sha256()
        with store().read_whole(self.turn.upload_id, self.turn.length) as found:
            for block in found:
                hashed.update(block)
                self._beat()
        return hashed.hexdigest()

    @contextmanager
    def _exactly(self) -> Iterator[None]:
        """While nobody else writes. After an error what is in memory may not be what is in the store: drop it."""
        with self._open.lock:
            try:
                self._hold()
                yield
            except Busy:
                raise
            except OSError as error:
                receiving.drop(self.turn.upload_id)
                log.error("upload cannot be written", error=type(error).__name__, number=error.errno)
                raise Away(NO_ROOM) from error
            except Exception:
                receiving.drop(self.turn.upload_id)
                raise

    def _is_mine(self) -> bool:
        return receiving.get(self.turn.upload_id) is self._open and self._open.turn is self.turn

    def _hold(self) -> None:
        """Be the only one who writes, in this process and among others.

        The file is held first and the token looked at then: whoever writes has taken the token before.
        """
        if not self._is_mine():
            raise Busy(TAKEN)
        if self._open.held:
            return
        until = time.monotonic() + HELD_SECONDS
        while not self._open.part.hold():
            if time.monotonic() > until:
                raise Busy(TAKEN)
            time.sleep(0.05)
        try:
            transact(lambda db: still(db, self.turn))
        except Busy:
            self._open.part.release()
            raise
        self._open.held, self._open.beaten_at = True, time.monotonic()
        if not self._open.caught_up:
            for _ in self._open.part.catch_up():
                self._beat()
            self._open.caught_up = True

    def _make_durable(self) -> None:
        """Make what came survive, then say so in the row; at the end together with its SHA-256."""
        part, offset = self._open.part, self.offset
        mark = part.make_durable()
        sha256 = part.sha256 if offset == self.turn.length else ""
        transact(lambda db: advance(db, self.turn, offset, mark, part.multipart, sha256))
        self._open.durable, self._open.beaten_at = offset, time.monotonic()

    def _beat(self) -> None:
        if time.monotonic() - self._open.beaten_at > BEAT_SECONDS:
            transact(lambda db: still(db, self.turn))
            self._open.beaten_at = self._open.used_at = time.monotonic()

    def _look_at_head(self, block: bytes | bytearray) -> None:
        """Refuse what is not accepted anywhere as soon as its first bytes are here."""
        wanted = min(HEAD, self.turn.length)
        if self.offset != len(self._open.head) or self.offset >= wanted:
            return
        self._open.head += block[: wanted - self.offset]
        head = bytes(self._open.head)
        tells_more_as_a_whole = head.startswith(ARCHIVE) and self.turn.length <= STEP
        if len(head) == wanted and type_of(head) is None and not tells_more_as_a_whole:
            raise Invalid(_words_for([head]))


def _words_for(content: Iterable[bytes]) -> str:
    """What is said of a file of a type that is not accepted."""
    with tempfile.NamedTemporaryFile() as file:
        for block in content:
            file.write(block)
        file.flush()
        return described(Path(file.name))


def give_up_own(person_id: UUID | None, upload_id: UUID) -> None:
    """Cancel an upload, with its bytes."""
    multipart = transact(lambda db: cancel(db, person_id, upload_id))
    receiving.drop(upload_id)
    _forget(upload_id, multipart)


def _forget(upload_id: UUID, multipart: str) -> None:
    try:
        store().forget(upload_id, multipart)
    except Away:
        log.warning("an upload's bytes are left to the sweeper", upload=str(upload_id))
