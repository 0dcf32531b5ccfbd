"""What becomes of entries: proposed with reasons, and confirmed by a second person."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import Organisation
from accounts.people import person_card
from judging.analyses.kept import newest_analysis
from judging.analyses.shown import RankedEntry
from judging.checks import failed_checks
from judging.deciders import deciders_of
from judging.departures import OUT, departures, left_out_because
from judging.draws import draw_of, lot_of, must_not_be_shut_out
from judging.judges import seats_of
from judging.models import PLACES, Assignment, Comment, CommentReader, Decision, Outcome, Scorecard
from judging.no_award import no_award_of
from judging.panel.standing import present_meeting
from judging.policy import Action
from judging.reserves import in_order, next_reserve
from judging.results import ResultLine, result_lines
from prize.entries.conflicts import kept_from
from prize.entries.models import Entry, EntryState, Team
from prize.entries.screening import eligibility
from prize.entries.versions import submitted_entries
from prize.lifecycle import STAGE
from prize.models import Prize, RankedBy, Stage, StageState
from prize.policy import Action as PrizeAction
from prize.stages import StageShown, dates_of, shown_stage
from storage.canonical import digest
from storage.clock import now
from storage.database import found, locked, matching, one_matching
from storage.errors import Closed, Invalid, Refused, Stale
from storage.values import OptionalStatement, Statement

TO_DECIDE = (*PLACES, Outcome.RESERVE, Outcome.NOT_SELECTED, Outcome.THRESHOLD_NOT_MET)
"""The outcomes that a person chooses; being ineligible follows from screening."""

NOT_THE_LAST = (
    "You are shut out from an entry of this stage, and yours would be the last confirmation, which would tell you "
    "something of it. Somebody of the sponsor who is shut out from none confirms it instead."
)


@dataclass(frozen=True)
class DecisionLine:
    """An entry with its result, how sure its place is by the newest analysis, and what is proposed for it.

    ``reserve`` is its place among the reserves that the reader sees; the first moves up when a place becomes free.
    ``departs`` says why a choice departs from the published rules, and ``override`` is the reason that was given.
    """

    entry_id: UUID
    code: str
    organisation: str
    result: ResultLine | None
    ranked: RankedEntry | None
    outcome: Outcome | None
    reason: str
    decided_by: str
    version: int
    reserve: int | None = None
    departs: tuple[str, ...] = ()
    override: str = ""


@dataclass(frozen=True)
class Decisions:
    """The decisions of a stage, without entries that the reader must not see. ``unconfirmed`` counts among the rest.

    ``no_award`` is why fewer places are given than there are.
    """

    prize: str
    stage: StageShown
    lines: tuple[DecisionLine, ...]
    undecided: int
    taken: int
    unconfirmed: int
    confirmed_by: str
    confirmed_at: datetime | None
    no_award: str = ""
    no_award_version: int = 0


@dataclass(frozen=True)
class EntryComments:
    """What judges wrote about an entry: for its team, and for the panel alone."""

    entry_id: UUID
    for_entrant: tuple[str, ...]
    for_panel: tuple[str, ...]


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
    db: Session,
    actor: Actor,
    entry_id: UUID,
    outcome: Outcome,
    reason: Statement,
    version: int = 0,
    override: OptionalStatement = "",
) -> int:
    """Propose what becomes of an entry; returns the decision's version. ``version`` is 0 for a first proposal.

    ``override`` is the reason of a choice that departs from the published order, a threshold or a gate, or about an
    entry that was left out of the draw.

    Places are counted over the entries that the actor may see, so that the answer tells nothing of others; all of them
    are counted when the last decision is confirmed.

    Raises
    ------
    Refused : a list is drawn or a check can fail, and the actor is shut out from an entry of the stage.
    Invalid : the outcome is not one to be chosen, the places are taken or wait for a draw, the entry is drawn and the
        outcome is not what its lot makes of it, or it was found ineligible.
    Closed : the stage is not being decided.
    Stale : somebody decided it otherwise meanwhile.
    """
    return propose(db, actor, entry_id, outcome, reason, version, override)


def propose(
    db: Session, actor: Actor, entry_id: UUID, outcome: Outcome, reason: str, version: int, override: str | None = None
) -> int:
    """The same for whoever may decide by other means, as the panel in its meeting.

    Without an ``override`` the one that stands is kept, if the outcome is the same.
    """
    entry = found(db, Entry, entry_id)
    stage = locked(db, Stage, entry.stage_id)
    must_not_be_shut_out(db, actor.person_id, stage)
    if stage.state is not StageState.DECIDING:
        raise Closed("Decisions are made after judging has ended and before they are confirmed.")
    if outcome not in TO_DECIDE:
        raise Invalid(f"“{outcome.value}” is not chosen here.", "outcome")
    if entry.state is not EntryState.SUBMITTED:
        raise Invalid("Only a submitted entry is decided.", "entry_id")
    row = decision_on(db, entry_id)
    if (row.version if row else 0) != version:
        raise Stale("Somebody decided this entry after you opened the page. Look at what it says now.")
    if row is not None and row.outcome is Outcome.INELIGIBLE:
        raise Invalid("This entry was found ineligible in screening.", "entry_id")
    if failed := failed_checks(db, entry_id):
        raise Invalid(f"Due diligence failed: {', '.join(failed)}. Correct the finding first.", "entry_id")
    kept = kept_from(db, actor.person_id, stage_id=stage.id)
    taken = sum(other.outcome in PLACES and other.entry_id != entry_id for other in decisions_of(db, stage.id, kept))
    taken += _waiting_to_be_drawn(db, stage, entry, row, outcome)
    if outcome in PLACES and taken >= stage.places:
        every = "The only place is" if stage.places == 1 else f"All {stage.places} places are"
        raise Invalid(f"{every} taken. Give one back first, or make this entry a reserve.")
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
    if outcome is not Outcome.RESERVE:
        row.reserve_order = None
    elif row.outcome is not Outcome.RESERVE or row.reserve_order is None:
        row.reserve_order = next_reserve(db, stage.id)
    if override is None:
        override = row.override if row.outcome is outcome else ""
    row.outcome, row.reason, row.decided_by, row.decided_at = outcome, reason, actor.person_id, moment_now
    draw = draw_of(db, stage.id)
    if draw is not None and entry.code in draw.entries:
        row.reserve_order = lot_of(db, draw, str(entry.code))[1]
    left_out = left_out_because(draw, str(entry.code))
    row.override = override if outcome in PLACES or left_out else ""
    row.confirmed_by, row.confirmed_at = None, None
    row.version += 1
    db.add(row)
    return row.version


@command(PrizeAction.CONFIRM_DECISIONS)
def confirm_decisions(db: Session, actor: Actor, stage_id: UUID, seen: str) -> int:
    """Confirm the decisions of a stage, as a second person. ``seen`` is the digest of what the page showed.

    Returns how many were confirmed. Entries from which the actor is shut out are left for somebody else to confirm;
    the stage goes on when every decision is confirmed, the last by somebody who is shut out from none: whether it can
    go on depends on all of them.

    Raises
    ------
    Refused : the actor had a part in one of the decisions; or is shut out, and would be the last to confirm, a list is
        drawn or a check can fail.
    Invalid : the panel's meeting is not closed, an entry is not decided yet, more are chosen than there are places, a
        choice that departs from the rules or a place that is left free lacks its reason, an entry stands as failed
        without a failed check, or nothing is left to confirm.
    Stale : a decision has changed since the page was drawn.
    Closed : the stage is not being decided.
    """
    stage = locked(db, Stage, stage_id)
    must_not_be_shut_out(db, actor.person_id, stage)
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    rows = decisions_of(db, stage_id, kept)
    if seen != decisions_digest(db, stage_id, kept):
        raise Stale("A decision has changed since you opened the page. Read them again, then confirm.")
    if present_meeting(db, stage_id) is not None:
        raise Invalid("The panel's meeting is not closed yet. The chair or the secretariat closes it first.")
    if actor.person_id in deciders_of(db, stage_id):
        raise Refused(
            "Decisions are confirmed by somebody who made none of them: proposed none, voted on none in the panel's "
            "meeting, and froze no list of a draw."
        )
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
    every = decisions_of(db, stage_id)
    if sum(row.confirmed_by is not None for row in every) == len(submitted):
        if kept:
            raise Refused(NOT_THE_LAST)
        if sum(row.outcome in PLACES for row in every) > stage.places:
            places = "1 place" if stage.places == 1 else f"{stage.places} places"
            raise Invalid(f"More entries are chosen than there are places: {places}. One has to be given back first.")
        _must_have_reasons(db, stage, every)
        STAGE.move(db, stage, PrizeAction.CONFIRM_DECISIONS)
    return len(unconfirmed)


@query(Action.SEE_DECISIONS)
def decisions(db: Session, actor: Actor, stage_id: UUID) -> Decisions:
    """The entries of a stage with what is proposed for each, in the order of the score that the rules name."""
    stage = db.get_one(Stage, stage_id)
    must_not_be_shut_out(db, actor.person_id, stage)
    prize = db.get_one(Prize, stage.prize_id)
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    by_entry = {row.entry_id: row for row in decisions_of(db, stage_id, kept)}
    results = {line.entry_id: line for line in result_lines(db, stage_id, kept)}
    newest = newest_analysis(db, stage_id, kept)
    ranked = {line.entry_id: line for line in newest.shown.ranking} if newest else {}
    reserves = {row.entry_id: at for at, row in enumerate(in_order(by_entry.values()), 1)}
    departing = departures(db, stage, kept)
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
                reserves.get(entry.id),
                departing.get(entry.id, ()),
                row.override if row else "",
            )
        )
    no_award = no_award_of(db, stage_id)
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
        no_award.reason if no_award else "",
        no_award.version if no_award else 0,
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
    must_not_be_shut_out(db, actor.person_id, db.get_one(Stage, stage_id))
    return decisions_digest(db, stage_id, kept_from(db, actor.person_id, stage_id=stage_id))


def organisations_of(db: Session, stage_id: UUID) -> dict[UUID, str]:
    """Who is behind each entry of a stage."""
    rows = db.exec(
        select(Entry.id, Organisation.name)
        .join(Team, col(Team.id) == col(Entry.team_id))
        .join(Organisation, col(Organisation.id) == col(Team.organisation_id))
        .where(col(Entry.stage_id) == stage_id)
    ).all()
    return dict(rows)


def decisions_digest(db: Session, stage_id: UUID, without: Set[UUID] = frozenset()) -> str:
    """The digest of a stage's decisions as they stand, but for those on some entries."""
    rows = decisions_of(db, stage_id, without)
    decided = sorted(
        [str(row.entry_id), row.outcome.value, row.reason, row.override, row.reserve_order] for row in rows
    )
    no_award, draw = no_award_of(db, stage_id), draw_of(db, stage_id)
    left_out = draw.left_out if draw else []
    return digest({"decided": decided, "no_award": no_award.reason if no_award else "", "left_out": left_out})


