"""Everybody's own rooms: where one begins, and one's own account."""

from __future__ import annotations

from typing import Final

from pages.account import home, own
from pages.components.places import Place

PLACES: Final = (
    Place("Home", "home", home.draw, "", listed=False),
    Place("My account", "account", own.draw, "You"),
)
