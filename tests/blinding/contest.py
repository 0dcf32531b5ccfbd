"""A prize with everything that could tell a judge something, played by Laurel's own commands and kept at three moments.

Five teams that are unlike in every way enter: names long and short, one member or four, one submission or three. Two
of them name themselves where judges read, one in a document. Three judges score; conflicts are declared, detected and
dismissed. One criterion is scored after the reveal, to which kim has come for each entry. Somebody of each role of the
prize team is in conflict with the first entry.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from PIL import Image, PngImagePlugin
from sqlmodel import Session, col, delete, select

from accounts.actors import LAUREL, Actor
from accounts.models import OrganisationKind, Role, ScopeKind, SignInSession
from accounts.people import find_or_add_person, find_person
from accounts.programmes import appoint
from accounts.sessions import open_session
from judging import copies  # noqa: F401 - brings the job that makes judges' copies
from judging.analyses.kept import find_scores_to_analyse
from judging.appeals import write_appeal
from judging.decisions import confirm_decisions, decide_entry, decisions_seen, end_judging
from judging.judges import (
    accept_terms,
    conflicts_to_decide,
    decide_conflict,
    invite_judges,
    name_chair,
    state_conflicts,
)
from judging.models import Assignment, CommentReader, JudgesCopy, Outcome, StageAnalysis
from judging.panel.agenda import add_item, propose_items
from judging.panel.meeting import close_meeting, join_meeting, open_meeting, prepare_meeting, present_item
from judging.panel.minutes import record_minute
from judging.panel.models import AgendaItem, Meeting
from judging.panel.revised import revise_score
from judging.panel.screens import present_entry
from judging.planning import confirm_assignment, plan_assignment
from judging.practice_writing import Level, Written, write_practice
from judging.reading_copies import order_reading_copy
from judging.release import release_decisions
from judging.revealing import reveal_entry
from judging.scorecards import answer_gate, finish_judging, own_assignments, save_comment, save_score
from prize.closing import close_stage
from prize.eligibility import EligibilityAnswer, add_eligibility_question, eligibility_of
from prize.entries.drafts import save_answer, start_entry
from prize.entries.extensions import extend_entry
from prize.entries.files import add_arrived, begin_upload
from prize.entries.invitations import invite_member
from prize.entries.models import CheckState, Entry, NameCheck, TeamMember
from prize.entries.name_checks import decide_names
from prize.entries.screening import screen_entry, screened_entry
from prize.entries.submission import submit_entry
from prize.form import add_question
from prize.gates import add_gate_question
from prize.models import Otherwise, QuestionKind, Seen, Stage
from prize.publication import publish_prize, send_for_review
from prize.rubric import save_criterion
from settings import get_settings
from storage import clock
from storage import database as storage_database
from storage.cleaning.types import PDF, PNG
from storage.database import matching, transact
from storage.jobs import work_once
from storage.uploads import take_whole
from tests.conftest import SECRET_KEY
from tests.documents import telling_pdf
from tests.stories import (
    CLOSES,
    DAY,
    DECIDED,
    OPENS,
    Chapter,
    Story,
    _accept,
    _claim,
    _offer,
    pass_checks,
    prize_version,
    told,
)

SEED = 20270301
BROWSERS = 4
"""Sessions of each person: one for each part of a walk, so that ending one does not end the others."""


class Moment(StrEnum):
    """When the contest was kept."""

    JUDGING = "judging"
    DECIDING = "deciding"
    DELIVERING = "delivering"


@dataclass(frozen=True)
class Entrant:
    """A team as it comes to the contest. ``registrations`` are files that reveal who it is."""

    name: str
    organisation: str
    people: tuple[tuple[str, str], ...]
    registrations: int
    submissions: int
    saves: int
    method: str
    method_reads: str
    pictures: int = 0


TEAMS = (
    Entrant("first", "Oy", (("Li Wu", "li@liwu.example"),), 0, 1, 1, "Mussels filter the water.", "clear", 1),
    Entrant(
        "second",
        "Birchwater Works of the Upper Valley and of All Its Tributaries",
        (
            ("Maximiliana Featherstonehaugh-Cholmondeley", "maximiliana.featherstonehaugh@birchwater-works.example"),
            ("Bo", "bo@birchwater-works.example"),
            ("Annika Birch", "annika@gmail.com"),
            ("Theodor Birch", "theodor@birchwater-works.example"),
        ),
        3,
        3,
        6,
        "Birchwater Works of the Upper Valley and of All Its Tributaries counts reeds.",
        "withheld",
    ),
    Entrant(
        "third",
        "Cedarcooperative",
        (("Carla Ceder", "carla@cedarcooperative.example"), ("Curt", "curt@cedarcooperative.example")),
        1,
        2,
        3,
        "Cedarcooperative is also the name of a kind of sieve, which we use.",
        "allowed",
    ),
    Entrant("fourth", "Dune", (("Dag Dunemann", "dag@dune.example"),), 2, 1, 2, "Sand cleans.", "clear"),
    Entrant(
        "fifth",
        "Elmhurst International Holding",
        tuple((f"Elmo Elm the {which}", f"{which}@elmhurst.example") for which in ("first", "second", "third")),
        1,
        1,
        1,
        "Light cleans.",
        "clear",
        2,
    ),
)
REVEALED = "team"
"""The criterion that is scored when its judge has seen who is behind the entry."""
NAMED_IN_DOCUMENT = "fourth"
JUDGES = {"jules": "jules@panel.example", "jo": "jo@elmhurst.example", "kim": "kim@panel-two.example"}
STATED = {"jules": ("Dune", "Nobody of this name"), "jo": (), "kim": ("Cedar Ceder",)}
NEAR_ROLES = (Role.OWNER, Role.DESIGNER, Role.SECRETARIAT, Role.SPONSOR, Role.VERIFIER, Role.APPROVER)


@dataclass
class Contest:
    """Who is who and what exists, with the cookies of everybody's browsers."""

    story: Story
    entries: dict[str, UUID] = field(default_factory=dict)
    entrants: dict[str, Actor] = field(default_factory=dict)
    judges: dict[str, Actor] = field(default_factory=dict)
    near: dict[str, Actor] = field(default_factory=dict)
    assignments: dict[str, dict[str, UUID]] = field(default_factory=dict)
    """Judge → entry → assignment."""
    meeting_id: UUID | None = None
    items: dict[str, UUID] = field(default_factory=dict)
    """What the panel has discussed: entry → item of the agenda."""

    cookies: dict[Moment, dict[UUID, tuple[str, ...]]] = field(default_factory=dict)
    sessions: dict[Moment, dict[UUID, UUID]] = field(default_factory=dict)
    kept: dict[Moment, Path] = field(default_factory=dict)

    def installation(self, moment: Moment) -> Installation:
        return Installation(self.kept[moment], moment, self)


