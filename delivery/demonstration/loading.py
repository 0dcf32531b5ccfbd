"""Loading the demonstration: a past is played through at its own times, in one transaction, or nothing is left of it."""

from __future__ import annotations

import random
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from pydantic import SecretStr
from sqlmodel import Session, col, select

from accounts.actors import LAUREL, STRANGER, Actor
from accounts.demonstration import DOMAIN, ENTRANT_DOMAIN
from accounts.models import LinkPurpose, OrganisationKind, Person, Programme, Role
from accounts.operator import create_admin
from accounts.people import find_person
from accounts.programmes import appoint_in_programme, create_programme
from accounts.signing_in import register, use_link
from delivery.demonstration import content
from delivery.demonstration.annex import annex
from delivery.demonstration.deciding import FINALISTS, decide_with_a_failed_check
from delivery.demonstration.meeting import hold_meeting
from delivery.milestones import (
    MilestonePlan,
    accept_terms,
    delivery,
    give_evidence,
    offer_terms,
    verify_milestone,
)
from delivery.payments import approve_payment, payments, record_payment
from judging.analyses.kept import find_scores_to_analyse
from judging.analyses.panels import study_panels
from judging.decisions import decisions, end_judging
from judging.judges import accept_terms as accept_judging_terms
from judging.judges import invite_judges, state_conflicts
from judging.models import CommentReader, Outcome
from judging.planning import confirm_assignment, plan_assignment
from judging.release import release_decisions
from judging.revealing import reveal_entry
from judging.scorecards import answer_gate, finish_judging, own_assignments, save_comment, save_score
from mission.missions import add_target, create_mission, mission, record_measurement
from mission.models import Direction
from prize.brief import save_brief, save_rules
from prize.clarifications import answer_clarification, ask_clarification
from prize.closing import close_stage
from prize.eligibility import EligibilityAnswer, add_eligibility_question, eligibility_of
from prize.entries.drafts import save_answer, start_entry
from prize.entries.files import add_arrived, begin_upload
from prize.entries.invitations import accept_invitation, invite_member
from prize.entries.models import Entry
from prize.entries.name_checks import decide_names
from prize.entries.screening import screen_entry, screened_entry
from prize.entries.searching import search_files, search_submitted
from prize.entries.submission import submit_entry
from prize.entries.teams import member_ids
from prize.form import add_question, newest_form, questions_of
from prize.fund import add_award, add_contribution
from prize.gates import add_gate_question
from prize.models import Blueprint, ContributionKind, Pays, PlaceTold, QuestionKind, ScoresTold, Seen, Stage
from prize.prizes import create_prize, prize
from prize.publication import publish_prize, send_for_review
from prize.questions import NO, YES
from prize.rubric import rubric_of, save_criterion, set_tie_break
from prize.stages import edit_stage
from storage import clock
from storage.cleaning.child import Extracted
from storage.cleaning.extracting import extract
from storage.cleaning.types import PDF
from storage.database import transact
from storage.files import StoredFile
from storage.mail import Mail
from storage.objects import copy_object
from storage.uploads import take_whole

SEED = 2030
POUNDS = 100
JUDGES = 12
ENTRIES = 60
DELIVERING = 8

ENTRANT = f"entrant@{ENTRANT_DOMAIN}"
NAMING = "We at {organisation} have seen this at three substations."
Day = timedelta(days=1)


