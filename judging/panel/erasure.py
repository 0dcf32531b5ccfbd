"""What the panel's meetings hold about people, and what becomes of it when somebody is erased."""

from __future__ import annotations

from sqlmodel import Session

from accounts.privacy import Erasing, erases, holds
from judging.panel.policy import Action

WORK = "As long as the prize is kept"
PANEL = "The secretariat and the panel, but for whoever must not see the entry"
STAYS = "Kept: decisions rest on it. It points to a person without a name."


@erases
def _recused(db: Session, erasing: Erasing) -> None:
    """What somebody said when they recused themself goes with them."""
    erasing.own_acts.add(Action.RECUSE.value)


holds(
    "meeting",
    "Meetings of panels",
    acts="prepared_by prepared_at opened_at closed_at",
    nothing="id stage_id state quorum entry_id version",
    why="Deciding",
    how_long=WORK,
    seen_by="The secretariat and the panel",
    erased=STAYS,
)
holds(
    "meeting_presence",
    "Who was at the meetings",
    acts="person_id joined_at left_at",
    nothing="id meeting_id",
    why="The quorum, and who answers for a decision",
    how_long=WORK,
    seen_by="The secretariat and the panel",
    erased=STAYS,
)
holds(
    "agenda_item",
    "What the meetings discuss",
    texts="words",
    nothing="id meeting_id entry_id position reason presented_at removed_at",
    why="Deciding",
    how_long=WORK,
    seen_by=PANEL,
    erased="Kept: it is about an entry by its code.",
)
holds(
    "minute",
    "What the meetings recorded",
    acts="present recused recorded_by recorded_at votes_for votes_against abstaining",
    texts="reason",
    nothing="id meeting_id entry_id number outcome quorum corrects_id",
    why="The outcome, and who answers for it",
    how_long="As long as the installation: public money may have been given",
    seen_by=f"{PANEL}; who was there and who was recused, the secretariat alone",
    erased=STAYS,
)
holds(
    "revised_score",
    "Scores that members revised after a discussion",
    acts="person_id saved_at",
    nothing="id meeting_id entry_id rubric_id criterion_key points version",
    why="Whether discussing entries changes scores",
    how_long=WORK,
    seen_by="The member; of others, numbers without names",
    erased=STAYS,
)
