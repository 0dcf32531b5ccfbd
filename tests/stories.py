"""A prize for tests, played by Laurel's own commands from its draft to a payment, as far as a test needs it.

``told(Chapter.SUBMITTED)`` plays everything up to that chapter in one transaction, on an empty database whose clock it
moves, and returns who is who and what exists. Two teams enter, two judges score both entries, and one place is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, auto
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlmodel import Session, SQLModel, col, select

from accounts.actors import LAUREL, Actor
from accounts.models import Role, ScopeKind
from accounts.people import find_or_add_person, find_person
from accounts.programmes import appoint, create_programme
from delivery import milestones as grants
from delivery.evidence import add_arrived_evidence, begin_evidence_upload
from delivery.milestones import MilestonePlan, give_evidence, offer_terms, verify_milestone
from delivery.payments import approve_payment
from judging.decisions import confirm_decisions, decide_entry, decisions_of, decisions_seen, end_judging
from judging.due_diligence import Found, record_checks
from judging.judges import accept_terms, invite_judges, state_conflicts
from judging.models import PLACES, Assignment, Outcome
from judging.outcome_models import Check, Finding
from judging.planning import confirm_assignment, plan_assignment
from judging.release import release_decisions
from judging.scorecards import finish_judging, own_assignments, save_score, scores_of
from mission.missions import add_target, create_mission
from mission.models import Direction
from prize.brief import save_brief, save_rules
from prize.closing import close_stage
from prize.entries.drafts import save_answer, start_entry
from prize.entries.files import add_arrived, begin_upload
from prize.entries.models import Entry, TeamMember
from prize.entries.receipts import ReceiptShown
from prize.entries.screening import screen_entry
from prize.entries.searching import search_submitted
from prize.entries.submission import submit_entry
from prize.entries.versions import submitted_version
from prize.form import add_question, newest_form
from prize.fund import add_award, add_contribution
from prize.models import (
    Blueprint,
    ContributionKind,
    Criterion,
    GateQuestion,
    Pays,
    Prize,
    Question,
    QuestionKind,
    Seen,
    Stage,
)
from prize.prizes import create_prize
from prize.publication import publish_prize, send_for_review
from prize.rubric import newest_rubric, save_criterion
from prize.stages import edit_stage
from storage import clock
from storage.cleaning.types import PDF
from storage.database import matching, transact
from storage.jobs import work_once
from storage.uploads import take_whole
from tests.documents import telling_pdf

DRAWN_UP = datetime(2027, 2, 1, 9, tzinfo=UTC)
OPENS = datetime(2027, 3, 1, 9, tzinfo=UTC)
CLOSES = datetime(2027, 3, 31, 12, tzinfo=UTC)
JUDGING_CLOSES = datetime(2027, 4, 30, 12, tzinfo=UTC)
DECIDED = datetime(2027, 5, 15, 12, tzinfo=UTC)
DAY = timedelta(days=1)

SLUG = "clean-rivers"
FUND = 100_000_00
AWARD = 60_000_00
TAB = "tab-of-the-story"
TEAMS: Mapping[str, str] = MappingProxyType({"erin": "Acorn Labs", "bela": "Birch Works"})
JUDGES = ("jules", "jo")
WATERS = ("Rivers", "Estuaries", "Lakes")
SEED = 7


class Chapter(IntEnum):
    """How far the prize has come. What a chapter says has happened; nothing after it has."""

    DRAFT = auto()
    READY = auto()
    IN_REVIEW = auto()
    PUBLISHED = auto()
    STARTED = auto()
    WRITTEN = auto()
    SUBMITTED = auto()
    CLOSED = auto()
    SCREENED = auto()
    INVITED = auto()
    BOUND = auto()
    PLANNED = auto()
    ASSIGNED = auto()
    SCORED = auto()
    JUDGED = auto()
    DECIDED = auto()
    CONFIRMED = auto()
    CHECKED = auto()
    RELEASED = auto()
    OFFERED = auto()
    ACCEPTED = auto()
    CLAIMED = auto()
    VERIFIED = auto()
    APPROVED = auto()


@dataclass
class Story:
    """Who is who and what exists. What a later chapter brings is empty before it."""

    owner: Actor
    designer: Actor
    sponsor: Actor
    secretariat: Actor
    verifier: Actor
    approver: Actor
    payer: Actor
    programme_id: UUID
    mission_id: UUID
    target_id: UUID
    prize_id: UUID
    stage_id: UUID
    place: str = ""
    contribution_id: UUID | None = None
    award_id: UUID | None = None
    questions: dict[str, UUID] = field(default_factory=dict)
    criteria: dict[str, UUID] = field(default_factory=dict)
    gates: dict[str, UUID] = field(default_factory=dict)
    entrants: dict[str, Actor] = field(default_factory=dict)
    entries: dict[str, UUID] = field(default_factory=dict)
    receipts: dict[str, ReceiptShown] = field(default_factory=dict)
    judges: dict[str, Actor] = field(default_factory=dict)
    plan_id: UUID | None = None
    terms_id: UUID | None = None
    milestones: tuple[UUID, ...] = ()
    payments: tuple[UUID, ...] = ()

    @property
    def entrant(self) -> Actor:
        return self.entrants["erin"]

    @property
    def entry_id(self) -> UUID:
        return self.entries["erin"]

    @property
    def judge(self) -> Actor:
        return self.judges["jules"]


def told(chapter: Chapter, place: str = "") -> Story:
    """Play the prize up to a chapter, that one included; what was played before in this process is copied in.

    With a ``place`` it is another prize of another programme, with people of its own, which can stand beside the first.
    """

    def play(db: Session) -> Story:
        known = max((step for where, step in _remembered if where == place and step <= chapter), default=None)
        before = _everything(db) if (place, chapter) not in _remembered else {}
        story = _recall(db, _remembered[place, known]) if known else _begin(db, place)
        for step, tell in _CHAPTERS.items():
            if (known or Chapter.DRAFT) < step <= chapter:
                tell(db, story)
        if (place, chapter) not in _remembered:
            _remembered[place, chapter] = _memory(db, story, before)
        return story

    return transact(play)


def go_on(story: Story, after: Chapter, to: Chapter) -> None:
    """Play on after a chapter to which a test has added something of its own."""
    for step, tell in _CHAPTERS.items():
        if after < step <= to:
            transact(lambda db, tell=tell: tell(db, story))  # type: ignore[misc]


def work_off() -> None:
    """Do every job that is due."""
    while work_once():
        pass


Rows = Mapping[str, dict[tuple[Any, ...], dict[str, Any]]]
"""By table and key, in an order in which they can be added."""


@dataclass(frozen=True)
class _Memory:
    """What a story has added up to a chapter, and the time that it was."""

    story: Story
    moment: datetime
    rows: Mapping[str, list[dict[str, Any]]]


_remembered: dict[tuple[str, Chapter], _Memory] = {}


def _everything(db: Session) -> Rows:
    db.flush()
    found: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
    for table in SQLModel.metadata.sorted_tables:
        keys = [column.name for column in table.primary_key]
        rows = [dict(row._mapping) for row in db.connection().execute(table.select())]
        found[table.name] = {tuple(row[key] for key in keys): row for row in rows}
    return found


def _memory(db: Session, story: Story, before: Rows) -> _Memory:
    added: dict[str, list[dict[str, Any]]] = {}
    for name, rows in _everything(db).items():
        new = [row for key, row in rows.items() if key not in before[name]]
        if new and name != "clock_offset":
            added[name] = [{**row} for row in new]
    for row in added.get("audit_row", []):
        del row["position"]  # the next database counts for itself
    return _Memory(deepcopy(story), clock.now(db), added)


def _recall(db: Session, memory: _Memory) -> Story:
    for name, rows in memory.rows.items():
        db.connection().execute(SQLModel.metadata.tables[name].insert(), rows)
    clock.move_to(db, memory.moment)
    return deepcopy(memory.story)


def prize_version(db: Session, prize_id: UUID) -> int:
    return db.get_one(Prize, prize_id).version


def person_called(db: Session, name: str) -> Actor:
    """Somebody with an address at a domain of their own, so that nobody is in conflict with anybody by chance."""
    return Actor(find_or_add_person(db, name.capitalize(), f"{name}@{name}.example").id)


def join_team(db: Session, entry_id: UUID, name: str) -> Actor:
    """Somebody else of the entry's team."""
    actor = person_called(db, name)
    team_id = db.get_one(Entry, entry_id).team_id
    db.add(TeamMember(team_id=team_id, person_id=actor.person_id, joined_at=clock.now(db)))
    db.flush()
    return actor


