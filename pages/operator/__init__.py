"""The operator's rooms: programmes, mail, jobs, and who may do what."""

from __future__ import annotations

from typing import Final

from accounts.models import Role
from pages.components.places import Place
from pages.operator import jobs, mail, permissions, programmes

OPERATOR: Final = frozenset({Role.OPERATOR})
PLACES: Final = (
    Place("Programmes", "programmes", programmes.draw, "Installation", OPERATOR),
    Place("Mail", "mail", mail.draw, "Installation", OPERATOR),
    Place("Jobs", "jobs", jobs.draw, "Installation", OPERATOR),
    Place("Permissions", "permissions", permissions.draw, "Installation", OPERATOR),
)
