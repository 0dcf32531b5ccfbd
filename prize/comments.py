"""Comments of colleagues on the parts of a prize, while it is being set up and afterwards. No entrant reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.people import person_card
from prize.models import Prize, PrizeComment, PrizePart, Stage
from prize.policy import Action
from prize.stages import own_stage
from storage.clock import now
from storage.database import found, locked, matching
from storage.errors import NOT_YOURS, Closed, Invalid, Refused
from storage.values import Statement

MOST_OPEN = 100
"""On a prize: more would be read by nobody."""
OF_A_STAGE = (PrizePart.STAGE, PrizePart.FORM, PrizePart.RUBRIC)


@dataclass(frozen=True)
class PrizeCommentShown:
    """A comment on a part of a prize; ``stage`` is the name of the stage that it is about, or empty.

    ``settled_by`` is who has settled it, or empty while it is open.
    """

    id: UUID
    part: PrizePart
    stage_id: UUID | None
    stage: str
    text: str
    written_by: str
    written_at: datetime
    settled_by: str
    settled_at: datetime | None


@dataclass(frozen=True)
class PrizeComments:
    """Those that are open, the oldest on top, and then those that are settled; in the prize's zone."""

    zone: str
    comments: tuple[PrizeCommentShown, ...]

    def open_on(self, part: PrizePart, stage_id: UUID | None) -> int:
        return sum((one.part, one.stage_id, one.settled_at) == (part, stage_id, None) for one in self.comments)


@command(Action.COMMENT_ON_PRIZE)
def comment_on_part(
    db: Session, actor: Actor, prize_id: UUID, part: PrizePart, text: Statement, stage_id: UUID | None = None
) -> UUID:
    """Write to colleagues about a part of a prize, of one of its stages where the part belongs to a stage.

    Raises
    ------
    Invalid : the part belongs to a stage and none is given, or the other way about; or too many comments are open.
    """
    locked(db, Prize, prize_id)
    if (stage_id is None) is (part in OF_A_STAGE):
        raise Invalid("Say which stage the comment is about, for the stage, its entry form and its rubric.", "stage_id")
    if stage_id is not None:
        own_stage(db, prize_id, found(db, Stage, stage_id))
    if len(matching(db, PrizeComment, prize_id=prize_id, settled_at=None)) >= MOST_OPEN:
        raise Invalid(f"{MOST_OPEN} comments on this prize are open. Settle some first.", "text")
    assert actor.person_id is not None
    row = PrizeComment(
        prize_id=prize_id, part=part, stage_id=stage_id, text=text, written_by=actor.person_id, written_at=now(db)
    )
    db.add(row)
    db.flush()
    return row.id


@command(Action.COMMENT_ON_PRIZE)
def settle_comment(db: Session, actor: Actor, prize_id: UUID, comment_id: UUID) -> None:
    """Say that nothing is left to do about a comment. It stays to be read.

    Raises
    ------
    Refused : the prize has no such comment.
    Closed : it is settled.
    """
    row = locked(db, PrizeComment, comment_id)
    if row.prize_id != prize_id:
        raise Refused(NOT_YOURS)
    if row.settled_at is not None:
        raise Closed("Somebody has settled this comment already.")
    row.settled_by, row.settled_at = actor.person_id, now(db)
    db.add(row)


@query(Action.COMMENT_ON_PRIZE)
def prize_comments(db: Session, actor: Actor, prize_id: UUID) -> PrizeComments:
    """What colleagues have written about the parts of a prize."""
    rows = matching(db, PrizeComment, prize_id=prize_id)
    shown = [_shown(db, row) for row in sorted(rows, key=lambda row: (row.written_at, str(row.id)))]
    is_settled = [one for one in shown if one.settled_at is not None]
    is_open = [one for one in shown if one.settled_at is None]
    return PrizeComments(db.get_one(Prize, prize_id).zone, (*is_open, *is_settled))


def _shown(db: Session, row: PrizeComment) -> PrizeCommentShown:
    return PrizeCommentShown(
        row.id,
        row.part,
        row.stage_id,
        db.get_one(Stage, row.stage_id).name if row.stage_id else "",
        row.text,
        person_card(db, row.written_by).name,
        row.written_at,
        person_card(db, row.settled_by).name if row.settled_by else "",
        row.settled_at,
    )
