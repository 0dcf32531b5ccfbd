"""A judge who leaves: what they finished stands, what they had open goes to others, and nobody else's cards move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.people import person_card
from judging import messages
from judging.analyses.asking import begin_again
from judging.assignment import Plan, assign_as_wished, linked_groups
from judging.availability import without_time
from judging.expertise import knowing, topics_of
from judging.judges import seats_of
from judging.models import Assignment, PanelMember
from judging.planning import is_ready_to_score
from judging.policy import Action, panel_member
from judging.scorecards import is_open, own_cards
from prize.entries.conflicts import conflicts_of_stage, kept_from
from prize.entries.models import Entry
from prize.models import Prize, Stage, StageState
from prize.rubric import asked_of
from prize.stages import dates_of
from storage.canonical import digest
from storage.clock import now
from storage.database import locked, matching
from storage.errors import NOT_YOURS, Closed, Refused, Stale
from storage.values import Reference

SEED: Final = 1
"""The same cards are dealt in the same way each time that somebody looks."""


@dataclass(frozen=True)
class TakesOver:
    """A judge who is asked for entries of the one who leaves.

    ``before`` counts the entries that they had, ``known`` those of the new ones about whose topic they know something,
    and ``wishes`` is how many they wish to take at most.
    """

    person_id: UUID
    name: str
    codes: tuple[str, ...]
    before: int
    had_finished: bool
    known: int
    wishes: int | None


@dataclass(frozen=True)
class Leaving:
    """What becomes of a judge's entries when they leave.

    ``stays`` counts scorecards that are finished and count, ``given_back`` are the codes of those that are not;
    ``short`` of these nobody can take, as ``reasons`` say. ``groups`` are of entries and judges that share nothing:
    with more than one, scores cannot be compared across them. ``fewest`` and ``most`` are the loads of those who stay.
    """

    person_id: UUID
    name: str
    chairs: bool
    stays: int
    given_back: tuple[str, ...]
    takes_over: tuple[TakesOver, ...]
    short: int
    reasons: tuple[str, ...]
    groups_before: int
    groups_after: int
    fewest: int
    most: int
    digest: str


Pair = tuple[str, UUID]
"""An entry's code and a judge."""


@dataclass(frozen=True)
class _Proposal:
    """The same for everybody, whatever they may see. ``live`` are the pairs now, ``stay`` those that stay."""

    seat: PanelMember
    stays: tuple[str, ...]
    given_back: dict[str, UUID]
    live: frozenset[Pair]
    stay: frozenset[Pair]
    dealt: tuple[Pair, ...]
    seats: dict[UUID, PanelMember]
    entries: dict[str, UUID]
    known: frozenset[tuple[UUID, str]]
    short: frozenset[str]
    reasons: tuple[str, ...]

    @property
    def digest(self) -> str:
        return digest(
            [
                str(self.seat.id),
                sorted(self.stays),
                sorted(self.given_back),
                [[code, str(person_id)] for code, person_id in self.dealt],
            ]
        )


@query(Action.REPLACE_JUDGE)
def leaving(db: Session, actor: Actor, stage_id: UUID, person_id: UUID) -> Leaving:
    """What would become of a judge's entries if they left now; entries that the actor must not see are left out.

    Raises
    ------
    Refused : nobody like this sits on the panel.
    """
    stage = db.get_one(Stage, stage_id)
    found = _proposal(db, stage, person_id)
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    hidden = {code for code, entry_id in found.entries.items() if entry_id in kept}
    live, stay, dealt = (
        [pair for pair in pairs if pair[0] not in hidden] for pairs in (found.live, found.stay, found.dealt)
    )
    had, more = (Counter(judge_id for _, judge_id in pairs) for pairs in (stay, dealt))
    loads = [(had + more)[judge_id] for judge_id in found.seats]
    takes_over = [
        TakesOver(
            judge_id,
            person_card(db, judge_id).name,
            tuple(sorted(code for code, other in dealt if other == judge_id)),
            had[judge_id],
            found.seats[judge_id].finished_at is not None,
            sum((judge_id, code) in found.known for code, other in dealt if other == judge_id),
            found.seats[judge_id].load,
        )
        for judge_id in more
    ]
    return Leaving(
        person_id,
        person_card(db, person_id).name,
        found.seat.chairs,
        len(set(found.stays) - hidden),
        tuple(sorted(set(found.given_back) - hidden)),
        tuple(sorted(takes_over, key=lambda line: line.name)),
        len(found.short - hidden),
        () if found.short & hidden else _named(db, found),
        _groups(live),
        _groups([*stay, *dealt]),
        min(loads, default=0),
        max(loads, default=0),
        found.digest,
    )


