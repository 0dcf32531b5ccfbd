"""The judges of a stage: invited from a list, bound by the terms, replaced by nobody else's hand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import LinkPurpose, Role, ScopeKind
from accounts.people import find_or_add_person, person_card
from accounts.programmes import appoint
from accounts.signing_in import mail_link
from judging.availability import is_away, today
from judging.expertise import Topic, topic_of_stage
from judging.models import Assignment, Duty, PanelMember
from judging.policy import AFTER_JUDGING, Action, panel_member
from judging.scorecards import is_open
from prize.changes import relies_on_prize
from prize.entries.conflicts import (
    conflicts_of_stage,
    kept_from,
    possible_conflicts,
    record_statements,
    statements_of,
)
from prize.entries.models import Conflict, ConflictState, Entry
from prize.models import Prize, Stage, StageState
from prize.stages import dates_of
from storage.clock import now
from storage.database import found, locked, matching, one_matching
from storage.errors import Closed, Invalid
from storage.values import Email, Line, Prose

_EMAIL: TypeAdapter[str] = TypeAdapter(Email)
MOST_JUDGES = 500


@dataclass(frozen=True)
class Invited:
    """What became of a pasted list: how many are new, how many were there, and the lines that could not be read."""

    added: int
    already: int
    unreadable: tuple[str, ...]


@dataclass(frozen=True)
class JudgeLine:
    """A judge as the secretariat sees one.

    ``knows`` are topics of the entry form, ``load`` is how many entries the judge wishes to take at most, and
    ``away_now`` says that they have said to be away today.
    """

    person_id: UUID
    name: str
    email: str
    invited_at: datetime
    accepted_at: datetime | None
    conflicts_stated_at: datetime | None
    conflicts: int
    finished_at: datetime | None
    chairs: bool
    duty: Duty
    knows: tuple[str, ...]
    load: int | None
    away_from: date | None
    away_until: date | None
    away_now: bool
    version: int


@dataclass(frozen=True)
class PossibleConflict:
    """A name that a judge has stated and that is close to an entrant's; ``reason`` says which to which."""

    id: UUID
    judge: str
    code: str
    reason: str


@dataclass(frozen=True)
class Seat:
    """A judge's own seat on a panel: what is asked of them, and how far they are.

    ``chairs`` says that they lead its meeting, ``judging`` that the stage takes scores now, ``judging_ended`` that no
    more are taken and ``deciding`` that nothing is decided for good; ``scores`` and ``meets`` what is asked of them.
    ``knows`` are the topics that the judge knows, ``load`` how many entries they wish to take at most.
    """

    stage_id: UUID
    prize: str
    stage: str
    zone: str
    judging_closes_at: datetime | None
    accepted_at: datetime | None
    conflicts_stated_at: datetime | None
    finished_at: datetime | None
    statements: tuple[str, ...]
    chairs: bool
    judging: bool
    judging_ended: bool
    deciding: bool
    scores: bool
    meets: bool
    knows: tuple[str, ...]
    load: int | None
    away_from: date | None
    away_until: date | None
    version: int


@relies_on_prize
def _panels(db: Session, prize_id: UUID) -> tuple[UUID, ...]:
    """Judges are told when a prize changes: their evenings depend on its dates."""
    return tuple(
        db.exec(
            select(PanelMember.person_id)
            .join(Stage, col(Stage.id) == col(PanelMember.stage_id))
            .where(col(Stage.prize_id) == prize_id, col(PanelMember.left_at).is_(None))
        ).all()
    )


@command(Action.INVITE_JUDGES)
def invite_judges(db: Session, actor: Actor, stage_id: UUID, pasted: Prose, duty: Duty = Duty.BOTH) -> Invited:
    """Invite the people of a pasted list, one a line: ``Name <address>``, ``Name, address`` or ``address``.

    Nobody is invited when a line cannot be read; those who are on the panel already are not written to again.

    Raises
    ------
    Invalid : there are more than 500 judges.
    """
    stage = locked(db, Stage, stage_id)
    people, unreadable = _read(pasted)
    if unreadable:
        return Invited(0, 0, unreadable)
    added = invite(db, actor, stage, people, duty)
    return Invited(added, len(people) - added, ())


