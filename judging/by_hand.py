"""Entries that are given to judges by hand or from a sheet; the rest of a plan is dealt at random around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.people import find_person, person_card
from judging.importing import ENTRY, JUDGE
from judging.planning import (
    Pair,
    PlanShown,
    conflicts_by_code,
    entries_to_deal,
    given_by_hand,
    judges_to_deal_to,
    make_plan,
    newest_plan,
    stage_to_plan,
)
from judging.policy import Action
from prize.entries.conflicts import kept_from
from prize.models import Stage
from storage.errors import NOT_YOURS, Invalid, Refused, Stale
from storage.sheets.columns import Problem
from storage.sheets.planning import (
    NOTHING_MATCHED,
    Fate,
    Imported,
    MatchedSheet,
    Plan,
    PlannedRow,
    done,
    must_be_as_shown,
    plan_of,
    read_matched,
    twice,
)
from storage.values import Reference, counted

MOST_ROWS: Final = 10_000
WANTED_OF_ASSIGNMENT: Final = (ENTRY, JUDGE)


@command(Action.PLAN_ASSIGNMENT)
def give_entry(
    db: Session, actor: Actor, stage_id: UUID, plan_id: UUID, entry_id: UUID, judge_ids: tuple[UUID, ...]
) -> PlanShown:
    """Give an entry to these judges, and deal anew around it, by the seed of the plan that was looked at.

    Without judges the entry is dealt at random again; with fewer than it needs, the others are.

    Raises
    ------
    Invalid : a judge is not ready, is kept from the entry, or there are more than score an entry; or as
        ``plan_assignment``.
    Stale : another plan has been made meanwhile.
    Closed : the stage has not been screened, or its judging has begun.
    """
    stage = stage_to_plan(db, stage_id)
    plan = newest_plan(db, stage_id)
    entry = next((one for one in entries_to_deal(db, actor, stage) if one.id == entry_id), None)
    if entry is None or entry.id in kept_from(db, actor.person_id, stage_id=stage_id):
        raise Refused(NOT_YOURS)
    if plan is None or plan.id != plan_id:
        raise Stale("Another plan has been made meanwhile. Look at it before you change it.")
    code, chosen = str(entry.code), tuple(dict.fromkeys(str(judge_id) for judge_id in judge_ids))
    ready = {str(seat.person_id) for seat in judges_to_deal_to(db, stage_id)}
    if not ready.issuperset(chosen):
        raise Invalid("Entries are given to judges who have accepted the terms and stated conflicts.", "judge_ids")
    conflicts = conflicts_by_code(db, stage_id, [entry])
    if kept := [judge for judge in chosen if (judge, code) in conflicts]:
        raise Invalid(f"{person_card(db, UUID(kept[0])).name} is kept from {code}. Choose another judge.", "judge_ids")
    if len(chosen) > stage.scorecards_per_entry:
        raise Invalid(_too_many(stage), "judge_ids")
    rest = [pair for pair in given_by_hand(plan) if pair[0] != code]
    return make_plan(db, actor, stage, plan.seed, [*rest, *((code, judge) for judge in chosen)])


@query(Action.PLAN_ASSIGNMENT)
def planned_assignment(db: Session, actor: Actor, stage_id: UUID, given: MatchedSheet = NOTHING_MATCHED) -> Plan:
    """Which entries an import would give to which judges. An entry that the actor must not see is unknown here.

    Raises
    ------
    Invalid : there is no row, or there are more than 10,000; or as ``plan_assignment``.
    """
    return _given(db, actor, db.get_one(Stage, stage_id), given)[0]


@command(Action.PLAN_ASSIGNMENT)
def import_assignment(db: Session, actor: Actor, stage_id: UUID, given: MatchedSheet, shown: Reference) -> Imported:
    """Give what ``planned_assignment`` has shown, and deal anew around it. Entries that the sheet does not name keep
    what was given by hand before.

    Raises
    ------
    Invalid : anything in the sheet is wrong.
    Stale : what is given by hand has changed since the plan was shown.
    Closed : the stage has not been screened, or its judging has begun.
    """
    stage = stage_to_plan(db, stage_id)
    plan, pairs = _given(db, actor, stage, given)
    must_be_as_shown(plan, shown)
    named = {code for code, _ in pairs}
    before = newest_plan(db, stage_id)
    rest = [pair for pair in given_by_hand(before) if pair[0] not in named]
    make_plan(db, actor, stage, before.seed if before else None, [*rest, *pairs])
    return done(plan)


def _given(db: Session, actor: Actor, stage: Stage, given: MatchedSheet) -> tuple[Plan, Sequence[Pair]]:
    read = read_matched(given, WANTED_OF_ASSIGNMENT, MOST_ROWS)
    if read.problems:
        return plan_of(read, (), ()), ()
    kept = kept_from(db, actor.person_id, stage_id=stage.id)
    entries = [entry for entry in entries_to_deal(db, actor, stage) if entry.id not in kept]
    codes = {str(entry.code).casefold(): str(entry.code) for entry in entries}
    ready = {seat.person_id for seat in judges_to_deal_to(db, stage.id)}
    conflicts, before = conflicts_by_code(db, stage.id, entries), set(given_by_hand(newest_plan(db, stage.id)))
    problems = [*twice(read, ("email", "code"), "Entry")]
    rows, pairs, counts = [], [], Counter[str]()
    for row in read.rows:
        person, code = find_person(db, row.values["email"]), codes.get(row.values["code"].casefold())
        if code is None:
            problems.append(Problem(row.number, "Entry", "No entry that is to be judged has this code. Check it."))
        elif person is None or person.id not in ready:
            problems.append(Problem(row.number, "Judge", "No judge who is ready to score has this address. Check it."))
        elif (str(person.id), code) in conflicts:
            problems.append(Problem(row.number, "Judge", f"{person.name} is kept from {code}. Choose another judge."))
        elif counts[code] == stage.scorecards_per_entry:
            problems.append(Problem(row.number, "Entry", _too_many(stage)))
        else:
            counts[code] += 1
            pair = (code, str(person.id))
            rows.append(PlannedRow(row.number, Fate.THERE if pair in before else Fate.NEW, (code, person.name)))
            pairs.append(pair)
    return plan_of(read, ("Entry", "Judge"), rows, problems), pairs


def _too_many(stage: Stage) -> str:
    return f"Each entry is scored by {counted(stage.scorecards_per_entry, 'judge')}, so no more are given to it."
