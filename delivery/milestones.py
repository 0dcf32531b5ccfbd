"""Grant terms and milestones: offered, accepted, claimed with evidence, verified as a result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import ConfigDict
from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import Role
from accounts.people import person_card
from accounts.permissions import Scope, held_roles
from delivery import messages
from delivery.evidence import files_of_evidence, hand_over
from delivery.lifecycle import MILESTONE, PAYMENT
from delivery.models import (
    Evidence,
    GrantTerms,
    Milestone,
    MilestoneState,
    Payment,
    PaymentState,
    Result,
    ResultState,
    Verdict,
    Verification,
)
from delivery.policy import Action
from judging.letters import told_texts
from judging.models import PLACES
from judging.release import released_outcome
from mission.models import Target
from prize.entries.conflicts import kept_from
from prize.entries.drafts import FileShown
from prize.entries.models import Entry
from prize.entries.teams import member_ids, team_of
from prize.models import Prize, Stage
from storage.clock import now
from storage.database import found, locked, unchanged
from storage.errors import Closed, Invalid
from storage.values import Line, Money, Prose, Statement, Unit

MOST_MILESTONES = 30
LARGEST = Decimal(10) ** 15
MOST_DIGITS = 40


@dataclass(frozen=True)
class MilestonePlan:
    """One milestone of an offer: the payment in minor units, and what is measured in which unit."""

    __pydantic_config__ = ConfigDict(strict=True, revalidate_instances="always")

    title: Line
    to_show: Statement
    due_on: date
    minor: int
    quantity: Line
    unit: Unit
    target_id: UUID | None = None


@dataclass(frozen=True)
class EvidenceShown:
    text: str
    files: tuple[FileShown, ...]
    given_by: str
    given_at: datetime


@dataclass(frozen=True)
class VerificationShown:
    verdict: Verdict
    reason: str
    verified_by: str
    verified_at: datetime


@dataclass(frozen=True)
class ResultShown:
    """A measured quantity: claimed by the finalist, then verified or rejected."""

    quantity: str
    unit: str
    claimed: Decimal | None
    verified: Decimal | None
    state: ResultState
    verified_at: datetime | None


@dataclass(frozen=True)
class MilestoneShown:
    """A milestone with its evidence, what verifiers said, its result and the state of its payment.

    ``cancelled_because`` is empty unless it is cancelled.
    """

    id: UUID
    prize_id: UUID
    prize: str
    zone: str
    finalist: str
    position: int
    title: str
    to_show: str
    due_on: date
    amount: Money
    target: str
    state: MilestoneState
    cancelled_because: str
    evidence: tuple[EvidenceShown, ...]
    verifications: tuple[VerificationShown, ...]
    result: ResultShown
    payment_id: UUID
    payment: PaymentState
    version: int


@dataclass(frozen=True)
class TermsShown:
    """The grant terms of a finalist with their milestones."""

    id: UUID
    entry_id: UUID
    prize: str
    zone: str
    finalist: str
    number: int
    text: str
    offered_at: datetime
    accepted_at: datetime | None
    accepted_by: str
    milestones: tuple[MilestoneShown, ...]
    version: int


@command(Action.OFFER_TERMS)
def offer_terms(db: Session, actor: Actor, entry_id: UUID, text: Prose, milestones: tuple[MilestonePlan, ...]) -> UUID:
    """Offer grant terms with their milestones to an entry that was given a place.

    Conditions under which it passed due diligence are added to the text.

    Raises
    ------
    Invalid : there is no milestone, an amount is negative, a date is past, or a target is not the mission's.
    Closed : the entry has no released place, or terms have been offered already.
    """
    entry = found(db, Entry, entry_id)
    stage = db.get_one(Stage, entry.stage_id)
    prize = locked(db, Prize, stage.prize_id)
    if released_outcome(db, entry_id) not in PLACES:
        raise Closed("Grant terms are offered to finalists and winners, once decisions are released.")
    if _newest_terms(db, entry_id) is not None:
        raise Closed("Terms have been offered to this finalist already.")
    if not 1 <= len(milestones) <= MOST_MILESTONES:
        raise Invalid(f"Grant terms have between 1 and {MOST_MILESTONES} milestones.", "milestones")
    today = now(db).date()
    for plan in milestones:
        if not 0 <= plan.minor <= 10**15:
            raise Invalid("A payment is nothing or more.", "milestones")
        if plan.due_on < today:
            raise Invalid(f"“{plan.title}” would be due in the past. Choose a later date.", "milestones")
        if plan.target_id is not None and found(db, Target, plan.target_id).mission_id != prize.mission_id:
            raise Invalid("A milestone names a target of the prize's own mission.", "milestones")
    assert actor.person_id is not None
    conditions = told_texts(db, stage.id, entry_id).conditions
    if conditions:
        text = "\n\n".join((text, "Conditions of due diligence:", *conditions))
    terms = GrantTerms(prize_id=prize.id, entry_id=entry_id, text=text, offered_by=actor.person_id, offered_at=now(db))
    db.add(terms)
    db.flush()
    for position, plan in enumerate(milestones, start=1):
        row = Milestone(
            terms_id=terms.id,
            position=position,
            title=plan.title,
            to_show=plan.to_show,
            due_on=plan.due_on,
            minor=plan.minor,
            target_id=plan.target_id,
        )
        db.add(row)
        db.flush()
        db.add(Result(milestone_id=row.id, quantity=plan.quantity, unit=plan.unit))
        db.add(Payment(milestone_id=row.id, minor=plan.minor))
    db.flush()
    messages.offered(db, prize, entry_id, member_ids(db, entry.team_id))
    return terms.id


@command(Action.ACCEPT_GRANT)
def accept_terms(db: Session, actor: Actor, terms_id: UUID, version: int) -> int:
    """Accept grant terms, for the finalist; returns their new version.

    Raises
    ------
    Closed : they have been accepted already.
    Stale : they have changed since the page was drawn.
    """
    terms = locked(db, GrantTerms, terms_id)
    unchanged(terms, version)
    if terms.accepted_at is not None:
        raise Closed("These terms have been accepted already.")
    terms.accepted_by, terms.accepted_at = actor.person_id, now(db)
    terms.version += 1
    db.add(terms)
    return terms.version


@command(Action.GIVE_EVIDENCE)
def give_evidence(
    db: Session, actor: Actor, milestone_id: UUID, version: int, text: Statement, claimed: Decimal
) -> int:
    """Show that a milestone is met, with the files that wait, and claim its result; returns the new version.

    Raises
    ------
    Invalid : the claimed value is no number.
    Closed : the terms are not accepted, or the milestone is past this.
    Stale : the milestone has changed since the page was drawn.
    """
    milestone = locked(db, Milestone, milestone_id)
    unchanged(milestone, version)
    terms = db.get_one(GrantTerms, milestone.terms_id)
    if terms.accepted_at is None:
        raise Closed("Accept the grant terms before you give evidence.")
    _number(claimed)
    MILESTONE.move(db, milestone, Action.GIVE_EVIDENCE)
    assert actor.person_id is not None
    evidence = Evidence(milestone_id=milestone_id, text=text, given_by=actor.person_id, given_at=now(db))
    db.add(evidence)
    db.flush()
    hand_over(db, milestone_id, evidence.id)
    result = _result(db, milestone_id)
    result.claimed, result.state = claimed, ResultState.CLAIMED
    result.version += 1
    db.add(result)
    return _stepped(db, milestone)


@command(Action.VERIFY_MILESTONE)
def verify_milestone(
    db: Session, actor: Actor, milestone_id: UUID, version: int, verified: Decimal, reason: Statement
) -> int:
    """Accept the evidence of a milestone and verify its result; its payment becomes due.

    Raises
    ------
    Refused : the verifier belongs to the finalist.
    Invalid : the verified value is no number.
    Closed : the milestone is not claimed.
    Stale : the milestone has changed since the page was drawn.
    """
    milestone = locked(db, Milestone, milestone_id)
    unchanged(milestone, version)
    _number(verified)
    MILESTONE.move(db, milestone, Action.VERIFY_MILESTONE)
    result = _result(db, milestone_id)
    result.verified, result.state, result.verified_at = verified, ResultState.VERIFIED, now(db)
    result.version += 1
    db.add(result)
    payment = payment_of(db, milestone_id)
    PAYMENT.move(db, payment, Action.VERIFY_MILESTONE)
    payment.version += 1
    db.add(payment)
    _judge(db, actor, milestone_id, Verdict.ACCEPTED, reason)
    return _stepped(db, milestone)


@command(Action.ASK_FOR_MORE)
def ask_for_more(db: Session, actor: Actor, milestone_id: UUID, version: int, reason: Statement) -> int:
    """Say what evidence is missing; the finalist may then give more.

    Raises
    ------
    Closed : the milestone is not claimed.
    Stale : the milestone has changed since the page was drawn.
    """
    milestone = locked(db, Milestone, milestone_id)
    unchanged(milestone, version)
    MILESTONE.move(db, milestone, Action.ASK_FOR_MORE)
    _judge(db, actor, milestone_id, Verdict.MORE_ASKED, reason)
    return _stepped(db, milestone)


@command(Action.REJECT_MILESTONE)
def reject_milestone(db: Session, actor: Actor, milestone_id: UUID, version: int, reason: Statement) -> int:
    """Find that a milestone is not met; its payment stays undue.

    Raises
    ------
    Closed : the milestone is not claimed.
    Stale : the milestone has changed since the page was drawn.
    """
    milestone = locked(db, Milestone, milestone_id)
    unchanged(milestone, version)
    MILESTONE.move(db, milestone, Action.REJECT_MILESTONE)
    result = _result(db, milestone_id)
    result.state = ResultState.REJECTED
    db.add(result)
    _judge(db, actor, milestone_id, Verdict.REJECTED, reason)
    return _stepped(db, milestone)


@command(Action.CANCEL_MILESTONE)
def cancel_milestone(db: Session, actor: Actor, milestone_id: UUID, version: int, reason: Statement) -> int:
    """Give up a milestone that is not verified: its payment is owed no longer, and its money back in the fund.

    The finalist's team is told, with the reason. Returns the milestone's new version.

    Raises
    ------
    Closed : the milestone is verified or cancelled already.
    Stale : the milestone has changed since the page was drawn.
    """
    milestone = locked(db, Milestone, milestone_id)
    unchanged(milestone, version)
    MILESTONE.move(db, milestone, Action.CANCEL_MILESTONE)
    milestone.cancelled_because, milestone.cancelled_by, milestone.cancelled_at = reason, actor.person_id, now(db)
    payment = payment_of(db, milestone_id)
    PAYMENT.move(db, payment, Action.CANCEL_MILESTONE)
    payment.version += 1
    db.add(payment)
    terms = db.get_one(GrantTerms, milestone.terms_id)
    members = member_ids(db, db.get_one(Entry, terms.entry_id).team_id)
    prize = db.get_one(Prize, terms.prize_id)
    messages.milestone_cancelled(db, prize, milestone_id, members, title=milestone.title, reason=reason)
    return _stepped(db, milestone)


@query(Action.SEE_DELIVERY)
def delivery(db: Session, actor: Actor, prize_id: UUID) -> tuple[TermsShown, ...]:
    """The grant terms of a prize's finalists, by name."""
    kept = kept_from(db, actor.person_id)
    rows = db.exec(select(GrantTerms).where(col(GrantTerms.prize_id) == prize_id)).all()
    newest = {row.entry_id: row for row in sorted(rows, key=lambda row: row.number) if row.entry_id not in kept}
    return tuple(sorted((_terms_shown(db, row) for row in newest.values()), key=lambda terms: terms.finalist))


