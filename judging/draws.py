"""The draw of a stage as it stands, and from whom its decisions are kept until they are released."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlmodel import Session

from judging.checks import failed_checks, findings_of
from judging.lots import LotList, commitment_to, drawn, new_seed
from judging.models import Outcome
from judging.outcome_models import Draw
from prize.entries.conflicts import kept_from
from prize.entries.models import Entry
from prize.models import Stage, StageState
from storage.clock import now
from storage.database import matching, one_matching
from storage.errors import Refused

DRAW_TELLS: Final = (
    "Last places of this stage are drawn by lot, and you are shut out from one of its entries. So that the draw tells "
    "you nothing, somebody else of the prize team sees, makes and confirms its decisions until they are released."
)
CHECKS_TELL: Final = (
    "You are shut out from an entry of this stage. When a check fails a reserve moves up, which would tell you "
    "something of it. So somebody else of the prize team sees, checks, confirms and releases its decisions."
)


def commit_to_draw(db: Session, stage: Stage) -> None:
    """Make the secret seed of a stage whose rules let last places be drawn; once, when its judging begins."""
    if stage.may_draw and draw_of(db, stage.id) is None:
        seed = new_seed()
        db.add(
            Draw(
                stage_id=stage.id,
                seed=seed,
                commitment=commitment_to(seed),
                committed_at=now(db),
                entries=[],
                left_out=[],
            )
        )


def draw_of(db: Session, stage_id: UUID) -> Draw | None:
    """The draw of a stage; None where its rules allow none, or judging has not begun."""
    return one_matching(db, Draw, stage_id=stage_id)


def list_of(draw: Draw) -> LotList:
    """The list that is drawn, as it is hashed."""
    return LotList(
        str(draw.stage_id), draw.commitment, draw.places, tuple(draw.entries), tuple(code for code, _ in draw.left_out)
    )


def lot_of(db: Session, draw: Draw, code: str) -> tuple[Outcome, int | None]:
    """What the lot makes of an entry of a list that is drawn, and its place among the reserves.

    Whoever fails a check counts for nothing, so that the next ticket has the place.
    """
    codes = {str(entry.code): entry.id for entry in matching(db, Entry, stage_id=draw.stage_id)}
    order = [each.entry for each in drawn(list_of(draw), draw.seed)]
    ready = [each for each in order if each == code or not failed_checks(db, codes[each])]
    if ready.index(code) < draw.places:
        return draw.outcome, None
    return Outcome.RESERVE, order.index(code) - draw.places + 1


def must_not_be_shut_out(db: Session, person_id: UUID | None, stage: Stage) -> None:
    """Keep a stage's decisions from whoever must not see one of its entries, where each tells of others.

    That is so from when a list to be drawn is frozen, or when the sponsor has confirmed the decisions once so that a
    check can fail, until the release.

    Raises
    ------
    Refused : the words say that somebody else has to, and the same whether the entry is in the list or not.
    """
    if words := _why_kept(db, stage):
        must_see_all(db, person_id, stage, words)


def shut_stages(db: Session, person_id: UUID | None, prize_id: UUID) -> frozenset[UUID]:
    """The stages of a prize whose decisions are kept from somebody so."""
    stages = [stage for stage in matching(db, Stage, prize_id=prize_id) if _why_kept(db, stage)]
    return frozenset(stage.id for stage in stages if kept_from(db, person_id, stage_id=stage.id))


def _why_kept(db: Session, stage: Stage) -> str:
    """Why nobody who is shut out from an entry sees the decisions; empty where they may."""
    if stage.state is StageState.RELEASED:
        return ""
    draw = draw_of(db, stage.id)
    if draw is not None and draw.frozen_at is not None:
        return DRAW_TELLS
    return CHECKS_TELL if stage.state is StageState.CONFIRMED or findings_of(db, stage.id) else ""


def must_see_all(db: Session, person_id: UUID | None, stage: Stage, words: str = DRAW_TELLS) -> None:
    """
    Raises
    ------
    Refused : the person is shut out from an entry of the stage.
    """
    if kept_from(db, person_id, stage_id=stage.id):
        raise Refused(words)
