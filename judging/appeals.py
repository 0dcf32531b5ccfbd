"""Appeals: what a team has to say against the decision about its entry, once, within the days that the rules set.

An accepted appeal changes no decision. It is on record and told to the team; what follows is a separate act.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.people import person_card
from judging import messages
from judging.decisions import organisations_of
from judging.models import Appeal, AppealState
from judging.policy import Action, took_part_in_decision
from judging.staff import secretariat_of
from prize.entries.conflicts import in_conflict, kept_from
from prize.entries.models import Entry, EntryState
from prize.entries.teams import member_ids
from prize.models import Prize, Stage, StageState
from storage.clock import now
from storage.database import found, locked, one_matching, unchanged
from storage.errors import Closed
from storage.values import Prose, Statement, time_words


@dataclass(frozen=True)
class OwnAppeal:
    """A team's appeal, or that it can still write one. ``until`` is the last moment for that, also when it is past."""

    zone: str
    until: datetime
    can_write: bool
    text: str
    written_at: datetime | None
    state: AppealState | None
    reason: str
    decided_at: datetime | None


@dataclass(frozen=True)
class AppealLine:
    """An appeal as the secretariat sees it. ``somebody_else`` answers what the reader decided."""

    id: UUID
    entry_id: UUID
    code: str
    organisation: str
    text: str
    written_at: datetime
    state: AppealState
    reason: str
    decided_at: datetime | None
    answered_by: str
    somebody_else: bool
    version: int


@command(Action.APPEAL)
def write_appeal(db: Session, actor: Actor, entry_id: UUID, text: Prose) -> UUID:
    """Appeal against the decision about one's own entry; the secretariat is told. Returns the appeal's id.

    Raises
    ------
    Closed : the decision is not released, the days for it are over or there are none, or the team has appealed.
    """
    stage = locked(db, Stage, found(db, Entry, entry_id).stage_id)
    entry = locked(db, Entry, entry_id)
    until = _until(stage)
    if until is None or entry.state is not EntryState.SUBMITTED:
        raise Closed("There is nothing to appeal against: no decision is released, or the rules allow no appeal.")
    prize = db.get_one(Prize, stage.prize_id)
    if now(db) > until:
        last = time_words(until, prize.zone, weekday=True)
        raise Closed(f"Your team could appeal until {last}. The decision stands.")
    if one_matching(db, Appeal, entry_id=entry_id) is not None:
        raise Closed("Your team has appealed already. The secretariat answers by mail and on this page.")
    assert actor.person_id is not None
    appeal = Appeal(entry_id=entry_id, text=text, written_by=actor.person_id, written_at=now(db))
    db.add(appeal)
    db.flush()
    told = tuple(who for who in secretariat_of(db, prize, stage) if not in_conflict(db, who, entry_id))
    messages.appealed(db, prize, str(entry.code), appeal.id, told)
    return appeal.id


@command(Action.ANSWER_APPEAL)
def answer_appeal(db: Session, actor: Actor, appeal_id: UUID, version: int, accepted: bool, reason: Statement) -> None:
    """Accept an appeal or reject it, with the reason; the team is told both. The decision itself stays as it is.

    Whoever recorded or confirmed the decision does not answer an appeal against it.

    Raises
    ------
    Closed : it has been answered.
    Stale : somebody changed it meanwhile.
    """
    appeal = locked(db, Appeal, appeal_id)
    unchanged(appeal, version)
    if appeal.state is not AppealState.WAITING:
        raise Closed(f"This appeal is {appeal.state.value} already.")
    appeal.state = AppealState.ACCEPTED if accepted else AppealState.REJECTED
    appeal.reason, appeal.decided_by, appeal.decided_at = reason, actor.person_id, now(db)
    appeal.version += 1
    db.add(appeal)
    db.flush()
    entry = db.get_one(Entry, appeal.entry_id)
    prize = db.get_one(Prize, db.get_one(Stage, entry.stage_id).prize_id)
    members = member_ids(db, entry.team_id)
    messages.appeal_answered(db, prize, appeal.id, members, accepted=accepted, reason=reason)


@query(Action.APPEAL)
def own_appeal(db: Session, actor: Actor, entry_id: UUID) -> OwnAppeal | None:
    """The appeal of one's own team; None before the release and where the rules allow none."""
    entry = db.get_one(Entry, entry_id)
    stage = db.get_one(Stage, entry.stage_id)
    until = _until(stage)
    if until is None or entry.state is not EntryState.SUBMITTED:
        return None
    zone = db.get_one(Prize, stage.prize_id).zone
    row = one_matching(db, Appeal, entry_id=entry_id)
    if row is None:
        return OwnAppeal(zone, until, now(db) <= until, "", None, None, "", None)
    return OwnAppeal(zone, until, False, row.text, row.written_at, row.state, row.reason, row.decided_at)


@query(Action.SEE_APPEALS)
def appeals(db: Session, actor: Actor, stage_id: UUID) -> tuple[AppealLine, ...]:
    """The appeals of a stage that the actor may see: what waits first, the oldest on top."""
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    rows = db.exec(
        select(Appeal, Entry).join(Entry, col(Entry.id) == col(Appeal.entry_id)).where(col(Entry.stage_id) == stage_id)
    ).all()
    organisations = organisations_of(db, stage_id)
    lines = [
        AppealLine(
            row.id,
            entry.id,
            str(entry.code),
            organisations[entry.id],
            row.text,
            row.written_at,
            row.state,
            row.reason,
            row.decided_at,
            person_card(db, row.decided_by).name if row.decided_by else "",
            took_part_in_decision(db, actor.person_id, entry.id),
            row.version,
        )
        for row, entry in rows
        if entry.id not in kept
    ]
    return tuple(sorted(lines, key=lambda line: (line.state is not AppealState.WAITING, line.written_at, line.code)))


def _until(stage: Stage) -> datetime | None:
    """Until when teams can appeal; None before the release and where they cannot."""
    if stage.state is not StageState.RELEASED or stage.released_at is None or not stage.appeal_days:
        return None
    return stage.released_at + timedelta(days=stage.appeal_days)
