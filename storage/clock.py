"""What time it is: the database's clock, which every replica shares."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, text
from sqlmodel import Column, Field, Session, SQLModel

from settings import get_settings
from storage.types import moment


class ClockOffset(SQLModel, table=True):
    """How far the clock has been moved. One row at most, and none in an installation that is used in earnest."""

    __tablename__ = "clock_offset"

    id: int = Field(primary_key=True)
    microseconds: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    stands_at: datetime | None = moment(optional=True)


def now(db: Session) -> datetime:
    """The present moment by the database's clock, in UTC; it goes on within a transaction."""
    if db.get_bind().dialect.name == "sqlite":  # which has no clock but this computer's, and counts milliseconds
        moment_now = datetime.now(UTC)
        moment_now = moment_now.replace(microsecond=moment_now.microsecond // 1000 * 1000)
    else:
        moment_now = db.connection().execute(text("SELECT clock_timestamp()")).scalar_one().astimezone(UTC)
    if not _moves():
        return moment_now
    offset = db.get(ClockOffset, 1)
    if offset is None:
        return moment_now
    return offset.stands_at or moment_now + timedelta(microseconds=offset.microseconds)


def move_to(db: Session, moment_then: datetime, *, stand_still: bool = False) -> None:
    """Set the clock; from there it goes on, or stands still. For tests, and for a demonstration's invented past."""
    if not _moves():
        raise RuntimeError("the clock moves in test mode and in demonstrations only")
    offset = db.get(ClockOffset, 1) or ClockOffset(id=1)
    offset.stands_at = None
    offset.microseconds = 0
    db.add(offset)
    db.flush()
    offset.microseconds = round((moment_then - now(db)) / timedelta(microseconds=1))
    offset.stands_at = moment_then if stand_still else None
    db.add(offset)
    db.flush()


def _moves() -> bool:
    settings = get_settings()
    return settings.test_mode or settings.demonstration


def reset(db: Session) -> None:
    """Take the clock back to the database's own."""
    offset = db.get(ClockOffset, 1)
    if offset is not None:
        db.delete(offset)
        db.flush()
