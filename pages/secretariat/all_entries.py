"""The table of a ranking: every entry with its scores, its places and its chance."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

import streamlit as st

from judging.analyses.shown import AnalysisShown, Estimate, RankedEntry, Standing
from judging.results import ResultLine, Results
from pages.components.figures import between, points
from pages.components.layout import Cell, Link, heading, nbsp, table
from pages.components.words import plain
from pages.components.worked_example import tie_words
from pages.secretariat.standing import chance_words, gate_words, place_words
from prize.models import RankedBy
from prize.rubric import RubricShown

ROWS: Final = 100
"""How many entries the table shows at once."""
NAMES: Final = MappingProxyType(
    {
        Standing.UNDECIDED: "Undecided",
        Standing.CLEAR: "Clear",
        Standing.BELOW: "Below",
        Standing.STOPPED: "Stopped",
        Standing.UNSCORED: "Not scored",
    }
)


def all_entries(shown: AnalysisShown, now: Results) -> None:
    """The table, filtered by where entries stand."""
    by = now.stage.ranked_by
    lines = _by_standing(shown, now)
    heading("All entries", f"by {by.value}")
    chosen = st.segmented_control(
        "Show",
        list(NAMES),
        format_func=lambda standing: f"{NAMES[standing]} ({len(lines[standing])})",
        key="ranking shown",
        default=next((standing for standing in NAMES if lines[standing]), Standing.UNDECIDED),
        required=True,
        label_visibility="collapsed",
    )
    kind = chosen or Standing.UNDECIDED
    rows = lines[kind]
    if not rows:
        st.markdown(":gray[There is no such entry.]")
        return
    pages = -(-len(rows) // ROWS)
    at = min(st.pagination(pages, key=f"ranking page of {kind}"), pages) if pages > 1 else 1
    _table(shown, now, rows[(at - 1) * ROWS : at * ROWS])
    st.caption(plain(nbsp(_columns(shown.top, by, now.rubric))))


def _by_standing(shown: AnalysisShown, now: Results) -> dict[Standing, list[RankedEntry]]:
    analysed = {line.entry_id for line in shown.ranking}
    waiting = [_unscored(line) for line in now.lines if line.entry_id not in analysed]
    every = sorted([*shown.ranking, *waiting], key=lambda line: _order(line, now.stage.ranked_by))
    return {standing: [line for line in every if line.standing is standing] for standing in NAMES}


def _order(line: RankedEntry, by: RankedBy) -> tuple[bool, float, int, str]:
    if by is RankedBy.MEAN:
        return line.mean is None, -(line.mean or 0.0), line.mean_place or 0, line.code
    return line.adjusted.value is None, -(line.adjusted.value or 0.0), line.place or 0, line.code


def _unscored(line: ResultLine) -> RankedEntry:
    nothing = Estimate(None)
    return RankedEntry(
        line.entry_id, line.code, 0, None, None, nothing, None, None, None, None, Standing.UNSCORED, (), ""
    )


def _table(shown: AnalysisShown, now: Results, rows: Sequence[RankedEntry]) -> None:
    criteria = [criterion.name for criterion in now.rubric.criteria]
    results = {line.entry_id: line for line in now.lines}
    gates = ["Recommended"] if now.rubric.gates else []
    scores = ("Entry", "Mean", "Adjusted", "95 %", "Place", "Place 95 %", f"Top {shown.top}")
    stopped = rows[0].standing is Standing.STOPPED
    headers = [*scores, *criteria, *gates, "Stopped by" if stopped else "Why it moved"]
    last = len(headers) - 1
    table(
        headers,
        [_row(line, now, results.get(line.entry_id)) for line in rows],
        numbers=range(1, last - len(gates)),
        hide_on_phone={3, 4, 5, *range(7, last + 1)},
        caption="All entries",
    )


def _row(line: RankedEntry, now: Results, result: ResultLine | None) -> list[Cell]:
    adjusted = line.adjusted
    means = result.means if result else (None,) * len(now.rubric.criteria)
    gates = [gate_words(result.gates, short=True) if result else ""] if now.rubric.gates else []
    return [
        Link(line.code, f"/entries?prize={now.stage.prize_id}&entry={line.entry_id}"),
        points(line.mean),
        points(adjusted.value),
        between(adjusted.low, adjusted.high, 1),
        place_words(line, now.stage.ranked_by),
        between(line.place_low, line.place_high),
        chance_words(line),
        *(points(mean) for mean in means),
        *gates,
        ", ".join(line.stopped_by) or line.moved,
    ]


def _columns(top: int, by: RankedBy, rubric: RubricShown) -> str:
    ties = f" {tie_words(rubric)}" if rubric.breaking_ties and by is RankedBy.MEAN else ""
    best = "the best" if top == 1 else f"among the best {top}"
    return (
        "Mean: each criterion's mean over its judges, weighted by the rubric. Adjusted: the same, allowing for who "
        "judged it. 95 %: where its true value is, with a chance of 95 %. "
        f"Place: by {by.value}; two numbers, first by mean and then by adjusted score, where they differ by much. "
        f"Place 95 %: the same range for its place. Top {top}: its chance of truly being {best}; "
        f"undecided is between 10 and 90 %. Criteria: the mean of its judges.{_asked(rubric)}{ties}"
    )


def _asked(rubric: RubricShown) -> str:
    if not rubric.gates:
        return ""
    asked = "; ".join(f"“{gate.wording}”" for gate in rubric.gates)
    return f" Recommended: how many judges answer yes and no to {asked}."
