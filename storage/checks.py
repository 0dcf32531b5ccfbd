"""What came out of the last look that the installation took at itself: a verification, a sweep of its store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlmodel import Field, Session, SQLModel, col, select

from storage.clock import now
from storage.jobs import Job, JobState, enqueue_once, job
from storage.types import document, moment
from storage.verifying import verify

VERIFY: Final = "verify the installation"
ABOUT: Final = "installation"
MOST_KEPT: Final = 100
"""So many findings are kept; the summary counts all of them."""


class LastCheck(SQLModel, table=True):
    """What a kind of check found when it was last done. ``findings`` are the first of ``found``, in words."""

    __tablename__ = "last_check"

    kind: str = Field(primary_key=True, max_length=60)
    ended_at: datetime = moment()
    summary: str = Field(max_length=500)
    found: int = 0
    findings: list[str] = document()


def note_check(db: Session, kind: str, summary: str, findings: Sequence[str] = (), found: int | None = None) -> None:
    """Write down what a check found, in place of what it found before."""
    row = db.get(LastCheck, kind) or LastCheck(kind=kind, ended_at=now(db), summary="", findings=[])
    row.ended_at, row.summary = now(db), summary
    row.found, row.findings = len(findings) if found is None else found, list(findings[:MOST_KEPT])
    db.add(row)


def order_verification(db: Session) -> None:
    """Have everything verified by the worker, once if it is asked for again meanwhile."""
    enqueue_once(db, VERIFY, {}, run_at=now(db), about=ABOUT)


def being_verified(db: Session) -> bool:
    """Whether a verification waits or runs."""
    busy = col(Job.state).in_((JobState.WAITING, JobState.RUNNING))
    return db.exec(select(Job.id).where(col(Job.kind) == VERIFY, col(Job.about) == ABOUT, busy)).first() is not None


def _verified(_: Mapping[str, Any]) -> tuple[str, tuple[str, ...], int]:
    words: list[str] = []
    seen = verify(lambda line: words.append(line) if len(words) < MOST_KEPT else None, patient=True)
    return seen.summary().replace(", listed above", ""), tuple(words), seen.findings


@job(VERIFY, before=_verified)
def _noted(db: Session, _: Mapping[str, Any], seen: tuple[str, tuple[str, ...], int]) -> None:
    summary, words, found = seen
    note_check(db, VERIFY, summary, words, found)
