"""The audit trail sealed: a chain of Merkle roots over its rows, each anchored outside the database.

A seal covers rows in the order of their positions, and names the digest of the seal before it, so that no sealed row
can be changed, removed or slipped in without the chain showing it. Whoever can write to the database could make a new
chain; that is what the anchors are for, which lie in the log, in a file and, where there is one, in the object store.

Positions are given when a row is added, and rows become visible when their transaction commits. On PostgreSQL a lower
position can therefore appear after a higher one. The job does not wait for it: it marks the rows that it sees with the
number of its seal, and a row that comes late is covered by the next seal. What a seal covers is what carries its
number, so neither a late row nor a number that a rolled-back transaction used up is taken for tampering.

Rows are sealed by a regular job of the worker, and not by the commands that add them, which would need one more
statement each to find out whether a job is waiting, sometimes and for reasons that have nothing to do with the actor.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, func
from sqlalchemy import select as select_columns
from sqlmodel import Field, Session, SQLModel, col, select, update

from settings import get_settings
from storage.audit import AuditRow
from storage.canonical import canonical, digest
from storage.clock import now
from storage.database import reading, transact
from storage.jobs import regular
from storage.objects import put_small
from storage.types import moment

SEAL_TRAIL = "seal the audit trail"
ANCHOR_SEALS = "anchor the seals"
EVERY = timedelta(minutes=1)
LARGEST_SEAL = 2_000
"""Rows in one seal at most: sealing holds other writers up for 0.2 s, and verifying holds few rows at a time."""
LEAF, NODE = b"\x00", b"\x01"
"""What is hashed before a leaf and before two nodes, as in RFC 6962, so that neither can pass for the other."""
EMPTY = hashlib.sha256().digest()
TAIL = 64 * 1024

log = structlog.get_logger("laurel.audit")


class Seal(SQLModel, table=True):
    """One link of the chain: the root over the rows that carry its number, and the digest of the seal before it."""

    __tablename__ = "seal"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    first_position: int
    last_position: int
    count: int
    root: str = Field(max_length=80)
    previous: str = Field(default="", max_length=80)
    digest: str = Field(max_length=80)
    at: datetime = moment()
    anchored_at: datetime | None = moment(optional=True)


@dataclass(frozen=True)
class Leaf:
    """What of an audit row is sealed: every column but the number of the seal."""

    position: int
    id: UUID
    at: datetime
    person_id: UUID | None
    session_id: UUID | None
    action: str
    subject: str
    content_digest: str

    def hashed(self) -> bytes:
        return hashlib.sha256(LEAF + canonical(vars(self))).digest()


def sealed_columns() -> tuple[ColumnElement[Any], ...]:
    """The columns of an audit row that are sealed, as a ``Leaf`` takes them."""
    return tuple(AuditRow.__table__.c[name] for name in Leaf.__dataclass_fields__)  # type: ignore[attr-defined]


def merkle_root(hashes: Iterable[bytes]) -> bytes:
    """The root of RFC 6962 over leaves that are hashed already. Holds one hash for each level of the tree."""
    towers: list[tuple[int, bytes]] = []
    for leaf in hashes:
        towers.append((1, leaf))
        while len(towers) > 1 and towers[-1][0] == towers[-2][0]:
            (size, right), (_, left) = towers.pop(), towers.pop()
            towers.append((2 * size, _node(left, right)))
    if not towers:
        return EMPTY
    root = towers.pop()[1]
    while towers:
        root = _node(towers.pop()[1], root)
    return root


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()


def written(root: bytes) -> str:
    return f"sha256:{root.hex()}"


def seal_digest(seal: Seal) -> str:
    """The digest by which the next seal and the anchors name this one."""
    named = ("number", "first_position", "last_position", "count", "root", "previous", "at")
    return digest({name: getattr(seal, name) for name in named})


def seal_rows(db: Session) -> None:
    """Cover the rows that no seal covers yet."""
    while _seal_some(db) == LARGEST_SEAL:
        pass


def _seal_some(db: Session) -> int:
    last = db.exec(select(Seal).order_by(col(Seal.number).desc()).limit(1)).first()
    number = last.number + 1 if last else 1
    unsealed = select(AuditRow.position).where(col(AuditRow.seal).is_(None))
    chosen = unsealed.order_by(col(AuditRow.position)).limit(LARGEST_SEAL)
    db.exec(
        update(AuditRow)
        .where(col(AuditRow.position).in_(chosen), col(AuditRow.seal).is_(None))
        .values(seal=number)
        .execution_options(synchronize_session=False)
    )
    covered = select_columns(*sealed_columns()).where(col(AuditRow.seal) == number).order_by(col(AuditRow.position))
    rows = [Leaf(*row) for row in db.execute(covered)]
    if not rows:
        return 0
    seal = Seal(
        number=number,
        first_position=rows[0].position,
        last_position=rows[-1].position,
        count=len(rows),
        root=written(merkle_root(row.hashed() for row in rows)),
        previous=last.digest if last else "",
        digest="",
        at=now(db),
    )
    seal.digest = seal_digest(seal)
    db.add(seal)
    db.flush()  # a twin that made a seal of the same number meanwhile is told here, and tried again
    return len(rows)


def _seal_all(_: Mapping[str, Any]) -> None:
    """Seal what there is, each seal in a transaction of its own; done again, it finds nothing left to do."""
    while transact(_seal_some) == LARGEST_SEAL:
        pass


@regular(SEAL_TRAIL, EVERY, before=_seal_all)
def _sealed(db: Session, _: Mapping[str, Any], __: None) -> None:
    pass  # sealed already


# Anchors


@dataclass(frozen=True)
class Anchor:
    """A seal as it is named outside the database. ``before`` is the SHA-256 of the line before it in the file."""

    seal: int
    digest: str
    at: str
    before: str = ""

    def line(self) -> bytes:
        return json.dumps(vars(self), sort_keys=True).encode() + b"\n"


def anchor_file() -> Path:
    return get_settings().folder / "anchors.jsonl"


def anchor(seals: Iterable[Anchor]) -> None:
    """Name seals outside the database: in the log and at the end of the file. One that is there is not added again."""
    path = anchor_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last, there = _tail(file)
        for seal in seals:
            if (seal.seal, seal.digest) not in there:
                line = Anchor(seal.seal, seal.digest, seal.at, hashlib.sha256(last).hexdigest() if last else "").line()
                file.write(line)
                last = line
            log.info("audit trail sealed", seal=seal.seal, digest=seal.digest, at=seal.at)
        file.flush()
        os.fsync(file.fileno())


def anchor_in_store(seals: Iterable[Anchor]) -> None:
    """Name seals in the object store, each as a small object of its own; what is there already stays."""
    for seal in seals:
        put_small(store_name(seal.seal), seal.line())


def store_name(number: int) -> str:
    return f"anchors/{number:010}"


def read_anchors(file: BinaryIO) -> Iterator[tuple[int, bytes, Anchor | None]]:
    """Each line of an anchor file with its number and bytes, and the anchor in it; None where there is none."""
    for number, line in enumerate(file, start=1):
        yield number, line, read_anchor(line)


def read_anchor(line: bytes) -> Anchor | None:
    """The anchor that a line is; None when it is none, or not exactly as it was written."""
    try:
        found = Anchor(**json.loads(line))
    except (ValueError, TypeError):
        return None
    return found if line == found.line() and isinstance(found.seal, int) else None


def _tail(file: BinaryIO) -> tuple[bytes, frozenset[tuple[int, str]]]:
    """The last line of a file, and the seals that its last lines name. A line that was cut off is ended."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL))
    lines = file.read().splitlines(keepends=True)
    if lines and not lines[-1].endswith(b"\n"):
        file.write(b"\n")
        lines[-1] += b"\n"
    found = [read_anchor(line) for line in lines]
    return (lines[-1] if lines else b""), frozenset((one.seal, one.digest) for one in found if one)


def _not_anchored(_: Mapping[str, Any]) -> tuple[int, ...]:
    """Anchor what is not yet, outside a transaction; it may happen again, and then adds nothing."""
    with reading() as db:
        statement = select(Seal.number, Seal.digest, Seal.at).where(col(Seal.anchored_at).is_(None))
        found = db.execute(statement.order_by(col(Seal.number))).all()
    seals = [Anchor(number, named, at.isoformat()) for number, named, at in found]
    if seals:
        anchor(seals)
        if get_settings().s3_bucket:
            anchor_in_store(seals)
    return tuple(number for number, _, _ in found)


@regular(ANCHOR_SEALS, EVERY, before=_not_anchored)
def _anchored(db: Session, _: Mapping[str, Any], numbers: tuple[int, ...]) -> None:
    for number in numbers:
        db.exec(update(Seal).where(col(Seal.number) == number).values(anchored_at=now(db)))


def unsealed_rows(db: Session) -> int:
    """How many rows wait to be sealed."""
    return int(db.execute(select(func.count()).where(col(AuditRow.seal).is_(None))).scalar_one())
