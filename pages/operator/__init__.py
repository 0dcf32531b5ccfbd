"""The operator's rooms: how the installation is doing, what to do about it, programmes, and who may do what."""

from __future__ import annotations

from typing import Final

from accounts.models import Role
from pages.components.places import Place
from pages.operator import audit_trail, health, jobs, mail, permissions, programmes, sign_ins, storage

OPERATOR: Final = frozenset({Role.OPERATOR})
PLACES: Final = (
    Place("Health", "installation-health", health.draw, "Installation", OPERATOR),
    Place("Programmes", "programmes", programmes.draw, "Installation", OPERATOR),
    Place("Mail", "mail", mail.draw, "Installation", OPERATOR),
    Place("Jobs", "jobs", jobs.draw, "Installation", OPERATOR),
    Place("Sign-ins", "sign-ins", sign_ins.draw, "Installation", OPERATOR),
    Place("Storage", "storage", storage.draw, "Installation", OPERATOR),
    Place("Audit trail", "audit-trail", audit_trail.draw, "Installation", OPERATOR),
    Place("Permissions", "permissions", permissions.draw, "Installation", OPERATOR),
)
