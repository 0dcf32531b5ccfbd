"""A stage being judged, made by Laurel's own commands: its entries, and judges who are asked to score them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import SecretStr
from sqlmodel import Session, col, select

from accounts.actors import LAUREL, STRANGER, Actor
from accounts.models import LinkPurpose, OrganisationKind, Role
from accounts.operator import create_admin
from accounts.people import find_person
from accounts.programmes import appoint_in_programme, create_programme
from accounts.signing_in import register, set_password, use_link
from benchmarks.content import ANSWERS, CRITERIA, POINTS, QUESTIONS, level_words, scored_first
from judging.judges import accept_terms, invite_judges, state_conflicts
from judging.planning import confirm_assignment, plan_assignment
from judging.scorecards import own_cards, save_score
from mission.missions import create_mission
from prize.brief import save_brief, save_rules
from prize.closing import close_stage
from prize.entries.drafts import save_answer, start_entry
from prize.entries.models import Entry, EntryState
from prize.entries.own import own_entry
from prize.entries.screening import screen_entry
from prize.entries.submission import submit_entry
from prize.form import add_question
from prize.fund import add_award, add_contribution
from prize.models import Blueprint, ContributionKind, Pays, QuestionKind, Stage
from prize.prizes import create_prize, prize
from prize.publication import publish_prize, send_for_review
from prize.rubric import rubric_of, save_criterion
from prize.stages import edit_stage
from storage import clock
from storage.database import transact
from storage.mail import Mail

DOMAIN = "benchmark.example"
JUDGE = f"judge1@{DOMAIN}"
PASSWORD = "three words in a row"  # noqa: S105 - of a database that is thrown away
SEED = 2030
POUNDS = 100
WEIGHT = 100 // len(CRITERIA)
STAFF = {role.value: role for role in (Role.OWNER, Role.DESIGNER, Role.SPONSOR, Role.SECRETARIAT)}


@dataclass
class Making:
    """The stage while it is being made: who is who, and the moment from which everything is counted."""

    db: Session
    today: datetime
    people: dict[str, Actor] = field(default_factory=dict)

    def at(self, days: float) -> datetime:
        """Move the clock to a moment so many days from now, and return it."""
        moment = self.today + timedelta(days=days)
        clock.move_to(self.db, moment, stand_still=True)
        return moment

    def accept(self, email: str, purpose: LinkPurpose) -> Actor:
        """Use the link that was mailed to an address, as its owner would."""
        mails = self.db.exec(select(Mail).where(col(Mail.recipient) == email)).all()
        text = max(mails, key=lambda mail: mail.written_at).text
        token = next(line.rpartition("/")[2] for line in text.splitlines() if f"/links/{purpose.value}/" in line)
        use_link(self.db, STRANGER, purpose=purpose, token=SecretStr(token))
        person = find_person(self.db, email)
        assert person is not None
        return Actor(person.id)


def make_panel(entries: int, judges: int, scorecards: int | None = None) -> UUID:
    """Fill an empty, migrated database; ``JUDGE`` then signs in with ``PASSWORD``. Needs the test mode's clock.

    Returns the stage.

    Each entry gets so many scorecards, at most 20; by default one of every judge. 60 entries with 20 each, dealt to 400
    judges, are 3 entries a judge, and take 40 s.
    """

    def make(db: Session) -> UUID:
        making = Making(db, clock.now(db))
        stage_id = _published(making, scorecards or judges)
        for number in range(1, entries + 1):
            making.at(-20 + number / entries)
            _enter(making, stage_id, number)
        _judged(making, stage_id, judges)
        clock.reset(db)
        return stage_id

    return transact(make)


def _published(making: Making, scorecards: int) -> UUID:
    db = making.db
    making.at(-40)
    operator = Actor(create_admin(db, "Operator", f"operator@{DOMAIN}", PASSWORD))
    programme_id = create_programme(db, operator, "Programme")
    for word, role in STAFF.items():
        appoint_in_programme(db, operator, programme_id, word.capitalize(), f"{word}@{DOMAIN}", role)
        making.people[word] = making.accept(f"{word}@{DOMAIN}", LinkPurpose.INVITATION)
    owner, designer = making.people["owner"], making.people["designer"]
    mission_id = create_mission(db, owner, programme_id, "Mission", "A statement of the mission.", "Its source")
    prize_id = create_prize(
        db, designer, mission_id, "A prize to measure by", "measure", Blueprint.BREAKTHROUGH, Pays.STAGED
    )
    save_brief(db, designer, prize_id, 1, "A summary.", "A problem.", "Anybody may enter.")
    save_rules(db, designer, prize_id, 1, "The panel decides.")
    given = making.today.date() - timedelta(days=40)
    add_contribution(db, designer, prize_id, "Sponsor", ContributionKind.MONEY, 1_000_000 * POUNDS, given)
    add_award(db, designer, prize_id, "Grand prize", ContributionKind.MONEY, 1, 1_000_000 * POUNDS)
    stage = db.exec(select(Stage).where(col(Stage.prize_id) == prize_id)).one()
    moments = [making.today + timedelta(days=days) for days in (-30, -10, 30, 60)]
    edit_stage(db, designer, prize_id, stage.id, stage.version, "First stage", 10, scorecards, *moments)
    for wording in QUESTIONS:
        add_question(db, designer, prize_id, stage.id, QuestionKind.TEXT, wording, word_limit=500)
    add_question(db, designer, prize_id, stage.id, QuestionKind.TEXT, "Who are you?", reveals_identity=True)
    for name, question in CRITERIA:
        words = tuple(level_words(name, points) for points in POINTS)
        save_criterion(db, designer, prize_id, stage.id, None, name, question, WEIGHT, None, words)
    send_for_review(db, designer, prize_id, prize(db, designer, prize_id).version)
    publish_prize(db, making.people["sponsor"], prize_id, prize(db, designer, prize_id).version)
    return stage.id


def _enter(making: Making, stage_id: UUID, number: int) -> None:
    """From a domain of its own: whoever has the organisation's address is in conflict with the entry."""
    db, email = making.db, f"entrant@team{number}.example"
    register(db, STRANGER, f"Entrant {number}", email, f"/start-entry?stage={stage_id}")
    entrant = making.accept(email, LinkPurpose.REGISTRATION)
    entry_id = start_entry(db, entrant, stage_id, f"Organisation {number}", OrganisationKind.COMPANY)
    texts = (*ANSWERS, f"We are organisation {number}.")
    for place, (answer, text) in enumerate(zip(own_entry(db, entrant, entry_id).answers, texts, strict=True)):
        save_answer(db, entrant, entry_id, answer.question.key, text, 0, f"benchmark-{place}", 1)
    submit_entry(db, entrant, entry_id, True)


