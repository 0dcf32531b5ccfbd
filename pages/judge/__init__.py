"""The judges' rooms: own entries, the scoring room, and how to judge."""

from __future__ import annotations

from typing import Final

from judging.room import JUDGES
from pages.components.places import Place
from pages.judge import how_to_judge, judging, meeting, on_paper, practising, scoring

PLACES: Final = (
    Place("Entries to judge", "judging", judging.draw, "Judging", JUDGES),
    Place("Scoring room", "scoring", scoring.draw, "Judging", JUDGES, listed=False),
    Place("Practice", "practise", practising.draw, "Judging", JUDGES, listed=False),
    Place("Entries as one PDF", "entries-as-pdf", on_paper.draw, "Judging", JUDGES),
    Place("Panel meeting", "panel-meeting", meeting.draw, "Judging", JUDGES),
    Place("How to judge", "how-to-judge", how_to_judge.draw, "Judging", JUDGES),
)
