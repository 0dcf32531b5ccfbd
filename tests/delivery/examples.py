"""An example of each command of delivery."""

from __future__ import annotations

from decimal import Decimal

from delivery.evidence import waiting_files
from delivery.exports.exporting import Form
from delivery.payments import send_payment
from storage.database import transact
from tests.examples import Call, example
from tests.stories import Chapter, attach_evidence, document_of, plans, told
from tests.world import World, ask, do


@example("delivery.milestones.offer_terms")
def _(world: World) -> Call:
    story = told(Chapter.RELEASED)
    offer = {"text": "We pay what is verified.", "milestones": plans(story.target_id)}
    return Call(story.secretariat, {"entry_id": story.entry_id, **offer})


@example("delivery.milestones.accept_terms")
def _(world: World) -> Call:
    story = told(Chapter.OFFERED)
    return Call(story.entrant, {"terms_id": story.terms_id, "version": 1})


@example("delivery.milestones.give_evidence")
def _(world: World) -> Call:
    story = told(Chapter.ACCEPTED)
    evidence = {"text": "The letter\nnames the river.", "claimed": Decimal("1.5")}
    return Call(story.entrant, {"milestone_id": story.milestones[0], "version": 1, **evidence})


@example("delivery.milestones.verify_milestone")
def _(world: World) -> Call:
    story = told(Chapter.CLAIMED)
    verdict = {"verified": Decimal(1), "reason": "The owner confirmed it."}
    return Call(story.verifier, {"milestone_id": story.milestones[0], "version": 2, **verdict})


@example("delivery.milestones.ask_for_more")
def _(world: World) -> Call:
    story = told(Chapter.CLAIMED)
    return Call(story.verifier, {"milestone_id": story.milestones[0], "version": 2, "reason": "Who signed the letter?"})


@example("delivery.milestones.reject_milestone")
def _(world: World) -> Call:
    story = told(Chapter.CLAIMED)
    return Call(story.verifier, {"milestone_id": story.milestones[0], "version": 2, "reason": "The river is dry."})


@example("delivery.milestones.cancel_milestone")
def _(world: World) -> Call:
    story = told(Chapter.CLAIMED)
    reason = "The river was closed\nfor works."
    return Call(story.owner, {"milestone_id": story.milestones[0], "version": 2, "reason": reason})


@example("delivery.evidence.begin_evidence_upload")
def _(world: World) -> Call:
    story = told(Chapter.ACCEPTED)
    return Call(story.entrant, {"milestone_id": story.milestones[0], "name": "letter.pdf", "length": 4096})


@example("delivery.evidence.remove_evidence_file")
def _(world: World) -> Call:
    story = told(Chapter.ACCEPTED)
    target = {"milestone_id": story.milestones[0]}
    document = document_of("Acorn Labs")
    transact(lambda db: attach_evidence(db, story.entrant, story.milestones[0], document, "letter.pdf"))
    [file] = ask(waiting_files, story.entrant, **target)
    return Call(story.entrant, {**target, "file_id": file.id})


@example("delivery.payments.approve_payment")
def _(world: World) -> Call:
    story = told(Chapter.VERIFIED)
    return Call(story.approver, {"payment_id": story.payments[0], "version": 2})


@example("delivery.payments.record_payment")
def _(world: World) -> Call:
    story = told(Chapter.APPROVED)
    return Call(story.payer, {"payment_id": story.payments[0], "version": 3, "reference": "CR-0001"})


@example("delivery.payments.send_payment")
def _(world: World) -> Call:
    story = told(Chapter.APPROVED)
    return Call(story.payer, {"payment_id": story.payments[0], "version": 3})


@example("delivery.payments.record_unpaid")
def _(world: World) -> Call:
    story = told(Chapter.APPROVED)
    do(send_payment, story.payer, payment_id=story.payments[0], version=3)
    return Call(story.payer, {"payment_id": story.payments[0], "version": 4, "reason": "The account is closed."})


@example("delivery.exports.preparing.prepare_export")
def _(world: World) -> Call:
    story = told(Chapter.SCORED)
    return Call(story.secretariat, {"prize_id": story.prize_id})


@example("delivery.exports.exporting.begin_export")
def _(world: World) -> Call:
    story = told(Chapter.SCORED)
    return Call(story.secretariat, {"prize_id": story.prize_id, "table": "score", "form": Form.EXCEL})
