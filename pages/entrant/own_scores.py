"""One's own scores after release, as far as the rules tell them."""

from __future__ import annotations

import streamlit as st

from judging.analyses.fairness import CriterionTold, HowJudged
from pages.components.layout import heading, table
from prize.models import ScoresTold


def draw_own_scores(shown: HowJudged) -> None:
    """Nothing before release, and nothing where the rules tell no scores."""
    if not shown.own_scores:
        return
    heading("Your scores", f"from {shown.rubric.lowest} to {shown.rubric.highest}")
    spread = shown.scores_told is ScoresTold.SPREAD
    table(
        ("Criterion", "Judges", "Mean", *(["Judges differ by"] if spread else [])),
        [_row(told, spread=spread) for told in shown.own_scores],
        numbers={1, 2, 3},
        caption="Your scores",
    )
    few = any(told.mean is None for told in shown.own_scores)
    st.caption(
        "What one judge gave is never told"
        + (", and a mean of fewer than two judges would be that." if few else ".")
        + (
            " How far judges differ is their usual distance from the mean of an entry (standard deviation), over all "
            "entries of this stage; it is not told where fewer than five have two scores."
            if spread
            else ""
        )
    )


def _row(told: CriterionTold, *, spread: bool) -> tuple[str, ...]:
    shown = [told.mean, *([told.spread] if spread else [])]
    return (told.name, str(told.judges), *("not told" if value is None else f"{value:.1f}" for value in shown))
