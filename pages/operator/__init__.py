"""The operator's rooms: jobs and mail."""

from __future__ import annotations

from typing import Final

from accounts.models import Role
from pages.components.places import Place
from pages.operator import jobs

PLACES: Final = (Place("Jobs", "jobs", jobs.draw, "Installation", frozenset({Role.OPERATOR})),)