def _judged(making: Making, stage_id: UUID, judges: int) -> None:
    """Screen, invite, assign, and score the first half of each judge's list."""
    db, secretariat = making.db, making.people["secretariat"]
    making.at(-9)
    close_stage(db, LAUREL, stage_id)
    submitted = select(Entry.id).where(col(Entry.stage_id) == stage_id, col(Entry.state) == EntryState.SUBMITTED)
    for entry_id in db.exec(submitted).all():
        screen_entry(db, secretariat, entry_id, True)
    emails = [f"judge{number}@{DOMAIN}" for number in range(1, judges + 1)]
    invite_judges(db, secretariat, stage_id, "\n".join(f"Judge <{email}>" for email in emails))
    making.at(-8)
    bench = [making.accept(email, LinkPurpose.INVITATION) for email in emails]
    for judge in bench:
        accept_terms(db, judge, stage_id)
        state_conflicts(db, judge, stage_id, ())
    set_password(db, bench[0], SecretStr(PASSWORD))
    making.at(-7)
    confirm_assignment(db, secretariat, stage_id, plan_assignment(db, secretariat, stage_id, SEED).id)
    making.at(-5)
    dice, criteria = random.Random(SEED), rubric_of(db, stage_id).criteria  # noqa: S311 - scores that a seed repeats
    for judge in bench:
        cards = own_cards(db, judge.person_id, stage_id)
        for place, card in enumerate(cards):
            for criterion in criteria if scored_first(place, len(cards)) else ():
                save_score(db, judge, card.assignment_id, criterion.key, dice.choice(POINTS))