@dataclass
class Play:
    """The demonstration while it is being played: who is who, and the moment from which everything is counted."""

    db: Session
    today: datetime
    random: random.Random = field(default_factory=lambda: random.Random(SEED))
    people: dict[str, Actor] = field(default_factory=dict)
    names: int = 0

    def at(self, days: float) -> datetime:
        """Move the clock to a moment so many days from now, and return it."""
        moment = self.today + days * Day
        clock.move_to(self.db, moment, stand_still=True)
        return moment

    def name(self) -> str:
        """The next invented name."""
        first = content.FIRST_NAMES[self.names % len(content.FIRST_NAMES)]
        last = content.SURNAMES[(self.names * 7 + self.names // len(content.FIRST_NAMES)) % len(content.SURNAMES)]
        self.names += 1
        return f"{first} {last}"

    def accept(self, email: str, purpose: LinkPurpose) -> Actor:
        """Use the newest link that was mailed to an address, as its owner would."""
        mails = self.db.exec(select(Mail).where(col(Mail.recipient) == email)).all()
        text = max(mails, key=lambda mail: mail.written_at).text
        token = next(line.rpartition("/")[2] for line in text.splitlines() if f"/links/{purpose.value}/" in line)
        use_link(self.db, STRANGER, purpose=purpose, token=SecretStr(token))
        person = find_person(self.db, email)
        assert person is not None
        return Actor(person.id)


def load() -> bool:
    """Load the demonstration into an empty database. Returns False, changing nothing, where there is anything."""

    def play(db: Session) -> bool:
        if db.exec(select(Person.id)).first() or db.exec(select(Programme.id)).first():
            return False
        _play(Play(db, clock.now(db)))
        clock.reset(db)
        return True

    return transact(play)


def _play(play: Play) -> None:
    play.at(-430)
    programme_id = _staff(play)
    mission_id, target_id = _mission(play, programme_id)
    _delivering_prize(play, mission_id, target_id)
    _judging_prize(play, mission_id)
    _open_prize(play, mission_id)
    play.at(-431)  # so that it is the first that a worker does
    find_scores_to_analyse(play.db, {}, None)


def _staff(play: Play) -> UUID:
    db = play.db
    operator = Actor(create_admin(db, "Operator", f"operator@{DOMAIN}", play.random.randbytes(24).hex()))
    programme_id = create_programme(db, operator, content.PROGRAMME)
    for word, role in (
        ("owner", Role.OWNER),
        ("designer", Role.DESIGNER),
        ("sponsor", Role.SPONSOR),
        ("secretariat", Role.SECRETARIAT),
        ("verifier", Role.VERIFIER),
        ("approver", Role.APPROVER),
        ("payer", Role.PAYER),
    ):
        email = f"{word}@{DOMAIN}"
        appoint_in_programme(db, operator, programme_id, play.name(), email, role)
        play.people[word] = play.accept(email, LinkPurpose.INVITATION)
    return programme_id


def _mission(play: Play, programme_id: UUID) -> tuple[UUID, UUID]:
    db, owner = play.db, play.people["owner"]
    mission_id = create_mission(
        db, owner, programme_id, content.MISSION, content.MISSION_STATEMENT, content.ACTION_PLAN
    )
    share = add_target(
        db,
        owner,
        mission_id,
        "Clean sources' share of generation",
        "%",
        Direction.UP,
        Decimal(95),
        content.CLEAN_SHARE[0][0].replace(year=2030),
        "Hours of supply lost, not above the 2023 level",
        content.ACTION_PLAN,
    )
    play.at(-429)
    intensity = add_target(
        db,
        owner,
        mission_id,
        "Carbon intensity of generation",
        "gCO2e/kWh",
        Direction.DOWN,
        Decimal(50),
        content.INTENSITY[0][0].replace(year=2030),
        "Bills of households, not above the 2023 level in real terms",
        content.ACTION_PLAN,
    )
    for target_id, series in ((share, content.CLEAN_SHARE), (intensity, content.INTENSITY)):
        for observed_on, value, source in series:
            record_measurement(db, owner, target_id, observed_on, value, source)
    assert mission(db, owner, mission_id).targets
    return mission_id, share


def _published(
    play: Play,
    mission_id: UUID,
    slug: str,
    *,
    drawn_up: float,
    opens: float,
    closes: float,
    judged: float,
    decided: float,
) -> tuple[UUID, UUID]:
    """A prize with everything that it needs, published by a second person. Days are counted from today."""
    db, designer = play.db, play.people["designer"]
    title, summary, problem = content.PRIZES[slug]
    play.at(drawn_up)
    prize_id = create_prize(
        db,
        designer,
        mission_id,
        title,
        slug,
        Blueprint.BREAKTHROUGH,
        Pays.STAGED,
        illustrative=True,
        source=content.MODEL,
    )
    save_brief(db, designer, prize_id, 1, summary, problem, content.ELIGIBILITY)
    save_rules(db, designer, prize_id, 1, content.RULES)
    for wording, needed, otherwise, told in content.ELIGIBILITY_QUESTIONS:
        add_eligibility_question(db, designer, prize_id, wording, needed, otherwise, told)
    given = play.today.date() + timedelta(days=round(drawn_up))
    money, in_kind = ContributionKind.MONEY, ContributionKind.IN_KIND
    add_contribution(db, designer, prize_id, "Sponsoring department", money, 2_000_000 * POUNDS, given)
    add_contribution(db, designer, prize_id, "Compute partner", in_kind, 600_000 * POUNDS, given)
    add_award(db, designer, prize_id, "Grand prize", money, 1, 1_000_000 * POUNDS)
    add_award(db, designer, prize_id, "Finalists", money, 10, 100_000 * POUNDS)
    add_award(db, designer, prize_id, "Compute for finalists", in_kind, 10, 60_000 * POUNDS)
    stage = db.exec(select(Stage).where(col(Stage.prize_id) == prize_id)).one()
    opening, closing, judging_closing, decision = (
        _noon(play.today + days * Day) for days in (opens, closes, judged, decided)
    )
    edit_stage(
        db,
        designer,
        prize_id,
        stage.id,
        stage.version,
        "First stage",
        10,
        3,
        opening,
        closing,
        judging_closing,
        decision,
        place_told=PlaceTold.PLACE,
        scores_told=ScoresTold.SPREAD,
        appeal_days=14,
    )
    for wording, limit in content.QUESTIONS:
        add_question(db, designer, prize_id, stage.id, QuestionKind.TEXT, wording, word_limit=limit)
    add_question(
        db,
        designer,
        prize_id,
        stage.id,
        QuestionKind.TEXT,
        content.TEAM_QUESTION,
        reveals_identity=True,
        word_limit=200,
    )
    add_question(
        db,
        designer,
        prize_id,
        stage.id,
        QuestionKind.FILE,
        content.FILE_QUESTION,
        help="A PDF with the figures that your answers speak of. Do not name your team in it.",
        required=False,
        size_limit=20 * 1024 * 1024,
    )
    add_question(db, designer, prize_id, stage.id, QuestionKind.MONEY, content.COST_QUESTION)
    add_question(db, designer, prize_id, stage.id, QuestionKind.DATE, content.DAY_QUESTION)
    permit = add_question(
        db,
        designer,
        prize_id,
        stage.id,
        QuestionKind.DECLARATION,
        content.PERMIT_QUESTION,
        word_limit=60,
        particulars=content.PERMIT_PARTICULARS,
    )
    add_question(
        db,
        designer,
        prize_id,
        stage.id,
        QuestionKind.TEXT,
        content.NO_PERMIT_QUESTION,
        word_limit=100,
        only_if=permit,
        only_if_answers=(YES,),
    )
    for name, question, weight, threshold, levels in content.CRITERIA:
        seen = Seen.AFTER_REVEAL if name == content.TEAM else Seen.BLIND
        save_criterion(db, designer, prize_id, stage.id, None, name, question, weight, threshold, levels, seen)
    add_gate_question(db, designer, prize_id, stage.id, content.GATE)
    rubric = rubric_of(db, stage.id)
    soundness = next(criterion.key for criterion in rubric.criteria if criterion.threshold is not None)
    set_tie_break(db, designer, prize_id, stage.id, rubric.version, (soundness,))
    send_for_review(db, designer, prize_id, 1)
    publish_prize(db, play.people["sponsor"], prize_id, prize(db, designer, prize_id).version)
    return prize_id, stage.id


def _noon(moment: datetime) -> datetime:
    return moment.replace(hour=12, minute=0, second=0, microsecond=0)


def _address(organisation: str) -> str:
    """Where a team is written to: at a domain of its own."""
    return f"post@{organisation.lower().replace(' ', '-').replace('&', 'and')}.example"


def _enter(
    play: Play, stage_id: UUID, organisation: str, email: str, *, strength: float, submits: bool, aside: str = ""
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
    texts = _answers(play, organisation, strength)
    texts[0] = f"{texts[0]} {aside.format(organisation=organisation)}".strip()
    questions = questions_of(db, newest_form(db, stage_id).id)
    for number, (question, text) in enumerate(zip(questions, texts, strict=True)):
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


def _words(stored: StoredFile) -> Extracted:
    """What one of these documents says: it needs no child with limits, since it was made here."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "annex"
        copy_object(stored.object_name, source)
        return Extracted(tuple(extract(source, stored.content_type)["text"]))


def _answers(play: Play, organisation: str, strength: float) -> list[str]:
    dice = play.random
    numbers = {"a": dice.randint(18, 120), "b": dice.randint(130, 420), "c": dice.randint(20, 90)}
    numbers["p"] = dice.randint(60, 88)
    evidence = content.EVIDENCE[min(int((1 - strength) * len(content.EVIDENCE)), len(content.EVIDENCE) - 1)]
    method = dice.sample(content.METHODS, 2) if strength > 0.5 else [dice.choice(content.METHODS)]
    return [
        dice.choice(content.PROBLEMS).format(**numbers),
        "\n\n".join(method),
        evidence.format(**numbers),
        dice.choice(content.RISKS).format(**numbers),
        f"{organisation} was founded by {play.name()} and {play.name()}, who have worked on local networks for "
        f"{dice.randint(3, 15)} years.",
        "",  # the document is uploaded
        f"{numbers['a'] * 10_000}",
        (play.today + numbers["b"] * Day).date().isoformat(),
        f"{YES}\n{content.PERMIT}" if numbers["c"] > 50 else NO,
        content.NO_PERMIT if numbers["c"] > 50 else "",
    ]


def _judged(
    play: Play, stage_id: UUID, *, closed: float, judges: int, entries: list[float], busy: str = ""
) -> Actor | None:
    """Screen, decide about names, invite, assign and score. Returns the ``busy`` judge, who has not finished yet."""
    db, secretariat = play.db, play.people["secretariat"]
    play.at(closed)
    close_stage(db, LAUREL, stage_id)
    withhold = True
    for entry in _submitted(db, stage_id):
        search_submitted(db, entry.id)
        search_files(db, entry.id, _words)
        for check in screened_entry(db, secretariat, entry.id).names:
            decide_names(db, secretariat, entry.id, check.question_key, check.file_id, withhold, check.digest)
            withhold = not withhold
        screen_entry(db, secretariat, entry.id, True)
    seats = [(play.name(), f"judge{number}@{DOMAIN}") for number in range(2, judges)]
    seats.append((play.name(), _address(content.ORGANISATIONS[5]).replace("post@", "board@")))
    if busy:
        seats.append((play.name(), busy))
    invite_judges(db, secretariat, stage_id, "\n".join(f"{name} <{email}>" for name, email in seats))
    play.at(closed + 2)
    bench = {email: play.accept(email, LinkPurpose.INVITATION) for _, email in seats}
    for number, (email, judge) in enumerate(bench.items()):
        accept_judging_terms(db, judge, stage_id)
        named = (content.ORGANISATIONS[3],) if number == 0 else ()
        state_conflicts(db, judge, stage_id, named)
        play.people[email] = judge
    play.at(closed + 4)
    plan = plan_assignment(db, secretariat, stage_id, SEED)
    confirm_assignment(db, secretariat, stage_id, plan.id)
    strengths = dict(zip([entry.id for entry in _by_arrival(db, stage_id)], entries, strict=True))
    play.at(closed + 9)
    for number, (email, judge) in enumerate(bench.items()):
        _score(play, stage_id, judge, number, strengths, leaves=4 if email == busy else 0)
        if email != busy:
            finish_judging(db, judge, stage_id)
    return bench.get(busy)


def _state_closely(play: Play, stage_id: UUID, judge: Actor | None) -> None:
    """A judge names, in the middle of judging, what is only close to an entrant's name: it waits for a decision."""
    assert judge is not None
    play.at(-8)
    state_conflicts(play.db, judge, stage_id, (content.ORGANISATIONS[17].split()[0],))


def _score(play: Play, stage_id: UUID, judge: Actor, number: int, strengths: dict[UUID, float], *, leaves: int) -> None:
    """One judge's cards: some judges score lower, some use little of the scale, one cannot judge a criterion once."""
    db, dice = play.db, play.random
    rubric, team_dice = rubric_of(db, stage_id), random.Random(f"{SEED} {number}")
    severity = (-0.9, 0.7, 0.0, 0.4, -0.5, 0.9, -0.2, 0.2, 0.6, -0.7, 0.1, -0.4)[number % JUDGES]
    spread = (1.0, 1.3, 0.5, 1.0, 1.2, 0.8, 1.0, 0.6, 1.1, 1.0, 1.4, 0.9)[number % JUDGES]
    cards = sorted(
        own_assignments(db, judge.person_id, stage_id), key=lambda row: str(db.get_one(Entry, row.entry_id).code)
    )
    for place, assignment in enumerate(cards[: len(cards) - leaves]):
        quality = (strengths[assignment.entry_id] - 0.5) * 4
        given = {}
        for criterion in rubric.criteria:
            drawn = dice if criterion.seen is Seen.BLIND else team_dice
            points = round(3 - severity + spread * quality + drawn.gauss(0, 0.55))
            given[criterion.key] = min(max(points, rubric.lowest), rubric.highest)
        for criterion in rubric.criteria:
            if criterion.seen is Seen.BLIND:
                cannot = number == 2 and place == 0 and criterion.position == 4
                save_score(db, judge, assignment.id, criterion.key, None if cannot else given[criterion.key], cannot)
        for gate in rubric.gates:
            answer_gate(db, judge, assignment.id, gate.key, sum(given.values()) > 3 * len(given))
        if dice.random() < 0.6:
            text = dice.choice(content.COMMENTS)
            save_comment(db, judge, assignment.id, CommentReader.ENTRANT, text, 0, "demonstration", place + 1)
        reveal_entry(db, judge, assignment.id)
        for criterion in rubric.criteria:
            if criterion.seen is Seen.AFTER_REVEAL:
                save_score(db, judge, assignment.id, criterion.key, given[criterion.key])


def _submitted(db: Session, stage_id: UUID) -> list[Entry]:
    return [entry for entry in db.exec(select(Entry).where(col(Entry.stage_id) == stage_id)).all() if entry.code]


def _by_arrival(db: Session, stage_id: UUID) -> list[Entry]:
    return sorted(_submitted(db, stage_id), key=lambda entry: entry.created_at)


def _strengths(play: Play, count: int) -> list[float]:
    return [min(max(play.random.gauss(0.5, 0.2), 0.05), 0.95) for _ in range(count)]


def _judging_prize(play: Play, mission_id: UUID) -> None:
    """60 entries, 12 judges, three scorecards each; one judge still has a few to score."""
    _, stage_id = _published(play, mission_id, "networks", drawn_up=-95, opens=-80, closes=-21, judged=9, decided=40)
    study_panels(play.db, play.people["designer"], stage_id, ENTRIES, 10, (2, 3, 4, 5), (8, JUDGES, 20), 20)
    strengths = _strengths(play, ENTRIES)
    for number, strength in enumerate(strengths):
        play.at(-75 + number * 0.85)
        organisation = content.ORGANISATIONS[number]
        email = ENTRANT if number == 7 else _address(organisation)
        aside = NAMING if number in (11, 29) else ""
        _enter(play, stage_id, organisation, email, strength=strength, submits=True, aside=aside)
    busy = _judged(play, stage_id, closed=-20, judges=JUDGES, entries=strengths, busy=f"judge@{DOMAIN}")
    _state_closely(play, stage_id, busy)


def _open_prize(play: Play, mission_id: UUID) -> None:
    """Open for entries: a few are submitted, a few are drafts."""
    prize_id, stage_id = _published(
        play, mission_id, "storage", drawn_up=-30, opens=-20, closes=39, judged=90, decided=130
    )
    for number in range(9):
        play.at(-15 + number)
        organisation = content.ORGANISATIONS[number + 20]
        email = ENTRANT if number == 8 else _address(organisation)
        aside = NAMING if number == 8 else ""
        entry_id = _enter(play, stage_id, organisation, email, strength=0.6, submits=number < 4, aside=aside)
    _invite_colleagues(play, organisation, entry_id)
    _asked(play, prize_id)


def _invite_colleagues(play: Play, organisation: str, entry_id: UUID) -> None:
    """The last team's lead asks two colleagues to join: one does, the other has not answered yet."""
    domain = _address(organisation).rpartition("@")[2]
    lead = find_person(play.db, ENTRANT)
    assert lead is not None
    for number in range(2):
        email = f"colleague-{number + 1}@{domain}"
        invitation_id = invite_member(play.db, Actor(lead.id), entry_id, play.name(), email)
        if number == 0:
            accept_invitation(play.db, play.accept(email, LinkPurpose.INVITATION), invitation_id)


def _asked(play: Play, prize_id: UUID) -> None:
    """Entrants ask in public: two questions are answered to all, one waits."""
    db = play.db
    for number, (asked, question, answer) in enumerate(content.CLARIFICATIONS):
        play.at(-6 + 2 * number)
        one = ask_clarification(db, _entrant(play, 20 + number), prize_id, asked)
        play.at(-5 + 2 * number)
        answer_clarification(db, play.people["secretariat"], one, 1, question, answer)
    play.at(-1)
    ask_clarification(db, _entrant(play, 22), prize_id, content.WAITING_QUESTION)


def _entrant(play: Play, organisation: int) -> Actor:
    """Whoever entered for an organisation, by its number."""
    person = find_person(play.db, _address(content.ORGANISATIONS[organisation]))
    assert person is not None
    return Actor(person.id)


def _delivering_prize(play: Play, mission_id: UUID, target_id: UUID) -> None:
    """Decided a while ago: two finalists deliver, and one has been paid; a third moved up from the reserves."""
    db = play.db
    prize_id, stage_id = _published(
        play, mission_id, "heat", drawn_up=-425, opens=-410, closes=-351, judged=-320, decided=-300
    )
    strengths = [0.95, 0.85, 0.6, 0.55, 0.5, 0.4, 0.3, 0.2]
    for number, strength in enumerate(strengths):
        play.at(-400 + number * 2)
        organisation = content.ORGANISATIONS[number + 40]
        email = ENTRANT if number == 0 else _address(organisation)
        _enter(play, stage_id, organisation, email, strength=strength, submits=True)
    _judged(play, stage_id, closed=-350, judges=5, entries=strengths)
    secretariat = play.people["secretariat"]
    play.at(-315)
    end_judging(db, secretariat, stage_id)
    ranked = decisions(db, secretariat, stage_id).lines
    play.at(-312)
    hold_meeting(db, secretariat, stage_id, [line.code for line in ranked[: FINALISTS + 2]], FINALISTS)
    decide_with_a_failed_check(play, stage_id, decided=-310, confirmed=-305, checked=-302)
    play.at(-300)
    release_decisions(db, secretariat, stage_id)
    finalists = [line for line in decisions(db, secretariat, stage_id).lines if line.outcome is Outcome.FINALIST]
    for line in finalists[:2]:  # whoever moved up is still to get an offer
        offer_terms(db, secretariat, line.entry_id, content.TERMS, _milestones(play, target_id))
    _deliver(play, prize_id)


def _milestones(play: Play, target_id: UUID) -> tuple[MilestonePlan, ...]:
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


def _deliver(play: Play, prize_id: UUID) -> None:
    db, people = play.db, play.people
    known = find_person(db, ENTRANT)
    entrant = Actor(known.id if known else None)
    for number, terms in enumerate(delivery(db, people["secretariat"], prize_id)):
        team = _member(db, terms.entry_id)
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


def _member(db: Session, entry_id: UUID) -> Actor:
    return Actor(member_ids(db, db.get_one(Entry, entry_id).team_id)[0])