def write(db: Session, actor: Actor, entry_id: UUID, answers: Mapping[UUID, str], *, number: int = 1) -> None:
    """Save the answers of a draft, as the first saves of a tab of its own."""
    for key, answer in answers.items():
        save_answer(db, actor, entry_id, key, answer, 0, f"{TAB}-{key}"[:60], number)


def attach(db: Session, actor: Actor, entry_id: UUID, question_key: UUID, document: bytes, name: str) -> None:
    """Upload a document whole, without the network."""
    upload = begin_upload(db, actor, entry_id, question_key, name, len(document))
    add_arrived(db, *take_whole(db, actor.person_id, upload.id, document), PDF)


def attach_evidence(db: Session, actor: Actor, milestone_id: UUID, document: bytes, name: str) -> None:
    """The same for a milestone's evidence."""
    upload = begin_evidence_upload(db, actor, milestone_id, name, len(document))
    add_arrived_evidence(db, *take_whole(db, actor.person_id, upload.id, document), PDF)


def document_of(name: str) -> bytes:
    """A PDF that names somebody in all the places where programs write names."""
    with TemporaryDirectory() as folder:
        return telling_pdf(Path(folder) / "telling.pdf", name).read_bytes()


def assignments_of(db: Session, story: Story, judge: Actor) -> tuple[Assignment, ...]:
    """A judge's assignments, that of the first team's entry on top."""
    rows = own_assignments(db, judge.person_id, story.stage_id)
    return tuple(sorted(rows, key=lambda row: row.entry_id != story.entry_id))


