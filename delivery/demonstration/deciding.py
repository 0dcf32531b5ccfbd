"""The demonstration's decided prize: places left free, a finalist that fails due diligence, a reserve that moves up."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from delivery.demonstration import content
from delivery.demonstration.play import Play
from judging.decisions import confirm_decisions, decide_entry, decisions, decisions_seen
from judging.due_diligence import Found, record_checks
from judging.models import Outcome
from judging.no_award import leave_places
from judging.outcome_models import Check, Finding
from judging.release import release_decisions

FINALISTS: Final = 3
PASSES: Final = tuple(Found(check, Finding.PASSES) for check in Check)
FAILS: Final = (
    Found(Check.IDENTITY, Finding.PASSES),
    Found(
        Check.STANDING, Finding.FAIL, "Accounts for two years have not been filed, and were not within the time set."
    ),
)
UNDER_CONDITIONS: Final = (
    *(found for found in PASSES if found.check is not Check.SUBSIDY),
    Found(Check.SUBSIDY, Finding.CONDITIONS, "Other aid of the last three years is declared before the first payment."),
)
OVERRIDE: Final = "The panel read the doubts of its assessors, asked the team, and was convinced by the answers."
LEFT_FREE: Final = "The panel was convinced by three approaches, and gave no place to one that it would not fund."


def decide_with_a_failed_check(play: Play, stage_id: UUID, *, decided: int, confirmed: int, checked: int) -> None:
    """Decide the entries of a stage that the panel has not, until what due diligence has changed is confirmed too."""
    db, secretariat, sponsor = play.db, play.people["secretariat"], play.people["sponsor"]
    play.at(decided)
    _propose(db, secretariat, stage_id, FINALISTS)
    leave_places(db, secretariat, stage_id, LEFT_FREE)
    play.at(confirmed)
    confirm_decisions(db, sponsor, stage_id, decisions_seen(db, sponsor, stage_id))
    play.at(checked)
    lines = decisions(db, secretariat, stage_id).lines
    *good, last = (line.entry_id for line in lines if line.outcome is Outcome.FINALIST)
    reserve = next(line.entry_id for line in lines if line.outcome is Outcome.RESERVE)
    for entry_id in good:
        record_checks(db, secretariat, entry_id, PASSES)
    record_checks(db, secretariat, reserve, UNDER_CONDITIONS)
    record_checks(db, secretariat, last, FAILS)
    _give_reasons(db, secretariat, stage_id)
    play.at(checked + 1)
    confirm_decisions(db, sponsor, stage_id, decisions_seen(db, sponsor, stage_id))


def decide_and_release(play: Play, stage_id: UUID, *, finalists: int, decided: float) -> None:
    """Decide, check and release in a week; by the casework officer, so that the secretariat can answer appeals."""
    db, casework, sponsor = play.db, play.people["casework"], play.people["sponsor"]
    play.at(decided)
    _propose(db, casework, stage_id, finalists)
    play.at(decided + 2)
    confirm_decisions(db, sponsor, stage_id, decisions_seen(db, sponsor, stage_id))
    play.at(decided + 5)
    for line in decisions(db, casework, stage_id).lines:
        if line.outcome is Outcome.FINALIST:
            record_checks(db, casework, line.entry_id, PASSES)
    play.at(decided + 7)
    release_decisions(db, casework, stage_id)


def _propose(db: Session, secretariat: Actor, stage_id: UUID, finalists: int) -> None:
    """Propose a decision for every entry that has none yet, from the highest mean down."""
    place = 0
    for line in decisions(db, secretariat, stage_id).lines:
        if line.outcome is not None:
            place += 1
            continue
        if line.result is not None and line.result.stopped_by:
            outcome, reason = (
                Outcome.THRESHOLD_NOT_MET,
                f"The mean for {line.result.stopped_by[0]} is below its minimum.",
            )
        elif place < finalists:
            outcome, reason = Outcome.FINALIST, content.CONVINCED
        elif place == finalists:
            outcome, reason = Outcome.RESERVE, content.CLOSE
        else:
            outcome, reason = Outcome.NOT_SELECTED, content.NOT_CONVINCED
        place += outcome is not Outcome.THRESHOLD_NOT_MET
        decide_entry(db, secretariat, line.entry_id, outcome, reason)
    _give_reasons(db, secretariat, stage_id)


def _give_reasons(db: Session, secretariat: Actor, stage_id: UUID) -> None:
    """Say why whoever departs from the published rules is chosen all the same."""
    for line in decisions(db, secretariat, stage_id).lines:
        if line.departs and line.outcome is not None and not line.override:
            decide_entry(db, secretariat, line.entry_id, line.outcome, line.reason, line.version, OVERRIDE)
