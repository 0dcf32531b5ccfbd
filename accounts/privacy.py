"""Where personal data lies, why, for how long, who sees it, and what erasing does: declared once for every table.

Each package declares its own tables in its ``erasure.py``, beside what it does when somebody is erased. A test compares
the declarations with the tables, so that a new column fails until somebody has said what it may hold; the same
declarations are printed as docs/privacy.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlmodel import Session, SQLModel, select

LAYERS = ("delivery", "judging", "prize", "mission", "accounts")
"""The order in which packages erase: whoever stands on others goes first, while what it stands on is still there."""

ERASED_NAME = "Erased person"
ERASED_ORGANISATION = "Erased organisation"
ERASED_WORDS = "(erased)"


@dataclass(frozen=True)
class Holding:
    """What a table holds about people.

    ``personal`` columns are emptied as ``erased`` says. ``acts`` say who did something and when: they stay, and point
    to a person without a name. ``texts`` are typed by anybody and may name somebody: the erased person's addresses and
    full name are taken out of them. ``nothing`` are columns in which no personal data can lie.
    """

    table: str
    what: str
    personal: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    why: str = ""
    how_long: str = ""
    seen_by: str = ""
    erased: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return self.personal + self.acts + self.texts + self.nothing


@dataclass
class Erasing:
    """Somebody who is being erased, and what is found out on the way.

    ``marks`` are the words by which others may have written of them; ``own_acts`` are the actions whose contents in the
    audit trail are theirs alone; ``files`` are the stored files of which they were the only owners.
    """

    person_id: UUID
    addresses: frozenset[str]
    marks: set[str]
    own_acts: set[str] = field(default_factory=set)
    files: set[UUID] = field(default_factory=set)


Eraser = Callable[[Session, Erasing], None]
Obstacle = Callable[[Session, UUID], str]

_holdings: dict[str, Holding] = {}
_erasers: list[tuple[str, Eraser]] = []
_obstacles: list[Obstacle] = []


def holds(
    table: str,
    what: str,
    *,
    personal: str = "",
    acts: str = "",
    texts: str = "",
    nothing: str = "",
    why: str = "",
    how_long: str = "",
    seen_by: str = "",
    erased: str = "",
) -> None:
    """Declare a table. Columns are given as words in a string, each in one of the four kinds."""
    if table in _holdings:
        raise ValueError(f"the table {table!r} is declared twice")
    personal_columns, act_columns, text_columns, other_columns = (
        tuple(words.split()) for words in (personal, acts, texts, nothing)
    )
    _holdings[table] = Holding(
        table, what, personal_columns, act_columns, text_columns, other_columns, why, how_long, seen_by, erased
    )


def erases(eraser: Eraser) -> Eraser:
    """Register what a package empties when somebody is erased."""
    _erasers.append((eraser.__module__.partition(".")[0], eraser))
    return eraser


def stands_in_the_way(obstacle: Obstacle) -> Obstacle:
    """Register why somebody cannot be erased yet; the function answers in words, or with nothing."""
    _obstacles.append(obstacle)
    return obstacle


def holdings() -> Mapping[str, Holding]:
    """Every declared table by its name."""
    return dict(_holdings)


def obstacles(db: Session, person_id: UUID) -> tuple[str, ...]:
    """Why a person cannot be erased yet, in words."""
    return tuple(words for words in (obstacle(db, person_id) for obstacle in _obstacles) if words)


def empty_everywhere(db: Session, erasing: Erasing) -> None:
    """Let each package empty what it holds, from the top of the house down.

    Raises
    ------
    RuntimeError : a package that has tables has not been imported with its ``erasure.py``, so that it would be missed.
    """
    if missed := sorted(SQLModel.metadata.tables.keys() - _holdings.keys()):
        raise RuntimeError(f"Nobody knows how to erase what lies in {', '.join(missed)}.")
    for layer in LAYERS:
        for package, eraser in _erasers:
            if package == layer:
                eraser(db, erasing)
                db.flush()


def columns_to_files(table: str = "") -> Iterator[Column[Any]]:
    """The columns that refer to stored files, of one table or of all."""
    for found in SQLModel.metadata.sorted_tables:
        if not table or found.name == table:
            yield from (
                one for one in found.columns if any(key.column.table.name == "stored_file" for key in one.foreign_keys)
            )


def files_in(db: Session, table: type[SQLModel], where: Any) -> set[UUID]:
    """The stored files to which some rows of a table refer."""
    found: set[UUID] = set()
    for column in columns_to_files(str(table.__tablename__)):
        found |= {file_id for file_id in db.scalars(select(column).where(where)) if file_id}
    return found
