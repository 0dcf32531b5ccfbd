"""Reads a file of ratings, a scale and the criteria's weights, and says by row and column what is wrong with them."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import math
import re
import unicodedata
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import numpy as np

from judging.statistics.ratings import LARGEST, SMALLEST, Booleans, Floats, Integers, Ratings

OVERALL = "overall"
MOST_BYTES = 2**28
"""Of a compressed file, unpacked."""

_GZIP = b"\x1f\x8b"

_NEEDED = ("submission", "judge", "score")
_KNOWN = ("submission", "judge", "criterion", "score", "order", "version")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,18}(?:\.0*)?", re.ASCII)
_MOMENT = re.compile(r"[+-]?\d{1,19}(?:\.0*)?", re.ASCII)  # of nanoseconds there are so many
_OFF_GRID = 1e-6  # of a step
_MOST_STEPS = 10**12
_NAMED = 5  # how many examples a warning names


class RatingsError(ValueError):
    """What is wrong with the ratings or an option; the text names row and column where there are any."""


@dataclass(frozen=True)
class Scale:
    """The lowest and highest possible score and, where scores stand on a grid from ``low`` up, its step."""

    low: float
    high: float
    step: float | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and math.isfinite(self.high - self.low)):
            raise RatingsError("The ends of the scale are not finite numbers.")
        if self.low >= self.high:
            raise RatingsError(f"The scale ends at {self.high:g}, which is not above its beginning, {self.low:g}.")
        if self.step is None:
            return
        if not (math.isfinite(self.step) and self.step > 0):
            raise RatingsError("The step of the scale is not a positive number.")
        steps = (self.high - self.low) / self.step
        if not math.isfinite(steps) or steps < 1 - _OFF_GRID or abs(steps - round(steps)) > _OFF_GRID:
            raise RatingsError(f"Steps of {self.step:g} from {self.low:g} do not reach {self.high:g}.")
        if steps > _MOST_STEPS:
            raise RatingsError(f"There are too many steps of {self.step:g} from {self.low:g} to {self.high:g}.")

    @classmethod
    def parse(cls, text: str) -> Scale:
        """The scale that ``LOW,HIGH[,STEP]`` says, as in ``0,10,0.5``."""
        parts = [part.strip() for part in text.split(",")]
        if len(parts) not in (2, 3) or not all(_NUMBER.fullmatch(part) for part in parts):
            raise RatingsError(f"The scale is written LOW,HIGH or LOW,HIGH,STEP, as in 0,10,0.5, and not {text!r}.")
        return cls(*(float(part) for part in parts))

    @property
    def categories(self) -> int | None:
        """How many scores are possible, or None without a grid."""
        return None if self.step is None else round((self.high - self.low) / self.step) + 1

    def holds(self, scores: Floats) -> Booleans:
        """Whether each score is on the scale; its ends give way by rounding alone."""
        slack = 1e-9 * (self.high - self.low) if self.step is None else _OFF_GRID * self.step
        return (scores >= self.low - slack) & (scores <= self.high + slack)

    def on_grid(self, scores: Floats) -> Booleans:
        """Whether each score is a whole number of steps above ``low``, but for rounding."""
        if self.step is None:
            return np.ones(len(scores), dtype=np.bool_)
        steps = (scores - self.low) / self.step
        return np.abs(steps - np.round(steps)) <= _OFF_GRID


@dataclass(frozen=True)
class Read:
    """A file's scores, how many rows had none, what its sender should know, and the SHA-256 of its bytes in hex."""

    ratings: Ratings
    skipped: int
    warnings: tuple[str, ...]
    sha256: str


