"""How far judges give the same scores, where they do not, and what more scorecards would change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import streamlit as st

from judging.analyses.kept import KeptAnalysis, stage_analysis
from judging.analyses.shown import AgreementLine, AnalysisShown, PairLine, Specialist, Table
from judging.statistics.wording import percent
from pages.components import charts, interval_charts
from pages.components.acting import ask
from pages.components.badges import badge_of
from pages.components.figures import between, points, signed
from pages.components.interval_charts import Curve, Interval
from pages.components.layout import columns_main_side, heading, nbsp, page_header, table
from pages.components.places import present_stage
from pages.components.words import Marked, marked
from pages.secretariat.computed import appear_when_newer, computed_words, none_yet
from pages.secretariat.stages import BEFORE_JUDGING
from storage.values import counted

LISTED: Final = 5
"""How many pairs of judges are named at first."""
WIDE: Final = 40
"""Letters of a table's widest cells, beyond which its numbers are broken into lines on a phone."""
STUDY_HEAD: Final = ("Scorecards for each entry", "Same judges (G)", "As dealt (Phi)")


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    where, badge = f"{prize.title} · {stage.name}", badge_of(stage.phase)
    kept = None if stage.phase in BEFORE_JUDGING else ask(stage_analysis, stage_id=stage.id)
    page_header(where, "Agreement", badge=badge, facts=_facts(kept, stage.zone) if kept else "")
    if kept is None:
        none_yet(stage, "How far judges agree")
        return
    shown = kept.shown
    main, side = columns_main_side()
    with main:
        _headline(shown)
        _by_criterion(shown)
        _more_scorecards(shown)
    with side:
        _pairs(kept)
    _for_specialists(shown)
    appear_when_newer(stage, kept)


def _facts(kept: KeptAnalysis, zone: str) -> str:
    scorecards = counted(kept.shown.scorecards, "scorecard")
    return f"{counted(kept.shown.judges, 'judge')}, {scorecards}. {computed_words(kept, zone)}"


def _headline(shown: AnalysisShown) -> None:
    heading(shown.title)
    st.markdown(nbsp(marked(" ".join("{}" for _ in shown.sentences), *shown.sentences)))


def _by_criterion(shown: AnalysisShown) -> None:
    heading("Agreement by criterion")
    known = [line for line in shown.agreement if line.alpha.value is not None]
    if not known:
        st.markdown("Too few scores to say how far judges agree.")
        return
    st.markdown(nbsp(marked("{} {}", shown.agreement_in_words, _meaning(known[0]))))
    charts.show(
        interval_charts.intervals([_interval(line) for line in known], head="Alpha", scale=(0.0, 0.5, 1.0)),
        alt=shown.agreement_in_words,
        table=(
            ("Criterion", "Alpha", "95 %"),
            [
                (
                    line.name,
                    "too few" if line.alpha.value is None else points(line.alpha.value),
                    between(line.alpha.low, line.alpha.high, 2),
                )
                for line in shown.agreement
            ],
        ),
    )
    why = {line.alpha.reason for line in known if line.alpha.low is None and line.alpha.reason}
    st.caption(
        nbsp(
            marked(
                "Krippendorff's alpha with 95 % interval. 1: judges of the same entry give the same score. "
                "0: they differ as much as judges of any two entries." + " No interval where {}." * len(why),
                *sorted(why),
            )
        )
    )


def _meaning(line: AgreementLine) -> str:
    """What alpha says, without a word of praise or blame."""
    share = f"{round((1 - (line.alpha.value or 0.0)) * 100)} %"
    of = "" if line.name == "Total" else f"On {line.name}, s"
    words = f"quared differences between judges of the same entry are {share} of those between any two scorecards."
    return f"{of or 'S'}{words}"


def _interval(line: AgreementLine) -> Interval:
    alpha = line.alpha
    value = alpha.value or 0.0
    low, high = (value if end is None else end for end in (alpha.low, alpha.high))
    return Interval(line.name, value, low, high, points(alpha.value))


