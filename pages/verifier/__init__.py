"""The verifier's room: milestones that wait for an independent judgement."""

from __future__ import annotations

from typing import Final

from accounts.models import Role
from pages.components.places import Place
from pages.verifier import verify

PLACES: Final = (Place("Verify", "verify", verify.draw, "Delivery", frozenset({Role.VERIFIER})),)
