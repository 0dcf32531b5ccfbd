"""Where bytes rest: a folder on a local disk, in which an object is named after its content and never overwritten."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from sqlmodel import Session, col, select

from settings import get_settings
from storage.clock import now
from storage.files import StoredFile

BLOCK = 256 * 1024


def object_folder() -> Path:
    return get_settings().folder / "objects"


def part_path(upload_id: UUID) -> Path:
    """Where the bytes of an upload wait until they have all arrived."""
    folder = get_settings().folder / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{upload_id}.part"


def keep(source: Path, folder: UUID, sha256: str) -> None:
    """Make ``source``, which lies on the same disk, the object of this name; it is gone from where it was.

    Survives a loss of power as soon as this returns. An object that is there already stays as it is.
    """
    target = object_folder() / str(folder) / sha256
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        source.unlink()
        return
    with source.open("rb") as file:
        os.fsync(file.fileno())
    source.replace(target)
    target.chmod(0o440)
    for changed in (target.parent, target.parent.parent):
        descriptor = os.open(changed, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def open_object(name: str) -> BinaryIO:
    """An object's bytes, from the beginning.

    Raises
    ------
    FileNotFoundError : there is no such object.
    """
    return (object_folder() / name).open("rb")


def copy_object(name: str, target: Path) -> None:
    """Write an object's bytes to a path."""
    with open_object(name) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file, BLOCK)


def blocks(name: str) -> Iterator[bytes]:
    """An object's bytes in blocks; a content that is not what its name says ends with an error.

    Raises
    ------
    OSError : the bytes on the disk have changed.
    """
    hashed = hashlib.sha256()
    with open_object(name) as file:
        while block := file.read(BLOCK):
            hashed.update(block)
            yield block
    if hashed.hexdigest() != name.rpartition("/")[2]:
        raise OSError(f"object {name} is not what it was when it was stored")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stored_file(db: Session, folder: UUID, sha256: str, size: int, content_type: str) -> StoredFile:
    """The row of an object that has been kept, added when it is new in this folder."""
    row = db.exec(
        select(StoredFile).where(col(StoredFile.folder) == folder, col(StoredFile.sha256) == sha256)
    ).one_or_none()
    if row is None:
        row = StoredFile(folder=folder, sha256=sha256, size=size, content_type=content_type, stored_at=now(db))
        db.add(row)
        db.flush()
    return row
