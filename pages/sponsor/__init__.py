"""The sponsor's room: decisions that wait to be confirmed."""

from __future__ import annotations

from typing import Final

from accounts.models import Role
from pages.components.places import Place
from pages.sponsor import confirm

PLACES: Final = (Place("Confirm", "confirm", confirm.draw, "Judging", frozenset({Role.SPONSOR}), about_prize=True),)
