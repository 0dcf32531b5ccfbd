"""What becomes of entries: proposed with reasons, confirmed by a second person, released to all at once."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import Organisation
from accounts.people import person_card
from judging import messages
from judging.analyses.kept import newest_analysis
from judging.analyses.shown import RankedEntry
from judging.judges import seats_of
from judging.models import Assignment, Comment, CommentReader, Decision, Outcome, Scorecard
from judging.policy import Action
from judging.results import ResultLine, result_lines
from prize import messages as told
from prize.entries.conflicts import kept_from
from prize.entries.drafts import open_entry
from prize.entries.models import Entry, EntryState, Team
from prize.entries.screening import eligibility
from prize.entries.teams import member_ids
from prize.entries.versions import submitted_entries
from prize.lifecycle import STAGE
from prize.models import Prize, RankedBy, Stage, StageState
from prize.policy import Action as PrizeAction
from prize.stages import StageShown, dates_of, next_stage, shown_stage
from storage.canonical import digest
from storage.clock import now
from storage.database import found, locked
from storage.errors import Closed, Invalid, Refused, Stale
from storage.values import Statement

PLACES = (Outcome.FINALIST, Outcome.WINNER)
"""The outcomes that take one of the stage's places."""
TO_DECIDE = (Outcome.FINALIST, Outcome.WINNER, Outcome.RESERVE, Outcome.NOT_SELECTED, Outcome.THRESHOLD_NOT_MET)
"""The outcomes that a person chooses; being ineligible follows from screening."""


@dataclass(frozen=True)
class DecisionLine:
    """An entry with its result, how sure its place is by the newest analysis, and what is proposed for it."""

    entry_id: UUID
    code: str
    organisation: str
    result: ResultLine | None
    ranked: RankedEntry | None
    outcome: Outcome | None
    reason: str
    decided_by: str
    version: int


@dataclass(frozen=True)
class Decisions:
    """The decisions of a stage, without entries that the reader must not see. ``unconfirmed`` counts among the rest."""

    prize: str
    stage: StageShown
    lines: tuple[DecisionLine, ...]
    undecided: int
    taken: int
    unconfirmed: int
    confirmed_by: str
    confirmed_at: datetime | None


@dataclass(frozen=True)
class EntryComments:
    """What judges wrote about an entry: for its team, and for the panel alone."""

    entry_id: UUID
    for_entrant: tuple[str, ...]
    for_panel: tuple[str, ...]


@dataclass(frozen=True)
class OwnOutcome:
    """What a team reads after release: the outcome, its reason, and the comments meant for it, judges unnamed."""

    prize: str
    zone: str
    code: str
    outcome: Outcome
    reason: str
    comments: tuple[str, ...]
    released_at: datetime


@command(PrizeAction.END_JUDGING)
def end_judging(db: Session, actor: Actor, stage_id: UUID) -> None:
    """Take no more scores and begin to decide. Entries found ineligible are decided by that.

    Raises
    ------
    Invalid : a judge has not finished and judging time is not over.
    Closed : the stage is not being judged.
    """
    stage = locked(db, Stage, stage_id)
    dates = dates_of(db, stage_id)
    busy = sum(
        seat.finished_at is None
        for seat in seats_of(db, stage_id)
        if db.exec(
            select(Assignment.id).where(
                col(Assignment.judge_id) == seat.person_id,
                col(Assignment.stage_id) == stage_id,
                col(Assignment.withdrawn_at).is_(None),
            )
        ).first()
    )
    STAGE.transition(stage, PrizeAction.END_JUDGING)
    if busy and dates is not None and now(db) <= dates.judging_closes_at:
        raise Invalid(
            f"{busy} {'judge has' if busy == 1 else 'judges have'} not finished. "
            "Wait for them, or until judging closes."
        )
    STAGE.move(db, stage, PrizeAction.END_JUDGING)
    for entry in submitted_entries(db, stage_id):
        screening = eligibility(db, entry.id)
        if screening is not None and not screening.eligible:
            db.add(
                Decision(
                    stage_id=stage_id,
                    entry_id=entry.id,
                    outcome=Outcome.INELIGIBLE,
                    reason=screening.reason,
                    decided_by=screening.decided_by,
                    decided_at=now(db),
                )
            )


