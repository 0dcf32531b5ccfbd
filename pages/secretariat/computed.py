"""When an analysis was made, and a newer one that appears by itself.

A page that shows a stage's analysis says ``computed_words`` in its facts, calls ``none_yet`` in place of an analysis
that does not exist, and else ``appear_when_newer`` once at its end.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st

from judging.analyses.kept import KeptAnalysis, analysis_state
from pages.components.acting import ask
from pages.components.layout import empty_list
from pages.secretariat.stages import BEFORE_JUDGING
from prize.lifecycle import Phase
from prize.stages import StageShown
from storage.errors import LaurelError
from storage.values import time_words

EVERY_SECONDS: Final = 5.0
COMING: Final = "A newer result is being computed and appears here by itself."


def computed_words(kept: KeptAnalysis, zone: str) -> str:
    """``Computed today, 14:05 (London).``, and whether a newer one is coming."""
    there = ZoneInfo(zone)
    moment = time_words(kept.made_at, zone)
    if kept.made_at.astimezone(there).date() == datetime.now(there).date():
        moment = f"today, {moment.partition(', ')[2]}"
    return f"Computed {moment}." + (f" {COMING}" if kept.newer_coming else "")


def none_yet(stage: StageShown, what: str) -> None:
    """A box in place of an analysis that does not exist: ``what`` appears there, and when."""
    state = None if stage.phase in BEFORE_JUDGING else ask(analysis_state, stage_id=stage.id)
    if state and state.any_scores:
        empty_list("The first scores are being analysed", f"{what} appears here in a moment, by itself.")
    elif state is None or stage.phase is Phase.JUDGING:
        empty_list("No scores yet", f"{what} appears here a few seconds after the first scores.")
    else:
        empty_list("No scores", f"Judging has ended without a score, so there is no {what[:1].lower()}{what[1:]}.")
    if state and (state.any_scores or stage.phase is Phase.JUDGING):
        _look(stage.id, None, state.newer_coming)


def appear_when_newer(stage: StageShown, kept: KeptAnalysis) -> None:
    """Draw the page again as soon as there is another analysis than ``kept``, or one is coming.

    Nothing is asked any more once no scores are taken and nothing newer is coming.
    """
    if stage.phase is Phase.JUDGING:
        _look(stage.id, kept.id, kept.newer_coming)
    else:
        appear_when_done(stage.id, kept)


def appear_when_done(stage_id: UUID, kept: KeptAnalysis) -> None:
    """The same once no scores are taken."""
    if kept.newer_coming:
        _look(stage_id, kept.id, True)


@st.fragment(run_every=EVERY_SECONDS)
def _look(stage_id: UUID, shown: UUID | None, coming: bool) -> None:
    """Nothing is drawn here, so that nothing on the page changes while there is nothing new.

    Scores that come back to what they were leave the analysis as it is; then nothing is coming any more.
    """
    try:
        newest = ask(analysis_state, stage_id=stage_id)
    except LaurelError:
        st.rerun()  # the page says why
    if newest.id != shown or newest.newer_coming is not coming:
        st.rerun()
