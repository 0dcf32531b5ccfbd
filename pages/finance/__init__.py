"""Finance's room: payments of verified milestones."""

from __future__ import annotations

from typing import Final

from accounts.models import Role
from pages.components.places import Place
from pages.finance import payments

PLACES: Final = (
    Place(
        "Payments",
        "payments",
        payments.draw,
        "Delivery",
        frozenset({Role.APPROVER, Role.PAYER, Role.SECRETARIAT}),
    ),
)
