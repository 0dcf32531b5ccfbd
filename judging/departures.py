"""Choices that depart from the published rules: out of the order, below a threshold, or left out of a draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from uuid import UUID

from sqlmodel import Session

from judging.analyses.kept import newest_analysis
from judging.draws import draw_of
from judging.models import PLACES, Decision, Outcome
from judging.outcome_models import Draw
from judging.results import ResultLine, result_lines
from prize.entries.models import Entry
from prize.models import RankedBy, Stage
from storage.database import matching

OUT = (Outcome.INELIGIBLE, Outcome.WITHDRAWN, Outcome.FAILED_CHECKS)
"""Outcomes that no choice of the panel has brought about."""


def departures(db: Session, stage: Stage, without: Set[UUID] = frozenset()) -> dict[UUID, tuple[str, ...]]:
    """The choices of a stage that need a reason of their own, each with why, as if entries ``without`` did not exist.

    So many entries are chosen: whoever of them does not stand among the first so many departs from the order. Whoever
    has a place by lot follows the rules, and is not looked at; what was left out of the draw departs whatever becomes
    of it.
    """
    draw = draw_of(db, stage.id)
    rows = {row.entry_id: row for row in matching(db, Decision, stage_id=stage.id) if row.entry_id not in without}
    codes = {entry.id: str(entry.code) for entry in matching(db, Entry, stage_id=stage.id)}
    by_lot = {key for key, row in rows.items() if draw and row.outcome in PLACES and codes[key] in draw.entries}
    left = by_lot | without
    results = {line.entry_id: line for line in result_lines(db, stage.id, without) if line.entry_id not in left}
    chosen = [key for key, row in rows.items() if row.outcome in PLACES and key not in left]
    places = _places(db, stage, results, without)
    compared = [key for key in results if rows.get(key) is None or rows[key].outcome not in OUT]
    first = sorted(places[key] for key in compared if key in places)[: len(chosen)]
    found = {key: _why(results.get(key), places.get(key), first) for key in chosen}
    for key, row in rows.items():
        if row.outcome not in OUT and (why := left_out_because(draw, codes[key])):
            found[key] = (f"It was left out of the draw: {why}", *found.get(key, ()))
    return {key: words for key, words in found.items() if words}


def left_out_because(draw: Draw | None, code: str) -> str:
    """Why an entry is not in the list of a draw for which it competed; empty where that is not so."""
    return next((str(reason) for left, reason in (draw.left_out if draw else ()) if left == code), "")


def _places(db: Session, stage: Stage, results: Mapping[UUID, ResultLine], without: Set[UUID]) -> dict[UUID, int]:
    """Where entries stand by the score that the rules name; those that a threshold stops stand nowhere."""
    by_mean = {key: line.place for key, line in results.items()}
    newest = newest_analysis(db, stage.id, without) if stage.ranked_by is RankedBy.ADJUSTED else None
    adjusted = {line.entry_id: line.place for line in newest.shown.ranking} if newest else by_mean
    return {key: place for key in by_mean if (place := adjusted.get(key)) is not None and by_mean[key] is not None}


def _why(line: ResultLine | None, place: int | None, first: Sequence[int]) -> tuple[str, ...]:
    if line is None:
        return ("It was not judged.",)
    words = []
    if line.stopped_by:
        words.append(f"It is below the minimum for {', '.join(line.stopped_by)}.")
    elif place is None:
        words.append("A criterion has no score, so it has no place.")
    elif place > first[-1]:
        words.append("It stands below an entry that is not chosen.")
    words += [f"Judges answer “{gate.wording}” with no." for gate in line.gates if gate.no and gate.no >= gate.yes]
    return tuple(words)
