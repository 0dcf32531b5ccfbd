"""What due diligence has found about entries, as it counts now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlmodel import Session, col, select

from judging.models import PLACES, Decision
from judging.outcome_models import Check, DueDiligence, Finding
from prize.entries.models import Entry
from storage.database import matching

Findings = Mapping[UUID, Mapping[Check, list[DueDiligence]]]
"""entry → check → every finding, that which counts first."""


def findings_of(db: Session, stage_id: UUID) -> Findings:
    """Everything that was found about the entries of a stage."""
    rows = db.exec(
        select(DueDiligence)
        .join(Entry, col(Entry.id) == col(DueDiligence.entry_id))
        .where(col(Entry.stage_id) == stage_id)
        .order_by(col(DueDiligence.number).desc())
    ).all()
    found: defaultdict[UUID, defaultdict[Check, list[DueDiligence]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[row.entry_id][row.kind].append(row)
    return found


def newest_findings(db: Session, entry_id: UUID) -> dict[Check, DueDiligence]:
    """What counts of an entry's checks."""
    rows = sorted(matching(db, DueDiligence, entry_id=entry_id), key=lambda row: row.number)
    return {row.kind: row for row in rows}


def failed_checks(db: Session, entry_id: UUID) -> tuple[str, ...]:
    """The checks that an entry fails."""
    found = newest_findings(db, entry_id)
    return tuple(check.value for check in Check if check in found and found[check].finding is Finding.FAIL)


def conditions_of(db: Session, stage_id: UUID) -> Iterator[tuple[UUID, Check, str]]:
    """Under which conditions the entries of a stage pass, those of each in the order of the checks."""
    for entry_id, by_check in findings_of(db, stage_id).items():
        for check in Check:
            if check in by_check and by_check[check][0].finding is Finding.CONDITIONS:
                yield entry_id, check, by_check[check][0].note


def unchecked(db: Session, stage_id: UUID) -> frozenset[UUID]:
    """The chosen entries of a stage of which a check is missing, or failed."""
    found = findings_of(db, stage_id)
    return frozenset(
        row.entry_id
        for row in matching(db, Decision, stage_id=stage_id)
        if row.outcome in PLACES
        and not all(
            (findings := found.get(row.entry_id, {}).get(check)) and findings[0].finding is not Finding.FAIL
            for check in Check
        )
    )
