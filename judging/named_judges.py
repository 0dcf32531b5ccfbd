"""The names of a stage's judges, as they are searched for in what teams and the public read."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlmodel import Session

from accounts.people import person_card
from judging.models import PanelMember
from prize.entries.identities import Identities, folded, identities_of_person
from prize.entries.names import WORD
from storage.database import matching

TITLES: Final = frozenset({
    "dame", "doctor", "dphil", "dr", "frs", "hon", "lady", "lord", "miss", "mr", "mrs", "ms", "msc", "mx", "obe", "phd",
    "prof", "professor", "rev", "revd", "reverend", "sir",
})  # fmt: skip
SHORTEST: Final = 2
"""An initial alone is in every text."""


def judges_sought(db: Session, stage_id: UUID) -> Identities:
    """Everybody who sits or sat on the panel: whole names, every word of them, addresses."""
    names, words, addresses = set(), set(), set()
    for seat in matching(db, PanelMember, stage_id=stage_id):
        name = person_card(db, seat.person_id).name
        parts = _parts(name)
        names.add(" ".join(parts))
        words |= {part for part in parts if len(part) >= SHORTEST}
        addresses |= set(identities_of_person(db, seat.person_id).addresses)
    return Identities(tuple(sorted(names)), tuple(sorted(addresses)), (), (), tuple(sorted(words)))


def _parts(name: str) -> list[str]:
    """The words of a name but its titles, divided at hyphens and dots too; without the host of an address."""
    return [part for part in WORD.findall(name.partition("@")[0]) if folded(part) not in TITLES]
