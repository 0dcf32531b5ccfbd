"""The panel's meeting of the demonstration's decided prize: a recusal, a quorum, decisions on record, revised scores."""

from __future__ import annotations

import random
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from delivery.demonstration import content
from judging.judges import name_chair
from judging.models import Assignment, Outcome
from judging.panel.agenda import ItemShown, add_item
from judging.panel.meeting import close_meeting, join_meeting, open_meeting, prepare_meeting, present_item
from judging.panel.members import members_of
from judging.panel.minutes import record_minute
from judging.panel.models import Meeting
from judging.panel.recusals import recuse_oneself
from judging.panel.revised import revise_score
from judging.panel.screens import panel_meeting, present_entry
from prize.models import Seen
from storage.database import matching


def hold_meeting(
    db: Session, secretariat: Actor, stage_id: UUID, codes: list[str], places: int, *, discussed: int | None = None
) -> None:
    """Discuss these entries, given by their codes from the highest mean down, and recommend what becomes of each.

    With ``discussed``, only so many are, and the panel is at the next one: the meeting is open.
    """
    dice = random.Random(f"meeting {len(codes)}")
    members = [Actor(seat.person_id) for seat in members_of(db, stage_id)]
    chair = members[0]
    assert chair.person_id is not None
    name_chair(db, secretariat, stage_id, chair.person_id)
    meeting_id = prepare_meeting(db, chair, stage_id, len(members) - 1)
    listed = {item.code for item in _agenda(db, chair, stage_id)}
    for code in codes:
        if code not in listed:
            add_item(db, chair, meeting_id, code, content.CLOSE_TO_THE_CUT)
    open_meeting(db, chair, meeting_id, _version(db, meeting_id))
    for member in members:
        join_meeting(db, member, meeting_id)
    places_of = {code: place for place, code in enumerate(codes)}
    agenda = sorted(_agenda(db, chair, stage_id), key=lambda item: places_of.get(item.code, len(codes)))
    _recuse_somebody(db, stage_id, members[1:], agenda)
    for item in agenda[:discussed]:
        present_item(db, chair, item.id, _version(db, meeting_id))
        place = places_of.get(item.code, len(codes))
        for member in members:
            _revise(db, member, stage_id, item.id, dice)
        outcome, reason = _recommended(place, places)
        present = present_entry(db, chair, stage_id)
        assert present is not None
        against = int(outcome is Outcome.RESERVE)
        record_minute(db, chair, item.id, outcome, reason, present.digest, present.may_vote - against, against)
    if discussed is None:
        close_meeting(db, chair, meeting_id, _version(db, meeting_id))
    else:
        present_item(db, chair, agenda[discussed].id, _version(db, meeting_id))


def _recommended(place: int, places: int) -> tuple[Outcome, str]:
    if place < places:
        return Outcome.FINALIST, content.CONVINCED
    return (Outcome.RESERVE, content.CLOSE) if place == places else (Outcome.NOT_SELECTED, content.NOT_CONVINCED)


def _recuse_somebody(db: Session, stage_id: UUID, members: list[Actor], agenda: Sequence[ItemShown]) -> None:
    """A member who has not scored it alone has no part in an entry of the agenda."""
    for item in agenda:
        for member in members:
            if not matching(db, Assignment, entry_id=item.entry_id, judge_id=member.person_id):
                recuse_oneself(db, member, stage_id, item.code, content.WHY_RECUSED)
                return


def _revise(db: Session, member: Actor, stage_id: UUID, item_id: UUID, dice: random.Random) -> None:
    """After the discussion members come a point closer to the mean in what they had scored alone."""
    shown = present_entry(db, member, stage_id)
    if shown is None or shown.line is None:
        return
    means = dict(zip([criterion.key for criterion in shown.rubric.criteria], shown.line.means, strict=True))
    blind = {criterion.key for criterion in shown.rubric.criteria if criterion.seen is Seen.BLIND}
    for own in shown.own:
        mean = means[own.criterion_key]
        if own.independent is None or mean is None or own.criterion_key not in blind or dice.random() < 0.2:
            continue
        apart = mean - own.independent
        if abs(apart) >= 0.5:
            points = own.independent + (1 if apart > 0 else -1)
            revise_score(db, member, item_id, own.criterion_key, points)


def _agenda(db: Session, actor: Actor, stage_id: UUID) -> tuple[ItemShown, ...]:
    shown = panel_meeting(db, actor, stage_id)
    assert shown is not None
    return shown.agenda


def _version(db: Session, meeting_id: UUID) -> int:
    return db.get_one(Meeting, meeting_id).version