@command(Action.DECIDE)
def decide_entry(
    db: Session, actor: Actor, entry_id: UUID, outcome: Outcome, reason: Statement, version: int = 0
) -> int:
    """Propose what becomes of an entry; returns the decision's version. ``version`` is 0 for a first proposal.

    Places are counted over the entries that the actor may see, so that the answer tells nothing of others; all of them
    are counted when the last decision is confirmed.

    Raises
    ------
    Invalid : the outcome is not one to be chosen, the places are taken, or the entry was found ineligible.
    Closed : the stage is not being decided.
    Stale : somebody decided it otherwise meanwhile.
    """
    return propose(db, actor, entry_id, outcome, reason, version)


def propose(db: Session, actor: Actor, entry_id: UUID, outcome: Outcome, reason: str, version: int) -> int:
    """The same for whoever may decide by other means, as the panel in its meeting."""
    entry = found(db, Entry, entry_id)
    stage = locked(db, Stage, entry.stage_id)
    if stage.state is not StageState.DECIDING:
        raise Closed("Decisions are made after judging has ended and before they are confirmed.")
    if outcome not in TO_DECIDE:
        raise Invalid(f"“{outcome.value}” is not chosen here.", "outcome")
    if entry.state is not EntryState.SUBMITTED:
        raise Invalid("Only a submitted entry is decided.", "entry_id")
    row = _decision(db, entry_id)
    if (row.version if row else 0) != version:
        raise Stale("Somebody decided this entry after you opened the page. Look at what it says now.")
    if row is not None and row.outcome is Outcome.INELIGIBLE:
        raise Invalid("This entry was found ineligible in screening.", "entry_id")
    kept = kept_from(db, actor.person_id, stage_id=stage.id)
    taken = sum(other.outcome in PLACES and other.entry_id != entry_id for other in _decisions(db, stage.id, kept))
    if outcome in PLACES and taken >= stage.places:
        raise Invalid(f"All {stage.places} places are taken. Give one back first, or make this entry a reserve.")
    assert actor.person_id is not None
    moment_now = now(db)
    if row is None:
        row = Decision(
            stage_id=stage.id,
            entry_id=entry_id,
            outcome=outcome,
            reason=reason,
            decided_by=actor.person_id,
            decided_at=moment_now,
            version=0,
        )
    row.outcome, row.reason, row.decided_by, row.decided_at = outcome, reason, actor.person_id, moment_now
    row.confirmed_by, row.confirmed_at = None, None
    row.version += 1
    db.add(row)
    return row.version


@command(PrizeAction.CONFIRM_DECISIONS)
def confirm_decisions(db: Session, actor: Actor, stage_id: UUID, seen: str) -> int:
    """Confirm the decisions of a stage, as a second person. ``seen`` is the digest of what the page showed.

    Returns how many were confirmed. Entries from which the actor is shut out are left for somebody else to confirm;
    the stage goes on when every decision is confirmed.

    Raises
    ------
    Refused : the actor made one of the decisions.
    Invalid : an entry is not decided yet, more are chosen than there are places, or nothing is left to confirm.
    Stale : a decision has changed since the page was drawn.
    Closed : the stage is not being decided.
    """
    stage = locked(db, Stage, stage_id)
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    rows = _decisions(db, stage_id, kept)
    if seen != decisions_digest(db, stage_id, kept):
        raise Stale("A decision has changed since you opened the page. Read them again, then confirm.")
    if any(row.decided_by == actor.person_id for row in rows):
        raise Refused("Decisions are confirmed by somebody who made none of them.")
    submitted = submitted_entries(db, stage_id)
    open_entries = sum(entry.id not in kept for entry in submitted) - len(rows)
    if open_entries:
        raise Invalid(f"{open_entries} {'entry is' if open_entries == 1 else 'entries are'} not decided yet.")
    STAGE.transition(stage, PrizeAction.CONFIRM_DECISIONS)
    unconfirmed = [row for row in rows if row.confirmed_by is None]
    if not unconfirmed:
        raise Invalid("You have confirmed what you can. Somebody else of the sponsor confirms the rest.")
    for row in unconfirmed:
        row.confirmed_by, row.confirmed_at = actor.person_id, now(db)
        db.add(row)
    db.flush()
    every = _decisions(db, stage_id)
    if sum(row.confirmed_by is not None for row in every) == len(submitted):
        if sum(row.outcome in PLACES for row in every) > stage.places:
            raise Invalid(f"More entries are chosen than the {stage.places} places. One has to be given back first.")
        STAGE.move(db, stage, PrizeAction.CONFIRM_DECISIONS)
    return len(unconfirmed)