def read_ratings(
    source: Path | str | bytes, scale: Scale | None = None, version: Literal["first", "last"] = "first"
) -> Read:
    """The scores of a CSV file with columns submission, judge, score and perhaps criterion, order and version.

    Ids are trimmed and brought to Unicode NFC, and otherwise kept as they are: ``NA`` and ``007`` are ids. A row
    without a score is skipped. Without a column criterion there is one, ``overall``.

    Parameters
    ----------
    source : a file's path, or its bytes: UTF-8, with commas, or with semicolons and decimal commas; perhaps compressed
        with gzip.
    scale : scores beside it are errors.
    version : which of several versions of a score counts.

    Raises
    ------
    RatingsError : for the first thing that is wrong, with its row as a spreadsheet counts them, and its column.
    OSError : the file cannot be read.
    """
    content = source if isinstance(source, bytes) else Path(source).read_bytes()
    rows = _Rows(_text(_unpacked(content)))
    rows.read()
    if not rows.score:
        raise RatingsError(
            "The file has no scores." if not rows.skipped else f"None of the file's {rows.skipped} rows has a score."
        )
    score = np.frombuffer(rows.score, dtype=float)
    row = np.frombuffer(rows.row, dtype=np.int64)
    if scale is not None:
        _check_scale(scale, score, row)
    names = rows.submission, rows.judge, rows.criterion
    if len(rows.criterion.names) > 1 and OVERALL in rows.criterion.names:
        first = row[rows.criterion.codes == rows.criterion.names.index(OVERALL)].min()
        raise RatingsError(f"Row {first}, column criterion: beside others, no criterion may be called {OVERALL}.")
    kept = _version(names, np.frombuffer(rows.version, dtype=np.int64), row, version)
    submission, judge, criterion = (name.positions[kept] for name in names)
    order = rows.times()
    submissions, judges, criteria = (tuple(sorted(name.names)) for name in names)
    ratings = Ratings(
        submissions,
        judges,
        criteria,
        submission,
        judge,
        criterion,
        score[kept],
        None if order is None else order[kept],
    )
    return Read(ratings, rows.skipped, tuple(rows.warnings()), hashlib.sha256(content).hexdigest())


def parse_weights(text: str, criteria: Sequence[str]) -> dict[str, float]:
    """The weights that ``name=2,other=1`` or a JSON object says, in the order of ``criteria``.

    Raises
    ------
    RatingsError : unreadable, or not what `checked_weights` asks for.
    """
    pairs: list[tuple[str, object]] = []
    if text.lstrip().startswith("{"):
        try:
            pairs = json.loads(text, object_pairs_hook=list)
        except (ValueError, RecursionError) as error:
            raise RatingsError(f"The criteria's weights are not a JSON object: {error}.") from error
    else:
        for part in text.split(","):
            name, equals, number = part.rpartition("=")
            if not equals:
                raise RatingsError(f"A criterion's weight is written name=2, and not {part.strip()!r}.")
            pairs.append((name, float(number) if _NUMBER.fullmatch(number.strip()) else number.strip()))
    weights: dict[str, float] = {}
    for name, weight in pairs:
        key = tidy_id(name)
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            raise RatingsError(f"The weight of criterion {key!r} is not a number: {weight!r}.")
        if key in weights:
            raise RatingsError(f"Criterion {key!r} has two weights.")
        weights[key] = _as_float(weight)
    return checked_weights(weights, criteria)


def checked_weights(weights: Mapping[str, float], criteria: Sequence[str]) -> dict[str, float]:
    """The same weights in the order of ``criteria``.

    Raises
    ------
    RatingsError : a weight is negative or not finite, all are zero, a criterion is unknown or has none.
    """
    unknown = sorted(set(weights) - set(criteria))
    if unknown:
        raise RatingsError(f"There is no criterion {unknown[0]!r} to weigh; there are {_listed(criteria)}.")
    missing = sorted(set(criteria) - set(weights))
    if missing:
        raise RatingsError(f"Weights name every criterion; there is none for {_listed(missing)}.")
    for name, weight in weights.items():
        if not (math.isfinite(weight) and weight >= 0):
            raise RatingsError(f"The weight of criterion {name!r} is {weight:g}; weights are 0 or more.")
    if not any(weights.values()):
        raise RatingsError("Every criterion has weight 0, so there is no total.")
    return {name: float(weights[name]) for name in criteria}


class _Names:
    """Ids as they come, each with a number; what a cell says is looked up before it is trimmed."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.code_of: dict[str, int] = {}
        self._own: dict[str, int] = {}
        self._codes = array("q")
        self.append = self._codes.append

    def code(self, cell: str) -> int:
        """The number of an id, or -1 where the cell is blank."""
        name = tidy_id(cell)
        if not name:
            return -1
        number = self._own.setdefault(name, len(self.names))
        if number == len(self.names):
            self.names.append(name)
        self.code_of[cell] = number
        return number

    @property
    def codes(self) -> Integers:
        return np.frombuffer(self._codes, dtype=np.int64).astype(np.intp)

    @property
    def positions(self) -> Integers:
        """For each row its id's place among the sorted ids."""
        place = np.empty(len(self.names), dtype=np.intp)
        place[sorted(range(len(self.names)), key=self.names.__getitem__)] = np.arange(len(self.names))
        return place[self.codes]


