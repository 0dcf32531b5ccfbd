"""Objects: bytes that arrived whole, named after their prize and their content, and never overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from storage.clock import now
from storage.database import one_process
from storage.files import StoredFile
from storage.stores import store

STAYING: Final = "objects"
"""What is held while an object is asked to stay, and while one is looked at and deleted: never both at once."""


class Damaged(OSError):
    """An object's bytes are not what its name says."""


def object_name(folder: UUID, sha256: str) -> str:
    return f"{folder}/{sha256}"


def stay(name: str) -> bool:
    """Keep an object that is there from the sweeper for another day. False: there is none."""
    with one_process(STAYING):
        return store().refresh(name)


def keep(source: Path, folder: UUID, sha256: str) -> None:
    """Make ``source``, a file in this installation's folder, the object of this name; it is gone from where it was.

    Survives a loss of power as soon as this returns. An object that is there already stays as it is. Its row follows
    within a day, else the sweeper takes it for something that was given up.

    Raises
    ------
    Away : the store cannot be reached.
    """
    name = object_name(folder, sha256)
    if not stay(name):
        store().put(name, source)
    source.unlink(missing_ok=True)


def put_small(name: str, content: bytes) -> None:
    """Keep a few bytes under a name that is no content's, such as ``anchors/12``. What is there already stays."""
    store().put_small(name, content)


@contextmanager
def open_object(name: str, start: int = 0, end: int | None = None) -> Iterator[Iterator[bytes]]:
    """Blocks of an object from byte ``start`` to before byte ``end``, not compared with its name.

    Raises
    ------
    FileNotFoundError : there is no such object.
    Away : the store cannot be reached.
    """
    with store().read(name, start, end) as found:
        yield found


@contextmanager
def checked_blocks(name: str) -> Iterator[Iterator[bytes]]:
    """A whole object in blocks. The last one is given only when all are what the object's name says.

    Raises
    ------
    Damaged : the bytes in the store have changed; raised on the way to the last block.
    FileNotFoundError : there is no such object.
    Away : the store cannot be reached.
    """
    with open_object(name) as found:
        yield _compared(name, found)


def blocks(name: str) -> Iterator[bytes]:
    """The same for a caller that reads to the end."""
    with checked_blocks(name) as found:
        yield from found


def _compared(name: str, found: Iterator[bytes]) -> Iterator[bytes]:
    hashed = hashlib.sha256()
    held = b""
    for block in found:
        if held:
            yield held
        hashed.update(block)
        held = block
    if hashed.hexdigest() != name.rpartition("/")[2]:
        raise Damaged(f"object {name} is not what it was when it was stored")
    if held:
        yield held


def copy_object(name: str, target: Path) -> None:
    """Write an object's bytes to a path, and see that they are what its name says."""
    with target.open("wb") as file:
        for block in blocks(name):
            file.write(block)


def delete_objects(names: Iterable[str]) -> None:
    """Take objects away for good. Callers have taken away the rows that name them."""
    for name in names:
        with one_process(STAYING):
            store().delete(name)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stored_file(db: Session, folder: UUID, sha256: str, size: int, content_type: str) -> StoredFile:
    """The row of an object that has been kept, added when it is new in this folder, and held against the sweeper."""
    known = select(StoredFile).where(col(StoredFile.folder) == folder, col(StoredFile.sha256) == sha256)
    row = db.exec(known.with_for_update(key_share=True)).one_or_none()
    if row is None:
        row = StoredFile(folder=folder, sha256=sha256, size=size, content_type=content_type, stored_at=now(db))
        db.add(row)
        db.flush()
    return row
