"""The draw of a stage as it stands: committed to when judging begins, and what it forbids until it is released."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlmodel import Session

from judging.lots import LotList, commitment_to, new_seed
from judging.outcome_models import Draw
from prize.entries.conflicts import kept_from
from prize.models import Stage, StageState
from storage.clock import now
from storage.database import matching, one_matching
from storage.errors import Refused

SHUT_OUT: Final = (
    "Last places of this stage are drawn by lot, and you are shut out from one of its entries. So that the draw tells "
    "you nothing, somebody else of the prize team sees, makes and confirms its decisions until they are released."
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
    return LotList(str(draw.stage_id), draw.commitment, draw.places, tuple(draw.entries))


def must_not_be_shut_out(db: Session, person_id: UUID | None, stage: Stage) -> None:
    """Keep the decisions of a stage with a frozen list from whoever must not see one of its entries, until the release.

    What is drawn depends on every entry of the list, so each decision would tell something of the one.

    Raises
    ------
    Refused : the words say that somebody else has to, and the same whether the entry is in the list or not.
    """
    if _tell_of_each_other(db, stage):
        must_see_all(db, person_id, stage)


def shut_stages(db: Session, person_id: UUID | None, prize_id: UUID) -> frozenset[UUID]:
    """The stages of a prize whose decisions are kept from somebody so."""
    stages = [stage for stage in matching(db, Stage, prize_id=prize_id) if _tell_of_each_other(db, stage)]
    return frozenset(stage.id for stage in stages if kept_from(db, person_id, stage_id=stage.id))


def _tell_of_each_other(db: Session, stage: Stage) -> bool:
    draw = draw_of(db, stage.id)
    return draw is not None and draw.frozen_at is not None and stage.state is not StageState.RELEASED


def must_see_all(db: Session, person_id: UUID | None, stage: Stage) -> None:
    """
    Raises
    ------
    Refused : the person is shut out from an entry of the stage.
    """
    if kept_from(db, person_id, stage_id=stage.id):
        raise Refused(SHUT_OUT)