def _must_have_reasons(db: Session, stage: Stage, rows: Sequence[Decision]) -> None:
    """Refuse choices that depart from the rules, and places that are left free, until somebody has said why.

    What failed by mistake is decided again before it is confirmed.

    Raises
    ------
    Invalid : a reason is missing, or an entry stands as failed that fails no check any more.
    """
    if wrong := [row for row in rows if row.outcome is Outcome.FAILED_CHECKS and not failed_checks(db, row.entry_id)]:
        entries = "1 entry stands" if len(wrong) == 1 else f"{len(wrong)} entries stand"
        raise Invalid(f"{entries} as failed and no check fails any more. The secretariat decides again first.")
    departing = departures(db, stage)
    lacking = sum(row.entry_id in departing and not row.override for row in rows)
    if lacking:
        choices = "1 choice departs" if lacking == 1 else f"{lacking} choices depart"
        raise Invalid(f"{choices} from the published rules without a reason. The secretariat gives it first.")
    given = sum(row.outcome in PLACES for row in rows)
    could = sum(row.outcome not in OUT for row in rows)
    if given < min(stage.places, could) and no_award_of(db, stage.id) is None:
        places = "1 place is" if stage.places == 1 else f"{stage.places} places are"
        raise Invalid(f"{given} of {places} given. The secretariat says why the rest is left free first.")


