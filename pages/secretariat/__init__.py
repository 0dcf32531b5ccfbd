"""The secretariat's rooms: entries, judges, assignment, results, decisions and delivery."""

from __future__ import annotations

from typing import Final

from accounts.models import Role
from pages.components.places import Place
from pages.secretariat import assignment, decisions, delivery, entries, judges, results

SECRETARIAT: Final = frozenset({Role.SECRETARIAT})

PLACES: Final = (
    Place("Entries", "entries", entries.draw, "Judging", SECRETARIAT, about_prize=True),
    Place("Judges", "judges", judges.draw, "Judging", SECRETARIAT, about_prize=True),
    Place("Assignment", "assignment", assignment.draw, "Judging", SECRETARIAT, about_prize=True),
    Place("Results", "results", results.draw, "Judging", SECRETARIAT, about_prize=True),
    Place("Decisions", "decisions", decisions.draw, "Judging", SECRETARIAT, about_prize=True),
    Place("Grant terms", "delivery", delivery.draw, "Delivery", SECRETARIAT, about_prize=True),
)
