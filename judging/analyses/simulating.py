"""Runs a panel study. Imports numpy, so jobs alone import this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from judging.analyses.panels import DesignShown, FoundShown
from judging.statistics.planning import Choice, plan_panel
from judging.statistics.streams import streams

SEED: Final = 0
DRAWS: Final = 400


def simulated(asked: Mapping[str, Any]) -> tuple[tuple[DesignShown, ...], str]:
    """The designs that a study asks about, and a sentence on what they suppose."""
    plan = plan_panel(
        asked["components"],
        asked["entries"],
        asked["top"],
        asked["per_entry"],
        asked["judges"],
        minutes=asked["minutes"],
        generator=streams(SEED).planning,
        draws=DRAWS,
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
    supposed = plan.assumed or f"Supposes that entries and judges differ as they did in {asked['earlier']}."
    return designs, supposed


def _found(choice: Choice | None) -> FoundShown | None:
    return None if choice is None else FoundShown(choice.found, choice.best, choice.same_top)
