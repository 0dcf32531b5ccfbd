"""Runs a panel study. Imports numpy, so jobs alone import this."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from judging.analyses.panels import DesignShown, FoundShown
from judging.statistics.planning import Choice, PanelPlan, plan_panel
from judging.statistics.streams import streams

SEED: Final = 0
FEWEST_DRAWS, MOST_DRAWS = 100, 400
"""Simulated prizes of each design."""

SIMULATED: Final = 20_000_000
"""Scorecards in all for which there are the most prizes; they take about ten seconds."""

USUAL: Final = (
    "most entries are within 2 points of the mean, most judges score within 1 point above or below the others, and "
    "apart from that two judges of the same entry mostly differ by up to 2 points. What counts is how these compare."
)


def simulated(asked: Mapping[str, Any]) -> tuple[tuple[DesignShown, ...], str, str]:
    """The designs that a study asks about, and what they suppose: in a sentence, and for specialists."""
    plan = plan_panel(
        asked["components"],
        asked["entries"],
        asked["top"],
        asked["per_entry"],
        asked["judges"],
        minutes=asked["minutes"],
        generator=streams(SEED).planning,
        draws=_draws(asked),
    )
    designs = tuple(
        DesignShown(
            one.per_entry,
            one.judges,
            one.scorecards,
            one.hours,
            one.cards_per_judge,
            _found(one.plain),
            _found(one.fair),
            one.undecided,
            one.reason or "",
        )
        for one in plan.designs
    )
    return designs, _supposed(plan, asked["earlier"]), _detail(plan)


def _draws(asked: Mapping[str, Any]) -> int:
    """Fewer prizes where the designs are large, so that the answer comes soon."""
    scorecards: int = asked["entries"] * sum(asked["per_entry"]) * len(asked["judges"])
    return min(max(SIMULATED // scorecards, FEWEST_DRAWS), MOST_DRAWS)


def _supposed(plan: PanelPlan, earlier: str) -> str:
    if plan.assumed is None:
        return f"Entries and judges differ as they did in {earlier}."
    if earlier:
        return f"The scores of {earlier} do not tell how much entries and judges differ, so this is supposed: {USUAL}"
    return f"Entries and judges differ as is usual: {USUAL}"


def _detail(plan: PanelPlan) -> str:
    entries, judges, rest = (f"{math.sqrt(variance):.2f}" for variance in plan.components.values())
    return (
        f"Normal with standard deviations of {entries} for entries, {judges} for judges and {rest} for the rest. "
        f"{plan.prizes:,} simulated prizes of each design, two panels each; adjusted by the linear mixed model."
    )


def _found(choice: Choice | None) -> FoundShown | None:
    return None if choice is None else FoundShown(choice.found, choice.best, choice.same_top, choice.error)
