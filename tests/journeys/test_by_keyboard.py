"""Each role goes a good part of its way by the keyboard alone: no mouse, no trap, and always seeing where one is."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from accounts.actors import STRANGER, Actor
from accounts.people import find_person
from prize.clarifications import ask_clarification, public_clarifications
from prize.entries.own import own_entries
from prize.entries.versions import submitted_version
from prize.models import Prize
from prize.stages import stages
from settings import get_settings
from storage import clock
from storage import database as storage_database
from storage.database import reading, transact
from storage.jobs import Job, JobState
from tests.conftest import SECRET_KEY
from tests.documents import telling_pdf
from tests.journeys.visitors import Visitor, visitor
from tests.mailserver import MailServer, running_mail_server
from tests.server import RunningLaurel, running_laurel
from tests.stories import DAY, OPENS, SLUG, WATERS, Chapter, Story, told, with_a_topic
from tests.world import World, ask, do

pytestmark = pytest.mark.prove

Come = Callable[[], Visitor]


@dataclass(frozen=True)
class Shared:
    """The installation that all these journeys share, each with a prize and people of its own."""

    laurel: RunningLaurel
    mails: MailServer
    environment: dict[str, str]


@pytest.fixture(scope="module")
def shared(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    folder = tmp_path_factory.mktemp("keyboard")
    shutil.copyfile(sqlite_template, folder / "laurel.sqlite3")
    with running_mail_server() as mails:
        environment = {
            "DATABASE_URL": f"sqlite:///{folder / 'laurel.sqlite3'}",
            "LAUREL_FOLDER": str(folder),
            "LAUREL_SECRET_KEY": SECRET_KEY,
            "LAUREL_TEST_MODE": "true",
            "SMTP_URL": mails.url,
        }
        with running_laurel(environment, folder) as laurel:
            yield Shared(laurel, mails, environment)


@pytest.fixture
def come(
    shared: Shared, installation: Path, monkeypatch: pytest.MonkeyPatch, browser: Browser, tmp_path: Path
) -> Iterator[Come]:
    """Lets somebody open a browser, while this process writes to the same database; keeps what they last saw."""
    for name, value in shared.environment.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    storage_database.start(shared.environment["DATABASE_URL"])
    came: list[Visitor] = []

    def one() -> Visitor:
        came.append(visitor(browser, shared.laurel.url, shared.mails))
        return came[-1]

    yield one
    for number, person in enumerate(came):
        person.page.screenshot(path=tmp_path / f"visitor-{number}.png")
        person.leave()


def test_somebody_signs_in_by_a_mailed_link(come: Come) -> None:
    told(Chapter.DRAFT, "-sign-in")
    email = "designer-sign-in@designer-sign-in.example"
    person = come()
    person.page.goto(f"{person.url}/sign-in")
    person.skip_to_content()
    person.reach("button Sign in")
    person.type_into("Email address", email)
    person.press_by_key("button Send me a link")
    person.see("Look at your mail")

    person.page.goto(person.url + person.new_mail(email))
    person.press_by_key("button Sign in")

    person.settle()
    person.see("Clean rivers")


def test_a_designer_designs_a_prize(come: Come) -> None:
    story = told(Chapter.READY, "-designing")
    designer = come()
    designer.sign_in_as(story.designer)
    designer.press_by_key("Brief and rules")
    designer.see("What makes a good brief")
    designer.settle()
    designer.press_by_key("Name and kind of the prize")
    designer.type_into("Title", "Cleaner rivers")
    designer.page.keyboard.press("Tab")
    designer.see("Name and kind saved")
    designer.has_focus("What it is for")
    assert title_of(story) == "Cleaner rivers"

    designer.choose_by_key("Time zone", "Europe/Dublin")
    designer.has_focus("Time zone")
    for step in ("Eligibility", "Stage"):
        designer.press_by_key(f"Next: {step}")
        expect(designer.page.get_by_role("link", name=f"Next: {step}")).to_have_count(0)
        designer.settle()

    designer.type_date("Decision", "20/05/2027")
    designer.reach("Name of the stage")
    designer.see("Stage saved")
    designer.has_focus("Name of the stage")
    [stage] = ask(stages, story.designer, prize_id=story.prize_id)
    assert stage.dates is not None
    assert stage.dates.decision_at.date() == date(2027, 5, 20)

    designer.press_by_key("Next: Entry form")
    designer.see("Add a question")
    designer.settle()
    designer.choose_by_key("Kind of answer", "Choice")
    designer.has_focus("Kind of answer")
    designer.type_into("Question", "Which water is it about?")
    designer.type_into("Options, one a line", "Rivers\nLakes")
    designer.press_by_key("button Add question")
    designer.see("4. Which water is it about?")
    designer.has_focus("button Add question")
    designer.press_by_key("Next: Rubric")


def test_a_popover_takes_the_keyboard_and_gives_it_back(come: Come) -> None:
    story = told(Chapter.READY, "-popover")
    designer = come()
    designer.sign_in_as(story.designer)
    designer.go("/form")
    designer.press_by_key("button Remove")
    designer.has_focus("Remove")
    designer.page.keyboard.press("Tab")
    designer.has_focus("button Remove question")
    designer.page.keyboard.press("Escape")
    designer.has_focus("button Remove")

    designer.page.keyboard.press("Space")
    designer.press_by_key("button Remove question")
    designer.see("The question is removed.")
    designer.reach("button Change")


def test_the_keyboard_stays_with_what_was_moved_or_is_to_be_changed(come: Come) -> None:
    story = told(Chapter.READY, "-moving")
    designer = come()
    designer.sign_in_as(story.designer)
    designer.go("/form")
    designer.reach("button Move down")
    designer.page.keyboard.press("Tab")
    designer.press_by_key("button Move down")
    designer.see("3. Who are you?")
    designer.has_focus("button Change")
    designer.page.keyboard.press("Enter")
    designer.has_focus("Kind of answer")
    designer.type_into("Question", "Who will you be?")
    designer.press_by_key("button Save question")
    designer.see("3. Who will you be?")
    designer.has_focus("button Change")


def test_what_stands_above_a_chart_is_seen_when_the_keyboard_is_there(come: Come) -> None:
    story = told(Chapter.READY, "-chart")
    designer = come()
    designer.sign_in_as(story.designer)
    designer.skip_to_content()
    designer.press_by_key("button Fullscreen")
    designer.reach("button Close fullscreen")
    designer.page.keyboard.press("Escape")
    designer.reach("button Fullscreen")


def test_an_entrant_enters_from_the_public_page(come: Come, tmp_path: Path) -> None:
    story = told(Chapter.PUBLISHED, "-entering")
    topic = transact(lambda db: with_a_topic(db, story, {}))
    transact(lambda db: clock.move_to(db, OPENS + DAY))
    entrant = come()
    entrant.page.goto(f"{entrant.url}/prizes/{SLUG}-entering")
    entrant.skip_to_content()
    entrant.press_by_key("Start an entry")
    entrant.see("Register to enter")
    entrant.type_into("Your name", "Mara")
    entrant.type_into("Email address", "mara@mara.example")
    entrant.press_by_key("button Register")
    entrant.see("Look at your mail")
    entrant.page.goto(entrant.url + entrant.new_mail("mara@mara.example"))
    entrant.press_by_key("button Confirm and go on")
    entrant.settle()

    entrant.type_into("Organisation that enters", "Larkspur Waters")
    entrant.press_by_key("button Start the entry")
    entrant.see("Your answers")
    entrant.settle()
    entrant.type_into("How does it work?", "Mussels filter it.")
    entrant.type_into("Who are you?", "Mara, and friends.")
    expect(entrant.page.locator(".autosave .state.saved")).to_have_count(2)
    entrant.settle()
    entrant.has_focus("Who are you?")
    with entrant.page.expect_file_chooser() as opened:  # listens before the keys come, which a busy browser takes first
        entrant.press_by_key("Choose files")
    opened.value.set_files(telling_pdf(tmp_path / "figures.pdf", "Nobody"))
    expect(entrant.page.get_by_role("link", name="figures.pdf")).to_be_visible()
    entrant.settle()
    entrant.has_focus("Choose files")
    entrant.reach(WATERS[0])
    entrant.page.keyboard.press("ArrowDown")
    entrant.settle()
    entrant.has_focus(WATERS[1])
    entrant.reach("We accept the rules")
    entrant.page.keyboard.press("Space")
    entrant.settle()
    entrant.has_focus("We accept the rules")
    entrant.press_by_key("button Submit entry")
    entrant.see("Entry submitted. Receipt")
    assert submitted_by("mara@mara.example")[str(topic)] == WATERS[1]


def test_the_secretariat_screens_and_answers(come: Come) -> None:
    story = told(Chapter.CLOSED, "-running")
    world = World()
    do(ask_clarification, world.person("ada"), prize_id=story.prize_id, question="Does Ada’s canal count?")
    person = come()
    person.sign_in_as(story.secretariat)
    person.skip_to_content()
    person.press_by_key("button Mark all as eligible")
    person.has_focus("Mark all as eligible")
    person.reach("button Mark 2 entries as eligible")
    person.page.keyboard.press("Escape")
    person.has_focus("button Mark all as eligible")
    code = person.page.locator("table th a").first.inner_text()
    person.press_by_key(code)
    person.see("Is it eligible?")
    person.settle()
    person.press_by_key("button Eligible")
    person.see("Marked as eligible.")

    person.go("/entries")
    person.press_by_key("Clarifications")
    person.see("1 question waits for an answer")
    person.settle()
    person.type_into("The question as everybody", "Does a canal count?")
    person.type_into("Answer", "Yes.")
    person.press_by_key("button Publish answer")
    person.see("Answered on the prize's page.")
    [shown] = ask(public_clarifications, STRANGER, slug=f"{SLUG}-running").answered
    assert (shown.question, shown.answer) == ("Does a canal count?", "Yes.")

    person.go("/entries")
    person.press_by_key("Judges")
    person.see("Invite judges from a sheet")
    person.settle()
    person.type_into("Names and addresses", "Juno Medlar <juno@medlar.example>")
    person.press_by_key("button Invite")
    person.see("1 judge invited.")


def test_the_menu_of_a_phone_opens_and_closes(come: Come) -> None:
    story = told(Chapter.CLOSED, "-phone")
    person = come()
    person.page.set_viewport_size({"width": 390, "height": 844})
    person.sign_in_as(story.secretariat)
    sidebar = person.page.get_by_test_id("stSidebar")
    expect(sidebar).to_have_attribute("data-collapsed", "true")
    person.press_by_key("button Expand sidebar")
    expect(sidebar).to_have_attribute("data-collapsed", "false")
    person.press_by_key("Clarifications")
    person.see("No question yet")


def test_a_sponsor_confirms_the_decisions(come: Come) -> None:
    story = told(Chapter.DECIDED, "-sponsored")
    sponsor = come()
    sponsor.sign_in_as(story.sponsor)
    sponsor.skip_to_content()
    sponsor.press_by_key("button Confirm decisions")
    sponsor.see("The decisions are confirmed.")


def test_a_verifier_verifies_a_milestone(come: Come) -> None:
    story = told(Chapter.CLAIMED, "-verified")
    verifier = come()
    verifier.sign_in_as(story.verifier)
    verifier.skip_to_content()
    verifier.type_into("Verified value", "1")
    verifier.type_into("Reason", "The owner confirmed it.")
    verifier.press_by_key("button Verify milestone")
    verifier.see("Milestone verified.")


def test_one_person_of_finance_approves_and_another_pays(come: Come) -> None:
    story = told(Chapter.VERIFIED, "-paid")
    approver, payer = come(), come()
    approver.sign_in_as(story.approver)
    approver.skip_to_content()
    approver.press_by_key("button Approve payment")
    approver.see("Payment approved.")

    payer.sign_in_as(story.payer)
    payer.skip_to_content()
    payer.press_by_key("button Record as sent to the bank")
    payer.see("Sent to the bank.")
    payer.settle()
    payer.press_by_key("button The bank could not make it")
    payer.has_focus("The bank could not make it")
    payer.reach("Why it was not made")
    payer.page.keyboard.press("Escape")
    payer.has_focus("button The bank could not make it")
    payer.go("/payments")
    payer.type_into("The bank's reference", "BACS 4711")
    payer.press_by_key("button Record as paid")
    payer.see("Recorded as paid.")


def test_an_owner_adds_a_measurement(come: Come) -> None:
    story = told(Chapter.DRAFT, "-measured")
    owner = come()
    owner.sign_in_as(story.owner)
    owner.skip_to_content()
    owner.press_by_key("button Add a measurement")
    owner.settle()
    owner.type_date("Measured on", "31/12/2024")
    owner.type_into("Value", "84")
    owner.type_into("Source", "The agency's table 3")
    owner.press_by_key("button Save measurement")
    owner.see("Measurement saved.")


def test_an_operator_starts_a_dead_job_again(come: Come) -> None:
    transact(
        lambda db: db.add(Job(kind="send mail", arguments={}, state=JobState.DEAD, run_at=clock.now(db), attempts=5))
    )
    operator = come()
    operator.sign_in_as(World().operator)
    operator.press_by_key("Jobs")
    operator.see("Failed 5 times.")
    operator.settle()
    operator.press_by_key("button Start again")
    operator.see("The job will run again.")


def title_of(story: Story) -> str:
    with reading() as db:
        return db.get_one(Prize, story.prize_id).title


def submitted_by(email: str) -> Mapping[str, str]:
    """The answers of somebody's only entry by the questions' keys, as they were submitted."""
    with reading() as db:
        person = find_person(db, email)
        assert person is not None
        [entry] = own_entries(db, Actor(person.id))
        version = submitted_version(db, entry.id)
        assert version is not None
        return version.answers
