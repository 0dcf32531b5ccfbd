"""The minutes of the panel's meetings: recorded decisions that are never changed, and corrected by naming them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.permissions import decide
from judging.blinding import digest_of_what_is_read
from judging.decisions import TO_DECIDE, decision_on, decisions_of, propose
from judging.draws import must_not_be_shut_out
from judging.models import Outcome
from judging.panel.members import names_of, voting_on
from judging.panel.models import AgendaItem, Meeting, Minute
from judging.panel.naming import must_name_nobody
from judging.panel.policy import Action
from judging.panel.standing import discussed_now, meetings_of
from judging.policy import Action as JudgingAction
from prize.entries.conflicts import kept_from
from prize.entries.models import Entry, EntryState
from prize.models import Stage
from storage.canonical import digest
from storage.clock import now
from storage.database import matching
from storage.errors import Closed, Invalid, Refused, Stale
from storage.values import Reference, Statement


@dataclass(frozen=True)
class Votes:
    """How those who may vote on an entry have voted."""

    in_favour: int = 0
    against: int = 0
    abstaining: int = 0

    @property
    def cast(self) -> int:
        return self.in_favour + self.against + self.abstaining


@dataclass(frozen=True)
class MinuteShown:
    """A recorded decision. ``outcome`` is None where nothing was decided. ``present`` counts those who could vote.

    Who could vote and who was recused is named to the secretariat alone: a name beside a code would tell something of
    who is behind it, and the names of the others would tell whose is missing. ``proposed`` is told to nobody else
    either: whether what was recommended is the entry's decision as it stands; None where that is not to be said.
    ``corrects`` is when the minute that this one corrects was recorded, ``corrected`` that another one corrects this.
    """

    id: UUID
    code: str
    outcome: Outcome | None
    reason: str
    votes: Votes
    quorum: int
    present: int
    recused: int
    present_names: tuple[str, ...]
    recused_names: tuple[str, ...]
    proposed: bool | None
    recorded_by: str
    recorded_at: datetime
    corrects: datetime | None
    corrected: bool


@dataclass(frozen=True)
class MeetingMinutes:
    """A meeting with what it recorded, in the order in which it did."""

    id: UUID
    opened_at: datetime | None
    closed_at: datetime | None
    minutes: tuple[MinuteShown, ...]


@command(Action.RECORD_MINUTE)
def record_minute(
    db: Session,
    actor: Actor,
    item_id: UUID,
    outcome: Outcome | None,
    reason: Statement,
    seen: Reference,
    in_favour: int = 0,
    against: int = 0,
    abstaining: int = 0,
    corrects: UUID | None = None,
) -> UUID:
    """Record what the panel recommends for the entry that it discusses, or that it decided nothing, with the reason.

    What it recommends becomes the proposed decision of the entry, unless that cannot be. Why it cannot be is not said:
    it may rest on what the panel does not know. What is corrected is no longer proposed. ``seen`` is the digest of what
    was on the table, ``corrects`` the minute that stood until now, None where there was none. Returns the minute.

    Raises
    ------
    Invalid : the outcome is not one to be chosen, the votes do not fit, the quorum does not stand, the reason tells
        who is behind an entry, or the entry has been withdrawn.
    Closed : another entry is discussed, the meeting is not open, or the stage is not being decided.
    Stale : somebody has recorded or decided something about this entry meanwhile, or something else is read of it.
    """
    meeting, item = discussed_now(db, item_id)
    if outcome is not None and outcome not in TO_DECIDE:
        raise Invalid(f"“{outcome.value}” is not chosen here.", "outcome")
    code = _submitted(db, item)
    stood = standing_minute(db, item.entry_id)
    if (stood.id if stood else None) != corrects:
        raise Stale(f"Something was recorded about {code} after you opened the page. Read it, then correct it.")
    if seen != on_the_table(db, actor, item.entry_id):
        raise Stale(f"What stands about {code} has changed since you opened the page. Look at it again, then record.")
    voting = voting_on(db, meeting, item.entry_id)
    there = len(voting.may_vote)
    if there < meeting.quorum:
        raise Invalid(
            f"The quorum is {meeting.quorum}, and {there} of those present may decide about {code}. Wait for more."
        )
    must_name_nobody(db, actor, meeting, item.entry_id, reason, "reason")
    _must_fit(Votes(in_favour, against, abstaining), there, outcome)
    assert actor.person_id is not None
    minute = Minute(
        meeting_id=meeting.id,
        entry_id=item.entry_id,
        number=len(matching(db, Minute, meeting_id=meeting.id)) + 1,
        outcome=outcome.value if outcome else "",
        reason=reason,
        votes_for=in_favour,
        votes_against=against,
        abstaining=abstaining,
        quorum=meeting.quorum,
        present=sorted(map(str, voting.may_vote)),
        recused=sorted(map(str, voting.recused)),
        corrects_id=corrects,
        recorded_by=actor.person_id,
        recorded_at=now(db),
    )
    db.add(minute)
    db.flush()
    _propose(db, actor, minute, stood)
    return minute.id


@query(Action.SEE_MEETING)
def minutes(db: Session, actor: Actor, stage_id: UUID) -> tuple[MeetingMinutes, ...]:
    """The minutes of a stage's meetings, the newest meeting first, without entries that the actor must not see."""
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    named = decide(db, actor, JudgingAction.RECORD_CONFLICTS, {"stage_id": stage_id}).allowed
    decided = _decided(db, actor, stage_id) if named else None
    shown = []
    for meeting in reversed(meetings_of(db, stage_id)):
        rows = [row for row in matching(db, Minute, meeting_id=meeting.id) if row.entry_id not in kept]
        rows.sort(key=lambda row: row.number)
        written = tuple(_shown(db, row, named=named, decided=decided) for row in rows)
        shown.append(MeetingMinutes(meeting.id, meeting.opened_at, meeting.closed_at, written))
    return tuple(shown)


