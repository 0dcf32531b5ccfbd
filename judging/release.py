"""Decisions made known: released to all at once, read by each team, and the way into the next stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from judging import messages
from judging.checks import unchecked
from judging.decisions import decision_on, decisions_of
from judging.draws import must_not_be_shut_out
from judging.letters import told_texts, unsettled
from judging.models import PLACES, Outcome
from judging.policy import Action
from prize import messages as told
from prize.entries.conflicts import find_conflicts_of_entries
from prize.entries.drafts import open_entry
from prize.entries.models import Entry
from prize.entries.teams import member_ids
from prize.entries.versions import submitted_entries
from prize.lifecycle import STAGE
from prize.models import Prize, Stage, StageState
from prize.policy import Action as PrizeAction
from prize.stages import dates_of, next_stage
from storage.clock import now
from storage.database import found, locked
from storage.errors import Invalid


@dataclass(frozen=True)
class OwnOutcome:
    """What a team reads after release: the outcome, its reason, and the comments meant for it, judges unnamed."""

    prize: str
    zone: str
    code: str
    outcome: Outcome
    reason: str
    comments: tuple[str, ...]
    released_at: datetime


@command(PrizeAction.RELEASE_DECISIONS)
def release_decisions(db: Session, actor: Actor, stage_id: UUID) -> int:
    """Let every team read its outcome, all at once, and tell them by mail. Returns how many entries.

    Those who have a place get an entry in the next stage, if there is one.

    Raises
    ------
    Refused : the actor is shut out from an entry of the stage.
    Invalid : a check of somebody who is chosen is missing, or the next stage would close before anybody could enter.
    Closed : the decisions are not confirmed.
    """
    stage = locked(db, Stage, stage_id)
    unready = obstacles(db, actor.person_id, stage)
    STAGE.transition(stage, PrizeAction.RELEASE_DECISIONS)
    if unready:
        raise Invalid(" ".join(unready))
    STAGE.move(db, stage, PrizeAction.RELEASE_DECISIONS)
    stage.released_at = now(db)
    db.add(stage)
    prize = db.get_one(Prize, stage.prize_id)
    entries = submitted_entries(db, stage_id)
    for entry in entries:
        messages.released(db, prize, entry.id, member_ids(db, entry.team_id))
    _open_next_stage(db, prize, stage)
    return len(entries)


@query(Action.SEE_OUTCOME)
def own_outcome(db: Session, actor: Actor, entry_id: UUID) -> OwnOutcome | None:
    """The outcome of one's own entry; None until it is released."""
    entry = db.get_one(Entry, entry_id)
    stage = db.get_one(Stage, entry.stage_id)
    row = decision_on(db, entry_id)
    if stage.state is not StageState.RELEASED or stage.released_at is None or row is None:
        return None
    prize = db.get_one(Prize, stage.prize_id)
    texts = told_texts(db, stage.id, entry_id)
    return OwnOutcome(
        prize.title,
        prize.zone,
        str(entry.code),
        row.outcome,
        texts.reason,
        texts.comments,
        stage.released_at,
    )


def released_outcome(db: Session, entry_id: UUID) -> Outcome | None:
    """The outcome of an entry once it is released."""
    entry = found(db, Entry, entry_id)
    row = decision_on(db, entry_id)
    released = db.get_one(Stage, entry.stage_id).state is StageState.RELEASED
    return row.outcome if row and released else None


def obstacles(db: Session, person_id: UUID | None, stage: Stage) -> tuple[str, ...]:
    """What stands in the way of a release.

    Raises
    ------
    Refused : the person is shut out from an entry of the stage, of which this would tell something.
    """
    must_not_be_shut_out(db, person_id, stage)
    waiting, named = unchecked(db, stage.id), unsettled(db, stage.id)
    words = []
    if seen := len(waiting):
        many = "1 chosen entry has" if seen == 1 else f"{seen} chosen entries have"
        words.append(f"{many} not passed every check of due diligence.")
    if seen := len(named):
        letters = "1 letter" if seen == 1 else f"{seen} letters"
        words.append(f"A judge may be named in {letters}. Decide about it on the page of letters.")
    return (*words, *_no_time_left(db, stage))


def _no_time_left(db: Session, stage: Stage) -> tuple[str, ...]:
    following = next_stage(db, stage)
    dates = dates_of(db, following.id) if following and following.state is StageState.PLANNED else None
    if following and dates and dates.closes_at <= now(db):
        late = f"{following.name} would have closed before those who are chosen could enter it. Move its dates first."
        return (late,)
    return ()


def _open_next_stage(db: Session, prize: Prize, stage: Stage) -> None:
    """Begin an entry in the next stage for everybody who has a place in this one, and tell them."""
    following = next_stage(db, stage)
    if following is None or following.state is StageState.CANCELLED:
        return
    opened = []
    for row in decisions_of(db, stage.id):
        if row.outcome in PLACES:
            chosen = db.get_one(Entry, row.entry_id)
            entry = open_entry(db, following.id, chosen.team_id, chosen.number)
            opened.append(entry.id)
            told.chosen(db, prize, following, entry.id, member_ids(db, entry.team_id))
    find_conflicts_of_entries(db, following, opened)
