"""How sure a ranking is, as a chart: adjusted scores with their intervals, and each judge's totals beside the mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import streamlit as st

from judging.analyses.shown import AnalysisShown, RankedEntry, Standing
from judging.results import ResultLine, Results
from pages.components import charts, interval_charts
from pages.components.charts import EntryTotals
from pages.components.figures import between, points
from pages.components.interval_charts import Interval, Kind
from pages.components.layout import Link, nbsp, table
from pages.secretariat.standing import chance_words, headline
from prize.lifecycle import Phase
from prize.models import RankedBy
from prize.stages import StageShown
from storage.values import counted

DRAWN: Final = 40
"""How many entries a chart shows at most; the table holds all."""
FEW: Final = 26
"""So many entries are all drawn."""
AROUND: Final = 10
"""How many entries are drawn below the undecided ones."""
ADJUSTED, MEAN = "Adjusted score", "Weighted mean"
LEGENDS: Final = MappingProxyType(
    {
        RankedBy.MEAN: "**Adjusted score** with 95 % interval, a check on the published rule; the tick is the "
        "**weighted mean**, by which that rule orders entries.",
        RankedBy.ADJUSTED: "**Adjusted score** with 95 % interval, by which the published rule orders entries; the "
        "tick is the **weighted mean**, a check on it.",
    }
)
LEGENDS_OF_MEANS: Final = MappingProxyType(
    {
        RankedBy.MEAN: "Each point is the total of one judge; the tick is the **weighted mean**, by which the "
        "published rule orders entries.",
        RankedBy.ADJUSTED: "Each point is the total of one judge; the tick is the **weighted mean**, a check on "
        "the adjusted score, by which the published rule orders entries.",
    }
)
KINDS: Final[Mapping[Standing, Kind]] = MappingProxyType(
    {
        Standing.CLEAR: "main",
        Standing.UNDECIDED: "undecided",
        Standing.BELOW: "below",
        Standing.STOPPED: "stopped",
    }
)


def ranking_chart(now: Results, shown: AnalysisShown) -> None:
    """Adjusted scores with their intervals or, when chosen, each judge's totals beside the weighted mean."""
    by = now.stage.ranked_by
    decides = MEAN if by is RankedBy.MEAN else ADJUSTED
    chosen = st.segmented_control(
        "Score",
        [ADJUSTED, MEAN],
        format_func=lambda name: f"{name} (published rule)" if name == decides else name,
        key="ranking by",
        default=ADJUSTED,
        required=True,
        label_visibility="collapsed",
    )
    if chosen == MEAN:
        _means(now)
    else:
        _intervals(now.stage, shown)


def _intervals(stage: StageShown, shown: AnalysisShown) -> None:
    lines = in_order(shown)
    drawn = around_the_cut(lines, shown.top)
    if not drawn:
        return
    chances = any(line.chance is not None for line in drawn)
    best = "being the best" if shown.top == 1 else f"the top\u00a0{shown.top}"
    right = f" Right: chance of {best}." if chances else ""
    st.markdown(nbsp(f"{LEGENDS[stage.ranked_by]}{right}"))
    charts.show(
        interval_charts.intervals(
            [
                Interval(
                    line.code,
                    line.adjusted.value or 0.0,
                    line.adjusted.value or 0.0 if line.adjusted.low is None else line.adjusted.low,
                    line.adjusted.value or 0.0 if line.adjusted.high is None else line.adjusted.high,
                    nbsp(chance_words(line)),
                    KINDS[line.standing],
                    line.mean,
                )
                for line in drawn
            ],
            head=f"Top {shown.top}" if chances else "",
            band="Undecided",
        ),
        alt=_finding(drawn, shown),
    )
    undecided = any(line.standing is Standing.UNDECIDED for line in drawn)
    rest = len(lines) - len(drawn)
    st.caption(
        nbsp(
            ("Undecided: a chance between 10 and 90 %. " if undecided else "")
            + "In points of the scale."
            + (f" The other {counted(rest, 'entry is', 'entries are')} in the table." if rest else "")
            + (" All of this changes while judges score." if stage.phase is Phase.JUDGING else "")
        )
    )


def in_order(shown: AnalysisShown) -> list[RankedEntry]:
    """Entries with an adjusted score, the highest first; those that a threshold stops among them."""
    scored = (line for line in shown.ranking if line.adjusted.value is not None)
    return sorted(scored, key=lambda line: (-(line.adjusted.value or 0.0), line.place or 0, line.code))


def around_the_cut(lines: Sequence[RankedEntry], top: int) -> Sequence[RankedEntry]:
    """What is drawn of many entries: the undecided, some below them, and as many above as there is room for."""
    if len(lines) <= FEW:
        return lines
    undecided = [at for at, line in enumerate(lines) if line.standing is Standing.UNDECIDED]
    cut = sum(line.place is not None and line.place <= top for line in lines) or min(top, len(lines))
    first, last = (undecided[0], undecided[-1] + 1) if undecided else (cut, cut)
    if last - first > DRAWN:
        first, last = max(first, cut - DRAWN // 2), min(last, cut + DRAWN // 2)
    last = min(last + AROUND, len(lines))
    return lines[max(0, last - DRAWN) : last]


def _finding(drawn: Sequence[RankedEntry], shown: AnalysisShown) -> str:
    first, last = drawn[0], drawn[-1]
    return (
        f"{headline(shown)}. Adjusted scores go from {points(first.adjusted.value)} ({first.code}) down to "
        f"{points(last.adjusted.value)} ({last.code})."
    )


def _means(now: Results) -> None:
    scored = [line for line in now.lines if line.mean is not None]
    if not scored:
        st.markdown(":gray[No entry has a score for each criterion yet.]")
        return
    drawn = scored[: max(FEW, min(now.stage.places + AROUND, DRAWN))]
    st.markdown(LEGENDS_OF_MEANS[now.stage.ranked_by])
    rubric = now.rubric
    charts.show(
        charts.dot_spread(
            [EntryTotals(line.code, line.totals, line.mean or 0.0) for line in drawn], (rubric.lowest, rubric.highest)
        ),
        alt=_finding_of_means(drawn),
    )
    with st.expander("The numbers"):
        _totals(drawn, now)
    rest = len(scored) - len(drawn)
    st.caption(
        f"In points of the scale, {rubric.scale}; highest mean on top. Spread: the highest total "
        "of a judge less the lowest."
        + (f" The other {counted(rest, 'entry is', 'entries are')} in the table." if rest else "")
        + (" All of this changes while judges score." if now.stage.phase is Phase.JUDGING else "")
    )


def _totals(lines: Sequence[ResultLine], now: Results) -> None:
    table(
        ("Entry", "Mean", "Totals", "Spread", "Scorecards"),
        [
            (
                Link(line.code, f"/entries?prize={now.stage.prize_id}&entry={line.entry_id}"),
                points(line.mean),
                between(min(line.totals, default=None), max(line.totals, default=None), 2),
                points(line.spread),
                f"{line.scorecards} of {line.assigned}",
            )
            for line in lines
        ],
        numbers=range(1, 5),
        hide_on_phone={4},
        caption="Totals of the judges",
    )


def _finding_of_means(drawn: Sequence[ResultLine]) -> str:
    widest = max(drawn, key=lambda line: line.spread or 0.0)
    first, last = drawn[0], drawn[-1]
    words = f"Weighted means go from {points(first.mean)} ({first.code}) down to {points(last.mean)} ({last.code})."
    return words + (f" Judges differ most about {widest.code}, by {points(widest.spread)}." if widest.spread else "")