def invite(db: Session, actor: Actor, stage: Stage, people: list[tuple[str, str]], duty: Duty = Duty.BOTH) -> int:
    """Give people, by name and address, a seat on a stage's panel and write to them; how many had none.

    Raises
    ------
    Invalid : there would be more than 500 judges.
    """
    stage_id = stage.id
    prize = db.get_one(Prize, stage.prize_id)
    seats = db.exec(select(PanelMember).where(col(PanelMember.stage_id) == stage_id)).all()
    if len(seats) + len(people) > MOST_JUDGES:
        raise Invalid(f"A stage has at most {MOST_JUDGES} judges.", "pasted")
    added = 0
    for name, email in people:
        person = find_or_add_person(db, name, email)
        if panel_member(db, person.id, stage_id) is not None:
            continue
        added += 1
        appoint(db, actor, person.id, Role.JUDGE, ScopeKind.STAGE, stage_id)
        seat = one_matching(db, PanelMember, stage_id=stage_id, person_id=person.id)
        if seat is None:
            seat = PanelMember(stage_id=stage_id, person_id=person.id, duty=duty, knows=[], invited_at=now(db))
        seat.duty, seat.left_at, seat.finished_at = duty, None, None  # somebody who had left comes back
        db.add(seat)
        db.flush()
        mail_link(db, person, LinkPurpose.INVITATION, "/", f"You are invited to judge {prize.title}.")
    return added


@command(Action.INVITE_JUDGES)
def name_chair(db: Session, actor: Actor, stage_id: UUID, person_id: UUID) -> None:
    """Name who leads the panel's meeting. Whoever did before no longer does.

    Raises
    ------
    Invalid : the person does not sit on the panel.
    Closed : the stage's decisions are confirmed.
    """
    stage = locked(db, Stage, stage_id)
    if stage.state in (StageState.CONFIRMED, StageState.RELEASED):
        raise Closed("The decisions are confirmed, so the panel has met.")
    named = panel_member(db, person_id, stage_id)
    if named is None or not named.duty.meets:
        raise Invalid("A chair sits on the panel. Choose one of its judges.", "person_id")
    before = db.exec(select(PanelMember).where(col(PanelMember.stage_id) == stage_id, col(PanelMember.chairs))).all()
    for seat in {seat.id: seat for seat in (*before, named)}.values():
        if seat.chairs is not (seat is named):
            seat.chairs = seat is named
            seat.version += 1
            db.add(seat)


@command(Action.INVITE_JUDGES)
def set_duty(db: Session, actor: Actor, stage_id: UUID, person_id: UUID, duty: Duty) -> None:
    """Say whether a judge scores entries alone, meets in the panel, or both.

    Raises
    ------
    Invalid : the person does not sit on the panel, is asked to score entries and would no longer, or chairs the panel
        and would no longer meet.
    Closed : the stage's decisions are confirmed.
    """
    stage = locked(db, Stage, stage_id)
    if stage.state in (StageState.CONFIRMED, StageState.RELEASED):
        raise Closed("The decisions are confirmed, so the panel has met.")
    seat = panel_member(db, person_id, stage_id)
    if seat is None:
        raise Invalid("Choose one of the judges of this stage.", "person_id")
    if seat.chairs and not duty.meets:
        raise Invalid("The chair leads the panel's meeting. Name another chair first.", "duty")
    if not duty.scores and matching(db, Assignment, stage_id=stage_id, judge_id=person_id, withdrawn_at=None):
        raise Invalid("This judge has been asked to score entries, and goes on doing so.", "duty")
    seat.duty = duty
    seat.version += 1
    db.add(seat)


