"""Conflicts: why a person must not see an entry, and how typed names find entries without telling the person."""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID

from sqlmodel import Session, col, select

from prize.entries.models import Conflict, ConflictOrigin, ConflictStatement, Entry
from prize.entries.teams import team_of
from storage.clock import now
from storage.errors import Invalid

MOST_STATEMENTS = 200


def record_statements(db: Session, person_id: UUID, stage_id: UUID, statements: tuple[str, ...]) -> int:
    """Keep the names that a person must not judge, and find the entries that they belong to.

    Returns how many names are on record. Nothing in the answer tells whether a name belongs to an entry.

    Raises
    ------
    Invalid : there are more than 200 names.
    """
    known = db.exec(
        select(ConflictStatement).where(
            col(ConflictStatement.person_id) == person_id, col(ConflictStatement.stage_id) == stage_id
        )
    ).all()
    stated = {folded(row.text) for row in known}
    fresh = {folded(text): text for text in statements if folded(text) not in stated}
    if len(stated) + len(fresh) > MOST_STATEMENTS:
        raise Invalid(f"Name at most {MOST_STATEMENTS} people and organisations, and write to the secretariat.")
    for text in fresh.values():
        db.add(ConflictStatement(person_id=person_id, stage_id=stage_id, text=text, stated_at=now(db)))
    db.flush()
    match_statements(db, stage_id, person_id)
    return len(stated) + len(fresh)


def statements_of(db: Session, person_id: UUID, stage_id: UUID) -> tuple[str, ...]:
    """The names that a person has stated, in the order of the alphabet."""
    rows = db.exec(
        select(ConflictStatement.text).where(
            col(ConflictStatement.person_id) == person_id, col(ConflictStatement.stage_id) == stage_id
        )
    ).all()
    return tuple(sorted(rows))


def match_statements(db: Session, stage_id: UUID, person_id: UUID) -> None:
    """Turn each stated name that is exactly an entrant's into a conflict."""
    statements = db.exec(
        select(ConflictStatement).where(
            col(ConflictStatement.stage_id) == stage_id, col(ConflictStatement.person_id) == person_id
        )
    ).all()
    names = {folded(row.text): row.text for row in statements}
    for entry in db.exec(select(Entry).where(col(Entry.stage_id) == stage_id)).all():
        team = team_of(db, entry.team_id)
        theirs = {folded(team.organisation)}
        for member in team.members:
            theirs |= {folded(member.name), folded(member.email)}
        hit = next((names[name] for name in theirs if name in names), None)
        if hit is not None and not in_conflict(db, person_id, entry.id):
            db.add(
                Conflict(
                    person_id=person_id,
                    entry_id=entry.id,
                    origin=ConflictOrigin.DECLARED,
                    reason=f"Named “{hit}”",
                    found_at=now(db),
                )
            )
    db.flush()


def in_conflict(db: Session, person_id: UUID, entry_id: UUID) -> bool:
    """Whether this person must not see this entry."""
    return (
        db.exec(
            select(Conflict.id).where(col(Conflict.person_id) == person_id, col(Conflict.entry_id) == entry_id)
        ).first()
        is not None
    )


def conflicts_of_stage(db: Session, stage_id: UUID) -> frozenset[tuple[UUID, UUID]]:
    """Every pair of a person and an entry of a stage that must be kept apart."""
    rows = db.exec(
        select(Conflict.person_id, Conflict.entry_id)
        .join(Entry, col(Entry.id) == col(Conflict.entry_id))
        .where(col(Entry.stage_id) == stage_id)
    ).all()
    return frozenset((person_id, entry_id) for person_id, entry_id in rows)


def folded(name: str) -> str:
    """A name for comparison: without case, accents, punctuation and legal forms."""
    text = unicodedata.normalize("NFKD", name).casefold()
    text = "".join(character for character in text if not unicodedata.combining(character))
    if "@" in text:
        return text.strip()
    words = [word for word in re.split(r"[^\w]+", text) if word]
    return " ".join(word for word in words if word not in ("ltd", "limited", "plc", "llp", "inc", "gmbh", "cic"))
