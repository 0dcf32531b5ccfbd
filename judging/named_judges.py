"""The names of a stage's judges, as they are searched for in what teams and the public read."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from accounts.people import person_card
from judging.models import PanelMember
from prize.entries.identities import Identities, identities_of_person
from storage.database import matching


def judges_sought(db: Session, stage_id: UUID) -> Identities:
    """Everybody who sits or sat on the panel: whole names, first names, surnames, addresses."""
    names, addresses = set(), set()
    for seat in matching(db, PanelMember, stage_id=stage_id):
        name = person_card(db, seat.person_id).name
        names |= {name, *name.split()[:1]}
        addresses |= set(identities_of_person(db, seat.person_id).addresses)
    return Identities(tuple(sorted(names)), tuple(sorted(addresses)), (), ())