class _Rows:
    """The columns of a file, filled row by row."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.submission, self.judge, self.criterion = _Names(), _Names(), _Names()
        self.score, self.row, self.version = array("d"), array("q"), array("q")
        self.order: list[str] | None = None
        self.skipped = 0
        self._ignored: list[str] = []
        self._semicolons = False
        self._no_order = 0

    def read(self) -> None:
        records, place, width = self._opened()
        at = {name: place.get(name, -1) for name in _KNOWN}
        named = ((self.submission, at["submission"]), (self.judge, at["judge"]), (self.criterion, at["criterion"]))
        by_version, by_order, by_score = at["version"], at["order"], at["score"]
        if by_order >= 0:
            self.order = []
        scores: dict[str, float | None] = {}
        versions: dict[str, int] = {}
        for row, cells in records:
            if len(cells) != width and not _fit(cells, width, row):
                continue
            said = cells[by_score]
            if said in scores:
                score = scores[said]
            else:
                score = scores[said] = self._number(said, row)
            if score is None:
                self.skipped += any(cell.strip() for cell in cells)
                continue
            for names, column in named:
                cell = cells[column] if column >= 0 else OVERALL
                code = names.code_of.get(cell, -1)
                if code < 0:
                    code = names.code(cell)
                    if code < 0:
                        column_name = next(name for name in _KNOWN if at[name] == column)
                        raise RatingsError(f"Row {row}, column {column_name}: there is a score and no {column_name}.")
                names.append(code)
            if by_version >= 0:
                said = cells[by_version]
                if said not in versions:
                    versions[said] = _whole(said, row, "version")
                self.version.append(versions[said])
            if self.order is not None:
                self.order.append(cells[by_order])
            self.score.append(score)
            self.row.append(row)
        if by_version < 0:
            self.version = array("q", bytes(8 * len(self.score)))

    def _opened(self) -> tuple[Iterator[tuple[int, list[str]]], dict[str, int], int]:
        """Rows with their numbers, from the one after the header; where each known column is; how many there are."""
        found: list[str] = []
        unreadable: RatingsError | None = None
        for separator in ",;":
            records = _records(self._text, separator)
            try:
                row, header = next(((row, cells) for row, cells in records if any(map(str.strip, cells))), (1, []))
            except RatingsError as error:  # quotation marks that close before the other separator
                unreadable = unreadable or error
                continue
            if not header:
                raise RatingsError("The file is empty.")
            names = [tidy_id(cell).casefold() for cell in header]
            while names and not names[-1]:
                names.pop()
            if separator == "," or all(name in names for name in _NEEDED):
                found = names
            if all(name in found for name in _NEEDED):
                break
        missing = [name for name in _NEEDED if name not in found]
        if missing and unreadable is not None:
            raise unreadable
        if missing:
            raise RatingsError(f"Row {row} lacks the columns {_listed(missing)}; it has {_listed(found)}.")
        twice = next((name for name in _KNOWN if found.count(name) > 1), None)
        if twice:
            raise RatingsError(f"Row {row}: there are two columns {twice}.")
        self._semicolons = separator == ";"
        self._ignored = [name for name in found if name not in _KNOWN]
        return records, {name: found.index(name) for name in _KNOWN if name in found}, len(found)

    def _number(self, said: str, row: int) -> float | None:
        text = said.strip()
        if not text:
            return None
        if self._semicolons and "." not in text:
            text = text.replace(",", ".", 1)
        number = float(text) if _NUMBER.fullmatch(text) else math.nan
        if not math.isfinite(number):
            raise RatingsError(f"Row {row}, column score: {said.strip()!r} is not a finite number.")
        if abs(number) > LARGEST:
            raise RatingsError(f"Row {row}, column score: {said.strip()!r} is too large to compute with.")
        if 0 < abs(number) < SMALLEST:
            raise RatingsError(f"Row {row}, column score: {said.strip()!r} is too near to 0 to compute with.")
        return number

    def times(self) -> Floats | None:
        """When each score was given: whole numbers, or seconds of ISO times, NaN where a row does not say; or None."""
        if self.order is None:
            return None
        self._no_order = sum(not said.strip() for said in self.order)
        if self._no_order == len(self.order):
            return None
        kinds: dict[str, int] = {}
        times = np.full(len(self.order), np.nan)
        for index, (said, row) in enumerate(zip(self.order, self.row, strict=True)):
            if not said.strip():
                continue
            kind, times[index] = _time(said.strip(), row)
            kinds.setdefault(kind, row)
            if len(kinds) > 1:
                first, second = kinds
                raise RatingsError(f"Row {row}, column order: {second}, where row {kinds[first]} has {first}.")
        return times

    def warnings(self) -> Iterator[str]:
        if self._semicolons:
            yield "The columns are separated by semicolons, so a comma in a score was read as its decimal point."
        if self._ignored:
            yield f"Columns that were ignored: {_listed(self._ignored)}."
        if self.skipped:
            yield f"Rows without a score, which were skipped: {self.skipped}."
        if self._no_order:
            yield f"Rows with a score and no order: {self._no_order}. Their scorecards were left out of drift."
        for column, names in (("submission", self.submission), ("judge", self.judge), ("criterion", self.criterion)):
            yield from _nearly_equal(column, names.names)


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(_GZIP):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            found = packed.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise RatingsError("The file is compressed, and cannot be unpacked.") from error
    if len(found) > MOST_BYTES:
        raise RatingsError(f"The file is compressed, and has more than {MOST_BYTES >> 20} MiB unpacked.")
    return found


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = len((content[: error.start] + b".").splitlines())
        raise RatingsError(f"Row {row}: the file is not UTF-8 text. Save it as CSV in UTF-8.") from error


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    row = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row, cells in enumerate(reader, 1):
            yield row, cells
    except csv.Error as error:
        if "end of data" in str(error):
            raise RatingsError(f"Row {row + 1}: a quotation mark opens that does not close.") from error
        raise RatingsError(f"Row {row + 1} cannot be read: {error}.") from error


def _fit(cells: list[str], width: int, row: int) -> bool:
    """Whether a row of another length than the header's says anything; blank cells past the header's are cut off."""
    if not any(map(str.strip, cells)):
        return False
    if len(cells) < width or any(map(str.strip, cells[width:])):
        raise RatingsError(f"Row {row} has {len(cells)} cells, where the header has {width} columns.")
    return True


def tidy_id(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip()


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _whole(said: str, row: int, column: str) -> int:
    if not _WHOLE.fullmatch(said.strip()):
        raise RatingsError(f"Row {row}, column {column}: {said.strip()!r} is not a whole number.")
    return int(said.strip().partition(".")[0])


def _time(said: str, row: int) -> tuple[str, float]:
    if _MOMENT.fullmatch(said):
        return "a whole number", float(said)
    try:
        time = datetime.fromisoformat(said)
        if time.tzinfo is None:
            return "a time without a zone", time.replace(tzinfo=UTC).timestamp()
        return "a time with its zone", time.timestamp()
    except (ValueError, OverflowError) as error:
        raise RatingsError(f"Row {row}, column order: {said!r} is neither a whole number nor an ISO time.") from error


def _check_scale(scale: Scale, score: Floats, row: Integers) -> None:
    for fits, problem in (
        (scale.holds(score), f"is not between {scale.low:g} and {scale.high:g}"),
        (scale.on_grid(score), f"is not a whole number of steps of {scale.step or 0:g} above {scale.low:g}"),
    ):
        if not fits.all():
            first = int(np.argmin(fits))
            raise RatingsError(f"Row {row[first]}, column score: {score[first]:g} {problem}.")


def _version(
    names: tuple[_Names, _Names, _Names], version: Integers, row: Integers, wanted: Literal["first", "last"]
) -> Integers:
    """The rows that count, sorted by submission, judge and criterion: of each cell's versions the first or the last."""
    submission, judge, criterion = (name.positions for name in names)
    rows = np.lexsort((row, version, criterion, judge, submission))
    same = (np.diff(submission[rows]) == 0) & (np.diff(judge[rows]) == 0) & (np.diff(criterion[rows]) == 0)
    twice = np.flatnonzero(same & (np.diff(version[rows]) == 0))
    if len(twice):
        second = twice[np.argmin(row[rows[twice + 1]])] + 1
        one, other = rows[second], rows[second - 1]
        who, by, what = (name.names[name.codes[one]] for name in names)
        raise RatingsError(
            f"Row {row[one]}, column score: row {row[other]} has a score of submission {who!r} by judge {by!r} on "
            f"criterion {what!r} already."
        )
    counts = np.append(True, ~same) if wanted == "first" else np.append(~same, True)
    kept: Integers = rows[counts]
    return kept


def _nearly_equal(column: str, names: Iterable[str]) -> Iterator[str]:
    alike: dict[str, list[str]] = defaultdict(list)
    for name in names:
        alike["".join(name.casefold().split())].append(name)
    several = sorted(sorted(group) for group in alike.values() if len(group) > 1)
    if several:
        examples = "; ".join(_listed(group) for group in several[:_NAMED])
        rest = f"; and {len(several) - _NAMED} more" if len(several) > _NAMED else ""
        yield f"Names in column {column} that differ only in case or spaces, and were kept apart: {examples}{rest}."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names)
