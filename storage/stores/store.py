"""What a store can do. Objects are named by whoever puts them there, and are never changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

BLOCK = 256 * 1024
"""Bytes that are held in memory at once for one file."""

STEP = 8 * 1024 * 1024
"""Bytes after which an upload is made durable; S3 wants at least 5 MiB of each part but the last."""


@dataclass(frozen=True)
class Found:
    """An object that is there. ``at`` is when it was put there, or last asked to stay."""

    name: str
    size: int
    at: datetime


@dataclass(frozen=True)
class Leftover:
    """What there is of an upload that has not become an object. ``multipart`` is S3's name for its parts."""

    upload_id: UUID
    at: datetime
    multipart: str = ""


@dataclass(frozen=True)
class Durable:
    """What is safe of an upload: its bytes before ``offset``; on S3 as parts, each with the store's mark."""

    upload_id: UUID
    offset: int = 0
    multipart: str = ""
    marks: tuple[str, ...] = ()


class Part(Protocol):
    """The bytes of an upload on their way in, from the durable offset on. Used by one thread at a time."""

    multipart: str

    @property
    def sha256(self) -> str:
        """Of all bytes so far; empty when the first ones came through another process and were not read again."""

    def catch_up(self) -> Iterator[None]:
        """Look at the durable bytes once, before the first is written: hash them, and cut off what came after them.

        Pauses after each block.
        """

    def write(self, block: bytes | memoryview) -> None: ...

    def make_durable(self) -> str:
        """Make all that was written survive; returns the store's mark of it. Called after each step, and at the end."""

    def hold(self) -> bool:
        """Keep other processes from writing to the same bytes. False: one of them does so just now."""

    def release(self) -> None: ...

    def close(self) -> None: ...


class Store(Protocol):
    """A place for bytes.

    Everything but ``delete`` and ``forget`` raises ``FileNotFoundError`` for what is not there, and everything raises
    ``Away`` when the store cannot be reached.
    """

    def put(self, name: str, source: Path) -> None:
        """Make a file an object, which survives a loss of power as soon as this returns. The file may be gone then."""

    def put_small(self, name: str, content: bytes) -> None:
        """The same for a few bytes. An object of this name stays as it is."""

    def look(self, name: str) -> Found | None: ...

    def refresh(self, name: str) -> bool:
        """Make an object look as if it were put there now. False: there is none."""

    def read(self, name: str, start: int = 0, end: int | None = None) -> AbstractContextManager[Iterator[bytes]]:
        """Blocks of an object from byte ``start`` to before byte ``end``; what was opened is closed at the end."""

    def delete(self, name: str) -> None: ...

    def listing(self, prefix: str = "") -> Iterator[Found]: ...

    def part(self, durable: Durable) -> Part:
        """Open an upload to go on from where it is durable."""

    def assemble(self, durable: Durable, length: int) -> None:
        """All bytes are durable: make them one thing that ``read_whole`` reads. May be done again."""

    def read_whole(self, upload_id: UUID, length: int) -> AbstractContextManager[Iterator[bytes]]:
        """The first ``length`` bytes of an upload that was assembled."""

    def settle(self, upload_id: UUID, name: str) -> None:
        """Make an upload that was assembled the object of this name."""

    def forget(self, upload_id: UUID, multipart: str = "") -> None:
        """Drop whatever there is of an upload."""

    def abort(self, upload_id: UUID, multipart: str) -> None:
        """Drop some parts of an upload, and nothing else of it."""

    def leftovers(self) -> Iterator[Leftover]: ...
