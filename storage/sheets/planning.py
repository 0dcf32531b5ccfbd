"""What an import would do, shown before it is done; and that what is done is what was shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pydantic import ConfigDict, TypeAdapter, ValidationError

from storage.canonical import digest
from storage.errors import Invalid, Stale
from storage.sheets.columns import Chosen, Problem, Question, Read, problem_words, read_columns
from storage.sheets.matching import Match, Wanted
from storage.sheets.reading import NO_SHEET, Sheet, SheetRow


@dataclass(frozen=True)
class MatchedSheet:
    """A sheet with which of its columns hold what, and how those are written that could be read in two ways."""

    __pydantic_config__ = ConfigDict(strict=True, revalidate_instances="always")

    sheet: Sheet = NO_SHEET
    matches: tuple[Match, ...] = ()
    chosen: tuple[Chosen, ...] = ()


NOTHING_MATCHED: Final = MatchedSheet()


class Fate(StrEnum):
    """What an import does with a row."""

    NEW = "new"
    CHANGED = "changed"
    THERE = "already there"


@dataclass(frozen=True)
class PlannedRow:
    """A row as it would be kept, in words under the plan's columns."""

    number: int
    fate: Fate
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What an import would do. While there are problems or questions it does nothing at all.

    ``digest`` is of all that would be done, and of what stands there now.
    """

    columns: tuple[str, ...]
    rows: tuple[PlannedRow, ...]
    problems: tuple[Problem, ...]
    questions: tuple[Question, ...]
    digest: str


@dataclass(frozen=True)
class Imported:
    """How many rows an import has added, changed and found there already."""

    added: int
    changed: int
    there: int


def read_matched(given: MatchedSheet, wanted: Sequence[Wanted], most: int) -> Read:
    """The wanted columns of a sheet of at most ``most`` rows.

    Raises
    ------
    Invalid : there is no row, there are too many, or a row is not as long as the heading.
    """
    sheet = given.sheet
    if not sheet.rows:
        raise Invalid("There is no row to import. Choose a file first.", "given")
    if len(sheet.rows) > most:
        raise Invalid(f"At most {most:,} rows are imported at once, and there are {len(sheet.rows):,}. Split the file.")
    if any(len(row.cells) != len(sheet.header) for row in sheet.rows):
        raise Invalid("A row is not as long as the heading. Choose the file again.", "given")
    return read_columns(sheet, wanted, given.matches, given.chosen)


def twice(read: Read, keys: tuple[str, ...], column: str) -> Iterator[Problem]:
    """Rows that say again what an earlier one says."""
    first: dict[tuple[str, ...], int] = {}
    for row in read.rows:
        said = tuple(str(row.values[key]).casefold() for key in keys)
        if said in first:
            yield Problem(row.number, column, f"It stands in row {first[said]} already. Keep one of them.")
        first.setdefault(said, row.number)


def misfits(read: Read, key: str, column: str, fitting: TypeAdapter[str]) -> Iterator[Problem]:
    """Texts that are longer than what is kept, or have lines where there is one."""
    for row in read.rows:
        try:
            fitting.validate_python(row.values[key])
        except ValidationError as error:
            yield Problem(row.number, column, f"The {column.lower()} {error.errors()[0]['ctx']['error']}.")


def plan_of(
    read: Read,
    columns: Sequence[str],
    rows: Sequence[PlannedRow],
    problems: Sequence[Problem] = (),
    replaced: Sequence[Any] = (),
) -> Plan:
    """The plan of a sheet that was read. ``problems`` are those beyond its cells, ``replaced`` is what stands in the
    place of its rows now and the digest is to be of as well."""
    every = tuple(sorted((*read.problems, *problems), key=lambda problem: problem.row))
    content = [columns, [[row.number, row.fate, row.cells] for row in rows], replaced]
    return Plan(tuple(columns), tuple(rows), every, read.questions, digest(content))


def must_be_as_shown(plan: Plan, shown: str) -> None:
    """Nothing is imported unless everything can be, and unless it is what the person has seen.

    Raises
    ------
    Invalid : a row cannot be imported, or a column can be read in two ways.
    Stale : the plan is another than the one that was shown.
    """
    if plan.problems:
        several = f" {len(plan.problems)} things in all have to be mended." if len(plan.problems) > 1 else ""
        raise Invalid(f"{problem_words(plan.problems)[0]}{several} Nothing was imported.", "given")
    if plan.questions:
        raise Invalid(
            f"“{plan.questions[0].column}” can be read in two ways. Choose one. Nothing was imported.", "given"
        )
    if plan.digest != shown:
        raise Stale("What is there has changed since you looked. Look at it again, then import. Nothing was imported.")


def done(plan: Plan) -> Imported:
    """What has been done when a plan was carried out."""
    fates = [row.fate for row in plan.rows]
    return Imported(fates.count(Fate.NEW), fates.count(Fate.CHANGED), fates.count(Fate.THERE))


def narrowed(given: MatchedSheet) -> MatchedSheet:
    """The sheet with its matched columns alone: what else a file says is nobody's business and is sent nowhere."""
    kept = [at for at, name in enumerate(given.sheet.header) if name in {match.column for match in given.matches}]
    rows = tuple(SheetRow(row.number, tuple(row.cells[at] for at in kept)) for row in given.sheet.rows)
    sheet = Sheet(tuple(given.sheet.header[at] for at in kept), rows)
    return MatchedSheet(sheet, given.matches, given.chosen)