@query(Action.SEE_OWN_TERMS)
def own_terms(db: Session, actor: Actor, entry_id: UUID) -> TermsShown | None:
    """The newest grant terms of one's own entry, if any were offered."""
    row = _newest_terms(db, entry_id)
    return _terms_shown(db, row) if row else None


@query(Action.SEE_MILESTONE)
def milestone(db: Session, actor: Actor, milestone_id: UUID) -> MilestoneShown:
    """A milestone with everything that was said about it."""
    return _milestone_shown(db, db.get_one(Milestone, milestone_id))


@query(Action.LIST_VERIFICATIONS)
def to_verify(db: Session, actor: Actor) -> tuple[MilestoneShown, ...]:
    """The milestones of the prizes in which the actor verifies: those that wait first, then by due date."""
    rows = _in_own_prizes(db, actor, (Role.VERIFIER,))
    shown = [_milestone_shown(db, row) for row in rows]
    return tuple(sorted(shown, key=lambda row: (row.state is not MilestoneState.CLAIMED, row.due_on, row.finalist)))


def milestones_with_payments(db: Session, actor: Actor, roles: Sequence[Role]) -> tuple[MilestoneShown, ...]:
    """The milestones of the prizes in which the actor holds one of ``roles``."""
    return tuple(_milestone_shown(db, row) for row in _in_own_prizes(db, actor, roles))