@command(Action.ACCEPT_TERMS)
def accept_terms(db: Session, actor: Actor, stage_id: UUID) -> None:
    """Accept the terms of judging: confidence, no outside help, conflicts stated."""
    seat = _own_seat(db, actor, stage_id)
    seat.accepted_at = seat.accepted_at or now(db)
    db.add(seat)


@command(Action.STATE_CONFLICTS)
def state_conflicts(db: Session, actor: Actor, stage_id: UUID, statements: tuple[Line, ...]) -> int:
    """Name the people and organisations whom one must not judge, or say that there are none.

    An entry of theirs disappears from every screen of this judge. The answer, which is how many names are on record,
    is the same whether or not a name belongs to an entry.

    Raises
    ------
    Invalid : there are more than 200 names.
    Closed : the stage's decisions are confirmed.
    """
    stage = locked(db, Stage, stage_id)
    if stage.state in (StageState.CONFIRMED, StageState.RELEASED):
        raise Closed("The decisions are made, and rest on the scores as they stand. Write to the secretariat.")
    seat = _own_seat(db, actor, stage_id)
    seat.conflicts_stated_at = now(db)
    db.add(seat)
    recorded = record_statements(db, seat.person_id, stage_id, statements)
    withdraw_conflicted(db, stage_id, seat.person_id)
    return recorded


@command(Action.DECIDE_CONFLICT)
def decide_conflict(db: Session, actor: Actor, conflict_id: UUID, keeps_apart: bool) -> None:
    """Decide whether a name that is only close to an entrant's keeps the judge from the entry. The judge is not told.

    Raises
    ------
    Invalid : this conflict does not wait for a decision.
    Closed : the stage's decisions are confirmed.
    """
    conflict = found(db, Conflict, conflict_id)
    stage = locked(db, Stage, found(db, Entry, conflict.entry_id).stage_id)
    must_take_conflicts(stage)
    if conflict.state is not ConflictState.POSSIBLE:
        raise Invalid("This has been decided already.", "conflict_id")
    conflict.state = ConflictState.STANDS if keeps_apart else ConflictState.DISMISSED
    conflict.decided_by, conflict.decided_at = actor.person_id, now(db)
    db.add(conflict)
    db.flush()
    withdraw_conflicted(db, stage.id, conflict.person_id)


@query(Action.SEE_JUDGES)
def conflicts_to_decide(db: Session, actor: Actor, stage_id: UUID) -> tuple[PossibleConflict, ...]:
    """What judges have named that is close to an entrant's, by judge; entries that the actor must not see left out."""
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    return tuple(
        sorted(
            (
                PossibleConflict(
                    row.id,
                    person_card(db, row.person_id).name,
                    str(db.get_one(Entry, row.entry_id).code or ""),
                    row.reason,
                )
                for row in possible_conflicts(db, stage_id)
                if row.entry_id not in kept
            ),
            key=lambda line: (line.judge, line.code, line.reason),
        )
    )


@query(Action.SEE_JUDGES)
def judges(db: Session, actor: Actor, stage_id: UUID) -> tuple[JudgeLine, ...]:
    """The judges of a stage, by name."""
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    kept_apart = [pair for pair in conflicts_of_stage(db, stage_id) if pair[1] not in kept]
    day = today(db, db.get_one(Stage, stage_id))
    lines = []
    for seat in seats_of(db, stage_id):
        card = person_card(db, seat.person_id)
        lines.append(
            JudgeLine(
                seat.person_id,
                card.name,
                card.email,
                seat.invited_at,
                seat.accepted_at,
                seat.conflicts_stated_at,
                sum(person_id == seat.person_id for person_id, _ in kept_apart),
                seat.finished_at,
                seat.chairs,
                seat.duty,
                tuple(seat.knows),
                seat.load,
                seat.away_from,
                seat.away_until,
                is_away(seat, day),
                seat.version,
            )
        )
    return tuple(sorted(lines, key=lambda line: (line.name, line.email)))


