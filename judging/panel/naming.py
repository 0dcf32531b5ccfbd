"""Names kept out of what is written for a blind panel: the words of its agenda, and its minutes."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.permissions import decide
from judging.panel.members import knows_who
from judging.panel.models import AgendaItem, Meeting
from judging.policy import Action as JudgingAction
from prize.entries.conflicts import kept_from
from prize.entries.identities import identities_of_entry
from prize.entries.models import Entry
from prize.entries.names import find_names
from prize.models import Stage, Visibility
from storage.database import matching
from storage.errors import Invalid


def must_name_nobody(db: Session, actor: Actor, meeting: Meeting, entry_id: UUID, text: str, about: str) -> None:
    """Refuse words that tell who is behind this entry, or another of the agenda, where the panel meets without names.

    Only what the actor may know is looked for: an answer about anything else would tell them whether they guess right.

    Raises
    ------
    Invalid : a name was found. It is not repeated, since the screen may be shared.
    """
    if db.get_one(Stage, meeting.stage_id).visibility is not Visibility.BLIND:
        return
    kept = kept_from(db, actor.person_id, stage_id=meeting.stage_id)
    runs = decide(db, actor, JudgingAction.SEE_DECISIONS, {"stage_id": meeting.stage_id}).allowed
    listed = {row.entry_id for row in matching(db, AgendaItem, meeting_id=meeting.id)}
    for key in sorted({entry_id, *listed} - kept, key=str):
        known = runs or (actor.person_id is not None and knows_who(db, actor.person_id, key))
        hits = find_names(text, about, identities_of_entry(db, db.get_one(Entry, key))) if known else ()
        if hits:
            raise Invalid(
                f"This tells who is behind an entry ({hits[0].tells.value}), and the panel meets without names. "
                "Write it without.",
                about,
            )
