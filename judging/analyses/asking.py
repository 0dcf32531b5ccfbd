"""Asking judges for the further scorecards that would settle most, with the checks of the assignment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command
from judging import messages
from judging.analyses.kept import newest_analysis
from judging.analyses.scores import scores_of_stage
from judging.judges import seats_of
from judging.models import Assignment, PanelMember, Scorecard
from judging.policy import Action
from judging.scorecards import is_open
from prize.entries.conflicts import kept_from
from prize.models import Prize, Stage
from prize.stages import dates_of
from storage.clock import now
from storage.database import locked
from storage.errors import Closed, Invalid, Stale


@dataclass(frozen=True)
class Asked:
    """How many scorecards were asked for, of how many judges, and how many of those had finished and begin again."""

    scorecards: int
    judges: int
    had_finished: int


@command(Action.ASK_FOR_SCORECARDS)
def ask_for_scorecards(db: Session, actor: Actor, stage_id: UUID, analysis_id: UUID, number: int) -> Asked:
    """Ask for the first so many scorecards that an analysis suggests. A judge who has finished is asked again.

    What such a judge had scored stays as it is; only what is new can be scored.

    Raises
    ------
    Invalid : the number is not that of suggested scorecards.
    Stale : there is a newer analysis, or a judge can no longer be asked for one of the scorecards.
    Closed : the stage takes no scores now.
    """
    stage = locked(db, Stage, stage_id)
    if not is_open(db, stage, dates_of(db, stage_id)):
        raise Closed("This stage takes no scores now, so nobody can be asked for more.")
    without = kept_from(db, actor.person_id, stage_id=stage_id)
    newest = newest_analysis(db, stage_id, without)
    if newest is None or newest.id != analysis_id:
        raise Stale("Scores have changed since you opened the page, and so has what is worth asking for. Look again.")
    suggested = newest.shown.suggestions.cards
    if not 1 <= number <= len(suggested):
        raise Invalid(
            f"Choose between 1 and {len(suggested)} scorecards." if suggested else "None is suggested.", "number"
        )
    scores = scores_of_stage(db, stage_id, without)
    labels = {person_id: label for label, person_id in scores.judges.items()}
    room = Counter(scores.room)
    wanted = suggested[:number]
    for card in wanted:
        label = labels.get(card.judge_id, "")
        if card.code not in scores.entries or (card.code, label) in scores.taken or room[label] < 1:
            raise Stale("A judge can no longer be asked for one of these. A new list will follow in a moment.")
        room[label] -= 1
    moment_now = now(db)
    for card in wanted:
        db.add(Assignment(stage_id=stage_id, entry_id=card.entry_id, judge_id=card.judge_id, assigned_at=moment_now))
    by_judge = Counter(card.judge_id for card in wanted)
    begins_again = [
        seat for seat in seats_of(db, stage_id) if seat.person_id in by_judge and seat.finished_at is not None
    ]
    for seat in begins_again:
        begin_again(db, seat)
    db.flush()
    prize = db.get_one(Prize, stage.prize_id)
    finished = {seat.person_id for seat in begins_again}
    for judge_id, count in by_judge.items():
        messages.asked_for_more(db, prize, stage, judge_id, analysis_id, count, had_finished=judge_id in finished)
    return Asked(len(wanted), len(by_judge), len(begins_again))


def begin_again(db: Session, seat: PanelMember) -> None:
    """Open a judge's set again, with what was scored before locked."""
    seat.finished_at = None
    seat.version += 1
    db.add(seat)
    cards = db.exec(
        select(Scorecard)
        .join(Assignment, col(Assignment.id) == col(Scorecard.assignment_id))
        .where(
            col(Assignment.stage_id) == seat.stage_id,
            col(Assignment.judge_id) == seat.person_id,
            col(Scorecard.locked_at).is_(None),
        )
    ).all()
    for card in cards:
        card.locked_at = now(db)
        db.add(card)