@command(PrizeAction.RELEASE_DECISIONS)
def release_decisions(db: Session, actor: Actor, stage_id: UUID) -> int:
    """Let every team read its outcome, all at once, and tell them by mail. Returns how many entries.

    Those who have a place get an entry in the next stage, if there is one.

    Raises
    ------
    Invalid : the next stage would close before anybody could enter it.
    Closed : the decisions are not confirmed.
    """
    stage = locked(db, Stage, stage_id)
    _must_leave_time(db, stage)
    STAGE.move(db, stage, PrizeAction.RELEASE_DECISIONS)
    stage.released_at = now(db)
    db.add(stage)
    prize = db.get_one(Prize, stage.prize_id)
    entries = submitted_entries(db, stage_id)
    for entry in entries:
        messages.released(db, prize, entry.id, member_ids(db, entry.team_id))
    _open_next_stage(db, prize, stage)
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    return sum(entry.id not in kept for entry in entries)


@query(Action.SEE_DECISIONS)
def decisions(db: Session, actor: Actor, stage_id: UUID) -> Decisions:
    """The entries of a stage with what is proposed for each, in the order of the score that the rules name."""
    stage = db.get_one(Stage, stage_id)
    prize = db.get_one(Prize, stage.prize_id)
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    by_entry = {row.entry_id: row for row in _decisions(db, stage_id, kept)}
    results = {line.entry_id: line for line in result_lines(db, stage_id, kept)}
    newest = newest_analysis(db, stage_id, kept)
    ranked = {line.entry_id: line for line in newest.shown.ranking} if newest else {}
    by_adjusted = stage.ranked_by is RankedBy.ADJUSTED
    place = {entry_id: index for index, entry_id in enumerate(ranked if by_adjusted and ranked else results)}
    organisations = organisations_of(db, stage_id)
    people = {row.decided_by for row in by_entry.values()} | {row.confirmed_by for row in by_entry.values()}
    names = {person_id: person_card(db, person_id).name for person_id in people if person_id}
    lines = []
    for entry in submitted_entries(db, stage_id):
        if entry.id in kept:
            continue
        row = by_entry.get(entry.id)
        lines.append(
            DecisionLine(
                entry.id,
                str(entry.code),
                organisations[entry.id],
                results.get(entry.id),
                ranked.get(entry.id),
                row.outcome if row else None,
                row.reason if row else "",
                names[row.decided_by] if row else "",
                row.version if row else 0,
            )
        )
    confirmed = next((row for row in by_entry.values() if row.confirmed_by), None)
    return Decisions(
        prize.title,
        shown_stage(db, prize, stage),
        tuple(sorted(lines, key=lambda line: (place.get(line.entry_id, len(place)), line.code))),
        sum(line.outcome is None for line in lines),
        sum(row.outcome in PLACES for row in by_entry.values()),
        sum(row.confirmed_by is None for row in by_entry.values()),
        names[confirmed.confirmed_by] if confirmed and confirmed.confirmed_by else "",
        confirmed.confirmed_at if confirmed else None,
    )


@query(Action.SEE_RESULTS)
def comments_on_entries(db: Session, actor: Actor, stage_id: UUID) -> tuple[EntryComments, ...]:
    """What judges wrote about the entries of a stage, judges unnamed and in an order that tells none of them."""
    return written_on(db, stage_id, kept_from(db, actor.person_id, stage_id=stage_id))


def written_on(db: Session, stage_id: UUID, kept: Set[UUID]) -> tuple[EntryComments, ...]:
    """The same without the entries ``kept``."""
    rows = db.exec(
        select(Assignment.entry_id, Comment.reader, Comment.text)
        .join(Scorecard, col(Scorecard.assignment_id) == col(Assignment.id))
        .join(Comment, col(Comment.scorecard_id) == col(Scorecard.id))
        .where(
            col(Assignment.stage_id) == stage_id,
            col(Assignment.withdrawn_at).is_(None),
            col(Comment.reader) != CommentReader.JUDGE,
        )
    ).all()
    written: dict[UUID, dict[CommentReader, list[str]]] = {}
    for entry_id, reader, text in rows:
        if text.strip() and entry_id not in kept:
            written.setdefault(entry_id, {}).setdefault(CommentReader(reader), []).append(text)
    return tuple(
        EntryComments(
            entry_id,
            tuple(sorted(by_reader.get(CommentReader.ENTRANT, ()))),
            tuple(sorted(by_reader.get(CommentReader.PANEL, ()))),
        )
        for entry_id, by_reader in sorted(written.items(), key=lambda pair: str(pair[0]))
    )


