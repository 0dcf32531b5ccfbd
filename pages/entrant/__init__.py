"""The entrant's rooms: own entries, one entry, and what follows from it."""

from __future__ import annotations

from typing import Final

from pages.components.places import Place
from pages.entrant import entries, entry, how_judged, judges_view, start, team

PLACES: Final = (
    Place("My entries", "my-entries", entries.draw, "You"),
    Place("Entry", "entry", entry.draw, "", listed=False),
    Place("Team", "team", team.draw, "", listed=False),
    Place("As judges see it", "as-judges-see-it", judges_view.draw, "", listed=False),
    Place("How entries are judged", "how-judged", how_judged.draw, "", listed=False),
    Place("Start an entry", "start-entry", start.draw, "", listed=False),
)
