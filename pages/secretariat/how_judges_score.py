"""How judges score: who scores lower or higher, how much of the scale each uses, and how consistently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import streamlit as st

from judging.analyses.kept import KeptAnalysis, how_judges_score
from judging.analyses.shown import AnalysisShown, Estimate, JudgeScoring
from judging.judges import Seat, own_seats
from judging.statistics.wording import percent
from pages.components import charts, judging_charts
from pages.components.acting import ask
from pages.components.badges import Badges, badge_of
from pages.components.figures import NOTHING, between, signed
from pages.components.judging_charts import Effect
from pages.components.layout import columns_main_side, empty_list, heading, nbsp, page_header, table
from pages.components.places import parameter, present_stage
from pages.components.words import marked
from pages.secretariat.computed import appear_when_done, appear_when_newer, computed_words, none_yet
from pages.secretariat.stages import BEFORE_JUDGING
from prize.stages import StageShown
from storage.values import counted

TITLE: Final = "How judges score"
WHAT: Final = "How each judge scores"
DRAWN: Final = 40
"""How many judges the chart shows at most, those who differ most; the table holds all."""
SEVERITY: Final = ("scores lower", "scores higher")
"""How a remark about the level of somebody's scores begins."""
AS_OTHERS: Final = "as the others"


@dataclass(frozen=True)
class _Shown:
    """What is drawn: an analysis, and its judges by names that differ."""

    found: AnalysisShown
    names: Mapping[UUID, str]

    @property
    def lines(self) -> list[JudgeScoring]:
        """Those who score higher first, as the chart has them from left to right."""
        return sorted(
            self.found.how_judges_score, key=lambda line: (line.severity.value or 0.0, self.names[line.judge_id])
        )


def draw() -> None:
    chaired = _chaired()
    if chaired is not None:
        _for_the_chair(chaired)
        return
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    where, badge = f"{prize.title} · {stage.name}", badge_of(stage.phase)
    kept = None if stage.phase in BEFORE_JUDGING else ask(how_judges_score, stage_id=stage.id)
    page_header(where, TITLE, badge=badge, facts=_facts(kept, stage.zone))
    if kept is None:
        none_yet(stage, WHAT)
        return
    _page(kept, stage)
    appear_when_newer(stage, kept)


def _chaired() -> Seat | None:
    """The panel in the address, where its chair looks."""
    wanted = parameter("stage")
    seats = ask(own_seats) if wanted else ()
    return next((seat for seat in seats if seat.stage_id == wanted and seat.chairs), None)


def _for_the_chair(seat: Seat) -> None:
    kept = ask(how_judges_score, stage_id=seat.stage_id)
    page_header(f"{seat.prize} · {seat.stage}", TITLE, badge=Badges.JUDGING_CLOSED, facts=_facts(kept, seat.zone))
    if kept is None:
        empty_list("No scores", "What the scores say about how judges score appears here.")
        return
    _page(kept, None)
    appear_when_done(seat.stage_id, kept)


def _facts(kept: KeptAnalysis | None, zone: str) -> str:
    if kept is None:
        return ""
    judges, cards = counted(kept.shown.judges, "judge"), counted(kept.shown.scorecards, "scorecard")
    return f"{judges}, {cards}. {computed_words(kept, zone)}"


def _page(kept: KeptAnalysis, stage: StageShown | None) -> None:
    shown = _Shown(kept.shown, _names(kept))
    main, side = columns_main_side()
    with main:
        heading(kept.shown.judges_in_words.partition(". ")[0].rstrip("."))
        st.markdown(
            "The **adjusted score** already allows for all of this, so nobody need be left out because of it, and no "
            "score need be changed."
        )
        _chart(shown)
    with side:
        _remarks(shown)
        _what_follows()
    _table(shown)
    _for_specialists(shown)
    _who_is_who(shown)


def _names(kept: KeptAnalysis) -> dict[UUID, str]:
    """Judges by name; two of one name by what the report calls them as well."""
    often = Counter(judge.name for judge in kept.judges)
    labels = {judge_id: label for label, judge_id in kept.shown.labels}
    return {
        judge.judge_id: judge.name
        if often[judge.name] == 1
        else f"{judge.name} ({labels.get(judge.judge_id, 'not scored')})"
        for judge in kept.judges
    }


def _chart(shown: _Shown) -> None:
    known = [line for line in shown.lines if line.severity.value is not None and line.severity.low is not None]
    if len(known) < 2:
        return
    furthest = sorted(known, key=lambda line: -abs(line.severity.value or 0.0))[:DRAWN]
    drawn = [line for line in known if line in furthest]
    charts.show(
        judging_charts.effects(
            [
                Effect(
                    shown.names[line.judge_id],
                    line.severity.value or 0.0,
                    line.severity.low or 0.0,
                    line.severity.high or 0.0,
                    any(remark.startswith(SEVERITY) for remark in line.remarks),
                )
                for line in drawn
            ],
            "← higher",
            "lower →",
        ),
        alt=_finding(shown, drawn),
    )
    rest = len(known) - len(drawn)
    more = f" The other {counted(rest, 'judge differs', 'judges differ')} less and are in the table." if rest else ""
    st.caption(
        nbsp(
            "How much higher or lower a judge scores than the others would score the same entries, in points of the "
            f"scale, with its 95 % interval. Filled: by more than half a point, with over 95 % certainty.{more}"
        )
    )


