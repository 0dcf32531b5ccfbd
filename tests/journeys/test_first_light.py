"""One prize from mission to verified milestone, in a real browser, with real mails and real files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from manage import main as manage
from prize.entries.models import CheckState, Entry, EntryState, NameCheck
from prize.models import Stage, StageDates
from storage.clock import move_to
from storage.database import reading, writing
from tests.databases import Given
from tests.documents import telling_pdf
from tests.journeys.visitors import Visitor, wait_until
from tests.mailserver import MailServer
from tests.server import RunningLaurel, running_laurel

PASSWORD = "three words in a row"
STAFF = (
    ("Olwen Alder", "owner@staff.example", "Owner"),
    ("Dilys Bracken", "designer@staff.example", "Designer"),
    ("Sorcha Cloudsley", "sponsor@staff.example", "Sponsor"),
    ("Selma Damson", "secretariat@staff.example", "Secretariat"),
    ("Vera Elder", "verifier@staff.example", "Verifier"),
    ("Aneka Fennel", "approver@staff.example", "Approver"),
    ("Piran Gorse", "payer@staff.example", "Payer"),
)
TEAMS = (
    ("Mara Quillfeather", "mara@teams.example", "Larkspur Grid"),
    ("Idris Thistlewood", "idris@teams.example", "Curlew Labs"),
    ("Tamsin Umberleigh", "tamsin@teams.example", "Plover Works"),
    ("Kofi Vetchfield", "kofi@teams.example", "Dunlin Power"),
)
JUDGES = (
    ("Juno Medlar", "juno@judges.example"),
    ("Jonas Osier", "jonas@judges.example"),
    ("Jamila Quince", "jamila@judges.example"),
)
TITLE = "Connect more clean power"
PROBLEM = "Networks refuse connections on the strength of a few hours a year."
LEVELS = ("Contradicts itself.", "Key steps are missing.", "Not yet tried.", "Tried; limits stated.", "In operation.")


@pytest.fixture(params=["embedded", "PostgreSQL and S3"])
def laurel(request: pytest.FixtureRequest, smtp: MailServer, tmp_path: Path) -> Iterator[RunningLaurel]:
    """An installation with its database in a file and its files in a folder, and one with real servers for both."""
    env = {}
    if request.param == "embedded":
        request.getfixturevalue("sqlite")
    else:
        database: Given = request.getfixturevalue("postgresql")
        env = {"DATABASE_URL": database.address, **request.getfixturevalue("bucket").environment}
    with running_laurel(env, tmp_path) as running:
        yield running


@pytest.mark.prove
@pytest.mark.timeout(420)
def test_a_prize_goes_from_mission_to_verified_milestone(
    laurel: RunningLaurel, come: Callable[[], Visitor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAUREL_ADMIN_PASSWORD", PASSWORD)
    assert manage(["create-admin", "operator@staff.example", "--name", "Oonagh"]) == 0
    staff_is_appointed(come())
    mission_is_set(come())
    prize_is_drawn_up(come())
    prize_is_published(come())
    teams_register_and_submit(come, tmp_path)
    judges = judges_come(come)
    entries_are_assigned(come())
    code_of_conflict = judges_score(judges)
    decided_and_released(come, code_of_conflict)
    finalist_delivers_and_is_paid(come, tmp_path)
    mission_shows_the_result(come())
    nobody_was_named_to_a_judge(judges)
    assert "Traceback" not in laurel.log()


def staff_is_appointed(operator: Visitor) -> None:
    operator.page.goto(f"{operator.url}/sign-in")
    operator.page.get_by_label("Email address").first.fill("operator@staff.example")
    operator.page.get_by_label("Password", exact=True).fill(PASSWORD)
    operator.page.get_by_role("button", name="Sign in", exact=True).click()
    operator.settle()
    operator.fill("Name of the programme", "Clean power programme")
    operator.press("Create programme")
    operator.see("The programme is open.")
    for name, email, role in STAFF:
        operator.unfold("Appoint somebody")
        operator.fill("Name", name)
        operator.fill("Mail address", email)
        operator.choose("Role", role)
        operator.press("Appoint and invite")
        operator.see(email)
    operator.leave()


def mission_is_set(owner: Visitor) -> None:
    owner.follow(owner.new_mail("owner@staff.example"), "Accept the invitation")
    owner.unfold("Create a mission")
    owner.fill("Title", "Clean power by 2030")
    owner.fill("Statement", "Great Britain's electricity comes from clean sources by 2030.")
    owner.press("Create mission")
    owner.unfold("Add a target")
    owner.fill("Indicator", "Clean sources' share of generation")
    owner.fill("Unit", "%")
    owner.fill("Value", "95")
    owner.date("To be reached by", "31/12/2030")
    owner.press("Add target")
    owner.see("Target added.")
    for day, value in (("31/12/2023", "68.3"), ("31/12/2024", "73.8")):
        if not owner.page.get_by_role("group", name="Measured on").count():
            owner.press("Add a measurement")
        owner.date("Measured on", day)
        owner.fill("Value", value)
        owner.fill("Source", "House of Commons Library, CBP-10182")
        owner.press("Save measurement")
        owner.see("saved")
    owner.see("Too few measurements to say")
    owner.see("3.5 points")
    owner.leave()


def prize_is_drawn_up(designer: Visitor) -> None:
    designer.follow(designer.new_mail("designer@staff.example"), "Accept the invitation")
    designer.open("New prize")
    designer.fill("Title", TITLE)
    designer.fill("Address (optional)", "connect")
    designer.tick("Begin with model rules")
    designer.press("Create prize")
    designer.see("The draft is open.")
    designer.open("Brief and rules")
    designer.fill("Summary", "For methods that connect more clean power.")
    designer.fill("The problem", PROBLEM)
    designer.fill("Who may enter", "Any organisation that can receive money in the United Kingdom.")
    designer.leave_field()
    designer.see("Brief saved")
    designer.fill("Rules that entrants accept", "What counts is the last version submitted.")
    designer.leave_field()
    designer.see("Rules saved")
    designer.open("Fund")
    designer.unfold("Add a contribution")
    designer.fill("Who gives it", "Sponsoring department")
    designer.fill("Amount in pounds", "100,000")
    designer.press("Add contribution")
    designer.unfold("Add an award")
    designer.fill("Name", "Grand prize")
    designer.fill("Each, in pounds", "100,000")
    designer.press("Add award")
    designer.see("divided to the last penny")
    designer.open("Stage")
    designer.fill("Scorecards for each entry", "2")
    designer.leave_field()
    designer.see("Stage saved")
    questions_are_asked(designer)
    rubric_is_written(designer)
    designer.open("Overview")
    designer.press("Send for review")
    designer.see("Sent for review.")
    expect(designer.page.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    designer.leave()


def questions_are_asked(designer: Visitor) -> None:
    designer.open("Entry form")
    for wording in ("What problem does this solve?", "How does it work?"):
        designer.fill("Question", wording)
        designer.press("Add question")
        designer.see(wording)
    designer.choose("Kind of answer", "File")
    designer.fill("Question", "A document with figures")
    designer.press("Add question")
    designer.see("A document with figures")
    designer.choose("Kind of answer", "Text")
    designer.tick("The answer reveals who they are")
    designer.fill("Question", "Who is in your team?")
    designer.press("Add question")
    designer.see("Blind judges do not see it")


def rubric_is_written(designer: Visitor) -> None:
    designer.open("Rubric")
    for name, weight, threshold in (("Technical soundness", "60", "2.5"), ("Need", "40", "")):
        designer.fill("Name", name)
        designer.fill("Question for the judge", f"How convincing is the entry on {name.lower()}?")
        designer.fill("Weight, in per cent", weight)
        designer.fill("Threshold (optional)", threshold)
        for point, words in enumerate(LEVELS, start=1):
            edge = {1: " (lowest)", 5: " (highest)"}.get(point, "")
            designer.fill(f"Level {point}{edge}", words)
        designer.press("Add criterion")
        designer.see(f". {name}")
    designer.see("Weights add up to 100")


def prize_is_published(sponsor: Visitor) -> None:
    sponsor.follow(sponsor.new_mail("sponsor@staff.example"), "Accept the invitation")
    sponsor.open("Overview")
    sponsor.press("Publish")
    sponsor.see("Published. Its page is open to everybody.")
    sponsor.leave()


def teams_register_and_submit(come: Callable[[], Visitor], tmp_path: Path) -> None:
    opens, closes = dates()
    clock_to(opens + timedelta(hours=1))
    late: Visitor | None = None
    for name, email, organisation in TEAMS:
        entrant = come()
        entrant.go("/prizes/connect")
        for words in (PROBLEM, "Who is in your team?", "Judges do not see this.", "Technical soundness", "60"):
            entrant.see(words)
        entrant.page.get_by_role("link", name="Start an entry").click()
        entrant.page.get_by_label("Your name").fill(name)
        entrant.page.get_by_label("Email address").fill(email)
        entrant.page.get_by_role("button", name="Register").click()
        entrant.page.get_by_role("heading", name="Look at your mail").wait_for()
        entrant.follow(entrant.new_mail(email), "Confirm and go on")
        entrant.fill("Organisation that enters", organisation)
        entrant.press("Start the entry")
        entrant.write("What problem does this solve?", f"{PROBLEM} We counted them in 31 places.")
        entrant.write("How does it work?", "A forecast for each feeder, with its doubt.")
        entrant.write("Who is in your team?", f"{name} and friends, of {organisation}.")
        document = telling_pdf(tmp_path / f"figures-{email.partition('@')[0]}.pdf", organisation)
        entrant.attach(document)
        if organisation == "Dunlin Power":
            late = entrant
            continue
        if organisation == "Larkspur Grid":
            taking_the_name_out(entrant, organisation)
        entrant.tick("We accept the rules, version 1")
        entrant.press("Submit entry")
        entrant.see("Entry submitted. Receipt")
        wait_until(
            lambda: any("Receipt:" in text for text in entrant.mails_to(email)),  # noqa: B023 - waited for at once
            "no receipt by mail",
        )
        entrant.leave()
    assert late is not None
    submitting_a_minute_late(late, closes)


def taking_the_name_out(entrant: Visitor, organisation: str) -> None:
    """The team has named itself where judges read; it is told, and writes it anew."""
    naming = f"We at {organisation} forecast each feeder, with its doubt."
    entrant.write("How does it work?", naming)
    told = entrant.page.locator("li", has_text=naming)
    expect(told).to_be_visible(timeout=40_000)
    entrant.see("This may tell judges who you are")
    entrant.write("How does it work?", "A forecast for each feeder, with its doubt.")
    expect(told).to_have_count(0, timeout=40_000)


def submitting_a_minute_late(late: Visitor, closes: datetime) -> None:
    """The entry is complete and its page open; the minute passes; the button says so, and the draft is kept."""
    clock_to(closes - timedelta(minutes=10))
    late.sign_in_by_link("kofi@teams.example")
    late.open("My entries")
    late.page.get_by_text(TITLE).first.click()
    late.settle()
    late.tick("We accept the rules, version 1")
    button = late.page.get_by_role("button", name="Submit entry", exact=True)
    expect(button).to_be_enabled()
    clock_to(closes + timedelta(minutes=1))
    button.click()
    late.see("This stage has closed.")
    late.see("Your draft was not submitted; it is kept here.")
    late.see("A forecast for each feeder, with its doubt.")
    expect(button).to_have_count(0)
    late.leave()


def judges_come(come: Callable[[], Visitor]) -> list[Visitor]:
    """The stage has closed by the clock; entries are screened and judges invited from a pasted list."""
    secretariat = come()
    secretariat.sign_in_by_link("secretariat@staff.example")
    secretariat.open("Entries")
    wait_until(_closed, "the stage was not closed by its job")
    secretariat.open("Entries")
    secretariat.press("Mark all as eligible")
    secretariat.press("Mark 3 entries as eligible")
    secretariat.see("3 entries are now eligible.")
    names_are_decided(secretariat)
    secretariat.open("Judges")
    secretariat.fill("Names and addresses", "\n".join(f"{name} <{email}>" for name, email in JUDGES))
    secretariat.press("Invite")
    secretariat.see("3 judges invited.")
    secretariat.leave()
    bench = []
    for number, (_, email) in enumerate(JUDGES):
        judge = come()
        judge.follow(judge.new_mail(email), "Accept the invitation")
        judge.open("How to judge")
        judge.press("Accept the terms")
        judge.see("You have accepted the terms.")
        if number == 0:
            judge.fill("People and organisations", "curlew labs ltd")
            judge.press("State these names")
            judge.see("1 name is on record.")
        else:
            judge.press("I have none")
            judge.see("you have none")
        bench.append(judge)
    return bench


def names_are_decided(secretariat: Visitor) -> None:
    """The outline of each document names its maker, which cleaning takes out: so it is not a hit."""
    wait_until(_searched, "the files were not searched for names")
    for at in range(3):
        secretariat.open("Entries")
        secretariat.page.locator("table a").nth(at).click()
        secretariat.see("May name its makers")
        secretariat.see("Kept from judges until you decide.")
        secretariat.press("Not a hit")
        secretariat.see("Not a hit: judges read it as it is.")


def _searched() -> bool:
    with reading() as db:
        checks = db.exec(select(NameCheck)).all()
        submitted = db.exec(select(Entry).where(col(Entry.state) == EntryState.SUBMITTED)).all()
        held = {check.entry_id for check in checks if check.state is CheckState.HELD}
        return held >= {entry.id for entry in submitted} and CheckState.SEARCHING not in {
            check.state for check in checks
        }


def _closed() -> bool:
    with reading() as db:
        return db.exec(select(Stage)).one().closed_at is not None


def entries_are_assigned(secretariat: Visitor) -> None:
    secretariat.sign_in_by_link("secretariat@staff.example")
    secretariat.open("Assignment")
    secretariat.press("Make a plan")
    secretariat.see("Scorecards in all")
    secretariat.press("Begin judging")
    secretariat.press("Ask the judges")
    secretariat.see("Judging has begun. 6 scorecards have been asked for.")
    secretariat.leave()


def judges_score(judges: list[Visitor]) -> str:
    """All score what they were dealt. Returns the code of the entry that the first judge never met."""
    codes: list[set[str]] = []
    for number, judge in enumerate(judges):
        judge.open("Entries to judge")
        links = judge.page.locator("table a")
        codes.append({links.nth(at).inner_text() for at in range(links.count())})
        assert len(codes[-1]) == 2
        judge.press("Begin")
        for at in range(2):
            expect(judge.page.locator(".document .page")).to_have_count(2, timeout=30_000)
            expect(judge.page.locator(".document .page img").first).to_be_visible()
            expect(judge.page.locator(".document .words").first).to_contain_text("A method that tells full feeders")
            for question, points in (("Technical soundness", 5 - at), ("Need", 4 - number % 2)):
                group = judge.page.get_by_role("radiogroup", name=question)
                group.get_by_role("radio", name=str(points), exact=True).click()
                judge.settle()
            judge.see("2 of 2 scored")
            if number == 1 and at == 0:
                closing_the_tab_in_the_middle_of_a_comment(judge)
            else:
                judge.write("Comment for the entrant", f"Convincing where meters are dense, says reader {number}.")
            judge.press("Next entry" if at == 0 else "To my entries")
        judge.press("I have finished")
        judge.press("Finish and lock my scores")
        judge.see("Finished")
    everywhere = codes[0] | codes[1] | codes[2]
    (never_met,) = everywhere - codes[0]
    return never_met


def closing_the_tab_in_the_middle_of_a_comment(judge: Visitor) -> None:
    words = "The plan for the first season is the best part of this entry, and I was about to"
    judge.page.get_by_label("Comment for the entrant", exact=True).fill(words)
    judge.again()
    expect(judge.page.get_by_label("Comment for the entrant", exact=True)).to_have_value(words)


def decided_and_released(come: Callable[[], Visitor], code_of_conflict: str) -> None:
    secretariat = come()
    secretariat.sign_in_by_link("secretariat@staff.example")
    secretariat.open("Agreement")
    secretariat.see("Krippendorff's alpha with")
    secretariat.open("Ranking")
    secretariat.see("6 scorecards. Computed")
    secretariat.press("End judging")
    secretariat.press("Take no more scores")
    secretariat.open("Decisions")
    for number in range(3):
        box = secretariat.page.locator("[class*=st-key-decision-]").first
        outcome = "Finalist" if number == 0 else "Not selected"
        box.get_by_role("radio", name=outcome, exact=True).click()
        secretariat.page.wait_for_timeout(100)
        secretariat.fill("Reason; the team reads it", f"The panel found it {outcome.lower()}.", within=box)
        secretariat.press("Save", within=box)
        secretariat.see("is saved as:")
    sponsor = come()
    sponsor.sign_in_by_link("sponsor@staff.example")
    sponsor.open("Confirm")
    sponsor.press("Confirm decisions")
    sponsor.see("The decisions are confirmed.")
    sponsor.leave()
    secretariat.open("Due diligence")
    secretariat.unfold("Record checks")
    for check in ("Identity", "Sanctions", "Funders' conflicts", "Subsidy control", "Standing"):
        secretariat.choose(check, "Pass")
    secretariat.press("Save the checks")
    secretariat.see("Everybody who is chosen has passed every check.")
    secretariat.open("Decisions")
    secretariat.press("Release to all at once")
    secretariat.page.get_by_role("button", name="Release", exact=False).last.click()
    secretariat.see("Released. 3 teams are being told by mail.")
    secretariat.open("Grant terms")
    secretariat.fill("How many milestones", "1")
    secretariat.page.keyboard.press("Enter")
    secretariat.settle()
    secretariat.fill("The terms", "Each milestone is paid when it is verified.")
    for label, value in (
        ("Name", "First season"),
        ("What will be shown", "Connections offered under the method."),
        ("Payment", "25,000"),
        ("What is measured", "New connections made possible"),
        ("Unit", "MW"),
    ):
        secretariat.fill(label, value)
    secretariat.date("Due", (dates()[1] + timedelta(days=300)).strftime("%d/%m/%Y"))
    secretariat.press("Offer the terms")
    secretariat.see("are offered to 1 finalist.")
    secretariat.leave()


def finalist_delivers_and_is_paid(come: Callable[[], Visitor], tmp_path: Path) -> None:
    outcomes = []
    for _, email, organisation in TEAMS[:3]:
        entrant = come()
        entrant.sign_in_by_link(email)
        entrant.open("My entries")
        entrant.page.get_by_text(TITLE).first.click()
        entrant.settle()
        entrant.see("Outcome")
        finalist = entrant.page.get_by_text("The panel found it finalist.").count() > 0
        outcomes.append(finalist)
        entrant.see("What the judges wrote to you")
        if finalist:
            entrant.press("Accept the terms")
            entrant.attach(telling_pdf(tmp_path / "register.pdf", organisation))
            entrant.fill("What you have done, and how it was measured", f"Metered by {organisation}.")
            entrant.fill("New connections made possible, in MW", "42")
            entrant.press("Send the evidence")
            entrant.see("Evidence sent.")
        entrant.leave()
    assert sorted(outcomes) == [False, False, True]
    verifier = come()
    verifier.sign_in_by_link("verifier@staff.example")
    expect(verifier.page.get_by_role("link", name="register.pdf")).to_be_visible()
    verifier.fill("Verified value, in MW", "40")
    verifier.fill("Reason", "Counted from the operator's register.")
    verifier.press("Verify milestone")
    verifier.see("Milestone verified.")
    verifier.leave()
    approver = come()
    approver.sign_in_by_link("approver@staff.example")
    approver.press("Approve payment")
    approver.see("Payment approved.")
    approver.leave()
    payer = come()
    payer.sign_in_by_link("payer@staff.example")
    payer.fill("The bank's reference", "CP-0001")
    payer.press("Record as paid")
    payer.see("Recorded as paid.")
    payer.leave()


def mission_shows_the_result(owner: Visitor) -> None:
    owner.sign_in_by_link("owner@staff.example")
    owner.open("Mission")
    owner.see("Verified result")
    owner.see("40\u00a0MW")
    owner.leave()


def nobody_was_named_to_a_judge(judges: list[Visitor]) -> None:
    """Nothing that a judge's browser received names a team; the first judge's own statement is their own words."""
    for number, judge in enumerate(judges):
        assert len(judge.received) > 50
        for name, email, organisation in TEAMS:
            if not (number == 0 and organisation == "Curlew Labs"):
                assert not judge.heard(organisation), (number, organisation)
            assert not judge.heard(name), (number, name)
            assert not judge.heard(email), (number, email)
        assert not judge.heard("figures-"), number
        judge.leave()


def dates() -> tuple[datetime, datetime]:
    with reading() as db:
        row = db.exec(select(StageDates)).one()
        return row.opens_at, row.closes_at


def clock_to(moment: datetime) -> None:
    with writing() as db:
        move_to(db, moment)
