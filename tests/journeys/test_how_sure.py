"""A panel finds out how sure its ranking is, asks for what would settle most, decides, and anybody repeats the numbers.

The demonstration's prize: 60 entries, 12 judges, three scorecards each.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from math import floor
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.demonstration import DOMAIN
from accounts.people import find_person
from delivery.demonstration.loading import load
from judging.analyses.kept import KeptAnalysis, newest_analysis
from judging.analyses.shown import Standing
from judging.decisions import decide_entry, decisions
from judging.judges import conflicts_to_decide, decide_conflict, seats_of
from judging.models import Outcome
from judging.revealing import reveal_entry
from judging.scorecards import answer_gate, finish_judging, own_assignments, save_score
from prize.models import Prize, Seen, Stage, StageState
from prize.rubric import rubric_of
from storage.database import reading, transact
from tests.blinding.contest import the_same_each_time
from tests.databases import Given
from tests.journeys.visitors import Visitor, wait_until
from tests.mailserver import MailServer
from tests.server import ROOT, RunningLaurel, running_laurel
from tests.stories import points_on_card
from tests.world import sign_in

PATIENCE = 90_000
"""Milliseconds until the first analysis is on the page: the worker has just started."""


@pytest.fixture
def laurel(sqlite: Given, smtp: MailServer, tmp_path: Path) -> Iterator[RunningLaurel]:
    with the_same_each_time():  # codes, and so who judges what
        assert load()
    with running_laurel({"LAUREL_DEMONSTRATION": "true"}, tmp_path) as running:
        yield running


def as_demonstrated(person: Visitor, role: str) -> None:
    """Sign in with the demonstration's button for a role."""
    person.page.goto(f"{person.url}/sign-in")
    person.page.click(f"button[value={role}]")
    person.settle()


def present() -> tuple[UUID, UUID]:
    """The prize that is being judged, and its stage."""
    with reading() as db:
        stage = db.exec(select(Stage).where(col(Stage.state) == StageState.JUDGING)).one()
        return db.get_one(Prize, stage.prize_id).id, stage.id


def analysis(stage_id: UUID) -> KeptAnalysis:
    with reading() as db:
        found = newest_analysis(db, stage_id)
    assert found is not None
    return found


def undecided(found: KeptAnalysis) -> int:
    return sum(line.standing is Standing.UNDECIDED for line in found.shown.ranking)


def score_the_rest(db: Session, stage_id: UUID, known: KeptAnalysis) -> None:
    """Every judge scores what is still open as one would expect from what is known, and finishes."""
    rubric = rubric_of(db, stage_id)
    levels = {line.entry_id: line.adjusted.value or 3.0 for line in known.shown.ranking}
    lower = {line.judge_id: line.severity.value or 0.0 for line in known.shown.how_judges_score}
    for seat in seats_of(db, stage_id):
        judge = Actor(seat.person_id)
        for assignment in own_assignments(db, judge.person_id, stage_id):
            scored = points_on_card(db, assignment.id)
            expected = levels[assignment.entry_id] - lower[seat.person_id]
            in_order = sorted(enumerate(rubric.criteria), key=lambda pair: pair[1].seen is Seen.AFTER_REVEAL)
            for place, criterion in in_order:
                if criterion.key not in scored:
                    if criterion.seen is Seen.AFTER_REVEAL:
                        for gate in rubric.gates:
                            answer_gate(db, judge, assignment.id, gate.key, True)
                        reveal_entry(db, judge, assignment.id)
                    points = floor(expected + (place + 0.5) / len(rubric.criteria))
                    points = min(max(points, rubric.lowest), rubric.highest)
                    save_score(db, judge, assignment.id, criterion.key, points)
        if seat.finished_at is None:
            finish_judging(db, judge, stage_id)


