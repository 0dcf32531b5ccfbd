"""What a mission's prizes have shown, and how far it leads: nothing is claimed that no pathway supports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from delivery.models import ResultState
from delivery.results import MissionResult
from mission.missions import MissionShown
from pages.components import badges
from pages.components.badges import Badge, Badges
from pages.components.layout import empty_list, heading, stat, table
from pages.components.words import marked
from storage.values import date_words, number_words

CARDS: Final = 2
"""As many verified results are shown large; all of them are in the table."""

VERIFIED: Final = Badge("Verified result", "green", "verified")


def draw_results(results: Sequence[MissionResult], mission: MissionShown) -> None:
    heading("What the prizes have shown, and how far it leads")
    if not results:
        empty_list(
            "No result yet",
            "What finalists have measured appears here once they claim it, marked as claimed until somebody "
            "independent has verified it.",
        )
        return
    verified = [row for row in results if row.result.state is ResultState.VERIFIED]
    shown, leads = st.columns([1.2, 1.4], gap="large")
    with shown:
        for at, row in enumerate(verified[:CARDS]):
            _card(row, at)
        if not verified:
            st.markdown("Finalists have claimed results. None of them is verified yet.")
    with leads:
        _pathway(verified, mission)
    if len(results) > len(verified[:CARDS]):
        _all(results)


def _card(row: MissionResult, at: int) -> None:
    with st.container(border=True, key=f"result-{at}"):
        badges.show(VERIFIED)
        stat(row.result.quantity, _verified(row))
        illustrative = " Illustrative." if row.illustrative else ""
        words = marked(f":gray[{{}}, for the prize “{{}}”. {{}}{illustrative}]", row.finalist, row.prize, _when(row))
        st.markdown(words)


def _when(row: MissionResult) -> str:
    if row.result.verified_at is None:
        return ""
    day = row.result.verified_at.astimezone(ZoneInfo(row.zone)).date()
    return f"Verified {date_words(day)} by somebody independent."


def _pathway(verified: Sequence[MissionResult], mission: MissionShown) -> None:
    named = {row.target_id for row in verified}
    meant = [target.indicator for target in mission.targets if target.id in named]
    for at, row in enumerate(verified[:CARDS]):
        with st.expander(
            marked("**{}** · measured", _verified(row)),
            type="step",
            icon=":material/verified:",
            expanded=True,
            key=f"pathway-{at}",
        ):
            st.caption(marked("{}, {}.", row.result.quantity, row.finalist))
    towards = " and ".join(f"“{indicator}”" for indicator in meant) or "a target"
    st.expander(
        marked("**The pathway ends here.** No pathway from these results to {} is described yet.", towards),
        type="step",
        icon=":material/block:",
    )
    st.markdown("So nothing is claimed towards the target. A result says what was measured, and no more.")


def _all(results: Sequence[MissionResult]) -> None:
    heading("All results", f"{len(results)} in all")
    table(
        ("Result", "Finalist", "Milestone", "Claimed", "Verified", "State"),
        [
            (
                row.result.quantity,
                row.finalist,
                row.milestone,
                number_words(row.result.claimed, row.result.unit) if row.result.claimed is not None else "",
                _verified(row) or "not yet",
                Badges.VERIFIED if row.result.state is ResultState.VERIFIED else Badges.CLAIMED,
            )
            for row in results
        ],
        numbers={3, 4},
        hide_on_phone={2, 3},
        caption="Every result of this mission's prizes",
    )


def _verified(row: MissionResult) -> str:
    return number_words(row.result.verified, row.result.unit) if row.result.verified is not None else ""
