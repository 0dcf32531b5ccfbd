"""What delivery holds about people, and what becomes of it when somebody is erased."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, true, update
from sqlmodel import Session, col, select

from accounts.privacy import Erasing, erases, files_in, holds, stands_in_the_way
from delivery.models import Evidence, EvidenceFile, GrantTerms, Milestone, Payment, PreparedExport
from delivery.payments import UNDER_WAY
from delivery.policy import Action
from prize.erasure import entries_alone


@stands_in_the_way
def _payment_under_way(db: Session, person_id: UUID) -> str:
    milestones = _milestones(db, person_id)
    waiting = select(Payment.id).where(col(Payment.milestone_id).in_(milestones), col(Payment.state).in_(UNDER_WAY))
    if db.exec(waiting).first() is None:
        return ""
    return (
        "A payment to an entrant is under way, and nobody else is in the team. "
        "Have it paid or cancelled first, or let somebody join the team."
    )


@erases
def _evidence(db: Session, erasing: Erasing) -> None:
    """Empty the evidence of grants behind which nobody else stands."""
    erasing.own_acts.add(Action.GIVE_EVIDENCE.value)
    milestones = _milestones(db, erasing.person_id)
    theirs = col(EvidenceFile.milestone_id).in_(milestones)
    erasing.files |= files_in(db, EvidenceFile, theirs)
    db.exec(delete(EvidenceFile).where(theirs))
    db.exec(update(Evidence).where(col(Evidence.milestone_id).in_(milestones)).values(text=""))


@erases
def _exports(db: Session, erasing: Erasing) -> None:
    """Remove all archives that wait to be downloaded: nobody can tell which of them name the person."""
    erasing.files |= files_in(db, PreparedExport, true())
    db.exec(delete(PreparedExport))


def _milestones(db: Session, person_id: UUID) -> tuple[UUID, ...]:
    statement = select(Milestone.id).join(GrantTerms, col(GrantTerms.id) == col(Milestone.terms_id))
    return tuple(db.exec(statement.where(col(GrantTerms.entry_id).in_(entries_alone(db, person_id)))))


GRANT = "As long as the installation: public money may have been given"
TEAM = "The prize's team, and the finalist"

holds(
    "grant_terms",
    "What finalists accepted",
    acts="offered_by offered_at accepted_by accepted_at",
    texts="text",
    nothing="id prize_id entry_id number version",
    why="The grant",
    how_long=GRANT,
    seen_by=TEAM,
    erased="Kept.",
)
holds(
    "milestone",
    "What finalists must show",
    acts="cancelled_by cancelled_at",
    texts="title to_show cancelled_because",
    nothing="id terms_id position due_on minor target_id state version",
    why="The grant, and who answers for it",
    how_long=GRANT,
    seen_by=TEAM,
    erased="Kept.",
)
holds(
    "evidence",
    "What finalists put forward",
    personal="text",
    acts="given_by given_at",
    nothing="id milestone_id",
    why="Whether a milestone is met",
    how_long=GRANT,
    seen_by=f"{TEAM}, the verifier",
    erased="Emptied where nobody else is in the team. What was verified and paid stays.",
)
holds(
    "evidence_file",
    "Files of that evidence",
    personal="name",
    acts="added_by added_at",
    nothing="id milestone_id evidence_id file_id",
    why="Whether a milestone is met",
    how_long=GRANT,
    seen_by=f"{TEAM}, the verifier",
    erased="Removed where nobody else is in the team.",
)
holds(
    "result",
    "Measured quantities",
    texts="quantity",
    nothing="id milestone_id unit claimed verified state verified_at version",
)
holds(
    "verification",
    "Whether milestones were met, and why",
    acts="verified_by verified_at",
    texts="reason",
    nothing="id milestone_id verdict",
    why="Payments rest on it",
    how_long=GRANT,
    seen_by=TEAM,
    erased="Kept.",
)
holds(
    "payment",
    "Payments for milestones",
    acts="approved_by approved_at paid_by paid_at",
    texts="reference problem",
    nothing="id milestone_id minor state version",
    why="The grant, and who answers for it",
    how_long=GRANT,
    seen_by=f"{TEAM}, finance",
    erased="Kept.",
)
holds(
    "prepared_export",
    "Exports of prizes that wait to be downloaded",
    acts="asked_by asked_at",
    nothing="id prize_id made_at may_see file_id",
    why="Taking a prize's data elsewhere",
    how_long="Seven days",
    seen_by="Whoever asked for it",
    erased="Removed, whoever is erased; it can be prepared again.",
)