@command(Action.REPLACE_JUDGE)
def let_judge_leave(db: Session, actor: Actor, stage_id: UUID, person_id: UUID, shown: Reference) -> None:
    """Take a judge off the panel, as ``leaving`` has shown; ``shown`` is the digest of that.

    Finished scorecards stay and count. Those that are not are given back, and others are asked for them; whoever had
    finished begins again, with what they scored left as it is.

    Raises
    ------
    Refused : nobody like this sits on the panel.
    Stale : scores, judges or conflicts have changed since it was shown.
    Closed : judging has ended, or its time is over.
    """
    stage = locked(db, Stage, stage_id)
    if stage.state is not StageState.JUDGING and stage.state not in (StageState.PLANNED, StageState.SCREENING):
        raise Closed("Judging has ended, so what this judge has scored stands as it is.")
    if stage.state is StageState.JUDGING and not is_open(db, stage, dates_of(db, stage_id)):
        raise Closed("This stage takes no scores now, so nobody can be asked for more.")
    given_back = _proposal(db, stage, person_id).given_back
    held = [locked(db, Assignment, assignment_id) for assignment_id in sorted(given_back.values())]
    found = _proposal(db, stage, person_id)
    if found.digest != shown:
        raise Stale("Scores, judges or conflicts have changed since you looked. Look at the proposal again.")
    moment_now = now(db)
    for assignment in held:
        assignment.withdrawn_at = moment_now
        db.add(assignment)
    for code, judge_id in found.dealt:
        entry_id = found.entries[code]
        db.add(Assignment(stage_id=stage_id, entry_id=entry_id, judge_id=judge_id, assigned_at=moment_now))
    found.seat.left_at, found.seat.chairs = moment_now, False
    found.seat.version += 1
    db.add(found.seat)
    prize = db.get_one(Prize, stage.prize_id)
    for judge_id, count in Counter(judge_id for _, judge_id in found.dealt).items():
        finished = found.seats[judge_id].finished_at is not None
        if finished:
            begin_again(db, found.seats[judge_id])
        messages.asked_for_more(db, prize, stage, judge_id, found.seat.id, count, had_finished=finished)
    db.flush()


def _proposal(db: Session, stage: Stage, person_id: UUID) -> _Proposal:
    """Deal what a judge has open to those who have room, before all to whoever knows what an entry is about.

    Judges who have finished are asked only where nobody else has room, and more than judges wish only where nobody has.
    Nobody is asked who is away until judging closes.
    """
    seat = panel_member(db, person_id, stage.id)
    if seat is None:
        raise Refused(NOT_YOURS)
    asked = sum(asked_of(db, stage.id))
    cards = own_cards(db, person_id, stage.id)
    given_back = {card.code: card.assignment_id for card in cards if card.scored < asked}
    entries = {str(entry.code): entry.id for entry in matching(db, Entry, stage_id=stage.id) if entry.code}
    codes = {entry_id: code for code, entry_id in entries.items()}
    rows = [row for row in matching(db, Assignment, stage_id=stage.id) if row.entry_id in codes]
    live = {(codes[row.entry_id], row.judge_id) for row in rows if row.withdrawn_at is None}
    stay = {pair for pair in live if pair[1] != person_id or pair[0] not in given_back}
    seats = {one.person_id: one for one in seats_of(db, stage.id) if one.person_id != person_id}
    bound = {key: one for key, one in seats.items() if is_ready_to_score(one)}
    judges = sorted({*bound, *(judge_id for _, judge_id in stay)}, key=str)
    judged = sorted({code for code, _ in live})
    barred = {(judge_id, codes[row]) for judge_id, row in conflicts_of_stage(db, stage.id) if row in codes}
    barred |= {(row.judge_id, codes[row.entry_id]) for row in rows}  # nobody is asked for the same entry twice
    barred |= {(judge_id, code) for code in judged if code not in given_back for judge_id in judges}

    there = bound.keys() - without_time(db, stage, bound.values())
    wishes = {key: one.load for key, one in bound.items() if one.load is not None}
    known = {
        (judge_id, codes[row]): 1.0
        for judge_id, row in knowing(topics_of(db, stage.id), list(bound.values()))
        if codes.get(row) in given_back
    }

    def dealt(*, to_finished: bool, beyond_wishes: bool) -> Plan:
        closed = [key for key in judges if key not in there or (bound[key].finished_at and not to_finished)]
        limits = dict.fromkeys(closed, 0)
        return assign_as_wished(
            judged,
            judges,
            stage.scorecards_per_entry,
            wishes=wishes if beyond_wishes else {},
            loads=limits if beyond_wishes else {**wishes, **limits},
            conflicts=barred,
            expertise=known,
            existing=stay,
            seed=SEED,
        )

    new: tuple[Pair, ...] = ()
    short: frozenset[str] = frozenset()
    reasons: tuple[str, ...] = ()
    if given_back:
        for to_finished, beyond_wishes in ((False, False), (True, False), (True, True)):
            plan = dealt(to_finished=to_finished, beyond_wishes=beyond_wishes)
            if not given_back.keys() & plan.short.keys():
                break
        new = tuple(pair for pair in plan.pairs if pair not in stay)
        short, reasons = frozenset(given_back.keys() & plan.short.keys()), plan.reasons
    finished = tuple(card.code for card in cards if card.code not in given_back)
    return _Proposal(
        seat,
        finished,
        given_back,
        frozenset(live),
        frozenset(stay),
        new,
        bound,
        entries,
        frozenset(known),
        short,
        reasons,
    )


def _groups(pairs: Sequence[Pair]) -> int:
    """How many groups of entries and judges share nothing."""
    entries, judges = ({pair[at] for pair in pairs} for at in (0, 1))
    return linked_groups(list(entries), list(judges), pairs)


def _named(db: Session, found: _Proposal) -> tuple[str, ...]:
    """Why scorecards are short, with the names of judges."""
    if not found.short:
        return ()
    reasons = list(found.reasons)
    for judge_id in found.seats:
        reasons = [reason.replace(str(judge_id), person_card(db, judge_id).name) for reason in reasons]
    return tuple(reasons)
