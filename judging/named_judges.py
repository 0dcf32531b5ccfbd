"""The names of a stage's judges, as they are searched for in what teams and the public read."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from sqlmodel import Session

from accounts.people import person_card
from judging.models import PanelMember
from prize.entries.identities import Identities, folded, identities_of_person
from prize.entries.names import WORD, names_marked, plainly
from storage.database import matching

TITLES: Final = frozenset({
    "dame", "doctor", "dphil", "dr", "frs", "hon", "lady", "lord", "miss", "mr", "mrs", "ms", "msc", "mx", "obe", "phd",
    "prof", "professor", "rev", "revd", "reverend", "sir",
})  # fmt: skip
SHORTEST: Final = 2
"""An initial alone is in every text."""
GONE: Final = "[…]"
"""What stands where a name was."""
NEAR: Final = 2
"""As many characters from a name, a title, a mark or the s of a possessive may go with it."""
PIECE: Final = re.compile(r"[^\W_]+|[^\w\s]|_")


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


def without_names(text: str, judges: Identities) -> str:
    """A text with “[…]” in the place of each name."""
    plain, spans = names_marked(text, judges)
    for start, end in reversed(spans):
        plain = plain[:start] + GONE + plain[end:]
    return plain


def only_names_gone(text: str, edited: str, judges: Identities) -> bool:
    """Whether nothing but names was taken out of a text, each with its title and the marks beside it.

    “[…]” may stand in the place of a name; nothing else is added or changed.
    """
    plain, spans = names_marked(text, judges)
    kept = [piece.casefold() for piece in PIECE.findall(plainly(edited.replace(GONE, " ")))][::-1]
    for found in PIECE.finditer(plain):
        piece = found.group().casefold()
        if kept and kept[-1] == piece:
            kept.pop()
            continue
        inside = any(start <= found.start() and found.end() <= end for start, end in spans)
        beside = any(0 <= start - found.end() <= NEAR or 0 <= found.start() - end <= NEAR for start, end in spans)
        goes_along = piece in TITLES or piece == "s" or not piece.isalnum()
        if not inside and not (beside and goes_along):
            return False
    return not kept


def _parts(name: str) -> list[str]:
    """The words of a name but its titles, divided at hyphens and dots too; without the host of an address."""
    return [part for part in WORD.findall(name.partition("@")[0]) if folded(part) not in TITLES]