def _more_scorecards(shown: AnalysisShown) -> None:
    heading("With more scorecards for each entry")
    study = [(line.scorecards, line.g, line.phi) for line in shown.study if line.g is not None and line.phi is not None]
    per = shown.scorecards_per_entry
    if len(study) < 2 or per is None:
        st.markdown("Too few scores to say what more of them would change.")
        return
    phis = {number: phi for number, _, phi in study}
    st.markdown(nbsp(_growth_words(phis, per)))
    charts.show(
        interval_charts.growth(
            [
                Curve("Same judges", tuple(g or 0.0 for _, g, _ in study)),
                Curve("As dealt", tuple(phi or 0.0 for *_, phi in study)),
            ],
            now=per,
        ),
        alt=f"From {study[0][0]} to {study[-1][0]} scorecards for each entry, the part of the differences that is the "
        f"entries' own rises from {percent(study[0][2] or 0.0)} to {percent(study[-1][2] or 0.0)}.",
        table=(STUDY_HEAD, [(str(number), points(g), points(phi)) for number, g, phi in study]),
    )
    st.caption(
        "Scorecards for each entry, and what part of the squared differences between entries' means is the entries' "
        "own. As dealt: each entry has other judges, as here. Same judges: if the same judges scored every entry, or "
        "once it is allowed for who scores lower or higher."
    )


def _growth_words(phis: Mapping[int, float | None], per: float) -> str:
    present = min(max(round(per), min(phis)), max(phis))
    now = phis[present] or 0.0
    each = counted(present, "scorecard")
    about = ", as now," if present == per else f" (now {signed(per, 1)}),"
    words = (
        f"With {each} for each entry{about} **{percent(now)}** of the squared differences between entries' means are "
        "the entries' own; the rest depends on who judged them."
    )
    after = phis.get(present + 1)
    return words if after is None else f"{words} One more for each entry would make it {percent(after)}."


def _pairs(kept: KeptAnalysis) -> None:
    heading("Which judges differ")
    pairs = kept.shown.pairs
    if not pairs:
        st.markdown("No pair of judges is known to differ more than others.")
        return
    names = {judge.judge_id: judge.name for judge in kept.judges}
    for pair in pairs[:LISTED]:
        st.markdown(_pair(pair, names))
    if rest := pairs[LISTED:]:
        with st.expander(f"{counted(len(rest), 'more pair', 'more pairs')}"):
            for pair in rest:
                st.markdown(_pair(pair, names))
    st.caption(
        "Pairs whose part in all disagreement is larger than if all pairs differed equally, which would be usual. "
        "It is not known who is right; the adjusted score allows for who scores lower or higher."
    )


def _pair(pair: PairLine, names: Mapping[UUID, str]) -> Marked:
    one, other = (names.get(key, "a judge") for key in (pair.judge_id, pair.other_id))
    said = [counted(pair.entries, "entry", "entries"), f"differ by {signed(pair.apart, 1)} on average"]
    if abs(pair.difference) > pair.apart / 2:
        said.append(f"{other if pair.difference > 0 else one} scores lower")
    template = "**{} and {}**  \n{}  \n:gray[{} of all disagreement; {} would be usual]"
    words = marked(template, one, other, " · ".join(said), percent(pair.share), percent(pair.usual))
    return Marked(nbsp(words))


def _for_specialists(shown: AnalysisShown) -> None:
    st.space("small")
    with st.expander("For specialists"):
        if shown.reliability:
            st.markdown(nbsp(marked(" ".join("{}" for _ in shown.reliability), *shown.reliability)))
        for each in shown.variance:
            _table(each)
        if shown.specialists:
            _specialist(shown.specialists)


def _specialist(specialists: tuple[Specialist, ...]) -> None:
    headings = [each.heading for each in specialists]
    chosen = st.selectbox("Agreement on", headings, key="agreement for specialists")
    for each in specialists:
        if each.heading == chosen:
            for one in each.tables:
                _table(one)


def _table(shown: Table) -> None:
    st.markdown(marked("**{}**", shown.caption))
    widest = [max(len(row[at]) for row in shown.rows) for at in range(len(shown.head))] if shown.rows else [0]
    numbers = range(1, len(shown.head)) if sum(widest) <= WIDE else ()
    table(shown.head, shown.rows, numbers=numbers, caption=shown.caption)
    for note in shown.notes:
        st.caption(marked("{}", note))
