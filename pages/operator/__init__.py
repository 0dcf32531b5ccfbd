"""The operator's rooms: programmes and jobs."""

from __future__ import annotations

from typing import Final

from accounts.models import Role
from pages.components.places import Place
from pages.operator import jobs, programmes

OPERATOR: Final = frozenset({Role.OPERATOR})
PLACES: Final = (
    Place("Programmes", "programmes", programmes.draw, "Installation", OPERATOR),
    Place("Jobs", "jobs", jobs.draw, "Installation", OPERATOR),
)