def with_a_gate(db: Session, story: Story, wording: str = "In scope?") -> UUID:
    """Judges of the story answer this with yes or no, as if it had been in the rubric from the beginning."""
    gate = GateQuestion(rubric_id=newest_rubric(db, story.stage_id).id, position=1, wording=wording)
    db.add(gate)
    db.flush()
    return gate.key


def with_comments_needed(db: Session, story: Story) -> None:
    """Each judge writes a comment for the entrant, as if that had been published with the stage."""
    stage = db.get_one(Stage, story.stage_id)
    stage.comment_needed = True
    db.add(stage)


def with_a_reveal(db: Session, story: Story, name: str = "method") -> None:
    """This criterion of the story is scored after the reveal, as if it had been so from the beginning."""
    [row] = matching(db, Criterion, key=story.criteria[name])
    row.seen = Seen.AFTER_REVEAL
    db.add(row)


def with_a_topic(db: Session, story: Story, topics: Mapping[str, str], options: tuple[str, ...] = WATERS) -> UUID:
    """The form asks what an entry is about, and teams by name have answered so, as if from the beginning."""
    form = newest_form(db, story.stage_id)
    question = Question(form_id=form.id, position=9, kind=QuestionKind.CHOICE, wording="Which water is it about?")
    question.options, question.only_if_answers = list(options), []
    question.required, question.topic = False, True
    db.add(question)
    db.flush()
    for name, topic in topics.items():
        version = submitted_version(db, story.entries[name])
        assert version is not None
        version.answers = {**version.answers, str(question.key): topic}
        db.add(version)
    return question.key


def answers_of(story: Story, organisation: str) -> dict[UUID, str]:
    return {
        story.questions["method"]: "Mussels filter the water, and we count them.",
        story.questions["team"]: f"We are {organisation}.",
    }


def _begin(db: Session, place: str) -> Story:
    clock.move_to(db, DRAWN_UP)
    programme_id = create_programme(db, LAUREL, "Clean water")

    def staff(role: Role) -> Actor:
        actor = person_called(db, f"{role.value}{place}")
        assert actor.person_id is not None
        appoint(db, LAUREL, actor.person_id, role, ScopeKind.PROGRAMME, programme_id)
        return actor

    roles = ("owner", "designer", "sponsor", "secretariat", "verifier", "approver", "payer")
    people = {role: staff(Role(role)) for role in roles}
    owner, designer = people["owner"], people["designer"]
    mission_id = create_mission(db, owner, programme_id, "Rivers", "Everybody can swim in every river by 2040.")
    target_id = add_target(db, owner, mission_id, "Rivers", "rivers", Direction.UP, Decimal(120), date(2040, 1, 1))
    prize_id = create_prize(
        db, designer, mission_id, "Clean rivers", f"{SLUG}{place}", Blueprint.BREAKTHROUGH, Pays.STAGED
    )
    stage_id = db.exec(select(Stage.id).where(col(Stage.prize_id) == prize_id)).one()
    return Story(
        **people,
        programme_id=programme_id,
        mission_id=mission_id,
        target_id=target_id,
        prize_id=prize_id,
        stage_id=stage_id,
        place=place,
    )


