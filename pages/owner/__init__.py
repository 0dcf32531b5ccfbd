"""The programme owner's room: what the mission promises, and whether it moves."""

from __future__ import annotations

from typing import Final

from accounts.models import Role
from pages.components.places import Place
from pages.owner import mission

PLACES: Final = (
    Place(
        "Mission",
        "mission",
        mission.draw,
        "Mission",
        frozenset({Role.OWNER, Role.DESIGNER, Role.SECRETARIAT, Role.SPONSOR}),
    ),
)
