"""The entries of a stage in order, and how sure that order is."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from judging.analyses.kept import KeptAnalysis, stage_analysis
from judging.analyses.shown import AnalysisShown, MovedEntry, Standing
from judging.decisions import end_judging
from judging.results import ResultLine, Results, results
from pages.components.acting import act, ask
from pages.components.badges import badge_of
from pages.components.figures import points
from pages.components.layout import columns_main_side, heading, leave, nbsp, page_header
from pages.components.places import link, page_at, present_stage
from pages.components.words import marked
from pages.secretariat.all_entries import all_entries
from pages.secretariat.computed import appear_when_newer, computed_words, none_yet
from pages.secretariat.ranking_chart import ranking_chart
from pages.secretariat.stages import BEFORE_JUDGING, dates_line
from pages.secretariat.standing import headline, same_again
from prize.lifecycle import Phase
from prize.stages import StageShown
from storage.values import counted

MOVED, STOPPED = 5, 3
"""How many entries that moved, and that a threshold stops, are explained beside the chart."""


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    where, badge = f"{prize.title} · {stage.name}", badge_of(stage.phase)
    if stage.phase in BEFORE_JUDGING:
        page_header(where, "Ranking", badge=badge)
        none_yet(stage, "The ranking")
        return
    now = ask(results, stage_id=stage.id)
    kept = ask(stage_analysis, stage_id=stage.id)
    page_header(where, "Ranking", badge=badge, facts=_facts(now, kept), actions=lambda: _actions(now, kept))
    if kept is None:
        none_yet(stage, "The ranking")
        return
    main, side = columns_main_side()
    with main:
        heading(headline(kept.shown))
        ranking_chart(now, kept.shown)
    with side:
        _moved(kept.shown)
        _stopped(now, kept.shown)
        _same_again(kept.shown, stage)
    all_entries(kept.shown, now)
    _supposes(kept.shown)
    appear_when_newer(stage, kept)


def _facts(now: Results, kept: KeptAnalysis | None) -> str:
    done = f"{now.complete:,} of {counted(now.assigned, 'scorecard')}"
    if now.complete == now.assigned:
        done = counted(now.assigned, "scorecard")
    entries = counted(len(now.lines), "entry", "entries")
    if kept is None:
        return f"{entries}, {done} complete."
    judges = counted(kept.shown.judges, "judge")
    return f"{entries}, {judges}, {done}. {computed_words(kept, now.stage.zone)}"


def _actions(now: Results, kept: KeptAnalysis | None) -> None:
    if kept is not None:
        leave("Recompute pack", f"/stages/{now.stage.id}/recompute-pack")
        leave("Report for the panel", f"/stages/{now.stage.id}/report")
    if now.stage.phase is Phase.JUDGING:
        _end(now)


def _end(now: Results) -> None:
    busy = sum(not row.finished for row in now.progress if row.assigned)
    with st.popover("End judging", type="primary"):
        if busy:
            st.markdown(
                f"{counted(busy, 'judge has', 'judges have')} not finished. "
                f"Judging can end when all have, or when its time is over. {dates_line(now.stage)}"
            )
        st.markdown("From then on no score or comment can be changed, and decisions can be made.")
        st.button("Take no more scores", on_click=_end_judging, args=(now.stage.id,))


def _end_judging(stage_id: UUID) -> None:
    act(end_judging, said="Judging has ended. Decisions can be made now.", stage_id=stage_id)


def _moved(shown: AnalysisShown) -> None:
    heading("Why entries moved")
    if not shown.moved:
        st.markdown("No entry stands much higher or lower by the adjusted score than by the weighted mean.")
        return
    for moved in shown.moved[:MOVED]:
        st.markdown(marked("**{}** {}  \n{}", moved.code, _move(moved), moved.reason))
    rest = len(shown.moved) - MOVED
    more = f" {counted(rest, 'more is', 'more are')} in the table." if rest > 0 else ""
    st.caption(f"From the place by weighted mean to that by adjusted score.{more}")


def _move(moved: MovedEntry) -> str:
    return f"{'↑' if moved.place < moved.mean_place else '↓'} place {moved.mean_place} to {moved.place}"


def _stopped(now: Results, shown: AnalysisShown) -> None:
    lines = {line.entry_id: line for line in now.lines}
    stopped = [line for line in shown.ranking if line.standing is Standing.STOPPED and line.entry_id in lines]
    if not stopped:
        return
    heading("Stopped by a threshold")
    stopped.sort(key=lambda line: (-(line.mean or 0.0), line.code))
    for line in stopped[:STOPPED]:
        words = _why(now, lines[line.entry_id])
        st.markdown(marked("**{}** :red[:material/block:] mean {}  \n{}", line.code, points(line.mean), words))
    rest = len(stopped) - STOPPED
    more = f"{counted(rest, 'more is', 'more are')} in the table. " if rest > 0 else ""
    changes = " This can change until judging has ended." if now.stage.phase is Phase.JUDGING else ""
    st.caption(f"{more}Out whatever the mean.{changes}")


def _why(now: Results, line: ResultLine) -> str:
    parts = [
        f"{criterion.name} {points(mean)}, minimum {(criterion.threshold or 0) / 100:g}."
        for criterion, mean in zip(now.rubric.criteria, line.means, strict=True)
        if criterion.name in line.stopped_by
    ]
    return " ".join(parts)


def _same_again(shown: AnalysisShown, stage: StageShown) -> None:
    heading("Would it come out the same?")
    st.markdown(nbsp(same_again(shown, stage.ranked_by)))
    if page_at("agreement"):
        link("agreement", "How far judges agree", prize=stage.prize_id)
    if stage.phase is Phase.JUDGING and page_at("next-scorecards"):
        link("next-scorecards", "Ask for further scorecards", prize=stage.prize_id)


def _supposes(shown: AnalysisShown) -> None:
    said = (*shown.supposes, *shown.warnings)
    with st.expander("What the ranking supposes"):
        st.markdown(marked("\n".join("- {}" for _ in said), *said))