@dataclass(frozen=True)
class Installation:
    """A folder with a database and its objects, at one moment."""

    folder: Path
    moment: Moment
    contest: Contest

    @property
    def database(self) -> Path:
        return self.folder / "laurel.sqlite3"

    def cookie(self, actor: Actor, browser: int = 0) -> str:
        assert actor.person_id is not None
        return self.contest.cookies[self.moment][actor.person_id][browser]

    def session(self, actor: Actor) -> UUID:
        assert actor.person_id is not None
        return self.contest.sessions[self.moment][actor.person_id]

    def environment(self) -> dict[str, str]:
        return environment(self.folder)

    def copy(self, folder: Path) -> Installation:
        """The same once more, to be changed or driven."""
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("*.sqlite3*", "*.log"))
        _backup(self.database, folder / "laurel.sqlite3")
        return Installation(folder, self.moment, self.contest)


def environment(folder: Path) -> dict[str, str]:
    """The variables of an installation in a folder, whatever else is set."""
    return {
        "DATABASE_URL": "",
        "S3_BUCKET": "",
        "LAUREL_FOLDER": str(folder),
        "LAUREL_SECRET_KEY": SECRET_KEY,
        "LAUREL_TEST_MODE": "true",
        "LAUREL_EMBEDDED_WORKER": "false",
        "LAUREL_LOG_LEVEL": "WARNING",
    }