def payment_of(db: Session, milestone_id: UUID) -> Payment:
    return db.exec(select(Payment).where(col(Payment.milestone_id) == milestone_id)).one()


def _in_own_prizes(db: Session, actor: Actor, roles: Sequence[Role]) -> list[Milestone]:
    rows = db.exec(
        select(Milestone, GrantTerms, Prize)
        .join(GrantTerms, col(GrantTerms.id) == col(Milestone.terms_id))
        .join(Prize, col(Prize.id) == col(GrantTerms.prize_id))
    ).all()
    kept = kept_from(db, actor.person_id)
    held = {prize.id: set(held_roles(db, actor, Scope(prize.programme_id, prize.id))) for *_, prize in rows}
    return [row for row, terms, prize in rows if held[prize.id] & set(roles) and terms.entry_id not in kept]


def _newest_terms(db: Session, entry_id: UUID) -> GrantTerms | None:
    rows = db.exec(select(GrantTerms).where(col(GrantTerms.entry_id) == entry_id)).all()
    return max(rows, key=lambda row: row.number, default=None)


def _terms_shown(db: Session, terms: GrantTerms) -> TermsShown:
    prize = db.get_one(Prize, terms.prize_id)
    rows = db.exec(select(Milestone).where(col(Milestone.terms_id) == terms.id)).all()
    return TermsShown(
        terms.id,
        terms.entry_id,
        prize.title,
        prize.zone,
        _finalist(db, terms),
        terms.number,
        terms.text,
        terms.offered_at,
        terms.accepted_at,
        person_card(db, terms.accepted_by).name if terms.accepted_by else "",
        tuple(_milestone_shown(db, row) for row in sorted(rows, key=lambda row: row.position)),
        terms.version,
    )