@pytest.mark.prove
@pytest.mark.timeout(400)
def test_a_panel_asks_for_what_would_settle_most_and_anybody_repeats_its_numbers(
    come: Callable[[], Visitor], tmp_path: Path
) -> None:
    prize_id, stage_id = present()
    here = f"?prize={prize_id}"

    # The ranking says how sure it is, and why an entry stands elsewhere than by its mean.
    secretary = come()
    as_demonstrated(secretary, "secretariat")
    secretary.go(f"/ranking{here}")
    expect(secretary.page.get_by_text("compete for").first).to_be_visible(timeout=PATIENCE)
    secretary.see("Why entries moved")
    before = analysis(stage_id)
    moved = before.shown.moved[0]
    secretary.see(moved.code)
    secretary.see(moved.reason)
    assert re.match(r"(One|Two|Three|All|Both|Its)\b.* judges? ", moved.reason)
    secretary.open("Agreement")
    secretary.see(before.shown.title)

    # It asks for the scorecards that would settle most; who had finished is asked again.
    secretary.open("Next scorecards")
    number = len(before.shown.suggestions.cards)
    secretary.page.get_by_label("Scorecards to ask for").fill(str(number))
    secretary.page.keyboard.press("Enter")
    secretary.settle()
    secretary.press(f"Ask for {number} scorecards")
    secretary.press("Send the mails")
    secretary.see(f"{number} scorecards asked for")
    wanted = before.shown.suggestions.cards[:number]
    again = wanted[0].judge_id

    # One of them scores what is new in the browser; what had been finished stays as it was.
    judge = come()
    sign_in(judge.context, judge.url, Actor(again))
    judge.go("/judging")
    judge.page.get_by_role("link", name=wanted[0].code).first.click()
    judge.settle()
    group = judge.page.get_by_role("radiogroup").first
    group.get_by_role("radio", name="4", exact=True).click()
    expect(judge.page.locator(".laurel-saved").first).to_be_visible()
    judge.leave()
    transact(lambda db: score_the_rest(db, stage_id, before))

    # The ranking follows by itself, and fewer of the chosen are expected not to belong: what the cards were asked for.
    secretary.open("Ranking")
    wait_until(lambda: not analysis(stage_id).newer_coming, "no newer analysis", seconds=120)
    after = analysis(stage_id)
    assert after.id != before.id
    assert after.shown.expected_wrong < before.shown.expected_wrong
    competing = re.compile(rf"{undecided(after)} (entries|entry) competes? for", re.IGNORECASE)
    expect(secretary.page.get_by_text(competing).first).to_be_visible(timeout=30_000)

    # The panel decides, and a second person confirms.
    with reading() as db:
        secretariat = people_of(db, "secretariat")
    for waiting in _reading(lambda db: conflicts_to_decide(db, secretariat, stage_id)):
        transact(lambda db, key=waiting.id: decide_conflict(db, secretariat, key, False))  # type: ignore[misc]
    secretary.press("End judging")
    secretary.press("Take no more scores")
    secretary.open("Decisions")
    best = _reading(lambda db: decisions(db, secretariat, stage_id).lines)[:10]
    for line in best[1:]:
        transact(
            lambda db, key=line.entry_id: decide_entry(  # type: ignore[misc]
                db, secretariat, key, Outcome.FINALIST, "Clear after the discussion."
            )
        )
    secretary.go(f"/decisions{here}")
    box = secretary.page.locator(f"[class*='st-key-decision-{best[0].entry_id}']").first
    box.get_by_text("Finalist", exact=True).click()
    secretary.fill("Reason; the team reads it", "The clearest of all.", within=box)
    secretary.press("Save", within=box)
    secretary.see(f"{best[0].code} is saved as: finalist.")
    secretary.fill("Reason; the teams read it", "Others were clearer.")
    secretary.page.get_by_role("button", name=re.compile("^Save for ")).click()
    secretary.settle()
    secretary.see("are saved as: not selected.")
    sponsor = come()
    as_demonstrated(sponsor, "sponsor")
    sponsor.go(f"/confirm{here}")
    sponsor.press("Confirm decisions")
    sponsor.see("Confirmed")

    # Anybody repeats every number from the pack.
    secretary.go(f"/ranking{here}")
    with secretary.page.expect_download() as downloading:
        secretary.page.get_by_role("link", name="Recompute pack").click()
    pack = tmp_path / "pack"
    with zipfile.ZipFile(downloading.value.path()) as archive:
        archive.extractall(pack)
    assert repeated(pack) == (pack / "analysis.json").read_bytes()
    assert after.shown.ranking[0].code in (pack / "report.html").read_text()


def people_of(db: Session, role: str) -> Actor:
    person = find_person(db, f"{role}@{DOMAIN}")
    assert person is not None
    return Actor(person.id)


def _reading(query: Callable[[Session], tuple]) -> tuple:  # type: ignore[type-arg]
    with reading() as db:
        return query(db)


def repeated(pack: Path) -> bytes:
    """What the command in the pack's README prints, without the database."""
    line = next(line.strip() for line in (pack / "README.txt").read_text().splitlines() if "> repeated.json" in line)
    words = shlex.split(line.partition(" > ")[0])
    words[4] = str(pack / "scores.csv")
    return subprocess.run([sys.executable, *words[1:]], cwd=ROOT, capture_output=True, check=True).stdout
