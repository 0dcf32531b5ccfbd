"""Whether the rows and objects are what they were: the audit trail, its seals and anchors, and every stored file.

What can be shown, and what cannot. A sealed row that was changed, removed or slipped in breaks the root of its seal; a
seal that was changed or removed breaks the chain; the last seals, removed with their rows, are missed by the anchors. A
row that no seal covers yet is only shown to have been removed where positions have no gaps, which is on SQLite. A
content is compared with the digest in its row; one that is missing has to be named by an act of erasing.

Everything is read in order and in small portions, so that memory does not grow with the trail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, text
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from settings import get_settings
from storage import objects
from storage.audit import ERASURE, AuditContent, AuditRow
from storage.canonical import digest
from storage.database import current, reading
from storage.errors import Away
from storage.files import StoredFile
from storage.sealing import (
    Anchor,
    Leaf,
    Seal,
    anchor_file,
    merkle_root,
    read_anchor,
    read_anchors,
    seal_digest,
    sealed_columns,
    store_name,
    written,
)
from storage.stores import store

PORTION = 500
BEYOND = 2**31 - 1
"""No seal has this number."""

Say = Callable[[str], None]


@dataclass
class Verified:
    """What was looked at, and how many findings there were. ``patient``: to wait for a store that is away."""

    rows: int = 0
    unsealed: int = 0
    seals: int = 0
    anchors: int = 0
    erased: int = 0
    files: int = 0
    findings: int = 0
    say: Say = field(default=print, repr=False)
    patient: bool = False

    def found(self, words: str) -> None:
        self.findings += 1
        self.say(words)

    def summary(self) -> str:
        """The counts, in one sentence each."""
        found = "Nothing is wrong." if not self.findings else f"{_count(self.findings, 'finding')}, listed above."
        return (
            f"{_count(self.rows, 'audit row')} in {_count(self.seals, 'seal')}, "
            f"{_count(self.unsealed, 'row')} not sealed yet, {_count(self.anchors, 'anchor')}, "
            f"{_count(self.erased, 'content')} lawfully erased, {_count(self.files, 'stored file')}. {found}"
        )


def verify(say: Say = print, *, patient: bool = False) -> Verified:
    """Recompute everything. ``say`` gets each finding in words, naming what and where.

    Raises
    ------
    Away : the store cannot be reached, and the caller is ``patient``; else that is a finding.
    """
    seen = Verified(say=say, patient=patient)
    with reading() as db:
        erased = _lawfully_erased(db)
        _seals(db, seen, erased)
        _rows(db, seen, col(AuditRow.seal).is_(None), erased, sealed=False)
        _strays(db, seen)
        if current().sqlite:
            _gaps(db, seen)
        _anchors(db, seen)
    _files(seen)
    return seen


def _lawfully_erased(db: Session) -> frozenset[UUID]:
    """The rows whose contents were erased by an act whose own content is there and fits its digest."""
    statement = (
        select(AuditRow.content_digest, AuditContent.salt, AuditContent.content)
        .join(AuditContent, col(AuditContent.audit_id) == col(AuditRow.id))
        .where(col(AuditRow.action) == ERASURE)
    )
    named: set[UUID] = set()
    for expected, salt, content in db.execute(statement):
        if digest(content, salt=salt) == expected:
            named.update(UUID(one) for one in content.get("contents", ()))
    return frozenset(named)


def _seals(db: Session, seen: Verified, erased: frozenset[UUID]) -> None:
    columns = [getattr(Seal, name) for name in Seal.model_fields]
    number, named = 0, ""
    for row in db.execute(select(*columns).order_by(col(Seal.number)).execution_options(yield_per=PORTION)):
        seal = Seal(**row._mapping)
        seen.seals += 1
        if seal.number != number + 1:
            seen.found(f"{_seal_range(number + 1, seal.number - 1)} missing from the chain.")
        elif seal.previous != named:
            seen.found(f"Seal {seal.number} does not continue seal {number}: one of the two was changed.")
        if seal_digest(seal) != seal.digest:
            seen.found(f"Seal {seal.number} was changed: its digest is not that of what it says.")
        _covered(db, seen, seal, erased)
        number, named = seal.number, seal.digest


def _covered(db: Session, seen: Verified, seal: Seal, erased: frozenset[UUID]) -> None:
    """Compare a seal with the rows that carry its number."""
    hashes: list[bytes] = []
    ends = [0, 0]
    for leaf in _rows(db, seen, col(AuditRow.seal) == seal.number, erased, sealed=True):
        hashes.append(leaf.hashed())
        ends = [ends[0] or leaf.position, leaf.position]
    where = f"between positions {seal.first_position} and {seal.last_position}"
    if len(hashes) < seal.count:
        seen.found(
            f"Seal {seal.number} covers {seal.count} rows and {len(hashes)} are there: rows {where} are missing."
        )
    elif len(hashes) > seal.count:
        seen.found(f"Seal {seal.number} covers {seal.count} rows and {len(hashes)} are there: rows were slipped in.")
    elif written(merkle_root(hashes)) != seal.root or ends != [seal.first_position, seal.last_position]:
        seen.found(f"Seal {seal.number} does not fit its rows: a row {where} was changed or replaced.")


def _rows(db: Session, seen: Verified, where: Any, erased: frozenset[UUID], *, sealed: bool) -> list[Leaf]:
    """Check the content of each row that meets a condition; returns the rows of a seal, which are few."""
    statement = (
        select_columns(*sealed_columns(), col(AuditContent.salt), col(AuditContent.content))
        .join(AuditContent, col(AuditContent.audit_id) == col(AuditRow.id), isouter=True)
        .where(where)
        .order_by(col(AuditRow.position))
        .execution_options(yield_per=PORTION)
    )
    found = []
    for *values, salt, content in db.execute(statement):
        leaf = Leaf(*values)
        seen.rows += 1
        seen.unsealed += not sealed
        _content(seen, leaf, salt, content, erased)
        if sealed:
            found.append(leaf)
    return found


def _content(seen: Verified, leaf: Leaf, salt: bytes | None, content: Any, erased: frozenset[UUID]) -> None:
    row = f"audit row {leaf.position} ({leaf.action}, {leaf.at:%Y-%m-%d %H:%M:%S} UTC)"
    if salt is None:
        if leaf.id in erased and leaf.action != ERASURE:
            seen.erased += 1
        else:
            seen.found(f"The content of {row} is missing, and no act of erasing names it.")
    elif digest(content, salt=salt) != leaf.content_digest:
        seen.found(f"The content of {row} was changed.")


def _strays(db: Session, seen: Verified) -> None:
    """Rows that claim a seal that is not there, and contents without a row."""
    numbers = select(AuditRow.seal, func.count()).where(
        col(AuditRow.seal).is_not(None), col(AuditRow.seal).not_in(select(Seal.number))
    )
    for number, count in db.execute(numbers.group_by(col(AuditRow.seal)).order_by(col(AuditRow.seal))):
        seen.rows += count
        seen.found(
            f"{_count(count, 'audit row')} {'name' if count > 1 else 'names'} seal {number}, which is not there."
        )
    contents = select(func.count()).where(col(AuditContent.audit_id).not_in(select(AuditRow.id)))
    if count := db.execute(contents).scalar_one():
        seen.found(f"{_count(count, 'audit content')} {'have' if count > 1 else 'has'} no row.")


def _gaps(db: Session, seen: Verified) -> None:
    """On SQLite, which gives a position back when a transaction does not commit, each gap is a row that was removed."""
    following = func.lead(AuditRow.position).over(order_by=col(AuditRow.position))
    pairs = select(col(AuditRow.position).label("here"), following.label("there")).subquery()
    for here, there in db.execute(select_columns(pairs).where(pairs.c.there > pairs.c.here + 1)):
        seen.found(f"{_row_range(here + 1, there - 1)} missing.")
    last = db.execute(select(func.max(AuditRow.position))).scalar_one() or 0
    first = db.execute(select(func.min(AuditRow.position))).scalar_one() or 1
    given = db.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'audit_row'")).scalar() or 0
    if first > 1:
        seen.found(f"{_row_range(1, first - 1)} missing.")
    if given > last:
        seen.found(f"{_row_range(last + 1, given)} missing from the end of the trail.")


# Anchors


def _anchors(db: Session, seen: Verified) -> None:
    """Compare the seals with what names them outside the database.

    With an object store that is the store, which all workers share; the file of one machine then holds what its own
    worker has anchored, and is not expected to hold all.
    """
    path, shared = anchor_file(), bool(get_settings().s3_bucket)
    if path.exists():
        with path.open("rb") as file:
            _compare_all(db, seen, _in_order(seen, read_anchors(file)), "" if shared else path.name)
    elif not shared:
        _compare_all(db, seen, iter(()), path.name)
    if shared:
        try:
            _compare_all(db, seen, _in_store(seen), "the object store")
        except Away:
            if seen.patient:
                raise
            seen.found("The object store cannot be reached just now, so that its anchors were not compared.")


def _compare_all(db: Session, seen: Verified, named: Iterator[Anchor], complete: str) -> None:
    """Compare anchors with seals; where it is to be ``complete``, also say which are missing from it."""
    ranges: list[list[int]] = []
    while portion := list(islice(named, PORTION)):
        _compare(db, seen, portion)
        for anchor in portion:
            if ranges and anchor.seal == ranges[-1][1] + 1:
                ranges[-1][1] = anchor.seal
            elif not ranges or anchor.seal > ranges[-1][1]:
                ranges.append([anchor.seal, anchor.seal])
    reached = 0
    for first, last in [*ranges, [BEYOND, BEYOND]] if complete else []:
        _not_anchored(db, seen, reached, first, complete)
        reached = last


def _in_store(seen: Verified) -> Iterator[Anchor]:
    """The anchors in the object store, in order of their names."""
    for found in store().listing(store_name(0).partition("/")[0] + "/"):
        with store().read(found.name) as blocks:
            anchor = read_anchor(b"".join(blocks))
        if anchor is None or store_name(anchor.seal) != found.name:
            seen.found(f"The object {found.name} is no anchor: it was changed.")
        else:
            seen.anchors += 1
            yield anchor


def _in_order(seen: Verified, lines: Iterator[tuple[int, bytes, Anchor | None]]) -> Iterator[Anchor]:
    """The anchors of a file, each compared with the line before it."""
    before = b""
    for number, line, anchor in lines:
        if anchor is None:
            seen.found(f"Line {number} of {anchor_file().name} is no anchor: it was changed or cut off.")
        else:
            seen.anchors += 1
            if anchor.before != (hashlib.sha256(before).hexdigest() if before else ""):
                seen.found(
                    f"Line {number} of {anchor_file().name} does not continue the line before it: "
                    "a line was changed, removed or slipped in."
                )
            yield anchor
        before = line


def _compare(db: Session, seen: Verified, anchors: list[Anchor]) -> None:
    numbers = [anchor.seal for anchor in anchors]
    there = _digests(db, numbers)
    if since := [number for number in numbers if number not in there]:
        with reading() as afterwards:  # what was sealed and anchored while all of this was read
            there |= _digests(afterwards, since)
    for anchor in anchors:
        if anchor.seal not in there:
            seen.found(f"Seal {anchor.seal} was anchored at {anchor.at} and is gone: it was removed with its rows.")
        elif there[anchor.seal] != anchor.digest:
            seen.found(f"Seal {anchor.seal} is not the one that was anchored at {anchor.at}: the trail was rewritten.")


def _digests(db: Session, numbers: list[int]) -> dict[int, str]:
    return dict(db.execute(select(Seal.number, Seal.digest).where(col(Seal.number).in_(numbers))).all())


def _not_anchored(db: Session, seen: Verified, after: int, before: int, where: str) -> None:
    """Seals that were anchored, by their rows, and whose anchors are not there."""
    statement = select(func.count(), func.min(Seal.number), func.max(Seal.number)).where(
        col(Seal.number) > after, col(Seal.number) < before, col(Seal.anchored_at).is_not(None)
    )
    count, first, last = db.execute(statement).one()
    if count:
        whose = f"seal {first}" if count == 1 else f"{count} seals from {first} to {last}"
        seen.found(f"The anchors of {whose} are missing from {where}: it was cut off or replaced.")


# Stored files


def _files(seen: Verified) -> None:
    last: UUID | None = None
    while rows := _portion(last):
        for row in rows:
            seen.files += 1
            if (words := _wrong_with(row, seen)) and _portion(row.id, itself=True):
                seen.found(words)
        last = rows[-1].id


def _portion(after: UUID | None, *, itself: bool = False) -> list[Row[Any]]:
    """The next rows of stored files, read on their own, since hashing the objects between them takes long."""
    statement = select(StoredFile.id, StoredFile.folder, StoredFile.sha256, StoredFile.size).order_by(
        col(StoredFile.id)
    )
    if after is not None:
        statement = statement.where(col(StoredFile.id) == after if itself else col(StoredFile.id) > after)
    with reading() as db:
        return list(db.execute(statement.limit(PORTION)).all())


def _wrong_with(row: Row[Any], seen: Verified) -> str:
    name = f"{row.folder}/{row.sha256}"
    size = 0
    try:
        for block in objects.blocks(name):
            size += len(block)
    except FileNotFoundError:
        return f"The object {name} is missing, though a stored file needs it."
    except Away:
        if seen.patient:
            raise
        return f"The object {name} cannot be reached just now, so that it was not compared. Verify again later."
    except OSError:
        return f"The object {name} was changed: its SHA-256 is another."
    return "" if size == row.size else f"The object {name} has {size} bytes and should have {row.size}."


# Words


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _seal_range(first: int, last: int) -> str:
    return f"Seal {first} is" if first == last else f"Seals {first} to {last} are"


def _row_range(first: int, last: int) -> str:
    return f"Audit row {first} is" if first == last else f"Audit rows {first} to {last} are"