def _finalist(db: Session, terms: GrantTerms) -> str:
    return team_of(db, db.get_one(Entry, terms.entry_id).team_id).organisation


def _milestone_shown(db: Session, row: Milestone) -> MilestoneShown:
    terms = db.get_one(GrantTerms, row.terms_id)
    prize = db.get_one(Prize, terms.prize_id)
    evidence = db.exec(select(Evidence).where(col(Evidence.milestone_id) == row.id)).all()
    verifications = db.exec(select(Verification).where(col(Verification.milestone_id) == row.id)).all()
    result, payment = _result(db, row.id), payment_of(db, row.id)
    return MilestoneShown(
        row.id,
        prize.id,
        prize.title,
        prize.zone,
        _finalist(db, terms),
        row.position,
        row.title,
        row.to_show,
        row.due_on,
        Money(row.minor, prize.currency),
        db.get_one(Target, row.target_id).indicator if row.target_id else "",
        row.state,
        row.cancelled_because,
        tuple(
            EvidenceShown(
                item.text,
                files_of_evidence(db, item.id),
                person_card(db, item.given_by).name,
                item.given_at,
            )
            for item in sorted(evidence, key=lambda item: item.given_at)
        ),
        tuple(
            VerificationShown(item.verdict, item.reason, person_card(db, item.verified_by).name, item.verified_at)
            for item in sorted(verifications, key=lambda item: item.verified_at)
        ),
        result_shown(result),
        payment.id,
        payment.state,
        row.version,
    )


def result_shown(row: Result) -> ResultShown:
    return ResultShown(row.quantity, row.unit, row.claimed, row.verified, row.state, row.verified_at)


def _result(db: Session, milestone_id: UUID) -> Result:
    return db.exec(select(Result).where(col(Result.milestone_id) == milestone_id)).one()


def _judge(db: Session, actor: Actor, milestone_id: UUID, verdict: Verdict, reason: str) -> None:
    assert actor.person_id is not None
    db.add(
        Verification(
            milestone_id=milestone_id,
            verdict=verdict,
            reason=reason,
            verified_by=actor.person_id,
            verified_at=now(db),
        )
    )


def _stepped(db: Session, milestone: Milestone) -> int:
    milestone.version += 1
    db.add(milestone)
    return milestone.version


def _number(value: Decimal) -> None:
    if not value.is_finite() or abs(value) >= LARGEST or len(f"{value:f}") > MOST_DIGITS:
        raise Invalid("The value is not a number that can be shown. Type it in plain digits.")