def _finding(shown: _Shown, drawn: Sequence[JudgeScoring]) -> str:
    first, last = drawn[0], drawn[-1]
    return (
        f"{shown.found.judges_in_words} From {shown.names[first.judge_id]}, who scores {_scores(first)}, to "
        f"{shown.names[last.judge_id]}, who scores {_scores(last)}. The numbers are in the table."
    )


def _scores(line: JudgeScoring) -> str:
    value = line.severity.value
    if value is None:
        return NOTHING
    size = f"{abs(value):.1f}"
    if size == "0.0":
        return AS_OTHERS
    return f"{'lower' if value > 0 else 'higher'} by {size}"


def _remarks(shown: _Shown) -> None:
    heading("What stands out")
    remarked = sorted(
        (line for line in shown.lines if line.remarks), key=lambda line: shown.names[line.judge_id].casefold()
    )
    for line in remarked:
        st.markdown(marked("**{}** {}.", shown.names[line.judge_id], _in_a_sentence(line.remarks)))
    if not remarked:
        st.markdown("No difference between judges is both large and clear.")
    factors = " × 1 is as the others." if any("×" in remark for line in remarked for remark in line.remarks) else ""
    st.caption(
        nbsp(
            "Only what is over 95 % certain: scores more than half a point lower or higher, or a use of the scale or a "
            f"consistency that is under two thirds or over one and a half times the usual.{factors}"
        )
    )


def _in_a_sentence(remarks: Sequence[str]) -> str:
    *before, last = remarks
    return f"{', '.join(before)} and {last}" if before else last


def _what_follows() -> None:
    heading("What it means for entries")
    st.markdown(
        "An entry whose judges mostly score lower has a lower **weighted mean** than the same entry would have had "
        "with others. The adjusted score takes that out as far as the scores tell it."
    )


def _table(shown: _Shown) -> None:
    heading("All judges", "those who score higher on top")
    table(
        ("Judge", "Scores", "95 % interval", "Use of the scale", "Consistency", "Agreement", "Scorecards"),
        [
            (
                shown.names[line.judge_id],
                _scores(line),
                _either_side(line.severity),
                _times(line.spread, "the range"),
                _times(line.noise, "the scatter"),
                NOTHING if line.agreement_with_others is None else signed(line.agreement_with_others),
                str(line.scorecards),
            )
            for line in shown.lines
        ],
        numbers={5, 6},
        hide_on_phone={2, 5, 6},
        caption="How each judge scores",
    )
    st.caption(
        "Scores: in points of the scale. Use of the scale: how far apart a judge puts strong and weak entries. "
        "Consistency: how far scores scatter around what the entries and the judge's own level explain. Agreement with "
        f"the others: 1 where scores rise and fall with theirs, 0 where they do not; {NOTHING} where too few entries "
        "are shared."
    )


def _either_side(estimate: Estimate) -> str:
    """An interval of a level in words: ``0.2–0.6 lower``, ``0.1 higher to 0.3 lower``."""
    if estimate.low is None or estimate.high is None:
        return NOTHING
    low, high = round(estimate.low, 1), round(estimate.high, 1)
    if low < 0 < high:
        return f"{-low:.1f} higher to {high:.1f} lower"
    near, far = sorted((abs(low), abs(high)))
    return f"{near:.1f}–{far:.1f} {'higher' if low < 0 else 'lower'}"


def _times(factor: Estimate, what: str) -> str:
    if factor.value is None:
        return NOTHING
    return AS_OTHERS if f"{factor.value:.1f}" == "1.0" else f"{factor.value:.1f} times {what}"


def _for_specialists(shown: _Shown) -> None:
    with st.expander("For specialists"):
        table(
            ("Judge", "Use of the scale", "95 % interval", "Noise", "95 % interval", "Halo", "Scale used", "Drift"),
            [
                (
                    shown.names[line.judge_id],
                    _number(line.spread.value),
                    between(line.spread.low, line.spread.high, 2),
                    _number(line.noise.value),
                    between(line.noise.low, line.noise.high, 2),
                    _number(line.halo),
                    NOTHING if line.scale_used is None else nbsp(percent(line.scale_used)),
                    _number(line.drift),
                )
                for line in shown.lines
            ],
            numbers=range(1, 8),
            hide_on_phone={1, 2, 3, 4},
            caption="For specialists",
        )
        st.markdown(
            nbsp(
                "- **Use of the scale** and **noise** are factors of a judge's spread and error, 1 in the geometric "
                "mean of the panel.\n"
                "- **Halo** is the mean correlation between the criteria on a judge's own scorecards, less the same "
                "in the others' means of those entries. Above 0, the criteria are told apart less.\n"
                "- **Scale used** is the distance from the 5th to the 95th percentile of a judge's scores, as a share "
                "of the scale.\n"
                "- **Drift** is how many points higher a judge scores per ten scorecards, in the order in which they "
                "were scored, once the entries are allowed for.\n"
                "- A remark stands where the posterior probability is above 95 % that the level differs by more than "
                "half a step of the scale, or a factor lies outside 0.67 to 1.5."
            )
        )


def _number(value: float | None) -> str:
    return NOTHING if value is None else signed(value)


def _who_is_who(shown: _Shown) -> None:
    with st.expander("Who is who in the report"):
        st.markdown("The report and the recompute pack name no judge. They call them so:")
        table(
            ("In the report", "Judge"),
            [(label, shown.names.get(judge_id, NOTHING)) for label, judge_id in shown.found.labels],
            caption="Who is who in the report",
        )
