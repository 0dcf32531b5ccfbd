"""Archives that are written while they are sent: of any size, in the memory of a few blocks."""

from __future__ import annotations

import zipfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Final, cast

from storage.objects import checked_blocks

ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The date of each file in an archive, so that the same content gives the same bytes."""


@dataclass(frozen=True)
class Packed:
    """A file of an archive: ``content``, or the object of this name and size in bytes."""

    path: str
    content: bytes = b""
    object_name: str = ""
    size: int = 0


@contextmanager
def archive_blocks(files: Iterable[Packed]) -> Iterator[Iterator[bytes]]:
    """A ZIP archive of these files in blocks. Objects are read and compared with their names while they pass.

    Raises
    ------
    Damaged : an object is not what it was; raised on the way, and the archive has no end.
    Away : the store cannot be reached.
    """
    blocks = _blocks(files)
    try:
        yield blocks
    finally:
        blocks.close()


class _Outgoing:
    """What ``zipfile`` writes to: it cannot go back, and is emptied after each block."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, block: bytes) -> int:
        self.waiting.append(bytes(block))
        return len(block)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken = b"".join(self.waiting)
        self.waiting.clear()
        return taken


def _blocks(files: Iterable[Packed]) -> Generator[bytes]:
    outgoing = _Outgoing()
    with zipfile.ZipFile(cast(IO[bytes], outgoing), "w") as archive:  # which only writes
        for file in files:
            info = zipfile.ZipInfo(file.path, ZIP_EPOCH)
            info.file_size = file.size or len(file.content)
            with archive.open(info, "w") as target:
                if not file.object_name:
                    target.write(file.content)
                else:
                    with checked_blocks(file.object_name) as found:
                        for block in found:
                            target.write(block)
                            yield outgoing.take()
            yield outgoing.take()
    yield outgoing.take()
