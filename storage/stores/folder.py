"""A store in a folder on a local disk, for an installation on one machine."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from storage.errors import Closed
from storage.stores.store import BLOCK, Durable, Found, Leftover, Part

GONE = "A part of this file is no longer here. Choose the file again."


class FolderStore:
    """Objects as files below ``objects``, uploads as files in ``uploads`` beside it."""

    def __init__(self, folder: Path) -> None:
        self._objects = folder / "objects"
        self._uploads = folder / "uploads"

    def path(self, name: str) -> Path:
        return self._objects / name

    def part_path(self, upload_id: UUID) -> Path:
        return self._uploads / f"{upload_id}.part"

    def put(self, name: str, source: Path) -> None:
        target = self.path(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as file:
            os.utime(file.fileno())  # the sweeper asks how long an object has been here
            os.fsync(file.fileno())
        source.replace(target)
        target.chmod(0o440)
        _sync_folder(target.parent)
        _sync_folder(target.parent.parent)

    def put_small(self, name: str, content: bytes) -> None:
        if self.path(name).exists():
            return
        self._uploads.mkdir(parents=True, exist_ok=True)
        source = self._uploads / f"{uuid4()}.part"
        source.write_bytes(content)
        self.put(name, source)

    def look(self, name: str) -> Found | None:
        try:
            return _found(name, self.path(name))
        except FileNotFoundError:
            return None

    def refresh(self, name: str) -> bool:
        try:
            os.utime(self.path(name))
        except FileNotFoundError:
            return False
        return True

    @contextmanager
    def read(self, name: str, start: int = 0, end: int | None = None) -> Iterator[Iterator[bytes]]:
        with self.path(name).open("rb") as file:
            file.seek(start)
            yield _blocks(file, None if end is None else end - start)

    def delete(self, name: str) -> None:
        self.path(name).unlink(missing_ok=True)

    def listing(self, prefix: str = "") -> Iterator[Found]:
        for path in sorted((self._objects / prefix.rpartition("/")[0]).rglob("*")):
            name = path.relative_to(self._objects).as_posix()
            if name.startswith(prefix) and path.is_file():
                yield _found(name, path)

    def part(self, durable: Durable) -> Part:
        self._uploads.mkdir(parents=True, exist_ok=True)
        return FolderPart(self.part_path(durable.upload_id), durable.offset)

    def assemble(self, durable: Durable, length: int) -> None:
        try:
            if self.part_path(durable.upload_id).stat().st_size >= length:
                return
        except FileNotFoundError:
            pass
        raise Closed(GONE)

    @contextmanager
    def read_whole(self, upload_id: UUID, length: int) -> Iterator[Iterator[bytes]]:
        with self.part_path(upload_id).open("rb") as file:
            yield _blocks(file, length)

    def settle(self, upload_id: UUID, name: str) -> None:
        self.put(name, self.part_path(upload_id))

    def forget(self, upload_id: UUID, multipart: str = "") -> None:
        self.part_path(upload_id).unlink(missing_ok=True)

    def abort(self, upload_id: UUID, multipart: str) -> None:
        pass

    def leftovers(self) -> Iterator[Leftover]:
        for path in sorted(self._uploads.glob("*.part")):
            try:
                yield Leftover(UUID(path.stem), _found("", path).at)
            except (FileNotFoundError, ValueError):
                continue


class FolderPart:
    """An upload's file. Another process that takes over waits until this one lets the file go, so that none writes
    where it has lost the right to."""

    multipart = ""

    def __init__(self, path: Path, offset: int) -> None:
        self._hash = hashlib.sha256()
        self._file: BinaryIO = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o640), "r+b")
        self._offset = offset

    def hold(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        self._file.flush()
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def catch_up(self) -> Iterator[None]:
        self._file.seek(0)
        for block in _blocks(self._file, self._offset):
            self._hash.update(block)
            yield
        if self._file.tell() < self._offset:
            raise Closed(GONE)
        self._file.truncate(self._offset)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, block: bytes | memoryview) -> None:
        self._file.write(block)
        self._hash.update(block)

    def make_durable(self) -> str:
        self._file.flush()
        os.fsync(self._file.fileno())
        return ""

    def close(self) -> None:
        self._file.close()


def _blocks(file: BinaryIO, length: int | None) -> Iterator[bytes]:
    left = length
    while left is None or left > 0:
        block = file.read(BLOCK if left is None else min(BLOCK, left))
        if not block:
            return
        if left is not None:
            left -= len(block)
        yield block


def _found(name: str, path: Path) -> Found:
    status = path.stat()
    return Found(name, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
