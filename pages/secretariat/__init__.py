"""The secretariat's rooms: from public questions and entries to judging, decisions, delivery and exports."""

from __future__ import annotations

from typing import Final

from accounts.models import Role
from pages.components.places import Place
from pages.secretariat import (
    agreement,
    appeals,
    assignment,
    clarifications,
    decisions,
    delivery,
    due_diligence,
    entries,
    export,
    how_judges_score,
    judges,
    letters,
    lottery,
    meeting,
    messages,
    next_scorecards,
    practice,
    ranking,
)

SECRETARIAT: Final = frozenset({Role.SECRETARIAT})

PLACES: Final = (
    Place("Clarifications", "clarifications", clarifications.draw, "Prize", SECRETARIAT, about_prize=True),
    Place("Messages", "messages", messages.draw, "Prize", SECRETARIAT, about_prize=True),
    Place("Entries", "entries", entries.draw, "Judging", SECRETARIAT, about_prize=True),
    Place("Judges", "judges", judges.draw, "Judging", SECRETARIAT, about_prize=True),
    Place("Practice", "practice", practice.draw, "Judging", SECRETARIAT, about_prize=True),
    Place(
        "How judges score",
        "how-judges-score",
        how_judges_score.draw,
        "Judging",
        SECRETARIAT | {Role.JUDGE},
        about_prize=True,
        listed_for=SECRETARIAT,
    ),
    Place("Assignment", "assignment", assignment.draw, "Judging", SECRETARIAT, about_prize=True),
    Place("Agreement", "agreement", agreement.draw, "Judging", SECRETARIAT, about_prize=True),
    Place("Ranking", "ranking", ranking.draw, "Judging", SECRETARIAT, about_prize=True),
    Place("Next scorecards", "next-scorecards", next_scorecards.draw, "Judging", SECRETARIAT, about_prize=True),
    Place(
        "Panel meeting",
        "meeting",
        meeting.draw,
        "Judging",
        SECRETARIAT | {Role.JUDGE},
        about_prize=True,
        listed_for=SECRETARIAT,
    ),
    Place("Decisions", "decisions", decisions.draw, "Judging", SECRETARIAT, about_prize=True),
    Place("Draw", "draw", lottery.draw, "Judging", SECRETARIAT, about_prize=True),
    Place("Due diligence", "due-diligence", due_diligence.draw, "Judging", SECRETARIAT, about_prize=True),
    Place("Letters", "letters", letters.draw, "Judging", SECRETARIAT, about_prize=True),
    Place("Appeals", "appeals", appeals.draw, "Judging", SECRETARIAT, about_prize=True),
    Place("Grant terms", "delivery", delivery.draw, "Delivery", SECRETARIAT | {Role.OWNER}, about_prize=True),
    Place("Export", "export", export.draw, "Delivery", SECRETARIAT | {Role.OWNER}, about_prize=True),
)
