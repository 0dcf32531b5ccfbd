"""Column types that mean the same on SQLite and on PostgreSQL, and the names of constraints."""

from __future__ import annotations

import enum
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData, String, TypeDecorator, Uuid
from sqlalchemy import Enum as SqlEnum
from sqlmodel import Column, Field, SQLModel

SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
).naming_convention


class UtcTime(TypeDecorator[datetime]):
    """A moment: refuses naive values, and gives UTC back on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time needs a zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal number kept as text, so that no database rounds it."""

    impl = String(60)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


def identifier() -> Any:
    """The primary key of a row: a random UUID, which says nothing about when or in which order it was made."""
    return Field(default_factory=uuid.uuid4, primary_key=True, sa_type=Uuid)


def moment(*, optional: bool = False, index: bool = False) -> Any:
    """A column of times."""
    return Field(default=None if optional else ..., sa_column=Column(UtcTime, nullable=optional, index=index))


def choice(kind: type[enum.StrEnum], default: enum.StrEnum | None = None) -> Any:
    """A column that holds one of an enum's values, as text with a check."""
    stored = SqlEnum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )
    return Field(default=... if default is None else default, sa_column=Column(stored, nullable=False))


def decimal(*, optional: bool = False) -> Any:
    """A column of exact decimal numbers."""
    return Field(default=None if optional else ..., sa_column=Column(ExactDecimal, nullable=optional))


def document(*, optional: bool = False) -> Any:
    """A column of JSON."""
    return Field(default=None if optional else ..., sa_column=Column(JSON, nullable=optional))
