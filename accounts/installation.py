"""How the installation is doing: what waits, what is stored, what is sealed, and having it looked at again."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.explaining import scope_name
from accounts.models import ScopeKind
from accounts.policy import Action
from settings import get_settings
from storage.audit import AuditRow
from storage.checks import VERIFY, LastCheck, being_verified, order_verification
from storage.clock import now
from storage.files import StoredFile, Upload
from storage.jobs import REGULAR_JOB, Job, JobState, reschedule
from storage.sealing import Seal, unsealed_rows
from storage.sweeping import SWEEP
from storage.uploads import on_their_way

OVERDUE: Final = timedelta(minutes=2)
"""A job that was due for longer says that the worker is busy, or is not there."""
UNSEALED: Final = timedelta(minutes=10)
"""Sealing is done every minute; what waits for longer says that it is not."""
NEARLY_FULL: Final = 0.8


@dataclass(frozen=True)
class CheckShown:
    """What a check found when it was last done. ``findings`` are the first of ``found``."""

    ended_at: datetime
    summary: str
    found: int
    findings: tuple[str, ...]


@dataclass(frozen=True)
class Work:
    """Jobs: failed for good, and those that should have been done by now, with when the first of them was due.

    ``regular`` names those that are done again and again, and failed the last time.
    """

    dead: int
    regular: tuple[str, ...]
    overdue: int
    overdue_since: datetime | None


@dataclass(frozen=True)
class PrizeStored:
    """What is stored for a prize, in bytes. ``coming`` is what uploads have announced."""

    name: str
    files: int
    stored: int
    coming: int
    limit: int

    @property
    def nearly_full(self) -> bool:
        return self.stored + self.coming > NEARLY_FULL * self.limit


@dataclass(frozen=True)
class Stored:
    """What is stored. ``disk`` and ``free`` are the bytes of the disk that holds Laurel's folder."""

    in_bucket: str
    prizes: tuple[PrizeStored, ...]
    files: int
    stored: int
    uploads: int
    coming: int
    disk: int
    free: int
    swept: CheckShown | None

    @property
    def nearly_full(self) -> bool:
        return self.free < (1 - NEARLY_FULL) * self.disk / 2 or any(prize.nearly_full for prize in self.prizes)


@dataclass(frozen=True)
class Trail:
    """The audit trail. ``waits_since`` is when the first row was written that no seal covers yet.

    ``late`` says that sealing is behind, ``anchored_late`` that naming seals outside the database is.
    """

    rows: int
    unsealed: int
    waits_since: datetime | None
    late: bool
    seals: int
    sealed_at: datetime | None
    not_anchored: int
    anchored_late: bool
    being_verified: bool
    verified: CheckShown | None


@query(Action.RUN_INSTALLATION)
def work_state(db: Session, actor: Actor) -> Work:
    """Whether jobs are done when they are due."""
    waits = col(Job.state).in_((JobState.WAITING, JobState.RUNNING))
    until = now(db) - OVERDUE
    since_leased = or_(col(Job.leased_until).is_(None), col(Job.leased_until) < now(db))
    overdue, first = db.execute(
        select(func.count(), func.min(Job.run_at)).where(waits, col(Job.run_at) < until, since_leased)
    ).one()
    failed = select(Job.kind).where(col(Job.about) == REGULAR_JOB, col(Job.last_error) != "").order_by(col(Job.kind))
    return Work(_count(db, Job, col(Job.state) == JobState.DEAD), tuple(db.exec(failed).all()), overdue, first)


@query(Action.RUN_INSTALLATION)
def stored(db: Session, actor: Actor) -> Stored:
    """What is stored for each prize, what is on its way, and how much room is left."""
    settings = get_settings()
    rows = db.execute(
        select(StoredFile.folder, func.count(), func.coalesce(func.sum(StoredFile.size), 0)).group_by(
            col(StoredFile.folder)
        )
    ).all()
    there: dict[UUID, tuple[int, int]] = {folder: (files, int(size)) for folder, files, size in rows}
    folders = set(there) | set(db.exec(select(Upload.folder).where(*_under_way(db)).distinct()).all())
    prizes = []
    for folder in folders:
        files, size = there.get(folder, (0, 0))
        coming = on_their_way(db, col(Upload.folder) == folder)
        name = scope_name(db, ScopeKind.PRIZE, folder)
        prizes.append(PrizeStored(name, files, size, coming, settings.prize_bytes))
    disk = shutil.disk_usage(settings.folder if settings.folder.exists() else ".")
    return Stored(
        settings.s3_bucket,
        tuple(sorted(prizes, key=lambda prize: (-prize.stored, prize.name))),
        sum(files for files, _ in there.values()),
        sum(size for _, size in there.values()),
        _count(db, Upload, *_under_way(db)),
        sum(prize.coming for prize in prizes),
        disk.total,
        disk.free,
        _check(db, SWEEP),
    )


@query(Action.RUN_INSTALLATION)
def trail(db: Session, actor: Actor) -> Trail:
    """How far the audit trail is sealed and anchored, and what its last verification found."""
    first = db.exec(select(func.min(AuditRow.at)).where(col(AuditRow.seal).is_(None))).one()
    not_anchored = col(Seal.anchored_at).is_(None)
    late = now(db) - UNSEALED
    return Trail(
        _count(db, AuditRow),
        unsealed_rows(db),
        first,
        first is not None and first < late,
        _count(db, Seal),
        db.exec(select(func.max(Seal.at))).one(),
        _count(db, Seal, not_anchored),
        _count(db, Seal, not_anchored, col(Seal.at) < late) > 0,
        being_verified(db),
        _check(db, VERIFY),
    )


@command(Action.RUN_INSTALLATION)
def verify_installation(db: Session, actor: Actor) -> None:
    """Have the audit trail, its seals and anchors, and every stored file recomputed by the worker."""
    order_verification(db)


@command(Action.RUN_INSTALLATION)
def sweep_store(db: Session, actor: Actor) -> None:
    """Have what is left over in the store listed and deleted now instead of at the day's time.

    A sweep that runs at this moment is as good as another.
    """
    reschedule(db, SWEEP, REGULAR_JOB, now(db))


def _under_way(db: Session) -> tuple[ColumnElement[bool], ...]:
    return col(Upload.finished_at).is_(None), col(Upload.expires_at) > now(db)


def _count(db: Session, table: type, *which: ColumnElement[bool]) -> int:
    return int(db.exec(select(func.count()).select_from(table).where(*which)).one())


def _check(db: Session, kind: str) -> CheckShown | None:
    row = db.get(LastCheck, kind)
    return CheckShown(row.ended_at, row.summary, row.found, tuple(row.findings)) if row else None
