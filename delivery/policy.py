"""Who may do what with grant terms, milestones and payments. Verifier, approver and payer are different people."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.models import Role
from accounts.permissions import Condition, Relation, Rule, Scope, Subject, adopt, scope_of
from accounts.policy import STAFF
from delivery.models import GrantTerms, Milestone, Payment, Verdict, Verification
from judging import policy as _judging_policy  # noqa: F401 - its rules are adopted first
from prize.entries.models import Entry
from prize.models import Prize
from prize.policy import MEMBER, is_member


class Action(StrEnum):
    OFFER_TERMS = "offer grant terms"
    SEE_DELIVERY = "see grant terms and milestones of a prize"
    SEE_OWN_TERMS = "see one's own grant terms and milestones"
    ACCEPT_GRANT = "accept grant terms"
    GIVE_EVIDENCE = "give evidence"
    VERIFY_MILESTONE = "verify a milestone"
    ASK_FOR_MORE = "ask for more evidence"
    REJECT_MILESTONE = "reject a milestone"
    CANCEL_MILESTONE = "cancel a milestone"
    SEE_MILESTONE = "see a milestone and its evidence"
    LIST_VERIFICATIONS = "list milestones to verify"
    LIST_PAYMENTS = "list payments"
    APPROVE_PAYMENT = "approve a payment"
    SEND_PAYMENT = "send a payment to the bank"
    PAY = "record a payment as paid"
    RECORD_UNPAID = "record that a payment failed or came back"
    SEE_RESULTS = "see the results of a mission's prizes"
    EXPORT_PRIZE = "export a prize"
    EXPORT_OWN = "export all of one's own entries"


@scope_of("terms_id")
def _terms(db: Session, terms_id: Any) -> Scope | None:
    terms = db.get(GrantTerms, terms_id)
    prize = db.get(Prize, terms.prize_id) if terms else None
    return Scope(prize.programme_id, prize.id, entry_id=terms.entry_id) if terms and prize else None


@scope_of("milestone_id")
def _milestone(db: Session, milestone_id: Any) -> Scope | None:
    milestone = db.get(Milestone, milestone_id)
    return _terms(db, milestone.terms_id) if milestone else None


@scope_of("payment_id")
def _payment(db: Session, payment_id: Any) -> Scope | None:
    payment = db.get(Payment, payment_id)
    return _milestone(db, payment.milestone_id) if payment else None


def _of_terms(db: Session, actor: Actor, subject: Subject) -> bool:
    terms = db.get(GrantTerms, subject["terms_id"])
    entry = db.get(Entry, terms.entry_id) if terms else None
    return entry is not None and is_member(db, actor, entry)


def _of_milestone(db: Session, actor: Actor, subject: Subject) -> bool:
    milestone = db.get(Milestone, subject["milestone_id"])
    return milestone is not None and _of_terms(db, actor, {"terms_id": milestone.terms_id})


def _did_not_verify(db: Session, actor: Actor, subject: Subject) -> bool:
    payment = db.get_one(Payment, subject["payment_id"])
    verifiers = db.exec(
        select(Verification.verified_by).where(
            col(Verification.milestone_id) == payment.milestone_id, col(Verification.verdict) == Verdict.ACCEPTED
        )
    ).all()
    return actor.person_id not in verifiers


def _did_not_approve(db: Session, actor: Actor, subject: Subject) -> bool:
    return db.get_one(Payment, subject["payment_id"]).approved_by != actor.person_id


def _is_not_the_finalist(db: Session, actor: Actor, subject: Subject) -> bool:
    return not _of_milestone(db, actor, subject)


FINALIST_OF_TERMS = Relation("belong to the finalist's team", _of_terms)
FINALIST = Relation("belong to the finalist's team", _of_milestone)
INDEPENDENT = Condition(
    "who does not belong to the finalist", _is_not_the_finalist, "A milestone is verified by somebody independent."
)
NOT_THE_VERIFIER = Condition(
    "other than the verifier",
    _did_not_verify,
    "You verified this milestone, so somebody else deals with its payment.",
)
NOT_THE_APPROVER = Condition(
    "other than the approver", _did_not_approve, "You approved this payment, so somebody else makes and records it."
)

adopt(
    {
        Action.OFFER_TERMS: Rule("Offer grant terms to a finalist", about="entry_id", roles=(Role.SECRETARIAT,)),
        Action.SEE_DELIVERY: Rule(
            "See grant terms and milestones of a prize",
            about="prize_id",
            roles=(Role.SECRETARIAT, Role.OWNER, Role.SPONSOR),
        ),
        Action.SEE_OWN_TERMS: Rule("See one's own grant terms", about="entry_id", relations=(MEMBER,)),
        Action.ACCEPT_GRANT: Rule("Accept grant terms", about="terms_id", relations=(FINALIST_OF_TERMS,)),
        Action.GIVE_EVIDENCE: Rule("Give evidence for a milestone", about="milestone_id", relations=(FINALIST,)),
        Action.VERIFY_MILESTONE: Rule(
            "Verify a milestone", about="milestone_id", roles=(Role.VERIFIER,), provided=(INDEPENDENT,)
        ),
        Action.ASK_FOR_MORE: Rule(
            "Ask for more evidence", about="milestone_id", roles=(Role.VERIFIER,), provided=(INDEPENDENT,)
        ),
        Action.REJECT_MILESTONE: Rule(
            "Reject a milestone", about="milestone_id", roles=(Role.VERIFIER,), provided=(INDEPENDENT,)
        ),
        Action.CANCEL_MILESTONE: Rule("Cancel a milestone", about="milestone_id", roles=(Role.OWNER,)),
        Action.SEE_MILESTONE: Rule(
            "See a milestone and its evidence",
            about="milestone_id",
            roles=(Role.SECRETARIAT, Role.VERIFIER, Role.APPROVER, Role.PAYER),
            relations=(FINALIST,),
        ),
        Action.LIST_VERIFICATIONS: Rule("List the milestones that one may verify", signed_in=True),
        Action.LIST_PAYMENTS: Rule("List the payments of one's prizes", signed_in=True),
        Action.APPROVE_PAYMENT: Rule(
            "Approve a payment", about="payment_id", roles=(Role.APPROVER,), provided=(NOT_THE_VERIFIER,)
        ),
        **{
            action: Rule(words, about="payment_id", roles=(Role.PAYER,), provided=(NOT_THE_VERIFIER, NOT_THE_APPROVER))
            for action, words in (
                (Action.SEND_PAYMENT, "Say that a payment was sent to the bank"),
                (Action.PAY, "Record a payment as paid"),
                (Action.RECORD_UNPAID, "Record that a payment failed or came back"),
            )
        },
        Action.SEE_RESULTS: Rule("See the results of a mission's prizes", about="mission_id", roles=STAFF),
        Action.EXPORT_OWN: Rule("Export all entries of one's teams", signed_in=True),
        Action.EXPORT_PRIZE: Rule(
            "Export what one may see of a prize", about="prize_id", roles=(Role.SECRETARIAT, Role.OWNER)
        ),
    }
)
