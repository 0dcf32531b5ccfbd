"""What the scores of a stage say: progress, weighted means, spread and agreement."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from judging.decisions import end_judging
from judging.results import ResultLine, Results, results
from pages.components import charts
from pages.components.acting import act, ask
from pages.components.badges import Badge, Badges, badge_of
from pages.components.charts import EntryTotals
from pages.components.layout import Cell, Link, columns_main_side, empty_list, heading, nbsp, page_header, table
from pages.components.places import present_stage
from pages.components.words import marked
from pages.secretariat.stages import BEFORE_JUDGING, counted, dates_line
from prize.lifecycle import Phase

DRAWN = 20
"""How many entries the chart shows at first; the table holds all."""
LISTED = 4
"""How many entries that a threshold stops are explained beside the chart; the table holds all."""
MINUS = "\u2212"


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    if stage.phase in BEFORE_JUDGING:
        page_header(f"{prize.title} · {stage.name}", "Results", badge=badge_of(stage.phase))
        empty_list("No scores yet", "When judging has begun, progress and results appear here as they come in.")
        return
    shown = ask(results, stage_id=stage.id)
    page_header(
        f"{prize.title} · {stage.name}",
        "Results",
        badge=badge_of(stage.phase),
        facts=_facts(shown),
        actions=(lambda: _end(shown)) if stage.phase is Phase.JUDGING else None,
    )
    main, side = columns_main_side()
    with main:
        _spread(shown)
    with side:
        _progress(shown)
        _agreement(shown)
        _stopped(shown)
    _all_entries(shown)


def _facts(shown: Results) -> str:
    done = f"{shown.complete:,} of {counted(shown.assigned, 'scorecard')} complete."
    if shown.stage.phase is Phase.JUDGING:
        return f"{done} {dates_line(shown.stage)}"
    return f"{done} No more scores are taken."


def _end(shown: Results) -> None:
    busy = sum(not row.finished for row in shown.progress if row.assigned)
    with st.popover("End judging", type="primary"):
        if busy:
            st.markdown(
                f"{counted(busy, 'judge has', 'judges have')} not finished. "
                "Judging can end when all have, or when its time is over."
            )
        st.markdown("From then on no score or comment can be changed, and decisions can be made.")
        st.button("Take no more scores", on_click=_end_judging, args=(shown.stage.id,))


def _end_judging(stage_id: UUID) -> None:
    act(end_judging, said="Judging has ended. Decisions can be made now.", stage_id=stage_id)


def _spread(shown: Results) -> None:
    scored = [line for line in shown.lines if line.mean is not None]
    heading(_standing(shown))
    if not scored:
        empty_list("No entry is scored yet", "An entry appears here when each criterion has a score.")
        return
    drawn = scored[:DRAWN]
    st.markdown("Each point is the total of one judge; the tick is the **weighted mean** by the published rubric.")
    rubric = shown.rubric
    charts.show(
        charts.dot_spread(
            [EntryTotals(line.code, line.totals, line.mean or 0.0) for line in drawn], (rubric.lowest, rubric.highest)
        ),
        alt=_finding(drawn),
    )
    rest = len(scored) - len(drawn)
    st.caption(
        f"In points of the scale, {rubric.lowest} to {rubric.highest}; highest mean on top."
        + (" All of this changes while judges score." if shown.stage.phase is Phase.JUDGING else "")
        + (f" The other {counted(rest, 'entry is', 'entries are')} in the table." if rest else "")
    )


def _standing(shown: Results) -> str:
    """What is known already, as the first line."""
    if all(line.mean is None for line in shown.lines):
        return "Scores by entry"
    stopped = sum(bool(line.stopped_by) for line in shown.lines)
    places = "is 1 place" if shown.stage.places == 1 else f"are {shown.stage.places:,} places"
    if not stopped:
        return f"No threshold stops an entry; there {places}"
    return f"{len(shown.lines) - stopped} of {len(shown.lines)} entries meet every threshold; there {places}"


def _finding(drawn: Sequence[ResultLine]) -> str:
    widest = max(drawn, key=lambda line: line.spread or 0.0)
    first, last = drawn[0], drawn[-1]
    words = f"Weighted means go from {_points(first.mean)} ({first.code}) down to {_points(last.mean)} ({last.code})."
    return words + (f" Judges differ most about {widest.code}, by {_points(widest.spread)}." if widest.spread else "")


def _progress(shown: Results) -> None:
    heading("Progress by judge")
    table(
        ("Judge", "Complete", "State"),
        [
            (
                row.name,
                f"{row.complete} of {row.assigned}",
                Badges.FINISHED if row.finished else _progress_badge(row.complete),
            )
            for row in shown.progress
        ],
        numbers={1},
        caption="Progress by judge",
    )


def _progress_badge(complete: int) -> Badge:
    return Badges.IN_PROGRESS if complete else Badges.NOT_BEGUN


def _agreement(shown: Results) -> None:
    heading("Agreement")
    if shown.alpha is None:
        st.markdown("Too few scores to say how far judges agree.")
        return
    alpha = _signed(shown.alpha)
    st.markdown(nbsp(marked("Krippendorff's alpha of the totals is **{}**. {}", alpha, _meaning(shown.alpha))))
    table(
        ("Criterion", "Alpha"),
        [
            (criterion.name, "too few" if alpha is None else _signed(alpha))
            for criterion, alpha in zip(shown.rubric.criteria, shown.by_criterion, strict=True)
        ],
        numbers={1},
        caption="Alpha by criterion",
    )
    st.caption("1: judges of the same entry give the same score. 0: they differ as much as judges of any two entries.")


def _meaning(alpha: float) -> str:
    """What alpha says, without a word of praise or blame."""
    share = f"{round((1 - alpha) * 100)} %"
    return f"Squared differences between judges of the same entry are {share} of those between any two scorecards."


def _stopped(shown: Results) -> None:
    stopped = [line for line in shown.lines if line.stopped_by]
    if not stopped:
        return
    heading("Stopped by a threshold")
    for line in stopped[:LISTED]:
        st.markdown(
            marked("**{}** :red[:material/block:] mean {}  \n{}", line.code, _points(line.mean), _why(shown, line))
        )
    rest = len(stopped) - LISTED
    more = f"{counted(rest, 'more is', 'more are')} in the table. " if rest > 0 else ""
    st.caption(f"{more}Out whatever the mean. This can change until judging has ended.")


def _why(shown: Results, line: ResultLine) -> str:
    parts = [
        f"{criterion.name} {_points(mean)}, the minimum is {_points((criterion.threshold or 0) / 100)}."
        for criterion, mean in zip(shown.rubric.criteria, line.means, strict=True)
        if criterion.name in line.stopped_by
    ]
    return " ".join(parts)


def _all_entries(shown: Results) -> None:
    heading("All entries", "by weighted mean")
    by_filter = {
        "All": shown.lines,
        "Within thresholds": tuple(line for line in shown.lines if not line.stopped_by),
        "Stopped": tuple(line for line in shown.lines if line.stopped_by),
    }
    chosen = st.segmented_control(
        "Show",
        list(by_filter),
        format_func=lambda name: f"{name} ({len(by_filter[name])})",
        key="results shown",
        default="All",
        required=True,
        label_visibility="collapsed",
    )
    criteria = shown.rubric.criteria
    headers = ["Entry", "Place", "Mean", *(criterion.name for criterion in criteria), "Spread", "Scorecards"]
    table(
        headers,
        [
            (
                Link(line.code, f"/entries?prize={shown.stage.prize_id}&entry={line.entry_id}"),
                _place(line),
                _points(line.mean),
                *(_points(mean) for mean in line.means),
                _points(line.spread),
                f"{line.scorecards} of {line.assigned}",
            )
            for line in by_filter[chosen or "All"]
        ],
        numbers=range(1, len(headers)),
        hide_on_phone=set(range(3, 3 + len(criteria))),
        caption="All entries",
    )
    st.caption(
        "Mean: each criterion's mean over the judges who scored it, weighted by the rubric. Equal means share a place. "
        "Spread: the highest total of a judge less the lowest. A scorecard counts here when every criterion has points."
    )


def _place(line: ResultLine) -> Cell:
    if line.stopped_by:
        return "stopped"
    return str(line.place) if line.place else ""


def _points(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", MINUS)