@contextmanager
def at_home(folder: Path) -> Iterator[None]:
    """This process belongs to the installation in a folder."""
    with pytest.MonkeyPatch.context() as here:
        for name, value in environment(folder).items():
            here.setenv(name, value)
        get_settings.cache_clear()
        storage_database.start(f"sqlite:///{folder / 'laurel.sqlite3'}")
        try:
            yield
        finally:
            storage_database.stop()
            get_settings.cache_clear()


@contextmanager
def the_same_each_time(seed: int | str = SEED) -> Iterator[None]:
    """Identifiers, codes and tokens come from a seed."""
    drawn = random.Random(seed)
    with patch("os.urandom", drawn.randbytes), patch("random._urandom", drawn.randbytes):
        yield


@contextmanager
def the_same_noise() -> Iterator[None]:
    """Photographs in documents for tests have the same pixels each time, whoever they name."""

    def effect_noise(size: tuple[int, int], sigma: float) -> Image.Image:
        return Image.frombytes("L", size, random.Random(f"{size} {sigma}").randbytes(size[0] * size[1]))

    with patch("PIL.Image.effect_noise", effect_noise):
        yield


def document(team: str, name: str) -> bytes:
    """What a team submits: the same pages whoever is named in the places that nobody sees."""
    shown = "Our figures" if team != NAMED_IN_DOCUMENT else "Figures of Dune"
    with the_same_noise(), TemporaryDirectory() as folder:
        return telling_pdf(Path(folder) / "figures.pdf", name, text=f"{shown}, {team}.").read_bytes()


def picture(team: str, number: int, name: str) -> bytes:
    """A photograph with the same pixels whoever is named beside them."""
    seen = Image.frombytes("RGB", (40, 30), random.Random(f"{team} {number}").randbytes(40 * 30 * 3))
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", name)
    exif = Image.Exif()
    exif[0x013B] = name
    written = BytesIO()
    seen.save(written, "PNG", pnginfo=texts, exif=exif)
    return written.getvalue() + name.encode()


def registration(name: str, number: int) -> bytes:
    """A file that reveals who the team is, of a length of its own."""
    return picture(name, number, f"{name} " * (number * 7 + len(name)))


def play(template: Path, folder: Path) -> Contest:
    """Play the contest in an installation of its own; ``template`` is a migrated database."""
    home = folder / "played"
    home.mkdir(parents=True)
    shutil.copyfile(template, home / "laurel.sqlite3")
    with the_same_each_time(), at_home(home):
        contest = _until_judging()
        _keep(contest, Moment.JUDGING, home, folder)
        _until_deciding(contest)
        _keep(contest, Moment.DECIDING, home, folder)
        _until_delivering(contest)
        _keep(contest, Moment.DELIVERING, home, folder)
    return contest


def everybody(contest: Contest) -> dict[str, Actor]:
    """All who have a part in the contest, by what they are called here."""
    story = contest.story
    staff = {role: getattr(story, role) for role in ("owner", "designer", "sponsor", "secretariat", "verifier")}
    return {**staff, **contest.entrants, **contest.judges, **contest.near}


def _keep(contest: Contest, moment: Moment, home: Path, folder: Path) -> None:
    contest.sessions[moment] = {}

    def stand_still_and_sign_in(db: Session) -> None:
        moment_now = clock.now(db)
        cookies: dict[UUID, list[str]] = {}
        for browser in range(BROWSERS):
            clock.move_to(db, moment_now + timedelta(minutes=browser), stand_still=True)
            for actor in everybody(contest).values():
                assert actor.person_id is not None
                cookies.setdefault(actor.person_id, []).append(open_session(db, actor.person_id))
        contest.cookies[moment] = {person_id: tuple(own) for person_id, own in cookies.items()}
        for person_id in cookies:
            own = db.exec(select(SignInSession).where(col(SignInSession.person_id) == person_id)).all()
            contest.sessions[moment][person_id] = max(own, key=lambda row: row.created_at).id

    transact(stand_still_and_sign_in)
    contest.kept[moment] = folder / moment.value
    shutil.copytree(home, contest.kept[moment], ignore=shutil.ignore_patterns("laurel.*", "cleaning", "uploads"))
    _backup(home / "laurel.sqlite3", contest.kept[moment] / "laurel.sqlite3")
    transact(lambda db: clock.move_to(db, clock.now(db)))