def standing_minute(db: Session, entry_id: UUID) -> Minute | None:
    """What was last recorded about an entry and nothing has corrected."""
    return next(iter(_standing(matching(db, Minute, entry_id=entry_id))), None)


def standing_minutes(db: Session, stage_id: UUID) -> dict[UUID, Minute]:
    """The same of all entries of a stage, by entry."""
    rows = db.exec(
        select(Minute).join(Meeting, col(Meeting.id) == col(Minute.meeting_id)).where(col(Meeting.stage_id) == stage_id)
    ).all()
    return {row.entry_id: row for row in _standing(rows)}


def on_the_table(db: Session, actor: Actor, entry_id: UUID) -> str:
    """The digest of what is read of an entry and of what is proposed for it, which it does not tell.

    For whoever must not see decisions it is of what is read alone: they do not learn even that one has changed.
    """
    proposed = None
    try:
        must_not_be_shut_out(db, actor.person_id, db.get_one(Stage, db.get_one(Entry, entry_id).stage_id))
    except Refused:
        pass
    else:
        row = decision_on(db, entry_id)
        proposed = [row.id, row.version] if row else None
    return digest([digest_of_what_is_read(db, [entry_id]), proposed])


def minute_shown(db: Session, row: Minute) -> MinuteShown:
    """A minute for whoever may see the entry, without anybody's name beside it but of who recorded it."""
    return _shown(db, row, named=False)


def _standing(rows: Iterable[Minute]) -> list[Minute]:
    rows = list(rows)
    corrected = {row.corrects_id for row in rows}
    return [row for row in rows if row.id not in corrected]


def _submitted(db: Session, item: AgendaItem) -> str:
    entry = db.get_one(Entry, item.entry_id)
    if entry.state is not EntryState.SUBMITTED:
        raise Invalid(f"{entry.code} has been withdrawn, so nothing is decided about it.", "item_id")
    return str(entry.code)


def _must_fit(votes: Votes, there: int, outcome: Outcome | None) -> None:
    if min(votes.in_favour, votes.against, votes.abstaining) < 0:
        raise Invalid("A number of votes is 0 or more.", "in_favour")
    if votes.cast > there:
        raise Invalid(f"{votes.cast} votes are more than the {there} present who may vote on this entry.", "in_favour")
    if outcome is not None and votes.against > votes.in_favour:
        raise Invalid("More voted against this than for it. Record what the panel decided instead, or no decision.")


def _propose(db: Session, actor: Actor, minute: Minute, struck: Minute | None) -> None:
    """Make what the panel recommends the proposed decision, if it can be, with the reason of a departure that was given
    for the same outcome; and let nothing stand that rests on what was ``struck``."""
    row = decision_on(db, minute.entry_id)
    rests = row is not None and struck is not None and (row.outcome, row.reason) == (struck.outcome, struck.reason)
    if minute.outcome:
        outcome = Outcome(minute.outcome)
        override = row.override if row and row.outcome is outcome else ""
        try:
            propose(db, actor, minute.entry_id, outcome, minute.reason, row.version if row else 0, override)
        except (Refused, Invalid, Closed):
            pass
        else:
            return
    if rests:
        db.delete(row)


def _decided(db: Session, actor: Actor, stage_id: UUID) -> dict[UUID, Outcome] | None:
    """What is proposed or decided, by entry; None for whoever must not see it."""
    try:
        must_not_be_shut_out(db, actor.person_id, db.get_one(Stage, stage_id))
    except Refused:
        return None
    return {row.entry_id: row.outcome for row in decisions_of(db, stage_id)}


def _shown(db: Session, row: Minute, *, named: bool, decided: Mapping[UUID, Outcome] | None = None) -> MinuteShown:
    corrected = bool(matching(db, Minute, corrects_id=row.id))
    told = decided is not None and row.outcome and not corrected
    corrects = db.get(Minute, row.corrects_id) if row.corrects_id else None
    return MinuteShown(
        row.id,
        str(db.get_one(Entry, row.entry_id).code),
        Outcome(row.outcome) if row.outcome else None,
        row.reason,
        Votes(row.votes_for, row.votes_against, row.abstaining),
        row.quorum,
        len(row.present),
        len(row.recused),
        names_of(db, row.present) if named else (),
        names_of(db, row.recused) if named else (),
        decided.get(row.entry_id) == row.outcome if told and decided is not None else None,
        names_of(db, (row.recorded_by,))[0],
        row.recorded_at,
        corrects.recorded_at if corrects else None,
        corrected,
    )
