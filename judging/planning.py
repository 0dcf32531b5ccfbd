"""Planning who judges what: previewed as a plan, confirmed as assignments."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.people import person_card
from judging import messages
from judging.assignment import assign_as_wished, linked_groups
from judging.availability import without_time
from judging.draws import commit_to_draw
from judging.expertise import knowing, topics_of
from judging.judges import seats_of
from judging.models import Assignment, AssignmentPlan, PanelMember
from judging.policy import Action
from prize.entries.conflicts import conflicts_of_stage, kept_from, possible_conflicts
from prize.entries.models import Entry
from prize.entries.name_checks import being_searched, waiting_for_names
from prize.entries.screening import eligibility
from prize.entries.versions import submitted_entries
from prize.lifecycle import STAGE
from prize.models import Prize, Stage, StageState
from prize.policy import Action as PrizeAction
from storage.canonical import digest
from storage.clock import now
from storage.database import locked
from storage.errors import NOT_YOURS, Closed, Invalid, Refused, Stale

LARGEST_SEED = 2**31 - 1
BY_HAND = "by hand"
Pair = tuple[str, str]
"""The code of an entry, and the id of a judge."""
A_COLLEAGUE_HAS_TO = "Something that you do not see waits for a colleague of the secretariat to decide."


@dataclass(frozen=True)
class PlannedJudge:
    """A judge with how many entries a plan deals to them, and how many they wish to take at most.

    ``has_time`` is False for a judge who is away until judging closes, and so is dealt none.
    """

    person_id: UUID
    name: str
    entries: int
    conflicts: int
    wishes: int | None
    has_time: bool

    @property
    def beyond(self) -> int:
        """How many entries the plan deals to them beyond what they wish."""
        return max(self.entries - self.wishes, 0) if self.wishes is not None else 0


@dataclass(frozen=True)
class PlannedEntry:
    """An entry with the judges to whom a plan deals it, and whether any of them was chosen by hand."""

    entry_id: UUID
    code: str
    judge_ids: tuple[UUID, ...]
    by_hand: bool


@dataclass(frozen=True)
class PlanShown:
    """A plan as the secretariat previews it. ``short`` counts scorecards that could not be placed.

    ``searched`` counts files of its entries that are still searched for names: judging begins when there are none.
    Of the ``with_topic`` entries that say what they are about, ``known`` have a judge who knows it.
    """

    id: UUID
    made_at: datetime
    seed: int
    entries: int
    scorecards: int
    per_entry: int
    short: int
    searched: int
    components: int
    with_topic: int
    known: int
    judges: tuple[PlannedJudge, ...]
    dealt: tuple[PlannedEntry, ...]
    confirmed_at: datetime | None


@command(Action.PLAN_ASSIGNMENT)
def plan_assignment(
    db: Session, actor: Actor, stage_id: UUID, seed: int | None = None, by_hand: bool = True
) -> PlanShown:
    """Deal the eligible entries to the judges who have accepted, for a look before anybody is asked.

    What was given by hand stays, unless ``by_hand`` is False.

    Raises
    ------
    Invalid : no entry is eligible, entries wait for screening, or no judge has accepted and stated conflicts.
    Closed : the stage has not been screened, or its judging has begun.
    """
    stage = stage_to_plan(db, stage_id)
    return make_plan(db, actor, stage, seed, given_by_hand(newest_plan(db, stage_id)) if by_hand else ())


def stage_to_plan(db: Session, stage_id: UUID) -> Stage:
    """The stage, locked.

    Raises
    ------
    Closed : it has not been screened, or its judging has begun.
    """
    stage = locked(db, Stage, stage_id)
    if stage.state is not StageState.SCREENING:
        raise Closed("Entries are dealt to judges after screening and before judging begins.")
    return stage


def given_by_hand(plan: AssignmentPlan | None) -> tuple[Pair, ...]:
    """Which entries were given to which judges by hand, as a plan has it."""
    return tuple((code, judge) for code, judge in plan.summary.get(BY_HAND, ())) if plan else ()


def make_plan(db: Session, actor: Actor, stage: Stage, seed: int | None, given: Sequence[Pair]) -> PlanShown:
    """A plan in which each of ``given`` stays that can: a judge or an entry may be gone, or a conflict may be found."""
    entries, seats = entries_to_deal(db, actor, stage), judges_to_deal_to(db, stage.id)
    if seed is None:
        seed = secrets.randbelow(LARGEST_SEED)
    if not 0 <= seed <= LARGEST_SEED:
        raise Invalid("A seed is a whole number from 0 up.", "seed")
    codes = {str(entry.code): entry.id for entry in entries}
    judges = [str(seat.person_id) for seat in seats]
    conflicts = conflicts_by_code(db, stage.id, entries)
    stays = [(code, judge) for code, judge in given if code in codes and judge in judges]
    stays = [(code, judge) for code, judge in stays if (judge, code) not in conflicts]
    plan = assign_as_wished(
        sorted(codes),
        judges,
        stage.scorecards_per_entry,
        wishes={str(seat.person_id): seat.load for seat in seats if seat.load is not None},
        loads={str(person_id): 0 for person_id in without_time(db, stage, seats)},
        conflicts=conflicts,
        expertise=dict.fromkeys(_knowing_by_code(db, stage.id, entries, seats), 1.0),
        existing=stays,
        seed=seed,
    )
    assert actor.person_id is not None
    row = AssignmentPlan(
        stage_id=stage.id,
        seed=seed,
        inputs_digest=_inputs(db, stage, entries, seats),
        pairs=[[code, judge] for code, judge in plan.pairs],
        summary={
            "short": {str(code): count for code, count in plan.short.items()},
            BY_HAND: [[code, judge] for code, judge in stays],
        },
        made_by=actor.person_id,
        made_at=now(db),
    )
    db.add(row)
    db.flush()
    return _shown(db, actor, stage, row)


@command(PrizeAction.BEGIN_JUDGING)
def confirm_assignment(db: Session, actor: Actor, stage_id: UUID, plan_id: UUID) -> int:
    """Ask the judges to score what a plan deals to them, and begin judging. Returns the number of assignments.

    Raises
    ------
    Invalid : a possible conflict, or a name that was found, waits for the secretariat to decide, or a file is still
        searched for names.
    Stale : entries, judges or conflicts have changed since the plan was made.
    Closed : judging has begun, or screening has not.
    """
    stage = locked(db, Stage, stage_id)
    plan = db.get(AssignmentPlan, plan_id)
    if plan is None or plan.stage_id != stage_id:
        raise Refused(NOT_YOURS)
    entries, seats = entries_to_deal(db, actor, stage), judges_to_deal_to(db, stage_id)
    _must_be_decided(db, actor, stage_id, {entry.id for entry in entries})
    if plan.inputs_digest != _inputs(db, stage, entries, seats):
        raise Stale("Entries, judges or conflicts have changed since this plan was made. Make a new one.")
    STAGE.move(db, stage, PrizeAction.BEGIN_JUDGING)
    moment_now = now(db)
    codes = {entry.code: entry.id for entry in entries}
    for code, judge in plan.pairs:
        db.add(
            Assignment(
                stage_id=stage_id,
                entry_id=codes[code],
                judge_id=UUID(judge),
                plan_id=plan.id,
                assigned_at=moment_now,
            )
        )
    commit_to_draw(db, stage)
    plan.confirmed_at = moment_now
    db.add(plan)
    db.flush()
    prize = db.get_one(Prize, stage.prize_id)
    for judge, count in Counter(judge for _, judge in plan.pairs).items():
        messages.assigned(db, prize, stage, UUID(judge), count)
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    return sum(codes[code] not in kept for code, _ in plan.pairs)


@query(Action.PLAN_ASSIGNMENT)
def latest_plan(db: Session, actor: Actor, stage_id: UUID) -> PlanShown | None:
    """The newest plan of a stage, if one has been made."""
    newest = newest_plan(db, stage_id)
    return _shown(db, actor, db.get_one(Stage, stage_id), newest) if newest else None


def newest_plan(db: Session, stage_id: UUID) -> AssignmentPlan | None:
    """The plan of a stage that was made last."""
    rows = db.exec(select(AssignmentPlan).where(col(AssignmentPlan.stage_id) == stage_id)).all()
    return max(rows, key=lambda row: row.made_at, default=None)


def entries_to_deal(db: Session, actor: Actor, stage: Stage) -> tuple[Entry, ...]:
    """The entries that are judged: submitted and found eligible."""
    submitted = submitted_entries(db, stage.id)
    screened = {entry.id: eligibility(db, entry.id) for entry in submitted}
    waiting = {entry_id for entry_id, decision in screened.items() if decision is None}
    if seen := waiting - kept_from(db, actor.person_id, stage_id=stage.id):
        raise Invalid(f"{len(seen)} {'entry waits' if len(seen) == 1 else 'entries wait'} for screening.")
    if waiting:
        raise Invalid(A_COLLEAGUE_HAS_TO)
    eligible = tuple(entry for entry in submitted if (decision := screened[entry.id]) and decision.eligible)
    if not eligible:
        raise Invalid("No entry is eligible, so there is nothing to judge.")
    return eligible


def _must_be_decided(db: Session, actor: Actor, stage_id: UUID, entries: set[UUID]) -> None:
    names = {key: count for key, count in waiting_for_names(db, stage_id).items() if key in entries}
    close = [row.entry_id for row in possible_conflicts(db, stage_id) if row.entry_id in entries]
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    if searched := {key: count for key, count in being_searched(db, stage_id).items() if key in entries}:
        seen = sum(count for key, count in searched.items() if key not in kept)
        raise Invalid(
            f"{f'{seen} ' if seen else ''}{'file is' if seen == 1 else 'files are'} still searched for names. Judging "
            "can begin when that is done: try again in a few minutes. If nothing changes, ask the operator."
        )
    if seen := sum(count for key, count in names.items() if key not in kept):
        raise Invalid(
            f"{seen} {'answer or file' if seen == 1 else 'answers and files'} may name their makers. "
            "Decide on the page of each entry whether judges get them."
        )
    if seen := sum(key not in kept for key in close):
        raise Invalid(
            f"{seen} possible {'conflict waits' if seen == 1 else 'conflicts wait'} for you to decide. "
            "They are on the page “Judges”."
        )
    if names or close:
        raise Invalid(A_COLLEAGUE_HAS_TO)


def judges_to_deal_to(db: Session, stage_id: UUID) -> tuple[PanelMember, ...]:
    """The judges who have accepted and stated conflicts; that there are none is Invalid."""
    seats = tuple(seat for seat in seats_of(db, stage_id) if is_ready_to_score(seat))
    if not seats:
        raise Invalid("No judge has accepted the terms and stated conflicts yet. Wait for them, or invite more.")
    return seats


def is_ready_to_score(seat: PanelMember) -> bool:
    """Whether a judge may be dealt entries: they score, have accepted the terms, and have stated conflicts."""
    return seat.duty.scores and seat.accepted_at is not None and seat.conflicts_stated_at is not None


def conflicts_by_code(db: Session, stage_id: UUID, entries: Sequence[Entry]) -> frozenset[tuple[str, str]]:
    """Pairs (judge, entry) that must not meet."""
    codes = {entry.id: str(entry.code) for entry in entries}
    return frozenset(
        (str(person_id), codes[entry_id])
        for person_id, entry_id in conflicts_of_stage(db, stage_id)
        if entry_id in codes
    )


def _knowing_by_code(
    db: Session, stage_id: UUID, entries: Sequence[Entry], seats: Sequence[PanelMember]
) -> frozenset[tuple[str, str]]:
    codes = {entry.id: str(entry.code) for entry in entries}
    pairs = knowing(topics_of(db, stage_id), seats)
    return frozenset((str(judge), codes[entry_id]) for judge, entry_id in pairs if entry_id in codes)


def _inputs(db: Session, stage: Stage, entries: Sequence[Entry], seats: Sequence[PanelMember]) -> str:
    away = without_time(db, stage, seats)
    content: dict[str, Any] = {
        "per entry": stage.scorecards_per_entry,
        "entries": sorted(str(entry.code) for entry in entries),
        "judges": [[str(seat.person_id), seat.load, seat.person_id in away] for seat in seats],
        "knows": sorted([judge, code] for judge, code in _knowing_by_code(db, stage.id, entries, seats)),
        "conflicts": sorted([judge, code] for judge, code in conflicts_by_code(db, stage.id, entries)),
    }
    return digest(content)


def _shown(db: Session, actor: Actor, stage: Stage, row: AssignmentPlan) -> PlanShown:
    """A plan without the entries that the actor must not see, as if they did not exist."""
    kept = kept_from(db, actor.person_id, stage_id=stage.id)
    submitted = submitted_entries(db, stage.id)
    hidden = {entry.code for entry in submitted if entry.id in kept}
    pairs = [(code, judge) for code, judge in row.pairs if code not in hidden]
    short = {code: int(count) for code, count in row.summary["short"].items() if code not in hidden}
    counts = Counter(judge for _, judge in pairs)
    dealt = {code for code, _ in pairs} | short.keys()
    searched = being_searched(db, stage.id)
    kept_apart = [pair for pair in conflicts_of_stage(db, stage.id) if pair[1] not in kept]
    seats = [seat for seat in seats_of(db, stage.id) if is_ready_to_score(seat)]
    away = without_time(db, stage, seats)
    judges = [
        PlannedJudge(
            seat.person_id,
            person_card(db, seat.person_id).name,
            counts[str(seat.person_id)],
            sum(person_id == seat.person_id for person_id, _ in kept_apart),
            seat.load,
            seat.person_id not in away,
        )
        for seat in seats
    ]
    codes = {entry.id: str(entry.code) for entry in submitted if entry.code in dealt}
    topics = {entry_id: topic for entry_id, topic in topics_of(db, stage.id).items() if entry_id in codes}
    known = {(str(judge), codes[entry_id]) for judge, entry_id in knowing(topics, seats)}
    return PlanShown(
        row.id,
        row.made_at,
        row.seed,
        len({code for code, _ in pairs}),
        len(pairs),
        stage.scorecards_per_entry,
        sum(short.values()),
        sum(searched.get(entry.id, 0) for entry in submitted if entry.code in dealt),
        linked_groups(sorted(dealt), sorted(counts), pairs),
        len(topics),
        len({code for code, judge in pairs if (judge, code) in known}),
        tuple(sorted(judges, key=lambda judge: judge.name)),
        _planned_entries(codes, pairs, {code for code, _ in given_by_hand(row)}),
        row.confirmed_at,
    )


def _planned_entries(codes: Mapping[UUID, str], pairs: Sequence[Pair], by_hand: Set[str]) -> tuple[PlannedEntry, ...]:
    judges: dict[str, list[UUID]] = {}
    for code, judge in pairs:
        judges.setdefault(code, []).append(UUID(judge))
    return tuple(
        PlannedEntry(entry_id, code, tuple(judges.get(code, ())), code in by_hand)
        for entry_id, code in sorted(codes.items(), key=lambda item: item[1])
    )
