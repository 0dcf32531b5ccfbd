"""Due diligence between the sponsor's confirmation and the release: what is found, and who moves up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import ConfigDict
from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.people import person_card
from judging.checks import failed_checks, findings_of, newest_findings, unchecked
from judging.decisions import decision_on, decisions_of, organisations_of
from judging.draws import CHECKS_TELL, must_not_be_shut_out, must_see_all
from judging.models import PLACES, Decision, Outcome
from judging.outcome_models import Check, DueDiligence, Finding
from judging.policy import Action
from judging.reserves import in_order
from prize.entries.conflicts import kept_from
from prize.entries.models import Entry
from prize.lifecycle import STAGE
from prize.models import Prize, Stage, StageState
from prize.policy import Action as PrizeAction
from prize.stages import StageShown, shown_stage
from storage.clock import now
from storage.database import found, locked, matching
from storage.errors import Closed, Invalid, Stale
from storage.values import OptionalStatement

CHECKED: Final = (*PLACES, Outcome.RESERVE, Outcome.FAILED_CHECKS)


@dataclass(frozen=True)
class Found:
    """What somebody found in one check. ``note`` says the conditions, why it fails, or why it is not needed."""

    __pydantic_config__ = ConfigDict(strict=True, revalidate_instances="always")

    check: Check
    finding: Finding
    note: OptionalStatement = ""


@dataclass(frozen=True)
class FindingShown:
    """A finding as it is on record."""

    check: Check
    finding: Finding
    note: str
    by: str
    at: datetime


@dataclass(frozen=True)
class CheckedEntry:
    """An entry that is chosen or a reserve, with its newest findings and, below each other, the earlier ones.

    ``version`` counts the findings on record.
    """

    entry_id: UUID
    code: str
    organisation: str
    outcome: Outcome
    reserve: int | None
    reason: str
    findings: tuple[FindingShown, ...]
    earlier: tuple[FindingShown, ...]
    version: int


@dataclass(frozen=True)
class DueDiligenceShown:
    """The due diligence of a stage, without entries that the reader must not see. ``missing`` entries wait for it."""

    prize: str
    stage: StageShown
    lines: tuple[CheckedEntry, ...]
    missing: int


@command(PrizeAction.CHECK_CHOSEN)
def record_checks(db: Session, actor: Actor, entry_id: UUID, findings: tuple[Found, ...], version: int = 0) -> Outcome:
    """Record what was found about an entry that is chosen or a reserve; earlier findings stay on record.

    When a check fails, the decision becomes “failed checks”, the first reserve takes the place, and the sponsor
    confirms what has changed. When the last fail of an entry is corrected, it is decided again, even where the sponsor
    had confirmed. ``version`` is how many findings the page showed. Returns what the entry is now.

    Raises
    ------
    Refused : the actor is shut out from an entry of the stage.
    Invalid : nothing was found, a check stands there twice, or a finding lacks its note.
    Closed : the entry is neither chosen nor a reserve, or its decision is not confirmed.
    Stale : somebody recorded something meanwhile.
    """
    entry = found(db, Entry, entry_id)
    stage = locked(db, Stage, entry.stage_id)
    must_see_all(db, actor.person_id, stage, CHECKS_TELL)
    row = decision_on(db, entry_id)
    in_time = stage.state in (StageState.CONFIRMED, StageState.DECIDING)
    if row is None or not in_time or row.outcome not in CHECKED or not _was_confirmed(row):
        raise Closed("Due diligence is on entries that are chosen or reserves, from the confirmation to the release.")
    if len(matching(db, DueDiligence, entry_id=entry_id)) != version:
        raise Stale("Somebody recorded a check after you opened the page. Look at what it says now.")
    _must_be_complete(findings)
    fails = any(each.finding is Finding.FAIL for each in findings)
    assert actor.person_id is not None
    newest = newest_findings(db, entry_id)
    for each in findings:
        db.add(
            DueDiligence(
                entry_id=entry_id,
                kind=each.check,
                number=newest[each.check].number + 1 if each.check in newest else 1,
                finding=each.finding,
                note=each.note,
                found_by=actor.person_id,
                found_at=now(db),
            )
        )
    db.flush()
    if fails and row.outcome is not Outcome.FAILED_CHECKS:
        _fail(db, actor, stage, row, findings)
    elif row.outcome is Outcome.FAILED_CHECKS and row.confirmed_at and not failed_checks(db, entry_id):
        _decide_again(db, stage, row)
    return row.outcome


@query(Action.SEE_CHECKS)
def due_diligence(db: Session, actor: Actor, stage_id: UUID) -> DueDiligenceShown:
    """Who is chosen and who is a reserve, each with what was found: those with a place first."""
    stage = db.get_one(Stage, stage_id)
    must_not_be_shut_out(db, actor.person_id, stage)
    prize = db.get_one(Prize, stage.prize_id)
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    rows = [row for row in decisions_of(db, stage_id, kept) if row.outcome in CHECKED]
    reserves = {row.entry_id: at for at, row in enumerate(in_order(rows), 1)}
    organisations, recorded = organisations_of(db, stage_id), findings_of(db, stage_id)
    lines = []
    for row in rows:
        by_check = recorded.get(row.entry_id, {})
        shown = {check: tuple(_shown(db, each) for each in by_check.get(check, ())) for check in Check}
        lines.append(
            CheckedEntry(
                row.entry_id,
                str(db.get_one(Entry, row.entry_id).code),
                organisations[row.entry_id],
                row.outcome,
                reserves.get(row.entry_id),
                row.reason,
                tuple(each[0] for each in shown.values() if each),
                tuple(one for each in shown.values() for one in each[1:]),
                sum(map(len, shown.values())),
            )
        )
    order = {outcome: at for at, outcome in enumerate(CHECKED)}
    return DueDiligenceShown(
        prize.title,
        shown_stage(db, prize, stage),
        tuple(sorted(lines, key=lambda line: (order[line.outcome], line.reserve or 0, line.organisation))),
        len(unchecked(db, stage_id) - kept),
    )


def _was_confirmed(row: Decision) -> bool:
    return row.confirmed_at is not None or row.outcome is Outcome.FAILED_CHECKS


def _must_be_complete(findings: tuple[Found, ...]) -> None:
    if not findings:
        raise Invalid("Nothing was recorded. Say what was found in at least one check.", "findings")
    if len({each.check for each in findings}) < len(findings):
        raise Invalid("Each check has one finding.", "findings")
    for each in findings:
        if each.finding is not Finding.PASSES and not each.note:
            words = f"“{each.finding.value}” for {each.check.value} needs a note that says what or why."
            raise Invalid(words, "findings")


def _fail(db: Session, actor: Actor, stage: Stage, row: Decision, findings: tuple[Found, ...]) -> None:
    """Take the place from an entry that fails, and give it to the first reserve."""
    assert actor.person_id is not None
    place = row.outcome if row.outcome in PLACES else None
    reasons = "; ".join(
        f"{each.check.value.capitalize()}: {each.note}" for each in findings if each.finding is Finding.FAIL
    )
    changed = [(row, Outcome.FAILED_CHECKS, f"The checks before the announcement failed. {reasons}"[:2000])]
    waiting = in_order(decisions_of(db, stage.id))
    if place is not None and waiting:
        first = waiting[0]
        changed.append((first, place, f"{first.reason} Moved up from the reserves, since a place became free."[:2000]))
    for each, outcome, reason in changed:
        each.outcome, each.reason, each.reserve_order = outcome, reason, None
        each.decided_by, each.decided_at = actor.person_id, now(db)
        each.confirmed_by, each.confirmed_at = None, None
        each.version += 1
        db.add(each)
    if stage.state is StageState.CONFIRMED:
        STAGE.move(db, stage, PrizeAction.CHECK_CHOSEN)


def _decide_again(db: Session, stage: Stage, row: Decision) -> None:
    """Take back what was confirmed about an entry that fails no longer."""
    row.confirmed_by, row.confirmed_at = None, None
    row.version += 1
    db.add(row)
    if stage.state is StageState.CONFIRMED:
        STAGE.move(db, stage, PrizeAction.CHECK_CHOSEN)


def _shown(db: Session, row: DueDiligence) -> FindingShown:
    return FindingShown(row.kind, row.finding, row.note, person_card(db, row.found_by).name, row.found_at)
