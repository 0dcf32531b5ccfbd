"""Teams of the demonstration: they register from mail, write their answers, upload a document and submit."""

from __future__ import annotations

from uuid import UUID

from accounts.actors import STRANGER, Actor
from accounts.models import LinkPurpose, OrganisationKind
from accounts.people import find_person
from accounts.signing_in import register
from delivery.demonstration import content
from delivery.demonstration.annex import annex
from delivery.demonstration.play import Day, Play
from delivery.demonstration.texts import Written
from prize.eligibility import EligibilityAnswer, eligibility_of
from prize.entries.drafts import save_answer, start_entry
from prize.entries.files import add_arrived, begin_upload
from prize.entries.submission import submit_entry
from prize.form import newest_form, questions_of
from prize.models import QuestionKind, Stage
from prize.questions import NO, YES
from storage.cleaning.types import PDF
from storage.uploads import take_whole


def enter(
    play: Play,
    stage_id: UUID,
    organisation: str,
    email: str,
    what: Written,
    *,
    strength: float,
    submits: bool,
    aside: str = "",
) -> UUID:
    """One team registers from mail, writes its answers and perhaps submits. ``aside`` is added to its first answer."""
    db = play.db
    person = find_person(db, email)
    if person is None:
        register(db, STRANGER, play.name(), email, f"/start-entry?stage={stage_id}")
        actor = play.accept(email, LinkPurpose.REGISTRATION)
    else:
        actor = Actor(person.id)
    entry_id = start_entry(db, actor, stage_id, organisation, OrganisationKind.COMPANY, _eligible(play, stage_id))
    answers = _answers(play, organisation, what)
    answers[0] = f"{answers[0]} {aside.format(organisation=organisation)}".strip()
    questions = questions_of(db, newest_form(db, stage_id).id)
    for number, (question, text) in enumerate(zip(questions, answers, strict=True)):
        if question.kind is QuestionKind.FILE:
            if submits and strength > 0.6:
                _upload(play, actor, entry_id, question.key, organisation)
        elif text and (submits or number < 2):
            save_answer(db, actor, entry_id, question.key, text, 0, f"demonstration-{number}", 1)
    if submits:
        submit_entry(db, actor, entry_id, True)
    return entry_id


def _eligible(play: Play, stage_id: UUID) -> tuple[EligibilityAnswer, ...]:
    """The answers of somebody who may enter."""
    prize_id = play.db.get_one(Stage, stage_id).prize_id
    questions = eligibility_of(play.db, prize_id).questions
    return tuple(EligibilityAnswer(question.key, question.needed) for question in questions)


def _upload(play: Play, actor: Actor, entry_id: UUID, question_key: UUID, organisation: str) -> None:
    """A document that names its team in its properties, as documents do."""
    db = play.db
    document = annex(organisation, play.random.randint(20, 110))
    upload = begin_upload(db, actor, entry_id, question_key, f"{organisation} annex.pdf", len(document))
    add_arrived(db, *take_whole(db, actor.person_id, upload.id, document), PDF)


def _answers(play: Play, organisation: str, what: Written) -> list[str]:
    dice = play.random
    cost, days, needs_permit = dice.randint(18, 120), dice.randint(130, 420), dice.random() < 0.4
    return [
        *what.texts(),
        f"{organisation} was founded by {play.name()} and {play.name()}, who have worked in this field for "
        f"{dice.randint(3, 15)} years.",
        "",  # the document is uploaded
        f"{cost * 10_000}",
        (play.today + days * Day).date().isoformat(),
        f"{YES}\n{content.PERMIT}" if needs_permit else NO,
        content.NO_PERMIT if needs_permit else "",
        *([what.topic] if what.topic else []),
    ]