@query(Action.SEE_DECISIONS)
def decisions_seen(db: Session, actor: Actor, stage_id: UUID) -> str:
    """The digest of the decisions as they stand, to be given back when they are confirmed."""
    return decisions_digest(db, stage_id, kept_from(db, actor.person_id, stage_id=stage_id))


@query(Action.SEE_OUTCOME)
def own_outcome(db: Session, actor: Actor, entry_id: UUID) -> OwnOutcome | None:
    """The outcome of one's own entry; None until it is released."""
    entry = db.get_one(Entry, entry_id)
    stage = db.get_one(Stage, entry.stage_id)
    row = _decision(db, entry_id)
    if stage.state is not StageState.RELEASED or stage.released_at is None or row is None:
        return None
    prize = db.get_one(Prize, stage.prize_id)
    comments = db.exec(
        select(Comment.text)
        .join(Scorecard, col(Scorecard.id) == col(Comment.scorecard_id))
        .join(Assignment, col(Assignment.id) == col(Scorecard.assignment_id))
        .where(
            col(Assignment.entry_id) == entry_id,
            col(Assignment.withdrawn_at).is_(None),
            col(Comment.reader) == CommentReader.ENTRANT,
        )
    ).all()
    return OwnOutcome(
        prize.title,
        prize.zone,
        str(entry.code),
        row.outcome,
        row.reason,
        tuple(sorted(text for text in comments if text.strip())),  # an order that tells no judge
        stage.released_at,
    )


def organisations_of(db: Session, stage_id: UUID) -> dict[UUID, str]:
    """Who is behind each entry of a stage."""
    rows = db.exec(
        select(Entry.id, Organisation.name)
        .join(Team, col(Team.id) == col(Entry.team_id))
        .join(Organisation, col(Organisation.id) == col(Team.organisation_id))
        .where(col(Entry.stage_id) == stage_id)
    ).all()
    return dict(rows)


def released_outcome(db: Session, entry_id: UUID) -> Outcome | None:
    """The outcome of an entry once it is released."""
    entry = found(db, Entry, entry_id)
    row = _decision(db, entry_id)
    released = db.get_one(Stage, entry.stage_id).state is StageState.RELEASED
    return row.outcome if row and released else None


def decisions_digest(db: Session, stage_id: UUID, without: Set[UUID] = frozenset()) -> str:
    """The digest of a stage's decisions as they stand, but for those on some entries."""
    rows = _decisions(db, stage_id, without)
    return digest(sorted([str(row.entry_id), row.outcome.value, row.reason] for row in rows))


def _must_leave_time(db: Session, stage: Stage) -> None:
    following = next_stage(db, stage)
    dates = dates_of(db, following.id) if following and following.state is StageState.PLANNED else None
    if following and dates and dates.closes_at <= now(db):
        raise Invalid(
            f"{following.name} would have closed before those who are chosen could enter it. Move its dates first."
        )


def _open_next_stage(db: Session, prize: Prize, stage: Stage) -> None:
    """Begin an entry in the next stage for everybody who has a place in this one, and tell them."""
    following = next_stage(db, stage)
    if following is None or following.state is StageState.CANCELLED:
        return
    for row in _decisions(db, stage.id):
        if row.outcome in PLACES:
            entry = open_entry(db, following.id, db.get_one(Entry, row.entry_id).team_id)
            told.chosen(db, prize, following, entry.id, member_ids(db, entry.team_id))


def _decision(db: Session, entry_id: UUID) -> Decision | None:
    return db.exec(select(Decision).where(col(Decision.entry_id) == entry_id)).one_or_none()


def _decisions(db: Session, stage_id: UUID, without: Set[UUID] = frozenset()) -> list[Decision]:
    rows = db.exec(select(Decision).where(col(Decision.stage_id) == stage_id)).all()
    return [row for row in rows if row.entry_id not in without]