def _get_ready(db: Session, story: Story) -> None:
    designer, prize_id, stage_id = story.designer, story.prize_id, story.stage_id
    save_brief(db, designer, prize_id, 1, "Clean a river.", "Rivers are dirty.", "Anybody may enter.")
    save_rules(db, designer, prize_id, 1, "What counts is the last version that you submitted.")
    money = ContributionKind.MONEY
    story.contribution_id = add_contribution(db, designer, prize_id, "Water board", money, FUND, date(2027, 1, 4))
    story.award_id = add_award(db, designer, prize_id, "Winner", money, 1, AWARD)
    edit_stage(db, designer, prize_id, stage_id, 1, "First stage", 1, 2, OPENS, CLOSES, JUDGING_CLOSES, DECIDED)
    asked: tuple[tuple[str, QuestionKind, str, dict[str, Any]], ...] = (
        ("method", QuestionKind.TEXT, "How does it work?", {"word_limit": 50}),
        ("team", QuestionKind.TEXT, "Who are you?", {"reveals_identity": True}),
        ("document", QuestionKind.FILE, "A document with figures", {"required": False, "size_limit": 1024 * 1024}),
    )
    for name, kind, wording, more in asked:
        story.questions[name] = add_question(db, designer, prize_id, stage_id, kind, wording, **more)
    levels = tuple(f"Level {point}" for point in range(1, 6))
    for name, weight, threshold in (("need", 40, None), ("method", 60, 200)):
        story.criteria[name] = save_criterion(
            db,
            designer,
            prize_id,
            stage_id,
            None,
            name.capitalize(),
            f"How good is the {name}?",
            weight,
            threshold,
            levels,
        )


def _send_for_review(db: Session, story: Story) -> None:
    send_for_review(db, story.designer, story.prize_id, prize_version(db, story.prize_id))


def _publish(db: Session, story: Story) -> None:
    publish_prize(db, story.sponsor, story.prize_id, prize_version(db, story.prize_id))


def _start(db: Session, story: Story) -> None:
    clock.move_to(db, OPENS + DAY)
    for name, organisation in TEAMS.items():
        story.entrants[name] = person_called(db, f"{name}{story.place}")
        story.entries[name] = start_entry(db, story.entrants[name], story.stage_id, organisation)


def _write(db: Session, story: Story) -> None:
    for name, organisation in TEAMS.items():
        write(db, story.entrants[name], story.entries[name], answers_of(story, organisation))


def _submit(db: Session, story: Story) -> None:
    for name, entry_id in story.entries.items():
        story.receipts[name] = submit_entry(db, story.entrants[name], entry_id, True)


def _close(db: Session, story: Story) -> None:
    clock.move_to(db, CLOSES + timedelta(hours=1))
    close_stage(db, LAUREL, story.stage_id)
    for entry_id in story.entries.values():
        search_submitted(db, entry_id)


def _screen(db: Session, story: Story) -> None:
    for entry_id in story.entries.values():
        screen_entry(db, story.secretariat, entry_id, True)


def _invite(db: Session, story: Story) -> None:
    addresses = {name: f"{name}{story.place}@example.org" for name in JUDGES}
    pasted = "\n".join(f"{name.capitalize()} <{address}>" for name, address in addresses.items())
    invite_judges(db, story.secretariat, story.stage_id, pasted)
    for name, address in addresses.items():
        person = find_person(db, address)
        assert person is not None
        story.judges[name] = Actor(person.id)


def _bind(db: Session, story: Story) -> None:
    for judge in story.judges.values():
        accept_terms(db, judge, story.stage_id)
        state_conflicts(db, judge, story.stage_id, ())


def _plan(db: Session, story: Story) -> None:
    story.plan_id = plan_assignment(db, story.secretariat, story.stage_id, SEED).id


def _assign(db: Session, story: Story) -> None:
    assert story.plan_id is not None
    confirm_assignment(db, story.secretariat, story.stage_id, story.plan_id)


