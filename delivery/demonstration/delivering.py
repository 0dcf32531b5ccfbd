"""The finalists of the demonstration's decided prize: terms, evidence, verified milestones, payments."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from accounts.actors import Actor
from accounts.people import find_person
from delivery.demonstration import content
from delivery.demonstration.play import ENTRANT, Day, Play, member_of
from delivery.milestones import MilestonePlan, accept_terms, delivery, give_evidence, verify_milestone
from delivery.payments import approve_payment, payments, record_payment


def milestone_plans(play: Play, target_id: UUID) -> tuple[MilestonePlan, ...]:
    due = (-240, -60, 60)
    return tuple(
        MilestonePlan(
            title,
            to_show,
            (play.today + days * Day).date(),
            minor,
            quantity,
            unit,
            target_id if unit == "MW" else None,
        )
        for (title, to_show, minor, quantity, unit), days in zip(content.MILESTONES, due, strict=True)
    )


def deliver(play: Play, prize_id: UUID) -> None:
    db, people = play.db, play.people
    known = find_person(db, ENTRANT)
    entrant = Actor(known.id if known else None)
    for number, terms in enumerate(delivery(db, people["secretariat"], prize_id)):
        team = member_of(db, terms.entry_id)
        play.at(-290)
        accept_terms(db, team, terms.id, terms.version)
        first, second, third = terms.milestones
        play.at(-245)
        give_evidence(db, team, first.id, 1, "The letter of the operator is in the annex.", Decimal(38 + number))
        play.at(-240)
        reason = "The letter names the feeders, and the operator confirmed it by telephone."
        verify_milestone(db, people["verifier"], first.id, 2, Decimal(38 + number), reason)
        if team != entrant:
            play.at(-70)
            give_evidence(db, team, second.id, 1, "Forecasts for 94 days, with the operator's own log.", Decimal(91))
            play.at(-30)
            give_evidence(db, team, third.id, 1, "The register lists the connections that were offered.", Decimal(42))
            play.at(-12)
            verify_milestone(
                db, people["verifier"], third.id, 2, Decimal(42), "Counted from metered data. Illustrative."
            )
    play.at(-230)
    waiting = [line for line in payments(db, people["approver"]) if line.milestone.position == 1]
    for line in waiting:
        approve_payment(db, people["approver"], line.id, line.version)
    play.at(-225)
    record_payment(db, people["payer"], waiting[0].id, waiting[0].version + 1, "HP-0001")
