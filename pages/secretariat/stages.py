"""Where a stage is, in the words and the badge that every page of the secretariat shows."""

from __future__ import annotations

from prize.lifecycle import Phase
from prize.stages import StageShown
from storage.values import time_words

BEFORE_JUDGING = (Phase.PLANNED, Phase.OPEN, Phase.PAUSED, Phase.CLOSED, Phase.SCREENING)
AFTER_JUDGING = (Phase.DECIDING, Phase.CONFIRMED, Phase.RELEASED)


def dates_line(stage: StageShown) -> str:
    """The date that matters in the stage's present phase."""
    dates = stage.dates
    if dates is None:
        return "The stage has no dates yet."
    words, moment = {
        Phase.PLANNED: ("Opens", dates.opens_at),
        Phase.OPEN: ("Closes", dates.closes_at),
        Phase.PAUSED: ("Paused; was to close", dates.closes_at),
        Phase.CLOSED: ("Closed", dates.closes_at),
        Phase.SCREENING: ("Closed", dates.closes_at),
        Phase.JUDGING: ("Judging closes", dates.judging_closes_at),
        Phase.DECIDING: ("Decision due", dates.decision_at),
        Phase.CONFIRMED: ("Decision due", dates.decision_at),
        Phase.RELEASED: ("Decision was due", dates.decision_at),
        Phase.CANCELLED: ("Cancelled; was to close", dates.closes_at),
    }[stage.phase]
    return f"{words} {time_words(moment, stage.zone, weekday=True)}."