def _score(db: Session, story: Story) -> None:
    clock.move_to(db, CLOSES + 10 * DAY)
    for judge in story.judges.values():
        for assignment in assignments_of(db, story, judge):
            for key in story.criteria.values():
                save_score(db, judge, assignment.id, key, 5 if assignment.entry_id == story.entry_id else 3)


def _end_judging(db: Session, story: Story) -> None:
    for judge in story.judges.values():
        finish_judging(db, judge, story.stage_id)
    end_judging(db, story.secretariat, story.stage_id)


def _decide(db: Session, story: Story) -> None:
    for name, entry_id in story.entries.items():
        outcome = Outcome.FINALIST if name == "erin" else Outcome.NOT_SELECTED
        decide_entry(db, story.secretariat, entry_id, outcome, "The panel compared both.")


def _confirm(db: Session, story: Story) -> None:
    confirm_decisions(db, story.sponsor, story.stage_id, decisions_seen(db, story.sponsor, story.stage_id))


def _check(db: Session, story: Story) -> None:
    pass_checks(db, story.secretariat, story.stage_id)


def pass_checks(db: Session, secretariat: Actor, stage_id: UUID) -> None:
    """Everybody who is chosen passes every check of due diligence."""
    for row in decisions_of(db, stage_id):
        if row.outcome in PLACES:
            record_checks(db, secretariat, row.entry_id, tuple(Found(check, Finding.PASSES) for check in Check))


def _release(db: Session, story: Story) -> None:
    clock.move_to(db, DECIDED + DAY)
    release_decisions(db, story.secretariat, story.stage_id)


def plans(target_id: UUID | None = None) -> tuple[MilestonePlan, ...]:
    """Two milestones, the second of which serves a target."""
    return (
        MilestonePlan(
            "Design agreed", "A letter of the river's owner.", date(2027, 9, 1), 20_000_00, "Rivers", "rivers"
        ),
        MilestonePlan("A river", "Samples of a summer.", date(2028, 9, 1), 40_000_00, "Rivers", "rivers", target_id),
    )


def _offer(db: Session, story: Story) -> None:
    terms = plans(story.target_id)
    story.terms_id = offer_terms(db, story.secretariat, story.entry_id, "We pay what is verified.", terms)
    [shown] = grants.delivery(db, story.secretariat, story.prize_id)
    story.milestones = tuple(milestone.id for milestone in shown.milestones)
    story.payments = tuple(milestone.payment_id for milestone in shown.milestones)


def _accept(db: Session, story: Story) -> None:
    assert story.terms_id is not None
    grants.accept_terms(db, story.entrant, story.terms_id, 1)


def _claim(db: Session, story: Story) -> None:
    give_evidence(db, story.entrant, story.milestones[0], 1, "The letter names the river.", Decimal(1))


def _verify(db: Session, story: Story) -> None:
    verify_milestone(db, story.verifier, story.milestones[0], 2, Decimal(1), "The owner confirmed it.")


def _approve(db: Session, story: Story) -> None:
    approve_payment(db, story.approver, story.payments[0], 2)


_CHAPTERS: Mapping[Chapter, Callable[[Session, Story], None]] = MappingProxyType(
    {
        Chapter.READY: _get_ready,
        Chapter.IN_REVIEW: _send_for_review,
        Chapter.PUBLISHED: _publish,
        Chapter.STARTED: _start,
        Chapter.WRITTEN: _write,
        Chapter.SUBMITTED: _submit,
        Chapter.CLOSED: _close,
        Chapter.SCREENED: _screen,
        Chapter.INVITED: _invite,
        Chapter.BOUND: _bind,
        Chapter.PLANNED: _plan,
        Chapter.ASSIGNED: _assign,
        Chapter.SCORED: _score,
        Chapter.JUDGED: _end_judging,
        Chapter.DECIDED: _decide,
        Chapter.CONFIRMED: _confirm,
        Chapter.CHECKED: _check,
        Chapter.RELEASED: _release,
        Chapter.OFFERED: _offer,
        Chapter.ACCEPTED: _accept,
        Chapter.CLAIMED: _claim,
        Chapter.VERIFIED: _verify,
        Chapter.APPROVED: _approve,
    }
)


def points_on_card(db: Session, assignment_id: UUID) -> dict[UUID, int | None]:
    """What a judge's card says, by criterion; without a score that was taken back."""
    return {key: score.points for key, score in scores_of(db, (assignment_id,))[assignment_id].items()}
