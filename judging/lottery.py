"""Drawing a stage's last places by lot: the list frozen, drawn once for all, and what everybody can read of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict
from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.people import person_card
from judging.analyses.kept import KeptAnalysis, newest_analysis
from judging.analyses.shown import Standing
from judging.decisions import decisions_of, organisations_of
from judging.draws import draw_of, list_of, must_see_all
from judging.lots import Ticket, by_hand, commitment_to, drawn, written
from judging.models import PLACES, Decision, Outcome
from judging.outcome_models import Draw
from judging.policy import Action
from judging.reserves import make_room_before
from prize.entries.conflicts import kept_from
from prize.entries.models import Entry
from prize.models import Prize, Stage, StageState
from prize.policy import Action as PrizeAction
from prize.publication import prize_at
from prize.stages import StageShown, shown_stage, stages_of
from storage.clock import now
from storage.database import locked, matching
from storage.errors import Closed, Invalid, Refused, Stale
from storage.files import Document
from storage.values import Reference, Statement

NO_DRAW = "The rules of this stage do not let places be drawn by lot."


@dataclass(frozen=True)
class LeftOut:
    """An entry between which and others scores do not decide, and that is not drawn all the same."""

    __pydantic_config__ = ConfigDict(strict=True, revalidate_instances="always")

    entry_id: UUID
    reason: Statement


@dataclass(frozen=True)
class BandEntry:
    """An entry that would be drawn: it competes for the last places and is not decided. ``chance`` is of a place."""

    entry_id: UUID
    code: str
    organisation: str
    place: int | None
    chance: float | None


@dataclass(frozen=True)
class FrozenList:
    """A list as it is drawn, with the text that is hashed; ``left_out`` are a code and the reason each."""

    outcome: Outcome
    places: int
    entries: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    digest: str
    text: str
    frozen_by: str
    frozen_at: datetime


@dataclass(frozen=True)
class DrawShown:
    """The draw of a stage for those who prepare it. ``free`` places are left to be drawn, among the ``band``.

    The band is that of the analysis ``analysis_id``; ``waiting`` says that a newer one is coming, or that there is
    none. ``clear`` entries have a high chance and are decided first. ``frozen`` and ``tickets`` are there once it has
    come to that.
    """

    prize: str
    stage: StageShown
    commitment: str
    committed_at: datetime
    free: int
    band: tuple[BandEntry, ...]
    analysis_id: UUID | None
    waiting: bool
    clear: int
    frozen: FrozenList | None
    tickets: tuple[Ticket, ...]
    drawn_by: str
    drawn_at: datetime | None


@dataclass(frozen=True)
class PublicDraw:
    """What everybody reads of a draw: the commitment at once, and after the release everything that repeats it.

    ``commands`` do so by hand. ``withheld`` says that the reader must not see one of the entries. Without ``tickets``
    nothing was drawn, or nothing is released yet; of a stage that is ``cancelled`` nothing will be.
    """

    position: int
    stage: str
    commitment: str
    committed_at: datetime
    released: bool
    cancelled: bool = False
    withheld: bool = False
    seed: str = ""
    list_text: str = ""
    list_digest: str = ""
    places: int = 0
    left_out: tuple[str, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    commands: tuple[str, ...] = ()


@command(Action.DRAW_PLACES)
def freeze_list(
    db: Session,
    actor: Actor,
    stage_id: UUID,
    analysis_id: UUID,
    places: int,
    outcome: Outcome,
    left_out: tuple[LeftOut, ...] = (),
) -> str:
    """Fix how many last places are drawn among the undecided band of the newest analysis; returns the list's digest.

    An entry of the band is left out with a reason alone, and the list names it. Nothing of the list changes any more.

    Raises
    ------
    Refused : the actor is shut out from an entry of the stage.
    Invalid : a clear entry is not decided, there are no more entries than places or more places than are free, or
        somebody is left out who is not in the band.
    Stale : there is a newer analysis than the one that the page showed.
    Closed : the stage is not being decided, its rules allow no draw, or the list is frozen.
    """
    stage = locked(db, Stage, stage_id)
    draw = _committed(db, actor, stage)
    if stage.state is not StageState.DECIDING or draw.frozen_at is not None:
        raise Closed("A list is frozen once, after judging has ended and before the decisions are confirmed.")
    newest = newest_analysis(db, stage_id)
    if newest is None or newest.id != analysis_id or newest.newer_coming:
        raise Stale("There is a newer analysis, or it is being made. Look at the list again, then freeze it.")
    band = {line.entry_id: line for line in _band(db, stage_id, newest)}
    reasons = {each.entry_id: each.reason for each in left_out}
    if len(reasons) < len(left_out) or reasons.keys() - band.keys():
        raise Invalid("An entry is left out once, and only one that would be drawn.", "left_out")
    entries = sorted(line.code for line in band.values() if line.entry_id not in reasons)
    free = _free(db, stage)
    if clear := _clear(db, stage_id, newest):
        many = "1 entry has" if clear == 1 else f"{clear} entries have"
        raise Invalid(f"{many} a high chance of a place and no decision yet. Decide about those first.")
    if outcome not in PLACES:
        raise Invalid("A place that is drawn is a finalist's or a winner's.", "outcome")
    if not 1 <= places <= free:
        raise Invalid(f"{free} {'place is' if free == 1 else 'places are'} free. Draw between 1 and so many.", "places")
    if places >= len(entries):
        raise Invalid(f"There are {len(entries)} entries in the list, so there is nothing to draw.", "places")
    draw.outcome, draw.places, draw.entries = outcome, places, entries
    draw.left_out = sorted([band[entry_id].code, reason] for entry_id, reason in reasons.items())
    draw.list_digest = list_of(draw).digest
    draw.frozen_by, draw.frozen_at = actor.person_id, now(db)
    db.add(draw)
    return draw.list_digest


@command(Action.DRAW_PLACES)
def draw_places(db: Session, actor: Actor, stage_id: UUID, seen: Reference) -> int:
    """Draw the frozen list, once for all: the lowest tickets are given the places, the others are reserves in order.

    Reserves that were chosen by hand stand behind them.

    ``seen`` is the digest of the list that the page showed. Returns how many entries were drawn.

    Raises
    ------
    Refused : the actor is shut out from an entry of the stage.
    Invalid : what is stored is not what was frozen.
    Stale : another list was frozen than the page showed.
    Closed : no list is frozen, or it has been drawn.
    """
    stage = locked(db, Stage, stage_id)
    draw = _committed(db, actor, stage)
    if stage.state is not StageState.DECIDING or draw.frozen_at is None:
        raise Closed("There is no list to draw. Freeze one first, while the stage is being decided.")
    if draw.drawn_at is not None:
        raise Closed("This list has been drawn. It is drawn once.")
    if seen != draw.list_digest:
        raise Stale("This is not the list that was frozen. Look at it again, then draw.")
    lots = list_of(draw)
    if lots.digest != draw.list_digest or commitment_to(draw.seed) != draw.commitment:
        raise Invalid(
            "The stored list or seed is not the one that was frozen, so nothing was drawn. Tell the operator, who can "
            "verify the audit trail."
        )
    assert actor.person_id is not None
    ids = {str(entry.code): entry.id for entry in matching(db, Entry, stage_id=stage_id)}
    tickets = drawn(lots, draw.seed)
    make_room_before(db, stage_id, len(tickets) - lots.places)
    for at, each in enumerate(tickets):
        won = at < lots.places
        db.add(
            Decision(
                stage_id=stage_id,
                entry_id=ids[each.entry],
                outcome=draw.outcome if won else Outcome.RESERVE,
                reserve_order=None if won else 1 + at - lots.places,
                reason=_reason(at + 1, len(tickets), lots.places),
                decided_by=actor.person_id,
                decided_at=now(db),
            )
        )
    draw.drawn_by, draw.drawn_at = actor.person_id, now(db)
    db.add(draw)
    return len(tickets)


@query(Action.DRAW_PLACES)
def draw_shown(db: Session, actor: Actor, stage_id: UUID) -> DrawShown:
    """The draw of a stage whose judging has begun.

    Raises
    ------
    Refused : the actor is shut out from an entry of the stage, which is not released.
    Closed : its rules allow no draw.
    """
    stage = db.get_one(Stage, stage_id)
    draw = _committed(db, actor, stage)
    newest = newest_analysis(db, stage_id) if draw.frozen_at is None else None
    frozen = None
    if draw.frozen_at is not None and draw.frozen_by is not None:
        lots = list_of(draw)
        frozen = FrozenList(
            draw.outcome,
            draw.places,
            lots.entries,
            tuple((code, reason) for code, reason in draw.left_out),
            draw.list_digest,
            lots.text,
            person_card(db, draw.frozen_by).name,
            draw.frozen_at,
        )
    prize = db.get_one(Prize, stage.prize_id)
    return DrawShown(
        prize.title,
        shown_stage(db, prize, stage),
        draw.commitment,
        draw.committed_at,
        _free(db, stage),
        _band(db, stage_id, newest) if newest else (),
        newest.id if newest else None,
        newest is None or newest.newer_coming,
        _clear(db, stage_id, newest) if newest else 0,
        frozen,
        drawn(list_of(draw), draw.seed) if draw.drawn_at else (),
        person_card(db, draw.drawn_by).name if draw.drawn_by else "",
        draw.drawn_at,
    )


@query(PrizeAction.SEE_PUBLIC_PRIZE)
def public_draws(db: Session, actor: Actor, slug: str) -> tuple[PublicDraw, ...]:
    """The draws of a published prize, that of the earliest stage first.

    Raises
    ------
    Refused : no published prize has this address.
    """
    prize = prize_at(db, slug)
    found = ((stage, draw_of(db, stage.id)) for stage in stages_of(db, prize.id))
    return tuple(_public(db, actor, stage, draw) for stage, draw in found if draw is not None)


@query(PrizeAction.SEE_PUBLIC_PRIZE)
def public_draw_file(db: Session, actor: Actor, slug: str, position: int) -> Document:
    """The file from which anybody repeats the draw of a stage.

    Raises
    ------
    Refused : there is no such draw, or it is not released.
    """
    prize = prize_at(db, slug)
    stage = next((stage for stage in stages_of(db, prize.id) if stage.position == position), None)
    draw = draw_of(db, stage.id) if stage else None
    if stage is None or draw is None or not _public(db, actor, stage, draw).tickets:
        raise Refused("There is no draw at this address. The prize's page has it when decisions are released.")
    content = written(list_of(draw), draw.seed, prize=prize.title, stage=stage.name)
    return Document(f"{prize.slug}-draw-{position}.json", "application/json", content)


def _public(db: Session, actor: Actor, stage: Stage, draw: Draw) -> PublicDraw:
    released = stage.state is StageState.RELEASED
    cancelled = stage.state is StageState.CANCELLED
    known = PublicDraw(stage.position, stage.name, draw.commitment, draw.committed_at, released, cancelled)
    if not released:
        return known
    if kept_from(db, actor.person_id, stage_id=stage.id):
        return PublicDraw(*_common(known), withheld=True)
    if draw.drawn_at is None:
        return PublicDraw(*_common(known), seed=draw.seed)
    lots = list_of(draw)
    tickets = drawn(lots, draw.seed)
    return PublicDraw(
        *_common(known),
        seed=draw.seed,
        list_text=lots.text,
        list_digest=draw.list_digest,
        places=draw.places,
        left_out=lots.left_out,
        tickets=tickets,
        commands=by_hand(lots, draw.seed, tickets),
    )


def _common(known: PublicDraw) -> tuple[int, str, str, datetime, bool]:
    return known.position, known.stage, known.commitment, known.committed_at, known.released


def _committed(db: Session, actor: Actor, stage: Stage) -> Draw:
    """The draw, for somebody who may know of it.

    Raises
    ------
    Refused : the actor is shut out from an entry of the stage, which is not released.
    Closed : there is none.
    """
    draw = draw_of(db, stage.id)
    if draw is None:
        raise Closed(NO_DRAW if not stage.may_draw else "The seed of the draw is made when judging begins.")
    must_see_all(db, actor.person_id, stage)
    return draw


def _band(db: Session, stage_id: UUID, newest: KeptAnalysis) -> tuple[BandEntry, ...]:
    """Who competes for the last places by an analysis and is not decided, in the order of the codes."""
    decided = {row.entry_id for row in decisions_of(db, stage_id)}
    organisations: Mapping[UUID, str] = organisations_of(db, stage_id)
    lines = (
        BandEntry(line.entry_id, line.code, organisations[line.entry_id], line.place, line.chance)
        for line in newest.shown.ranking
        if line.standing is Standing.UNDECIDED and line.entry_id not in decided
    )
    return tuple(sorted(lines, key=lambda line: line.code))


def _clear(db: Session, stage_id: UUID, newest: KeptAnalysis) -> int:
    """How many entries have a high chance of a place and no decision."""
    decided = {row.entry_id for row in decisions_of(db, stage_id)}
    return sum(line.standing is Standing.CLEAR and line.entry_id not in decided for line in newest.shown.ranking)


def _free(db: Session, stage: Stage) -> int:
    return max(0, stage.places - sum(row.outcome in PLACES for row in decisions_of(db, stage.id)))


def _reason(at: int, of: int, places: int) -> str:
    """What a team reads of its lot."""
    given = "1 place was" if places == 1 else f"{places} places were"
    return (
        f"Scores did not decide between {of} entries, so {given} drawn by lot among them, as the rules say. Yours came "
        f"out as number {at}. The prize's page has everything to repeat the draw."
    )