@query(Action.SEE_JUDGES)
def topic_of_judges(db: Session, actor: Actor, stage_id: UUID) -> Topic | None:
    """What the entry form asks about the topic of an entry, of whose answers judges may know some."""
    return topic_of_stage(db, stage_id)


@query(Action.SEE_PANELS)
def own_seats(db: Session, actor: Actor) -> tuple[Seat, ...]:
    """The panels on which the actor sits."""
    seats = db.exec(
        select(PanelMember).where(col(PanelMember.person_id) == actor.person_id, col(PanelMember.left_at).is_(None))
    ).all()
    shown = []
    for seat in seats:
        stage = db.get_one(Stage, seat.stage_id)
        prize = db.get_one(Prize, stage.prize_id)
        dates = dates_of(db, stage.id)
        shown.append(
            Seat(
                stage.id,
                prize.title,
                stage.name,
                prize.zone,
                dates.judging_closes_at if dates else None,
                seat.accepted_at,
                seat.conflicts_stated_at,
                seat.finished_at,
                statements_of(db, seat.person_id, stage.id),
                seat.chairs,
                is_open(db, stage, dates),
                stage.state in AFTER_JUDGING,
                stage.state is StageState.DECIDING,
                seat.duty.scores,
                seat.duty.meets,
                tuple(seat.knows),
                seat.load,
                seat.away_from,
                seat.away_until,
                seat.version,
            )
        )
    return tuple(sorted(shown, key=lambda seat: (seat.prize, seat.stage)))


def seats_of(db: Session, stage_id: UUID) -> tuple[PanelMember, ...]:
    """Everybody who sits on the panel of a stage now."""
    rows = db.exec(
        select(PanelMember).where(col(PanelMember.stage_id) == stage_id, col(PanelMember.left_at).is_(None))
    ).all()
    return tuple(sorted(rows, key=lambda row: str(row.person_id)))


def must_take_conflicts(stage: Stage) -> None:
    """
    Raises
    ------
    Closed : the stage's decisions are confirmed.
    """
    if stage.state in (StageState.CONFIRMED, StageState.RELEASED):
        raise Closed("The decisions are made, and rest on the scores as they stand.")


def withdraw_conflicted(db: Session, stage_id: UUID, person_id: UUID) -> None:
    """Take back what a judge was asked to score and must not see; scores given before no longer count."""
    kept = kept_from(db, person_id, stage_id=stage_id)
    for assignment in db.exec(
        select(Assignment).where(
            col(Assignment.stage_id) == stage_id,
            col(Assignment.judge_id) == person_id,
            col(Assignment.withdrawn_at).is_(None),
        )
    ):
        if assignment.entry_id in kept:
            assignment.withdrawn_at = now(db)
            db.add(assignment)


def _own_seat(db: Session, actor: Actor, stage_id: UUID) -> PanelMember:
    seat = panel_member(db, actor.person_id, stage_id)
    if seat is None:
        raise Closed("You no longer sit on this panel.")
    return seat


def _read(pasted: str) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    people: dict[str, str] = {}
    unreadable = []
    for line in (line.strip() for line in pasted.splitlines()):
        if not line:
            continue
        parts = re.fullmatch(r"(?:(?P<name>[^<>,;\t]*?)\s*[<,;\t]\s*)?(?P<email>[^<>,;\s]+@[^<>,;\s]+)\s*>?", line)
        try:
            email = _EMAIL.validate_python(parts["email"] if parts else "")
        except ValidationError:
            unreadable.append(line[:100])
            continue
        assert parts is not None
        people.setdefault(email, (parts["name"] or "").strip(" \"'") or email.partition("@")[0])
    return [(name, email) for email, name in people.items()], tuple(unreadable)
