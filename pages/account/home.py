"""Where one begins after signing in: the room of one's first role."""

from __future__ import annotations

from typing import Final

from accounts.models import Role
from accounts.programmes import own_roles
from pages.components.acting import ask
from pages.components.places import go

FIRST_ROOMS: Final = (
    (Role.OWNER, "mission"),
    (Role.DESIGNER, "overview"),
    (Role.SECRETARIAT, "entries"),
    (Role.SPONSOR, "confirm"),
    (Role.JUDGE, "judging"),
    (Role.VERIFIER, "verify"),
    (Role.APPROVER, "payments"),
    (Role.PAYER, "payments"),
    (Role.OPERATOR, "programmes"),
)


def draw() -> None:
    roles = ask(own_roles)
    go(next((path for role, path in FIRST_ROOMS if role in roles), "my-entries"))