def _backup(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as original, sqlite3.connect(target) as copy:
        original.backup(copy)
    original.close()
    copy.close()


def _until_judging() -> Contest:
    contest = Contest(told(Chapter.READY))
    story = contest.story
    transact(lambda db: _publish(db, story))
    for number, team in enumerate(TEAMS):
        transact(lambda db, team=team, number=number: _enter(db, contest, team, number))
    transact(lambda db: _near(db, contest))
    transact(lambda db: _close(db, story))
    _work()
    transact(lambda db: _decide_names(db, contest))
    transact(lambda db: _panel(db, contest))
    transact(lambda db: _assign(db, contest))
    transact(lambda db: _score(db, contest))
    transact(lambda db: order_reading_copy(db, contest.judges["jules"], story.stage_id))
    _analyse()
    return contest


def _work() -> None:
    transact(lambda db: clock.move_to(db, clock.now(db) + timedelta(minutes=1)))
    while work_once():
        pass


def _analyse() -> None:
    transact(lambda db: find_scores_to_analyse(db, {}, None))
    while work_once():
        pass


def analysed_anew(installation: Installation) -> None:
    """Have the statistics computed again from the rows as they stand, for everybody who sees other entries."""
    with the_same_each_time(), at_home(installation.folder):
        transact(lambda db: db.exec(delete(StageAnalysis)))
        _analyse()


def _publish(db: Session, story: Story) -> None:
    more: tuple[tuple[str, QuestionKind, str, Mapping[str, Any]], ...] = (
        ("impact", QuestionKind.TEXT, "What changes?", {"word_limit": 200}),
        (
            "registration",
            QuestionKind.FILE,
            "Your registration",
            {"required": False, "reveals_identity": True, "size_limit": 1024 * 1024},
        ),
        ("people", QuestionKind.TEAM, "Everybody who takes part", {}),
        (
            "backers",
            QuestionKind.DECLARATION,
            "Does a company back you?",
            {"reveals_identity": True, "particulars": "Which one?"},
        ),
        ("river", QuestionKind.CHOICE, "Which river?", {"options": ("Thames", "Severn"), "topic": True}),
    )
    for name, kind, wording, options in more:
        story.questions[name] = add_question(
            db, story.designer, story.prize_id, story.stage_id, kind, wording, **options
        )
    after: tuple[tuple[str, QuestionKind, str, str, str, bool], ...] = (
        ("backing", QuestionKind.MONEY, "What does it give?", "backers", "yes", True),
        ("since", QuestionKind.DATE, "Since when do you know it?", "river", "Thames", False),
    )
    for name, kind, wording, before, answer, reveals in after:
        condition = {"only_if": story.questions[before], "only_if_answers": (answer,)}
        story.questions[name] = add_question(
            db,
            story.designer,
            story.prize_id,
            story.stage_id,
            kind,
            wording,
            reveals_identity=reveals,
            **condition,  # type: ignore[arg-type]
        )
    asked = ("Has the state paid for this?", False, Otherwise.REFERS, "Tell us which programme paid.")
    add_eligibility_question(db, story.designer, story.prize_id, *asked)
    place = (db, story.designer, story.prize_id, story.stage_id)
    levels = tuple(f"Level {point}" for point in range(1, 6))
    save_criterion(*place, story.criteria["method"], "Method", "How good is the method?", 40, 200, levels)
    rest = (20, None, levels, Seen.AFTER_REVEAL)
    story.criteria[REVEALED] = save_criterion(*place, None, "Team", "Can this team do it?", *rest)
    story.gates["scope"] = add_gate_question(*place, "In scope?")
    send_for_review(db, story.designer, story.prize_id, prize_version(db, story.prize_id))
    publish_prize(db, story.sponsor, story.prize_id, prize_version(db, story.prize_id))


def _enter(db: Session, contest: Contest, team: Entrant, number: int) -> None:
    story = contest.story
    clock.move_to(db, OPENS + timedelta(days=1 + number * 3, minutes=number * 7))
    people = [Actor(find_or_add_person(db, name, address).id) for name, address in team.people]
    lead = contest.entrants[team.name] = people[0]
    [asked] = eligibility_of(db, story.prize_id).questions
    answers = (EligibilityAnswer(asked.key, number % 2 == 0),)
    kind = OrganisationKind.COMPANY
    entry_id = contest.entries[team.name] = start_entry(db, lead, story.stage_id, team.organisation, kind, answers)
    team_id = db.get_one(Entry, entry_id).team_id
    for person in people[1:]:
        db.add(TeamMember(team_id=team_id, person_id=person.person_id, joined_at=clock.now(db)))
    db.flush()
    _attach(db, lead, entry_id, story.questions["document"], document(team.name, team.organisation), "plan.pdf", PDF)
    for picked in range(team.pictures):
        content = picture(team.name, picked, team.organisation)
        _attach(db, lead, entry_id, story.questions["document"], content, f"{team.organisation} {picked}.png", PNG)
    for shown in range(team.registrations):
        content = registration(team.organisation, shown)
        _attach(db, lead, entry_id, story.questions["registration"], content, f"register-{shown}.png", PNG)
    saves = 0
    for submission in range(team.submissions):
        for _ in range(team.saves):
            saves += 1
            texts = {
                "method": team.method,
                "impact": f"A cleaner river, says no one in particular ({team.name}).",
                "team": f"We are {team.organisation}, {saves}.",
                "people": "\n".join(f"{name}, number {at} of {saves}" for at, (name, _) in enumerate(team.people)),
                "backers": f"yes\nThe mother of {team.organisation}" if number % 2 else "no",
                "backing": f"{len(team.organisation) * saves}000",
                "river": "Severn" if number % 3 else "Thames",
                "since": f"20{10 + number}-03-01",
            }
            for name, text in texts.items():
                key = story.questions[name]
                save_answer(db, lead, entry_id, key, text, 0, f"tab-{name}", saves)
        clock.move_to(db, clock.now(db) + timedelta(hours=5, seconds=submission * 13 + len(team.name)))
        submit_entry(db, lead, entry_id, True)
    invite_member(db, lead, entry_id, f"Friend of {team.organisation}"[:200], f"friend@{team.name}.example")
    more_time = CLOSES + timedelta(minutes=1 + len(team.name))
    extend_entry(db, story.secretariat, entry_id, more_time, f"{team.organisation} asked for it.")


def _attach(
    db: Session, actor: Actor, entry_id: UUID, question_key: UUID, content: bytes, name: str, content_type: str
) -> None:
    upload = begin_upload(db, actor, entry_id, question_key, name, len(content))
    add_arrived(db, *take_whole(db, actor.person_id, upload.id, content), content_type)


def _near(db: Session, contest: Contest) -> None:
    for role in NEAR_ROLES:
        person = find_or_add_person(db, f"Near {role.value}", f"{role.value}@liwu.example")
        appoint(db, LAUREL, person.id, role, ScopeKind.PROGRAMME, contest.story.programme_id)
        contest.near[f"near {role.value}"] = Actor(person.id)


def _close(db: Session, story: Story) -> None:
    clock.move_to(db, CLOSES + timedelta(hours=1))
    close_stage(db, LAUREL, story.stage_id)


def _decide_names(db: Session, contest: Contest) -> None:
    story = contest.story
    key = story.questions["method"]
    for team in TEAMS:
        screen_entry(db, story.secretariat, contest.entries[team.name], True)
        if team.method_reads != "clear":
            withhold = team.method_reads == "withheld"
            _decide(db, story.secretariat, contest.entries[team.name], key, None, withhold, "Looked at.")
    held = db.exec(select(NameCheck).where(col(NameCheck.state) == CheckState.HELD)).all()
    for row in held:
        question, _, file = row.about.partition(" ")
        shown = row.entry_id == contest.entries[NAMED_IN_DOCUMENT]  # elsewhere only in what cleaning has removed
        _decide(db, story.secretariat, row.entry_id, UUID(question), UUID(file), shown)
    assert {row.entry_id for row in held} >= {contest.entries[NAMED_IN_DOCUMENT]}
    assert db.exec(select(JudgesCopy).where(col(JudgesCopy.file_id).is_(None))).all() == []


def _decide(
    db: Session, secretariat: Actor, entry_id: UUID, key: UUID, file_id: UUID | None, withhold: bool, reason: str = ""
) -> None:
    names = screened_entry(db, secretariat, entry_id).names
    (seen,) = [check.digest for check in names if (check.question_key, check.file_id) == (key, file_id)]
    decide_names(db, secretariat, entry_id, key, file_id, withhold, seen, reason)


def _panel(db: Session, contest: Contest) -> None:
    story = contest.story
    clock.move_to(db, CLOSES + 2 * DAY)
    pasted = "\n".join(f"{name.capitalize()} <{address}>" for name, address in JUDGES.items())
    invite_judges(db, story.secretariat, story.stage_id, pasted)
    for name, address in JUDGES.items():
        person = find_person(db, address)
        assert person is not None
        judge = contest.judges[name] = Actor(person.id)
        accept_terms(db, judge, story.stage_id)
        state_conflicts(db, judge, story.stage_id, STATED[name])
    says = (Written(story.questions["method"], "Otters carry the samples."),)
    blind = [key for name, key in story.criteria.items() if name != REVEALED]
    reference = tuple(Level(key, 3, "Only that much is shown.") for key in blind)
    write_practice(db, story.secretariat, story.stage_id, says, reference)
    for possible in conflicts_to_decide(db, story.secretariat, story.stage_id):
        decide_conflict(db, story.secretariat, possible.id, False)


def _assign(db: Session, contest: Contest) -> None:
    story = contest.story
    clock.move_to(db, CLOSES + 3 * DAY)
    plan = plan_assignment(db, story.secretariat, story.stage_id, SEED)
    confirm_assignment(db, story.secretariat, story.stage_id, plan.id)
    names = {entry_id: name for name, entry_id in contest.entries.items()}
    for judge, actor in contest.judges.items():
        rows = db.exec(select(Assignment).where(col(Assignment.judge_id) == actor.person_id)).all()
        contest.assignments[judge] = {names[row.entry_id]: row.id for row in sorted(rows, key=lambda row: str(row.id))}


def _score(db: Session, contest: Contest) -> None:
    """Everybody has begun; jules has most to do, and kim has finished."""
    story = contest.story
    for at, (judge, actor) in enumerate(contest.judges.items()):
        for number, (entry, assignment_id) in enumerate(contest.assignments[judge].items()):
            clock.move_to(db, clock.now(db) + timedelta(hours=1, minutes=7 * number + at))
            if judge == "jules" and number > 0:
                continue
            for place, (name, key) in enumerate(story.criteria.items()):
                if name != REVEALED and (judge == "kim" or place == 0):
                    save_score(db, actor, assignment_id, key, 1 + (number + at + place) % 5)
            _comment(db, actor, judge, entry, assignment_id)
            if judge == "kim":
                _reveal(db, story, actor, assignment_id, number + at)
        if judge == "kim":
            finish_judging(db, actor, story.stage_id)


def _reveal(db: Session, story: Story, actor: Actor, assignment_id: UUID, number: int) -> None:
    """The rest of a card whose blind criteria are scored."""
    answer_gate(db, actor, assignment_id, story.gates["scope"], number % 3 > 0)
    clock.move_to(db, clock.now(db) + timedelta(minutes=3))
    reveal_entry(db, actor, assignment_id)
    save_score(db, actor, assignment_id, story.criteria[REVEALED], 1 + number % 5)


def _comment(db: Session, actor: Actor, judge: str, entry: str, assignment_id: UUID) -> None:
    for reader in CommentReader:
        text = f"What {len(judge) * 3 + len(entry)} sieves show, for the {reader.value}."
        save_comment(db, actor, assignment_id, reader, text, 0, f"tab-{reader.value}", 1)


def _until_deciding(contest: Contest) -> None:
    story = contest.story

    def finish(db: Session) -> None:
        for at, (judge, actor) in enumerate(contest.judges.items()):
            if judge == "kim":
                continue
            for number, row in enumerate(own_assignments(db, actor.person_id, story.stage_id)):
                for place, (name, key) in enumerate(story.criteria.items()):
                    if name != REVEALED:
                        save_score(db, actor, row.id, key, 1 + (number * 2 + at + place) % 5)
                _reveal(db, story, actor, row.id, number + at)
            finish_judging(db, actor, story.stage_id)
        end_judging(db, story.secretariat, story.stage_id)
        for name in ("second", "third"):
            decide_entry(db, story.secretariat, contest.entries[name], Outcome.NOT_SELECTED, "Others were clearer.")
        chosen = contest.entries["first"]
        why = "The panel saw it work."
        decide_entry(db, story.secretariat, chosen, Outcome.FINALIST, "The clearest of all.", override=why)

    transact(finish)
    _analyse()
    transact(lambda db: _meet(db, contest))
    _analyse()


def _meet(db: Session, contest: Contest) -> None:
    """The panel meets under kim, records something about two entries, and is at the first."""
    story, kim = contest.story, contest.judges["kim"]
    clock.move_to(db, clock.now(db) + timedelta(hours=2))
    name_chair(db, story.secretariat, story.stage_id, kim.person_id)
    contest.meeting_id = meeting_id = prepare_meeting(db, story.secretariat, story.stage_id, 1)
    propose_items(db, story.secretariat, meeting_id)
    rows = {row.entry_id: row.id for row in matching(db, AgendaItem, meeting_id=meeting_id)}
    for name in contest.entries:
        if contest.entries[name] not in rows:
            code = str(db.get_one(Entry, contest.entries[name]).code)
            rows[contest.entries[name]] = add_item(db, kim, meeting_id, code, f"A member asked for the {name}.")
    open_meeting(db, kim, meeting_id, _version(db, meeting_id))
    for actor in contest.judges.values():
        join_meeting(db, actor, meeting_id)
    for name, outcome in (("fourth", None), ("first", Outcome.FINALIST)):
        item_id = contest.items[name] = rows[contest.entries[name]]
        clock.move_to(db, clock.now(db) + timedelta(minutes=len(name)))
        present_item(db, story.secretariat, item_id, _version(db, meeting_id))
        revise_score(db, kim, item_id, story.criteria["need"], 2)
        discussed = present_entry(db, kim, story.stage_id)
        assert discussed is not None
        record_minute(db, kim, item_id, outcome, f"What the panel says about the {name}.", discussed.digest, 1)


def _version(db: Session, meeting_id: UUID) -> int:
    return db.get_one(Meeting, meeting_id).version


def _until_delivering(contest: Contest) -> None:
    story = contest.story
    story.entries = {"erin": contest.entries["first"]}
    story.entrants = {"erin": contest.entrants["first"]}

    def release(db: Session) -> None:
        assert contest.meeting_id is not None
        close_meeting(db, contest.judges["kim"], contest.meeting_id, _version(db, contest.meeting_id))
        for name, outcome in (("fourth", Outcome.RESERVE), ("fifth", Outcome.THRESHOLD_NOT_MET)):
            decide_entry(db, story.secretariat, contest.entries[name], outcome, "Not strong enough.")
        confirm_decisions(db, story.sponsor, story.stage_id, decisions_seen(db, story.sponsor, story.stage_id))
        pass_checks(db, story.secretariat, story.stage_id)
        clock.move_to(db, DECIDED + DAY)
        release_decisions(db, story.secretariat, story.stage_id)
        stage = db.get_one(Stage, story.stage_id)
        stage.appeal_days = 14
        db.add(stage)
        for name in ("first", "fourth"):
            write_appeal(db, contest.entrants[name], contest.entries[name], f"The {name} did not get what it is due.")

    def deliver(db: Session) -> None:
        _offer(db, story)
        _accept(db, story)
        _claim(db, story)

    transact(release)
    transact(deliver)