def _waiting_to_be_drawn(db: Session, stage: Stage, entry: Entry, row: Decision | None, outcome: Outcome) -> int:
    """How many places wait for a draw, in which this entry has no part.

    What has become of a drawn entry since, as when a check failed by mistake, is put back to what its lot makes of it.

    Raises
    ------
    Invalid : the entry is drawn, and its lot makes something else of it or has done so.
    """
    draw = draw_of(db, stage.id)
    if draw is None or draw.frozen_at is None:
        return 0
    if entry.code in draw.entries:
        if draw.drawn_at and row and row.outcome is not outcome is lot_of(db, draw, str(entry.code))[0]:
            return 0
        raise Invalid(
            f"{entry.code} is in the list that {'was' if draw.drawn_at else 'is'} drawn by lot. The lot decides.",
            "entry_id",
        )
    return 0 if draw.drawn_at else draw.places


def decision_on(db: Session, entry_id: UUID) -> Decision | None:
    """What is proposed or decided for an entry, if anything is."""
    return one_matching(db, Decision, entry_id=entry_id)


def decisions_of(db: Session, stage_id: UUID, without: Set[UUID] = frozenset()) -> list[Decision]:
    """The decisions of a stage as they stand, but for those on some entries."""
    rows = matching(db, Decision, stage_id=stage_id)
    return [row for row in rows if row.entry_id not in without]
